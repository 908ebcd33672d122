//! The Alphabetic Indexes in the publishers' XML: ICD-10-CM's index to diseases, external cause index,
//! Table of Neoplasms and Table of Drugs, and the ICD-10-PCS index.
//!
//! All hold letter > mainTerm > term > term ..., each with its level. A term of an index has codes or
//! refers to other terms; a term of a table has a cell per column.

use roxmltree::Node;

use super::archive::{self, Encoding};
use super::order::is_code;
use super::xml::{self, attribute, collapse, elements, text};
use super::{SourceError, release};
use crate::code_system::CodeSystem;
use crate::concepts::{IndexBook, IndexCode, IndexEntry};

/// The names an index goes by, in an archive, by book: an archive often holds all of them.
fn names(book: Option<IndexBook>) -> &'static [&'static str] {
    match book {
        Some(IndexBook::Main) => &[
            "icd10cm?index?####.xml",
            "icd10cm?index*.xml",
            "icd10pcs?index?####.xml",
            "icd10pcs?index*.xml",
        ],
        Some(IndexBook::ExternalCause) => &[
            "icd10cm?eindex?####.xml",
            "icd10cm?eindex*.xml",
            "icd-10-cm-eindex*.xml",
        ],
        Some(IndexBook::Neoplasm) => &[
            "icd10cm?neoplasm?####.xml",
            "icd10cm?neoplasm*.xml",
            "icd-10-cm-neoplasm*.xml",
        ],
        Some(IndexBook::Drug) => &[
            "icd10cm?drug?####.xml",
            "icd10cm?drug*.xml",
            "icd-10-cm-drug*.xml",
        ],
        _ => &["*.xml"],
    }
}

/// The columns of codes that each of the two tables has.
const COLUMNS: usize = 6;

/// An index as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFile {
    /// The file, with the member for an archive.
    pub file: String,
    /// The release it states, such as `FY2025`.
    pub version: String,
    /// The code system its codes belong to.
    pub system: CodeSystem,
    /// Its rows, in the order of the book.
    pub entries: Vec<IndexEntry>,
}

/// Reads an index in XML: the file itself, or the archive it is in.
///
/// `book` picks the member of an archive, and may be absent where an archive holds one index; what the
/// file says it is decides, and it must not be another book than the one asked for.
///
/// A reference to a category (`seecat`) becomes "category T71" to see, and its code, like that of a
/// subcategory (`subcat`), counts as incomplete. In the ICD-10-PCS index, rows without a title repeat the
/// row above with another reference; their term is empty. Its codes of fewer than seven characters, the
/// tables among them, are incomplete. A table's missing cells are empty ones. Proportional to the size
/// of the file.
///
/// # Errors
/// When the XML is not well formed or an element is unknown; when levels jump; when a code has no shape
/// of a code; when a column is repeated; when the file is another book than asked for.
pub fn read(file: &str, bytes: &[u8], book: Option<IndexBook>) -> Result<IndexFile, SourceError> {
    let member = archive::file_or_member(file, bytes, names(book))?;
    let file = member.path.as_str();
    let source = archive::decode(file, &member.bytes, Encoding::Utf8)?;
    let document = xml::parse(file, &source)?;
    let root = document.root_element();
    let system = match root.tag_name().name() {
        "ICD10CM.index" => CodeSystem::ICD10CM,
        "ICD10PCS.index" => CodeSystem::ICD10PCS,
        _ => return Err(xml::unknown(file, root)),
    };
    let (mut version, mut found) = (None, None);
    let mut entries = Vec::new();
    for child in elements(file, root)? {
        match child.tag_name().name() {
            "version" => {
                let line = document.text_pos_at(child.range().start).row as usize;
                let year = text(file, child)?;
                version = Some(release::of_version(file, line, &year, &member.name)?);
            }
            "title" => {
                let external = text(file, child)?
                    .to_ascii_lowercase()
                    .contains("external cause");
                found = Some(if external {
                    IndexBook::ExternalCause
                } else {
                    IndexBook::Main
                });
            }
            "indexHeading" => found = Some(table(file, child)?),
            "letter" => {
                let Some(book) = found else {
                    let expected = "a <title> or an <indexHeading> before the first letter";
                    return Err(xml::error(file, child, expected, "none"));
                };
                let reader = Reader { file, system, book };
                reader.letter(child, &mut entries)?;
            }
            _ => return Err(xml::unknown(file, child)),
        }
    }
    let version = version.ok_or_else(|| xml::error(file, root, "a <version>", "none"))?;
    if entries.is_empty() {
        return Err(xml::error(file, root, "letters with terms", "none"));
    }
    if let (Some(book), Some(found)) = (book, found)
        && book != found
    {
        let (book, found) = (book_name(book), book_name(found));
        return Err(xml::error(
            file,
            root,
            format!("the {book}"),
            format!("the {found}"),
        ));
    }
    Ok(IndexFile {
        version,
        system,
        entries,
        file: member.path,
    })
}

