//! The Tabular List of ICD-10-CM in NCHS's XML, and its merging with CMS's order file.
//!
//! The file holds chapter > section > diag, diags within diags, and at each level the notes. Codes with a
//! seventh character are not written out: a `sevenChrDef` holds for every code below it, except where a
//! nearer one does, and the codes are composed here.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;

use roxmltree::Node;

use super::archive::{self, Encoding};
use super::order::{self, OrderFile};
use super::xml::{self, attribute, collapse, elements, text};
use super::{SourceError, release};
use crate::code_system::CodeSystem;
use crate::concepts::{Concept, Group, GroupKind, Note, NoteKind, SeventhCharacter};

/// The names the tabular XML goes by, in an archive.
const NAMES: &[&str] = &[
    "icd10cm?tabular?####.xml",
    "icd10cm?tabular?April*.xml",
    "icd10c*tabular*.xml",
    "icd-10-cm-tabular*.xml",
];

/// More differing codes than this between an order file and a tabular list mean that they belong to
/// different releases: an April update changes a few dozen codes, a fiscal year hundreds.
pub const DIFFERENCE_LIMIT: usize = 100;

/// The Tabular List as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Tabular {
    /// The file, with the member for an archive.
    pub file: String,
    /// The release it states, such as `FY2026`.
    pub version: String,
    /// Every code, those with a seventh character composed, in ascending order of code.
    pub concepts: Vec<Concept>,
    /// Chapters and sections, outer before inner.
    pub groups: Vec<Group>,
}

/// An order file and a tabular list of the same release, as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The order file's codes, titles and flags with the tabular list's notes and seventh characters.
    pub concepts: Vec<Concept>,
    /// The tabular list's chapters and sections.
    pub groups: Vec<Group>,
    /// What the two do not agree on, in order of code; the order file has been followed.
    pub differences: Vec<Difference>,
}

/// A code on which the order file and the tabular list do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The code.
    pub code: String,
    /// What differs.
    pub kind: DifferenceKind,
}

/// What the order file and the tabular list can differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The tabular list lacks the code.
    OnlyInOrderFile,
    /// The order file lacks the code; it is left out.
    OnlyInTabular,
    /// The titles differ: the order file's, the tabular list's.
    Title(String, String),
    /// The order file's flag is this one, while the tabular list composes to the other.
    Billable(bool),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = &self.code;
        match &self.kind {
            DifferenceKind::OnlyInOrderFile => write!(f, "{code} is only in the order file"),
            DifferenceKind::OnlyInTabular => write!(f, "{code} is only in the tabular list"),
            DifferenceKind::Title(order, tabular) => write!(
                f,
                "{code} is '{order}' in the order file, '{tabular}' in the tabular list"
            ),
            DifferenceKind::Billable(true) => {
                write!(
                    f,
                    "{code} is billable in the order file, a header in the tabular list"
                )
            }
            DifferenceKind::Billable(false) => {
                write!(
                    f,
                    "{code} is a header in the order file, billable in the tabular list"
                )
            }
        }
    }
}

/// Reads the Tabular List: the XML itself, or the archive it is published in.
///
/// Titles are in the order file's spelling, which is ASCII: letters with diacritics lose them (`Ménière`
/// becomes `Meniere`), so that a build from this file alone shows the titles that one with the order file
/// shows. Notes keep their spelling; every run of white space in them is one blank. A composed title is
/// the title of the code, a comma, and the meaning of the character. A note within a `sevenChrDef`
/// describes the character before it and becomes an inclusion term of the code that defines it. A code is
/// billable when nothing stands below it once composed.
///
/// A category that the printed range of its section does not hold in order of code (`C4A` in `C43-C44`)
/// gets a group of its own with the section's label and title, so that the narrowest group around a code
/// is always its section. Proportional to the size of the file.
///
/// # Errors
/// When the XML is not well formed or an element is unknown; when a code is malformed, repeated, or not
/// below the code it stands in; when a title is empty or not foldable to ASCII; when a note restricts
/// seventh characters in words that are not understood.
pub fn read(file: &str, bytes: &[u8]) -> Result<Tabular, SourceError> {
    let member = archive::file_or_member(file, bytes, NAMES)?;
    let source = archive::decode(&member.path, &member.bytes, Encoding::Utf8)?;
    let document = xml::parse(&member.path, &source)?;
    let root = document.root_element();
    let mut reader = Reader {
        file: &member.path,
        seen: HashMap::new(),
        concepts: Vec::new(),
        groups: Vec::new(),
        homes: Vec::new(),
    };
    if !root.has_tag_name("ICD10CM.tabular") {
        return Err(xml::unknown(&member.path, root));
    }
    let mut version = None;
    for child in elements(&member.path, root)? {
        match child.tag_name().name() {
            "version" => {
                let line = document.text_pos_at(child.range().start).row as usize;
                let year = text(&member.path, child)?;
                version = Some(release::of_version(
                    &member.path,
                    line,
                    &year,
                    &member.name,
                )?);
            }
            // How to read the book, for people; nothing in it belongs to a code.
            "introduction" => {}
            "chapter" => reader.chapter(child)?,
            _ => return Err(xml::unknown(&member.path, child)),
        }
    }
    let version = version.ok_or_else(|| xml::error(&member.path, root, "a <version>", "none"))?;
    if reader.concepts.is_empty() {
        return Err(xml::error(
            &member.path,
            root,
            "chapters with codes",
            "none",
        ));
    }
    reader.concepts.sort_unstable_by(|a, b| a.code.cmp(&b.code));
    reader.settle_groups(root)?;
    Ok(Tabular {
        version,
        concepts: reader.concepts,
        groups: reader.groups,
        file: member.path,
    })
}

