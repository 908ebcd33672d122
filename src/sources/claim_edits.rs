//! Lists about claims, as their publishers lay them out: NCCI procedure-to-procedure edits, NCCI medically unlikely edits,
//! and the code lists of the Medicare Coverage Database. All are optional; a user downloads them under the licences that
//! the publisher's pages show, because the codes in them are in part CPT codes.

use std::collections::BTreeMap;

use super::SourceError;
use super::archive::{self, Encoding};
use crate::date::{Date, Period};
use crate::index::claim_edits::{CoverageList, Pair, PairEdit, UnitEdit, UnitLimit, UnitService};

fn is_procedure(text: &str) -> bool {
    text.len() == 5
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// Reads one file of procedure-to-procedure edits, out of its archive or unpacked: text with tabs, some rows of a licence
/// and of headers, then one row for each pair: the code that is paid; the one that is not; a mark for edits older than
/// 1996; the first day; the last day, or `*`; the indicator; why. Pairs of indicator 9 are left out: such an edit was
/// deleted on the day on which it began.
///
/// # Errors
/// Where there are no headers, and at the first row after them that is not such a row.
pub fn read_pairs(file: &str, bytes: &[u8], practitioner: bool) -> Result<Vec<Pair>, SourceError> {
    let member = archive::file_or_member(file, bytes, &["cci*.txt"])?;
    let text = archive::decode_lines(&member.path, &member.bytes, Encoding::Windows1252)?;
    let mut pairs = Vec::new();
    let (mut headed, mut begun) = (false, false);
    for (at, line) in text.lines().enumerate() {
        let cells: Vec<&str> = line
            .split('\t')
            .map(|cell| cell.trim().trim_matches('"'))
            .collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or("");
        if !headed {
            headed = cell(0).eq_ignore_ascii_case("Column 1");
            continue;
        }
        begun |= is_procedure(cell(0));
        // Below the first row of headers others explain the marks.
        if !begun || cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        let error = |expected: &str| {
            SourceError::new(
                &member.path,
                at + 1,
                expected,
                format!("'{}'", line.trim_end()),
            )
        };
        if !is_procedure(cell(0)) || !is_procedure(cell(1)) {
            return Err(error("two codes of five digits and capital letters"));
        }
        let start = Date::parse(cell(3)).ok_or_else(|| error("a first day such as 20250101"))?;
        let end = match cell(4) {
            "" | "*" => None,
            day => {
                Some(Date::parse(day).ok_or_else(|| error("a last day such as 20251231, or *"))?)
            }
        };
        let edit = match cell(5) {
            "0" => PairEdit::Never,
            "1" => PairEdit::WithModifier,
            "9" => continue,
            _ => return Err(error("the modifier indicator 0, 1 or 9")),
        };
        pairs.push(Pair {
            practitioner,
            first: cell(0).to_string(),
            second: cell(1).to_string(),
            period: Period {
                start: Some(start),
                end,
            },
            edit,
        });
    }
    if !begun {
        let expected = "rows below a header that begins with Column 1";
        return Err(SourceError::new(&member.path, 0, expected, "none"));
    }
    Ok(pairs)
}

/// Rows of a comma-separated text, each with its line.
fn table(path: &str, bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, SourceError> {
    let text = archive::decode_lines(path, bytes, Encoding::Windows1252)?;
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut read = Vec::new();
    for record in rows.records() {
        let record = record.map_err(|error| {
            SourceError::new(path, 0, "comma-separated text", error.to_string())
        })?;
        let line = record
            .position()
            .map_or(0, |position| position.line() as usize);
        read.push((line, record.iter().map(str::to_string).collect()));
    }
    Ok(read)
}

/// The day that the name of a file states as `Eff_10-01-2025`; nothing where it states none.
pub fn effective(name: &str) -> Option<Date> {
    let (_, day) = name.split_once("Eff_")?;
    let (month, rest) = (day.get(..2)?, day.get(2..)?.strip_prefix('-')?);
    let (day, year) = (rest.get(..2)?, rest.get(2..)?.strip_prefix('-')?.get(..4)?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Reads medically unlikely edits, out of the archive or unpacked: comma-separated, a licence, a row of headers, then one
/// row for each code: the code, the most units, the adjudication indicator with its name (`2 Date of Service Edit:
/// Policy`), why. The header of the units says whose services they are.
///
/// # Errors
/// Where there are no such headers, and at the first row after them that is not such a row.
pub fn read_units(file: &str, bytes: &[u8]) -> Result<Vec<UnitLimit>, SourceError> {
    let member = archive::file_or_member(file, bytes, &["*MUE*.csv"])?;
    let mut service = None;
    let mut limits = Vec::new();
    for (line, cells) in table(&member.path, &member.bytes)? {
        let cell = |at: usize| cells.get(at).map_or("", String::as_str);
        let Some(service) = service else {
            let header = cell(1).to_ascii_lowercase();
            if header.contains("mue values") {
                service = match header.split_whitespace().next() {
                    Some("practitioner") => Some(UnitService::Practitioner),
                    Some("outpatient") => Some(UnitService::Hospital),
                    Some("dme") => Some(UnitService::Supplier),
                    _ => None,
                };
            }
            continue;
        };
        if cells.iter().all(String::is_empty) {
            continue;
        }
        let error = |expected: &str| {
            SourceError::new(
                &member.path,
                line,
                expected,
                format!("'{}'", cells.join(",")),
            )
        };
        if !is_procedure(cell(0)) {
            return Err(error("a code of five digits and capital letters"));
        }
        let most = cell(1)
            .parse()
            .map_err(|_| error("a whole number of units"))?;
        let by_line = match cell(2).chars().next() {
            Some('1') => true,
            Some('2' | '3') => false,
            _ => return Err(error("an adjudication indicator 1, 2 or 3")),
        };
        limits.push(UnitLimit {
            service,
            code: cell(0).to_string(),
            edit: UnitEdit { most, by_line },
        });
    }
    if limits.is_empty() {
        let expected = "rows below the header 'Practitioner Services MUE Values' or its like";
        return Err(SourceError::new(&member.path, 0, expected, "none"));
    }
    Ok(limits)
}

/// The files of the coverage lists: the procedures of the articles, and the diagnoses that support them.
const COVERAGE: [(&str, &str); 2] = [
    ("article_x_hcpc_code.csv", "hcpc_code_id"),
    ("article_x_icd10_covered.csv", "icd10_code_id"),
];

/// What the database writes where a list has no diagnoses.
const NO_DIAGNOSIS: &str = "XX000";

/// Reads the code lists of the articles of the Medicare Coverage Database, from its two files or from the archive with
/// both. Of an article with several versions, the latest is taken. The groups of diagnoses of an article are taken
/// together: what each of them asks for stands in their text.
///
/// # Errors
/// At the first file without its columns, and at the first row whose codes are none.
pub fn read_coverage(files: &[(&str, &[u8])]) -> Result<Vec<CoverageList>, SourceError> {
    let mut lists: BTreeMap<(String, u64), CoverageList> = BTreeMap::new();
    for (pattern, column) in COVERAGE {
        let fits = |(name, bytes): &&(&str, &[u8])| {
            archive::is_zip(bytes) || archive::fits(pattern, archive::base_name(name))
        };
        let Some((name, bytes)) = files.iter().find(fits) else {
            return Err(SourceError::new(pattern, 0, "this file", "none"));
        };
        let member = archive::file_or_member(name, bytes, &[pattern])?;
        let mut rows = table(&member.path, &member.bytes)?.into_iter();
        let headers = rows.next().map(|(_, headers)| headers).unwrap_or_default();
        let place = |name: &str| {
            let at = headers
                .iter()
                .position(|header| header.eq_ignore_ascii_case(name));
            let found = || {
                SourceError::new(
                    &member.path,
                    1,
                    format!("the column {name}"),
                    headers.join(","),
                )
            };
            at.ok_or_else(found)
        };
        let (article, version, code) = (
            place("article_id")?,
            place("article_version")?,
            place(column)?,
        );
        for (line, cells) in rows {
            let cell = |at: usize| cells.get(at).map_or("", String::as_str);
            let error = |expected: &str| {
                SourceError::new(
                    &member.path,
                    line,
                    expected,
                    format!("'{}'", cells.join(",")),
                )
            };
            let number: u64 = cell(version)
                .parse()
                .map_err(|_| error("a whole number as version"))?;
            let list = lists
                .entry((cell(article).to_string(), number))
                .or_default();
            list.name = match cell(article) {
                digits if digits.bytes().all(|b| b.is_ascii_digit()) => format!("A{digits}"),
                name => name.to_string(),
            };
            let text = cell(code);
            if column == "hcpc_code_id" {
                // Modifiers and revenue codes stand in files of their own.
                if !is_procedure(text) {
                    return Err(error("a code of five digits and capital letters"));
                }
                list.procedures.push(text.to_string());
            } else if text != NO_DIAGNOSIS {
                let plain = super::conversion::undotted(text);
                list.diagnoses
                    .push(plain.ok_or_else(|| error("an ICD-10-CM code such as E11.9"))?);
            }
        }
    }
    // In order of article and version: the latest of each comes last.
    let mut latest: BTreeMap<String, CoverageList> = BTreeMap::new();
    for ((article, _), mut list) in lists {
        list.procedures.sort();
        list.procedures.dedup();
        list.diagnoses.sort();
        list.diagnoses.dedup();
        latest.insert(article, list);
    }
    let complete = |list: &CoverageList| !list.procedures.is_empty() && !list.diagnoses.is_empty();
    Ok(latest.into_values().filter(complete).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs in the publisher's layout; the codes and words are invented.
    const PAIRS: &str = "A licence of some lines\t\t\t\t\t\t\r\n\
        Column1/Column2 Edits\t\t\t\t\t\t\r\n\
        Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n\
        \t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n\
        \t\t\t\t*=no data\t1=allowed\t\r\n\
        \t\t\t\t\t9=not applicable\t\r\n\
        1111A\t2222B\t\t20240101\t*\t1\tSome reason\r\n\
        1111A\t3333C\t*\t19960101\t20241231\t0\tAnother\r\n\
        1111A\t4444D\t\t20240101\t20240101\t9\tDeleted at once\r\n";

    #[test]
    fn nc_1_pairs_as_published() {
        let pairs = read_pairs("ccipra-v311r0-f1.TXT", PAIRS.as_bytes(), true).unwrap();
        assert_eq!(pairs.len(), 2);
        assert_eq!(
            (pairs[0].first.as_str(), pairs[0].second.as_str()),
            ("1111A", "2222B")
        );
        assert_eq!(
            (pairs[0].edit, pairs[0].period.end),
            (PairEdit::WithModifier, None)
        );
        assert_eq!(pairs[1].edit, PairEdit::Never);
        assert_eq!(pairs[1].period.end, Date::from_number(20241231));
        for (from, to, message) in [
            (
                "2222B",
                "2222",
                "ccipra.txt:7: expected two codes of five digits and capital letters, found '1111A\t2222\t\t20240101\t*\t1\tSome reason'",
            ),
            (
                "\t1\tSome",
                "\t2\tSome",
                "ccipra.txt:7: expected the modifier indicator 0, 1 or 9, found '1111A\t2222B\t\t20240101\t*\t2\tSome reason'",
            ),
            (
                "\t20240101\t*\t1",
                "\t2024\t*\t1",
                "ccipra.txt:7: expected a first day such as 20250101, found '1111A\t2222B\t\t2024\t*\t1\tSome reason'",
            ),
            (
                "Column 1\t",
                "Col 1\t",
                "ccipra.txt: expected rows below a header that begins with Column 1, found none",
            ),
        ] {
            let text = PAIRS.replacen(from, to, 1);
            let error = read_pairs("ccipra.txt", text.as_bytes(), true).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    const UNITS: &str = "\"A licence\nof two lines\",,,\n\
        \"HCPCS/\nCPT Code\",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n\
        1111A,2,3 Date of Service Edit: Clinical,Some reason\n\
        2222B,1,1 Line Edit,Another\n";

    #[test]
    fn nc_2_units_as_published() {
        let limits = read_units("MCR_MUE_PractitionerServices.csv", UNITS.as_bytes()).unwrap();
        let shown: Vec<_> = limits
            .iter()
            .map(|limit| {
                (
                    limit.service,
                    limit.code.as_str(),
                    limit.edit.most,
                    limit.edit.by_line,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (UnitService::Practitioner, "1111A", 2, false),
                (UnitService::Practitioner, "2222B", 1, true),
            ]
        );
        for (from, to, service) in [
            (
                "Practitioner Services",
                "Outpatient Hospital Services",
                UnitService::Hospital,
            ),
            (
                "Practitioner Services",
                "DME Supplier Services",
                UnitService::Supplier,
            ),
        ] {
            let limits = read_units("MUE.csv", UNITS.replace(from, to).as_bytes()).unwrap();
            assert_eq!(limits[0].service, service);
        }
        let text = UNITS.replace("1111A,2,3", "1111A,two,3");
        assert_eq!(
            read_units("MUE.csv", text.as_bytes())
                .unwrap_err()
                .to_string(),
            "MUE.csv:5: expected a whole number of units, found '1111A,two,3 Date of Service Edit: Clinical,Some reason'"
        );
        assert!(read_units("MUE.csv", b"a,b\n").is_err());
    }

    #[test]
    fn cl_4_coverage_as_published() {
        let procedures = "article_id,article_version,hcpc_code_id,hcpc_code_version,long_description\n\
            56273,7,1111A,1,Words\n56273,9,1111A,1,Words\n56273,9,2222B,1,Words\n60000,1,3333C,1,Words\n";
        let diagnoses = "\"article_id\",\"article_version\",\"icd10_code_id\",\"icd10_covered_group\",\"description\"\n\
            56273,7,M99.00,1,Words\n56273,9,M99.01,1,Words\n56273,9,M54.50,2,Words\n60000,1,XX000,1,Not applicable\n";
        let read = |procedures: &str, diagnoses: &str| {
            read_coverage(&[
                ("article_x_hcpc_code.csv", procedures.as_bytes()),
                ("article_x_icd10_covered.csv", diagnoses.as_bytes()),
            ])
        };
        let lists = read(procedures, diagnoses).unwrap();
        assert_eq!(lists.len(), 1);
        assert_eq!(lists[0].name, "A56273");
        assert_eq!(lists[0].procedures, ["1111A", "2222B"]);
        assert_eq!(lists[0].diagnoses, ["M5450", "M9901"]);
        let error = read(procedures, &diagnoses.replace("M54.50", "M5450.")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "article_x_icd10_covered.csv:4: expected an ICD-10-CM code such as E11.9, found '56273,9,M5450.,2,Words'"
        );
        let error = read("article_id,code\n", diagnoses).unwrap_err();
        assert_eq!(
            error.to_string(),
            "article_x_hcpc_code.csv:1: expected the column article_version, found article_id,code"
        );
    }
}
