//! General equivalence maps (GEMs): how ICD-9-CM and ICD-10 codes stand for each other, by CMS and NCHS.
//!
//! Two layouts are read: the publisher's text, `code  code  flags` with five one-digit flags, out of the
//! archive as downloaded or unpacked; and the comma-separated copies in which the flags stand in columns too.
//! A code without an equivalent is mapped to the word `NoDx` (`NoPCS` for procedures), with the second flag set.

use super::SourceError;
use super::archive::{self, Encoding};
use crate::code_system::CodeSystem;
use crate::concepts::GemMap;

/// The files of the maps: what their names look like, the systems, and the header of the comma-separated copy.
const DIRECTIONS: &[Direction] = &[
    Direction {
        names: &["*I9gem.txt", "icd9toicd10cmgem.csv"],
        from: CodeSystem::ICD9CM_DX,
        to: CodeSystem::ICD10CM,
        columns: ["icd9cm", "icd10cm"],
    },
    Direction {
        names: &["*I10gem.txt", "icd10cmtoicd9gem.csv"],
        from: CodeSystem::ICD10CM,
        to: CodeSystem::ICD9CM_DX,
        columns: ["icd10cm", "icd9cm"],
    },
    Direction {
        names: &["gem_i9pcs*.txt", "icd9toicd10pcsgem.csv"],
        from: CodeSystem::ICD9CM_SG,
        to: CodeSystem::ICD10PCS,
        columns: ["icd9cm", "icd10cm"],
    },
    Direction {
        names: &["gem_pcsi9*.txt", "icd10pcstoicd9gem.csv"],
        from: CodeSystem::ICD10PCS,
        to: CodeSystem::ICD9CM_SG,
        columns: ["icd10cm", "icd9cm"],
    },
];

/// The columns that follow the two codes in the comma-separated copies.
const FLAG_COLUMNS: [&str; 6] = [
    "flags",
    "approximate",
    "no_map",
    "combination",
    "scenario",
    "choice_list",
];

struct Direction {
    names: &'static [&'static str],
    from: CodeSystem,
    to: CodeSystem,
    columns: [&'static str; 2],
}

/// Reads every map that a file holds, in the publisher's order: an archive with one or both directions, or one unpacked map.
///
/// The direction is told by the file name, because the rows of some maps fit both. A row without an
/// equivalent keeps its flags and an empty target. Cost is proportional to the size of the file.
///
/// # Errors
/// When the name is that of no map, at the first row that is not `code code flags`, and at the first
/// row whose second flag contradicts its target.
pub fn read_gems(file: &str, bytes: &[u8]) -> Result<Vec<GemMap>, SourceError> {
    let mut maps = Vec::new();
    let mut known = false;
    if archive::is_zip(bytes) {
        let names = archive::member_names(file, bytes)?;
        for direction in DIRECTIONS {
            let fits = |name: &String| direction.fits(archive::base_name(name));
            if names.iter().any(fits) {
                let member = archive::read_member(file, bytes, direction.names)?;
                direction.read(&member.path, &member.bytes, &mut maps)?;
                known = true;
            }
        }
    } else if let Some(direction) = DIRECTIONS
        .iter()
        .find(|direction| direction.fits(archive::base_name(file)))
    {
        direction.read(file, bytes, &mut maps)?;
        known = true;
    }
    if !known {
        let names: Vec<&str> = DIRECTIONS.iter().flat_map(|d| d.names).copied().collect();
        return Err(SourceError::new(
            file,
            0,
            format!("a map named {}", names.join(" or ")),
            "no such name",
        ));
    }
    Ok(maps)
}

