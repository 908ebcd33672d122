//! Which release a file belongs to: from its name, or from the version the file states.

use super::SourceError;
use crate::date::{Date, Period};

/// Returns the release a file name states: `icd10cm_order_2026.txt` gives `FY2026`.
///
/// The name must hold exactly one run of four digits that is a year from 2000 on. A name with `April`
/// in it belongs to the update of that April: `icd10cm-order-April-2025.txt` gives `FY2025 April`
/// (a day before the year, as in `tabular-April-1-2026`, does not matter).
///
/// # Errors
/// When the name states no year, or several.
pub fn of_name(file: &str, name: &str) -> Result<String, SourceError> {
    let years: Vec<&str> = name
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 4 && run.starts_with("20"))
        .collect();
    let [year] = years[..] else {
        let expected = "a file name with the year of the release, such as icd10cm_order_2026.txt";
        return Err(SourceError::new(file, 0, expected, format!("'{name}'")));
    };
    Ok(label(year, name))
}

/// Returns the release for a year that the file itself states, such as an XML file's `<version>`.
///
/// The name decides only whether it is an April update.
///
/// # Errors
/// When the text is not a year from 2000 on.
pub fn of_version(
    file: &str,
    line: usize,
    version: &str,
    name: &str,
) -> Result<String, SourceError> {
    let version = version.trim();
    if version.len() != 4 || !version.starts_with("20") || version.parse::<u16>().is_err() {
        let expected = "the year of the release, such as 2026";
        return Err(SourceError::new(
            file,
            line,
            expected,
            format!("'{version}'"),
        ));
    }
    Ok(label(version, name))
}

/// Returns the days a fiscal-year release is valid for: `FY2026` from 2025-10-01 to 2026-09-30,
/// `FY2026 April` from 2026-04-01 on; ICD-9-CM's `v32`, the last, from 2014-10-01 to 2015-09-30; nothing for other
/// names.
///
/// CMS and NCHS release ICD-10 code sets for the federal fiscal year, which starts on 1 October of
/// the year before. The versions of ICD-9-CM are counted by the same years.
pub fn period(version: &str) -> Option<Period> {
    if let Some(number) = version.strip_prefix('v') {
        return period(&format!(
            "FY{}",
            number.parse::<u32>().ok()?.checked_add(1983)?
        ));
    }
    let rest = version.strip_prefix("FY")?;
    let (year, april) = match rest.strip_suffix(" April") {
        Some(year) => (year, true),
        None => (rest, false),
    };
    let year: u32 = year.parse().ok()?;
    let start = if april {
        Date::new(year, 4, 1)?
    } else {
        Date::new(year.checked_sub(1)?, 10, 1)?
    };
    Some(Period {
        start: Some(start),
        end: Some(Date::new(year, 9, 30)?),
    })
}

fn label(year: &str, name: &str) -> String {
    if name.to_ascii_lowercase().contains("april") {
        format!("FY{year} April")
    } else {
        format!("FY{year}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_names_state_their_release() {
        for (name, release) in [
            ("icd10cm_order_2026.txt", "FY2026"),
            ("icd10pcs_order_2026.txt", "FY2026"),
            ("icd10cm-codes-April-2025.txt", "FY2025 April"),
            ("icd10c-tabular-April-1-2026.xml", "FY2026 April"),
            ("ICD10CM_2025_Index.csv", "FY2025"),
        ] {
            assert_eq!(of_name("f", name).unwrap(), release);
        }
        for bad in [
            "order.txt",
            "order_2025_2026.txt",
            "order_20260401.txt",
            "v1999",
        ] {
            assert!(of_name("f", bad).is_err(), "{bad}");
        }
        assert_eq!(
            of_version("f", 3, " 2026 ", "tabular.xml").unwrap(),
            "FY2026"
        );
        assert_eq!(
            of_version("f", 3, "v26", "x").unwrap_err().to_string(),
            "f:3: expected the year of the release, such as 2026, found 'v26'"
        );
    }

    #[test]
    fn a_fiscal_year_starts_in_october() {
        let days =
            |version| period(version).map(|p| (p.start.unwrap().number(), p.end.unwrap().number()));
        assert_eq!(days("FY2026"), Some((20251001, 20260930)));
        assert_eq!(days("FY2026 April"), Some((20260401, 20260930)));
        assert_eq!(days("v32"), Some((20141001, 20150930)));
        assert_eq!(days("v31"), Some((20131001, 20140930)));
        assert_eq!(days("v"), None);
        assert_eq!(days("FY0"), None);
    }
}
