//! Conversions between values of Rust and of Python.
//!
//! | Rust | Python |
//! | --- | --- |
//! | `bool`, integers, `f32`, `f64` | `bool`, `int`, `float` |
//! | `&str`, `String`, `char` | `str` |
//! | [`Bytes`] | `bytes`, and whatever has bytes |
//! | `()`, `Option<T>` | `None`, or a `T` |
//! | `Vec<T>`, slices, arrays | `list`; from a list, a tuple, or whatever can be iterated over |
//! | tuples | `tuple`; from a tuple or a list of as many items |
//! | `HashMap<K, V>`, `BTreeMap<K, V>` | `dict` |
//! | structs, enums | dicts, tuples, strings: by derives, which `berus-derive` describes |
//! | [`Serde<T>`](crate::Serde), with the feature `serde` | what `T` says by `Serialize` and `Deserialize` |
//! | [`Value`], [`Dict`](crate::Dict), [`List`](crate::List), ... | any value, or one of this type |

mod bound;
mod containers;
mod numbers;
#[cfg(feature = "serde")]
mod serde;
mod text;
mod tuples;

use berus_runtime::model::word::Obj;

use crate::error::Result;
use crate::python::Python;
use crate::value::Value;

#[cfg(feature = "serde")]
pub use self::serde::Serde;
pub(crate) use bound::{Bound, Text};
pub use containers::Bytes;
pub use tuples::Arguments;

/// A word of an interpreter that has been entered, for conversions that need no handle: no word leaves the outermost
/// [`Python::within`], below which alone the collector looks for words on the machine stack.
#[derive(Clone, Copy)]
pub struct Word(pub(crate) Obj);

/// What calls of hidden functions need: only this crate has it.
#[derive(Clone, Copy)]
pub struct Private(pub(crate) ());

/// Values of Rust that become values of Python.
///
/// ```
/// use berus::{Dict, Python, Result, ToPython, Value};
///
/// struct Point {
///     x: f64,
///     y: f64,
/// }
///
/// impl ToPython for Point {
///     fn to_python(self, py: &Python) -> Result<Value> {
///         let point = Dict::new(py)?;
///         point.set(py, "x", self.x)?;
///         point.set(py, "y", self.y)?;
///         point.to_python(py)
///     }
/// }
///
/// let py = berus::Interpreter::new()?;
/// py.set("point", Point { x: 3.0, y: 4.0 })?;
/// assert_eq!(py.eval::<f64>("(point['x'] ** 2 + point['y'] ** 2) ** 0.5")?, 5.0);
/// # Ok::<(), berus::Error>(())
/// ```
pub trait ToPython: Sized {
    /// The value in Python.
    ///
    /// # Errors
    /// `MemoryError`, and whatever keeps the value from becoming one of Python's.
    fn to_python(self, py: &Python) -> Result<Value>;

    /// As [`to_python`](ToPython::to_python), of an interpreter that has been entered.
    #[doc(hidden)]
    fn to_word(self, py: &Python, _: Private) -> Result<Word> {
        let value = self.to_python(py)?;
        py.word(&value).map(Word)
    }
}

/// Values of Rust that values of Python become.
///
/// ```
/// use berus::{FromPython, Python, Result, Value};
///
/// struct Point {
///     x: f64,
///     y: f64,
/// }
///
/// impl FromPython for Point {
///     fn from_python(value: &Value, py: &Python) -> Result<Point> {
///         Ok(Point { x: value.get(py, "x")?, y: value.get(py, "y")? })
///     }
/// }
///
/// let py = berus::Interpreter::new()?;
/// let points: Vec<Point> = py.eval("[{'x': 1, 'y': 2.5}, {'x': 0, 'y': 0}]")?;
/// assert_eq!((points[0].x, points[0].y, points.len()), (1.0, 2.5, 2));
/// # Ok::<(), berus::Error>(())
/// ```
pub trait FromPython: Sized {
    /// The value in Rust.
    ///
    /// # Errors
    /// `TypeError` if `value` is none.
    fn from_python(value: &Value, py: &Python) -> Result<Self>;

    /// As [`from_python`](FromPython::from_python), of an interpreter that has been entered.
    #[doc(hidden)]
    fn from_word(word: Word, py: &Python, _: Private) -> Result<Self> {
        let bound = &py.state().bound;
        let _conversion = bound.conversion();
        let value = py.raising(|vm| bound.count(vm, size_of::<Self>()).map(|()| py.root(word.0)))?;
        Self::from_python(&value, py)
    }
}

/// Implements both traits by functions that work on words.
macro_rules! by_word {
    ($ty:ty, to $to:expr $(, from $from:expr)?) => {
        impl $crate::convert::ToPython for $ty {
            fn to_python(self, py: &$crate::Python) -> $crate::Result<$crate::Value> {
                py.within(|_| Ok(py.root(self.to_word(py, $crate::convert::Private(()))?.0)))
            }

            fn to_word(self, py: &$crate::Python, _: $crate::convert::Private) -> $crate::Result<$crate::convert::Word> {
                let to: fn(&$crate::Python, Self) -> $crate::Result<$crate::convert::Word> = $to;
                to(py, self)
            }
        }

        $(impl $crate::convert::FromPython for $ty {
            fn from_python(value: &$crate::Value, py: &$crate::Python) -> $crate::Result<Self> {
                value.to(py)
            }

            fn from_word(word: $crate::convert::Word, py: &$crate::Python, _: $crate::convert::Private) -> $crate::Result<Self> {
                let from: fn(&$crate::Python, berus_runtime::model::word::Obj) -> $crate::Result<Self> = $from;
                from(py, word.0)
            }
        })?
    };
}
pub(crate) use by_word;

impl ToPython for Value {
    fn to_python(self, _: &Python) -> Result<Value> {
        Ok(self)
    }

    fn to_word(self, py: &Python, _: Private) -> Result<Word> {
        py.word(&self).map(Word)
    }
}

impl ToPython for &Value {
    fn to_python(self, _: &Python) -> Result<Value> {
        Ok(self.clone())
    }

    fn to_word(self, py: &Python, _: Private) -> Result<Word> {
        py.word(self).map(Word)
    }
}

impl FromPython for Value {
    fn from_python(value: &Value, _: &Python) -> Result<Value> {
        Ok(value.clone())
    }

    fn from_word(word: Word, py: &Python, _: Private) -> Result<Value> {
        py.raising(|vm| py.state().bound.count(vm, size_of::<Value>()).map(|()| py.root(word.0)))
    }
}