/// Merges an order file with a tabular list.
///
/// The order file decides which codes exist, their titles and which are billable; the tabular list adds
/// notes, seventh characters and groups. What the two do not agree on is returned. Proportional to the
/// number of codes.
///
/// # Errors
/// When they differ in more than [`DIFFERENCE_LIMIT`] codes: then they belong to different releases.
pub fn merge(order: OrderFile, tabular: Tabular) -> Result<Merged, SourceError> {
    let mut differences = Vec::new();
    let differ = |code: &str, kind| Difference {
        code: code.to_string(),
        kind,
    };
    let mut concepts = order.concepts;
    let mut rest = tabular.concepts.into_iter().peekable();
    for concept in &mut concepts {
        while let Some(early) = rest.next_if(|other| other.code < concept.code) {
            differences.push(differ(&early.code, DifferenceKind::OnlyInTabular));
        }
        let code = concept.code.as_str();
        let Some(other) = rest.next_if(|other| other.code == code) else {
            differences.push(differ(code, DifferenceKind::OnlyInOrderFile));
            continue;
        };
        if other.display != concept.display {
            let kind = DifferenceKind::Title(concept.display.clone(), other.display);
            differences.push(differ(code, kind));
        }
        if other.billable != concept.billable {
            differences.push(differ(code, DifferenceKind::Billable(concept.billable)));
        }
        concept.notes = other.notes;
        concept.seventh_characters = other.seventh_characters;
    }
    differences.extend(rest.map(|late| differ(&late.code, DifferenceKind::OnlyInTabular)));
    if differences.len() > DIFFERENCE_LIMIT {
        let first: Vec<String> = differences
            .iter()
            .take(5)
            .map(Difference::to_string)
            .collect();
        let expected = format!(
            "the release of {} ({}), give or take {DIFFERENCE_LIMIT} codes",
            order.file, order.version
        );
        let found = format!(
            "{} with {} differences: {}",
            tabular.version,
            differences.len(),
            first.join("; ")
        );
        return Err(SourceError::new(&tabular.file, 0, expected, found));
    }
    Ok(Merged {
        concepts,
        groups: tabular.groups,
        differences,
    })
}

/// Returns a title in the order file's ASCII spelling: letters with diacritics lose them.
///
/// Returns the first character that is not ASCII and not such a letter as an error.
pub fn fold_title(title: &str) -> Result<String, char> {
    title
        .chars()
        .map(|c| match c {
            _ if c.is_ascii() => Ok(c),
            'à'..='å' => Ok('a'),
            'À'..='Å' => Ok('A'),
            'ç' => Ok('c'),
            'Ç' => Ok('C'),
            'è'..='ë' => Ok('e'),
            'È'..='Ë' => Ok('E'),
            'ì'..='ï' => Ok('i'),
            'Ì'..='Ï' => Ok('I'),
            'ñ' => Ok('n'),
            'Ñ' => Ok('N'),
            'ò'..='ö' => Ok('o'),
            'Ò'..='Ö' => Ok('O'),
            'ù'..='ü' => Ok('u'),
            'Ù'..='Ü' => Ok('U'),
            'ý' | 'ÿ' => Ok('y'),
            'Ý' => Ok('Y'),
            _ => Err(c),
        })
        .collect()
}

