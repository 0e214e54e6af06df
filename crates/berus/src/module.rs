//! Modules.

use berus_runtime::model::layout::Module as RawModule;

use crate::convert::{Arguments, FromPython, Private, ToPython, Word};
use crate::error::{Error, Result};
use crate::function::{self, HostArguments, HostResult};
use crate::python::Python;
use crate::value::Value;

/// A module.
#[derive(Clone)]
pub struct Module(pub(crate) Value);

impl Module {
    /// The attribute of this name.
    ///
    /// # Errors
    /// `AttributeError` if there is none, and `TypeError` if its value is no `T`.
    pub fn get<T: FromPython>(&self, py: &Python, name: &str) -> Result<T> {
        self.0.get_attr(py, name)
    }

    /// Sets the attribute of this name.
    ///
    /// # Errors
    /// `AttributeError` if the module's attributes cannot be set, and what converting the value raises.
    pub fn set(&self, py: &Python, name: &str, value: impl ToPython) -> Result {
        self.0.set_attr(py, name, value)
    }

    /// Calls the function of this name.
    ///
    /// # Errors
    /// `AttributeError` if there is none, what the function raises, and `TypeError` if its result is no `T`.
    pub fn call<T: FromPython>(&self, py: &Python, function: &str, args: impl Arguments) -> Result<T> {
        self.0.call_method(py, function, args)
    }

    /// Adds a function of Rust's, as [`Python::function`] does.
    ///
    /// # Errors
    /// `ValueError` if the signature is none, or does not fit the parameters of the closure.
    pub fn function<A, R, F>(&self, py: &Python, signature: &str, function: F) -> Result
    where
        A: HostArguments,
        R: HostResult,
        F: Fn(&Python, A) -> R + Send + 'static,
    {
        let (name, made) = function::make(py, signature, function)?;
        self.set(py, &name, made)
    }

    /// Adds a function whose calls the host answers, as [`Python::external`] does.
    ///
    /// # Errors
    /// `ValueError` if the signature is none.
    pub fn external(&self, py: &Python, signature: &str) -> Result {
        let (name, made) = function::make_external(py, signature)?;
        self.set(py, &name, made)
    }

    /// Adds an async function of Rust's, as [`Python::async_function`] does.
    ///
    /// # Errors
    /// `ValueError` if the signature is none, or does not fit the parameters of the closure.
    pub fn async_function<A, R, F, O>(&self, py: &Python, signature: &str, function: F) -> Result
    where
        A: HostArguments,
        R: HostResult + Send + 'static,
        F: Fn(A) -> O + Send + 'static,
        O: Future<Output = R> + Send + 'static,
    {
        let (name, made) = function::make_async(py, signature, function)?;
        self.set(py, &name, made)
    }
}

impl FromPython for Module {
    fn from_python(value: &Value, py: &Python) -> Result<Module> {
        py.within(|_| match py.word(value)?.downcast::<RawModule>() {
            Some(_) => Ok(Module(value.clone())),
            None => Err(Error::type_error("module expected")),
        })
    }
}

impl ToPython for Module {
    fn to_python(self, _: &Python) -> Result<Value> {
        Ok(self.0)
    }

    fn to_word(self, py: &Python, _: Private) -> Result<Word> {
        py.word(&self.0).map(Word)
    }
}
