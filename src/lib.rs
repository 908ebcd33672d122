//! Offline search and validation of US medical codes.
//!
//! Modules stand in reading order; nothing points back.

pub mod code_system;
pub mod concepts;
pub mod date;
#[cfg(not(target_arch = "wasm32"))]
pub mod sources;
