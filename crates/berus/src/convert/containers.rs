//! Values that hold others.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
#[cfg(feature = "std")]
use std::collections::HashMap;
#[cfg(feature = "std")]
use std::hash::{BuildHasher, Hash};

use berus_runtime::data::bytes::Bytes as RawBytes;
use berus_runtime::data::dict::Dicts;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::{Dict as RawDict, List as RawList};
use berus_runtime::model::protocols::Iterate;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;

use crate::convert::{FromPython, Private, ToPython, Word};
use crate::error::{Error, Result};
use crate::python::Python;
use crate::value::Value;

/// Bytes: a `bytes` object in Python, where a `Vec<u8>` is a list of ints. From Python, the bytes of whatever has some:
/// `bytes`, `bytearray`, `memoryview`.
///
/// ```
/// use berus::Bytes;
///
/// let py = berus::Interpreter::new()?;
/// py.set("packet", Bytes(vec![1, 2, 255]))?;
/// assert_eq!(py.eval::<Bytes>("packet[1:] + packet[:1]")?.0, [2, 255, 1]);
/// # Ok::<(), berus::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl ToPython for Bytes {
    fn to_python(self, py: &Python) -> Result<Value> {
        py.within(|_| Ok(py.root(self.to_word(py, Private(()))?.0)))
    }

    fn to_word(self, py: &Python, _: Private) -> Result<Word> {
        py.raising(|vm| RawBytes::new(vm, &self.0)).map(|bytes| Word(bytes.obj()))
    }
}

impl FromPython for Bytes {
    fn from_python(value: &Value, py: &Python) -> Result<Bytes> {
        py.raising(|vm| {
            let object = py.word(value).unwrap_or(Obj::NONE);
            let buffer = vm.buffer(object, Access::Read)?;
            vm.work_on_bytes(buffer.bytes().len())?;
            py.state().bound.take(vm, buffer.bytes().len())?;
            Ok(Bytes(buffer.bytes().to_vec()))
        })
    }
}

impl<T: ToPython> ToPython for Option<T> {
    fn to_python(self, py: &Python) -> Result<Value> {
        py.within(|_| Ok(py.root(self.to_word(py, Private(()))?.0)))
    }

    fn to_word(self, py: &Python, private: Private) -> Result<Word> {
        self.map_or(Ok(Word(Obj::NONE)), |value| value.to_word(py, private))
    }
}

impl<T: FromPython> FromPython for Option<T> {
    fn from_python(value: &Value, py: &Python) -> Result<Option<T>> {
        value.to(py)
    }

    fn from_word(word: Word, py: &Python, private: Private) -> Result<Option<T>> {
        if word.0 == Obj::NONE { Ok(None) } else { T::from_word(word, py, private).map(Some) }
    }
}

/// A list of `items`.
fn list<T: ToPython>(py: &Python, items: impl IntoIterator<Item = T>) -> Result<Word> {
    py.within(|vm| {
        let raised = |raised| Error::of_raised(vm, raised);
        let items = items.into_iter();
        let list = RawList::with_capacity(vm, items.size_hint().0).map_err(raised)?;
        for item in items {
            let Word(item) = item.to_word(py, Private(()))?;
            list.append(vm, item).map_err(raised)?;
        }
        Ok(Word(list.obj()))
    })
}

/// Calls `each` with the items of `object`: of a list, a tuple, or of what iterating over it yields.
fn for_each_item<T: FromPython>(py: &Python, object: Obj, each: &mut dyn FnMut(T)) -> Result {
    py.within(|vm| {
        let raised = |raised| Error::of_raised(vm, raised);
        let bound = &py.state().bound;
        let _conversion = bound.conversion();
        let mut convert = |item| {
            bound.count(vm, size_of::<T>()).map_err(raised)?;
            each(T::from_word(Word(item), py, Private(()))?);
            Ok(())
        };
        if let Some(items) = vm.as_items(object) {
            // Converting an item may run a program's code, which may change the list.
            let mut index = 0;
            while let Some(item) = items.get(index) {
                convert(item)?;
                index += 1;
            }
            return Ok(());
        }
        let iterator = vm.iter(object).map_err(raised)?;
        while let Some(item) = vm.next(iterator).map_err(raised)? {
            convert(item)?;
        }
        Ok(())
    })
}

