//! Results as plain objects. Every type of result becomes one value type first, and only that is made an object of, so
//! that the code that talks to JavaScript is in the module once and not once for each type.

use std::cell::RefCell;
use std::fmt::{self, Display};

use serde::ser::{
    Error, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
    Serializer,
};
use serde_wasm_bindgen::Serializer as ToJavaScript;

use super::errors::error;
use super::values::JsResult;

/// A result as plain objects: absent fields are left out, numbers are numbers.
pub(super) fn plain<T: Serialize + ?Sized>(result: &T) -> JsResult {
    match result.serialize(ToValue) {
        Ok(value) => given(&value),
        Err(never) => match never {},
    }
}

fn given(value: &Value) -> JsResult {
    let given = value.serialize(&ToJavaScript::new());
    given.map_err(|problem| error("INTERNAL", &problem.to_string()))
}

/// What results are made of.
enum Value {
    Absent,
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(&'static str, Value)>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Absent => serializer.serialize_none(),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(values) => serializer.collect_seq(values),
            Value::Object(fields) => {
                let mut object = serializer.serialize_struct("", fields.len())?;
                for (name, value) in fields {
                    object.serialize_field(name, value)?;
                }
                object.end()
            }
        }
    }
}

/// No result refuses to be a value.
#[derive(Debug)]
enum Never {}

impl Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl Error for Never {
    fn custom<T: Display>(_: T) -> Never {
        unreachable!("results have no serializers that fail")
    }
}

/// Makes values of results. Results have no bytes, and no variants with unnamed fields.
struct ToValue;

impl Serializer for ToValue {
    type Ok = Value;
    type Error = Never;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = Impossible<Value, Never>;
    type SerializeTupleVariant = Impossible<Value, Never>;
    type SerializeMap = Object;
    type SerializeStruct = Object;
    type SerializeStructVariant = Impossible<Value, Never>;

    fn serialize_bool(self, value: bool) -> Result<Value, Never> {
        Ok(Value::Flag(value))
    }
    fn serialize_i8(self, value: i8) -> Result<Value, Never> {
        Ok(Value::Number(value.into()))
    }
    fn serialize_i16(self, value: i16) -> Result<Value, Never> {
        Ok(Value::Number(value.into()))
    }
    fn serialize_i32(self, value: i32) -> Result<Value, Never> {
        Ok(Value::Number(value.into()))
    }
    fn serialize_i64(self, value: i64) -> Result<Value, Never> {
        Ok(Value::Number(value as f64))
    }
    fn serialize_u8(self, value: u8) -> Result<Value, Never> {
        Ok(Value::Number(value.into()))
    }
    fn serialize_u16(self, value: u16) -> Result<Value, Never> {
        Ok(Value::Number(value.into()))
    }
    fn serialize_u32(self, value: u32) -> Result<Value, Never> {
        Ok(Value::Number(value.into()))
    }
    fn serialize_u64(self, value: u64) -> Result<Value, Never> {
        Ok(Value::Number(value as f64))
    }
    fn serialize_f32(self, value: f32) -> Result<Value, Never> {
        Ok(Value::Number(value.into()))
    }
    fn serialize_f64(self, value: f64) -> Result<Value, Never> {
        Ok(Value::Number(value))
    }
    fn serialize_char(self, value: char) -> Result<Value, Never> {
        Ok(Value::Text(value.into()))
    }
    fn serialize_str(self, value: &str) -> Result<Value, Never> {
        Ok(Value::Text(value.into()))
    }
    fn serialize_bytes(self, value: &[u8]) -> Result<Value, Never> {
        self.collect_seq(value)
    }
    fn serialize_none(self) -> Result<Value, Never> {
        Ok(Value::Absent)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Never> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Value, Never> {
        Ok(Value::Absent)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, Never> {
        Ok(Value::Absent)
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, Never> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, Never> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Never> {
        let mut object = Object::default();
        SerializeStruct::serialize_field(&mut object, variant, value)?;
        SerializeStruct::end(object)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<List, Never> {
        Ok(List(Vec::new()))
    }
    fn serialize_tuple(self, _: usize) -> Result<List, Never> {
        Ok(List(Vec::new()))
    }
    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Never> {
        unreachable!("no result has unnamed fields: {name}")
    }
    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Never> {
        unreachable!("no result has unnamed fields: {name}")
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Object, Never> {
        Ok(Object::default())
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object, Never> {
        Ok(Object::default())
    }
    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Never> {
        unreachable!("no result has unnamed fields: {name}")
    }
}

struct List(Vec<Value>);

impl SerializeSeq for List {
    type Ok = Value;
    type Error = Never;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        self.0.push(value.serialize(ToValue)?);
        Ok(())
    }
    fn end(self) -> Result<Value, Never> {
        Ok(Value::List(self.0))
    }
}

impl SerializeTuple for List {
    type Ok = Value;
    type Error = Never;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        SerializeSeq::serialize_element(self, value)
    }
    fn end(self) -> Result<Value, Never> {
        SerializeSeq::end(self)
    }
}

thread_local! {
    /// The names of fields that came as keys of maps, as those of an object inside another do. There are some dozens of
    /// them: kept for ever, each becomes a string of JavaScript only once.
    static NAMES: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

fn kept(name: String) -> &'static str {
    NAMES.with_borrow_mut(|names| {
        if let Some(kept) = names.iter().find(|kept| **kept == name) {
            return *kept;
        }
        names.push(String::leak(name));
        names.last().copied().unwrap_or_default()
    })
}

#[derive(Default)]
struct Object {
    fields: Vec<(&'static str, Value)>,
    /// The key of the entry that comes next.
    key: &'static str,
}

impl Object {
    #[inline(never)]
    fn put(&mut self, name: &'static str, value: Value) {
        self.fields.push((name, value));
    }
}

impl SerializeStruct for Object {
    type Ok = Value;
    type Error = Never;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        self.put(name, value.serialize(ToValue)?);
        Ok(())
    }
    fn end(self) -> Result<Value, Never> {
        Ok(Value::Object(self.fields))
    }
}

impl SerializeMap for Object {
    type Ok = Value;
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        if let Value::Text(key) = key.serialize(ToValue)? {
            self.key = kept(key);
        }
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        self.put(self.key, value.serialize(ToValue)?);
        Ok(())
    }
    fn end(self) -> Result<Value, Never> {
        SerializeStruct::end(self)
    }
}
