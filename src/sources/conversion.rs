//! The ICD-10-CM conversion table of NCHS: which codes were used before a code came into effect.
//!
//! One worksheet: an introduction, a row of headers, then one row per code with the year or day it came into
//! effect and the codes before. "Unless otherwise specified the code effective date is October 1 of the year
//! listed" (introduction of the FY2026 table); other days stand as dates of the spreadsheet.

use calamine::Data;

use super::{SourceError, workbook};
use crate::code_system::CodeSystem;
use crate::concepts::Conversion;
pub use crate::concepts::covers;
use crate::date::Date;

/// The headers of the three columns, in lower case.
const HEADERS: [&str; 3] = [
    "current code assignment",
    "effective",
    "previous code(s) assignment",
];

/// Reads the conversion table from its workbook, in the publisher's order.
///
/// The previous codes are what the cell names, in its order, without dots: single codes (`K743`), ranges
/// (`H3520-H3523`, `T15-T19`) and everything below a category (`I63-`). [`covers`] tells which codes such an
/// entry stands for. "None" gives an empty list. Cells write lists in many ways (commas, semicolons, `and`,
/// `&`) that do not reliably tell "one of" from "all of"; the list is therefore flat.
///
/// # Errors
/// When the file is no workbook or has no such table, and at the first row whose code, date or previous
/// codes are of a shape the published tables do not have.
pub fn read_conversions(file: &str, bytes: &[u8]) -> Result<Vec<Conversion>, SourceError> {
    let (first, sheet) = workbook::first_sheet(file, bytes)?;
    let mut conversions = Vec::new();
    let mut headed = false;
    for (at, row) in sheet.rows().enumerate() {
        let line = first + at;
        let cell = |column: usize| row.get(column).unwrap_or(&Data::Empty);
        let text = |column: usize| workbook::text(cell(column));
        if !headed {
            headed = (0..3).all(|column| text(column).to_lowercase() == HEADERS[column]);
            continue;
        }
        if row.iter().all(|cell| cell.to_string().trim().is_empty()) {
            continue;
        }
        let error = |expected: &str, found: String| {
            SourceError::new(file, line, expected, format!("'{found}'"))
        };
        conversions.push(Conversion {
            code: code(&text(0)).ok_or_else(|| error("a code such as A04.71", text(0)))?,
            effective: effective(cell(1))
                .ok_or_else(|| error("a year such as 2025, or a date", text(1)))?,
            previous: previous(&text(2)).ok_or_else(|| {
                error(
                    "'None' or codes such as A04.7, H35.20-H35.23 or I63.-",
                    text(2),
                )
            })?,
        });
    }
    if conversions.is_empty() {
        let expected = format!("rows below the headers {}", HEADERS.join(", "));
        return Err(SourceError::new(file, 0, expected, "none"));
    }
    Ok(conversions)
}

/// Takes the dot out of a printed ICD-10-CM code, or nothing where the text is not one with its dot in place.
pub(super) fn undotted(printed: &str) -> Option<String> {
    let code: String = printed.chars().filter(|&c| c != '.').collect();
    (is_code(&code) && CodeSystem::ICD10CM.dotted(&code) == printed).then_some(code)
}

fn is_code(text: &str) -> bool {
    (3..=7).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Reads one code of the table, which here and there lacks its dot (`W453XXA` in the FY2026 table).
fn code(text: &str) -> Option<String> {
    undotted(text).or_else(|| is_code(text).then(|| text.to_string()))
}

/// Reads the cell of the effective date: a year, or a day in any of the forms a spreadsheet keeps one in.
fn effective(cell: &Data) -> Option<Date> {
    let number = match cell {
        Data::Int(number) => *number as f64,
        Data::Float(number) => *number,
        Data::DateTime(day) => day.as_f64(),
        Data::String(text) => match text.trim().parse() {
            Ok(number) => number,
            Err(_) => return Date::parse(text),
        },
        _ => return None,
    };
    if number.fract() != 0.0 {
        return None;
    }
    match number as u32 {
        // As a day, such a number would lie in the year 1905, as a year it is that of the ICD-10-CM.
        year @ 2013..=2100 => Date::new(year, 10, 1),
        // Days since 1899-12-30; from 2013-10-01 to 2100-12-31.
        days @ 41_548..=73_415 => day_of_serial(days),
        _ => None,
    }
}

/// The day with a spreadsheet's serial number (1 March 1900 and later: 61 and up).
fn day_of_serial(days: u32) -> Option<Date> {
    // Days are counted from 1 March of year 0, so that a leap day is the last day of its year and the
    // months repeat in blocks of 153 days per five: 1899-12-30 is day 693,899.
    let days = days + 693_899;
    let era = days / 146_097;
    let in_era = days % 146_097;
    let year = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year + year / 4 - year / 100);
    let block = (5 * in_year + 2) / 153;
    let day = in_year - (153 * block + 2) / 5 + 1;
    let month = if block < 10 { block + 3 } else { block - 9 };
    Date::new(era * 400 + year + u32::from(month <= 2), month, day)
}

/// Reads the cell of the previous codes.
fn previous(text: &str) -> Option<Vec<String>> {
    if text == "None" {
        return Some(Vec::new());
    }
    let lists = text
        .replace("Codes in Categories", " ")
        .replace("Code from categories", " ")
        .replace("a code from", " ");
    let words = lists
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '&'))
        .filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("and"));
    let entries: Option<Vec<String>> = words.map(entry).collect();
    entries.filter(|entries| !entries.is_empty())
}

