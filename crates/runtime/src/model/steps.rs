//! Counting instructions for a budget, and stopping before instructions.

use crate::model::dispatch::Steps;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::vm::Vm;

/// Takes `count` instructions from those that programs may still run.
pub(crate) fn charge_instructions(vm: &Vm, count: u64) {
    vm.steps.left.set(vm.steps.left.get().map(|left| left.saturating_sub(count)));
}

/// Checks that programs may run another instruction.
///
/// # Errors
/// An exception that nothing handles, if the budget is used up.
pub(crate) fn check_instructions(vm: &Vm) -> Res<()> {
    match vm.steps.left.get() {
        Some(0) => Err(vm.abort(format_args!("instruction limit exceeded"))),
        _ => Ok(()),
    }
}

/// Lets programs run `limit` more instructions, or any number if that is `None`.
pub(crate) fn count_instructions(vm: &Vm, limit: Option<u64>) {
    vm.steps.left.set(limit);
    choose_dispatch(vm);
}

/// Makes instructions go on to the next or stop before it, as is needed now.
pub(crate) fn choose_dispatch(vm: &Vm) {
    let Steps { left, tidy, collect, turns: _, pause } = &vm.steps;
    let has_to_collect = collect.get() && vm.thread.safe_points.are_reached();
    let has_to_act = left.get().is_some() || tidy.get() > 0 || has_to_collect || pause.get();
    vm.dispatch.set_stops(has_to_act || vm.thread.tracer.is_on());
}

/// Asks that the words which built-ins have left on the stacks be overwritten before the next instruction, and before
/// the one after that: the first stores what the built-in has made, and leaves words of its own. They would lie in the
/// frames of the next call at the same depth, until its functions store values there, and so seem to refer to objects.
pub(crate) fn tidy_soon(vm: &Vm) {
    vm.steps.tidy.set(2);
    choose_dispatch(vm);
}

/// Notes that the running execution has had a turn. After the last one it pauses where it next can.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn take_turn(vm: &Vm) {
    if cfg!(feature = "steps")
        && let Some(left) = vm.steps.turns.get()
    {
        take_counted_turn(vm, left);
    }
}

#[cold]
#[inline(never)]
fn take_counted_turn(vm: &Vm, left: u32) {
    vm.steps.turns.set(Some(left.saturating_sub(1)));
    if left <= 1 {
        vm.steps.pause.set(true);
        choose_dispatch(vm);
    }
}

/// Asks for a collection at the next safe point.
pub(crate) fn collect_at_safe_point(vm: &Vm) {
    vm.steps.collect.set(true);
    choose_dispatch(vm);
}
