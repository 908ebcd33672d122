//! The release of a code system: what every answer names as its source.
//!
//! The section is UTF-8 text, one `name<TAB>value` a line: `version`, `start`, `end`, `nodes`, `codes`,
//! `billable`, one `part` per release with its name, first and last day where there are several, and one `file` per source
//! file with its name and SHA-256. Unknown names are passed over.

use serde::Serialize;

use crate::date::{Date, Period};

/// Which release of a code system an index holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseInfo {
    /// The publisher's name of the release, such as `FY2026`.
    pub version: String,
    /// The days the release is valid for.
    pub period: Period,
    /// How many codes it has, headers and composed codes included.
    pub codes: u32,
    /// How many of them are valid for submission, at some time in the period.
    pub billable: u32,
    /// Where the index holds several releases of the system, each of them with its days, the earliest first; empty where
    /// there is only one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ReleasePart>,
    /// The files it was read from.
    pub files: Vec<FileInfo>,
}

/// One of several releases that an index holds of one system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReleasePart {
    /// The publisher's name of the release.
    pub version: String,
    /// The days it is valid for.
    pub period: Period,
}

/// A file that a release was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileInfo {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl ReleaseInfo {
    /// The bytes of the section.
    pub fn write(&self) -> Vec<u8> {
        let mut text = format!(
            "version\t{}\ncodes\t{}\nbillable\t{}\n",
            self.version, self.codes, self.billable
        );
        for (name, date) in [("start", self.period.start), ("end", self.period.end)] {
            if let Some(date) = date {
                text += &format!("{name}\t{date}\n");
            }
        }
        let shown = |day: Option<Date>| day.map_or(String::new(), |day| day.to_string());
        for part in &self.parts {
            let (start, end) = (shown(part.period.start), shown(part.period.end));
            text += &format!("part\t{}\t{start}\t{end}\n", part.version);
        }
        for file in &self.files {
            text += &format!("file\t{}\t{}\n", file.name, file.sha256);
        }
        text.into_bytes()
    }

    /// Reads the section; what is not understood is left out.
    pub fn read(bytes: &[u8]) -> ReleaseInfo {
        let mut info = ReleaseInfo::default();
        for line in String::from_utf8_lossy(bytes).lines() {
            let mut fields = line.split('\t').map(str::to_string);
            let (name, value) = (
                fields.next().unwrap_or_default(),
                fields.next().unwrap_or_default(),
            );
            match name.as_str() {
                "version" => info.version = value,
                "codes" => info.codes = value.parse().unwrap_or(0),
                "billable" => info.billable = value.parse().unwrap_or(0),
                "start" => info.period.start = Date::parse(&value),
                "end" => info.period.end = Date::parse(&value),
                "part" => info.parts.push(ReleasePart {
                    version: value,
                    period: Period {
                        start: fields.next().and_then(|day| Date::parse(&day)),
                        end: fields.next().and_then(|day| Date::parse(&day)),
                    },
                }),
                "file" => info.files.push(FileInfo {
                    name: value,
                    sha256: fields.next().unwrap_or_default(),
                }),
                _ => {}
            }
        }
        info
    }

    /// The days of the latest release that is held.
    pub fn latest(&self) -> Period {
        self.parts.last().map_or(self.period, |part| part.period)
    }

    /// Whether one of the releases that are held is valid on a day.
    pub fn covers(&self, date: Date) -> bool {
        self.period.contains(date) && (self.parts.is_empty() || self.part_on(date).is_some())
    }

    /// The one of several releases that is valid on a day.
    pub fn part_on(&self, date: Date) -> Option<&ReleasePart> {
        self.parts.iter().find(|part| part.period.contains(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back() {
        let info = ReleaseInfo {
            version: "FY2026".into(),
            period: Period {
                start: Date::new(2025, 10, 1),
                end: None,
            },
            codes: 98_186,
            billable: 74_719,
            parts: Vec::new(),
            files: vec![FileInfo {
                name: "a.zip/b.txt".into(),
                sha256: "00ff".into(),
            }],
        };
        assert_eq!(ReleaseInfo::read(&info.write()), info);
        let day = Date::from_number;
        let part = |version: &str, start, end| ReleasePart {
            version: version.to_string(),
            period: Period {
                start: day(start),
                end: day(end),
            },
        };
        let several = ReleaseInfo {
            version: "FY2024, FY2026".into(),
            period: Period {
                start: day(20231001),
                end: day(20260930),
            },
            parts: vec![
                part("FY2024", 20231001, 20240930),
                part("FY2026", 20251001, 20260930),
            ],
            ..info
        };
        assert_eq!(ReleaseInfo::read(&several.write()), several);
        let covered = |number| several.covers(day(number).unwrap());
        assert!(covered(20240930) && covered(20251001) && covered(20260930));
        assert!(!covered(20241001) && !covered(20250930) && !covered(20261001));
        assert_eq!(several.latest().start, day(20251001));
    }
}
