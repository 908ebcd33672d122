//! ICD-9-CM: the final code titles (version 32, October 2014, CMS) and the tabular lists (FY2012, NCHS and CMS).
//!
//! The titles list every valid code and nothing else. The books, published in Rich Text Format, add what stands
//! around the codes: chapters, sections, categories that are too short to submit, inclusion terms and notes. Only one
//! category is newer than the books (`14.8`, epiretinal prosthesis); no code of theirs is gone from version 32.
//!
//! [`read_titles`] and [`read_tabular`] each read one publication, and [`merge`] puts them together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::SourceError;
use super::archive::{self, Encoding};
use super::rtf::{self, Paragraph};
use crate::code_system::CodeSystem;
use crate::concepts::{Concept, Group, GroupKind, Note, NoteKind};

/// A tabular list: what stands around the codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Tabular {
    /// Chapters and sections, in the order of the book: outer before inner.
    pub groups: Vec<Group>,
    /// The printed codes, in the order of the book.
    pub headings: Vec<Heading>,
}

/// A printed code with its title and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The code without dot.
    pub code: String,
    /// The title, as printed; below a category it is often only what the category's title lacks.
    pub title: String,
    /// Inclusion terms and notes.
    pub notes: Vec<Note>,
}

/// Whether the text has the shape of a code of this system without its dot.
///
/// Diagnoses: three digits and up to two more; `V`, two digits and up to two more; `E`, three digits and up to one
/// more. Procedures: two digits and up to two more.
pub fn is_code(system: CodeSystem, text: &str) -> bool {
    let digits = text.trim_start_matches(['E', 'V']);
    let lengths = match (system, text.as_bytes().first()) {
        (CodeSystem::ICD9CM_SG, Some(b'0'..=b'9')) => 2..=4,
        (CodeSystem::ICD9CM_DX, Some(b'0'..=b'9')) => 3..=5,
        (CodeSystem::ICD9CM_DX, Some(b'V')) => 3..=5,
        (CodeSystem::ICD9CM_DX, Some(b'E')) => 4..=5,
        _ => return false,
    };
    lengths.contains(&text.len())
        && text.len() - digits.len() <= 1
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads the long and the short titles of all valid codes, in ascending order of code.
///
/// Each file may be the text as published (`CMS32_DESC_LONG_DX.txt`) or the archive that holds it. A line is the code,
/// padded with blanks to six columns for diagnoses and five for procedures, and the title, in ISO-8859-1. Every code
/// is billable. Both lists must name the same codes.
///
/// # Errors
/// A line of another layout, a code out of order, a code with only one of the two titles.
pub fn read_titles(
    system: CodeSystem,
    long: (&str, &[u8]),
    short: (&str, &[u8]),
) -> Result<Vec<Concept>, SourceError> {
    let (letters, width) = match system {
        CodeSystem::ICD9CM_SG => ("SG", 5),
        _ => ("DX", 6),
    };
    let read = |(file, bytes): (&str, &[u8]), kind: &str| {
        let pattern = format!("CMS##_DESC_{kind}_{letters}.txt");
        let member = archive::file_or_member(file, bytes, &[&pattern])?;
        let titles = titles(system, width, &member.path, &member.bytes)?;
        Ok::<_, SourceError>((member.path, titles))
    };
    let (_, long) = read(long, "LONG")?;
    let (short_file, short) = read(short, "SHORT")?;
    let mut concepts = Vec::with_capacity(long.len());
    for at in 0..long.len().max(short.len()) {
        let code =
            |titles: &[(String, String)]| titles.get(at).map_or("the end", |t| &t.0).to_string();
        match (long.get(at), short.get(at)) {
            (Some((code, title)), Some((other, abbreviated))) if code == other => {
                concepts.push(Concept {
                    code: code.clone(),
                    display: title.clone(),
                    short: Some(abbreviated.clone()),
                    billable: true,
                    ..Concept::default()
                });
            }
            _ => {
                let expected = format!("{}, as in the long titles", code(&long));
                return Err(SourceError::new(
                    &short_file,
                    at + 1,
                    expected,
                    code(&short),
                ));
            }
        }
    }
    Ok(concepts)
}

fn titles(
    system: CodeSystem,
    width: usize,
    file: &str,
    bytes: &[u8],
) -> Result<Vec<(String, String)>, SourceError> {
    let text = archive::decode_lines(file, bytes, Encoding::Latin1)?;
    let mut titles: Vec<(String, String)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_end();
        let parts = line.get(..width).zip(line.get(width..));
        let (code, title) = parts
            .map(|(code, title)| (code.trim_end(), title))
            .filter(|(code, title)| {
                code.len() < width
                    && is_code(system, code)
                    && !title.is_empty()
                    && !title.starts_with(' ')
            })
            .ok_or_else(|| {
                let expected = format!("a code and, from column {}, its title", width + 1);
                SourceError::new(file, number + 1, expected, quoted(line))
            })?;
        if let Some((last, _)) = titles.last()
            && last.as_str() >= code
        {
            let expected = format!("a code after {last}");
            return Err(SourceError::new(file, number + 1, expected, code));
        }
        titles.push((code.to_string(), title.to_string()));
    }
    if titles.is_empty() {
        return Err(SourceError::new(file, 0, "codes with titles", "no line"));
    }
    Ok(titles)
}