impl Direction {
    fn fits(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|pattern| archive::fits(pattern, name))
    }

    fn read(&self, file: &str, bytes: &[u8], maps: &mut Vec<GemMap>) -> Result<(), SourceError> {
        let before = maps.len();
        let text = archive::decode_lines(file, bytes, Encoding::Utf8)?;
        if text.starts_with('"') || text.starts_with("icd") {
            self.read_columns(file, &text, maps)?;
        } else {
            for (at, line) in text.lines().enumerate() {
                let fields: Vec<&str> = line.split_ascii_whitespace().collect();
                let [source, target, flags] = fields[..] else {
                    return Err(SourceError::new(
                        file,
                        at + 1,
                        "'code code flags'",
                        format!("'{line}'"),
                    ));
                };
                maps.push(self.row(file, at + 1, source, target, flags)?);
            }
        }
        if maps.len() == before {
            return Err(SourceError::new(
                file,
                0,
                "rows of a general equivalence map",
                "none",
            ));
        }
        Ok(())
    }

    fn read_columns(
        &self,
        file: &str,
        text: &str,
        maps: &mut Vec<GemMap>,
    ) -> Result<(), SourceError> {
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let expected: Vec<&str> = self.columns.into_iter().chain(FLAG_COLUMNS).collect();
        for (at, row) in rows.records().enumerate() {
            let row = row.map_err(|e| {
                SourceError::new(file, at + 1, "comma-separated values", e.to_string())
            })?;
            if at == 0 {
                if row != expected {
                    let found: Vec<&str> = row.iter().collect();
                    return Err(SourceError::new(
                        file,
                        1,
                        format!("the columns {}", expected.join(", ")),
                        found.join(", "),
                    ));
                }
                continue;
            }
            // The reader gives every row as many fields as the first one has, or an error.
            let single: String = row.iter().skip(3).collect();
            if single != row[2] {
                return Err(SourceError::new(
                    file,
                    at + 1,
                    format!("the flags {} in the last columns", &row[2]),
                    single,
                ));
            }
            maps.push(self.row(file, at + 1, &row[0], &row[1], &row[2])?);
        }
        Ok(())
    }

    fn row(
        &self,
        file: &str,
        line: usize,
        source: &str,
        target: &str,
        flags: &str,
    ) -> Result<GemMap, SourceError> {
        let error = |expected: String, found: &str| {
            Err(SourceError::new(file, line, expected, format!("'{found}'")))
        };
        let [
            approximate @ b'0'..=b'1',
            no_map @ b'0'..=b'1',
            combination @ b'0'..=b'1',
            scenario @ b'0'..=b'9',
            choice_list @ b'0'..=b'9',
        ] = *flags.as_bytes()
        else {
            return error("five flags such as 10000".to_string(), flags);
        };
        // The 2018 map writes one code in lower case (`v5889`), so capitals are made here.
        let source = &source.to_ascii_uppercase();
        let target = &match target {
            "NoDx" | "NoPCS" => String::new(),
            target => target.to_ascii_uppercase(),
        };
        for (system, code) in [(self.from, source), (self.to, target)] {
            let without = code.is_empty() && system == self.to;
            if !without && !has_shape(system, code) {
                return error(format!("a code of {system} without dot"), code);
            }
        }
        if (no_map == b'1') != target.is_empty() {
            let expected = "the second flag set exactly where there is no equivalent";
            return error(expected.to_string(), flags);
        }
        Ok(GemMap {
            from: self.from,
            to: self.to,
            source: source.to_string(),
            target: target.to_string(),
            approximate: approximate == b'1',
            combination: combination == b'1',
            scenario: scenario - b'0',
            choice_list: choice_list - b'0',
        })
    }
}

