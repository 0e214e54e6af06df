//! What the derives of the conversions use.

use alloc::format;
use alloc::string::String;

use crate::convert::FromPython;
use crate::error::{Error, Result};
use crate::python::Python;
use crate::value::{Dict, Value};

/// The field `name` of `value`: the item of a dict, the attribute of another object; `None` if there is none.
///
/// # Errors
/// What looking raises, and `TypeError` if the field is no `T`.
pub fn field<T: FromPython>(value: &Value, py: &Python, name: &str) -> Result<Option<T>> {
    let found: Result<Value> = match fitting::<Dict>(value, py)? {
        Some(dict) => dict.get(py, name),
        None => value.get_attr(py, name),
    };
    match found {
        Ok(found) => found.to(py).map(Some).map_err(|error| error.in_part(name)),
        Err(error) if ["AttributeError", "KeyError"].contains(&error.type_name()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The value as a `T`, or `None` if the value is no `T`.
///
/// # Errors
/// The limit that ended the conversion.
fn fitting<T: FromPython>(value: &Value, py: &Python) -> Result<Option<T>> {
    match value.to(py) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.limit().is_some() => Err(error),
        Err(_) => Ok(None),
    }
}

/// As [`field`].
///
/// # Errors
/// `ValueError` if there is no such field, too.
pub fn required_field<T: FromPython>(value: &Value, py: &Python, name: &str) -> Result<T> {
    field(value, py, name)?.ok_or_else(|| Error::value_error(format!("there is no '{name}'")))
}

/// The variant of an enum that a value stands for.
pub enum Variant {
    /// A string: the name of a variant without fields.
    Unit(String),
    /// A dict of one item: the name of a variant, and its fields.
    Holding(String),
    /// Something else.
    None,
}

impl Variant {
    /// The variant that `value` stands for.
    ///
    /// # Errors
    /// What looking raises.
    pub fn of(value: &Value, py: &Python) -> Result<Variant> {
        if let Some(name) = fitting(value, py)? {
            return Ok(Variant::Unit(name));
        }
        if fitting::<Dict>(value, py)?.is_some()
            && value.len(py)? == 1
            && let Some(name) = value.iter(py)?.next()
        {
            return Ok(Variant::Holding(name?));
        }
        Ok(Variant::None)
    }
}
