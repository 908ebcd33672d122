//! What the readers of XML files share: parsing, texts, and errors that name the line and the path.

use roxmltree::{Document, Node};

use super::SourceError;

/// The deepest nesting of elements that is parsed. The published files nest up to 15 deep; the parser
/// recurses, so that a hostile file would overflow the stack.
const DEPTH_LIMIT: usize = 64;

/// Parses an XML text.
///
/// # Errors
/// When it is not well formed, such as a file that was cut off; when elements are nested absurdly deep; a
/// document type declaration is refused.
pub fn parse<'t>(file: &str, text: &'t str) -> Result<Document<'t>, SourceError> {
    if let Some(at) = too_deep(text) {
        let line = 1 + text[..at].matches('\n').count();
        let expected = format!("at most {DEPTH_LIMIT} elements within each other");
        return Err(SourceError::new(file, line, expected, "more"));
    }
    Document::parse(text).map_err(|error| {
        let line = error.pos().row as usize;
        let found = format!("{error}; download the file again if it was cut off");
        SourceError::new(file, line, "well-formed XML", found)
    })
}

/// Returns an error at an element, with the path that leads to it.
pub fn error(
    file: &str,
    node: Node,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> SourceError {
    let line = node.document().text_pos_at(node.range().start).row as usize;
    let mut path: Vec<&str> = node
        .ancestors()
        .filter(Node::is_element)
        .map(|n| n.tag_name().name())
        .collect();
    path.reverse();
    let found = format!("{} at {}", found.into(), path.join("/"));
    SourceError::new(file, line, expected, found)
}

/// Returns an error for an element that the layout does not know here.
pub fn unknown(file: &str, node: Node) -> SourceError {
    let found = format!("<{}>", node.tag_name().name());
    error(file, node, "an element that the layout knows", found)
}

/// Returns the child elements, once it is known that no text stands between them.
///
/// # Errors
/// When text stands beside the elements.
pub fn elements<'a, 'i>(file: &str, node: Node<'a, 'i>) -> Result<Vec<Node<'a, 'i>>, SourceError> {
    let mut children = Vec::new();
    for child in node.children() {
        if child.is_element() {
            children.push(child);
        } else if child.is_text() && !child.text().unwrap_or("").trim().is_empty() {
            let found = format!("the text '{}'", child.text().unwrap_or("").trim());
            return Err(error(file, node, "only elements", found));
        }
    }
    Ok(children)
}

/// Returns the text of an element that holds nothing else, every run of white space as one blank.
///
/// # Errors
/// When the element is empty or holds other elements.
pub fn text(file: &str, node: Node) -> Result<String, SourceError> {
    if let Some(child) = node.children().find(Node::is_element) {
        return Err(unknown(file, child));
    }
    let text = collapse(node.text().unwrap_or(""));
    if text.is_empty() {
        return Err(error(file, node, "a text", "nothing"));
    }
    Ok(text)
}

/// Returns an attribute.
///
/// # Errors
/// When the element does not have it.
pub fn attribute<'a>(file: &str, node: Node<'a, '_>, name: &str) -> Result<&'a str, SourceError> {
    node.attribute(name)
        .ok_or_else(|| error(file, node, format!("an attribute '{name}'"), "none"))
}

/// Returns a text with every run of white space as one blank, and none at its ends.
pub fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// Returns where a text opens more elements within each other than the parser may be given.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(open) = text[at..].find('<') {
        let start = at + open;
        let tag = &text[start..];
        let length = if tag.starts_with("<!--") {
            tag.find("-->")
        } else if tag.starts_with("<![CDATA[") {
            tag.find("]]>")
        } else if tag.starts_with("<?") {
            tag.find("?>")
        } else {
            let mut quote = None;
            let end = tag.bytes().position(|byte| {
                match quote {
                    Some(mark) if mark == byte => quote = None,
                    None if byte == b'"' || byte == b'\'' => quote = Some(byte),
                    _ => {}
                }
                quote.is_none() && byte == b'>'
            });
            if tag.starts_with("</") {
                depth = depth.saturating_sub(1);
            } else if !tag[..end?].ends_with('/') {
                depth += 1;
            }
            end
        };
        if depth > DEPTH_LIMIT {
            return Some(start);
        }
        at = start + length?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_line_and_the_path() {
        let text = "<a>\n <b>\n  <c>x <d/></c>\n </b>\n</a>";
        let document = parse("f.xml", text).unwrap();
        let c = document
            .descendants()
            .find(|n| n.has_tag_name("c"))
            .unwrap();
        assert_eq!(
            super::text("f.xml", c).unwrap_err().to_string(),
            "f.xml:3: expected an element that the layout knows, found <d> at a/b/c/d"
        );
        assert_eq!(
            elements("f.xml", c).unwrap_err().to_string(),
            "f.xml:3: expected only elements, found the text 'x' at a/b/c"
        );
        assert_eq!(attribute("f.xml", c, "col").unwrap_err().line, 3);
        for length in 1..text.len() {
            assert!(parse("f.xml", &text[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn an_absurd_depth_is_refused_before_the_parser_sees_it() {
        let nested =
            |depth: usize| format!("{}{}", "<a b='>'>".repeat(depth), "</a>".repeat(depth));
        assert!(parse("f", &nested(64)).is_ok());
        let error = parse("f", &format!("\n{}", nested(65))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "f:2: expected at most 64 elements within each other, found more"
        );
        assert!(parse("f", &nested(200_000)).is_err());
        let flat = format!(
            "<a><!-- {0} --><![CDATA[{0}]]><?x {0}?>{1}</a>",
            "<b>".repeat(99),
            "<b/>".repeat(99)
        );
        assert!(parse("f", &flat).is_ok());
    }

    #[test]
    fn white_space_is_one_blank() {
        assert_eq!(collapse("\tadvanced  dry\r\n stage "), "advanced dry stage");
    }
}
