//! Where no program runs in steps: see `execution.rs`.

use crate::model::vm::Vm;
use crate::model::word::Obj;

pub(crate) fn waits_for(_: &Vm, _: Obj) -> bool {
    false
}

pub(crate) fn refuse_to_wait(_: &Vm) {}
