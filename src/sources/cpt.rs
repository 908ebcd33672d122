//! CPT, from the files that a licence holder has: every layout the AMA has published its descriptors in.
//!
//! A licensed download is a folder of several files about the same codes. [`read`] takes any of them together, tells
//! each layout by its content, and merges them into one release. What must come from the licence is only ever read
//! here; the project ships no descriptor, and its tests use words of their own.
//!
//! | layout | how it is told | becomes |
//! |---|---|---|
//! | `LONGULT`, `LONGUT` | code, tab (in old releases a blank), text | display |
//! | `LONGULF`, `LONGUF` | code, two-digit part, blank, text to column 80 | display, parts joined by a blank |
//! | `MEDU` | code, blank, capitals up to 48 (once 100) characters | short title where there is none |
//! | `SHORTU` | code, blank, capitals up to 28 characters | short title |
//! | `MODUL` | paragraphs `NN Title: text` | modifiers |
//! | `ConsolidatedCodeList` txt, csv, xlsx | header with `CPT Code` and `Long` | display, short title, terms |
//! | `Modifiers` | header with `Modifier Code` | modifiers |
//! | `ConsumerDescriptor`, `ClinicianDescriptor` | header with that column | terms |
//! | `CPTPLA.xml` | `plaCode` elements | laboratory codes |
//! | deleted list | header with `date_deleted` | codes that ended the day before |
//!
//! Terms (consumer and clinician descriptors, the names of laboratory tests) become notes of the kind
//! [`NoteKind::InclusionTerm`]. Every text file may begin with a copyright notice, which ends where the first row does.

use std::collections::{BTreeMap, BTreeSet};

use super::archive::{self, Encoding};
use super::{SourceError, workbook};
use crate::concepts::{Concept, Note, NoteKind, Release, SourceFile};
use crate::date::{Date, Period};

/// Whether the text has the shape of a CPT code: four digits, and a digit or a letter that ends codes (`F` performance
/// measures, `T` emerging technology, `U` laboratory, `M` and `A` administrative).
pub fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 5
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && (bytes[4].is_ascii_digit() || matches!(bytes[4], b'F' | b'T' | b'U' | b'M' | b'A'))
}

