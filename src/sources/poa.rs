//! The ICD-10-CM codes that CMS exempts from present-on-admission reporting.
//!
//! Tab-separated text with a row of headers: order number, dotted code, description. The archive holds the
//! lists of changes beside it, and a read-me that states how many codes the list has.

use super::SourceError;
use super::archive::{self, Encoding};
use super::conversion::undotted;

/// The exempt list, without the lists of added, deleted and revised codes beside it.
const LIST: &[&str] = &["POAexemptCodes*.txt"];
const READ_ME: &[&str] = &["ReadMe*.txt"];

/// Reads the exempt codes without dots, in ascending order as published.
///
/// Takes the archive as downloaded, or its text file. From an archive with a read-me, the number of codes must
/// be the one stated there, which notices a list that was cut short.
///
/// # Errors
/// At the first row that is not `number, code, description`, or is out of order, and when the count differs.
pub fn read_poa_exempt(file: &str, bytes: &[u8]) -> Result<Vec<String>, SourceError> {
    let member = archive::file_or_member(file, bytes, LIST)?;
    let path = &member.path;
    let text = archive::decode_lines(path, &member.bytes, Encoding::Windows1252)?;
    let mut codes: Vec<String> = Vec::new();
    let mut last_order = String::new();
    for (at, line) in text.lines().enumerate() {
        let error = |expected: &str| {
            let shown: String = line.chars().take(60).collect();
            SourceError::new(path, at + 1, expected, format!("'{shown}'"))
        };
        let fields: Vec<&str> = line.splitn(3, '\t').collect();
        let [order, code, _] = fields[..] else {
            return Err(error(
                "an order number, a code and a description, separated by tabs",
            ));
        };
        if at == 0 {
            if !archive::fits("Order*", order) || !code.eq_ignore_ascii_case("POAexemptCode") {
                return Err(error("the headers Order, POAexemptCode and Description"));
            }
            continue;
        }
        if !order.bytes().all(|byte| byte.is_ascii_digit()) || *order <= *last_order {
            return Err(error("order numbers that rise"));
        }
        last_order = order.to_string();
        codes
            .push(undotted(code).ok_or_else(|| error("a code such as B90.0 in the second field"))?);
    }
    if codes.is_empty() {
        return Err(SourceError::new(path, 0, "exempt codes", "none"));
    }
    if let Some(stated) = stated_count(file, bytes)?.filter(|&stated| stated != codes.len()) {
        return Err(SourceError::new(
            path,
            0,
            format!("{stated} codes, as the read-me says"),
            format!("{}", codes.len()),
        ));
    }
    Ok(codes)
}

/// The number of codes that the read-me of an archive states, as in `(38,349 codes)`.
fn stated_count(file: &str, bytes: &[u8]) -> Result<Option<usize>, SourceError> {
    if !archive::is_zip(bytes) {
        return Ok(None);
    }
    let names = archive::member_names(file, bytes)?;
    let has_read_me = names
        .iter()
        .any(|name| archive::fits(READ_ME[0], archive::base_name(name)));
    if !has_read_me {
        return Ok(None);
    }
    let member = archive::read_member(file, bytes, READ_ME)?;
    let text = archive::decode(&member.path, &member.bytes, Encoding::Windows1252)?;
    Ok(text.find("exempt codes").and_then(|at| {
        let (_, rest) = text[at..].split_once('(')?;
        let (number, _) = rest.split_once(" codes)")?;
        number.replace(',', "").parse().ok()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::archive::tests::zip_of;

    const TEXT: &str = "Order26\tPOAexemptCode\tDescription\r\n01238\tB90.0\tSequelae\r\n98178\tZ99.3\tDependence\r\n";

    #[test]
    fn reads_the_list_and_not_its_changes() {
        let read_me = "List of Present On Admission (POA) exempt codes, for FY2026 (2 codes).";
        let bytes = zip_of(&[
            (
                "POAexemptAddCodesFY26.txt",
                b"Order26\tPOAexemptCode\tx\r\n1\tA00\tx\r\n",
            ),
            ("POAexemptCodesFY26.txt", TEXT.as_bytes()),
            ("ReadMePOAexemptFY26.txt", read_me.as_bytes()),
        ]);
        let expected = ["B900", "Z993"];
        assert_eq!(read_poa_exempt("POA.zip", &bytes).unwrap(), expected);
        assert_eq!(
            read_poa_exempt("POAexemptCodesFY26.txt", TEXT.as_bytes()).unwrap(),
            expected
        );
    }

    #[test]
    fn a_list_that_was_cut_short_is_noticed() {
        let read_me = "exempt codes, for FY2026 (38,349 codes).";
        let bytes = zip_of(&[
            ("POAexemptCodesFY26.txt", TEXT.as_bytes()),
            ("ReadMePOAexemptFY26.txt", read_me.as_bytes()),
        ]);
        assert_eq!(
            read_poa_exempt("POA.zip", &bytes).unwrap_err().to_string(),
            "POA.zip/POAexemptCodesFY26.txt: expected 38349 codes, as the read-me says, found 2"
        );
    }

    #[test]
    fn a_row_that_is_not_understood_is_named() {
        for (from, to, message) in [
            (
                "POAexemptCode",
                "Code",
                "l.txt:1: expected the headers Order, POAexemptCode and Description, found 'Order26\tCode\tDescription'",
            ),
            (
                "98178",
                "01238",
                "l.txt:3: expected order numbers that rise, found '01238\tZ99.3\tDependence'",
            ),
            (
                "Z99.3",
                "Z993",
                "l.txt:3: expected a code such as B90.0 in the second field, found '98178\tZ993\tDependence'",
            ),
            (
                "Z99.3\t",
                "Z99.3 ",
                "l.txt:3: expected an order number, a code and a description, separated by tabs, found '98178\tZ99.3 Dependence'",
            ),
        ] {
            let text = TEXT.replacen(from, to, 1);
            let found = read_poa_exempt("l.txt", text.as_bytes()).unwrap_err();
            assert_eq!(found.to_string(), message);
        }
        assert!(read_poa_exempt("l.txt", b"").is_err());
    }
}
