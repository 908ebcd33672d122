//! HCPCS Level II with its modifiers, as CMS publishes it each quarter: the workbook, the fixed-width text, and
//! a list of code, short and long title that others derive from them.
//!
//! The workbook and the text hold the same records, described in CMS's record layout: record 3 is a procedure and
//! 7 a modifier, 4 and 8 continue the long title of the one before.
//!
//! # Validity
//! A code is valid from `ADD DT` to `TERM DT`, both included, and has no last day where `TERM DT` is blank. `ACT EFF
//! DT` is the day on which the last change to the record took effect, whatever it was: for 4,268 codes of October 2025
//! the day they were added, for all 1,225 ended ones the day after `TERM DT`, for the others a change of title or
//! price. So it does not bound validity, with one exception: action `R` brings a discontinued code back on that day,
//! and the file does not say when it had ended, so the code is valid from then.
//!
//! # Codes that are "not otherwise classified"
//! Claims with such a code need a description of the service. CMS names the wording that makes one: not otherwise
//! classified (NOC), not otherwise specified (NOS), unlisted, unspecified, unclassified, miscellaneous. A procedure
//! whose long title has one of them counts, except where the words stand for something else: the reason of a quality
//! measure ("reason not otherwise specified"), or a drug with its own billing unit ("injection, ..., not otherwise
//! specified, 10 mg"), which the title does identify.

use calamine::Data;

use super::archive::{self, Encoding};
use super::{SourceError, workbook};
use crate::concepts::{Concept, Group, GroupKind, Release, SourceFile};
use crate::date::{Date, Period};

/// One record of the publisher, whichever file it stands in.
#[derive(Clone, Debug, Default)]
struct Record {
    line: usize,
    /// Right-aligned in five columns, which is how the publisher sorts: modifiers come first.
    code: String,
    kind: String,
    long: String,
    short: String,
    added: String,
    effective: String,
    terminated: String,
    action: String,
}

/// Reads one release from any of its files: `HCPC2025_OCT_ANWEB.xlsx`, the text of that name, the archive that holds
/// either, or a csv with the columns code, short and long title.
///
/// Year and month come from the file name. The release is valid for the quarter that the month begins.
/// Procedures and modifiers are billable, a modifier only ever beside a procedure. Titles are the publisher's, with
/// blanks around them dropped. The csv states no dates, so its codes have none. Cost: all records in memory.
///
/// # Errors
/// A name without year and month, a file of none of the layouts, a record that is cut off or out of order, with its
/// line or row.
pub fn read(file: &str, bytes: &[u8]) -> Result<Release, SourceError> {
    let workbook = |bytes: &[u8]| -> Result<bool, SourceError> {
        Ok(archive::is_zip(bytes)
            && archive::member_names(file, bytes)?
                .iter()
                .any(|name| name == "xl/workbook.xml"))
    };
    // The archive also holds the change report and the record layout, under longer names.
    let patterns: Vec<String> = ["xlsx", "txt"]
        .into_iter()
        .flat_map(|end| {
            ["", "_########", "_v#", "_########_v#"]
                .map(|version| format!("HCPC####_???_ANWEB{version}.{end}"))
        })
        .collect();
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let is_workbook = workbook(bytes)?;
    let member;
    let (path, name, content) = if is_workbook || !archive::is_zip(bytes) {
        (file, archive::base_name(file), bytes)
    } else {
        member = archive::read_member(file, bytes, &patterns)?;
        (
            member.path.as_str(),
            member.name.as_str(),
            member.bytes.as_slice(),
        )
    };
    let (version, period) = quarter(name).ok_or_else(|| {
        let expected =
            "a file name with year and month of the quarter, such as HCPC2025_OCT_ANWEB.xlsx";
        SourceError::new(path, 0, expected, quoted(name))
    })?;
    let mut concepts = if is_workbook || workbook(content)? {
        assemble(path, &workbook_records(path, content)?)?
    } else if content.starts_with(b"HCPC") || content.starts_with(b"\xEF\xBB\xBFHCPC") {
        csv_concepts(path, content)?
    } else {
        assemble(path, &text_records(path, content)?)?
    };
    concepts.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(Release {
        version,
        period,
        files: vec![SourceFile {
            name: path.to_string(),
            sha256: archive::sha256_hex(bytes),
        }],
        groups: groups(&concepts),
        concepts,
        ..Release::default()
    })
}

