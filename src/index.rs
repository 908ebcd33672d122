//! The index: its bytes, and what they become in memory.

pub mod coding;
pub mod core;
pub mod definitions;
mod edits;
pub mod format;
pub mod notes;
pub mod pool;
pub mod properties;
pub mod release;
mod system;
pub mod tables;
pub mod text;

pub use system::{
    Concept, ConceptId, GroupRef, Index, NoteRef, PcsMeaning, PcsValue, System, plain_code,
};
