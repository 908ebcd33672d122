//! The boundary to JavaScript: only this module knows it. Compiled for wasm32 alone.
//!
//! Results are plain objects (nothing to free), described exactly by the interfaces below. What a person may type is
//! never an error here: an unknown code is an answer. What a program may get wrong (an option of the wrong type, bytes
//! that are no index) throws an `Error` whose `name` is `MedcodeError` and whose `code` is stable.
//!
//! Every exported method takes `&self`: after a trap, methods that take `&mut self` would throw for ever.

mod claim;
mod errors;
mod lookup;
mod plain;
mod search;
mod validate;
mod values;

use std::borrow::Cow;
use std::cell::{Ref, RefCell};

use serde::Serialize;
use wasm_bindgen::prelude::*;

use self::errors::{error, in_use, open_error};
use self::plain::plain;
use self::values::{JsResult, bytes_of};
use crate::code_system::CodeSystem;
use crate::index::release::ReleaseInfo;
use crate::index::{ConceptId, Index, System};

/// The index that `build.sh` compiles from the publishers' files and embeds.
static EMBEDDED: &[u8] = include_bytes!(env!("MEDCODE_INDEX", "run ./build.sh"));

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The short identifier of a code system. */
export type CodeSystemId = "icd10cm" | "icd10pcs" | "icd9cm_dx" | "icd9cm_sg" | "hcpcs" | "cpt";

/** A code system by its identifier, its canonical URI or a common alias, such as `urn:oid:2.16.840.1.113883.6.90`. */
export type CodeSystemName = CodeSystemId | (string & {});

/** A calendar date, written `2026-10-01`. */
export type DateString = string;

/** The days from `start` to `end`, both included; an absent side is not bounded. */
export interface Period {
  start?: DateString;
  end?: DateString;
}

/** A file that a release was read from. */
export interface FileInfo {
  name: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  sha256: string;
}

/** Which release of a code system is loaded. */
export interface ReleaseInfo {
  /** The publisher's name of the release, such as `FY2026`. */
  version: string;
  period: Period;
  /** How many codes it has, headers included. */
  codes: number;
  /** How many of them are valid for submission. */
  billable: number;
  /** Where several releases are loaded as one: each with its days, the earliest first. */
  parts?: { version: string; period: Period }[];
  files: FileInfo[];
}

/** A loaded code system. */
export interface SystemInfo {
  system: CodeSystemId;
  /** Its name for people, such as `ICD-10-CM`. */
  title: string;
  /** Its canonical URI (FHIR `system`). */
  uri: string;
  release: ReleaseInfo;
}

/** Which code system a code belongs to. */
export interface SystemOption {
  /** Default: the first loaded one that has the code. */
  system?: CodeSystemName | null;
}
"#;

/// The opened code systems: search, look up and check codes.
///
/// Everything happens in this object; nothing is fetched, sent or kept elsewhere.
#[wasm_bindgen]
pub struct Medcode {
    // Written by `addPack` alone. No JavaScript runs while it is borrowed, so that no borrow meets another.
    index: RefCell<Index<'static>>,
}

#[wasm_bindgen]
impl Medcode {
    /// Opens the index that is embedded in the module.
    ///
    /// @throws {MedcodeError} when the module was damaged on the way
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Medcode, JsValue> {
        Medcode::over(EMBEDDED)
    }

    /// Opens an index from its bytes instead of the embedded one.
    ///
    /// The bytes are copied; the copy stays in memory until `free()`, or until packs have replaced all that it brought.
    ///
    /// @throws {MedcodeError} when the bytes are not an index of this version
    pub fn open(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue,
    ) -> Result<Medcode, JsValue> {
        Medcode::over(bytes_of(&bytes)?)
    }

    /// Adds the code systems of a pack. A system that is already there is replaced.
    ///
    /// The bytes are copied; the copy stays in memory until `free()`, or until other packs have replaced all that it brought.
    ///
    /// @throws {MedcodeError} when the bytes are not an index of this version; nothing is added then
    #[wasm_bindgen(js_name = addPack)]
    pub fn add_pack(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue,
    ) -> Result<(), JsValue> {
        let bytes = bytes_of(&bytes)?;
        let mut index = self.index.try_borrow_mut().map_err(|_| in_use())?;
        index.add(bytes).map_err(open_error)
    }

    /// The version of the library.
    pub fn version() -> String {
        env!("CARGO_PKG_VERSION").to_string()
    }

    /// The loaded code systems and their releases.
    #[wasm_bindgen(unchecked_return_type = "SystemInfo[]")]
    pub fn systems(&self) -> JsResult {
        #[derive(Serialize)]
        struct SystemInfo<'a> {
            system: CodeSystem,
            title: &'static str,
            uri: &'static str,
            release: &'a ReleaseInfo,
        }
        let index = self.index()?;
        let describe = |system| {
            let code_system = System::code_system(system);
            SystemInfo {
                system: code_system,
                title: code_system.title(),
                uri: code_system.uri(),
                release: system.release(),
            }
        };
        plain(&index.systems().iter().map(describe).collect::<Vec<_>>())
    }
}

impl Medcode {
    fn over(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Medcode, JsValue> {
        let index = Index::open(bytes).map_err(open_error)?;
        Ok(Medcode {
            index: RefCell::new(index),
        })
    }

    fn index(&self) -> Result<Ref<'_, Index<'static>>, JsValue> {
        self.index.try_borrow().map_err(|_| in_use())
    }
}

/// Finds a code in the system asked for, or in the first loaded one that has it.
fn locate<'a>(
    index: &'a Index<'static>,
    code: &str,
    code_system: Option<CodeSystem>,
) -> Result<Option<(&'a System<'static>, ConceptId)>, JsValue> {
    if let Some(code_system) = code_system {
        let system = loaded(index, code_system)?;
        return Ok(system.find(code).map(|concept| (system, concept)));
    }
    let found = |system: &'a System<'static>| Some((system, system.find(code)?));
    Ok(index.systems().iter().find_map(found))
}

fn loaded<'a>(
    index: &'a Index<'static>,
    code_system: CodeSystem,
) -> Result<&'a System<'static>, JsValue> {
    index.system(code_system).ok_or_else(|| {
        let message = format!("{code_system} is not loaded: add its pack with addPack");
        error("SYSTEM_NOT_LOADED", &message)
    })
}