/// What a diag hands down to those within it.
#[derive(Clone, Default)]
struct Inherited {
    characters: Vec<SeventhCharacter>,
    restrictions: Vec<Restriction>,
}

/// Seventh characters that do not go with certain sixth ones, as a note of the category says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Restriction {
    category: String,
    sixth: Vec<char>,
    seventh: Vec<char>,
}

struct Reader<'f> {
    file: &'f str,
    /// Where each code stands in the file, to name the first of two.
    seen: HashMap<String, usize>,
    concepts: Vec<Concept>,
    groups: Vec<Group>,
    /// Each category with the group it stands in.
    homes: Vec<(String, usize)>,
}

impl Reader<'_> {
    fn chapter(&mut self, node: Node) -> Result<(), SourceError> {
        let (mut label, mut title, mut notes) = (None, None, Vec::new());
        let mut sections = Vec::new();
        for child in elements(self.file, node)? {
            match child.tag_name().name() {
                "name" => label = Some(text(self.file, child)?),
                "desc" => title = Some(text(self.file, child)?),
                // The sections again, as a table of contents.
                "sectionIndex" => {}
                "section" => sections.push(child),
                _ => self.notes(child, &mut notes)?,
            }
        }
        let (Some(label), Some(title)) = (label, title) else {
            return Err(xml::error(
                self.file,
                node,
                "a <name> and a <desc>",
                "not both",
            ));
        };
        let chapters = self.groups.iter().filter(|g| g.kind == GroupKind::Chapter);
        let number = chapters.count() + 1;
        if label != number.to_string() {
            let found = format!("'{label}'");
            return Err(xml::error(
                self.file,
                node,
                format!("chapter {number}"),
                found,
            ));
        }
        let Some((title, first, last)) = split_range(&title) else {
            let found = format!("'{title}'");
            let expected = "a title that ends with its range, such as (A00-B99)";
            return Err(xml::error(self.file, node, expected, found));
        };
        self.groups.push(Group {
            kind: GroupKind::Chapter,
            label,
            first,
            last,
            title,
            notes,
        });
        sections
            .into_iter()
            .try_for_each(|section| self.section(section))
    }

    fn section(&mut self, node: Node) -> Result<(), SourceError> {
        let label = attribute(self.file, node, "id")?.to_string();
        let (mut title, mut notes, mut categories) = (None, Vec::new(), Vec::new());
        for child in elements(self.file, node)? {
            match child.tag_name().name() {
                "desc" => title = Some(text(self.file, child)?),
                "diag" => categories.push(child),
                _ => self.notes(child, &mut notes)?,
            }
        }
        let range = title.as_deref().and_then(split_range);
        let Some((title, first, last)) = range else {
            let found = format!("'{}'", title.unwrap_or_default());
            let expected = "a title that ends with its range, such as (A00-A09)";
            return Err(xml::error(self.file, node, expected, found));
        };
        if label != first && label != format!("{first}-{last}") {
            let expected = format!("the range of the title, {first}-{last}, as id");
            return Err(xml::error(self.file, node, expected, format!("'{label}'")));
        }
        let home = self.groups.len();
        self.groups.push(Group {
            kind: GroupKind::Section,
            label,
            first,
            last,
            title,
            notes,
        });
        for category in categories {
            let code = self.diag(category, "", &Inherited::default())?;
            let group = &self.groups[home];
            let after = code == group.first || order::stands_before(&group.first, &code);
            let before = code == group.last || order::stands_before(&code, &group.last);
            if !(after && before) {
                let expected = format!("a category of {}", group.label);
                let found = format!("'{code}'");
                return Err(xml::error(self.file, category, expected, found));
            }
            self.homes.push((code, home));
        }
        Ok(())
    }

    /// Reads a diag and those within it, and returns its code.
    ///
    /// Each code is longer than the one it stands in, so the recursion ends after a few levels.
    fn diag(
        &mut self,
        node: Node,
        within: &str,
        inherited: &Inherited,
    ) -> Result<String, SourceError> {
        let file = self.file;
        let (mut name, mut title, mut notes) = (None, None, Vec::new());
        let (mut own, mut below) = (Vec::new(), Vec::new());
        for child in elements(file, node)? {
            match child.tag_name().name() {
                "name" => name = Some(text(file, child)?),
                "desc" => title = Some(text(file, child)?),
                "diag" => below.push(child),
                "sevenChrDef" => self.seventh_characters(child, &mut own, &mut notes)?,
                _ => self.notes(child, &mut notes)?,
            }
        }
        let (Some(name), Some(title)) = (name, title) else {
            return Err(xml::error(file, node, "a <name> and a <desc>", "not both"));
        };
        let code = match name.split_once('.') {
            Some((head, tail)) if head.len() == 3 => format!("{head}{tail}"),
            _ => name.clone(),
        };
        if !order::is_code(CodeSystem::ICD10CM, &code) || (code.len() > 3) != name.contains('.') {
            let expected = "a code of ICD-10-CM, such as A00.1";
            return Err(xml::error(file, node, expected, format!("'{name}'")));
        }
        let fits = if within.is_empty() {
            code.len() == 3
        } else {
            code.len() > within.len() && code.starts_with(within)
        };
        if !fits {
            let expected = match within {
                "" => "a category of three characters".to_string(),
                _ => format!("a code below {within}"),
            };
            return Err(xml::error(file, node, expected, format!("'{name}'")));
        }
        let display = fold_title(&title)
            .map_err(|c| xml::error(file, node, "a title that folds to ASCII", format!("'{c}'")))?;

        let mut inherited = inherited.clone();
        if !own.is_empty() {
            inherited.characters.clone_from(&own);
        }
        for note in &notes {
            match restriction(&note.text) {
                Some(Ok(restriction)) if code == restriction.category => {
                    inherited.restrictions.push(restriction);
                }
                Some(_) => {
                    let expected = "a note that says which seventh characters do not apply to \
                                    which sixth characters of this category";
                    return Err(xml::error(file, node, expected, format!("'{}'", note.text)));
                }
                None => {}
            }
        }
        self.claim(node, &code)?;
        let composed = below.is_empty() && !inherited.characters.is_empty();
        if composed {
            self.compose(node, &code, &display, &inherited)?;
        }
        self.concepts.push(Concept {
            billable: below.is_empty() && !composed,
            display,
            notes,
            seventh_characters: own,
            code: code.clone(),
            ..Concept::default()
        });
        for child in below {
            self.diag(child, &code, &inherited)?;
        }
        Ok(code)
    }

    /// Writes out the codes with a seventh character of a code that has nothing below it.
    fn compose(
        &mut self,
        node: Node,
        code: &str,
        display: &str,
        inherited: &Inherited,
    ) -> Result<(), SourceError> {
        if code.len() > 6 {
            let expected = "at most six characters where a seventh is to be added";
            return Err(xml::error(self.file, node, expected, format!("'{code}'")));
        }
        let padded = format!("{code:X<6}");
        for seventh in &inherited.characters {
            let excluded = inherited
                .restrictions
                .iter()
                .any(|r| padded.ends_with(&r.sixth[..]) && r.seventh.contains(&seventh.character));
            if excluded {
                continue;
            }
            let composed = format!("{padded}{}", seventh.character);
            self.claim(node, &composed)?;
            self.concepts.push(Concept {
                code: composed,
                display: format!("{display}, {}", seventh.meaning),
                billable: true,
                ..Concept::default()
            });
        }
        Ok(())
    }

    fn claim(&mut self, node: Node, code: &str) -> Result<(), SourceError> {
        // The line is worked out only for the message: it costs a walk through the file.
        let offset = node.range().start;
        if let Some(first) = self.seen.insert(code.to_string(), offset) {
            let line = node.document().text_pos_at(first).row;
            let found = format!("{code} again, as on line {line}");
            return Err(xml::error(self.file, node, "each code once", found));
        }
        Ok(())
    }

    /// Reads a `sevenChrDef`: the characters, and the notes that describe them.
    fn seventh_characters(
        &self,
        node: Node,
        characters: &mut Vec<SeventhCharacter>,
        notes: &mut Vec<Note>,
    ) -> Result<(), SourceError> {
        for child in elements(self.file, node)? {
            match child.tag_name().name() {
                "extension" => {
                    let value = attribute(self.file, child, "char")?;
                    let character = match value.as_bytes() {
                        &[byte] if byte.is_ascii_uppercase() || byte.is_ascii_digit() => {
                            char::from(byte)
                        }
                        _ => {
                            let expected = "one digit or capital letter as char";
                            return Err(xml::error(
                                self.file,
                                child,
                                expected,
                                format!("'{value}'"),
                            ));
                        }
                    };
                    if characters.iter().any(|known| known.character == character) {
                        let found = format!("'{character}' again");
                        return Err(xml::error(
                            self.file,
                            child,
                            "each seventh character once",
                            found,
                        ));
                    }
                    let meaning = fold_title(&text(self.file, child)?).map_err(|c| {
                        xml::error(
                            self.file,
                            child,
                            "a meaning that folds to ASCII",
                            format!("'{c}'"),
                        )
                    })?;
                    characters.push(SeventhCharacter { character, meaning });
                }
                "note" => notes.push(Note {
                    kind: NoteKind::InclusionTerm,
                    text: text(self.file, child)?,
                }),
                _ => return Err(xml::unknown(self.file, child)),
            }
        }
        if characters.is_empty() {
            return Err(xml::error(self.file, node, "seventh characters", "none"));
        }
        Ok(())
    }

    /// Reads an element that holds notes; anything else is unknown.
    fn notes(&self, node: Node, notes: &mut Vec<Note>) -> Result<(), SourceError> {
        let kind = match node.tag_name().name() {
            "inclusionTerm" => NoteKind::InclusionTerm,
            "includes" => NoteKind::Includes,
            "excludes1" => NoteKind::Excludes1,
            "excludes2" => NoteKind::Excludes2,
            "codeFirst" => NoteKind::CodeFirst,
            "useAdditionalCode" => NoteKind::UseAdditionalCode,
            "codeAlso" => NoteKind::CodeAlso,
            "notes" => NoteKind::Note,
            "sevenChrNote" => NoteKind::SeventhCharacterNote,
            "visualImpairment" => {
                // The one table of the book, at H54.8: a note for each of its rows, cells between bars.
                for row in elements(self.file, node)? {
                    let cells: Vec<String> = row
                        .descendants()
                        .filter(Node::is_text)
                        .map(|cell| collapse(cell.text().unwrap_or("")))
                        .filter(|cell| !cell.is_empty())
                        .collect();
                    notes.push(Note {
                        kind: NoteKind::Note,
                        text: cells.join(" | "),
                    });
                }
                return Ok(());
            }
            _ => return Err(xml::unknown(self.file, node)),
        };
        for child in elements(self.file, node)? {
            if !child.has_tag_name("note") {
                return Err(xml::unknown(self.file, child));
            }
            notes.push(Note {
                kind,
                text: text(self.file, child)?,
            });
        }
        Ok(())
    }

    /// Orders the groups outer before inner, and checks that the narrowest around each category is its own.
    fn settle_groups(&mut self, root: Node) -> Result<(), SourceError> {
        let holds =
            |group: &Group, code: &str| group.first.as_str() <= code && code <= group.last.as_str();
        let homes: Vec<(String, String)> = self
            .homes
            .iter()
            .map(|(code, home)| (code.clone(), self.groups[*home].label.clone()))
            .collect();
        for (code, home) in &self.homes {
            if !holds(&self.groups[*home], code) {
                self.groups.push(Group {
                    first: code.clone(),
                    last: code.clone(),
                    ..self.groups[*home].clone()
                });
            }
        }
        self.groups.sort_by_cached_key(|group| {
            (
                group.first.clone(),
                Reverse(group.last.clone()),
                group.kind != GroupKind::Chapter,
            )
        });
        for (code, home) in homes {
            let around: Vec<&Group> = self
                .groups
                .iter()
                .filter(|group| holds(group, &code))
                .collect();
            let narrowest = around.last().map_or("", |group| group.label.as_str());
            if narrowest != home || around[0].kind != GroupKind::Chapter {
                let expected =
                    format!("{code} in the range of its chapter and of its section {home} only");
                let found = format!("it in '{narrowest}'");
                return Err(xml::error(self.file, root, expected, found));
            }
        }
        Ok(())
    }
}