/// Year and month of a file name, and the quarter that begins with that month.
fn quarter(name: &str) -> Option<(String, Period)> {
    let name = name.to_ascii_uppercase();
    let (at, first) = ["JAN", "APR", "JUL", "OCT"]
        .into_iter()
        .zip([1, 4, 7, 10])
        .find_map(|(month, number)| Some((name.find(month)?, number)))?;
    let year: u32 = name[..at]
        .trim_end_matches(['_', '-', ' '])
        .get(..)
        .and_then(|before| {
            before
                .len()
                .checked_sub(4)
                .and_then(|start| before.get(start..))?
                .parse()
                .ok()
        })?;
    let next = if first == 10 {
        Date::new(year + 1, 1, 1)
    } else {
        Date::new(year, first + 3, 1)
    };
    let period = Period {
        start: Date::new(year, first, 1),
        end: next.map(Date::previous_day),
    };
    (year >= 2000).then(|| (format!("{year}-{first:02}"), period))
}

/// The sections that the first letter of a code stands for, as far as the release uses them.
fn groups(concepts: &[Concept]) -> Vec<Group> {
    // The wording is ours.
    const SECTIONS: &[(char, &str)] = &[
        (
            'A',
            "Transportation, medical and surgical supplies, radiopharmaceuticals",
        ),
        ('B', "Enteral and parenteral nutrition"),
        (
            'C',
            "Hospital outpatient payment: drugs, devices and procedures",
        ),
        ('D', "Dental procedures"),
        ('E', "Durable medical equipment"),
        ('G', "Procedures and professional services, temporary"),
        ('H', "Behavioral health and substance use treatment"),
        ('J', "Drugs other than oral, chemotherapy drugs"),
        ('K', "Durable medical equipment, temporary"),
        ('L', "Orthotics and prosthetics"),
        ('M', "Quality measures and other medical services"),
        ('P', "Pathology, laboratory and blood products"),
        ('Q', "Drugs, biologicals, supplies and services, temporary"),
        ('R', "Transport of diagnostic radiology equipment"),
        ('S', "Codes of private payers, temporary"),
        ('T', "Codes of state Medicaid agencies"),
        ('U', "Coronavirus laboratory tests"),
        ('V', "Vision, hearing and speech-language services"),
    ];
    let used = |letter| {
        concepts
            .iter()
            .any(|c| !c.modifier && c.code.starts_with(letter))
    };
    SECTIONS
        .iter()
        .filter(|(letter, _)| used(*letter))
        .map(|(letter, title)| Group {
            kind: GroupKind::Chapter,
            label: letter.to_string(),
            first: format!("{letter}0000"),
            last: format!("{letter}9999"),
            title: title.to_string(),
            notes: Vec::new(),
        })
        .collect()
}