/// Reads one previous code, range (`H35.20-H35.23`) or category (`I63.-`, `R11-`).
fn entry(word: &str) -> Option<String> {
    match word.split_once('-') {
        None => code(word),
        Some((category, "")) => {
            code(category.strip_suffix('.').unwrap_or(category)).map(|code| code + "-")
        }
        Some((first, last)) => {
            let (first, last) = (code(first)?, code(last)?);
            (first < last).then(|| format!("{first}-{last}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::archive::tests::zip_of;

    /// A workbook with one sheet of the given rows; a cell that is a number is stored as one.
    fn workbook(rows: &[[&str; 3]]) -> Vec<u8> {
        let mut sheet = String::new();
        for (at, row) in rows.iter().enumerate() {
            sheet += &format!("<row r=\"{}\">", at + 1);
            for (column, value) in ["A", "B", "C"].iter().zip(row) {
                let value = value.replace('&', "&amp;");
                let place = format!("{column}{}", at + 1);
                sheet += &match value.parse::<f64>() {
                    Ok(number) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
                    Err(_) => {
                        format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
                    }
                };
            }
            sheet += "</row>";
        }
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let sheet =
            format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>");
        let book = format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
        );
        let relations = format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
        );
        zip_of(&[
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ])
    }

    fn read(rows: &[[&str; 3]]) -> Result<Vec<Conversion>, SourceError> {
        let mut all = vec![
            ["An introduction.", "", ""],
            [
                "Current code assignment",
                "Effective",
                "Previous Code(s) Assignment",
            ],
        ];
        all.extend(rows);
        read_conversions("table.xlsx", &workbook(&all))
    }

    #[test]
    fn every_published_shape_of_previous_codes_is_read() {
        for (cell, expected) in [
            ("None", &[][..]),
            ("A04.7", &["A047"]),
            ("T40.7X3D ", &["T407X3D"]),
            ("C56.1 and C56.2", &["C561", "C562"]),
            ("I63.011 AND I63.012", &["I63011", "I63012"]),
            ("M93.001 & M93.002", &["M93001", "M93002"]),
            ("C50.919, C50.929", &["C50919", "C50929"]),
            (
                "S20.211A; S20.212A; S20.219A",
                &["S20211A", "S20212A", "S20219A"],
            ),
            ("H02.101-H02.106; H02.109", &["H02101-H02106", "H02109"]),
            ("H44.20-H44.23 and H35.30", &["H4420-H4423", "H3530"]),
            ("I10-I15.9", &["I10-I159"]),
            ("Codes in Categories T15-T19", &["T15-T19"]),
            (
                "K59.09 AND Code from categories T36-T50",
                &["K5909", "T36-T50"],
            ),
            ("K31.89 and a code from R11-", &["K3189", "R11-"]),
            ("I63.- and P91.88", &["I63-", "P9188"]),
        ] {
            let rows = read(&[["A04.71  ", "2017", cell]]).unwrap();
            assert_eq!(rows[0].code, "A0471");
            assert_eq!(rows[0].previous, expected, "{cell}");
        }
    }

    #[test]
    fn a_year_means_its_first_of_october_and_a_day_means_itself() {
        let rows = read(&[
            ["U07.0", "43922", "J80"],
            ["A04.71", "2017", "None"],
            ["A04.72", "2024-04-01", "None"],
        ])
        .unwrap();
        let days: Vec<String> = rows.iter().map(|row| row.effective.to_string()).collect();
        assert_eq!(days, ["2020-04-01", "2017-10-01", "2024-04-01"]);
        for (serial, day) in [
            (61, "1900-03-01"),
            (36_525, "1999-12-31"),
            (36_585, "2000-02-29"),
            (44_197, "2021-01-01"),
            (45_017, "2023-04-01"),
            (73_415, "2100-12-31"),
        ] {
            assert_eq!(day_of_serial(serial).unwrap().to_string(), day, "{serial}");
        }
    }

    #[test]
    fn a_cell_of_another_shape_stops_the_reading() {
        for (row, message) in [
            (
                ["A047.1", "2017", "None"],
                "table.xlsx:3: expected a code such as A04.71, found 'A047.1'",
            ),
            (
                ["A04.71", "17", "None"],
                "table.xlsx:3: expected a year such as 2025, or a date, found '17'",
            ),
            (
                ["A04.71", "2017", "see A04.7"],
                "table.xlsx:3: expected 'None' or codes such as A04.7, H35.20-H35.23 or I63.-, found 'see A04.7'",
            ),
            (
                ["A04.71", "2017", "A04.9-A04.7"],
                "table.xlsx:3: expected 'None' or codes such as A04.7, H35.20-H35.23 or I63.-, found 'A04.9-A04.7'",
            ),
        ] {
            assert_eq!(read(&[row]).unwrap_err().to_string(), message);
        }
        let headers = "rows below the headers current code assignment, effective, previous code(s) assignment";
        assert_eq!(
            read_conversions("t.xlsx", &workbook(&[["A04.71", "2017", "None"]]))
                .unwrap_err()
                .expected,
            headers
        );
        assert!(read_conversions("t.xlsx", b"not a workbook").is_err());
    }

    #[test]
    fn a_range_takes_in_what_lies_below_its_last_code() {
        for (entry, code, covered) in [
            ("T15-T19", "T190XXA", true),
            ("T15-T19", "T15", true),
            ("T15-T19", "T200XXA", false),
            ("T15-T19", "T149", false),
            ("H3520-H3523", "H3523", true),
            ("H3520-H3523", "H3524", false),
            ("I63-", "I6302", true),
            ("I63-", "I64", false),
            ("A047", "A047", true),
            ("A047", "A0471", false),
        ] {
            assert_eq!(covers(entry, code), covered, "{entry} {code}");
        }
    }
}