fn is_modifier(text: &str) -> bool {
    text.len() == 2
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// Reads the files of one licensed release, each as downloaded: name (with its folder, where known) and bytes.
///
/// An archive stands for those of its members that have one of the layouts. The year of the release is the one that a
/// file or folder name states; where none does, the version is `unstated` and the period unbounded.
///
/// The plain lists (long, medium, short) of one release name the same codes, and so must those given. Consumer and
/// clinician descriptors of codes that no list has are passed over. A code that is both listed and deleted is current.
///
/// # Errors
/// A file of none of the layouts, a row that does not fit its layout, a code twice in a list, two long descriptors of a
/// code that differ by more than capitals and blanks (files of different releases), a list that lacks a code of another,
/// no code at all.
pub fn read(files: &[(&str, &[u8])]) -> Result<Release, SourceError> {
    let mut merged = Merged::default();
    let mut release = Release {
        version: "unstated".to_string(),
        ..Release::default()
    };
    for (file, bytes) in files {
        let source = SourceFile {
            name: file.to_string(),
            sha256: archive::sha256_hex(bytes),
        };
        let mut names = vec![file.to_string()];
        if archive::is_zip(bytes) && !is_workbook(file, bytes)? {
            let mut found = false;
            for name in archive::member_names(file, bytes)? {
                let member = archive::read_member(file, bytes, &[archive::base_name(&name)])?;
                if let Some(layout) = layout(&member.path, &member.bytes)? {
                    merged.read(layout, &member.path)?;
                    names.push(member.path);
                    found = true;
                }
            }
            if !found {
                return Err(SourceError::new(
                    file,
                    0,
                    "an archive with CPT files",
                    "none of the known layouts",
                ));
            }
        } else {
            let layout = layout(file, bytes)?.ok_or_else(|| {
                SourceError::new(
                    file,
                    0,
                    "one of the layouts of the AMA's CPT files",
                    "another",
                )
            })?;
            merged.read(layout, file)?;
        }
        if let Some(year) = names.iter().find_map(|name| year(name)) {
            release.version = year.to_string();
            release.period = Period {
                start: Date::new(year, 1, 1),
                end: Date::new(year, 12, 31),
            };
        }
        release.files.push(source);
    }
    release.concepts = merged.finish(files.first().map_or("CPT", |(file, _)| file))?;
    Ok(release)
}

/// The last year from 2000 to 2099 that a name states, and not as a part of a longer number.
fn year(name: &str) -> Option<u32> {
    name.split(|c: char| !c.is_ascii_digit())
        .rfind(|digits| digits.len() == 4 && digits.starts_with("20"))?
        .parse()
        .ok()
}

/// A file whose layout is known.
enum Layout {
    /// Code and text, one line each.
    Plain(Kind, Vec<(usize, String, String)>),
    Table(Table),
    /// `MODUL`: modifier, title, text.
    Modifiers(Vec<(usize, String, String, String)>),
    Laboratory(String),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Long,
    Medium,
    Short,
}

/// Rows below a header, whose names are kept in lower case without blanks and punctuation.
struct Table {
    header: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
}

fn is_workbook(file: &str, bytes: &[u8]) -> Result<bool, SourceError> {
    Ok(archive::is_zip(bytes)
        && archive::member_names(file, bytes)?
            .iter()
            .any(|name| name == "xl/workbook.xml"))
}

/// Tells the layout of a file by its content; nothing where it is none of them.
fn layout(file: &str, bytes: &[u8]) -> Result<Option<Layout>, SourceError> {
    if archive::is_zip(bytes) {
        return if is_workbook(file, bytes)? {
            Ok(table_of_workbook(file, bytes)?.map(Layout::Table))
        } else {
            Ok(None)
        };
    }
    // The current files are UTF-8, older ones Windows-1252.
    let Ok(text) = archive::decode(file, bytes, Encoding::Utf8)
        .or_else(|_| archive::decode(file, bytes, Encoding::Windows1252))
    else {
        return Ok(None);
    };
    if text.trim_start().starts_with('<') {
        return Ok(text.contains("plaCode").then_some(Layout::Laboratory(text)));
    }
    let whole = || archive::decode_lines(file, text.as_bytes(), Encoding::Utf8);
    if let Some(table) = delimited(file, &text)? {
        whole()?;
        return Ok(Some(Layout::Table(table)));
    }
    if let Some(first) = text.lines().position(|line| plain_row(line).is_some()) {
        whole()?;
        return plain(file, &text, first).map(Some);
    }
    let modifiers = modifier_paragraphs(&text);
    if !modifiers.is_empty() {
        whole()?;
    }
    Ok((!modifiers.is_empty()).then_some(Layout::Modifiers(modifiers)))
}

/// A header name in lower case, without blanks and punctuation: `CPT Code` and `cpt_code` are the same column.
fn column_name(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn is_header(cells: &[String]) -> bool {
    cells.len() > 1
        && cells
            .iter()
            .any(|cell| cell == "cptcode" || cell == "modifiercode")
}

/// Reads a table separated by tabs or commas, below its header row; nothing where there is no such row.
fn delimited(file: &str, text: &str) -> Result<Option<Table>, SourceError> {
    for (at, line) in text.lines().enumerate() {
        for delimiter in ['\t', ','] {
            let header: Vec<String> = line.split(delimiter).map(column_name).collect();
            if !is_header(&header) {
                continue;
            }
            let start: usize = text.split_inclusive('\n').take(at + 1).map(str::len).sum();
            let below = &text[start..];
            let mut rows = Vec::new();
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter as u8)
                // A quotation mark in a tab-separated descriptor is only that.
                .quoting(delimiter == ',')
                .from_reader(below.as_bytes());
            for row in reader.records() {
                let row = row.map_err(|error| {
                    SourceError::new(file, at + 1, "rows of a table", error.to_string())
                })?;
                let byte = row
                    .position()
                    .map_or(0, |position| position.byte() as usize);
                let before = below
                    .bytes()
                    .take(byte + 1)
                    .filter(|byte| *byte == b'\n')
                    .count();
                rows.push((
                    at + 2 + before,
                    row.iter().map(|cell| cell.trim().to_string()).collect(),
                ));
            }
            return Ok(Some(Table { header, rows }));
        }
    }
    Ok(None)
}

/// Reads the first sheet of a workbook, below its header row; nothing where there is no such row.
fn table_of_workbook(file: &str, bytes: &[u8]) -> Result<Option<Table>, SourceError> {
    let (first, sheet) = workbook::first_sheet(file, bytes)?;
    let mut table: Option<Table> = None;
    for (at, row) in sheet.rows().enumerate() {
        let cells: Vec<String> = row.iter().map(workbook::text).collect();
        match &mut table {
            Some(table) if cells.iter().any(|cell| !cell.is_empty()) => {
                table.rows.push((first + at, cells))
            }
            Some(_) => {}
            None => {
                let header: Vec<String> = cells.iter().map(|cell| column_name(cell)).collect();
                if is_header(&header) {
                    table = Some(Table {
                        header,
                        rows: Vec::new(),
                    });
                }
            }
        }
    }
    Ok(table)
}

/// A row of a plain list: the code, what separates it (`None` for a two-digit part number), and the rest.
fn plain_row(line: &str) -> Option<(&str, Option<char>, &str)> {
    let (code, rest) = (line.get(..5)?, line.get(5..)?);
    if !is_code(code) || rest.trim().is_empty() {
        return None;
    }
    match rest.as_bytes() {
        [b'\t', ..] => Some((code, Some('\t'), &rest[1..])),
        [b' ', ..] => Some((code, Some(' '), &rest[1..])),
        [a, b, b' ', ..] if a.is_ascii_digit() && b.is_ascii_digit() => Some((code, None, rest)),
        _ => None,
    }
}

/// Reads a plain list from its first row on.
fn plain(file: &str, text: &str, first: usize) -> Result<Layout, SourceError> {
    let separator = text
        .lines()
        .nth(first)
        .and_then(plain_row)
        .and_then(|(_, separator, _)| separator);
    let expected = match separator {
        Some('\t') => "a code, a tab and a text",
        Some(_) => "a code, a blank and a text",
        None => "a code, a part number of two digits, a blank and a text",
    };
    let mut rows: Vec<(usize, String, String)> = Vec::new();
    let mut part = 0;
    for (at, line) in text.lines().enumerate().skip(first) {
        // Old files end with the mark that DOS puts at the end of a text.
        if line.trim_matches(['\u{1a}', ' ']).is_empty() {
            continue;
        }
        let error = |expected: &str| {
            SourceError::new(
                file,
                at + 1,
                expected,
                format!("a line of {} characters", line.chars().count()),
            )
        };
        let (code, rest) = plain_row(line)
            .filter(|(_, found, _)| *found == separator)
            .map(|(code, _, rest)| (code, rest))
            .ok_or_else(|| error(expected))?;
        if separator.is_some() {
            rows.push((at + 1, code.to_string(), rest.trim().to_string()));
            continue;
        }
        let number: usize = rest[..2].parse().unwrap_or(0);
        let text = rest[3..].trim();
        match rows.last_mut() {
            _ if text.is_empty() || line.chars().count() > 80 => {
                return Err(error("a text up to column 80"));
            }
            Some((_, last, whole)) if last == code && number == part + 1 => {
                *whole = format!("{whole} {text}");
                part = number;
            }
            last => {
                if number != 1 || last.is_some_and(|(_, last, _)| last == code) {
                    let part = if rows.last().is_some_and(|(_, last, _)| last == code) {
                        part + 1
                    } else {
                        1
                    };
                    return Err(error(&format!("part {part:02} of {code}")));
                }
                rows.push((at + 1, code.to_string(), text.to_string()));
                part = 1;
            }
        }
    }
    Ok(Layout::Plain(kind(file, separator, &rows), rows))
}

/// Which list it is. The layout decides where it can; the three that are a code, a blank and a text are told by the
/// file name, and under another name by their capitals and by the longest text.
fn kind(file: &str, separator: Option<char>, rows: &[(usize, String, String)]) -> Kind {
    let name = archive::base_name(file).to_ascii_uppercase();
    let longest = rows
        .iter()
        .map(|(_, _, text)| text.chars().count())
        .max()
        .unwrap_or(0);
    if separator != Some(' ') || name.starts_with("LONG") {
        Kind::Long
    } else if name.starts_with("MED") {
        Kind::Medium
    } else if name.starts_with("SHORT") {
        Kind::Short
    } else if longest > 100
        || rows
            .iter()
            .any(|(_, _, text)| text.chars().any(char::is_lowercase))
    {
        Kind::Long
    } else if longest > 28 {
        Kind::Medium
    } else {
        Kind::Short
    }
}

/// Reads the paragraphs of `MODUL`: `NN Title: text`, further lines up to an empty one; headings are passed over.
///
/// Physical status modifiers (`P1` to `P6`) may have a title alone.
fn modifier_paragraphs(text: &str) -> Vec<(usize, String, String, String)> {
    let mut modifiers: Vec<(usize, String, String, String)> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let start = line.split_once([' ', '\t']).filter(|(code, title)| {
            is_modifier(code) && title.trim_start().starts_with(char::is_uppercase)
        });
        let parts = start.and_then(|(code, rest)| match rest.split_once(':') {
            Some((title, text)) => Some((code, title, text)),
            None => code.starts_with('P').then_some((code, rest, "")),
        });
        match (parts, modifiers.last_mut()) {
            (Some((code, title, text)), _) => {
                modifiers.push((
                    at + 1,
                    code.to_string(),
                    title.trim().to_string(),
                    text.trim().to_string(),
                ));
                open = true;
            }
            (None, Some((_, _, _, whole))) if open && !line.is_empty() => {
                *whole = format!("{whole} {line}").trim().to_string();
            }
            _ => open = false,
        }
    }
    modifiers
}

