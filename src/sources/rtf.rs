//! Paragraphs out of Rich Text Format, as the ICD-9-CM books were published: style name and text.
//!
//! This is no reader of all of RTF. It keeps what tells the lines of a book apart (the paragraph style, by its
//! name in the style sheet) and the characters, and drops fonts, colours, pictures, headers and footers. Text is
//! Windows-1252, which the files declare (`\ansicpg1252`).

use std::collections::HashMap;

use super::SourceError;
use super::archive::{self, Encoding};

/// A paragraph of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The line of the file on which it ends, counted from 1.
    pub line: usize,
    /// The name of its style, such as `Fourth-digit Level`; empty for the default style.
    pub style: String,
    /// Its characters, tabs included.
    pub text: String,
}

/// Groups whose text is not part of the document.
const HIDDEN: &[&str] = &[
    "colortbl",
    "fldinst",
    "fonttbl",
    "footer",
    "footerf",
    "footerl",
    "footerr",
    "footnote",
    "generator",
    "header",
    "headerf",
    "headerl",
    "headerr",
    "info",
    "object",
    "pict",
    "themedata",
    "xmlnstbl",
];

/// What a group inherits from the one around it, and gives back when it ends.
#[derive(Clone, Default)]
struct State {
    hidden: bool,
    style_sheet: bool,
    style: u32,
    /// How many characters stand for one `\u` in programs that know no Unicode: they are skipped after it.
    fallback: usize,
}

/// Reads the paragraphs of a document, the empty ones too. Cost: one pass.
///
/// # Errors
/// What is not RTF, is not Windows-1252, or ends before its last group is closed.
pub fn paragraphs(file: &str, bytes: &[u8]) -> Result<Vec<Paragraph>, SourceError> {
    if !bytes.starts_with(br"{\rtf1") {
        return Err(SourceError::new(
            file,
            1,
            r"an RTF document ({\rtf1)",
            "something else",
        ));
    }
    let text = archive::decode(file, bytes, Encoding::Windows1252)?;
    let mut reader = Reader {
        file,
        line: 1,
        state: State {
            fallback: 1,
            ..State::default()
        },
        groups: Vec::new(),
        styles: HashMap::new(),
        style_name: String::new(),
        skip: 0,
        text: String::new(),
        paragraphs: Vec::new(),
    };
    reader.read(&text)?;
    Ok(reader.paragraphs)
}

struct Reader<'a> {
    file: &'a str,
    line: usize,
    state: State,
    groups: Vec<State>,
    styles: HashMap<u32, String>,
    style_name: String,
    /// Characters still to be dropped after a `\u`.
    skip: usize,
    text: String,
    paragraphs: Vec<Paragraph>,
}

