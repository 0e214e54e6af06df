//! The module `micropython`.

use super::ModuleDef;
use crate::error::Res;
use crate::obj::builtin::Builtin;
use crate::ops::print::Stdout;
use crate::vm::Vm;
use crate::word::Obj;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("micropython", MEMBERS);

crate::members! {
    /// What the module has.
    static MEMBERS = {
        "const" => f1(constant),
        "heap_lock" => f0(heap_lock),
        "heap_unlock" => f0(heap_unlock),
        "heap_locked" => f0(heap_locked),
        "opt_level" => var(0, 1, opt_level),
        "mem_info" => var(0, 1, mem_info),
        "schedule" => f2(schedule),
        "kbd_intr" => value(Obj::from_static(&KBD_INTR)),
    }
}

fn constant(_: &Vm, value: Obj) -> Res {
    Ok(value)
}

fn heap_lock(vm: &Vm) -> Res {
    vm.heap().lock();
    Ok(Obj::NONE)
}

fn heap_unlock(vm: &Vm) -> Res {
    vm.heap().unlock();
    heap_locked(vm)
}

fn heap_locked(vm: &Vm) -> Res {
    Ok(Obj::small_int_wrapping(vm.heap().lock_depth() as isize))
}

fn opt_level(vm: &Vm, args: &[Obj]) -> Res {
    match args {
        [] => Ok(Obj::small_int_wrapping(vm.optimise.get().into())),
        [level, ..] => {
            vm.set_optimisation(vm.int(*level)?.clamp(0, 3) as u8);
            Ok(Obj::NONE)
        }
    }
}

fn mem_info(vm: &Vm, _: &[Obj]) -> Res {
    let figures = vm.heap().figures();
    vm.print_fmt(
        &mut Stdout,
        format_args!(
            "GC: total: {}, used: {}, free: {}, max new: {}\n No. of 1-blocks: {}, 2-blocks: {}, max blk sz: {}, max free sz: {}\n",
            figures.total,
            figures.used,
            figures.free,
            figures.obtainable,
            figures.of_one,
            figures.of_two,
            figures.largest / crate::heap::GRANULE,
            figures.largest_free / crate::heap::GRANULE,
        ),
    )?;
    Ok(Obj::NONE)
}

/// Calls `function` with `arg` soon, between two instructions. Asked to call `kbd_intr`, it raises `KeyboardInterrupt` then.
fn schedule(vm: &Vm, function: Obj, arg: Obj) -> Res {
    if function == Obj::from_static(&KBD_INTR) {
        vm.schedule_interrupt();
    } else {
        vm.schedule(function, arg)?;
    }
    Ok(Obj::NONE)
}

static KBD_INTR: Builtin = Builtin::f1(kbd_intr);

/// Which character interrupts; hosts with signals have no use for it.
fn kbd_intr(vm: &Vm, character: Obj) -> Res {
    vm.int(character)?;
    Ok(Obj::NONE)
}
