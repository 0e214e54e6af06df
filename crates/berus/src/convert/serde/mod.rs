//! Conversions of all types that `serde` knows.

mod from_python;
mod to_python;

use core::fmt;

use serde::de::{DeserializeOwned, Expected, Unexpected};
use serde::{Serialize, de, ser};

use crate::convert::{FromPython, ToPython};
use crate::error::{Error, Result};
use crate::python::Python;
use crate::value::Value;

/// A value of any type that can be serialised, to Python, or deserialised, from Python, with the feature `serde`.
///
/// | Rust | Python |
/// | --- | --- |
/// | `bool`, numbers, text | as [`ToPython`] has them |
/// | bytes | `bytes`; from whatever has bytes |
/// | `()`, unit structs, options | `None`, or the value |
/// | sequences | `list`; from whatever can be iterated over |
/// | tuples, tuple structs | `tuple` |
/// | maps, structs | `dict`; a struct also from an object with these attributes |
/// | newtype structs | what their field is |
/// | enums | `'Name'`, or a dict `{'Name': value}` |
///
/// ```
/// use berus::{Interpreter, Serde};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize)]
/// #[serde(rename_all = "camelCase")]
/// struct Item {
///     item_name: &'static str,
///     price: f64,
/// }
///
/// #[derive(Debug, PartialEq, Deserialize)]
/// enum Verdict {
///     Fair,
///     TooMuch { by: f64 },
/// }
///
/// let py = Interpreter::new()?;
/// py.run("def judge(item): return {'TooMuch': {'by': item['price'] - 5}} if item['price'] > 5 else 'Fair'")?;
/// let Serde(verdict): Serde<Verdict> = py.call("judge", (Serde(Item { item_name: "tea", price: 6.5 }),))?;
/// assert_eq!(verdict, Verdict::TooMuch { by: 1.5 });
///
/// py.set("config", Serde(serde_json::json!({"retries": 3, "hosts": ["a", "b"]})))?;
/// assert_eq!(py.eval::<String>("config['hosts'][1] * config['retries']")?, "bbb");
/// let Serde(config) = py.get::<Serde<serde_json::Value>>("config")?;
/// assert_eq!(config["retries"], 3);
/// # Ok::<(), berus::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serde<T>(pub T);

impl<T: Serialize> ToPython for Serde<T> {
    fn to_python(self, py: &Python) -> Result<Value> {
        py.within(|_| self.0.serialize(to_python::Serializer(py)))
    }
}

impl<T: DeserializeOwned> FromPython for Serde<T> {
    fn from_python(value: &Value, py: &Python) -> Result<Serde<T>> {
        let _conversion = py.state().bound.conversion();
        py.within(|_| T::deserialize(from_python::Deserializer::new(value.clone(), py)).map(Serde))
    }
}

impl ser::Error for Error {
    fn custom<M: fmt::Display>(message: M) -> Error {
        Error::value_error(message)
    }
}

impl de::Error for Error {
    fn custom<M: fmt::Display>(message: M) -> Error {
        Error::value_error(message)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Error {
        Error::type_error(format_args!("{expected} expected, not {found}"))
    }
}