impl Reader<'_> {
    fn read(&mut self, text: &str) -> Result<(), SourceError> {
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            rest = &rest[character.len_utf8()..];
            match character {
                '{' => self.groups.push(self.state.clone()),
                '}' => {
                    self.state = self.groups.pop().ok_or_else(|| {
                        SourceError::new(self.file, self.line, "a group to close", "none")
                    })?;
                    if self.groups.is_empty() {
                        return self.finish(rest);
                    }
                }
                '\n' => self.line += 1,
                '\r' => {}
                '\\' => rest = self.control(rest)?,
                other => self.push(other),
            }
        }
        let found = format!("the end of the file with {} open", self.groups.len());
        Err(SourceError::new(
            self.file,
            self.line,
            "the end of every group",
            found,
        ))
    }

    /// The document group is closed: only line ends may follow.
    fn finish(&mut self, rest: &str) -> Result<(), SourceError> {
        if !rest.trim_matches(['\r', '\n', ' ']).is_empty() {
            let expected = "nothing after the document";
            return Err(SourceError::new(
                self.file,
                self.line,
                expected,
                "more text",
            ));
        }
        if !self.text.is_empty() {
            self.end_paragraph();
        }
        Ok(())
    }

    /// Reads what follows a backslash, and returns what follows that.
    fn control<'t>(&mut self, rest: &'t str) -> Result<&'t str, SourceError> {
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if letters == 0 {
            return self.symbol(rest);
        }
        let (word, after) = rest.split_at(letters);
        let minus = usize::from(after.starts_with('-'));
        let digits = minus
            + after[minus..]
                .bytes()
                .take_while(u8::is_ascii_digit)
                .count();
        // A minus sign belongs to the word only when digits follow it.
        let (number, after) = after.split_at(if digits > minus { digits } else { 0 });
        self.word(word, number.parse().ok());
        Ok(after.strip_prefix(' ').unwrap_or(after))
    }

    fn symbol<'t>(&mut self, rest: &'t str) -> Result<&'t str, SourceError> {
        let Some(symbol) = rest.chars().next() else {
            return Ok(rest);
        };
        let after = &rest[symbol.len_utf8()..];
        match symbol {
            '\'' => {
                let byte = after
                    .get(..2)
                    .and_then(|hex| u8::from_str_radix(hex, 16).ok());
                let byte = byte.ok_or_else(|| {
                    SourceError::new(
                        self.file,
                        self.line,
                        r"two hexadecimal digits after \'",
                        "others",
                    )
                })?;
                let character = archive::decode(self.file, &[byte], Encoding::Windows1252);
                // A hidden group may name fonts in other code pages.
                if !self.state.hidden {
                    let character = character.map_err(|error| SourceError {
                        line: self.line,
                        ..error
                    })?;
                    character.chars().for_each(|character| self.push(character));
                }
                return Ok(&after[2..]);
            }
            '*' => self.state.hidden = true,
            '~' => self.push('\u{a0}'),
            '_' => self.push('-'),
            '\\' | '{' | '}' => self.push(symbol),
            '\n' | '\r' => self.end_paragraph(),
            // Among others the optional hyphen, which is not printed.
            _ => {}
        }
        Ok(after)
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        match word {
            "stylesheet" => self.state.style_sheet = true,
            _ if HIDDEN.contains(&word) => self.state.hidden = true,
            "s" => self.state.style = number.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            "pard" => self.state.style = 0,
            "par" | "sect" | "page" | "row" => self.end_paragraph(),
            "tab" | "cell" => self.push('\t'),
            "line" => self.push('\n'),
            "emdash" => self.push('\u{2014}'),
            "endash" => self.push('\u{2013}'),
            "lquote" => self.push('\u{2018}'),
            "rquote" => self.push('\u{2019}'),
            "ldblquote" => self.push('\u{201c}'),
            "rdblquote" => self.push('\u{201d}'),
            "bullet" => self.push('\u{2022}'),
            "uc" => self.state.fallback = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1),
            "u" => {
                // Values above 32,767 are written as negative numbers.
                let code = number.map(|n| if n < 0 { n + 65_536 } else { n });
                let character = code
                    .and_then(|n| u32::try_from(n).ok())
                    .and_then(char::from_u32);
                self.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
                self.skip = self.state.fallback;
            }
            // RTF asks readers to ignore the words that they do not know.
            _ => {}
        }
    }

    fn push(&mut self, character: char) {
        if self.state.hidden {
            return;
        }
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.state.style_sheet {
            self.text.push(character);
        } else if character == ';' {
            let name = std::mem::take(&mut self.style_name);
            self.styles
                .insert(self.state.style, name.trim().to_string());
        } else {
            self.style_name.push(character);
        }
    }

    fn end_paragraph(&mut self) {
        if self.state.hidden || self.state.style_sheet {
            return;
        }
        self.skip = 0;
        let style = match self.state.style {
            0 => String::new(),
            number => self.styles.get(&number).cloned().unwrap_or_default(),
        };
        let text = std::mem::take(&mut self.text);
        self.paragraphs.push(Paragraph {
            line: self.line,
            style,
            text,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = concat!(
        r"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Arial{\*\falt \'82\'81};}}",
        r"{\stylesheet{\li0 \snext0 Normal;}{\*\cs10 \additive Default;}{\s15\qc\fs24 \snext15 Chapter;}}",
        "{\\info{\\title Not text}}\n",
        r"{\header Page}\pard\plain \s15\qc {\b 1.  INFECTIOUS}{ DISEASES}\par ",
        "\n",
        r"\pard 001\tab M\'e9ni\u232\'e8re\u8217?s \{x\}\~\endash\par }",
        "\r\n"
    );

    #[test]
    fn styles_and_characters_are_kept_and_the_rest_is_dropped() {
        let read = paragraphs("b.rtf", DOCUMENT.as_bytes()).unwrap();
        let seen: Vec<_> = read
            .iter()
            .map(|p| (p.line, p.style.as_str(), p.text.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                (2, "Chapter", "1.  INFECTIOUS DISEASES"),
                (3, "", "001\tMénière\u{2019}s {x}\u{a0}\u{2013}"),
            ]
        );
    }

    #[test]
    fn what_is_not_a_whole_document_is_refused() {
        for end in 0..DOCUMENT.len() - 2 {
            assert!(
                paragraphs("b.rtf", &DOCUMENT.as_bytes()[..end]).is_err(),
                "{end}"
            );
        }
        let more = format!("{DOCUMENT}more");
        let error = paragraphs("b.rtf", more.as_bytes()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "b.rtf:3: expected nothing after the document, found more text"
        );
        assert_eq!(paragraphs("b.rtf", br"{\rtf1 \'zz}").unwrap_err().line, 1);
        assert!(paragraphs("b.rtf", b"001 Cholera\n").is_err());
    }
}
