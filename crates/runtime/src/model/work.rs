//! Counting of work that cannot fail.

use crate::model::events::{BYTES_PER_UNIT, SLICE, poll_soon};
use crate::model::steps::{charge_instructions, take_turn};
use crate::model::vm::Vm;

/// [`Vm::work_on_bytes`] for functions that cannot fail, as [`spend_work`].
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn spend_work_on_bytes(vm: &Vm, bytes: usize) {
    spend_work(vm, bytes / BYTES_PER_UNIT);
}

/// Begins another slice of work, since `units` units were more than was left of the last one, and charges the budget
/// for the work done.
#[cold]
pub(crate) fn end_slice(vm: &Vm, units: usize) {
    take_turn(vm);
    let done = SLICE - vm.events.work.replace(SLICE);
    charge_instructions(vm, (done as u64).saturating_add(units as u64));
}

/// [`Vm::work`] for functions that cannot fail: if a slice is used up, the next work, call or jump looks at pending
/// events.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn spend_work(vm: &Vm, units: usize) {
    if !vm.events.take_work(units) {
        overspend_work(vm, units);
    }
}

/// Takes all that is left of a slice, and charges the budget for the units that `units` are more.
#[cold]
#[inline(never)]
pub(crate) fn overspend_work(vm: &Vm, units: usize) {
    let left = vm.events.work.replace(0);
    charge_instructions(vm, units.saturating_sub(left) as u64);
    poll_soon(vm);
}