/// Reads a tabular list (`Dtab12.rtf`, `Ptab12.RTF`), or the archive that holds it.
///
/// The paragraph styles of the book tell its lines apart, and the words at the start of a line (`Excludes:`,
/// `Use additional code`) decide where a line was given the wrong style. An entry of a list is joined to the line that
/// the list belongs to, so that each note stands for itself: `Amebic:` with `appendicitis` below becomes
/// `Amebic: appendicitis`. Runs of blanks become one.
///
/// Left out, because they are no notes on a code: the tables of shared fourth and fifth digits and the brackets that
/// refer to them (the titles of version 32 spell the codes out), and running text without a style (the introduction
/// to neoplasms, the definitions of transport accidents, the table of visual impairment).
///
/// # Errors
/// A chapter or section without a range, a line where a code should stand, a style that this reader does not know.
pub fn read_tabular(system: CodeSystem, file: &str, bytes: &[u8]) -> Result<Tabular, SourceError> {
    let member = archive::file_or_member(file, bytes, &["?tab##.rtf"])?;
    let mut reader = TabularReader {
        system,
        file: &member.path,
        tabular: Tabular {
            groups: Vec::new(),
            headings: Vec::new(),
        },
        in_group: true,
        kind: NoteKind::Note,
        stems: Vec::new(),
    };
    for paragraph in rtf::paragraphs(&member.path, &member.bytes)? {
        reader.paragraph(&paragraph)?;
    }
    reader.close_stems(0);
    let Tabular { groups, headings } = &reader.tabular;
    if groups.is_empty() || headings.is_empty() {
        let found = format!("{} and {}", groups.len(), headings.len());
        return Err(SourceError::new(
            &member.path,
            0,
            "chapters and codes",
            found,
        ));
    }
    Ok(reader.tabular)
}

struct TabularReader<'a> {
    system: CodeSystem,
    file: &'a str,
    tabular: Tabular,
    /// Whether what was printed last is a chapter or section, and not a code.
    in_group: bool,
    /// The kind of the note that the next lines continue.
    kind: NoteKind,
    /// Lines that end in a colon and wait for their list: depth, kind, text, whether an entry came.
    stems: Vec<(usize, NoteKind, String, bool)>,
}

