//! Variables of programs.

use berus_runtime::data::dict::Dicts;
use berus_runtime::model::layout::Dict as RawDict;
use berus_runtime::model::object::Gc;

use crate::convert::{Arguments, FromPython, ToPython};
use crate::error::{Error, Result};
use crate::execution::Execution;
use crate::program::Code;
use crate::python::{Python, call_in, eval_in, get_in, run_in, set_in, start_in};
use crate::value::Value;

/// Variables that programs run with: those of `__main__`, or others.
///
/// ```
/// use berus::{Interpreter, Program};
///
/// let py = Interpreter::new()?;
/// let program = Program::compile("total = sum(prices)", "total.py")?;
/// for (prices, total) in [(vec![1, 2], 3), (vec![], 0)] {
///     let variables = py.namespace()?;
///     variables.set(&py, "prices", prices)?;
///     variables.run(&py, &program)?;
///     assert_eq!(variables.get::<i64>(&py, "total")?, total);
/// }
/// assert!(py.get::<i64>("total").is_err());
/// # Ok::<(), berus::Error>(())
/// ```
#[derive(Clone)]
pub struct Namespace(pub(crate) Value);

impl Namespace {
    fn globals(&self, py: &Python) -> Result<Gc<RawDict>> {
        let dict = py.word(&self.0)?;
        // SAFETY: the dict is used inside of `Python::within` below.
        let found = unsafe { py.vm() }.as_dict(dict);
        found.ok_or_else(|| Error::type_error("the variables are no dict"))
    }

    /// Runs a program with these variables.
    ///
    /// # Errors
    /// What the program raises, `SyntaxError` among others.
    pub fn run(&self, py: &Python, program: impl Code) -> Result {
        py.within(|vm| {
            let globals = self.globals(py)?;
            run_in(vm, &program, globals).map_err(|raised| Error::of_raised(vm, raised))
        })
    }

    /// An execution of a program in steps, with these variables; nothing runs yet.
    ///
    /// # Errors
    /// `SyntaxError`, and `MemoryError`.
    pub fn start(&self, py: &Python, program: impl Code) -> Result<Execution> {
        py.within(|vm| {
            let globals = self.globals(py)?;
            start_in(vm, &program, globals).map_err(|raised| Error::of_raised(vm, raised))
        })
    }

    /// The value of an expression, computed with these variables.
    ///
    /// # Errors
    /// What the expression raises, and `TypeError` if its value is no `T`.
    pub fn eval<T: FromPython>(&self, py: &Python, expression: &str) -> Result<T> {
        py.within(|vm| eval_in(py, vm, expression, self.globals(py)?))
    }

    /// Calls the function of this name.
    ///
    /// # Errors
    /// `NameError` if there is no such variable, what the function raises, and `TypeError` if its result is no `T`.
    pub fn call<T: FromPython>(&self, py: &Python, function: &str, args: impl Arguments) -> Result<T> {
        py.within(|vm| call_in(py, vm, function, args, self.globals(py)?))
    }

    /// The variable of this name.
    ///
    /// # Errors
    /// `NameError` if there is none, and `TypeError` if its value is no `T`.
    pub fn get<T: FromPython>(&self, py: &Python, name: &str) -> Result<T> {
        py.within(|vm| get_in(py, vm, name, self.globals(py)?))
    }

    /// Sets the variable of this name.
    ///
    /// # Errors
    /// `MemoryError`, and what converting the value raises.
    pub fn set(&self, py: &Python, name: &str, value: impl ToPython) -> Result {
        py.within(|vm| set_in(py, vm, name, value, self.globals(py)?))
    }
}