/// Reads a code as ICD-10-CM's indexes print it: `E11.9`, `M48.4-`, `C66.-`, or `[H28]` for a manifestation.
///
/// Returns nothing where the text is not one code.
pub fn printed_code(printed: &str) -> Option<IndexCode> {
    let printed = printed.trim();
    let bracketed = printed.strip_prefix('[').map(|rest| rest.strip_suffix(']'));
    let (printed, manifestation) = match bracketed {
        Some(inner) => (inner?, true),
        None => (printed, false),
    };
    let (printed, incomplete) = match printed.strip_suffix('-') {
        Some(rest) => (rest.strip_suffix('.').unwrap_or(rest), true),
        None => (printed, false),
    };
    let code = match printed.split_once('.') {
        Some((head, tail)) if head.len() == 3 && !tail.is_empty() => format!("{head}{tail}"),
        None if printed.len() == 3 => printed.to_string(),
        _ => return None,
    };
    let category_has_digit = code.as_bytes()[1..].iter().any(u8::is_ascii_digit);
    (is_code(CodeSystem::ICD10CM, &code) && category_has_digit).then_some(IndexCode {
        code,
        incomplete,
        manifestation,
    })
}

/// Tells the two tables by their column heads.
fn table(file: &str, heading: Node) -> Result<IndexBook, SourceError> {
    let heads = elements(file, heading)?;
    for (column, &head) in heads.iter().enumerate() {
        if !head.has_tag_name("head") {
            return Err(xml::unknown(file, head));
        }
        let found = attribute(file, head, "col")?;
        if found != (column + 1).to_string() {
            let expected = format!("column {}", column + 1);
            return Err(xml::error(file, head, expected, format!("'{found}'")));
        }
    }
    let texts: Vec<String> = heads
        .iter()
        .map(|&head| text(file, head).map(|text| text.to_ascii_lowercase()))
        .collect::<Result<_, _>>()?;
    // The columns are told apart by position from here on, so the heads must be in the known order.
    let begins = |heads: [&str; COLUMNS + 1]| {
        texts.len() == heads.len()
            && texts
                .iter()
                .zip(heads)
                .all(|(text, head)| text.contains(head))
    };
    if begins([
        "neoplasm",
        "primary",
        "secondary",
        "in situ",
        "benign",
        "uncertain",
        "unspecified",
    ]) {
        Ok(IndexBook::Neoplasm)
    } else if begins([
        "substance",
        "accidental",
        "self-harm",
        "assault",
        "undetermined",
        "adverse",
        "underdosing",
    ]) {
        Ok(IndexBook::Drug)
    } else {
        let expected = "the column heads of the Table of Neoplasms or of the Table of Drugs";
        Err(xml::error(
            file,
            heading,
            expected,
            format!("'{}'", texts.join("', '")),
        ))
    }
}

fn book_name(book: IndexBook) -> &'static str {
    match book {
        IndexBook::Main => "alphabetic index",
        IndexBook::ExternalCause => "external cause index",
        IndexBook::Neoplasm => "table of neoplasms",
        IndexBook::Drug => "table of drugs",
        IndexBook::BodyPartKey => "body part key",
        IndexBook::DeviceKey => "device key",
    }
}

struct Reader<'f> {
    file: &'f str,
    system: CodeSystem,
    book: IndexBook,
}

