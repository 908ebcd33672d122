//! ICD-10-PCS as CMS publishes it: the tables and the definitions (XML), the code list (text), and the
//! body part and device keys.
//!
//! A table fixes the first three characters; each of its rows lists what the last four may be. A code is
//! valid when one row accepts all four, so the tables alone define every code: [`expand`] lists them, and on
//! the files of one release that list equals the billable codes of the order file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use roxmltree::{Document, Node};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::SourceError;
use crate::concepts::{
    Concept, Group, GroupKind, IndexBook, IndexEntry, PcsAxis, PcsDefinition, PcsTable,
};

/// The tables file of one release.
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    /// The fiscal year the file names, such as `2026`.
    pub version: String,
    /// The tables, in the order of the book.
    pub tables: Vec<PcsTable>,
}

/// The definitions file of one release.
#[derive(Clone, Debug, PartialEq)]
pub struct Definitions {
    /// The fiscal year the file names, such as `2026`.
    pub version: String,
    /// The definitions, in the order of the book.
    pub definitions: Vec<PcsDefinition>,
}

/// Whether the text has the shape of an ICD-10-PCS code: seven digits or capital letters other than `I` and `O`,
/// which the system leaves out because they look like digits.
pub fn is_code(text: &str) -> bool {
    text.len() == 7 && text.chars().all(is_value)
}

fn is_value(character: char) -> bool {
    character.is_ascii_digit()
        || (character.is_ascii_uppercase() && character != 'I' && character != 'O')
}

/// Reads the tables file (`icd10pcs_tables_2026.xml`).
///
/// The file states how many labels each axis has and how many codes each row stands for; both are checked, so
/// that a file that lost a part is refused. Cost: one pass over the parsed document, a few times its size in memory.
///
/// # Errors
/// Whatever is not a table of this layout, with the line where it stands.
pub fn read_tables(file: &str, bytes: &[u8]) -> Result<Tables, SourceError> {
    let text = utf8(file, bytes)?;
    let document = parse(file, text)?;
    let xml = Xml {
        file,
        document: &document,
    };
    let root = xml.root("ICD10PCS.tabular")?;
    let mut version = None;
    let mut tables = Vec::new();
    for child in elements(root) {
        match child.tag_name().name() {
            "version" => version = Some(xml.fiscal_year(child)?),
            "title" => {}
            "pcsTable" => tables.push(xml.table(child)?),
            _ => return Err(xml.unexpected(child, "version, title or pcsTable")),
        }
    }
    let version = version.ok_or_else(|| xml.error(root, "a version element", "none"))?;
    if tables.is_empty() {
        return Err(xml.error(root, "at least one pcsTable", "none"));
    }
    let mut prefixes = BTreeSet::new();
    for table in &tables {
        if !prefixes.insert(prefix(table)) {
            let found = format!("two tables {}", prefix(table));
            return Err(xml.error(root, "one table for each three characters", found));
        }
    }
    Ok(Tables { version, tables })
}

/// Reads the definitions file (`icd10pcs_definitions_2026.xml`).
///
/// The file joins the labels that share a definition into one element (`1st Toe, Left` and `1st Toe, Right`); each
/// label becomes a definition of its own. Labels without definition text, but with the terms that they take in, have
/// an empty [`definition`](PcsDefinition::definition). The device aggregation table at the end, which tells where a
/// specific device counts as a general one, defines no value and is left out.
///
/// # Errors
/// Whatever is not a definition of this layout, with the line where it stands.
pub fn read_definitions(file: &str, bytes: &[u8]) -> Result<Definitions, SourceError> {
    let text = utf8(file, bytes)?;
    let document = parse(file, text)?;
    let xml = Xml {
        file,
        document: &document,
    };
    let root = xml.root("ICD10PCS.definitions")?;
    let mut version = None;
    let mut definitions = Vec::new();
    for child in elements(root) {
        match child.tag_name().name() {
            "version" => version = Some(xml.fiscal_year(child)?),
            "title" | "deviceAggregation" => {}
            "section" => xml.section(child, &mut definitions)?,
            _ => {
                let expected = "version, title, section or deviceAggregation";
                return Err(xml.unexpected(child, expected));
            }
        }
    }
    let version = version.ok_or_else(|| xml.error(root, "a version element", "none"))?;
    if definitions.is_empty() {
        return Err(xml.error(root, "at least one section with terms", "none"));
    }
    Ok(Definitions {
        version,
        definitions,
    })
}