/// What the files say of one code.
#[derive(Default)]
struct Entry {
    texts: BTreeMap<Kind, String>,
    terms: Vec<String>,
    period: Period,
    notes: Vec<Note>,
    modifier: bool,
}

#[derive(Default)]
struct Merged {
    entries: BTreeMap<String, Entry>,
    /// Consumer and clinician descriptors, by code.
    terms: BTreeMap<String, Vec<String>>,
    /// Deleted codes: the last day and the descriptor.
    deleted: BTreeMap<String, (Option<Date>, String)>,
    /// The plain lists, by file, and their codes.
    lists: Vec<(String, BTreeSet<String>)>,
}

impl Merged {
    fn read(&mut self, layout: Layout, file: &str) -> Result<(), SourceError> {
        match layout {
            Layout::Plain(kind, rows) => {
                let mut codes = BTreeSet::new();
                for (line, code, text) in rows {
                    if !codes.insert(code.clone()) {
                        return Err(SourceError::new(
                            file,
                            line,
                            "each code once",
                            format!("{code} again"),
                        ));
                    }
                    self.add(file, line, &code, kind, &text)?;
                }
                self.lists.push((file.to_string(), codes));
            }
            Layout::Table(table) => self.table(file, &table)?,
            Layout::Modifiers(rows) => {
                for (line, code, title, text) in rows {
                    self.modifier(file, line, &code, &title, &text)?;
                }
            }
            Layout::Laboratory(text) => self.laboratory(file, &text)?,
        }
        Ok(())
    }

