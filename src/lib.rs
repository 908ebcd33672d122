//! Offline search and validation of US medical codes.
//!
//! Modules stand in reading order; nothing points back.

#[cfg(not(target_arch = "wasm32"))]
pub mod build;
pub mod changes;
pub mod claim;
pub mod code_system;
pub mod compile;
pub mod concepts;
pub mod date;
pub mod groups;
pub mod index;
pub mod links;
pub mod next;
pub mod search;
mod sort;
#[cfg(not(target_arch = "wasm32"))]
pub mod sources;
pub mod validate;
#[cfg(not(target_arch = "wasm32"))]
pub mod vocabulary;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use changes::{ChangeKind, Changes, CodeChange};
pub use claim::{Claim, ClaimFix, Issue, Severity, apply_fix};
pub use code_system::CodeSystem;
pub use date::{Date, Period};
pub use index::{Concept, ConceptId, Index, System};
pub use search::{Hit, Match, MatchedBy, SearchOptions, SearchResult};
pub use validate::{Fix, Status, ValidateOptions, Validation};