/// The sections (first character, as chapters) and body systems (first two characters, as sections) that the tables
/// name, in ascending order, each section before its body systems.
///
/// # Errors
/// Two tables that give one section or body system two names.
pub fn groups(file: &str, tables: &[PcsTable]) -> Result<Vec<Group>, SourceError> {
    let mut titles: BTreeMap<String, &str> = BTreeMap::new();
    for table in tables {
        let prefix = prefix(table);
        for (length, axis) in table.axes.iter().take(2).enumerate() {
            let label = prefix.chars().take(length + 1).collect::<String>();
            let title = axis.values.first().map_or("", |(_, title)| title.as_str());
            let known = titles.entry(label.clone()).or_insert(title);
            if *known != title {
                let expected = format!("the title '{known}' of {label} in every table");
                return Err(SourceError::new(file, 0, expected, format!("'{title}'")));
            }
        }
    }
    let group = |(label, title): (String, &str)| Group {
        kind: if label.len() == 1 {
            GroupKind::Chapter
        } else {
            GroupKind::Section
        },
        first: label.clone(),
        last: label.clone(),
        label,
        title: title.to_string(),
        notes: Vec::new(),
    };
    Ok(titles.into_iter().map(group).collect())
}

/// Every code that the tables accept, in ascending order, each once. Cost: one text of seven bytes per code.
pub fn expand(tables: &[PcsTable]) -> Vec<String> {
    let mut codes = Vec::new();
    for table in tables {
        for row in &table.rows {
            let mut stems = vec![prefix(table)];
            for axis in row {
                stems = stems
                    .iter()
                    .flat_map(|stem| {
                        axis.values
                            .iter()
                            .map(move |(value, _)| format!("{stem}{value}"))
                    })
                    .collect();
            }
            codes.append(&mut stems);
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Reads a list of codes and titles (`icd10pcs_codes_2024.txt`): seven characters, a blank, the title, in ascending
/// order of code. Every code of the list is billable.
///
/// # Errors
/// A line that is not a code and a title, or that is out of order, with its number; an empty list.
pub fn read_codes(file: &str, bytes: &[u8]) -> Result<Vec<Concept>, SourceError> {
    let text = utf8(file, bytes)?;
    let mut concepts: Vec<Concept> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        let expected = "a code of seven characters, a blank and a title";
        let (code, title) = line
            .split_once(' ')
            .map(|(code, title)| (code, title.trim()))
            .filter(|(code, title)| is_code(code) && !title.is_empty())
            .ok_or_else(|| SourceError::new(file, number, expected, quoted(line)))?;
        if let Some(last) = concepts.last()
            && last.code.as_str() >= code
        {
            let expected = format!("a code after {}", last.code);
            return Err(SourceError::new(file, number, expected, code));
        }
        concepts.push(Concept {
            code: code.to_string(),
            display: title.to_string(),
            billable: true,
            ..Concept::default()
        });
    }
    if concepts.is_empty() {
        return Err(SourceError::new(file, 0, "a list of codes", "no line"));
    }
    Ok(concepts)
}

/// Reads the body part key or the device key (`body_part_key.json`, `device_key.json`): one row per term and value,
/// in the order of the file, so that a term with a right and a left value has two rows.
///
/// The file tells its own number of terms, which is checked.
///
/// # Errors
/// Text that is not such a key, an empty term or value, a term without values, a wrong number of terms.
pub fn read_key(file: &str, bytes: &[u8], book: IndexBook) -> Result<Vec<IndexEntry>, SourceError> {
    #[derive(Deserialize)]
    struct Key {
        count_terms: usize,
        data: Terms,
    }
    let key: Key = serde_json::from_slice(bytes).map_err(|error| {
        let expected = "an object with count_terms and data (term: list of values)";
        SourceError::new(file, error.line(), expected, error.to_string())
    })?;
    let mut distinct = BTreeSet::new();
    let mut entries = Vec::new();
    for (term, values) in &key.data.0 {
        if term.trim().is_empty() || values.is_empty() || values.iter().any(|v| v.trim().is_empty())
        {
            let expected = "a term with at least one value";
            let found = format!("'{term}' with {values:?}");
            return Err(SourceError::new(file, 0, expected, found));
        }
        if !distinct.insert(term) {
            let found = format!("'{term}' twice");
            return Err(SourceError::new(file, 0, "each term once", found));
        }
        entries.extend(values.iter().map(|value| IndexEntry {
            book,
            term: term.clone(),
            use_value: value.clone(),
            ..IndexEntry::default()
        }));
    }
    if key.data.0.len() != key.count_terms || entries.is_empty() {
        let expected = format!("{} terms, as count_terms says", key.count_terms.max(1));
        return Err(SourceError::new(
            file,
            0,
            expected,
            key.data.0.len().to_string(),
        ));
    }
    Ok(entries)
}

/// The terms of a key in the order of the file, which a map of `serde_json` would not keep.
struct Terms(Vec<(String, Vec<String>)>);

impl<'de> Deserialize<'de> for Terms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Terms;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of terms, each with a list of values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Terms, A::Error> {
                let mut terms = Vec::new();
                while let Some(term) = map.next_entry()? {
                    terms.push(term);
                }
                Ok(Terms(terms))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// The first three characters of a table.
fn prefix(table: &PcsTable) -> String {
    table
        .axes
        .iter()
        .flat_map(|axis| axis.values.first().map(|(value, _)| *value))
        .collect()
}

/// A parsed file, for errors that name it and the line.
struct Xml<'d, 'input> {
    file: &'d str,
    document: &'d Document<'input>,
}

impl<'d, 'input> Xml<'d, 'input> {
    fn root(&self, name: &str) -> Result<Node<'d, 'input>, SourceError> {
        let root = self.document.root_element();
        if root.tag_name().name() != name {
            return Err(self.unexpected(root, name));
        }
        Ok(root)
    }

    fn table(&self, node: Node<'d, 'input>) -> Result<PcsTable, SourceError> {
        let mut table = PcsTable {
            axes: Vec::new(),
            definition: None,
            rows: Vec::new(),
        };
        for child in elements(node) {
            match child.tag_name().name() {
                "axis" if table.rows.is_empty() => {
                    let (axis, definition) = self.axis(child, table.axes.len() + 1)?;
                    if axis.values.len() != 1 {
                        let found = axis.values.len().to_string();
                        return Err(self.error(child, "one label in an axis of the table", found));
                    }
                    table.axes.push(axis);
                    table.definition = definition.or(table.definition);
                }
                "pcsRow" if table.axes.len() == 3 => table.rows.push(self.row(child)?),
                _ => {
                    return Err(self.unexpected(child, "three axis elements, then pcsRow elements"));
                }
            }
        }
        if table.axes.len() != 3 || table.rows.is_empty() {
            let found = format!("{} and {}", table.axes.len(), table.rows.len());
            return Err(self.error(node, "three axes and at least one row", found));
        }
        Ok(table)
    }

    fn row(&self, node: Node<'d, 'input>) -> Result<Vec<PcsAxis>, SourceError> {
        let mut row = Vec::new();
        for child in elements(node) {
            if child.tag_name().name() != "axis" {
                return Err(self.unexpected(child, "axis"));
            }
            row.push(self.axis(child, row.len() + 4)?.0);
        }
        if row.len() != 4 {
            return Err(self.error(node, "axes 4 to 7", format!("{} axes", row.len())));
        }
        let codes: usize = row.iter().map(|axis| axis.values.len()).product();
        self.check_count(node, "codes", codes)?;
        Ok(row)
    }

    fn axis(
        &self,
        node: Node<'d, 'input>,
        position: usize,
    ) -> Result<(PcsAxis, Option<String>), SourceError> {
        let found = self.attribute(node, "pos")?;
        if found != position.to_string() || position > 7 {
            let expected = format!("pos=\"{position}\"");
            return Err(self.error(node, expected, format!("pos=\"{found}\"")));
        }
        let mut axis = PcsAxis {
            position: position as u8,
            title: String::new(),
            values: Vec::new(),
        };
        let mut definition = None;
        for child in elements(node) {
            match child.tag_name().name() {
                "title" => axis.title = self.text(child)?,
                "label" => axis
                    .values
                    .push((self.value(child, "code")?, self.text(child)?)),
                "definition" => definition = Some(self.text(child)?),
                _ => return Err(self.unexpected(child, "title, label or definition")),
            }
        }
        if axis.title.is_empty() {
            return Err(self.error(node, "a title", "none"));
        }
        let distinct: BTreeSet<char> = axis.values.iter().map(|(value, _)| *value).collect();
        self.check_count(node, "values", distinct.len())?;
        Ok((axis, definition))
    }

    fn section(
        &self,
        node: Node<'d, 'input>,
        definitions: &mut Vec<PcsDefinition>,
    ) -> Result<(), SourceError> {
        let section = self.value(node, "code")?;
        for axis in elements(node) {
            match axis.tag_name().name() {
                "title" => continue,
                "axis" => {}
                _ => return Err(self.unexpected(axis, "title or axis")),
            }
            let position = self.attribute(axis, "pos")?;
            let position = position
                .parse()
                .ok()
                .filter(|position| (1..=7).contains(position))
                .ok_or_else(|| self.error(axis, "a pos from 1 to 7", position))?;
            let mut title = String::new();
            for child in elements(axis) {
                match child.tag_name().name() {
                    "title" => title = self.text(child)?,
                    "terms" => {
                        let start = definitions.len();
                        self.terms(child, definitions)?;
                        for definition in &mut definitions[start..] {
                            definition.section = section;
                            definition.position = position;
                            definition.axis = title.clone();
                        }
                    }
                    _ => return Err(self.unexpected(child, "title or terms")),
                }
            }
        }
        Ok(())
    }

    fn terms(
        &self,
        node: Node<'d, 'input>,
        definitions: &mut Vec<PcsDefinition>,
    ) -> Result<(), SourceError> {
        let mut shared = PcsDefinition::default();
        let mut titles = Vec::new();
        for child in elements(node) {
            match child.tag_name().name() {
                "title" => titles.push(self.text(child)?),
                "definition" => shared.definition = self.text(child)?,
                "explanation" => shared.explanation = self.text(child)?,
                "includes" => shared.includes.push(self.text(child)?),
                _ => {
                    let expected = "title, definition, explanation or includes";
                    return Err(self.unexpected(child, expected));
                }
            }
        }
        if titles.is_empty() {
            return Err(self.error(node, "a title", "none"));
        }
        definitions.extend(titles.into_iter().map(|term| PcsDefinition {
            term,
            ..shared.clone()
        }));
        Ok(())
    }

    fn fiscal_year(&self, node: Node<'d, 'input>) -> Result<String, SourceError> {
        let text = self.text(node)?;
        if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.error(node, "a fiscal year such as 2026", quoted(&text)));
        }
        Ok(text)
    }

    /// The text of an element that has no elements of its own.
    fn text(&self, node: Node<'d, 'input>) -> Result<String, SourceError> {
        match node.text().map(str::trim) {
            Some(text) if !text.is_empty() && elements(node).next().is_none() => {
                Ok(text.to_string())
            }
            _ => Err(self.error(node, format!("text in {}", node.tag_name().name()), "none")),
        }
    }

    fn attribute(&self, node: Node<'d, 'input>, name: &str) -> Result<&'d str, SourceError> {
        let expected = || format!("the attribute {name} of {}", node.tag_name().name());
        node.attribute(name)
            .ok_or_else(|| self.error(node, expected(), "none"))
    }

    /// An attribute that holds one character of a code.
    fn value(&self, node: Node<'d, 'input>, name: &str) -> Result<char, SourceError> {
        let text = self.attribute(node, name)?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(value), None) if is_value(value) => Ok(value),
            _ => Err(self.error(
                node,
                "a digit or a capital letter other than I and O",
                quoted(text),
            )),
        }
    }

    /// Compares what is there with the number that the file states, so that a shortened file does not pass.
    fn check_count(
        &self,
        node: Node<'d, 'input>,
        name: &str,
        found: usize,
    ) -> Result<(), SourceError> {
        let stated = self.attribute(node, name)?;
        if stated != found.to_string() {
            return Err(self.error(
                node,
                format!("{stated} {name}, as the file states"),
                found.to_string(),
            ));
        }
        Ok(())
    }

    fn unexpected(&self, node: Node<'d, 'input>, expected: &str) -> SourceError {
        self.error(
            node,
            expected,
            format!("element {}", node.tag_name().name()),
        )
    }

    fn error(
        &self,
        node: Node<'d, 'input>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> SourceError {
        let line = self.document.text_pos_at(node.range().start).row as usize;
        SourceError::new(self.file, line, expected, found)
    }
}

