//! From Python to Rust.

use alloc::string::String;

use berus_runtime::data::dict::Dicts;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Classes, Strs};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::{float, int};
use berus_runtime::ops::convert::Convert;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::convert::numbers::integer;
use crate::convert::{Bytes, FromPython};
use crate::error::{Error, Result};
use crate::python::Python;
use crate::value::Value;

/// A value, to be read.
pub(super) struct Deserializer<'p> {
    value: Value,
    py: &'p Python,
}

/// What a value is, as far as data formats have words for it.
enum Kind {
    None,
    Bool(bool),
    Int,
    Float,
    Text,
    Bytes,
    Items,
    Entries,
    Other(String),
}

impl Kind {
    fn of(vm: &Vm, object: Obj) -> Kind {
        let ty = vm.type_of(object);
        match object.as_bool() {
            Some(truth) => Kind::Bool(truth),
            None if object == Obj::NONE => Kind::None,
            None if ty == Gc::from_static(&int::TYPE) => Kind::Int,
            None if ty == Gc::from_static(&float::TYPE) => Kind::Float,
            None if vm.as_str(object).is_some() => Kind::Text,
            None if vm.as_dict(object).is_some() => Kind::Entries,
            None if vm.as_items(object).is_some() => Kind::Items,
            None if ["bytes", "bytearray", "memoryview"].contains(&vm.type_name(object)) => Kind::Bytes,
            None => Kind::Other(vm.type_name(object).into()),
        }
    }
}

impl<'p> Deserializer<'p> {
    pub fn new(value: Value, py: &'p Python) -> Deserializer<'p> {
        Deserializer { value, py }
    }

    fn kind(&self) -> Result<Kind> {
        self.py.within(|vm| Ok(Kind::of(vm, self.py.word(&self.value)?)))
    }

    fn to<T: FromPython>(&self) -> Result<T> {
        self.value.to(self.py)
    }

    fn int<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value> {
        if let Ok(value) = self.to::<i64>() {
            return visitor.visit_i64(value);
        }
        if let Ok(value) = self.to::<u64>() {
            return visitor.visit_u64(value);
        }
        let object = self.py.word(&self.value)?;
        match integer::<i128>(self.py, object) {
            Ok(value) => visitor.visit_i128(value),
            Err(_) => visitor.visit_u128(integer(self.py, object)?),
        }
    }

    fn items<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let iterator = self.value.iter::<Value>(self.py)?;
        visitor.visit_seq(Items { iterator, py: self.py })
    }

    fn entries<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_map(Entries::new(self.value, self.py))
    }
}