impl TabularReader<'_> {
    fn paragraph(&mut self, paragraph: &Paragraph) -> Result<(), SourceError> {
        let text = paragraph.text.trim();
        if text.is_empty() {
            return Ok(());
        }
        if let Some((code, title)) = self.heading(&paragraph.style, text) {
            self.close_stems(0);
            self.in_group = false;
            self.kind = NoteKind::InclusionTerm;
            self.tabular.headings.push(Heading {
                code,
                title,
                notes: Vec::new(),
            });
            return Ok(());
        }
        // `3digits Excludes list1` is a style for a list within a note of a category.
        let style = paragraph
            .style
            .split_once("digits ")
            .map_or(&*paragraph.style, |(_, style)| style);
        let (family, place) = style.rsplit_once(' ').unwrap_or((style, style));
        // Of most notes the line that carries the label is the first of several; "use additional code, such as:"
        // and "code first" introduce theirs.
        let introduced = usize::from(matches!(family, "Additional" | "CFST"));
        let depth = match place {
            "line" => introduced,
            "list1" => 1 + introduced,
            "list2" => 2 + introduced,
            "list3" => 3 + introduced,
            _ => 0,
        };
        let unexpected = |expected: &str| {
            let found = format!("{} (style '{}')", quoted(text), paragraph.style);
            Err(SourceError::new(self.file, paragraph.line, expected, found))
        };
        let by_style = match (style, family) {
            ("Chapter" | "Section" | "Tabular", _) => {
                return self.group(style, text, paragraph.line);
            }
            // A line with a label is a note, even where the book prints it in the style of a code.
            (style, _) if style.ends_with("-digit Level") && labelled(text).is_some() => None,
            (style, _) if style.ends_with("-digit Level") => {
                return unexpected("a code and its title");
            }
            // Shared digits and what refers to them, and running text.
            (
                "Bracket" | "Neoplasm" | "Normal indent" | "Normal level - #ed para" | "Normal",
                _,
            ) => {
                return Ok(());
            }
            (_, "4table" | "5table") | ("5table" | "4table", _) => return Ok(()),
            ("", _) => None,
            ("line" | "list1" | "list2", _) => Some(NoteKind::InclusionTerm),
            (_, "Excludes") => Some(NoteKind::Excludes),
            (_, "Includes") => Some(NoteKind::Includes),
            (_, "Additional") => Some(NoteKind::UseAdditionalCode),
            (_, "CFST") => Some(NoteKind::CodeFirst),
            (_, "Note") => Some(NoteKind::Note),
            _ => return unexpected("a style of the tabular list"),
        };
        let (kind, text) = match (labelled(text), by_style) {
            (Some((kind, text)), _) => (kind, text),
            (None, None) => return Ok(()),
            (None, Some(NoteKind::InclusionTerm)) => (NoteKind::InclusionTerm, text),
            // A line below a head continues the note that the head began, whatever style it was given.
            (None, Some(_))
                if (place == "line" || depth > 0) && self.kind != NoteKind::InclusionTerm =>
            {
                (self.kind, text)
            }
            (None, Some(kind)) => (kind, text),
        };
        self.kind = kind;
        self.note(kind, depth, text);
        Ok(())
    }

    /// A code and its title: in a style of codes, or, wherever a line was given the wrong style, by its dot and tab.
    fn heading(&self, style: &str, text: &str) -> Option<(String, String)> {
        let letter = usize::from(text.starts_with(['E', 'V']));
        let number = |c: char| c.is_ascii_digit() || c == '.';
        let end = text[letter..]
            .find(|c| !number(c))
            .map_or(text.len(), |end| end + letter);
        let (printed, title) = text.split_at(end);
        let in_style = style.ends_with("-digit Level");
        let dot_and_tab = printed.contains('.') && title.starts_with('\t');
        if !in_style && !dot_and_tab {
            return None;
        }
        let code = printed.replace('.', "");
        let title = tidy(title);
        (is_code(self.system, &code) && self.system.dotted(&code) == printed && !title.is_empty())
            .then_some((code, title))
    }

    fn group(&mut self, style: &str, text: &str, line: usize) -> Result<(), SourceError> {
        self.close_stems(0);
        let range = text
            .strip_suffix(')')
            .and_then(|text| text.rsplit_once('('))
            .map(|(title, range)| {
                (
                    title,
                    range,
                    range.split_once('-').unwrap_or((range, range)),
                )
            });
        let Some((title, range, (first, last))) = range.filter(|(_, _, (first, last))| {
            is_code(self.system, first) && is_code(self.system, last)
        }) else {
            // The title of a whole classification has no range where it only repeats the book's.
            if style == "Tabular" {
                return Ok(());
            }
            let expected = "a title and a range of codes in parentheses";
            return Err(SourceError::new(self.file, line, expected, quoted(text)));
        };
        let (kind, label, title) = match (style, title.split_once('.')) {
            ("Chapter", Some((label, title))) => (GroupKind::Chapter, label, title),
            ("Chapter", None) => {
                let expected = "the number of the chapter and a dot";
                return Err(SourceError::new(self.file, line, expected, quoted(text)));
            }
            // The supplementary classifications stand beside the chapters, without a number.
            ("Tabular", _) => (GroupKind::Chapter, range, title),
            _ => (GroupKind::Section, range, title),
        };
        self.tabular.groups.push(Group {
            kind,
            label: label.trim().to_string(),
            first: first.to_string(),
            last: last.to_string(),
            title: tidy(title),
            notes: Vec::new(),
        });
        self.in_group = true;
        self.kind = NoteKind::Note;
        Ok(())
    }

    fn note(&mut self, kind: NoteKind, depth: usize, text: &str) {
        self.close_stems(depth);
        let mut text = tidy(text);
        if let Some((_, _, stem, used)) = self.stems.last_mut() {
            *used = true;
            text = format!("{stem} {text}");
        }
        if text.ends_with(':') {
            self.stems.push((depth, kind, text, false));
        } else if !text.is_empty() {
            self.add(kind, text);
        }
    }

    /// Ends the lists at this depth and below; a line that no list followed becomes a note as it is.
    fn close_stems(&mut self, depth: usize) {
        while let Some((_, kind, text, used)) = self.stems.pop_if(|(at, ..)| *at >= depth) {
            if !used {
                self.add(kind, text);
            }
        }
    }

    /// Adds a note to what was printed last: a code, or a chapter or section.
    fn add(&mut self, kind: NoteKind, text: String) {
        let Tabular { groups, headings } = &mut self.tabular;
        let notes = if self.in_group {
            groups.last_mut().map(|group| &mut group.notes)
        } else {
            headings.last_mut().map(|heading| &mut heading.notes)
        };
        // Nothing is printed before the first chapter but the title of the book.
        if let Some(notes) = notes {
            notes.push(Note { kind, text });
        }
    }
}

