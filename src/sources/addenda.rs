//! CMS's code addenda: what a new release adds, deletes and revises.
//!
//! Fixed columns: 1-13 `Add:`, `Delete:`, `Revise from:` or `Revise to:`, 14-20 code, 22- title. The
//! order addenda have the order file's columns instead, headers included: for ICD-10-CM 14 flag, 16-22
//! code, 24-83 short title, 85- title; for ICD-10-PCS 14-20 code, 22-81 short title, 83- title. A summary
//! with the numbers of codes changed ends the file.

use super::archive::{self, Encoding};
use super::order::is_code;
use super::{SourceError, release};
use crate::code_system::CodeSystem;
use crate::concepts::{Addendum, Change};
use crate::date::Date;

/// An addenda file as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddendaFile {
    /// The file, with the member for an archive.
    pub file: String,
    /// The release that it leads to, such as `FY2027`, by its name.
    pub version: String,
    /// The changes, in the order of the file.
    pub addenda: Vec<Addendum>,
}

/// Reads the code addenda of ICD-10-CM or ICD-10-PCS: the text itself, or the archive CMS publishes it in.
///
/// Only codes valid for submission are returned: of the order addenda, headers are left out, so that both
/// files of one release give the same changes. A revision is returned once, with the new title.
/// `effective` is the first day of the release, which the file does not state. Proportional to the size
/// of the file.
///
/// # Errors
/// When a line breaks the layout; when `Revise to` does not follow `Revise from` of the same code; when
/// a title is empty; when the changes are not as many as the summary says, or there is no summary.
pub fn read(
    file: &str,
    bytes: &[u8],
    system: CodeSystem,
    effective: Date,
) -> Result<AddendaFile, SourceError> {
    let names: &[&str] = if system == CodeSystem::ICD10PCS {
        &[
            "icd10pcs?codes?addenda*.txt",
            "icd10pcs?order?addenda*.txt",
            "order?addenda*.txt",
        ]
    } else {
        &["icd10cm?codes?addenda*.txt", "icd10cm?order?addenda*.txt"]
    };
    let member = archive::file_or_member(file, bytes, names)?;
    let file = member.path.as_str();
    let text = archive::decode_lines(file, &member.bytes, Encoding::Utf8)?;
    let in_order_columns = archive::fits("*order?addenda*", &member.name);
    let mut addenda = Vec::new();
    let mut revised: Option<String> = None;
    let mut lines = text.lines().enumerate();
    for (index, line) in lines.by_ref() {
        let number = index + 1;
        if line.trim().is_empty() {
            break;
        }
        let error = |expected: &str| {
            let found = format!("'{}'", line.chars().take(100).collect::<String>());
            Err(SourceError::new(file, number, expected, found))
        };
        if !line.is_ascii() {
            return error("ASCII text");
        }
        let Some(row) = parse(line, system, in_order_columns) else {
            return error(
                "the columns of a code addendum (1-13 change, then the code and its titles)",
            );
        };
        if let Some(code) = &revised
            && (row.change != "Revise to:" || row.code != code)
        {
            return error(&format!("'Revise to:' for {code}"));
        }
        let change = match row.change {
            "Add:" => Change::Add,
            "Delete:" => Change::Delete,
            "Revise from:" => {
                revised = Some(row.code.to_string());
                continue;
            }
            "Revise to:" if revised.take().is_some() => Change::Revise,
            _ => return error("Add:, Delete:, Revise from: or the Revise to: of the line before"),
        };
        if row.header {
            continue;
        }
        addenda.push(Addendum {
            system,
            effective,
            change,
            code: row.code.to_string(),
            title: row.title.to_string(),
        });
    }
    if let Some(code) = revised {
        let line = text.lines().count();
        let expected = format!("'Revise to:' for {code}");
        return Err(SourceError::new(
            file,
            line,
            expected,
            "the end of the changes",
        ));
    }
    let summary: Vec<(usize, &str)> = lines
        .map(|(index, line)| (index + 1, line.trim()))
        .collect();
    check_summary(file, &summary, &addenda)?;
    Ok(AddendaFile {
        version: release::of_name(file, &member.name)?,
        addenda,
        file: member.path,
    })
}

struct Row<'l> {
    change: &'l str,
    code: &'l str,
    title: &'l str,
    header: bool,
}