/// Whether a text can be a billable code of a system: its length, and digits and capital letters where they may stand.
fn has_shape(system: CodeSystem, code: &str) -> bool {
    let lengths = match system {
        CodeSystem::ICD10PCS => 7..=7,
        CodeSystem::ICD10CM => 3..=7,
        CodeSystem::ICD9CM_SG => 3..=4,
        _ => 3..=5,
    };
    let bytes = code.as_bytes();
    let first = match system {
        CodeSystem::ICD10CM => u8::is_ascii_uppercase,
        CodeSystem::ICD9CM_SG => u8::is_ascii_digit,
        _ => |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase(),
    };
    let rest = match system {
        CodeSystem::ICD9CM_DX | CodeSystem::ICD9CM_SG => u8::is_ascii_digit,
        _ => |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase(),
    };
    lengths.contains(&bytes.len())
        && bytes.iter().take(1).all(first)
        && bytes.iter().skip(1).all(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::archive::tests::zip_of;

    const I9: &[u8] =
        b"0010  A000    00000\r\n0010  B999    10111\r\n0010  B998    10112\r\n7889  NoDx    11000\r\n";
    const I10: &[u8] = b"T8324XD v5889 10000\r\nR29700  NoDx  11000\r\n";

    #[test]
    fn an_archive_gives_both_directions_and_every_flag() {
        let bytes = zip_of(&[("2018_I10gem.txt", I10), ("2018_I9gem.txt", I9)]);
        let maps = read_gems("Dxgem_2018.zip", &bytes).unwrap();
        assert_eq!(maps.len(), 6);
        let (third, fourth, last) = (&maps[2], &maps[3], &maps[5]);
        assert_eq!(maps[4].target, "V5889");
        assert_eq!(
            (third.from, third.to),
            (CodeSystem::ICD9CM_DX, CodeSystem::ICD10CM)
        );
        assert_eq!(
            (third.source.as_str(), third.target.as_str()),
            ("0010", "B998")
        );
        assert!(third.approximate && third.combination);
        assert_eq!((third.scenario, third.choice_list), (1, 2));
        assert_eq!((fourth.target.as_str(), fourth.approximate), ("", true));
        assert_eq!(
            (last.from, last.to),
            (CodeSystem::ICD10CM, CodeSystem::ICD9CM_DX)
        );
        assert_eq!((last.source.as_str(), last.target.as_str()), ("R29700", ""));
    }

    #[test]
    fn the_copy_in_columns_says_the_same_as_the_text() {
        let copy = "\"icd9cm\",\"icd10cm\",\"flags\",\"approximate\",\"no_map\",\"combination\",\"scenario\",\"choice_list\"\n\
             \"0010\",\"A000\",\"00000\",0,0,0,0,0\n\"0010\",\"B999\",\"10111\",1,0,1,1,1\n\
             \"0010\",\"B998\",\"10112\",1,0,1,1,2\n\"7889\",\"NoDx\",\"11000\",1,1,0,0,0\n";
        let text = read_gems("2018_I9gem.txt", I9).unwrap();
        assert_eq!(
            read_gems("icd9toicd10cmgem.csv", copy.as_bytes()).unwrap(),
            text
        );
        let contradicting = copy.replace("1,0,1,1,2", "1,0,1,1,1");
        assert_eq!(
            read_gems("icd9toicd10cmgem.csv", contradicting.as_bytes())
                .unwrap_err()
                .to_string(),
            "icd9toicd10cmgem.csv:4: expected the flags 10112 in the last columns, found 10111"
        );
        let shuffled = copy.replace("\"icd9cm\",\"icd10cm\"", "\"icd10cm\",\"icd9cm\"");
        assert_eq!(
            read_gems("icd9toicd10cmgem.csv", shuffled.as_bytes())
                .unwrap_err()
                .line,
            1
        );
    }

    #[test]
    fn procedures_have_maps_of_their_own() {
        let maps = read_gems("gem_i9pcs.txt", b"0001  6A750Z4 10000\n6601  NoPCS 11000\n").unwrap();
        assert_eq!(
            (maps[0].from, maps[0].to),
            (CodeSystem::ICD9CM_SG, CodeSystem::ICD10PCS)
        );
        assert_eq!(maps[1].target, "");
    }

    #[test]
    fn a_row_that_is_not_understood_is_named() {
        for (text, message) in [
            (
                "0010  A000",
                "x_I9gem.txt:1: expected 'code code flags', found '0010  A000'",
            ),
            (
                "0010  A000    00000\n0010  A000    00002x",
                "x_I9gem.txt:2: expected five flags such as 10000, found '00002x'",
            ),
            (
                "0010  A000    01000",
                "x_I9gem.txt:1: expected the second flag set exactly where there is no equivalent, found '01000'",
            ),
            (
                "0010  NoDx    10000",
                "x_I9gem.txt:1: expected the second flag set exactly where there is no equivalent, found '10000'",
            ),
            (
                "0010  A00.0   00000",
                "x_I9gem.txt:1: expected a code of ICD-10-CM without dot, found 'A00.0'",
            ),
            ("\n", "x_I9gem.txt:1: expected 'code code flags', found ''"),
            (
                "",
                "x_I9gem.txt: expected rows of a general equivalence map, found none",
            ),
        ] {
            let ended = text.trim_end().to_string() + if text.is_empty() { "" } else { "\n" };
            let found = read_gems("x_I9gem.txt", ended.as_bytes());
            assert_eq!(found.unwrap_err().to_string(), message);
        }
        assert_eq!(
            read_gems("x_I9gem.txt", b"0010  A000    00000")
                .unwrap_err()
                .expected,
            "a whole line"
        );
        assert!(read_gems("gems.txt", I9).is_err());
        assert!(read_gems("2018_I10gem.txt", I9).is_err());
    }
}
