//! Running instructions one at a time, with something to be done before each.
//!
//! Handlers go on with the next instruction through [`Dispatch`](super::op::Dispatch). While somebody counts instructions or traces them, it has them
//! stop, so that control comes back to [`Vm::run`] each time; at other times nothing asks.

use core::cell::Cell;

use super::Vm;
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
        self.choose_dispatch();
    }

    /// Takes `count` instructions from those that programs may still run.
    pub(crate) fn charge_instructions(&self, count: u64) {
        self.steps.left.set(self.steps.left.get().map(|left| left.saturating_sub(count)));
    }

    /// Has instructions go on to the next, or stop before it, as is needed now.
    pub(crate) fn choose_dispatch(&self) {
        self.dispatch.set_stops(self.steps.left.get().is_some() || self.thread.tracer.is_on());
    }

    /// Does what is to be done before the next instruction of the running frame.
    ///
    /// # Errors
    /// An exception, as if that instruction had raised it.
    #[cold]
    pub(crate) fn before_instruction(&self) -> Res<()> {
        let result = self.check_instructions().and_then(|()| match self.thread.tracer.is_on() {
            true => self.trace_instruction(),
            false => Ok(()),
        });
        self.charge_instructions(1);
        if result.is_err() {
            let frame = self.frame();
            frame.ip.set(frame.ip.get().wrapping_add(1));
        }
        result
    }

    /// Checks that programs may run another instruction.
    ///
    /// # Errors
    /// An exception that nothing handles.
    pub(crate) fn check_instructions(&self) -> Res<()> {
        match self.steps.left.get() {
            Some(0) => Err(self.abort(format_args!("instruction limit exceeded"))),
            _ => Ok(()),
        }
    }
}
