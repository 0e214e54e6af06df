//! From Rust to Python.

use alloc::string::ToString;

use berus_runtime::data::bytes::Bytes as RawBytes;
use berus_runtime::model::layout::{List as RawList, Tuple as RawTuple};
use berus_runtime::model::word::Obj;
use berus_runtime::obj::int;
use serde::{Serialize, ser};

use crate::convert::ToPython;
use crate::error::{Error, Result};
use crate::python::Python;
use crate::value::{Dict, List, Value};

/// Makes values of one interpreter. What is being made is held by handles, since types may keep the parts of a
/// serialiser wherever they like.
#[derive(Clone, Copy)]
pub(super) struct Serializer<'p>(pub &'p Python);

impl<'p> Serializer<'p> {
    fn items(self, is_tuple: bool, variant: Option<&'static str>) -> Result<Items<'p>> {
        Ok(Items { py: self.0, list: List::new(self.0)?, is_tuple, variant })
    }

    fn entries(self, variant: Option<&'static str>) -> Result<Entries<'p>> {
        Ok(Entries { py: self.0, dict: Dict::new(self.0)?, key: None, variant })
    }

    /// An int that may be larger than 64 bits.
    fn large(self, value: impl ToString) -> Result<Value> {
        self.0.root(Obj::from_static(&int::TYPE)).call(self.0, (value.to_string(),))
    }
}

/// `value`, or a dict of it if it is what a variant holds.
fn in_variant(py: &Python, variant: Option<&str>, value: Value) -> Result<Value> {
    let Some(name) = variant else { return Ok(value) };
    let dict = Dict::new(py)?;
    dict.set(py, name, value)?;
    dict.to_python(py)
}

/// Functions for types that are converted without `serde`.
macro_rules! converted {
    ($($function:ident $ty:ty),* $(,)?) => {
        $(fn $function(self, value: $ty) -> Result<Value> {
            value.to_python(self.0)
        })*
    };
}

impl<'p> ser::Serializer for Serializer<'p> {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = Items<'p>;
    type SerializeTuple = Items<'p>;
    type SerializeTupleStruct = Items<'p>;
    type SerializeTupleVariant = Items<'p>;
    type SerializeMap = Entries<'p>;
    type SerializeStruct = Entries<'p>;
    type SerializeStructVariant = Entries<'p>;

    converted!(
        serialize_bool bool, serialize_char char, serialize_str &str,
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64,
        serialize_f32 f32, serialize_f64 f64,
    );

    fn serialize_i128(self, value: i128) -> Result<Value> {
        self.large(value)
    }

    fn serialize_u128(self, value: u128) -> Result<Value> {
        self.large(value)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value> {
        self.0.raising(|vm| Ok(self.0.root(RawBytes::new(vm, bytes)?.obj())))
    }

    fn serialize_none(self) -> Result<Value> {
        ().to_python(self.0)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value> {
        ().to_python(self.0)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value> {
        ().to_python(self.0)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value> {
        variant.to_python(self.0)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Value> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value> {
        in_variant(self.0, Some(variant), value.serialize(self)?)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'p>> {
        self.items(false, None)
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'p>> {
        self.items(true, None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'p>> {
        self.items(true, None)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Items<'p>> {
        self.items(true, Some(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'p>> {
        self.entries(None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'p>> {
        self.entries(None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Entries<'p>> {
        self.entries(Some(variant))
    }
}

/// A list or tuple that is being made.
pub(super) struct Items<'p> {
    py: &'p Python,
    list: List,
    is_tuple: bool,
    variant: Option<&'static str>,
}

impl Items<'_> {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        let value = self.py.within(|_| value.serialize(Serializer(self.py)))?;
        self.list.push(self.py, value)
    }

    fn done(self) -> Result<Value> {
        let value = match self.is_tuple {
            false => self.list.to_python(self.py)?,
            true => self.py.within(|vm| {
                let list = self.py.word(&self.list)?;
                let Some(list) = list.downcast::<RawList>() else { return Err(Error::type_error("list expected")) };
                let tuple = RawTuple::of_list(vm, &list).map_err(|raised| Error::of_raised(vm, raised))?;
                Ok(self.py.root(tuple.obj()))
            })?,
        };
        in_variant(self.py, self.variant, value)
    }
}

/// Implements the traits of things with items, whose functions are `$function` and `end`.
macro_rules! items {
    ($($trait:ident $function:ident),*) => {
        $(impl ser::$trait for Items<'_> {
            type Ok = Value;
            type Error = Error;

            fn $function<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
                self.push(value)
            }

            fn end(self) -> Result<Value> {
                self.done()
            }
        })*
    };
}

items!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

/// A dict that is being made.
pub(super) struct Entries<'p> {
    py: &'p Python,
    dict: Dict,
    key: Option<Value>,
    variant: Option<&'static str>,
}

impl Entries<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, key: impl ToPython, value: &T) -> Result {
        let value = self.py.within(|_| value.serialize(Serializer(self.py)))?;
        self.dict.set(self.py, key, value)
    }

    fn done(self) -> Result<Value> {
        in_variant(self.py, self.variant, self.dict.to_python(self.py)?)
    }
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = Value;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result {
        self.key = Some(key.serialize(Serializer(self.py))?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        let key = self.key.take().ok_or_else(|| Error::value_error("a value without a key"))?;
        self.add(key, value)
    }

    fn end(self) -> Result<Value> {
        self.done()
    }
}

/// Implements the traits of things with named fields.
macro_rules! fields {
    ($($trait:ident),*) => {
        $(impl ser::$trait for Entries<'_> {
            type Ok = Value;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result {
                self.add(name, value)
            }

            fn end(self) -> Result<Value> {
                self.done()
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);
