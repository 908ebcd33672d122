//! The Alphabetic Index to Diseases as a flat table: `ICD10CM_2025_Index.csv`, derived from the book.
//!
//! Columns: RowID, Letter, Level, Term, See, SeeAlso, NonEssModif, Code. A row has one code at most, and
//! manifestations in brackets were lost. Text that followed a parenthesis was lost too: some terms are
//! empty, with nothing but their modifiers left.

use super::archive::{self, Encoding};
use super::index_xml::{IndexFile, printed_code};
use super::xml::collapse;
use super::{SourceError, release};
use crate::code_system::CodeSystem;
use crate::concepts::{IndexBook, IndexCode, IndexEntry};

const NAMES: &[&str] = &["icd10cm?####?index.csv", "*index*.csv"];
const HEADER: [&str; 8] = [
    "RowID",
    "Letter",
    "Level",
    "Term",
    "See",
    "SeeAlso",
    "NonEssModif",
    "Code",
];

/// Reads the flat index: the table itself, or the archive it is in.
///
/// A code that ran into the end of its term (`procedureT88.53`) where the row has none is taken out again.
/// "see category" with the category in the code column becomes "category I01" to see, and the code counts as
/// incomplete. Every run of white space is one blank. Proportional to the size of the file.
///
/// # Errors
/// When the columns are not these; when row numbers are not consecutive; when levels jump; when a
/// row has neither term nor modifiers; when a code has no shape of a code; when the last line is cut off.
pub fn read(file: &str, bytes: &[u8]) -> Result<IndexFile, SourceError> {
    let member = archive::file_or_member(file, bytes, NAMES)?;
    let file = member.path.as_str();
    let text = archive::decode_lines(file, &member.bytes, Encoding::Utf8)?;
    if !text.ends_with('\n') {
        let found = "the end of the file within the line; download it again";
        return Err(SourceError::new(
            file,
            text.lines().count(),
            "a whole line",
            found,
        ));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut entries: Vec<IndexEntry> = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(row + 1, |at| at.line() as usize);
            SourceError::new(file, line, "a row of eight columns", error.to_string())
        })?;
        let line = record.position().map_or(row + 1, |at| at.line() as usize);
        let fail = |expected: &str, found: &str| {
            Err(SourceError::new(file, line, expected, format!("'{found}'")))
        };
        if row == 0 {
            if !record.iter().eq(HEADER) {
                let found = record.iter().collect::<Vec<_>>().join(",");
                return fail(&format!("the columns {}", HEADER.join(",")), &found);
            }
            continue;
        }
        let cells: Vec<String> = record.iter().map(collapse).collect();
        let [id, letter, level, term, see, see_also, modifiers, code] = &cells[..] else {
            return fail("a row of eight columns", &cells.join(","));
        };
        if id.parse() != Ok(row) {
            return fail(&format!("row number {row}"), id);
        }
        if letter.len() != 1 || !letter.bytes().all(|b| b.is_ascii_uppercase()) {
            return fail("a capital letter", letter);
        }
        let deepest = entries.last().map_or(0, |above| above.level + 1);
        let level = match level.parse::<u8>() {
            Ok(found) if found <= deepest => found,
            _ => return fail(&format!("a level from 0 to {deepest}"), level),
        };
        if term.is_empty() && modifiers.is_empty() {
            return fail("a term", "");
        }
        let mut entry = IndexEntry {
            book: IndexBook::Main,
            level,
            term: term.clone(),
            modifiers: modifiers.clone(),
            see: see.clone(),
            see_also: see_also.clone(),
            ..IndexEntry::default()
        };
        if !code.is_empty() {
            let Some(mut printed) = printed_code(code) else {
                return fail("a code of ICD-10-CM", code);
            };
            if see == "category" {
                entry.see = format!("category {code}");
                printed.incomplete = true;
            }
            entry.codes.push(printed);
        } else if let Some((words, code)) = trailing_code(term) {
            entry.term = words.to_string();
            entry.codes.push(code);
        }
        entries.push(entry);
    }
    if entries.is_empty() {
        return Err(SourceError::new(file, 0, "the rows of an index", "none"));
    }
    Ok(IndexFile {
        version: release::of_name(file, &member.name)?,
        system: CodeSystem::ICD10CM,
        entries,
        file: member.path,
    })
}

