//! Readers of the publishers' files, one per published layout. Native only.
//!
//! A reader takes the bytes as downloaded and returns plain [`concepts`](crate::concepts), or stops at the
//! first thing it does not understand with a [`SourceError`] that names file, line, what was expected and what was found.

use std::fmt;

pub mod addenda;
pub mod archive;
pub mod claim_edits;
pub mod conversion;
pub mod cpt;
pub mod edits;
pub mod gather;
pub mod gems;
pub mod hcpcs;
pub mod icd9;
pub mod index_csv;
pub mod index_xml;
pub mod known;
mod lmdb;
pub mod order;
pub mod pcs;
pub mod poa;
pub mod release;
pub mod rtf;
pub mod tabular;
mod workbook;
pub mod xml;

/// Why a publisher's file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError {
    /// The file, with the member for an archive.
    pub file: String,
    /// The line (or row), counted from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What the layout asks for.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl SourceError {
    /// An error at a line of a file.
    pub fn new(
        file: &str,
        line: usize,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        SourceError {
            file: file.to_string(),
            line,
            expected: expected.into(),
            found: found.into(),
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for SourceError {}