fn elements<'d, 'input>(node: Node<'d, 'input>) -> impl Iterator<Item = Node<'d, 'input>> {
    node.children().filter(Node::is_element)
}

fn parse<'input>(file: &str, text: &'input str) -> Result<Document<'input>, SourceError> {
    Document::parse(text).map_err(|error| {
        SourceError::new(
            file,
            error.pos().row as usize,
            "well-formed XML",
            error.to_string(),
        )
    })
}

/// CMS writes these files in UTF-8, with or without a byte order mark.
fn utf8<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b str, SourceError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = &bytes[..error.valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        SourceError::new(file, line, "UTF-8 text", "bytes that are not UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A line as an error shows it: in quotes, and shortened.
fn quoted(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    format!("'{short}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<ICD10PCS.tabular>
  <version>2026</version>
  <title>2026 ICD-10-PCS Tables</title>
  <pcsTable>
    <axis pos="1" values="1"><title>Section</title><label code="0">Medical and Surgical</label></axis>
    <axis pos="2" values="1"><title>Body System</title><label code="W">Anatomical Regions, General</label></axis>
    <axis pos="3" values="1"><title>Operation</title><label code="4">Creation</label><definition>Putting in or on</definition></axis>
    <pcsRow codes="2">
      <axis pos="4" values="1"><title>Body Part</title><label code="M">Perineum, Male</label></axis>
      <axis pos="5" values="1"><title>Approach</title><label code="0">Open</label></axis>
      <axis pos="6" values="2"><title>Device</title><label code="J">Synthetic Substitute</label><label code="7">Autologous</label></axis>
      <axis pos="7" values="1"><title>Qualifier</title><label code="0">Vagina</label></axis>
    </pcsRow>
    <pcsRow codes="1">
      <axis pos="4" values="1"><title>Body Part</title><label code="M">Perineum, Male</label></axis>
      <axis pos="5" values="1"><title>Approach</title><label code="0">Open</label></axis>
      <axis pos="6" values="1"><title>Device</title><label code="7">Autologous</label></axis>
      <axis pos="7" values="1"><title>Qualifier</title><label code="0">Vagina</label></axis>
    </pcsRow>
  </pcsTable>
</ICD10PCS.tabular>"#;

    const DEFINITIONS: &str = r#"<ICD10PCS.definitions>
  <version>2026</version>
  <title>2026 ICD-10-PCS Definitions</title>
  <section code="0">
    <title>Medical and Surgical</title>
    <axis pos="4">
      <title>Body Part</title>
      <terms><title>1st Toe, Left</title><title>1st Toe, Right</title><includes>Hallux</includes></terms>
    </axis>
  </section>
  <deviceAggregation><aggregate/></deviceAggregation>
</ICD10PCS.definitions>"#;

    #[test]
    fn tables_are_read_and_expanded() {
        let read = read_tables("t.xml", TABLES.as_bytes()).unwrap();
        assert_eq!(read.version, "2026");
        assert_eq!(read.tables.len(), 1);
        let table = &read.tables[0];
        assert_eq!(table.definition.as_deref(), Some("Putting in or on"));
        assert_eq!(
            table.rows[0][2].values[0],
            ('J', "Synthetic Substitute".to_string())
        );
        // The two rows overlap in one code, which is listed once.
        assert_eq!(expand(&read.tables), ["0W4M070", "0W4M0J0"]);
        let groups = groups("t.xml", &read.tables).unwrap();
        let labels: Vec<_> = groups
            .iter()
            .map(|g| (g.kind, g.label.as_str(), g.title.as_str()))
            .collect();
        assert_eq!(
            labels,
            [
                (GroupKind::Chapter, "0", "Medical and Surgical"),
                (GroupKind::Section, "0W", "Anatomical Regions, General"),
            ]
        );
    }

    #[test]
    fn tables_that_are_not_whole_are_refused_with_their_line() {
        let refused = |text: &str, line: usize, expected: &str| {
            let error = read_tables("t.xml", text.as_bytes()).unwrap_err();
            assert_eq!(
                (error.line, error.expected.as_str()),
                (line, expected),
                "{error}"
            );
        };
        refused(
            &TABLES.replace(r#"<label code="J">Synthetic Substitute</label>"#, ""),
            12,
            "2 values, as the file states",
        );
        refused(
            &TABLES.replace(r#"<pcsRow codes="2">"#, r#"<pcsRow codes="4">"#),
            9,
            "4 codes, as the file states",
        );
        refused(&TABLES.replace(r#"pos="3""#, r#"pos="2""#), 8, "pos=\"3\"");
        refused(
            &TABLES.replace(r#"code="M""#, r#"code="I""#),
            10,
            "a digit or a capital letter other than I and O",
        );
        refused(
            &TABLES.replace("<version>2026</version>", ""),
            2,
            "a version element",
        );
        refused(
            &TABLES.replace("2026</version>", "26</version>"),
            3,
            "a fiscal year such as 2026",
        );
        refused(DEFINITIONS, 1, "ICD10PCS.tabular");
        refused("code,title\n", 1, "well-formed XML");
        // Every cut leaves an element open.
        for end in (0..TABLES.len()).step_by(7) {
            assert!(
                read_tables("t.xml", &TABLES.as_bytes()[..end]).is_err(),
                "{end}"
            );
        }
        let two = TABLES.replace("</ICD10PCS.tabular>", "")
            + &TABLES[TABLES.find("<pcsTable>").unwrap()..];
        refused(&two, 2, "one table for each three characters");
    }

    #[test]
    fn a_section_has_one_name() {
        let mut tables = read_tables("t.xml", TABLES.as_bytes()).unwrap().tables;
        tables.push(tables[0].clone());
        tables[1].axes[0].values[0].1 = "Obstetrics".to_string();
        assert!(groups("t.xml", &tables).is_err());
    }

    #[test]
    fn each_label_has_its_definition() {
        let read = read_definitions("d.xml", DEFINITIONS.as_bytes()).unwrap();
        assert_eq!(read.version, "2026");
        let terms: Vec<_> = read.definitions.iter().map(|d| d.term.as_str()).collect();
        assert_eq!(terms, ["1st Toe, Left", "1st Toe, Right"]);
        let last = &read.definitions[1];
        assert_eq!(
            (last.section, last.position, last.axis.as_str()),
            ('0', 4, "Body Part")
        );
        assert_eq!(last.includes, ["Hallux"]);
        assert_eq!(last.definition, "");
        for bad in [
            TABLES.to_string(),
            DEFINITIONS.replace("includes>", "excludes>"),
            DEFINITIONS.replace(r#"pos="4""#, r#"pos="8""#),
            DEFINITIONS.replace(
                "<title>1st Toe, Left</title><title>1st Toe, Right</title>",
                "",
            ),
        ] {
            assert!(read_definitions("d.xml", bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn code_lists_are_read_in_order() {
        let list = "0016070 Bypass, Open Approach\r\n0016071 Bypass to Mastoid Sinus\r\n";
        let concepts = read_codes("c.txt", list.as_bytes()).unwrap();
        assert_eq!(concepts.len(), 2);
        assert_eq!(
            (concepts[0].code.as_str(), concepts[0].display.as_str()),
            ("0016070", "Bypass, Open Approach")
        );
        assert!(concepts[0].billable);
        for (bad, line) in [
            ("0016071 B\n0016070 A\n", 2),
            ("0016071 B\n0016071 B\n", 2),
            ("A000    Cholera\n", 1),
            ("0016071\n", 1),
            ("0016071 \n", 1),
            ("0016071 B\n\n", 2),
            ("", 0),
        ] {
            assert_eq!(
                read_codes("c.txt", bad.as_bytes()).unwrap_err().line,
                line,
                "{bad}"
            );
        }
        assert_eq!(read_codes("c.txt", b"0016071 B\n\xff").unwrap_err().line, 2);
    }

    #[test]
    fn keys_have_one_row_per_term_and_value() {
        let key = r#"{"count_terms": 2, "data": {"Hallux": ["Toe, Right", "Toe, Left"], "Antrum": ["Sinus"]}}"#;
        let entries = read_key("k.json", key.as_bytes(), IndexBook::BodyPartKey).unwrap();
        let rows: Vec<_> = entries
            .iter()
            .map(|e| (e.term.as_str(), e.use_value.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                ("Hallux", "Toe, Right"),
                ("Hallux", "Toe, Left"),
                ("Antrum", "Sinus")
            ]
        );
        assert!(
            entries
                .iter()
                .all(|entry| entry.book == IndexBook::BodyPartKey)
        );
        for bad in [
            "",
            "[]",
            r#"{"data": {"a": ["b"]}}"#,
            r#"{"count_terms": 2, "data": {"a": ["b"]}}"#,
            r#"{"count_terms": 1, "data": {"a": []}}"#,
            r#"{"count_terms": 1, "data": {"a": [""]}}"#,
            r#"{"count_terms": 2, "data": {"a": ["b"], "a": ["b"]}}"#,
            r#"{"count_terms": 0, "data": {}}"#,
        ] {
            assert!(
                read_key("k.json", bad.as_bytes(), IndexBook::DeviceKey).is_err(),
                "{bad}"
            );
        }
    }

    /// The billable codes of the order file, by its columns alone: 7-13 code, 15 flag.
    fn billable(order: &str) -> Vec<&str> {
        order
            .lines()
            .filter(|line| &line[14..15] == "1")
            .map(|line| line[6..13].trim())
            .collect()
    }

    #[test]
    fn the_published_tables_expand_to_the_published_codes() {
        use super::super::archive::{self, tests::published};
        let get = |name: &str| published("MEDCODE_SOURCES", &format!("icd10pcs/{name}"));
        let Some(tables) = get("icd10pcs_tables_2026.xml") else {
            return;
        };
        let read = read_tables("icd10pcs_tables_2026.xml", &tables).unwrap();
        let zip = get("cms_2026_pr.zip").unwrap();
        let order =
            archive::read_member("cms_2026_pr.zip", &zip, &["icd10pcs_order_2026.txt"]).unwrap();
        let codes = expand(&read.tables);
        assert_eq!(codes.len(), 79_115);
        assert_eq!(codes, billable(std::str::from_utf8(&order.bytes).unwrap()));
        assert!(codes.iter().all(|code| is_code(code)));
        assert_eq!(read.tables.len(), 914);
        let groups = groups("icd10pcs_tables_2026.xml", &read.tables).unwrap();
        let chapters = groups
            .iter()
            .filter(|group| group.kind == GroupKind::Chapter)
            .count();
        assert_eq!((chapters, groups.len() - chapters), (17, 115));

        let definitions = get("icd10pcs_definitions_2026.xml").unwrap();
        let definitions = read_definitions("icd10pcs_definitions_2026.xml", &definitions).unwrap();
        assert_eq!(definitions.definitions.len(), 1_090);
        for (name, book, terms, rows) in [
            ("body_part_key.json", IndexBook::BodyPartKey, 1_106, 1_679),
            ("device_key.json", IndexBook::DeviceKey, 407, 496),
        ] {
            let entries = read_key(name, &get(name).unwrap(), book).unwrap();
            let distinct: BTreeSet<_> = entries.iter().map(|entry| &entry.term).collect();
            assert_eq!((distinct.len(), entries.len()), (terms, rows));
        }
    }
}