/// What a line says it is by its first words, and the line without a label that only says that.
fn labelled(text: &str) -> Option<(NoteKind, &str)> {
    let starts = |words: &str| {
        text.get(..words.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(words))
    };
    for (label, kind) in [
        ("Includes:", NoteKind::Includes),
        ("Excludes:", NoteKind::Excludes),
        ("Note:", NoteKind::Note),
    ] {
        if starts(label) {
            return Some((kind, text[label.len()..].trim()));
        }
    }
    [
        ("Use additional", NoteKind::UseAdditionalCode),
        ("Code first", NoteKind::CodeFirst),
        ("Code, if applicable,", NoteKind::CodeFirst),
        ("Code also", NoteKind::CodeAlso),
        ("Requires ", NoteKind::Note),
    ]
    .into_iter()
    .find(|(words, _)| starts(words))
    .map(|(_, kind)| (kind, text))
}

/// Adds the headers and the notes of a tabular list to the codes, and returns all in ascending order.
///
/// Every prefix of a code, down to the category, becomes a header that cannot be submitted. Its title is the book's;
/// where the book prints no line for it (it describes shared digits in a table, as for `V30.0`), it is the words with
/// which the titles of all its codes begin, or the title of the section that consists of this category alone. A header
/// below which the book prints no code at all is newer than the book; it is left out, because no file gives its title.
///
/// # Errors
/// A code of the book that is neither a code of the list nor a header of some, or that is printed twice; a header
/// that none of the three rules gives a title.
pub fn merge(
    file: &str,
    titles: Vec<Concept>,
    tabular: &Tabular,
) -> Result<Vec<Concept>, SourceError> {
    let category = |code: &str| {
        if code.starts_with('E') {
            4
        } else if titles_are_procedures(&titles) {
            2
        } else {
            3
        }
    };
    let mut concepts: BTreeMap<String, Concept> = BTreeMap::new();
    let mut headers: BTreeSet<String> = BTreeSet::new();
    for concept in &titles {
        headers.extend(
            (category(&concept.code)..concept.code.len())
                .map(|end| concept.code[..end].to_string()),
        );
    }
    for concept in &titles {
        headers.remove(&concept.code);
    }
    let mut printed: HashMap<&str, &Heading> = HashMap::new();
    for heading in &tabular.headings {
        if printed.insert(&heading.code, heading).is_some() {
            let found = format!("{} twice", heading.code);
            return Err(SourceError::new(file, 0, "each code once", found));
        }
    }
    for header in &headers {
        let title = printed
            .get(header.as_str())
            .map(|heading| heading.title.clone())
            .or_else(|| shared_title(&titles, header))
            .or_else(|| {
                let alone = |group: &&Group| group.first == *header && group.last == *header;
                let group = tabular.groups.iter().find(alone)?;
                Some(group.title.clone())
            });
        let Some(title) = title else {
            // The book is older than the titles: a header of new codes alone has no published title here.
            if tabular
                .headings
                .iter()
                .all(|heading| !heading.code.starts_with(header.as_str()))
            {
                continue;
            }
            return Err(SourceError::new(
                file,
                0,
                format!("a title for {header}"),
                "none",
            ));
        };
        let concept = Concept {
            code: header.clone(),
            display: title,
            ..Concept::default()
        };
        concepts.insert(header.clone(), concept);
    }
    concepts.extend(
        titles
            .into_iter()
            .map(|concept| (concept.code.clone(), concept)),
    );
    for heading in &tabular.headings {
        let Some(concept) = concepts.get_mut(&heading.code) else {
            let expected = "a code of the title list or the beginning of one";
            return Err(SourceError::new(file, 0, expected, heading.code.as_str()));
        };
        concept.notes.clone_from(&heading.notes);
    }
    Ok(concepts.into_values().collect())
}

