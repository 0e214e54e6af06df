//! Collection where the machine stack cannot be seen (`IS_VISIBLE`): at safe points, which lie between two instructions
//! of the program itself, while no built-in is active. All values are in the interpreter's own memory then.
//!
//! A collection that is due, or that the program asks for, waits for the next safe point. None comes while a module is
//! imported, nor while a built-in calls a Python function. Meanwhile the heap grows as far as it may.

use crate::model::layout::Function;
use crate::model::machine_stack::IS_VISIBLE;
use crate::model::steps::choose_dispatch;
use crate::model::thread::{Level, SafePoints};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// Runs `work`, which calls `body`. If nothing of this interpreter is active, `body` counts as the program itself.
pub(crate) fn as_program<R>(vm: &Vm, body: Obj, work: impl FnOnce() -> R) -> R {
    if IS_VISIBLE || vm.thread.safe_points.level.get() != Level::Outside {
        return work();
    }
    let code = body.downcast::<Function>().and_then(|body| body.code(vm).ok());
    vm.thread.safe_points.program.set(code);
    let result = work();
    vm.thread.safe_points.program.set(None);
    result
}

/// Runs `work` as a built-in that calls other code, so that no safe point comes meanwhile.
pub(crate) fn within_built_in<R>(vm: &Vm, work: impl FnOnce() -> R) -> R {
    at_level(vm, Level::Within, work)
}

/// Runs `work`, which runs instructions from those of the top frame on. They have safe points if the frame is the
/// program's.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn between_safe_points<R>(vm: &Vm, work: impl FnOnce() -> R) -> R {
    if IS_VISIBLE {
        return work();
    }
    let SafePoints { level, program } = &vm.thread.safe_points;
    let code = vm.frame().code.get();
    let is_program = level.get() == Level::Outside && code.is_some() && program.get() == code;
    at_level(vm, if is_program { Level::Program } else { Level::Within }, work)
}

fn at_level<R>(vm: &Vm, level: Level, work: impl FnOnce() -> R) -> R {
    if IS_VISIBLE {
        return work();
    }
    let outer = vm.thread.safe_points.level.replace(level);
    choose_dispatch(vm);
    let result = work();
    vm.thread.safe_points.level.set(outer);
    choose_dispatch(vm);
    result
}