/// Parts a term from a dotted code that it ends with.
fn trailing_code(term: &str) -> Option<(&str, IndexCode)> {
    let dot = term.rfind('.')?;
    let start = dot.checked_sub(3)?;
    let code = printed_code(term.get(start..)?)?;
    let words = term.get(..start)?.trim_end();
    (!words.is_empty()).then_some((words, code))
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::{damaged, published};
    use super::*;

    const CSV: &str = "RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code\n\
        1,A,0,\"Abdomen, abdominal\",, condition,,\n\
        2,A,1,pain,\"Pain,  abdominal\",,(acute) (chronic),R10.-\n\
        3,A,2,,,,(gastro),A02.0\n\
        4,A,1,during procedureT88.53,,,,\n\
        5,A,1,rheumatic, category,,,I01\n\
        6,A,1,left eye,,,,H93.29-\n";

    fn csv(text: &str) -> Result<IndexFile, SourceError> {
        read("ICD10CM_2025_Index.csv", text.as_bytes())
    }

    #[test]
    fn reads_every_shape_of_row() {
        let index = csv(CSV).unwrap();
        let rows: Vec<_> = index
            .entries
            .iter()
            .map(|e| {
                let code = e
                    .codes
                    .first()
                    .map_or(("", false), |c| (c.code.as_str(), c.incomplete));
                (
                    e.level,
                    e.term.as_str(),
                    e.modifiers.as_str(),
                    e.see.as_str(),
                    e.see_also.as_str(),
                    code,
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                (0, "Abdomen, abdominal", "", "", "condition", ("", false)),
                (
                    1,
                    "pain",
                    "(acute) (chronic)",
                    "Pain, abdominal",
                    "",
                    ("R10", true)
                ),
                (2, "", "(gastro)", "", "", ("A020", false)),
                (1, "during procedure", "", "", "", ("T8853", false)),
                (1, "rheumatic", "", "category I01", "", ("I01", true)),
                (1, "left eye", "", "", "", ("H9329", true)),
            ]
        );
        assert_eq!(index.version, "FY2025");
        assert_eq!(csv(&CSV.replace('\n', "\r\n")).unwrap(), index);
    }

    #[test]
    fn every_breach_of_the_layout_is_refused_at_its_line() {
        for (old, new, message) in [
            ("3,A,2", "4,A,2", ":4: expected row number 3, found '4'"),
            (
                "3,A,2",
                "3,A,4",
                ":4: expected a level from 0 to 2, found '4'",
            ),
            ("3,A,2", "3,a,2", ":4: expected a capital letter, found 'a'"),
            ("(gastro)", "", ":4: expected a term, found ''"),
            (
                "A02.0",
                "A020",
                ":4: expected a code of ICD-10-CM, found 'A020'",
            ),
            ("SeeAlso", "See also", ":1: expected the columns RowID,"),
            (
                "(gastro)",
                "(gastro),x",
                ":4: expected a row of eight columns, found ",
            ),
            ("H93.29-\n", "H93.", ":7: expected a whole line, found "),
        ] {
            let error = csv(&CSV.replace(old, new)).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("ICD10CM_2025_Index.csv{message}")),
                "{error}"
            );
        }
        assert!(csv("").is_err());
        assert!(csv(CSV.lines().next().unwrap()).is_err());
    }

    #[test]
    fn damaged_input_never_panics() {
        for bytes in damaged(CSV) {
            let _ = read("ICD10CM_2025_Index.csv", &bytes);
        }
    }

    #[test]
    fn the_whole_published_file() {
        let path = "icd10cm/ICD10CM_2025_Index.csv";
        let Some(bytes) = published("MEDCODE_SOURCES", path) else {
            return;
        };
        let index = read(path, &bytes).unwrap();
        assert_eq!(index.version, "FY2025");
        assert_eq!(index.entries.len(), 81_024);
        let with_code = index.entries.iter().filter(|e| !e.codes.is_empty()).count();
        // 62,721 in the code column, and 6 that ran into their terms.
        assert_eq!(with_code, 62_727);
        super::super::index_xml::tests::count_unknown(&index);
    }
}