/// Implements [`ToPython`] by a function to a word.
macro_rules! to_word {
    ([$($generics:tt)*] $ty:ty, $($convert:tt)*) => {
        impl<$($generics)*> ToPython for $ty {
            fn to_python(self, py: &Python) -> Result<Value> {
                py.within(|_| Ok(py.root(self.to_word(py, Private(()))?.0)))
            }

            fn to_word(self, py: &Python, _: Private) -> Result<Word> {
                ($($convert)*)(py, self)
            }
        }
    };
}

to_word! { [T: ToPython] Vec<T>, list }
to_word! { [T: ToPython + Clone] &[T], |py, items: &[T]| list(py, items.iter().cloned()) }
to_word! { [T: ToPython + Clone] &Vec<T>, |py, items: &Vec<T>| list(py, items.iter().cloned()) }
to_word! { [T: ToPython, const N: usize] [T; N], list }
to_word! { [K: ToPython, V: ToPython] BTreeMap<K, V>, dict }
#[cfg(feature = "std")]
to_word! { [K: ToPython, V: ToPython, S: BuildHasher] HashMap<K, V, S>, dict }

impl<T: FromPython> FromPython for Vec<T> {
    fn from_python(value: &Value, py: &Python) -> Result<Vec<T>> {
        value.to(py)
    }

    fn from_word(Word(object): Word, py: &Python, _: Private) -> Result<Vec<T>> {
        let mut items = Vec::new();
        for_each_item(py, object, &mut |item| items.push(item))?;
        Ok(items)
    }
}

impl<T: FromPython, const N: usize> FromPython for [T; N] {
    fn from_python(value: &Value, py: &Python) -> Result<[T; N]> {
        let items: Vec<T> = value.to(py)?;
        let given = items.len();
        items.try_into().map_err(|_| Error::value_error(alloc::format!("{N} items expected, not {given}")))
    }
}

/// A dict of `entries`.
fn dict<K: ToPython, V: ToPython>(py: &Python, entries: impl IntoIterator<Item = (K, V)>) -> Result<Word> {
    py.within(|vm| {
        let dict = RawDict::new(vm).map_err(|raised| Error::of_raised(vm, raised))?;
        for (key, value) in entries {
            let Word(key) = key.to_word(py, Private(()))?;
            let Word(value) = value.to_word(py, Private(()))?;
            dict.map.store(vm, key, value).map_err(|raised| Error::of_raised(vm, raised))?;
        }
        Ok(Word(dict.obj()))
    })
}

/// Calls `each` with the entries of `object`, a dict.
fn for_each_entry<K: FromPython, V: FromPython>(py: &Python, object: Obj, each: &mut dyn FnMut(K, V)) -> Result {
    py.within(|vm| {
        let Some(dict) = vm.as_dict(object) else { return Err(Error::type_error("dict expected")) };
        let bound = &py.state().bound;
        let _conversion = bound.conversion();
        let mut from = 0;
        while let Some((at, key, value)) = dict.map.entry_from(from) {
            bound.count(vm, size_of::<(K, V)>()).map_err(|raised| Error::of_raised(vm, raised))?;
            let key = K::from_word(Word(key), py, Private(()))?;
            each(key, V::from_word(Word(value.unwrap_or(Obj::NONE)), py, Private(()))?);
            from = at + 1;
        }
        Ok(())
    })
}

/// Implements [`FromPython`] for a map, from a dict.
macro_rules! from_dict {
    ([$($generics:tt)*] $ty:ty) => {
        impl<$($generics)*> FromPython for $ty {
            fn from_python(value: &Value, py: &Python) -> Result<Self> {
                value.to(py)
            }

            fn from_word(Word(object): Word, py: &Python, _: Private) -> Result<Self> {
                let mut map = Self::default();
                for_each_entry(py, object, &mut |key, value| {
                    map.insert(key, value);
                })?;
                Ok(map)
            }
        }
    };
}

from_dict! { [K: FromPython + Ord, V: FromPython] BTreeMap<K, V> }
#[cfg(feature = "std")]
from_dict! { [K: FromPython + Hash + Eq, V: FromPython, S: BuildHasher + Default] HashMap<K, V, S> }