/// Reads the first sheet. Columns are found by the names in the header row, above which the publisher may put
/// other rows.
fn workbook_records(file: &str, bytes: &[u8]) -> Result<Vec<Record>, SourceError> {
    let (first, sheet) = workbook::first_sheet(file, bytes)?;
    let text = workbook::text;
    let is_header = |row: &[Data]| row.iter().any(|cell| text(cell) == "HCPC");
    let header_at = sheet
        .rows()
        .position(is_header)
        .ok_or_else(|| SourceError::new(file, 0, "a header row with a column HCPC", "none"))?;
    let header: Vec<String> = sheet
        .rows()
        .nth(header_at)
        .into_iter()
        .flatten()
        .map(&text)
        .collect();
    let column = |name: &str| {
        header
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| {
                let found = format!("{} other columns", header.len());
                SourceError::new(file, first + header_at, format!("a column {name}"), found)
            })
    };
    let code = column("HCPC")?;
    let kind = column("RECID")?;
    let long = column("LONG DESCRIPTION")?;
    let short = column("SHORT DESCRIPTION")?;
    let added = column("ADD DT")?;
    let effective = column("ACT EFF DT")?;
    let terminated = column("TERM DT")?;
    let action = column("ACTION CD")?;
    let rows = sheet.rows().enumerate().skip(header_at + 1);
    let records = rows
        .filter(|(_, row)| row.iter().any(|cell| !text(cell).is_empty()))
        .map(|(at, row)| {
            let field = |column: usize| row.get(column).map(&text).unwrap_or_default();
            Record {
                line: first + at,
                code: format!("{:>5}", field(code)),
                kind: field(kind),
                long: field(long),
                short: field(short),
                added: field(added),
                effective: field(effective),
                terminated: field(terminated),
                action: field(action),
            }
        });
    Ok(records.collect())
}

/// Reads the fixed-width text, in the columns of CMS's record layout (counted from 1): code 1-5, sequence 6-10, record
/// id 11, long title 12-91, short title 92-119, added 269-276, effective 277-284, terminated 285-292, action 293.
fn text_records(file: &str, bytes: &[u8]) -> Result<Vec<Record>, SourceError> {
    let text = archive::decode_lines(file, bytes, Encoding::Windows1252)?;
    let mut records = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let characters: Vec<char> = line.chars().collect();
        let field = |first: usize, last: usize| -> String {
            let end = last.min(characters.len());
            characters
                .get(first - 1..end)
                .unwrap_or_default()
                .iter()
                .collect()
        };
        let kind = field(11, 11);
        // A continuation has nothing after its part of the title, and editors drop blanks at the end.
        let width = if matches!(kind.as_str(), "4" | "8") {
            12
        } else {
            293
        };
        let sequence = field(6, 10);
        let sequence = sequence.trim();
        if characters.len() < width
            || sequence.is_empty()
            || !sequence.bytes().all(|b| b.is_ascii_digit())
        {
            let expected =
                format!("a record of at least {width} columns with a sequence number in 6-10");
            let found = format!("{} columns: {}", characters.len(), quoted(line));
            return Err(SourceError::new(file, at + 1, expected, found));
        }
        records.push(Record {
            line: at + 1,
            code: field(1, 5),
            kind,
            long: field(12, 91),
            short: field(92, 119).trim().to_string(),
            added: field(269, 276).trim().to_string(),
            effective: field(277, 284).trim().to_string(),
            terminated: field(285, 292).trim().to_string(),
            action: field(293, 293).trim().to_string(),
        });
    }
    Ok(records)
}

