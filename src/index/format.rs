//! The container: where each section of each code system stands, and the checks made before any is read.
//!
//! An index is one run of bytes: a header, a table of sections, and the sections themselves.
//!
//! ```
//! use medcode::index::format::{self, Section, SectionKind};
//! use medcode::CodeSystem;
//!
//! let bytes = format::write(&[Section {
//!     system: CodeSystem::HCPCS,
//!     kind: SectionKind::Release,
//!     bytes: b"hi".to_vec(),
//! }]);
//! assert_eq!(
//!     bytes,
//!     [
//!         b'M', b'E', b'D', b'C', b'O', b'D', b'E', // the magic
//!         1,                      // the version of the format
//!         1, 0, 0, 0,             // the number of sections
//!         4,                      // section 0: of HCPCS Level II,
//!         0,                      //   its release,
//!         0, 0,                   //   (reserved)
//!         2, 0, 0, 0,             //   two bytes,
//!         0xAC, 0x2A, 0x93, 0xD8, //   with this CRC-32
//!         0xEF, 0x7A, 0x58, 0x03, // the CRC-32 of everything above
//!         b'h', b'i',             // section 0 itself
//!     ],
//! );
//! let sections = format::read(&bytes)?;
//! assert_eq!(sections[0].bytes, b"hi");
//! # Ok::<(), format::OpenError>(())
//! ```
//!
//! All numbers are little-endian. Sections stand one after the other in the order of the table, nothing between
//! them, nothing after the last. Every section is checked when the index is opened: a flipped bit anywhere is refused.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::code_system::CodeSystem;

/// The first seven bytes of every index.
const MAGIC: &[u8; 7] = b"MEDCODE";
/// The version of the format, the eighth byte.
pub const VERSION: u8 = 1;
/// Magic, version and number of sections.
const HEADER: usize = 12;
/// One entry of the table: system, kind, two reserved bytes, length, CRC-32.
const ENTRY: usize = 12;

/// What a section holds. The numbers are stored: append, never reorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SectionKind {
    /// Which release this is, from which files, with how many codes: see [`super::release`].
    Release = 0,
    /// Codes, hierarchy, billable flags, titles: see [`super::core`].
    Core = 1,
    /// Inclusion terms.
    InclusionTerms = 2,
    /// All other notes of the tabular list.
    Notes = 3,
    /// Short titles.
    ShortTitles = 4,
    /// The Alphabetic Index and its tables.
    IndexTerms = 5,
    /// From when to when each code is valid, and what is special about it.
    Properties = 6,
    /// Maps to another system.
    Maps = 7,
    /// Edit flags of the Medicare Code Editor, present-on-admission exemptions.
    Edits = 8,
    /// The conversion table: predecessors of codes.
    Conversions = 9,
    /// Definitions of the values of ICD-10-PCS: see [`super::definitions`].
    Definitions = 10,
    /// Our own vocabulary, for all systems: see [`super::vocabulary`].
    Vocabulary = 11,
    /// Tables that codes are built from, with the titles composed of their values: see [`super::tables`].
    Tables = 12,
    /// Pairs of procedures that are not paid together: see [`super::claim_edits`].
    PairEdits = 13,
    /// The most units of procedures that are likely: see [`super::claim_edits`].
    UnitEdits = 14,
    /// The diagnoses that support procedures: see [`super::claim_edits`].
    Coverage = 15,
    /// Which files the lists about claims were read from: see [`super::claim_edits`].
    ClaimLists = 16,
}

impl SectionKind {
    /// Every kind, in the order of the stored numbers.
    pub const ALL: [SectionKind; 17] = [
        SectionKind::Release,
        SectionKind::Core,
        SectionKind::InclusionTerms,
        SectionKind::Notes,
        SectionKind::ShortTitles,
        SectionKind::IndexTerms,
        SectionKind::Properties,
        SectionKind::Maps,
        SectionKind::Edits,
        SectionKind::Conversions,
        SectionKind::Definitions,
        SectionKind::Vocabulary,
        SectionKind::Tables,
        SectionKind::PairEdits,
        SectionKind::UnitEdits,
        SectionKind::Coverage,
        SectionKind::ClaimLists,
    ];

    /// Whether it is about claims, and belongs to no release of a code system.
    pub fn is_about_claims(self) -> bool {
        self >= SectionKind::PairEdits
    }

    fn from_number(number: u8) -> Option<SectionKind> {
        SectionKind::ALL.get(usize::from(number)).copied()
    }
}

