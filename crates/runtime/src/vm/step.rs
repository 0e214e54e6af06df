//! Running instructions one at a time.
//!
//! Handlers go on with the next instruction through a table that the interpreter names ([`Vm::table`]). While something has to be done before
//! each instruction, that is a table whose handlers all stop, so that control comes back to [`Vm::run`] each time; at other times
//! nothing asks.

use core::cell::Cell;

use super::Vm;
use super::op;
use crate::error::Res;

/// What is to be done before instructions.
#[derive(Default)]
pub(crate) struct Steps {
    /// Instructions that programs may still run, if somebody counts.
    left: Cell<Option<u64>>,
}

impl Vm {
    /// Lets programs run `limit` more instructions, or any number.
    pub(crate) fn count_instructions(&self, limit: Option<u64>) {
        self.steps.left.set(limit);
        self.choose_table();
    }

    /// Makes instructions go on to the next, or stop before it, as is needed now.
    pub(crate) fn choose_table(&self) {
        let stop = self.steps.left.get().is_some();
        self.table.set(if stop { &op::STOP } else { &op::TABLE });
    }

    /// Whether something has to be done before each instruction.
    #[inline(always)]
    pub(crate) fn is_stepping(&self) -> bool {
        !core::ptr::eq(self.table.get(), &op::TABLE)
    }

    /// Does what is to be done before the next instruction of the top frame.
    ///
    /// # Errors
    /// An exception, as if that instruction had raised it.
    #[cold]
    pub(crate) fn before_instruction(&self) -> Res<()> {
        match self.steps.left.get() {
            Some(0) => return Err(self.abort(format_args!("instruction limit exceeded"))),
            Some(left) => self.steps.left.set(Some(left - 1)),
            None => {}
        }
        Ok(())
    }
}
