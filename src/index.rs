//! The index: its bytes, and what they become in memory.

pub mod coding;
pub mod core;
mod edits;
pub mod format;
pub mod index_terms;
mod mixing;
pub mod notes;
pub mod properties;
pub mod release;
pub mod shorts;
mod system;
pub mod text;

pub use system::{Concept, ConceptId, GroupRef, Index, NoteRef, System, plain_code};
