//! Errors as values.
//!
//! A built-in that fails returns [`Raised`]; the exception itself waits in the interpreter state
//! ([`Vm::raise`](crate::model::vm::Vm::raise), [`Vm::take_exception`](crate::model::vm::Vm::take_exception)). So a
//! result is one word, and `?` is one branch.

use core::fmt;

use crate::errno::Errno;
use crate::model::types::Type;
use crate::model::word::Obj;

/// Proof that an exception waits in the interpreter state. Whoever drops it loses an error.
#[must_use = "an exception is waiting: return it, or take it from the interpreter state"]
#[derive(Debug, PartialEq, Eq)]
pub struct Raised(());

impl Raised {
    /// A proof. Only the interpreter state makes one, when an exception is left there.
    pub(crate) fn new() -> Raised {
        Raised(())
    }
}

/// The result of a function that can raise an exception.
pub type Res<T = Obj> = Result<T, Raised>;

const _: () = assert!(size_of::<Res>() == size_of::<usize>());

/// Exceptions raised from Rust.
pub trait Raise {
    /// Raises an exception of the built-in type `ty` with `message` as its only argument.
    fn error(&self, ty: &'static Type, message: fmt::Arguments<'_>) -> Raised;

    /// Raises an exception of the built-in type `ty` with arguments `args`.
    fn error_with(&self, ty: &'static Type, args: &[Obj]) -> Raised;

    /// Raises `KeyError` for `key`.
    fn key_error(&self, key: Obj) -> Raised;

    /// Raises `StopIteration`, with `value` unless that is `None`.
    fn stop_iteration(&self, value: Obj) -> Raised;

    /// Raises `OSError` with error number `errno`.
    fn os_error(&self, errno: Errno) -> Raised;

    /// Raises `MemoryError` for want of `bytes` bytes.
    fn memory_error(&self, bytes: usize) -> Raised;

    /// Raises `RuntimeError` because calls are nested too deep.
    fn recursion_error(&self) -> Raised;

    /// Raises `TypeError` with `message`.
    fn type_error(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Raises `ValueError` with `message`.
    fn value_error(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Raises `AttributeError` with `message`.
    fn attribute_error(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Raises `IndexError` with `message`.
    fn index_error(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Raises `NameError` with `message`.
    fn name_error(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Raises `RuntimeError` with `message`.
    fn runtime_error(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Raises `OverflowError` with `message`.
    fn overflow_error(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Raises `ZeroDivisionError` with `message`.
    fn zero_division(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Raises `ImportError` with `message`.
    fn import_error(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Raises `NotImplementedError` with `message`.
    fn not_implemented(&self, message: fmt::Arguments<'_>) -> Raised;
}