    fn table(&mut self, file: &str, table: &Table) -> Result<(), SourceError> {
        let column = |name: &str| table.header.iter().position(|column| column == name);
        let starting = |name: &str| {
            table
                .header
                .iter()
                .position(|column| column.starts_with(name))
        };
        let need = |at: Option<usize>, name: &str| {
            at.ok_or_else(|| {
                SourceError::new(file, 0, format!("a column {name}"), table.header.join(", "))
            })
        };
        let mut codes = BTreeSet::new();
        let several = column("cliniciandescriptor").is_some() || column("datedeleted").is_some();
        for (line, row) in &table.rows {
            if row.iter().all(String::is_empty) {
                continue;
            }
            let cell = |at: usize| row.get(at).map_or("", String::as_str);
            let filled = |at: usize, name: &str| match cell(at) {
                "" => Err(SourceError::new(
                    file,
                    *line,
                    format!("text in the column {name}"),
                    "none",
                )),
                text => Ok(text),
            };
            if let Some(modifier) = column("modifiercode") {
                let code = filled(modifier, "Modifier Code")?;
                let name = filled(
                    need(column("modifiername"), "Modifier Name")?,
                    "Modifier Name",
                )?;
                let text = column("modifierdescription").map_or("", cell);
                if !codes.insert(code.to_string()) {
                    return Err(SourceError::new(
                        file,
                        *line,
                        "each code once",
                        format!("{code} again"),
                    ));
                }
                self.modifier(file, *line, code, name, text)?;
                continue;
            }
            let code = filled(need(column("cptcode"), "CPT Code")?, "CPT Code")?;
            if !is_code(code) {
                let found = format!("a text of {} characters", code.chars().count());
                return Err(SourceError::new(file, *line, "a CPT code", found));
            }
            if !several && !codes.insert(code.to_string()) {
                return Err(SourceError::new(
                    file,
                    *line,
                    "each code once",
                    format!("{code} again"),
                ));
            }
            if let Some(deleted) = column("datedeleted") {
                let text = filled(need(column("descriptor"), "descriptor")?, "descriptor")?;
                let date = day(filled(deleted, "date_deleted")?).ok_or_else(|| {
                    SourceError::new(
                        file,
                        *line,
                        "a date in the column date_deleted",
                        "another text",
                    )
                })?;
                self.deleted.insert(
                    code.to_string(),
                    (Some(date.previous_day()), text.to_string()),
                );
            } else if let Some(term) = column("cliniciandescriptor") {
                self.term(code, filled(term, "clinician_descriptor")?);
            } else if let Some(long) = starting("long") {
                self.add(file, *line, code, Kind::Long, filled(long, "Long")?)?;
                for (kind, name) in [(Kind::Medium, "medium"), (Kind::Short, "short")] {
                    if let Some(text) = starting(name).map(cell).filter(|text| !text.is_empty()) {
                        self.add(file, *line, code, kind, text)?;
                    }
                }
                for term in [
                    starting("consumer"),
                    column("testname"),
                    column("labname"),
                    column("manufacturername"),
                ] {
                    if let Some(text) = term.map(cell).filter(|text| !text.is_empty()) {
                        self.term(code, text);
                    }
                }
            } else {
                let term = need(starting("consumerdescriptor"), "consumer_descriptor")?;
                self.term(code, filled(term, "consumer_descriptor")?);
            }
        }
        Ok(())
    }

    fn laboratory(&mut self, file: &str, text: &str) -> Result<(), SourceError> {
        let document = roxmltree::Document::parse(text).map_err(|error| {
            SourceError::new(
                file,
                error.pos().row as usize,
                "well-formed XML",
                error.to_string(),
            )
        })?;
        let mut codes = BTreeSet::new();
        for node in document
            .descendants()
            .filter(|node| node.has_tag_name("plaCode"))
        {
            let line = document.text_pos_at(node.range().start).row as usize;
            // Facts stand in attributes or in elements, depending on the release.
            let fact = |name: &str| {
                let element = || {
                    node.children()
                        .find(|child| child.has_tag_name(name))?
                        .text()
                };
                node.attribute(name).or_else(element).map_or("", str::trim)
            };
            let need = |name: &str| match fact(name) {
                "" => Err(SourceError::new(
                    file,
                    line,
                    format!("{name} of a plaCode"),
                    "none",
                )),
                text => Ok(text),
            };
            let code = need("cdCode")?;
            if !is_code(code) {
                return Err(SourceError::new(
                    file,
                    line,
                    "a CPT code",
                    format!("{} characters", code.chars().count()),
                ));
            }
            let status = need("cdStatus")?.to_ascii_uppercase();
            // What became of a deleted code is told by the deleted list, with its date.
            if status == "DELETED" {
                continue;
            }
            if !codes.insert(code.to_string()) {
                return Err(SourceError::new(
                    file,
                    line,
                    "each code once",
                    format!("{code} again"),
                ));
            }
            self.add(file, line, code, Kind::Long, need("cdDesc")?)?;
            for (kind, name) in [(Kind::Medium, "cdMDesc"), (Kind::Short, "cdSDesc")] {
                if !fact(name).is_empty() {
                    self.add(file, line, code, kind, fact(name))?;
                }
            }
            for name in ["testName", "labName", "manufacturerName"] {
                self.term(code, fact(name));
            }
            // Only for a new code is the day the record took effect the first day of the code.
            if status == "NEW"
                && let Some(entry) = self.entries.get_mut(code)
            {
                entry.period.start = day(fact("effectiveDate"));
            }
        }
        if codes.is_empty() {
            return Err(SourceError::new(
                file,
                0,
                "plaCode elements",
                "none that is in force",
            ));
        }
        Ok(())
    }