/// Joins continuations to what they continue, and checks every field.
///
/// A long title is cut at a blank; where a part fills its 80 columns, the blank was dropped, so parts are joined by one.
fn assemble(file: &str, records: &[Record]) -> Result<Vec<Concept>, SourceError> {
    let mut concepts: Vec<Concept> = Vec::new();
    let mut last = ("", "");
    for record in records {
        let error = |expected: &str, found: &str| {
            SourceError::new(file, record.line, expected, quoted(found))
        };
        let code = record.code.trim();
        let (previous_code, previous_kind) = last;
        if matches!(record.kind.as_str(), "4" | "8") {
            let began = if record.kind == "4" {
                ["3", "4"]
            } else {
                ["7", "8"]
            };
            let concept = concepts
                .last_mut()
                .filter(|_| record.code == previous_code && began.contains(&previous_kind))
                .ok_or_else(|| {
                    error(
                        "the first record of a code before its continuation",
                        &record.code,
                    )
                })?;
            let part = record.long.trim();
            if part.is_empty() {
                return Err(error("a part of a title", part));
            }
            concept.display = format!("{} {part}", concept.display);
            last = (&record.code, &record.kind);
            continue;
        }
        let modifier = match record.kind.as_str() {
            "3" => false,
            "7" => true,
            other => return Err(error("record id 3, 4, 7 or 8", other)),
        };
        check_code(code, modifier).map_err(|expected| error(expected, &record.code))?;
        if record.code.as_str() <= previous_code {
            return Err(error(
                &format!("a code after '{previous_code}'"),
                &record.code,
            ));
        }
        let display = record.long.trim();
        if display.is_empty() || record.short.is_empty() {
            return Err(error("a long and a short title", display));
        }
        if !matches!(record.action.as_bytes(), [b'A'..=b'Z']) {
            return Err(error("an action code of one letter", &record.action));
        }
        let date = |text: &str| match text {
            "" => Ok(None),
            text => Date::parse(text)
                .map(Some)
                .ok_or_else(|| error("a date such as 20251001 or blanks", text)),
        };
        let (added, effective, end) = (
            date(&record.added)?,
            date(&record.effective)?,
            date(&record.terminated)?,
        );
        let start = if record.action == "R" {
            effective.or(added)
        } else {
            added
        };
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            return Err(error(
                &format!("a termination date on or after {start}"),
                &record.terminated,
            ));
        }
        concepts.push(Concept {
            code: code.to_string(),
            display: display.to_string(),
            short: Some(record.short.clone()),
            billable: true,
            period: Period { start, end },
            modifier,
            ..Concept::default()
        });
        last = (&record.code, &record.kind);
    }
    finish(file, concepts)
}

/// Reads a csv whose header names a code, a short and a long title, in ascending order of code.
fn csv_concepts(file: &str, bytes: &[u8]) -> Result<Vec<Concept>, SourceError> {
    let text = archive::decode_lines(file, bytes, Encoding::Utf8)?;
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    // The reader's position of a row after a line end of two characters is between the two.
    let line_at = |position: Option<&csv::Position>| {
        let end = position
            .map_or(0, |position| position.byte() as usize)
            .min(text.len().saturating_sub(1));
        1 + text
            .bytes()
            .take(end + 1)
            .filter(|byte| *byte == b'\n')
            .count()
    };
    let broken = |error: csv::Error| {
        SourceError::new(
            file,
            line_at(error.position()),
            "three columns",
            error.to_string(),
        )
    };
    let header = reader.headers().map_err(broken)?;
    if header
        .iter()
        .ne(["HCPCS_CODE", "SHORT_DESCRIPTION", "LONG_DESCRIPTION"])
    {
        let expected = "the columns HCPCS_CODE, SHORT_DESCRIPTION and LONG_DESCRIPTION";
        return Err(SourceError::new(
            file,
            1,
            expected,
            quoted(header.as_slice()),
        ));
    }
    let mut concepts: Vec<Concept> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(broken)?;
        let line = line_at(row.position());
        let error =
            |expected: &str, found: &str| SourceError::new(file, line, expected, quoted(found));
        let (code, short, long) = (row[0].trim(), row[1].trim(), row[2].trim());
        let modifier = code.len() == 2;
        check_code(code, modifier).map_err(|expected| error(expected, code))?;
        if short.is_empty() || long.is_empty() {
            return Err(error("a long and a short title", row.as_slice()));
        }
        if let Some(last) = concepts.last()
            && last.code.as_str() >= code
        {
            return Err(error(&format!("a code after {}", last.code), code));
        }
        concepts.push(Concept {
            code: code.to_string(),
            display: long.to_string(),
            short: Some(short.to_string()),
            billable: true,
            modifier,
            ..Concept::default()
        });
    }
    finish(file, concepts)
}