impl<'de> de::Deserializer<'de> for Deserializer<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        // Values may contain themselves: this asks whether there is stack left, too.
        self.py.within(|_| match self.kind()? {
            Kind::None => visitor.visit_unit(),
            Kind::Bool(truth) => visitor.visit_bool(truth),
            Kind::Int => self.int(visitor),
            Kind::Float => visitor.visit_f64(self.to()?),
            Kind::Text => visitor.visit_string(self.to()?),
            Kind::Bytes => visitor.visit_byte_buf(self.to::<Bytes>()?.0),
            Kind::Items => self.items(visitor),
            Kind::Entries => self.entries(visitor),
            Kind::Other(name) => Err(Error::type_error(format_args!("a {name} is no data"))),
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.value.is_none(self.py) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.py.within(|_| visitor.visit_newtype_struct(Deserializer::new(self.value.clone(), self.py)))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.kind()? {
            // A dict or a string can be iterated over, but is no sequence.
            Kind::Items | Kind::Bytes | Kind::Other(_) => self.py.within(|_| {
                let inner = Deserializer::new(self.value.clone(), self.py);
                inner.items(visitor)
            }),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.kind()? {
            // Whatever has bytes, such as an `array`.
            Kind::Other(_) => visitor.visit_byte_buf(self.to::<Bytes>()?.0),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.kind()? {
            Kind::Other(_) => self.py.within(|_| {
                visitor.visit_map(Fields { object: &self.value, name: "", fields, value: None, py: self.py })
            }),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.kind()? {
            Kind::Text => visitor.visit_enum(self.to::<String>()?.into_deserializer()),
            Kind::Entries if self.value.len(self.py)? == 1 => {
                let mut entries = Entries::new(self.value, self.py);
                self.py.within(|_| visitor.visit_enum(Variant(&mut entries)))
            }
            _ => Err(Error::value_error(format_args!("not a variant of {name}"))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string unit unit_struct map identifier
    }
}

/// Reads a part of a value.
fn read<'de, T: DeserializeSeed<'de>>(seed: T, value: Value, py: &Python) -> Result<T::Value> {
    py.raising(|vm| py.state().bound.count(vm, size_of::<T::Value>()))?;
    seed.deserialize(Deserializer::new(value, py))
}

/// The items that iterating yields.
struct Items<'p> {
    iterator: crate::value::Items<'p, Value>,
    py: &'p Python,
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let item = self.iterator.next().transpose()?;
        item.map(|item| read(seed, item, self.py)).transpose()
    }
}

/// The entries of a dict, which may change meanwhile.
struct Entries<'p> {
    dict: Value,
    /// The place to look for the next entry from.
    from: usize,
    /// The key read last, and what is behind the key until that is read.
    key: Option<Value>,
    value: Option<Value>,
    py: &'p Python,
}

impl<'p> Entries<'p> {
    fn new(dict: Value, py: &'p Python) -> Entries<'p> {
        Entries { dict, from: 0, key: None, value: None, py }
    }

    fn next(&mut self) -> Result<Option<Value>> {
        self.py.within(|vm| {
            let dict = vm.as_dict(self.py.word(&self.dict)?);
            let Some((at, key, value)) = dict.and_then(|dict| dict.map.entry_from(self.from)) else { return Ok(None) };
            self.from = at + 1;
            self.value = Some(self.py.root(value.unwrap_or(Obj::NONE)));
            Ok(Some(self.py.root(key)))
        })
    }
}

/// The value behind a key, which has been asked for before.
fn value_of(value: &mut Option<Value>) -> Result<Value> {
    value.take().ok_or_else(|| Error::value_error("a value without a key"))
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        self.key = self.next()?;
        self.key.clone().map(|key| read(seed, key, self.py)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        read(seed, value_of(&mut self.value)?, self.py).map_err(|error| match &self.key {
            Some(key) => error.in_part(&key.str(self.py).unwrap_or_default()),
            None => error,
        })
    }
}

/// The attributes of an object that are a struct's fields. Those that are missing are left out.
struct Fields<'p> {
    object: &'p Value,
    /// The field read last.
    name: &'static str,
    /// The fields to read.
    fields: &'static [&'static str],
    value: Option<Value>,
    py: &'p Python,
}

impl<'de> de::MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        while let Some((name, rest)) = self.fields.split_first() {
            (self.name, self.fields) = (name, rest);
            match self.object.get_attr(self.py, name) {
                Ok(value) => {
                    self.value = Some(value);
                    return seed.deserialize((*name).into_deserializer()).map(Some);
                }
                Err(error) if error.type_name() == "AttributeError" => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        read(seed, value_of(&mut self.value)?, self.py).map_err(|error| error.in_part(self.name))
    }
}

/// A variant by the one entry of a dict: its name, and what the variant holds.
struct Variant<'e, 'p>(&'e mut Entries<'p>);

impl<'de, 'p> de::EnumAccess<'de> for Variant<'_, 'p> {
    type Error = Error;
    type Variant = Deserializer<'p>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Deserializer<'p>)> {
        let name = de::MapAccess::next_key_seed(self.0, seed)?;
        let name = name.ok_or_else(|| Error::value_error("the dict has changed"))?;
        Ok((name, Deserializer::new(value_of(&mut self.0.value)?, self.0.py)))
    }
}

impl<'de> de::VariantAccess<'de> for Deserializer<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result {
        de::Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_tuple(self, len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_struct(self, "", fields, visitor)
    }
}
