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
    let found: Result<Value> = match value.to::<Dict>(py) {
        Ok(dict) => dict.get(py, name),
        Err(_) => value.get_attr(py, name),
    };
    match found {
        Ok(found) => found.to(py).map(Some).map_err(|error| error.in_part(name)),
        Err(error) if ["AttributeError", "KeyError"].contains(&error.type_name()) => Ok(None),
        Err(error) => Err(error),
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
        if let Ok(name) = value.to(py) {
            return Ok(Variant::Unit(name));
        }
        if value.to::<Dict>(py).is_ok()
            && value.len(py)? == 1
            && let Some(name) = value.iter(py)?.next()
        {
            return Ok(Variant::Holding(name?));
        }
        Ok(Variant::None)
    }
}