fn check_code(code: &str, modifier: bool) -> Result<(), &'static str> {
    let bytes = code.as_bytes();
    let capital = |byte: &u8| byte.is_ascii_uppercase();
    if modifier {
        let two = bytes.len() == 2
            && bytes
                .iter()
                .all(|byte| capital(byte) || byte.is_ascii_digit());
        return if two {
            Ok(())
        } else {
            Err("a modifier of two letters or digits")
        };
    }
    match bytes {
        [letter, digits @ ..]
            if capital(letter) && digits.len() == 4 && digits.iter().all(u8::is_ascii_digit) =>
        {
            Ok(())
        }
        _ => Err("a code of a letter and four digits"),
    }
}

/// What can only be said of whole titles, and of a whole file.
fn finish(file: &str, mut concepts: Vec<Concept>) -> Result<Vec<Concept>, SourceError> {
    if concepts.iter().all(|concept| concept.modifier) {
        let found = format!("{} modifiers only", concepts.len());
        return Err(SourceError::new(file, 0, "codes and modifiers", found));
    }
    for concept in &mut concepts {
        concept.not_otherwise_classified =
            !concept.modifier && is_not_otherwise_classified(&concept.display);
    }
    Ok(concepts)
}

/// Whether a long title has the wording of a code for what has no code of its own (see the module's rule).
fn is_not_otherwise_classified(title: &str) -> bool {
    let title = title.to_lowercase();
    // A hyphen binds: "nsclc-nos" is a tumor, and quality measures are full of it.
    let words: Vec<&str> = title
        .split(|c: char| !c.is_alphanumeric() && c != '.' && c != '-')
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    let always = ["noc", "unlisted", "unclassified", "miscellaneous"];
    if words.iter().any(|word| always.contains(word)) || title.contains("not otherwise classified")
    {
        return true;
    }
    let vague = words
        .iter()
        .any(|word| ["nos", "unspecified"].contains(word))
        || title
            .replace("reason not otherwise specified", "")
            .contains("not otherwise specified");
    vague && !names_a_dose(&words)
}

/// Whether a title states the amount of a drug that one unit of the code stands for: `10 mg`, `per i.u.`.
fn names_a_dose(words: &[&str]) -> bool {
    const UNITS: &[&str] = &[
        "g", "gram", "grams", "i.u", "iu", "mcg", "mg", "ml", "unit", "units",
    ];
    words.windows(2).any(|pair| {
        let amount = pair[0] == "per" || pair[0].starts_with(|c: char| c.is_ascii_digit());
        amount && UNITS.contains(&pair[1])
    })
}