impl Reader<'_> {
    fn letter(&self, node: Node, entries: &mut Vec<IndexEntry>) -> Result<(), SourceError> {
        for child in elements(self.file, node)? {
            match child.tag_name().name() {
                "title" => {}
                "mainTerm" => self.term(child, 0, entries)?,
                _ => return Err(xml::unknown(self.file, child)),
            }
        }
        Ok(())
    }

    /// Reads a term and those within it; the depth of an XML file is bounded where it is parsed.
    fn term(
        &self,
        node: Node,
        level: u8,
        entries: &mut Vec<IndexEntry>,
    ) -> Result<(), SourceError> {
        let file = self.file;
        let mut entry = IndexEntry {
            book: self.book,
            level,
            ..IndexEntry::default()
        };
        if level > 0 {
            let found = attribute(file, node, "level")?;
            if found != level.to_string() {
                let expected = format!("level {level}");
                return Err(xml::error(file, node, expected, format!("'{found}'")));
            }
        }
        let in_table = matches!(self.book, IndexBook::Neoplasm | IndexBook::Drug);
        let pcs = self.system == CodeSystem::ICD10PCS;
        let mut below = Vec::new();
        let mut titled = false;
        for child in elements(file, node)? {
            match child.tag_name().name() {
                "title" => {
                    titled = true;
                    self.title(child, &mut entry)?;
                }
                "see" => self.reference(child, &mut entry.see, &mut entry.codes)?,
                "seeAlso" => self.reference(child, &mut entry.see_also, &mut entry.codes)?,
                "use" if pcs => self.reference(child, &mut entry.use_value, &mut entry.codes)?,
                "code" | "codes" | "tab" if !in_table => {
                    self.codes(child, false, &mut entry.codes)?
                }
                "manif" => {
                    // Where it holds words (`book-leaf` of the Table of Neoplasms), they are one more
                    // nonessential modifier.
                    let printed = text(file, child)?;
                    if printed_code(printed.split(' ').next().unwrap_or("")).is_some() && !in_table
                    {
                        self.codes(child, true, &mut entry.codes)?;
                    } else {
                        append(&mut entry.modifiers, " ", &format!("({printed})"));
                    }
                }
                "seecat" if !pcs && !in_table => {
                    append(
                        &mut entry.see,
                        "; ",
                        &format!("category {}", text(file, child)?),
                    );
                    self.category(child, &mut entry.codes)?;
                }
                "subcat" if !pcs && !in_table => self.category(child, &mut entry.codes)?,
                "cell" if in_table => self.cell(child, &mut entry.codes)?,
                "term" => below.push(child),
                _ => return Err(xml::unknown(file, child)),
            }
        }
        // In the ICD-10-PCS index, a row may be no more than another reference of the row above.
        let refers =
            !(entry.see.is_empty() && entry.use_value.is_empty() && entry.codes.is_empty());
        let needs_title = !pcs || level == 0 || !refers;
        if !titled && needs_title {
            return Err(xml::error(file, node, "a <title>", "none"));
        }
        entries.push(entry);
        below
            .into_iter()
            .try_for_each(|term| self.term(term, level + 1, entries))
    }

    /// Parts a title into the term and its nonessential modifiers.
    ///
    /// What follows a modifier continues the term, as a word of its own even where the file leaves out
    /// the blank: `autonomic<nemod>(poly)</nemod>neuropathy`.
    fn title(&self, node: Node, entry: &mut IndexEntry) -> Result<(), SourceError> {
        let mut term = String::new();
        for child in node.children() {
            if child.is_text() {
                let words = child.text().unwrap_or("");
                if words.starts_with(char::is_alphanumeric) {
                    term.push(' ');
                }
                term.push_str(words);
            } else if child.has_tag_name("nemod") {
                append(&mut entry.modifiers, " ", &text(self.file, child)?);
            } else if child.is_element() {
                return Err(xml::unknown(self.file, child));
            }
        }
        entry.term = collapse(&term);
        if entry.term.is_empty() {
            return Err(xml::error(self.file, node, "a term", "nothing"));
        }
        Ok(())
    }

    /// Reads `see`, `seeAlso` or `use`: the term, and the codes or table that may follow it.
    fn reference(
        &self,
        node: Node,
        to: &mut String,
        codes: &mut Vec<IndexCode>,
    ) -> Result<(), SourceError> {
        let mut words = String::new();
        for child in node.children() {
            match child.tag_name().name() {
                _ if child.is_text() => words.push_str(child.text().unwrap_or("")),
                "codes" | "code" | "tab" => self.codes(child, false, codes)?,
                _ if child.is_element() => return Err(xml::unknown(self.file, child)),
                _ => {}
            }
        }
        let words = collapse(&words);
        if words.is_empty() {
            return Err(xml::error(self.file, node, "a term to look at", "nothing"));
        }
        append(to, "; ", &words);
        Ok(())
    }

    /// Reads one or more printed codes, parted by blanks or commas.
    fn codes(
        &self,
        node: Node,
        manifestation: bool,
        codes: &mut Vec<IndexCode>,
    ) -> Result<(), SourceError> {
        let printed = text(self.file, node)?;
        for word in printed.split([' ', ',']).filter(|word| !word.is_empty()) {
            let code = if self.system == CodeSystem::ICD10PCS {
                pcs_code(word)
            } else {
                printed_code(word)
            };
            let Some(mut code) = code else {
                let expected = format!("codes of {}", self.system);
                return Err(xml::error(
                    self.file,
                    node,
                    expected,
                    format!("'{printed}'"),
                ));
            };
            code.manifestation |= manifestation;
            codes.push(code);
        }
        Ok(())
    }

    fn category(&self, node: Node, codes: &mut Vec<IndexCode>) -> Result<(), SourceError> {
        let from = codes.len();
        self.codes(node, false, codes)?;
        codes
            .iter_mut()
            .skip(from)
            .for_each(|code| code.incomplete = true);
        Ok(())
    }

    /// Reads a cell of a table into its column; a row has all columns as soon as it has one.
    fn cell(&self, node: Node, codes: &mut Vec<IndexCode>) -> Result<(), SourceError> {
        let printed = text(self.file, node)?;
        let col = attribute(self.file, node, "col")?;
        codes.resize(COLUMNS, IndexCode::default());
        // The first column is the term.
        let cell = col
            .parse::<usize>()
            .ok()
            .and_then(|col| codes.get_mut(col.checked_sub(2)?));
        let Some(cell) = cell else {
            return Err(xml::error(
                self.file,
                node,
                "a column from 2 to 7",
                format!("'{col}'"),
            ));
        };
        if !cell.code.is_empty() {
            return Err(xml::error(
                self.file,
                node,
                "each column once",
                format!("column {col} again"),
            ));
        }
        if printed != "-" && printed != "--" {
            *cell = printed_code(&printed).ok_or_else(|| {
                xml::error(
                    self.file,
                    node,
                    "a code of ICD-10-CM, or -- for none",
                    format!("'{printed}'"),
                )
            })?;
        }
        Ok(())
    }
}