/// A section to write.
pub struct Section {
    /// The code system it belongs to.
    pub system: CodeSystem,
    /// What it holds.
    pub kind: SectionKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A section as it stands in an index.
#[derive(Clone, Copy, Debug)]
pub struct SectionRef<'a> {
    /// The code system it belongs to.
    pub system: CodeSystem,
    /// What it holds.
    pub kind: SectionKind,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Where they begin in the index.
    pub start: usize,
    /// Their CRC-32.
    pub crc: u32,
}

/// Bytes of an index that stay as long as somebody holds them, borrowed or owned.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    whole: Arc<Cow<'a, [u8]>>,
    range: Range<usize>,
}

impl<'a> Part<'a> {
    /// A whole index.
    pub fn whole(bytes: Cow<'a, [u8]>) -> Part<'a> {
        Part {
            range: 0..bytes.len(),
            whole: Arc::new(bytes),
        }
    }

    /// Where it begins in the whole index.
    pub fn start(&self) -> usize {
        self.range.start
    }

    /// Tells whether anybody still holds the index.
    #[cfg(test)]
    pub(super) fn watch(&self) -> std::sync::Weak<Cow<'a, [u8]>> {
        Arc::downgrade(&self.whole)
    }

    /// The part that a section of this index is.
    pub(super) fn section(&self, section: &SectionRef<'_>) -> Part<'a> {
        Part {
            whole: Arc::clone(&self.whole),
            range: section.start..section.start + section.bytes.len(),
        }
    }
}

impl Deref for Part<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.whole.get(self.range.clone()).unwrap_or(&[])
    }
}

/// Why bytes are not an index that this version can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The bytes end too early: the file was cut short, fetch it again.
    TooShort {
        /// What is incomplete.
        what: &'static str,
    },
    /// The bytes do not begin as an index does: this is another kind of file.
    NotAnIndex,
    /// The index was built by another version of Medcode: rebuild it, or use the version it was built by.
    UnsupportedVersion {
        /// The version this library reads.
        expected: u8,
        /// The version of the index.
        found: u8,
    },
    /// The bytes were damaged on the way: fetch or build the index again.
    ChecksumMismatch {
        /// What is damaged.
        what: &'static str,
        /// The checksum in the index.
        expected: u32,
        /// The checksum of its bytes.
        found: u32,
    },
    /// A section is whole but does not hold what it should: the index was not written by Medcode.
    BadSection {
        /// Which kind of section, and what is wrong with it.
        what: &'static str,
    },
}

impl OpenError {
    /// A stable name of the error, such as `CHECKSUM_MISMATCH`.
    pub fn code(self) -> &'static str {
        match self {
            OpenError::TooShort { .. } => "TOO_SHORT",
            OpenError::NotAnIndex => "NOT_AN_INDEX",
            OpenError::UnsupportedVersion { .. } => "UNSUPPORTED_VERSION",
            OpenError::ChecksumMismatch { .. } => "CHECKSUM_MISMATCH",
            OpenError::BadSection { .. } => "BAD_SECTION",
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::TooShort { what } => write!(
                f,
                "the index is cut short: {what} is incomplete; fetch it again"
            ),
            OpenError::NotAnIndex => {
                f.write_str("this is not a Medcode index: expected it to begin with MEDCODE")
            }
            OpenError::UnsupportedVersion { expected, found } => {
                write!(
                    f,
                    "expected an index of format version {expected}, found version {found}; rebuild it"
                )
            }
            OpenError::ChecksumMismatch {
                what,
                expected,
                found,
            } => {
                write!(
                    f,
                    "the index is damaged: expected checksum {expected:08x} of {what}, found {found:08x}"
                )
            }
            OpenError::BadSection { what } => {
                write!(f, "the index does not hold what it should: {what}")
            }
        }
    }
}

impl std::error::Error for OpenError {}

/// Writes an index of these sections.
pub fn write(sections: &[Section]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    bytes.extend((sections.len() as u32).to_le_bytes());
    for section in sections {
        bytes.extend([section.system.number(), section.kind as u8, 0, 0]);
        bytes.extend((section.bytes.len() as u32).to_le_bytes());
        bytes.extend(crc32(&section.bytes).to_le_bytes());
    }
    bytes.extend(crc32(&bytes).to_le_bytes());
    for section in sections {
        bytes.extend(&section.bytes);
    }
    bytes
}

