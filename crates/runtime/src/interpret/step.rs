//! Running instructions one at a time, with something to be done before each.
//!
//! Handlers go on with the next instruction through `Dispatch`. While somebody counts or traces instructions,
//! `Dispatch` has the handlers stop, so that control comes back to `run` each time; at other times no handler asks
//! whether somebody does.

use crate::interpret::trace::trace_instruction;
use crate::model::error::Res;
use crate::model::machine_stack::clear_stack_below;
use crate::model::steps::{charge_instructions, check_instructions, choose_dispatch};
use crate::model::vm::Vm;
#[cfg(feature = "threads")]
use crate::services::lock::has_threads;

/// Collects at a safe point. Where there are several threads, nothing is freed: the other threads hold values on
/// machine stacks.
fn collect_now(vm: &Vm) {
    #[cfg(feature = "threads")]
    if has_threads(vm) {
        return;
    }
    vm.frame().forget_above();
    // SAFETY: no built-in is active, so that all objects are in the interpreter's own memory.
    unsafe { vm.free_unreached(0, 0) };
}

/// Does what is to be done before the next instruction of the running frame.
///
/// # Errors
/// An exception, as if the next instruction had raised it.
#[cold]
pub(crate) fn before_instruction(vm: &Vm) -> Res<()> {
    if let Some(again) = vm.steps.tidy.get().checked_sub(1) {
        vm.steps.tidy.set(again);
        clear_stack_below();
        vm.frame().forget_above();
        choose_dispatch(vm);
    }
    if vm.steps.collect.get() && vm.thread.safe_points.are_reached() {
        vm.steps.collect.set(false);
        collect_now(vm);
        choose_dispatch(vm);
    }
    let result = check_instructions(vm).and_then(|()| match vm.thread.tracer.is_on() {
        true => trace_instruction(vm),
        false => Ok(()),
    });
    charge_instructions(vm, 1);
    if result.is_err() {
        let frame = vm.frame();
        frame.ip.set(frame.ip.get().wrapping_add(1));
    }
    result
}