    /// Adds a text, or checks it against what another file says.
    fn add(
        &mut self,
        file: &str,
        line: usize,
        code: &str,
        kind: Kind,
        text: &str,
    ) -> Result<(), SourceError> {
        let same = |a: &str, b: &str| {
            let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
            plain(a) == plain(b)
        };
        let texts = &mut self.entries.entry(code.to_string()).or_default().texts;
        match texts.get_mut(&kind) {
            None => {
                texts.insert(kind, text.to_string());
            }
            // Medium and short descriptors are abbreviated anew each year, and matter less.
            Some(known) if kind == Kind::Long && !same(known, text) => {
                let expected = format!(
                    "the same long descriptor of {code} as in the files before (one release)"
                );
                return Err(SourceError::new(file, line, expected, "another"));
            }
            // The list in capitals is the poorer copy.
            Some(known) if !known.chars().any(char::is_lowercase) => *known = text.to_string(),
            Some(_) => {}
        }
        Ok(())
    }

    fn modifier(
        &mut self,
        file: &str,
        line: usize,
        code: &str,
        title: &str,
        text: &str,
    ) -> Result<(), SourceError> {
        if !is_modifier(code) || title.is_empty() {
            let expected = "a modifier of two digits or capitals, and its title";
            return Err(SourceError::new(
                file,
                line,
                expected,
                format!("{} characters", code.chars().count()),
            ));
        }
        let entry = self.entries.entry(code.to_string()).or_default();
        entry.modifier = true;
        entry
            .texts
            .entry(Kind::Long)
            .or_insert_with(|| title.to_string());
        if !text.is_empty() && entry.notes.is_empty() {
            entry.notes.push(Note {
                kind: NoteKind::Note,
                text: text.to_string(),
            });
        }
        Ok(())
    }

    fn term(&mut self, code: &str, text: &str) {
        if !text.is_empty() {
            self.terms
                .entry(code.to_string())
                .or_default()
                .push(text.to_string());
        }
    }

    fn finish(mut self, file: &str) -> Result<Vec<Concept>, SourceError> {
        let listed: BTreeSet<&String> = self.lists.iter().flat_map(|(_, codes)| codes).collect();
        for (list, codes) in &self.lists {
            if let Some(missing) = listed.iter().find(|code| !codes.contains(**code)) {
                let expected = format!(
                    "{missing}, which another list has (all files from one release, and whole)"
                );
                return Err(SourceError::new(list, 0, expected, "no such code"));
            }
        }
        for (code, terms) in std::mem::take(&mut self.terms) {
            if let Some(entry) = self.entries.get_mut(&code) {
                entry.terms.extend(terms);
            }
        }
        for (code, (end, text)) in std::mem::take(&mut self.deleted) {
            self.entries.entry(code).or_insert_with(|| Entry {
                texts: BTreeMap::from([(Kind::Long, text)]),
                period: Period { start: None, end },
                ..Entry::default()
            });
        }
        if self.entries.values().all(|entry| entry.modifier) {
            return Err(SourceError::new(
                file,
                0,
                "a list of codes and descriptors",
                "none in these files",
            ));
        }
        Ok(self
            .entries
            .into_iter()
            .map(|(code, entry)| entry.concept(code))
            .collect())
    }
}

impl Entry {
    fn concept(mut self, code: String) -> Concept {
        let mut texts = self.texts.into_iter();
        // The longest text there is; the shortest of the others is the short title.
        let display = texts.next().map(|(_, text)| text).unwrap_or_default();
        let short = texts.next_back().map(|(_, text)| text);
        let mut seen = BTreeSet::from([display.clone()]);
        for text in self.terms {
            if seen.insert(text.clone()) {
                self.notes.push(Note {
                    kind: NoteKind::InclusionTerm,
                    text,
                });
            }
        }
        Concept {
            code,
            display,
            short,
            billable: true,
            period: self.period,
            notes: self.notes,
            modifier: self.modifier,
            ..Concept::default()
        }
    }
}

