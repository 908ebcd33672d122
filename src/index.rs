//! The index: its bytes, and what they become in memory.

pub mod claim_edits;
pub mod codes;
pub mod coding;
pub mod conversions;
pub mod core;
pub mod definitions;
mod edits;
pub mod flags;
pub mod format;
pub mod index_terms;
pub mod maps;
mod mixing;
pub mod notes;
mod phrases;
pub mod pool;
pub mod properties;
pub mod release;
pub mod shorts;
mod system;
pub mod tables;
pub mod text;
pub mod vocabulary;

pub use claim_edits::ClaimEdits;
pub use conversions::{Predecessor, Successor};
pub use flags::{EditFlag, EditFlags, EditPeriod, Edits};
pub use maps::{Equivalence, MapChoice, MapStatus, MapTarget, TargetCode, Translation};
pub use system::{
    Concept, ConceptId, GroupRef, Index, NoteRef, PcsMeaning, PcsValue, System, plain_code,
};