/// Splits `Cholera and more (A00-A09)` into title, first and last; a range of one may be `(C7A)`.
fn split_range(title: &str) -> Option<(String, String, String)> {
    let (title, range) = title.strip_suffix(')')?.rsplit_once('(')?;
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let category = |code: &str| code.len() == 3 && order::is_code(CodeSystem::ICD10CM, code);
    let title = title.trim_end();
    (category(first) && category(last) && first <= last && !title.is_empty())
        .then(|| (title.to_string(), first.to_string(), last.to_string()))
}

/// Reads a note that restricts seventh characters, such as the one of S06: "7th characters D and S do not
/// apply to codes in category S06 with 6th character 7 - death due to ..., or 8 - death due to ...".
///
/// Returns nothing for other notes, and an error for such a note in other words, because codes that do
/// not exist would be composed if it were passed over.
fn restriction(note: &str) -> Option<Result<Restriction, ()>> {
    let lower = note.to_ascii_lowercase();
    if !(lower.contains("7th character") && lower.contains("not apply")) {
        return None;
    }
    Some(parse_restriction(note).ok_or(()))
}

fn parse_restriction(note: &str) -> Option<Restriction> {
    let rest = note.strip_prefix("7th character")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    let (seventh, rest) = rest.split_once(" do not apply to codes in category ")?;
    let (category, rest) = rest.split_once(" with 6th character ")?;
    let single = |text: &str| {
        let mut chars = text.trim().chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if c.is_ascii_alphanumeric() => Some(c),
            _ => None,
        }
    };
    let seventh: Option<Vec<char>> = seventh
        .split(',')
        .flat_map(|part| part.split(" and "))
        .map(single)
        .collect();
    let sixth: Option<Vec<char>> = rest
        .split(" or ")
        .map(|part| single(part.split_once(" - ").map_or(part, |(c, _)| c)))
        .collect();
    Some(Restriction {
        category: category.to_string(),
        sixth: sixth?,
        seventh: seventh?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::{damaged, published};
    use super::*;

    const XML: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2026</version>
  <introduction><introSection type="title"><title>How to read</title></introSection></introduction>
  <chapter>
    <name>1</name>
    <desc>Neoplasms and injuries (C43-S06)</desc>
    <excludes2><note>something else (Z00-Z01)</note></excludes2>
    <sectionIndex><sectionRef first="C43" last="C44" id="C43-C44">Skin</sectionRef></sectionIndex>
    <section id="C43-S06"><desc>Both (C43-S06)</desc></section>
    <section id="C43-C44">
      <desc>Skin (C43-C44)</desc>
      <diag><name>C43</name><desc>Melanoma</desc>
        <includes><note>one</note><note>	two  words</note></includes>
        <codeFirst><note>the cause</note></codeFirst>
      </diag>
      <diag><name>C4A</name><desc>Ménière carcinoma</desc></diag>
    </section>
    <section id="S06">
      <desc>Head (S06)</desc>
      <diag><name>S06</name><desc>Injury</desc>
        <sevenChrNote><note>a 7th character is to be added</note></sevenChrNote>
        <sevenChrDef>
          <extension char="A">initial encounter</extension><note>seen at once</note>
          <extension char="D">subsequent encounter</extension>
        </sevenChrDef>
        <notes><note>7th characters D and S do not apply to codes in category S06 with 6th character 7 - death due to injury, or 8 - death due to other cause.</note></notes>
        <diag><name>S06.0</name><desc>Concussion</desc></diag>
        <diag><name>S06.1</name><desc>Edema</desc>
          <sevenChrDef><extension char="G">delayed healing</extension></sevenChrDef>
          <diag placeholder="true"><name>S06.1X</name><desc>Edema</desc>
            <diag><name>S06.1X2</name><desc>Edema, two</desc></diag>
          </diag>
        </diag>
        <diag><name>S06.307</name><desc>Edema, death</desc></diag>
      </diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"#;

    fn tabular(xml: &str) -> Result<Tabular, SourceError> {
        read("tabular.xml", xml.as_bytes())
    }

    #[test]
    fn composes_the_seventh_characters_of_the_nearest_definition() {
        let codes: Vec<(String, String, bool)> = tabular(XML)
            .unwrap()
            .concepts
            .into_iter()
            .map(|c| (c.code, c.display, c.billable))
            .collect();
        let expected = [
            ("C43", "Melanoma", true),
            ("C4A", "Meniere carcinoma", true),
            ("S06", "Injury", false),
            ("S060", "Concussion", false),
            ("S060XXA", "Concussion, initial encounter", true),
            ("S060XXD", "Concussion, subsequent encounter", true),
            ("S061", "Edema", false),
            ("S061X", "Edema", false),
            ("S061X2", "Edema, two", false),
            ("S061X2G", "Edema, two, delayed healing", true),
            ("S06307", "Edema, death", false),
            ("S06307A", "Edema, death, initial encounter", true),
        ];
        let expected: Vec<_> = expected.map(|(c, d, b)| (c.into(), d.into(), b)).into();
        assert_eq!(codes, expected);
    }

    #[test]
    fn keeps_the_notes_in_the_order_of_the_book() {
        let tabular = tabular(XML).unwrap();
        let note = |kind, text: &str| Note {
            kind,
            text: text.into(),
        };
        assert_eq!(
            tabular.concepts[0].notes,
            [
                note(NoteKind::Includes, "one"),
                note(NoteKind::Includes, "two words"),
                note(NoteKind::CodeFirst, "the cause"),
            ]
        );
        let s06 = &tabular.concepts[2];
        assert_eq!(s06.notes[0].kind, NoteKind::SeventhCharacterNote);
        assert_eq!(s06.notes[1], note(NoteKind::InclusionTerm, "seen at once"));
        assert_eq!(s06.notes[2].kind, NoteKind::Note);
        assert_eq!(s06.seventh_characters.len(), 2);
        assert_eq!(
            tabular.groups[0].notes,
            [note(NoteKind::Excludes2, "something else (Z00-Z01)")]
        );
        assert_eq!(tabular.version, "FY2026");
    }

    #[test]
    fn the_narrowest_group_around_a_category_is_its_section() {
        let groups: Vec<_> = tabular(XML)
            .unwrap()
            .groups
            .into_iter()
            .map(|g| (g.label, g.title, g.first, g.last))
            .collect();
        let expected = [
            ("1", "Neoplasms and injuries", "C43", "S06"),
            ("C43-S06", "Both", "C43", "S06"),
            ("C43-C44", "Skin", "C43", "C44"),
            ("C43-C44", "Skin", "C4A", "C4A"),
            ("S06", "Head", "S06", "S06"),
        ];
        let expected: Vec<_> = expected
            .map(|(a, b, c, d)| (a.into(), b.into(), c.into(), d.into()))
            .into();
        assert_eq!(groups, expected);
    }

    #[test]
    fn what_is_not_understood_stops_with_line_and_path() {
        for (old, new, message) in [
            (
                "<includes>",
                "<includes><foo/>",
                ":14: expected an element that the layout knows, found <foo> at ICD10CM.tabular/chapter/section/diag/includes/foo",
            ),
            (
                "<codeFirst>",
                "<bar/><codeFirst>",
                ":15: expected an element that the layout knows, found <bar> at ",
            ),
            (
                "<name>C4A<",
                "<name>C43<",
                ":17: expected each code once, found C43 again, as on line 13 at ",
            ),
            (
                "<name>C4A<",
                "<name>C4<",
                ":17: expected a code of ICD-10-CM, such as A00.1, found 'C4' at ",
            ),
            (
                "<name>C4A<",
                "<name>D00<",
                ":17: expected a category of C43-C44, found 'D00' at ",
            ),
            (
                "<name>S06.1X2<",
                "<name>S06.2X2<",
                ":32: expected a code below S061X, found 'S06.2X2' at ",
            ),
            (
                "<name>S06.0<",
                "<name>S060<",
                ":28: expected a code of ICD-10-CM",
            ),
            (
                "Ménière",
                "M\u{3b1}",
                ":17: expected a title that folds to ASCII, found 'α' at ",
            ),
            (
                "do not apply to codes",
                "do not apply to all codes",
                ":21: expected a note that says which seventh characters",
            ),
            (
                "char=\"D\"",
                "char=\"A\"",
                ":25: expected each seventh character once, found 'A' again at ",
            ),
            (
                "char=\"D\"",
                "char=\"DD\"",
                ":25: expected one digit or capital letter as char, found 'DD' at ",
            ),
            (
                "<note>one</note>",
                "<note> </note>",
                ":14: expected a text, found nothing at ",
            ),
            (
                "<name>1<",
                "<name>2<",
                ":5: expected chapter 1, found '2' at ",
            ),
            (
                "Skin (C43-C44)",
                "Skin",
                ":11: expected a title that ends with its range, such as (A00-A09), found 'Skin' at ",
            ),
            (
                "id=\"S06\"",
                "id=\"S07\"",
                ":19: expected the range of the title, S06-S06, as id, found 'S07' at ",
            ),
            (
                "<version>2026<",
                "<version>v<",
                ":3: expected the year of the release, such as 2026, found 'v'",
            ),
            (
                "<version>2026</version>",
                "",
                ":2: expected a <version>, found none at ",
            ),
            ("</ICD10CM.tabular>", "", ":"),
            (
                "ICD10CM.tabular",
                "ICD10PCS.tabular",
                ":2: expected an element that the layout knows, found <ICD10PCS.tabular> at ",
            ),
        ] {
            assert!(XML.contains(old), "{old}");
            let error = tabular(&XML.replace(old, new)).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("tabular.xml{message}")),
                "{new}: {error}"
            );
        }
        for length in (0..XML.trim_end().len()).filter(|&at| XML.is_char_boundary(at)) {
            assert!(tabular(&XML[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_hostile_depth_is_refused_and_not_followed() {
        let deep = "<diag><name>C43</name><desc>x</desc>".repeat(50_000);
        let start = XML.find("<diag>").unwrap();
        assert!(tabular(&format!("{}{deep}", &XML[..start])).is_err());
    }

    #[test]
    fn titles_lose_their_diacritics_and_nothing_else() {
        assert_eq!(
            fold_title("Sjögren's, Ménière's, Guérin–").unwrap_err(),
            '–'
        );
        assert_eq!(
            fold_title("Sjögren's, façade, AÏOLI").unwrap(),
            "Sjogren's, facade, AIOLI"
        );
    }

    fn order_of(tabular: &Tabular) -> OrderFile {
        let concepts = tabular.concepts.iter().map(|c| Concept {
            notes: Vec::new(),
            seventh_characters: Vec::new(),
            short: Some(format!("short {}", c.code)),
            ..c.clone()
        });
        OrderFile {
            file: "order.txt".into(),
            version: "FY2026".into(),
            concepts: concepts.collect(),
        }
    }

    #[test]
    fn the_order_file_decides_and_differences_are_told() {
        let tabular = tabular(XML).unwrap();
        let merged = merge(order_of(&tabular), tabular.clone()).unwrap();
        assert_eq!(merged.differences, []);
        assert_eq!(merged.concepts[0].short.as_deref(), Some("short C43"));
        assert_eq!(merged.concepts[0].notes.len(), 3);
        assert_eq!(merged.concepts[2].seventh_characters.len(), 2);

        let mut order = order_of(&tabular);
        order.concepts[0].display = "Other".into();
        order.concepts[1].billable = false;
        order.concepts[3].code = "S0600".into();
        let merged = merge(order, tabular).unwrap();
        assert_eq!(merged.concepts[0].display, "Other");
        assert!(!merged.concepts[1].billable);
        let told: Vec<String> = merged
            .differences
            .iter()
            .map(Difference::to_string)
            .collect();
        assert_eq!(
            told,
            [
                "C43 is 'Other' in the order file, 'Melanoma' in the tabular list",
                "C4A is a header in the order file, billable in the tabular list",
                "S060 is only in the tabular list",
                "S0600 is only in the order file",
            ]
        );
    }

    #[test]
    fn another_release_is_refused() {
        let tabular = tabular(XML).unwrap();
        let mut order = order_of(&tabular);
        for n in 0..=DIFFERENCE_LIMIT {
            order.concepts.push(Concept {
                code: format!("T{n:04}"),
                ..Concept::default()
            });
        }
        let error = merge(order, tabular).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "tabular.xml: expected the release of order.txt (FY2026), give or take 100 codes, \
                 found FY2026 with 101 differences: T0000 is only in the order file; "
            ),
            "{error}"
        );
    }

    #[test]
    fn damaged_input_never_panics() {
        for bytes in damaged(XML) {
            let _ = read("tabular.xml", &bytes);
        }
    }

    #[test]
    fn the_whole_published_files() {
        let path = "simple-icd-10-cm-1.5.0/icd10c-tabular-April-1-2026.xml";
        let Some(bytes) = published("MEDCODE_REGISTRY", path) else {
            return;
        };
        let tabular = read(path, &bytes).unwrap();
        assert_eq!(tabular.version, "FY2026 April");
        assert_eq!(tabular.concepts.len(), 98_186);
        assert_eq!(
            tabular.concepts.iter().filter(|c| c.billable).count(),
            74_719
        );
        let mut kinds = std::collections::BTreeMap::new();
        for note in tabular.concepts.iter().flat_map(|c| &c.notes) {
            *kinds.entry(note.kind).or_insert(0) += 1;
        }
        let in_groups: usize = tabular.groups.iter().map(|g| g.notes.len()).sum();
        eprintln!(
            "notes of codes {kinds:?}, of groups {in_groups}, groups {}",
            tabular.groups.len()
        );
        // 22 chapters, 297 sections, and the three sections again for C4A, M1A and Z3A.
        assert_eq!(tabular.groups.len(), 322);

        let path = "icd10cm/cms_2026_dx.zip";
        let Some(bytes) = published("MEDCODE_SOURCES", path) else {
            return;
        };
        let order = order::read(path, &bytes, CodeSystem::ICD10CM).unwrap();
        assert_eq!(merge(order, tabular).unwrap().differences, []);
    }
}