/// A date as the files write it: `20250101`, `2025-01-01`, either with a time, or `01/31/2025`.
fn day(text: &str) -> Option<Date> {
    if let [month, day, year] = text.split('/').collect::<Vec<_>>()[..] {
        return Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    }
    Date::parse(text.split(['T', ' ']).next()?)
}

#[cfg(test)]
mod tests {
    // Every descriptor below is invented; the layouts are the publisher's.
    use super::super::archive::tests::zip_of;
    use super::super::hcpcs::tests::workbook_of;
    use super::*;

    const NOTICE: &str = "CPT 2026 files\r\nAll rights reserved, 2025.\r\n\r\n";

    fn text(rows: &[&str]) -> String {
        let rows: String = rows.iter().map(|row| format!("{row}\r\n")).collect();
        format!("{NOTICE}{rows}")
    }

    fn one(name: &str, content: &str) -> Result<Release, SourceError> {
        read(&[(name, content.as_bytes())])
    }

    fn displays(release: &Release) -> Vec<(&str, &str, Option<&str>)> {
        let concepts = release.concepts.iter();
        concepts
            .map(|c| (c.code.as_str(), c.display.as_str(), c.short.as_deref()))
            .collect()
    }

    fn fixed(code: &str, part: &str, text: &str) -> String {
        format!("{code}{part} {text}")
    }

    #[test]
    fn plain_lists_are_merged() {
        let long = text(&[
            "99901\tPolishing of a brass door knob",
            "0001F\tCount of knobs",
        ]);
        let capitals = text(&[
            "99901\tPOLISHING OF A BRASS DOOR KNOB",
            "0001F\tCOUNT OF KNOBS",
        ]);
        let medium = text(&[
            "99901 POLISHING BRASS DOOR KNOB OF ANY KIND",
            "0001F COUNT KNOBS",
        ]);
        let short = text(&["99901 POLISH KNOB", "0001F COUNT KNOBS"]);
        let files = [
            ("cpt 2026/LONGUT.txt", capitals.as_bytes()),
            ("cpt 2026/LONGULT.txt", long.as_bytes()),
            ("cpt 2026/MEDU.txt", medium.as_bytes()),
            ("cpt 2026/SHORTU.txt", short.as_bytes()),
        ];
        let release = read(&files).unwrap();
        assert_eq!(release.version, "2026");
        assert_eq!(release.period.end, Date::new(2026, 12, 31));
        assert_eq!(release.files.len(), 4);
        let expected = [
            ("0001F", "Count of knobs", Some("COUNT KNOBS")),
            (
                "99901",
                "Polishing of a brass door knob",
                Some("POLISH KNOB"),
            ),
        ];
        assert_eq!(displays(&release), expected);
        // The same files as one archive, beside one that is no list.
        let members: Vec<(&str, &[u8])> = files.to_vec();
        let zip = zip_of(&[&members[..], &[("cpt 2026/readme.txt", b"Read me.")]].concat());
        let zipped = read(&[("standard.zip", &zip)]).unwrap();
        assert_eq!(
            (zipped.version.as_str(), displays(&zipped)),
            ("2026", expected.to_vec())
        );
        assert!(read(&[("a.zip", &zip_of(&[("readme.txt", b"Read me.")]))]).is_err());
        // A medium descriptor is the short title where there is no other.
        assert_eq!(
            displays(&read(&files[1..3]).unwrap())[0].2,
            Some("COUNT KNOBS")
        );
        // Without a name that says so, capitals and length decide.
        for (rows, kind) in [
            (["99901 POLISH KNOB"], Kind::Short),
            (
                ["99901 POLISHING BRASS DOOR KNOB OF ANY KIND"],
                Kind::Medium,
            ),
            (["99901 Polish knob"], Kind::Long),
        ] {
            let Some(Layout::Plain(found, _)) = layout("a.txt", text(&rows).as_bytes()).unwrap()
            else {
                panic!("a plain list")
            };
            assert_eq!(found, kind);
        }
    }

    #[test]
    fn a_letter_that_ends_no_code_is_refused() {
        for end in ['0', 'F', 'T', 'U', 'M', 'A'] {
            assert!(is_code(&format!("9123{end}")), "{end}");
        }
        for end in ['X', 'B', 'O', 'f'] {
            assert!(!is_code(&format!("9123{end}")), "{end}");
        }
        let list = text(&["91239\tPolishing of a knob", "9123X\tOiling of a hinge"]);
        let error = read(&[("LONGULT.txt", list.as_bytes())]).unwrap_err();
        assert_eq!(error.expected, "a code, a tab and a text");
        let cut = list.trim_end().replace("9123X", "91240");
        let error = read(&[("LONGULT.txt", cut.as_bytes())]).unwrap_err();
        assert_eq!(error.expected, "a whole line");
    }

