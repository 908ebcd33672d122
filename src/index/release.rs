//! The release of a code system: what every answer names as its source.
//!
//! The section is UTF-8 text, one `name<TAB>value` a line: `version`, `start`, `end`, `nodes`, `codes`,
//! `billable`, and one `file` per source file with its name and SHA-256. Unknown names are passed over.

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
    /// The files it was read from.
    pub files: Vec<FileInfo>,
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
                "file" => info.files.push(FileInfo {
                    name: value,
                    sha256: fields.next().unwrap_or_default(),
                }),
                _ => {}
            }
        }
        info
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
            files: vec![FileInfo {
                name: "a.zip/b.txt".into(),
                sha256: "00ff".into(),
            }],
        };
        assert_eq!(ReleaseInfo::read(&info.write()), info);
    }
}
