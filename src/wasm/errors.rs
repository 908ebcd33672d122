//! The errors that JavaScript sees.

use js_sys::{Array, Error, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::index::format::OpenError;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** An error thrown by Medcode. */
export interface MedcodeError extends Error {
  name: "MedcodeError";
  /**
   * Stable: `INVALID_ARGUMENT`, `INVALID_OPTION`, `UNKNOWN_SYSTEM`, `SYSTEM_NOT_LOADED`, or why bytes are not an index:
   * `TOO_SHORT`, `NOT_AN_INDEX`, `UNSUPPORTED_VERSION`, `CHECKSUM_MISMATCH`, `BAD_SECTION`.
   */
  code: string;
}
"#;

pub(super) fn open_error(problem: OpenError) -> JsValue {
    error(problem.code(), &problem.to_string())
}

pub(super) fn invalid_option(expected: &str, found: &JsValue) -> JsValue {
    let found = shown(found);
    error(
        "INVALID_OPTION",
        &format!("expected {expected}, found {found}"),
    )
}

pub(super) fn in_use() -> JsValue {
    error("INTERNAL", "the index is being replaced: try again")
}

/// A JavaScript value in a message: its own text where it is short and simple, else its type.
pub(super) fn shown(value: &JsValue) -> String {
    if let Some(text) = value.as_string() {
        return format!("'{text}'");
    }
    if value.as_f64().is_some() || value.as_bool().is_some() {
        // JavaScript prints numbers anyway; what Rust prints them with would be in every download.
        return value.unchecked_ref::<Object>().to_string().into();
    }
    match value {
        value if value.is_undefined() => "undefined".to_string(),
        value if value.is_null() => "null".to_string(),
        value if Array::is_array(value) => "an array".to_string(),
        value => format!(
            "a value of type {}",
            value.js_typeof().as_string().unwrap_or_default()
        ),
    }
}

pub(super) fn error(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    error.set_name("MedcodeError");
    // Setting a property of a fresh, extensible object does not fail.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}