/// Parts a line into its columns; nothing where it has others.
fn parse(line: &str, system: CodeSystem, in_order_columns: bool) -> Option<Row<'_>> {
    let change = line.get(..13)?.trim_end();
    let rest = line.get(13..)?;
    let cm_order = in_order_columns && system == CodeSystem::ICD10CM;
    let (flag, rest) = match cm_order {
        true if rest.get(1..2)? == " " => (rest.get(..1)?, rest.get(2..)?),
        true => return None,
        false => ("", rest),
    };
    let code = rest.get(..7)?.trim_end();
    if rest.get(7..8)? != " " || !is_code(system, code) {
        return None;
    }
    let header = match flag {
        "0" => true,
        "1" => false,
        "" => system == CodeSystem::ICD10PCS && code.len() == 3,
        _ => return None,
    };
    let titles = rest.get(8..)?;
    let title = if in_order_columns {
        // One blank stands between the short title, padded to 60 columns, and the long one.
        (titles.get(60..61)? == " ").then(|| titles.get(61..))??
    } else {
        titles
    };
    let title = title.trim();
    (!title.is_empty()).then_some(Row {
        change,
        code,
        title,
        header,
    })
}

/// Compares the changes with the numbers that the summary states for codes.
fn check_summary(
    file: &str,
    summary: &[(usize, &str)],
    addenda: &[Addendum],
) -> Result<(), SourceError> {
    let mut codes = summary.iter().skip_while(|(_, line)| *line != "Codes");
    codes.next();
    let codes: Vec<_> = codes
        .take_while(|(_, line)| !line.is_empty() && *line != "Headers")
        .collect();
    for (change, word) in [
        (Change::Add, " additions"),
        (Change::Delete, " deletions"),
        (Change::Revise, " revisions"),
    ] {
        let count = addenda.iter().filter(|a| a.change == change).count();
        let stated = codes
            .iter()
            .find_map(|(number, line)| Some((*number, line.strip_suffix(word)?)));
        let Some((number, stated)) = stated else {
            let found = "none; the file may be cut off";
            return Err(SourceError::new(
                file,
                0,
                format!("a summary that states the{word} of codes"),
                found,
            ));
        };
        if stated.parse() != Ok(count) {
            let expected = format!("{stated}{word} of codes");
            return Err(SourceError::new(file, number, expected, count.to_string()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::{damaged, published, zip_of};
    use super::*;

    const CODES: &str = "\
Delete:      B880    Other acariasis
Add:         B8801   Infestation by mites
Add:         B8809   Other acariasis
Revise from: L02212  Cutaneous abscess of back
Revise to:   L02212  Cutaneous abscess of back and flank

Codes
  74260 codes in icd10cm_order_2025.txt
  74719 codes in icd10cm_order_2026.txt
    2 additions
    1 deletions
    1 revisions
";
    const ORDER: &str = "\
Delete:      1 B880    Other acariasis                                              Other acariasis
Add:         0 B880    Other acariasis                                              Other acariasis
Add:         1 B8801   Infestation by mites                                         Infestation by mites
Add:         1 B8809   Other acariasis                                              Other acariasis
Revise from: 1 L02212  Cutaneous abscess of back                                    Cutaneous abscess of back
Revise to:   1 L02212  Cut abscess of back and flank                                Cutaneous abscess of back and flank

Codes
  74719 codes in icd10cm_order_2026.txt
    2 additions
    1 deletions
    1 revisions
of which
      1 revisions to both long and short titles

Headers
      1 additions
";

    fn cm(name: &str, text: &str) -> Result<AddendaFile, SourceError> {
        read(
            name,
            text.as_bytes(),
            CodeSystem::ICD10CM,
            Date::new(2025, 10, 1).unwrap(),
        )
    }

    #[test]
    fn both_layouts_give_the_same_changes() {
        let codes = cm("icd10cm_codes_addenda_2026.txt", CODES).unwrap();
        let told: Vec<_> = codes
            .addenda
            .iter()
            .map(|a| (a.change, a.code.as_str(), a.title.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (Change::Delete, "B880", "Other acariasis"),
                (Change::Add, "B8801", "Infestation by mites"),
                (Change::Add, "B8809", "Other acariasis"),
                (
                    Change::Revise,
                    "L02212",
                    "Cutaneous abscess of back and flank"
                ),
            ]
        );
        assert_eq!(codes.version, "FY2026");
        assert_eq!(codes.addenda[0].effective.to_string(), "2025-10-01");
        let order = cm(
            "icd10cm_order_addenda_2026.txt",
            &ORDER.replace('\n', "\r\n"),
        )
        .unwrap();
        assert_eq!(order.addenda, codes.addenda);
        let archive = zip_of(&[
            ("icd10cm_codes_addenda_2026.txt", CODES.as_bytes()),
            ("icd10cm_codes_2026.txt", b"x"),
        ]);
        let read = read(
            "dx.zip",
            &archive,
            CodeSystem::ICD10CM,
            codes.addenda[0].effective,
        )
        .unwrap();
        assert_eq!(read.addenda, codes.addenda);
    }

    #[test]
    fn every_breach_of_the_layout_is_refused_at_its_line() {
        for (old, new, message) in [
            (
                "Add:         B8801",
                "Move:        B8801",
                ":2: expected Add:, Delete:, Revise from:",
            ),
            (
                "B8801 ",
                "b8801 ",
                ":2: expected the columns of a code addendum",
            ),
            (
                "B8801   Infestation by mites",
                "B8801",
                ":2: expected the columns of a code addendum",
            ),
            (
                "Revise from: L02212",
                "Revise from: L02211",
                ":5: expected 'Revise to:' for L02211, found",
            ),
            (
                "Revise from: L02212  Cutaneous abscess of back\n",
                "",
                ":4: expected Add:, Delete:, Revise from:",
            ),
            (
                "Revise to:   L02212  Cutaneous abscess of back and flank\n",
                "",
                "expected 'Revise to:' for L02212, found the end of the changes",
            ),
            (
                "2 additions",
                "3 additions",
                ":10: expected 3 additions of codes, found 2",
            ),
            (
                "    1 revisions\n",
                "",
                ": expected a summary that states the revisions of codes, found none; the file may be cut off",
            ),
            ("mites", "m\u{ef}tes", ":2: expected ASCII text, found"),
        ] {
            let error = cm(
                "icd10cm_codes_addenda_2026.txt",
                &CODES.replacen(old, new, 1),
            )
            .unwrap_err()
            .to_string();
            assert!(error.contains(message), "{new}: {error}");
        }
        for length in 0..CODES.len() - 1 {
            assert!(
                cm("icd10cm_codes_addenda_2026.txt", &CODES[..length]).is_err(),
                "{length}"
            );
        }
        let other = read(
            "icd10cm_codes_addenda_2026.txt",
            CODES.as_bytes(),
            CodeSystem::ICD10PCS,
            Date::new(2025, 10, 1).unwrap(),
        );
        assert!(other.is_err());
    }

    #[test]
    fn damaged_input_never_panics() {
        let day = Date::new(2025, 10, 1).unwrap();
        for (name, text) in [
            ("icd10cm_codes_addenda_2026.txt", CODES),
            ("icd10cm_order_addenda_2026.txt", ORDER),
        ] {
            for bytes in damaged(text) {
                let _ = read(name, &bytes, CodeSystem::ICD10CM, day);
                let _ = read(name, &bytes, CodeSystem::ICD10PCS, day);
            }
        }
    }

    #[test]
    fn the_whole_published_files() {
        for (path, system, added, deleted, revised) in [
            ("icd10cm/cms_2026_dx.zip", CodeSystem::ICD10CM, 487, 28, 38),
            ("icd10pcs/cms_2026_pr.zip", CodeSystem::ICD10PCS, 156, 27, 0),
            (
                "icd10cm/icd10cm_codes_addenda_2027.txt",
                CodeSystem::ICD10CM,
                190,
                30,
                4,
            ),
            (
                "icd10pcs/icd10pcs_codes_addenda_2027.txt",
                CodeSystem::ICD10PCS,
                101,
                38,
                3,
            ),
        ] {
            let Some(bytes) = published("MEDCODE_SOURCES", path) else {
                continue;
            };
            let addenda = read(path, &bytes, system, Date::new(2025, 10, 1).unwrap())
                .unwrap()
                .addenda;
            let count = |change| addenda.iter().filter(|a| a.change == change).count();
            let counts = (
                count(Change::Add),
                count(Change::Delete),
                count(Change::Revise),
            );
            assert_eq!(counts, (added, deleted, revised), "{path}");
        }
        let Some(bytes) = published("MEDCODE_SOURCES", "icd10cm/cms_2026_dx.zip") else {
            return;
        };
        let day = Date::new(2025, 10, 1).unwrap();
        let member =
            archive::read_member("dx.zip", &bytes, &["icd10cm_order_addenda_2026.txt"]).unwrap();
        let mut order = read(&member.path, &member.bytes, CodeSystem::ICD10CM, day)
            .unwrap()
            .addenda;
        let mut codes = read("dx.zip", &bytes, CodeSystem::ICD10CM, day)
            .unwrap()
            .addenda;
        for addenda in [&mut order, &mut codes] {
            addenda.sort_by(|a, b| a.code.cmp(&b.code));
        }
        assert_eq!(order, codes);
    }
}
