//! Running instructions one at a time, with something to be done before each.
//!
//! Handlers go on with the next instruction through [`Dispatch`](super::op::Dispatch). While somebody counts instructions or traces them, it has them
//! stop, so that control comes back to [`Vm::run`] each time; at other times nothing asks.

use core::cell::Cell;

use super::Vm;
use super::machine_stack::clear_stack_below;
use crate::error::Res;

/// What is to be done before instructions.
#[derive(Default)]
pub(crate) struct Steps {
    /// Instructions that programs may still run, if somebody counts.
    left: Cell<Option<u64>>,
    /// Whether the stacks are to be tidied.
    tidy: Cell<bool>,
    /// Whether to collect at the next safe point.
    collect: Cell<bool>,
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
        let Steps { left, tidy, collect } = &self.steps;
        let has_to_collect = collect.get() && self.thread.safe_points.are_reached();
        self.dispatch.set_stops(left.get().is_some() || tidy.get() || has_to_collect || self.thread.tracer.is_on());
    }

    /// Has what built-ins leave on the stacks overwritten before the next instruction. In a call at the same depth these words would lie where its
    /// functions keep values, until they do, and so seem to refer to objects.
    pub(crate) fn tidy_soon(&self) {
        self.steps.tidy.set(true);
        self.choose_dispatch();
    }

    /// Has what nothing refers to freed at the next safe point.
    pub(crate) fn collect_at_safe_point(&self) {
        self.steps.collect.set(true);
        self.choose_dispatch();
    }

    /// Collects at a safe point. Where there are several threads, nothing is freed: the others hold values on machine stacks.
    fn collect_now(&self) {
        #[cfg(feature = "threads")]
        if self.has_threads() {
            return;
        }
        self.frame().forget_above();
        // SAFETY: no built-in is active, so that all objects are in the interpreter's own memory.
        unsafe { self.free_unreached(0, 0) };
    }

    /// Does what is to be done before the next instruction of the running frame.
    ///
    /// # Errors
    /// An exception, as if that instruction had raised it.
    #[cold]
    pub(crate) fn before_instruction(&self) -> Res<()> {
        if self.steps.tidy.take() {
            clear_stack_below();
            self.frame().forget_above();
            self.choose_dispatch();
        }
        if self.steps.collect.get() && self.thread.safe_points.are_reached() {
            self.steps.collect.set(false);
            self.collect_now();
            self.choose_dispatch();
        }
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