/// Reads a code of the ICD-10-PCS index: three characters name a table, seven a code, others its beginning.
fn pcs_code(printed: &str) -> Option<IndexCode> {
    let shaped = (3..=7).contains(&printed.len())
        && printed
            .bytes()
            .all(|b| b.is_ascii_digit() || (b.is_ascii_uppercase() && b != b'I' && b != b'O'));
    shaped.then(|| IndexCode {
        code: printed.to_string(),
        incomplete: printed.len() < 7,
        manifestation: false,
    })
}

fn append(to: &mut String, separator: &str, text: &str) {
    if !to.is_empty() {
        to.push_str(separator);
    }
    to.push_str(text);
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use super::super::archive::tests::{damaged, published, zip_of};
    use super::super::order;
    use super::*;

    const EXTERNAL: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2025</version>
  <title>ICD-10-CM EXTERNAL CAUSE of INJURIES INDEX</title>
  <letter>
    <title>A</title>
    <mainTerm>
      <title>Abandonment<nemod>(causing exposure) (with intent)</nemod> NEC</title>
      <code>X58</code>
      <term level="1">
        <title>bed linen</title>
        <seecat>T71</seecat>
        <term level="2">
          <title>lightning<nemod>(s)</nemod>, stroke</title>
          <subcat>T75.0</subcat>
          <see>Exposure, fire</see>
          <seeAlso>Fall</seeAlso>
        </term>
      </term>
      <term level="1">
        <title>auto<nemod>(semi)</nemod>machine</title>
        <code>W31.-</code>
        <manif>[H28]</manif>
      </term>
    </mainTerm>
  </letter>
</ICD10CM.index>
"#;

    const NEOPLASM: &str = r#"<ICD10CM.index>
  <version>2025</version>
  <indexHeading>
    <head col="1">Neoplasm</head>
    <head col="2">Malignant Primary</head>
    <head col="3">Malignant Secondary</head>
    <head col="4">Ca in situ</head>
    <head col="5">Benign</head>
    <head col="6">Uncertain Behavior</head>
    <head col="7">Unspecified Behavior</head>
  </indexHeading>
  <letter>
    <title>N</title>
    <mainTerm>
      <title>Neoplasm</title>
      <cell col="2">C80.1</cell>
      <cell col="3">C66.-</cell>
      <cell col="4">-</cell>
      <cell col="5">--</cell>
      <cell col="7">D49.9-</cell>
      <term level="1">
        <title>book-leaf<nemod>(mouth)</nemod></title>
        <manif>under the tongue</manif>
      </term>
    </mainTerm>
  </letter>
</ICD10CM.index>
"#;

    const PCS: &str = r#"<ICD10PCS.index>
  <version>2025</version>
  <title>2025 ICD-10-PCS Index</title>
  <letter>
    <title>A</title>
    <mainTerm>
      <title>Abdominoplasty</title>
      <term level="1">
        <see>Alteration, Wall<codes>0W0F</codes></see>
      </term>
      <term level="1">
        <title>by sight</title>
        <code>8E0ZXY4</code>
      </term>
      <term level="1">
        <use>Wall<tab>04V</tab></use>
      </term>
    </mainTerm>
  </letter>
</ICD10PCS.index>
"#;

    fn codes(entry: &IndexEntry) -> Vec<(&str, bool, bool)> {
        let parts = |c: &IndexCode| (c.incomplete, c.manifestation);
        entry
            .codes
            .iter()
            .map(|c| (c.code.as_str(), parts(c).0, parts(c).1))
            .collect()
    }

    #[test]
    fn reads_terms_with_their_modifiers_references_and_codes() {
        let index = read(
            "eindex.xml",
            EXTERNAL.as_bytes(),
            Some(IndexBook::ExternalCause),
        )
        .unwrap();
        assert_eq!(
            (index.version.as_str(), index.system),
            ("FY2025", CodeSystem::ICD10CM)
        );
        let [main, linen, lightning, machine] = &index.entries[..] else {
            panic!("{:?}", index.entries)
        };
        assert_eq!(main.term, "Abandonment NEC");
        assert_eq!(main.modifiers, "(causing exposure) (with intent)");
        assert_eq!(codes(main), [("X58", false, false)]);
        assert_eq!((linen.level, linen.see.as_str()), (1, "category T71"));
        assert_eq!(codes(linen), [("T71", true, false)]);
        assert_eq!(
            (lightning.level, lightning.term.as_str()),
            (2, "lightning, stroke")
        );
        assert_eq!(
            (lightning.see.as_str(), lightning.see_also.as_str()),
            ("Exposure, fire", "Fall")
        );
        assert_eq!(codes(lightning), [("T750", true, false)]);
        assert_eq!(codes(machine), [("W31", true, false), ("H28", false, true)]);
        assert_eq!(machine.book, IndexBook::ExternalCause);
        assert_eq!(machine.term, "auto machine");
    }

    #[test]
    fn a_table_has_a_cell_per_column() {
        let index = read("neoplasm.xml", NEOPLASM.as_bytes(), None).unwrap();
        assert_eq!(index.entries[0].book, IndexBook::Neoplasm);
        assert_eq!(
            codes(&index.entries[0]),
            [
                ("C801", false, false),
                ("C66", true, false),
                ("", false, false),
                ("", false, false),
                ("", false, false),
                ("D499", true, false),
            ]
        );
        assert_eq!(index.entries[1].modifiers, "(mouth) (under the tongue)");
        assert_eq!(index.entries[1].codes, []);
    }

    #[test]
    fn reads_the_index_of_procedures() {
        let index = read("icd10pcs_index_2025.xml", PCS.as_bytes(), None).unwrap();
        assert_eq!(index.system, CodeSystem::ICD10PCS);
        let rows: Vec<_> = index
            .entries
            .iter()
            .map(|e| {
                (
                    e.level,
                    e.term.as_str(),
                    e.see.as_str(),
                    e.use_value.as_str(),
                    codes(e),
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                (0, "Abdominoplasty", "", "", vec![]),
                (1, "", "Alteration, Wall", "", vec![("0W0F", true, false)]),
                (1, "by sight", "", "", vec![("8E0ZXY4", false, false)]),
                (1, "", "", "Wall", vec![("04V", true, false)]),
            ]
        );
    }

    #[test]
    fn printed_codes_in_all_their_shapes() {
        let code = |text| printed_code(text).map(|c| (c.code, c.incomplete, c.manifestation));
        assert_eq!(code(" E11.9 "), Some(("E119".into(), false, false)));
        assert_eq!(code("M48.4-"), Some(("M484".into(), true, false)));
        assert_eq!(code("C66.-"), Some(("C66".into(), true, false)));
        assert_eq!(code("Y65-"), Some(("Y65".into(), true, false)));
        assert_eq!(code("[H28]"), Some(("H28".into(), false, true)));
        for bad in [
            "",
            "-",
            "E119",
            "E11.",
            "[H28",
            "see",
            "THE",
            "E11.9.1",
            "é11.9",
            "E1é",
            "E11.90000",
        ] {
            assert_eq!(code(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_archive_member_is_that_of_the_book() {
        let bytes = zip_of(&[
            ("icd10cm-eindex-2025.xml", EXTERNAL.as_bytes()),
            ("icd10cm-neoplasm-2025.xml", NEOPLASM.as_bytes()),
        ]);
        let index = read("index.zip", &bytes, Some(IndexBook::Neoplasm)).unwrap();
        assert_eq!(index.file, "index.zip/icd10cm-neoplasm-2025.xml");
        assert!(read("index.zip", &bytes, Some(IndexBook::Drug)).is_err());
        assert!(read("index.zip", &bytes, None).is_err());
    }

    #[test]
    fn what_is_not_understood_stops_with_line_and_path() {
        for (xml, old, new, message) in [
            (
                EXTERNAL,
                "<subcat>",
                "<foo/><subcat>",
                ":15: expected an element that the layout knows, found <foo> at ICD10CM.index/letter/mainTerm/term/term/foo",
            ),
            (
                EXTERNAL,
                "level=\"2\"",
                "level=\"3\"",
                ":13: expected level 2, found '3' at ",
            ),
            (
                EXTERNAL,
                "<code>X58",
                "<code>X5",
                ":9: expected codes of ICD-10-CM, found 'X5' at ",
            ),
            (
                EXTERNAL,
                "<title>bed linen</title>",
                "",
                ":10: expected a <title>, found none at ",
            ),
            (
                EXTERNAL,
                "bed linen",
                "",
                ":11: expected a term, found nothing at ",
            ),
            (
                EXTERNAL,
                "<code>X58</code>",
                "<cell col=\"2\">X58</cell>",
                ":9: expected an element that the layout knows, found <cell> at ",
            ),
            (
                EXTERNAL,
                "EXTERNAL CAUSE of INJURIES ",
                "",
                ":2: expected the external cause index, found the alphabetic index at ",
            ),
            (
                EXTERNAL,
                "<version>2025</version>",
                "",
                ":2: expected a <version>, found none at ",
            ),
            (
                NEOPLASM,
                "col=\"5\">Benign",
                "col=\"5\">Kind",
                ":3: expected the column heads of the Table of Neoplasms or of the Table of Drugs, found ",
            ),
            (
                NEOPLASM,
                "col=\"3\">C66",
                "col=\"2\">C66",
                ":17: expected each column once, found column 2 again at ",
            ),
            (
                NEOPLASM,
                "col=\"3\">C66",
                "col=\"8\">C66",
                ":17: expected a column from 2 to 7, found '8' at ",
            ),
            (
                NEOPLASM,
                "col=\"3\">C66",
                "col=\"1\">C66",
                ":17: expected a column from 2 to 7, found '1' at ",
            ),
            (
                NEOPLASM,
                "C66.-",
                "none",
                ":17: expected a code of ICD-10-CM, or -- for none, found 'none' at ",
            ),
            (
                PCS,
                "0W0F",
                "0WOF",
                ":9: expected codes of ICD-10-PCS, found '0WOF' at ",
            ),
            (
                PCS,
                "<code>8E0ZXY4</code>",
                "<seecat>8E0</seecat>",
                ":13: expected an element that the layout knows, found <seecat> at ",
            ),
            (
                PCS,
                "ICD10PCS.index",
                "ICD9.index",
                ":1: expected an element that the layout knows, found <ICD9.index> at ",
            ),
        ] {
            assert!(xml.contains(old), "{old}");
            let book = (xml == EXTERNAL).then_some(IndexBook::ExternalCause);
            let error = read("x.xml", xml.replace(old, new).as_bytes(), book)
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with(&format!("x.xml{message}")),
                "{new}: {error}"
            );
        }
        for length in 0..EXTERNAL.trim_end().len() {
            assert!(
                read("x.xml", &EXTERNAL.as_bytes()[..length], None).is_err(),
                "{length}"
            );
        }
    }

    /// Counts the codes of an index that the FY2026 order file does not have, and checks that they are few:
    /// the index is of another year, but most of what it leads to exists.
    pub(crate) fn count_unknown(index: &IndexFile) -> usize {
        let path = match index.system {
            CodeSystem::ICD10CM => "icd10cm/cms_2026_dx.zip",
            _ => "icd10pcs/cms_2026_pr.zip",
        };
        let Some(bytes) = published("MEDCODE_SOURCES", path) else {
            return 0;
        };
        let concepts = order::read(path, &bytes, index.system).unwrap().concepts;
        let known: BTreeSet<&str> = concepts.iter().map(|c| c.code.as_str()).collect();
        let begins = |code: &str| {
            known
                .range(code..)
                .next()
                .is_some_and(|found| found.starts_with(code))
        };
        let codes: Vec<&IndexCode> = index
            .entries
            .iter()
            .flat_map(|entry| &entry.codes)
            .filter(|code| !code.code.is_empty())
            .collect();
        let unknown: Vec<&&IndexCode> = codes
            .iter()
            .filter(|c| {
                if c.incomplete {
                    !begins(&c.code)
                } else {
                    !known.contains(c.code.as_str())
                }
            })
            .collect();
        let distinct: BTreeSet<&str> = unknown.iter().map(|c| c.code.as_str()).collect();
        let needing_more = codes
            .iter()
            .filter(|c| {
                !c.incomplete
                    && concepts
                        .binary_search_by(|k| k.code.cmp(&c.code))
                        .is_ok_and(|at| !concepts[at].billable)
            })
            .count();
        eprintln!(
            "{}: {} entries, {} codes, {} unknown ({} distinct: {:?}), {needing_more} printed as complete but headers",
            index.file,
            index.entries.len(),
            codes.len(),
            unknown.len(),
            distinct.len(),
            distinct.iter().take(12).collect::<Vec<_>>(),
        );
        assert!(
            unknown.len() * 50 < codes.len(),
            "{} of {}",
            unknown.len(),
            codes.len()
        );
        unknown.len()
    }

    #[test]
    fn damaged_input_never_panics() {
        for xml in [EXTERNAL, NEOPLASM, PCS] {
            for bytes in damaged(xml) {
                let _ = read("x.xml", &bytes, None);
            }
        }
    }

    #[test]
    fn the_whole_published_files() {
        for (path, book, entries) in [
            (
                "icd10cm/icd-10-cm-eindex-2025.xml",
                IndexBook::ExternalCause,
                8_064,
            ),
            (
                "icd10cm/icd-10-cm-neoplasm-2025.xml",
                IndexBook::Neoplasm,
                1_939,
            ),
            ("icd10cm/icd-10-cm-drug-2025.xml", IndexBook::Drug, 7_428),
            ("icd10pcs/icd10pcs_index_2025.xml", IndexBook::Main, 24_484),
        ] {
            let Some(bytes) = published("MEDCODE_SOURCES", path) else {
                continue;
            };
            let index = read(path, &bytes, Some(book)).unwrap();
            assert_eq!(index.version, "FY2025", "{path}");
            count_unknown(&index);
            assert_eq!(index.entries.len(), entries, "{path}");
        }
    }
}
