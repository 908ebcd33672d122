//! Values from JavaScript, checked, and results for it.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::errors::{error, invalid_option, shown};
use crate::code_system::CodeSystem;
use crate::date::Date;

/// The most that `limit` may ask for: more than the largest code system has.
pub(super) const MAX_LIMIT: f64 = 1_000_000.0;

/// A result for JavaScript, or the error to throw.
pub(super) type JsResult = Result<JsValue, JsValue>;

/// The options of a call. They are read one by one and checked: wasm-bindgen by itself would turn `limit: 1.9` into 1.
pub(super) struct Options(Option<Object>);

impl Options {
    /// Takes an object, null or undefined. Names that are not known are refused, so that a misspelt one is noticed.
    pub(super) fn of(options: JsValue, known: &[&str]) -> Result<Options, JsValue> {
        if options.is_undefined() || options.is_null() {
            return Ok(Options(None));
        }
        if Array::is_array(&options) {
            return Err(invalid_option("an object of options", &options));
        }
        let object: Object = options
            .dyn_into()
            .map_err(|found| invalid_option("an object of options", &found))?;
        for name in Object::keys(&object).iter() {
            let name = name.as_string().unwrap_or_default();
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                return Err(error(
                    "INVALID_OPTION",
                    &format!("expected one of the options {known}, found '{name}'"),
                ));
            }
        }
        Ok(Options(Some(object)))
    }

    /// The value of an option; nothing where it is absent, undefined or null.
    pub(super) fn value(&self, name: &str) -> Result<Option<JsValue>, JsValue> {
        let Some(object) = &self.0 else {
            return Ok(None);
        };
        let value = Reflect::get(object, &name.into())?;
        Ok((!value.is_undefined() && !value.is_null()).then_some(value))
    }

    /// A whole number, 0 or more.
    pub(super) fn count(&self, name: &str) -> Result<Option<usize>, JsValue> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        match value.as_f64() {
            Some(number) if number >= 0.0 && number.fract() == 0.0 && number.is_finite() => {
                Ok(Some(number.min(MAX_LIMIT) as usize))
            }
            _ => Err(invalid_option(
                &format!("a whole number, 0 or more, as {name}"),
                &value,
            )),
        }
    }

    pub(super) fn date(&self) -> Result<Option<Date>, JsValue> {
        let Some(value) = self.value("date")? else {
            return Ok(None);
        };
        let date = value.as_string().and_then(|date| Date::parse(&date));
        let expected = || invalid_option("a date such as '2026-10-01' as date", &value);
        date.map(Some).ok_or_else(expected)
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, JsValue> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        let flag = value.as_bool();
        let expected = || invalid_option(&format!("true or false as {name}"), &value);
        flag.map(Some).ok_or_else(expected)
    }

    pub(super) fn string(&self, name: &str) -> Result<Option<String>, JsValue> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        let string = value.as_string();
        let expected = || invalid_option(&format!("a string as {name}"), &value);
        string.map(Some).ok_or_else(expected)
    }

    pub(super) fn system(&self) -> Result<Option<CodeSystem>, JsValue> {
        match self.string("system")? {
            Some(name) => named(&name).map(Some),
            None => Ok(None),
        }
    }

    /// The code systems of an array of names; none for all of them.
    pub(super) fn systems(&self) -> Result<Vec<CodeSystem>, JsValue> {
        let Some(value) = self.value("systems")? else {
            return Ok(Vec::new());
        };
        let refused = || invalid_option("an array of strings as systems", &value);
        let array: &Array = value.dyn_ref().ok_or_else(refused)?;
        let mut systems = Vec::new();
        for name in array.iter() {
            let name = name.as_string().ok_or_else(refused)?;
            let group = CodeSystem::parse_group(&name);
            if group.is_empty() {
                named(&name)?;
            }
            systems.extend(group);
        }
        Ok(systems)
    }
}
pub(super) fn named(name: &str) -> Result<CodeSystem, JsValue> {
    CodeSystem::parse(name).ok_or_else(|| {
        let known: Vec<_> = CodeSystem::all().map(CodeSystem::id).collect();
        let known = known.join(", ");
        error(
            "UNKNOWN_SYSTEM",
            &format!("expected one of the code systems {known} or an alias, found '{name}'"),
        )
    })
}

/// A string argument.
pub(super) fn text(value: &JsValue, name: &str) -> Result<String, JsValue> {
    value.as_string().ok_or_else(|| {
        let found = shown(value);
        error(
            "INVALID_ARGUMENT",
            &format!("expected a string as {name}, found {found}"),
        )
    })
}

/// An argument that is an array of strings.
pub(super) fn texts(value: &JsValue, name: &str) -> Result<Vec<String>, JsValue> {
    let refused = |found: String| {
        error(
            "INVALID_ARGUMENT",
            &format!("expected an array of strings as {name}, found {found}"),
        )
    };
    let array: &Array = value.dyn_ref().ok_or_else(|| refused(shown(value)))?;
    let string = |item: JsValue| {
        item.as_string()
            .ok_or_else(|| refused(format!("{} in it", shown(&item))))
    };
    array.iter().map(string).collect()
}

/// The bytes of an argument, copied out of JavaScript.
pub(super) fn bytes_of(bytes: &JsValue) -> Result<Vec<u8>, JsValue> {
    let array = match bytes.dyn_ref::<Uint8Array>() {
        Some(array) => array.clone(),
        None if bytes.is_instance_of::<js_sys::ArrayBuffer>() => Uint8Array::new(bytes),
        None => {
            let found = shown(bytes);
            return Err(error(
                "INVALID_ARGUMENT",
                &format!("expected the bytes of an index as a Uint8Array, found {found}"),
            ));
        }
    };
    Ok(array.to_vec())
}

pub(super) fn none() -> JsValue {
    Array::new().into()
}
