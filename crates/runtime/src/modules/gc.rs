//! The module `gc`.

use crate::heap;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::module_def::ModuleDef;
use crate::model::protocols::Ints;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::convert::Convert;
use crate::services::weak::tell_watchers;

/// The module `gc` as a definition.
pub const MODULE: ModuleDef = ModuleDef::new("gc", MEMBERS);

crate::members! {
    /// The members of the module.
    static MEMBERS = {
        "collect" => f0(collect),
        "disable" => f0(disable),
        "enable" => f0(enable),
        "isenabled" => f0(is_enabled),
        "mem_alloc" => f0(mem_alloc),
        "mem_free" => f0(mem_free),
        "threshold" => var(0, 1, threshold),
    }
}

/// Collects; answers the bytes that became free.
fn collect(vm: &Vm) -> Res {
    let before = vm.heap().used();
    vm.collect();
    tell_watchers(vm)?;
    vm.new_uint(before.saturating_sub(vm.heap().used()))
}

fn disable(vm: &Vm) -> Res {
    vm.set_collecting(false);
    Ok(Obj::NONE)
}

fn enable(vm: &Vm) -> Res {
    vm.set_collecting(true);
    Ok(Obj::NONE)
}

fn is_enabled(vm: &Vm) -> Res {
    Ok(Obj::bool(vm.gc_enabled.get()))
}

/// Counts the work of looking through the bits for `bytes` bytes of the heap, which a program may ask for often.
fn count_look(vm: &Vm, bytes: usize) -> Res<()> {
    vm.work_on_bytes(bytes / 64)
}

fn mem_alloc(vm: &Vm) -> Res {
    let used = vm.heap().used();
    count_look(vm, used)?;
    vm.new_uint(used)
}

fn mem_free(vm: &Vm) -> Res {
    let figures = vm.heap().figures();
    count_look(vm, figures.total)?;
    vm.new_uint(figures.free + figures.obtainable)
}

fn threshold(vm: &Vm, args: &[Obj]) -> Res {
    match args {
        [] => match vm.heap().threshold() {
            Some(bytes) => vm.new_uint(bytes),
            None => Ok(Obj::small_int_wrapping(-1)),
        },
        [bytes, ..] => {
            vm.heap().set_threshold(threshold_of(vm.int(*bytes)?));
            Ok(Obj::NONE)
        }
    }
}

/// A threshold of `bytes`, in whole granules, as MicroPython has it in whole blocks; `None` if `bytes` is negative.
fn threshold_of(bytes: isize) -> Option<usize> {
    usize::try_from(bytes).ok().map(|bytes| bytes - bytes % heap::GRANULE)
}