/// Finds and checks the sections of an index.
///
/// # Errors
///
/// Everything that is not exactly what [`write()`] returned, byte for byte, is refused.
pub fn read(bytes: &[u8]) -> Result<Vec<SectionRef<'_>>, OpenError> {
    if !bytes.starts_with(MAGIC) {
        return Err(OpenError::NotAnIndex);
    }
    let header = bytes
        .get(..HEADER)
        .ok_or(OpenError::TooShort { what: "the header" })?;
    let found = header.get(7).copied().unwrap_or(0);
    if found != VERSION {
        return Err(OpenError::UnsupportedVersion {
            expected: VERSION,
            found,
        });
    }
    let count = number(header, 8) as usize;
    let table_end = count.saturating_mul(ENTRY).saturating_add(HEADER);
    let table = bytes.get(HEADER..table_end).ok_or(OpenError::TooShort {
        what: "the table of sections",
    })?;
    let mut rest = bytes.get(table_end + 4..).ok_or(OpenError::TooShort {
        what: "the table of sections",
    })?;
    check(
        "the table of sections",
        bytes.get(..table_end).unwrap_or(&[]),
        number(bytes, table_end),
    )?;
    let mut sections = Vec::new();
    for entry in table.chunks_exact(ENTRY) {
        let system = CodeSystem::from_number(entry.first().copied().unwrap_or(u8::MAX));
        let kind = SectionKind::from_number(entry.get(1).copied().unwrap_or(u8::MAX));
        let (Some(system), Some(kind)) = (system, kind) else {
            return Err(OpenError::BadSection {
                what: "a section of an unknown system or kind",
            });
        };
        let length = number(entry, 4) as usize;
        let crc = number(entry, 8);
        let (section, after) = rest
            .split_at_checked(length)
            .ok_or(OpenError::TooShort { what: "a section" })?;
        check("a section", section, crc)?;
        sections.push(SectionRef {
            system,
            kind,
            bytes: section,
            start: bytes.len() - rest.len(),
            crc,
        });
        rest = after;
    }
    if !rest.is_empty() {
        return Err(OpenError::BadSection {
            what: "bytes after the last section",
        });
    }
    Ok(sections)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    four.map_or(0, |four| u32::from_le_bytes(*four))
}

fn check(what: &'static str, bytes: &[u8], expected: u32) -> Result<(), OpenError> {
    let found = crc32(bytes);
    if found == expected {
        Ok(())
    } else {
        Err(OpenError::ChecksumMismatch {
            what,
            expected,
            found,
        })
    }
}

/// The CRC-32 of IEEE 802.3, four bytes at a step. The tables are made on the spot: that takes a few microseconds,
/// and 4 kB of them would weigh in every download.
fn crc32(bytes: &[u8]) -> u32 {
    let mut tables = [[0u32; 256]; 4];
    for at in 0..=255u8 {
        let mut crc = u32::from(at);
        for table in &mut tables {
            for _ in 0..8 {
                crc = if crc & 1 != 0 {
                    crc >> 1 ^ 0xEDB8_8320
                } else {
                    crc >> 1
                };
            }
            if let Some(entry) = table.get_mut(usize::from(at)) {
                *entry = crc;
            }
        }
    }
    let [one, two, three, four] = &tables;
    let entry = |table: &[u32; 256], byte: u8| table.get(usize::from(byte)).copied().unwrap_or(0);
    let mut crc = !0;
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        let [a, b, c, d] = (crc ^ u32::from_le_bytes(*word)).to_le_bytes();
        crc = entry(four, a) ^ entry(three, b) ^ entry(two, c) ^ entry(one, d);
    }
    for byte in rest {
        crc = crc >> 8 ^ entry(one, crc as u8 ^ byte);
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let section = |kind, bytes: &[u8]| Section {
            system: CodeSystem::ICD10CM,
            kind,
            bytes: bytes.to_vec(),
        };
        write(&[
            section(SectionKind::Release, b"release"),
            section(SectionKind::Core, b""),
            section(SectionKind::Notes, b"notes"),
        ])
    }

    #[test]
    fn the_checksum_is_the_one_everybody_computes() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let bytes = sample();
        assert_eq!(read(&bytes).unwrap().len(), 3);
        for at in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[at / 8] ^= 1 << (at % 8);
            assert!(read(&bytes).is_err(), "bit {at}");
        }
    }

    #[test]
    fn every_truncation_and_every_addition_is_refused() {
        let bytes = sample();
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "{end} bytes");
        }
        assert!(read(&[&bytes[..], &[0]].concat()).is_err());
    }
}