/// A field as an error shows it: in quotes, and shortened.
fn quoted(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    format!("'{short}'")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::archive::tests::{published, zip_of};
    use super::*;

    /// A workbook of one sheet, for the tests of other readers too.
    pub(crate) fn workbook_of(rows: &[Vec<&str>]) -> Vec<u8> {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let cell =
            |text: &&str| format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text));
        let rows: String = rows
            .iter()
            .map(|row| format!("<row>{}</row>", row.iter().map(cell).collect::<String>()))
            .collect();
        let sheet = format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
        );
        zip_of(&[
            (
                "xl/workbook.xml",
                br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
            ),
            (
                "xl/_rels/workbook.xml.rels",
                br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
            ),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ])
    }

    /// A line of the text layout.
    fn line(
        code: &str,
        kind: char,
        long: &str,
        short: &str,
        dates: [&str; 3],
        action: char,
    ) -> String {
        let [added, effective, terminated] = dates;
        let head = format!("{code:>5}{:05}{kind}{long:<80}{short:<28}", 10);
        format!(
            "{head:<268}{added:<8}{effective:<8}{terminated:<8}{action}{:27}\r\n",
            ""
        )
    }

    fn file() -> Vec<String> {
        vec![
            line(
                "A1",
                '7',
                "Dressing for one wound",
                "Dressing, one",
                ["20020701", "20020701", ""],
                'N',
            ),
            line(
                "ZB",
                '7',
                "Maker of a",
                "Maker",
                ["20160701", "20180401", "20180331"],
                'N',
            ),
            line("ZB", '8', "biosimilar", "", ["", "", ""], ' '),
            line(
                "A0999",
                '3',
                "Unlisted ambulance service",
                "Unlisted amb",
                ["19820101", "", ""],
                'N',
            ),
            line(
                "J0570",
                '3',
                "Implant, per",
                "Implant",
                ["20170101", "20251001", ""],
                'R',
            ),
            line(
                "J0570",
                '4',
                "caf\u{e9} not otherwise",
                "",
                ["", "", ""],
                ' ',
            )
            .trim_end()
            .to_string()
                + "\n",
            line("J0570", '4', "specified, 74.2 mg", "", ["", "", ""], ' '),
        ]
    }

    fn bytes(lines: &[String]) -> Vec<u8> {
        lines.concat().chars().map(|c| c as u8).collect()
    }

    #[test]
    fn text_is_read_with_continuations_dates_and_modifiers() {
        let release = read("x/HCPC2025_OCT_ANWEB.txt", &bytes(&file())).unwrap();
        assert_eq!(release.version, "2025-10");
        assert_eq!(release.period.start, Date::new(2025, 10, 1));
        assert_eq!(release.period.end, Date::new(2025, 12, 31));
        let seen: Vec<_> = release
            .concepts
            .iter()
            .map(|c| {
                (
                    c.code.as_str(),
                    c.display.as_str(),
                    c.modifier,
                    c.not_otherwise_classified,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("A0999", "Unlisted ambulance service", false, true),
                ("A1", "Dressing for one wound", true, false),
                (
                    "J0570",
                    "Implant, per café not otherwise specified, 74.2 mg",
                    false,
                    false
                ),
                ("ZB", "Maker of a biosimilar", true, false),
            ]
        );
        let period = |at: usize| release.concepts[at].period;
        assert_eq!(
            (period(0).start, period(0).end),
            (Date::new(1982, 1, 1), None)
        );
        assert_eq!(
            (period(3).start, period(3).end),
            (Date::new(2016, 7, 1), Date::new(2018, 3, 31))
        );
        // Brought back: valid from the day it took effect.
        assert_eq!(period(2).start, Date::new(2025, 10, 1));
        let labels: Vec<_> = release
            .groups
            .iter()
            .map(|group| group.label.as_str())
            .collect();
        assert_eq!(labels, ["A", "J"]);
        let zip = zip_of(&[
            ("HCPC2025_OCT_ANWEB.txt", &bytes(&file())),
            ("HCPC2025_OCT_ANWEB_Transaction Report.txt", b"changes"),
        ]);
        let zipped = read("october-2025.zip", &zip).unwrap();
        assert_eq!(zipped.concepts, release.concepts);
        assert_eq!(
            zipped.files[0].name,
            "october-2025.zip/HCPC2025_OCT_ANWEB.txt"
        );
    }

    #[test]
    fn text_that_is_cut_off_shuffled_or_foreign_is_refused() {
        let refused = |lines: &[String], at: usize, expected: &str| {
            let error = read("HCPC2025_OCT_ANWEB.txt", &bytes(lines)).unwrap_err();
            assert_eq!(
                (error.line, error.expected.as_str()),
                (at, expected),
                "{error}"
            );
        };
        let good = file();
        let swap = |a, b| {
            let mut lines = file();
            lines.swap(a, b);
            lines
        };
        refused(&swap(3, 4), 5, "a code after 'J0570'");
        refused(&swap(0, 1), 2, "a code after '   ZB'");
        refused(
            &swap(1, 2),
            2,
            "the first record of a code before its continuation",
        );
        refused(
            &[good[3].clone(), good[3].clone()],
            2,
            "a code after 'A0999'",
        );
        refused(&good[..3], 0, "codes and modifiers");
        refused(&[], 0, "codes and modifiers");
        let with =
            |code, kind, dates, action| vec![line(code, kind, "Long", "Short", dates, action)];
        let none = ["", "", ""];
        refused(&with("A0999", '5', none, 'N'), 1, "record id 3, 4, 7 or 8");
        refused(
            &with("99213", '3', none, 'N'),
            1,
            "a code of a letter and four digits",
        );
        refused(
            &with("A0999", '7', none, 'N'),
            1,
            "a modifier of two letters or digits",
        );
        refused(
            &with("A0999", '3', none, '1'),
            1,
            "an action code of one letter",
        );
        refused(
            &with("A0999", '3', ["20251301", "", ""], 'N'),
            1,
            "a date such as 20251001 or blanks",
        );
        refused(
            &with("A0999", '3', ["20250101", "", "20241231"], 'D'),
            1,
            "a termination date on or after 2025-01-01",
        );
        refused(
            &[good[0].clone(), format!("{}\n", &good[3][..200])],
            2,
            "a record of at least 293 columns with a sequence number in 6-10",
        );
        let within = [good[0].clone(), good[3].trim_end().to_string()];
        refused(&within, 2, "a whole line");
        let wide = "a record of at least 293 columns with a sequence number in 6-10";
        refused(&["0016070 Bypass, Open Approach\n".to_string()], 1, wide);
        assert!(
            read("codes.txt", &bytes(&good))
                .unwrap_err()
                .expected
                .starts_with("a file name with year")
        );
        assert!(read("HCPC2025_OCT_ANWEB.zip", &zip_of(&[("a.txt", b"")])).is_err());
        assert!(
            read(
                "HCPC2025_OCT_ANWEB.xlsx",
                &zip_of(&[("xl/workbook.xml", b"<workbook/>")])
            )
            .is_err()
        );
    }

    #[test]
    fn a_workbook_is_read_by_its_column_names() {
        let rows = [
            vec!["Copyright", "", "", "", "", "", "", "", ""],
            vec![
                "RECID",
                "HCPC",
                "LONG DESCRIPTION",
                "SHORT DESCRIPTION",
                "ADD DT",
                "ACT EFF DT",
                "TERM DT",
                "ACTION CD",
                "OTHER",
            ],
            vec![
                "7",
                "   A1",
                "Dressing & more",
                "Dressing",
                "20020701",
                "20020701",
                "",
                "N",
                "x",
            ],
            vec![
                "3",
                "A0999",
                "Unlisted ambulance",
                "Unlisted",
                "19820101",
                "",
                "20241231",
                "N",
                "",
            ],
        ];
        let read_rows = |rows: &[Vec<&str>]| read("HCPC2025_OCT_ANWEB.xlsx", &workbook_of(rows));
        let release = read_rows(&rows).unwrap();
        let seen: Vec<_> = release
            .concepts
            .iter()
            .map(|c| (c.code.as_str(), c.display.as_str(), c.modifier))
            .collect();
        assert_eq!(
            seen,
            [
                ("A0999", "Unlisted ambulance", false),
                ("A1", "Dressing & more", true)
            ]
        );
        assert_eq!(release.concepts[0].period.end, Date::new(2024, 12, 31));
        let zip = zip_of(&[("HCPC2025_OCT_ANWEB_09232025.xlsx", &workbook_of(&rows))]);
        assert_eq!(
            read("october.zip", &zip).unwrap().concepts,
            release.concepts
        );

        let mut shuffled = rows.clone();
        shuffled.swap(2, 3);
        assert_eq!(read_rows(&shuffled).unwrap_err().line, 4);
        let mut renamed = rows.clone();
        renamed[1][7] = "ACTION";
        assert_eq!(
            read_rows(&renamed).unwrap_err().to_string(),
            "HCPC2025_OCT_ANWEB.xlsx:2: expected a column ACTION CD, found 9 other columns"
        );
        assert!(read_rows(&rows[2..]).is_err());
        let whole = workbook_of(&rows);
        for end in (0..whole.len()).step_by(37) {
            assert!(
                read("HCPC2025_OCT_ANWEB.xlsx", &whole[..end]).is_err(),
                "{end}"
            );
        }
    }

    #[test]
    fn the_derived_list_has_titles_and_no_dates() {
        let list = "HCPCS_CODE,SHORT_DESCRIPTION,LONG_DESCRIPTION\r\nA0999,Unlisted,\"Unlisted, any\"\r\nA1,One,One wound\r\n";
        let release = read("hcpcs_2026_jan_derived.csv", list.as_bytes()).unwrap();
        assert_eq!(release.version, "2026-01");
        assert_eq!(release.concepts[0].display, "Unlisted, any");
        assert!(release.concepts[1].modifier);
        assert_eq!(release.concepts[0].period, Period::default());
        for (bad, line) in [
            (list.replace("A0999", "B0999"), 3),
            (list.replace("Unlisted,\"", ",\""), 2),
            (
                list.replace("HCPCS_CODE,SHORT_DESCRIPTION", "HCPCS_CODE,TITLE"),
                1,
            ),
            (list.replace("One,", ""), 3),
            (list.replace("A0999", "A099"), 2),
            (
                "HCPCS_CODE,SHORT_DESCRIPTION,LONG_DESCRIPTION\r\n".to_string(),
                0,
            ),
        ] {
            let error = read("hcpcs_2026_jan_derived.csv", bad.as_bytes()).unwrap_err();
            assert_eq!(error.line, line, "{error}");
        }
    }

    #[test]
    fn the_wording_decides_what_is_not_otherwise_classified() {
        for (title, expected) in [
            ("Unclassified drugs", true),
            ("Durable medical equipment, miscellaneous", true),
            ("Noc for enteral supplies", true),
            ("Homemaker service, nos; per 15 minutes", true),
            ("Hearing aid, not otherwise classified", true),
            ("Supply, not otherwise specified", true),
            (
                "Patient not referred, reason not otherwise specified",
                false,
            ),
            (
                "Injection, triamcinolone acetonide, not otherwise specified, 10 mg",
                false,
            ),
            ("Factor viii per i.u., not otherwise specified", false),
            ("Histological type or nsclc-nos classification", false),
            ("Cobalt co-57/58, cyanocobalamin, diagnostic", false),
            ("Chemotherapy for adenocarcinoma", false),
        ] {
            assert_eq!(is_not_otherwise_classified(title), expected, "{title}");
        }
    }

    #[test]
    fn the_published_files_have_the_published_counts() {
        let Some(workbook) = published("MEDCODE_SOURCES", "hcpcs/HCPC2025_OCT_ANWEB.xlsx") else {
            return;
        };
        let release = read("HCPC2025_OCT_ANWEB.xlsx", &workbook).unwrap();
        let count = |f: &dyn Fn(&Concept) -> bool| release.concepts.iter().filter(|c| f(c)).count();
        assert_eq!(
            (count(&|c| !c.modifier), count(&|c| c.modifier)),
            (8_463, 383)
        );
        assert_eq!(count(&|c| c.period.end.is_some()), 1_225);
        assert_eq!(count(&|c| c.not_otherwise_classified), 126);
        let find = |code: &str| release.concepts.iter().find(|c| c.code == code).unwrap();
        assert_eq!(find("C9174").period.end, Date::new(2025, 9, 30));

        let list = published("MEDCODE_SOURCES", "hcpcs/hcpcs_2026_jan_derived.csv").unwrap();
        let release = read("hcpcs_2026_jan_derived.csv", &list).unwrap();
        let modifiers = release.concepts.iter().filter(|c| c.modifier).count();
        assert_eq!(
            (release.concepts.len() - modifiers, modifiers),
            (8_623, 383)
        );
    }
}