/// Procedures have four characters at most, and no code list of diagnoses is that short.
fn titles_are_procedures(titles: &[Concept]) -> bool {
    titles.iter().all(|concept| concept.code.len() <= 4)
}

/// The words with which the titles of all codes below a header begin, cut at the last comma that all have.
fn shared_title(titles: &[Concept], header: &str) -> Option<String> {
    let start = titles.partition_point(|concept| concept.code.as_str() < header);
    let mut below = titles[start..]
        .iter()
        .take_while(|concept| concept.code.starts_with(header));
    let mut shared = below.next()?.display.as_str();
    for concept in below {
        let same = shared
            .chars()
            .zip(concept.display.chars())
            .take_while(|(a, b)| a == b);
        shared = &shared[..same.map(|(a, _)| a.len_utf8()).sum()];
    }
    let (title, _) = shared.rsplit_once(',')?;
    (!title.is_empty()).then(|| title.to_string())
}

/// The text with every run of blanks as one.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line as an error shows it: in quotes, and shortened.
fn quoted(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    format!("'{short}'")
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::{published, zip_of};
    use super::*;

    const DX: CodeSystem = CodeSystem::ICD9CM_DX;
    const SG: CodeSystem = CodeSystem::ICD9CM_SG;

    /// A book of the given lines: style number and text.
    fn book(lines: &[(u32, &str)]) -> Vec<u8> {
        let mut text = String::from(concat!(
            r"{\rtf1\ansi\ansicpg1252{\stylesheet{\s0 Normal;}{\s1 Tabular;}{\s2 Chapter;}{\s3 Section;}",
            r"{\s4 Three-digit Level;}{\s5 Fourth-digit Level;}{\s6 4digits line;}{\s7 4digits list1;}",
            r"{\s8 4digits Excludes head;}{\s9 4digits Excludes line;}{\s10 4digits Excludes list1;}",
            r"{\s11 3digits Additional head;}{\s12 3digits Additional line;}{\s13 4digits Bracket;}",
            r"{\s14 5table list1;}{\s15 3digits Note head;}{\s16 3digits Includes list1;}{\s17 Poem;}}",
        ));
        for (style, line) in lines {
            text += &format!(
                "\\pard\\plain \\s{style} {{{}}}\\par\n",
                line.replace('\t', "\\tab ")
            );
        }
        (text + "}").into_bytes()
    }

    const LINES: &[(u32, &str)] = &[
        (1, "CLASSIFICATION OF DISEASES"),
        (2, "1.  INFECTIOUS  DISEASES (001-139)"),
        (15, "Note:\tLate effects are at 137."),
        (3, "INTESTINAL DISEASES (001-009)"),
        (8, "Excludes:\thelminthiases (120.0-129)"),
        (4, "001\tCholera"),
        (11, "Use additional code for:"),
        (12, "arthropathy (711.1)"),
        (5, "001.0Due to Vibrio"),
        (13, "[0-6]"),
        (6, "Amebic:"),
        (7, "appendicitis"),
        (7, "balanitis"),
        (6, "Ameboma"),
        (8, "Excludes:\ttoxic effect of:"),
        (10, "food (989.7)"),
        (9, "wound (040.42)"),
        (6, "Such as:"),
        (14, "0\tunspecified"),
        (0, "Code first late effect"),
        (0, "running text"),
        (11, "001.1\tDue to El Tor"),
        (1, "SUPPLEMENTARY CLASSIFICATION (V01-V91)"),
    ];

    fn concept(code: &str, display: &str) -> Concept {
        let (code, display) = (code.to_string(), display.to_string());
        Concept {
            code,
            display,
            billable: true,
            ..Concept::default()
        }
    }

    #[test]
    fn titles_are_read_from_an_archive_and_from_text() {
        let long = "0010  Cholera due to vibrio\n38600 M\u{e9}ni\u{e8}re's disease, unspecified \nE8490 Home accidents\nV1000 Tongue\n";
        let long: Vec<u8> = long.chars().map(|c| c as u8).collect();
        let short = b"0010  Cholera d/t vib\r\n38600 Meniere's NOS\r\nE8490 Home\r\nV1000 Hx\r\n";
        let zip = zip_of(&[
            ("CMS32_DESC_LONG_DX.txt", &long),
            ("CMS32_DESC_SHORT_DX.txt", short),
            ("CMS32_DESC_LONG_SG.txt", b"0001 Ultrasound\n"),
        ]);
        let read = read_titles(DX, ("v32.zip", &zip), ("v32.zip", &zip)).unwrap();
        assert_eq!(
            read,
            read_titles(DX, ("long.txt", &long), ("short.txt", short)).unwrap()
        );
        assert_eq!(read[1].display, "Ménière's disease, unspecified");
        assert_eq!(read[1].short.as_deref(), Some("Meniere's NOS"));
        assert!(read.iter().all(|concept| concept.billable));
        // The archive lacks the short titles of procedures.
        assert!(read_titles(SG, ("v32.zip", &zip), ("v32.zip", &zip)).is_err());
        let sg = b"0001 Ultrasound\n";
        assert_eq!(
            read_titles(SG, ("l", sg), ("s", sg)).unwrap()[0].code,
            "0001"
        );
    }

    #[test]
    fn titles_of_another_layout_are_refused() {
        let good = b"0010  Cholera\n0011  Other\n";
        for (bad, line) in [
            (&b""[..], 0),
            (b"0010  Cholera\n", 2),
            (b"0010  Cholera\n0011\n", 2),
            (b"0010  Cholera\n0011  Oth", 2),
            (b"0010  Cholera\n0011\xff Other\n", 2),
            (b"0011  Other\n0010  Cholera\n", 2),
            (b"0010  Cholera\n0010  Cholera\n", 2),
            (b"0010 Cholera\n", 1),
            (b"0010   Cholera\n", 1),
            (b"A000  Cholera\n", 1),
            (b"code  title\n", 1),
        ] {
            let error = read_titles(DX, ("long", good), ("short", bad)).unwrap_err();
            assert_eq!(
                (error.file.as_str(), error.line),
                ("short", line),
                "{error}"
            );
        }
    }

    #[test]
    fn a_book_gives_groups_headings_and_notes() {
        let zip = zip_of(&[("Dtab12.rtf", &book(LINES))]);
        let read = read_tabular(DX, "Dtab12.zip", &zip).unwrap();
        let groups: Vec<_> = read
            .groups
            .iter()
            .map(|g| {
                (
                    g.kind,
                    g.label.as_str(),
                    g.first.as_str(),
                    g.last.as_str(),
                    g.title.as_str(),
                )
            })
            .collect();
        assert_eq!(
            groups,
            [
                (GroupKind::Chapter, "1", "001", "139", "INFECTIOUS DISEASES"),
                (
                    GroupKind::Section,
                    "001-009",
                    "001",
                    "009",
                    "INTESTINAL DISEASES"
                ),
                (
                    GroupKind::Chapter,
                    "V01-V91",
                    "V01",
                    "V91",
                    "SUPPLEMENTARY CLASSIFICATION"
                ),
            ]
        );
        assert_eq!(read.groups[0].notes[0].text, "Late effects are at 137.");
        assert_eq!(read.groups[1].notes[0].kind, NoteKind::Excludes);
        let headings: Vec<_> = read
            .headings
            .iter()
            .map(|h| (h.code.as_str(), h.title.as_str()))
            .collect();
        assert_eq!(
            headings,
            [
                ("001", "Cholera"),
                ("0010", "Due to Vibrio"),
                ("0011", "Due to El Tor")
            ]
        );
        let notes = |at: usize| -> Vec<(NoteKind, &str)> {
            read.headings[at]
                .notes
                .iter()
                .map(|note| (note.kind, note.text.as_str()))
                .collect()
        };
        assert_eq!(
            notes(0),
            [(
                NoteKind::UseAdditionalCode,
                "Use additional code for: arthropathy (711.1)"
            )]
        );
        assert_eq!(
            notes(1),
            [
                (NoteKind::InclusionTerm, "Amebic: appendicitis"),
                (NoteKind::InclusionTerm, "Amebic: balanitis"),
                (NoteKind::InclusionTerm, "Ameboma"),
                (NoteKind::Excludes, "toxic effect of: food (989.7)"),
                (NoteKind::Excludes, "wound (040.42)"),
                (NoteKind::InclusionTerm, "Such as:"),
                (NoteKind::CodeFirst, "Code first late effect"),
            ]
        );
        assert_eq!(notes(2), []);
    }

    #[test]
    fn a_book_of_another_layout_is_refused() {
        for (style, line, expected) in [
            (5, "running text", "a code and its title"),
            (5, "A00.0\tCholera", "a code and its title"),
            (4, "001", "a code and its title"),
            (
                2,
                "INFECTIOUS (001-139)",
                "the number of the chapter and a dot",
            ),
            (
                3,
                "INTESTINAL",
                "a title and a range of codes in parentheses",
            ),
            (
                3,
                "INTESTINAL (HIV)",
                "a title and a range of codes in parentheses",
            ),
            (17, "roses are red", "a style of the tabular list"),
        ] {
            let error = read_tabular(DX, "b.rtf", &book(&[LINES[1], (style, line)])).unwrap_err();
            assert_eq!(
                (error.line, error.expected.as_str()),
                (2, expected),
                "{error}"
            );
        }
        assert!(read_tabular(DX, "b.rtf", &book(&[])).is_err());
        assert!(read_tabular(SG, "b.rtf", &book(LINES)).is_err());
        let whole = book(LINES);
        for end in (0..whole.len()).step_by(29) {
            assert!(read_tabular(DX, "b.rtf", &whole[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn headers_come_from_the_book_from_shared_words_or_from_a_section() {
        let titles = || {
            vec![
                concept("0010", "Cholera due to vibrio"),
                concept("E8490", "Home accidents"),
                concept(
                    "V3000",
                    "Single liveborn, born in hospital, delivered without cesarean",
                ),
                concept(
                    "V3001",
                    "Single liveborn, born in hospital, delivered by cesarean",
                ),
            ]
        };
        let lines = [
            LINES[1],
            (4, "001\tCholera"),
            (5, "001.0\tDue to Vibrio"),
            (6, "Classical cholera"),
            (4, "V30\tSingle liveborn"),
            (3, "PLACE OF OCCURRENCE (E849)"),
            (5, "E849.0\tHome"),
        ];
        let tabular = read_tabular(DX, "b.rtf", &book(&lines)).unwrap();
        let merged = merge("b.rtf", titles(), &tabular).unwrap();
        let seen: Vec<_> = merged
            .iter()
            .map(|c| (c.code.as_str(), c.billable, c.display.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("001", false, "Cholera"),
                ("0010", true, "Cholera due to vibrio"),
                ("E849", false, "PLACE OF OCCURRENCE"),
                ("E8490", true, "Home accidents"),
                ("V30", false, "Single liveborn"),
                ("V300", false, "Single liveborn, born in hospital"),
                (
                    "V3000",
                    true,
                    "Single liveborn, born in hospital, delivered without cesarean"
                ),
                (
                    "V3001",
                    true,
                    "Single liveborn, born in hospital, delivered by cesarean"
                ),
            ]
        );
        assert_eq!(merged[1].notes[0].text, "Classical cholera");

        let refused = |lines: &[(u32, &str)]| {
            let tabular = read_tabular(DX, "b.rtf", &book(lines)).unwrap();
            merge("b.rtf", titles(), &tabular).unwrap_err().to_string()
        };
        assert_eq!(
            refused(&[lines[0], lines[1], lines[2], lines[4], lines[6]]),
            "b.rtf: expected a title for E849, found none"
        );
        let more = |line| [&lines[..], &[line]].concat();
        assert_eq!(
            refused(&more((4, "001\tCholera"))),
            "b.rtf: expected each code once, found 001 twice"
        );
        assert_eq!(
            refused(&more((4, "002\tTyphoid"))),
            "b.rtf: expected a code of the title list or the beginning of one, found 002"
        );
    }

    /// The published files, where `MEDCODE_SOURCES` names the folder that holds them.
    #[test]
    fn the_published_files_have_the_published_counts() {
        let get = |name: &str| published("MEDCODE_SOURCES", &format!("icd9cm/{name}"));
        let Some(zip) = get("cms_v32.zip") else {
            return;
        };
        for (system, book, codes, all, groups) in [
            (DX, "Dtab12.zip", 14_567, 17_553, 183),
            (SG, "Ptab12.zip", 3_882, 4_650, 18),
        ] {
            let titles = read_titles(system, ("cms_v32.zip", &zip), ("cms_v32.zip", &zip)).unwrap();
            assert_eq!(titles.len(), codes);
            let tabular = read_tabular(system, book, &get(book).unwrap()).unwrap();
            assert_eq!(tabular.groups.len(), groups);
            let merged = merge(book, titles.clone(), &tabular).unwrap();
            assert_eq!(merged.len(), all);
            let billable = merged.iter().filter(|concept| concept.billable);
            assert!(
                billable
                    .zip(&titles)
                    .all(|(a, b)| (&a.code, &a.display) == (&b.code, &b.display))
            );
        }
    }
}