    #[test]
    fn files_of_different_releases_are_not_mixed() {
        let long = text(&["99901\tPolishing of a knob", "99902\tOiling of a hinge"]);
        let other = text(&["99901\tPolishing of a handle", "99902\tOiling of a hinge"]);
        let error = read(&[("a", long.as_bytes()), ("b", other.as_bytes())]).unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("b", 4));
        let less = text(&["99901 POLISH KNOB"]);
        let error = read(&[("a", long.as_bytes()), ("SHORTU.txt", less.as_bytes())]).unwrap_err();
        assert_eq!(error.file, "SHORTU.txt");
        assert!(
            error.expected.starts_with("99902, which another list has"),
            "{error}"
        );
    }

    #[test]
    fn fixed_parts_are_joined_and_must_be_whole() {
        let rows = [
            fixed("99901", "01", "Polishing of a brass"),
            fixed("99901", "02", "door knob"),
            fixed("99902", "01", "Oiling"),
        ];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let release = one("LONGULF.txt", &text(&rows)).unwrap();
        assert_eq!(
            displays(&release),
            [
                ("99901", "Polishing of a brass door knob", None),
                ("99902", "Oiling", None)
            ]
        );
        let long = fixed("99903", "01", &"x".repeat(73));
        for (rows, expected) in [
            (vec![rows[0], rows[2], rows[1]], "part 01 of 99901"),
            (vec![rows[1], rows[0]], "part 01 of 99901"),
            (vec![rows[0], rows[1], rows[1]], "part 03 of 99901"),
            (vec![rows[0], long.as_str()], "a text up to column 80"),
            (
                vec![rows[0], "9990"],
                "a code, a part number of two digits, a blank and a text",
            ),
            (
                vec![rows[0], "99902\tOiling"],
                "a code, a part number of two digits, a blank and a text",
            ),
        ] {
            let error = one("LONGULF.txt", &text(&rows)).unwrap_err();
            assert_eq!(error.expected, expected, "{error}");
            assert!(error.line > 3);
        }
    }

    #[test]
    fn tables_are_told_by_their_columns() {
        let consolidated = "Concept Id\tCPT Code\tLong\tMedium\tShort\tConsumer\tSpanish Consumer\tCurrent Descriptor Effective Date\tTest Name\tLab Name\tManufacturer Name\r\n\
            1\t99901\tPolishing of a \"brass\" knob\tPOLISHING BRASS KNOB\tPOLISH KNOB\tShining a knob\tPulido\t20250101\t\t\t\r\n\
            2\t0901U\tShine test\tSHINE TEST\tSHINE\t\t\t20250401\tShineCheck\tBright Labs\t\r\n";
        let consumer = "concept_id\tcpt_code\tconsumer_descriptor\r\n1\t99901\tMaking a knob shine\r\n9\t99999\tNo such code\r\n";
        let clinician = "concept_id\tcpt_code\tclinician_descriptor_id\tclinician_descriptor\r\n1\t99901\t7\tKnob polishing, hall\r\n1\t99901\t8\tKnob polishing, attic\r\n";
        let modifiers = "ConceptID\tModifier Code\tLevel I/II\tModifier Descriptor Effective Date\tModifier Name\tModifier Description\tSection\r\n5\t97\tI\t20250101\tBoth Hands\tUsed when both hands polish.\tCategory I\r\n";
        let deleted = "concept_id\tcpt_code\tdate_deleted\tlevel\tdescriptor\tinstruction\r\n3\t99990\t20200101\t1\tWaxing of a stair\t\r\n1\t99901\t20190101\t1\tOld knob\t\r\n";
        let release = read(&[
            ("ConsolidatedCodeList.txt", text(&[consolidated]).as_bytes()),
            ("ConsumerDescriptor.txt", consumer.as_bytes()),
            ("ClinicianDescriptor.txt", clinician.as_bytes()),
            ("Modifiers.txt", modifiers.as_bytes()),
            ("Deleted_DTK_tab.txt", deleted.as_bytes()),
        ])
        .unwrap();
        assert_eq!(
            (release.version.as_str(), release.period),
            ("unstated", Period::default())
        );
        assert_eq!(
            displays(&release),
            [
                ("0901U", "Shine test", Some("SHINE")),
                ("97", "Both Hands", None),
                (
                    "99901",
                    "Polishing of a \"brass\" knob",
                    Some("POLISH KNOB")
                ),
                ("99990", "Waxing of a stair", None),
            ]
        );
        let terms = |at: usize| -> Vec<&str> {
            release.concepts[at]
                .notes
                .iter()
                .map(|note| note.text.as_str())
                .collect()
        };
        assert_eq!(terms(0), ["ShineCheck", "Bright Labs"]);
        assert_eq!(
            terms(2),
            [
                "Shining a knob",
                "Making a knob shine",
                "Knob polishing, hall",
                "Knob polishing, attic"
            ]
        );
        assert!(release.concepts[1].modifier);
        assert_eq!(terms(1), ["Used when both hands polish."]);
        assert_eq!(release.concepts[2].period, Period::default());
        assert_eq!(release.concepts[3].period.end, Date::new(2019, 12, 31));

        // The same list as csv and as a workbook.
        let cells: Vec<Vec<&str>> = consolidated
            .lines()
            .map(|line| line.split('\t').map(str::trim).collect())
            .collect();
        let quote = |cell: &&str| format!("\"{}\"", cell.replace('"', "\"\""));
        let csv: String = cells
            .iter()
            .map(|row| row.iter().map(quote).collect::<Vec<_>>().join(",") + "\r\n")
            .collect();
        let as_text = one("list.txt", consolidated).unwrap().concepts;
        assert_eq!(
            one("list.csv", &csv.replacen('"', "", 22))
                .unwrap()
                .concepts,
            as_text
        );
        assert_eq!(
            read(&[("list.xlsx", &workbook_of(&cells))])
                .unwrap()
                .concepts,
            as_text
        );

        for (bad, line) in [
            (consolidated.replace("0901U", "901U"), 3),
            (consolidated.replace("0901U", "99901"), 3),
            (consolidated.replace("Shine test", ""), 3),
            (
                consolidated.replace(
                    "\tShine test\tSHINE TEST\tSHINE\t\t\t20250401\tShineCheck\tBright Labs\t",
                    "",
                ),
                3,
            ),
            (consolidated.replace("\tLong\t", "\tText\t"), 0),
            (modifiers.replace("\t97\t", "\t970\t"), 2),
            (deleted.replace("20200101", "soon"), 2),
            (clinician.replace("Knob polishing, attic", ""), 3),
        ] {
            let error = one("bad.txt", &bad).unwrap_err();
            assert_eq!(error.line, line, "{error}");
        }
        assert!(one("Modifiers.txt", modifiers).is_err(), "no code list");
    }

    #[test]
    fn modifier_paragraphs_are_read_between_headings() {
        let list = text(&["99901\tPolishing of a knob"]);
        let appendix = "Appendix Z\r\nAll about helpers.\r\n\r\n97 Both Hands: When both hands\r\npolish, say so.\r\n\r\nStairs\r\n\r\nP9 A tired knob\r\n9P Reason Unknown: caf\u{e9}.\r\n";
        let appendix: Vec<u8> = appendix.chars().map(|c| c as u8).collect();
        let release = read(&[("LONGULT.txt", list.as_bytes()), ("MODUL.txt", &appendix)]).unwrap();
        let modifiers: Vec<_> = release.concepts.iter().filter(|c| c.modifier).collect();
        let seen: Vec<_> = modifiers
            .iter()
            .map(|c| (c.code.as_str(), c.display.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("97", "Both Hands"),
                ("9P", "Reason Unknown"),
                ("P9", "A tired knob")
            ]
        );
        assert_eq!(
            modifiers[0].notes[0].text,
            "When both hands polish, say so."
        );
        assert_eq!(modifiers[1].notes[0].text, "café.");
        assert!(modifiers[2].notes.is_empty());
    }

    #[test]
    fn laboratory_codes_are_read_from_attributes_or_elements() {
        let xml = r#"<plaCodes><plaCode cdId="1" cdCode="0901U" cdDesc="Shine test" cdSDesc="SHINE" cdStatus="NEW" effectiveDate="2025-07-01T00:00:00" testName="ShineCheck" labName="Bright Labs"/>
<plaCode><cdCode>0902U</cdCode><cdDesc>Dust test</cdDesc><cdStatus>EXISTING</cdStatus><effectiveDate>2020-01-01</effectiveDate></plaCode>
<plaCode cdCode="0903U" cdDesc="Rust test" cdStatus="DELETED"/></plaCodes>"#;
        let release = one("CPTPLA.xml", xml).unwrap();
        assert_eq!(
            displays(&release),
            [
                ("0901U", "Shine test", Some("SHINE")),
                ("0902U", "Dust test", None)
            ]
        );
        assert_eq!(release.concepts[0].period.start, Date::new(2025, 7, 1));
        assert_eq!(release.concepts[0].notes.len(), 2);
        assert_eq!(release.concepts[1].period, Period::default());
        for (bad, line) in [
            (xml.replace("0901U", "U"), 1),
            (xml.replace("0902U", "0901U"), 2),
            (xml.replace("<cdDesc>Dust test</cdDesc>", ""), 2),
            (xml.replace("</plaCodes>", ""), 1),
        ] {
            assert_eq!(one("CPTPLA.xml", &bad).unwrap_err().line, line, "{bad}");
        }
    }

    #[test]
    fn foreign_files_are_refused() {
        for foreign in [
            "",
            "Read me.\r\n",
            "<html><body>Not found</body></html>",
            "0016070 Bypass, Open Approach\r\n",
            "38600 Some ear disease\r\n3861  Another\r\n",
            "HCPCS_CODE,SHORT_DESCRIPTION,LONG_DESCRIPTION\r\nA0999,Unlisted,Unlisted\r\n",
            "99901\tPolishing\r\n99901\tPolishing\r\n",
            "99901\tPolishing\r\n9990",
        ] {
            assert!(one("file.txt", foreign).is_err(), "{foreign}");
        }
        assert!(read(&[]).is_err());
        assert!(read(&[("file.txt", b"\x00\x01")]).is_err());
        // No message repeats a descriptor.
        let error = one("a.txt", "99901\tPolishing\r\n99902 Oiling of a hinge\r\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "a.txt:2: expected a code, a tab and a text, found a line of 23 characters"
        );
    }
}
