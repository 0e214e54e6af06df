//! Printers, to which objects print themselves.

use crate::model::error::Res;
use crate::model::vm::Vm;

/// What a printed form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The form for people: `str()`.
    Str,
    /// The form of source where possible: `repr()`.
    Repr,
    /// The form in a traceback: exceptions are shown with their type.
    Exception,
    /// The form that `b"%s"` wants: bytes undecorated.
    Raw,
    /// The form of JSON.
    Json,
}

/// A receiver of printed text.
pub trait Printer {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// The exception of the receiver: `MemoryError`, `OSError`, or what a `write` method raises.
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()>;

    /// Takes what comes between two items.
    ///
    /// # Errors
    /// As [`write`](Printer::write).
    fn write_comma(&mut self, vm: &Vm) -> Res<()> {
        self.write(vm, b", ")
    }

    /// Takes what comes between a key and its value.
    ///
    /// # Errors
    /// As [`write`](Printer::write).
    fn write_colon(&mut self, vm: &Vm) -> Res<()> {
        self.write(vm, b": ")
    }
}
