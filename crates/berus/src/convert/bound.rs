//! The bound of what conversions make.
//!
//! A small object may stand for any number of Rust's values: a list that holds one long list a thousand times, a generator
//! that never ends. So what a conversion makes takes at most as many bytes as the interpreter has memory, and the work
//! of converting counts to the run's budget.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::printer::Printer;
use berus_runtime::model::vm::Vm;

/// How much conversions may make, one after the other.
#[derive(Default)]
pub(crate) struct Bound {
    /// The interpreter's memory in bytes.
    memory: usize,
    /// The bytes that the conversion at work may still take; `None` if there is no such conversion.
    left: Cell<Option<usize>>,
}

/// A conversion, or a part of one, as long as it is at work.
pub(crate) struct Conversion<'b> {
    bound: &'b Bound,
    /// What was left before, for the outermost part to put back.
    before: Option<Option<usize>>,
}

impl Bound {
    pub fn new(memory: usize) -> Bound {
        Bound { memory, left: Cell::new(None) }
    }

    /// Begins a conversion, or a part of the one at work.
    pub fn conversion(&self) -> Conversion<'_> {
        let before = match self.left.get() {
            None => Some(self.left.replace(Some(self.memory))),
            Some(_) => None,
        };
        Conversion { bound: self, before }
    }

    /// Begins what converts for itself, though a conversion may be at work: a host function.
    pub fn apart(&self) -> Conversion<'_> {
        Conversion { bound: self, before: Some(self.left.take()) }
    }

    /// Counts a value of `bytes` bytes that the conversion at work makes.
    ///
    /// # Errors
    /// `MemoryError` if the conversion makes too much, and as [`Vm::work`].
    #[inline]
    pub fn count(&self, vm: &Vm, bytes: usize) -> Res<()> {
        vm.work(1)?;
        self.take(vm, bytes)
    }

    /// Counts memory only.
    ///
    /// # Errors
    /// `MemoryError` if the conversion makes too much.
    #[inline]
    pub fn take(&self, vm: &Vm, bytes: usize) -> Res<()> {
        let Some(left) = self.left.get() else { return Ok(()) };
        let left = left.checked_sub(bytes).ok_or_else(|| vm.memory_error(bytes))?;
        self.left.set(Some(left));
        Ok(())
    }
}

impl Drop for Conversion<'_> {
    fn drop(&mut self) {
        if let Some(before) = self.before {
            self.bound.left.set(before);
        }
    }
}

/// Text that a value prints: a conversion by itself.
pub(crate) struct Text<'b> {
    bytes: Vec<u8>,
    conversion: Conversion<'b>,
}

impl<'b> Text<'b> {
    pub fn new(bound: &'b Bound) -> Text<'b> {
        Text { bytes: Vec::new(), conversion: bound.conversion() }
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn into_string(self) -> String {
        // Programs can make strings with half a surrogate pair.
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Printer for Text<'_> {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        self.conversion.bound.take(vm, bytes.len())?;
        self.bytes.write(vm, bytes)
    }
}
