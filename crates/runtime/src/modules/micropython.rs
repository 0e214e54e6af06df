//! The module `micropython`.

use crate::data::emergency::ReserveEmergency;
use crate::model::builtin::Builtin;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::layout::{List, Tuple};
use crate::model::module_def::ModuleDef;
use crate::model::protocols::{Ints, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
#[cfg(feature = "mem-info")]
use crate::modules::mem_info;
#[cfg(feature = "ring-io")]
use crate::obj::ring;
use crate::ops::convert::Convert;
use crate::text::utf8;

/// The module `micropython` as a definition.
pub const MODULE: ModuleDef = ModuleDef::new("micropython", MEMBERS);

crate::members! {
    /// The members of the module.
    static MEMBERS = in order {
        "const" => f1(constant),
        "opt_level" => var(0, 1, opt_level),
        "mem_total" => f0(mem_total),
        "mem_current" => f0(mem_current),
        "mem_peak" => f0(mem_peak),
        #[cfg(feature = "mem-info")]
        "mem_info" => var(0, 1, mem_info::mem_info),
        #[cfg(feature = "mem-info")]
        "qstr_info" => var(0, 1, mem_info::qstr_info),
        "stack_use" => f0(stack_use),
        "heap_lock" => f0(heap_lock),
        "heap_unlock" => f0(heap_unlock),
        "heap_locked" => f0(heap_locked),
        "alloc_emergency_exception_buf" => f1(alloc_emergency_exception_buf),
        "kbd_intr" => value(Obj::from_static(&KBD_INTR)),
        #[cfg(feature = "ring-io")]
        "RingIO" => value(Obj::from_static(&ring::TYPE)),
        "schedule" => f2(schedule),
        "repl_autocomplete" => f1(repl_autocomplete),
    }
}

fn constant(_: &Vm, value: Obj) -> Res {
    Ok(value)
}

fn opt_level(vm: &Vm, args: &[Obj]) -> Res {
    match args {
        [] => Ok(Obj::small_int_wrapping(vm.optimise.get().into())),
        [level, ..] => {
            vm.set_optimisation(vm.int(*level)?.clamp(0, 255) as u8);
            Ok(Obj::NONE)
        }
    }
}

/// Bytes allocated since the start.
fn mem_total(vm: &Vm) -> Res {
    vm.new_uint(vm.heap().allocated_in_all())
}

/// Bytes of blocks, garbage included.
fn mem_current(vm: &Vm) -> Res {
    vm.new_uint(vm.heap().used())
}

/// The most that [`mem_current`] has been.
fn mem_peak(vm: &Vm) -> Res {
    vm.new_uint(vm.heap().peak())
}

/// Bytes of the machine stack in use.
fn stack_use(vm: &Vm) -> Res {
    vm.new_uint(vm.stack_use())
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

/// Reserves memory for exceptions that are raised while no other memory is free.
fn alloc_emergency_exception_buf(vm: &Vm, bytes: Obj) -> Res {
    vm.reserve_emergency(usize::try_from(vm.int(bytes)?).unwrap_or(0))?;
    Ok(Obj::NONE)
}

/// `repl_autocomplete(line)`: how many characters of a line's end are a word that is being typed, and the words that it
/// may become, as the prompt would have them; none where there is no prompt that knows.
fn repl_autocomplete(vm: &Vm, line: Obj) -> Res {
    let (line, words) = (vm.str_or_bytes(line)?, List::new(vm, &[])?);
    let (mut added, mut typed) = (Ok(()), 0);
    if let Some(editor) = &vm.line_editor {
        typed = editor.complete(vm, line, &mut |word| {
            if added.is_ok() {
                added = vm.new_str_checked(word).and_then(|word| words.append(vm, word));
            }
        })?;
    }
    added?;
    let typed = utf8::count(&line[line.len() - typed.min(line.len())..]);
    Ok(Tuple::new(vm, &[vm.new_uint(typed)?, words.obj()])?.obj())
}

/// Which character of the console interrupts; none if it is negative.
fn kbd_intr(vm: &Vm, character: Obj) -> Res {
    vm.host().set_interrupt_byte(u8::try_from(vm.int(character)?).ok());
    Ok(Obj::NONE)
}

/// Calls `function` with `arg` soon, between two instructions. For the function `kbd_intr`, `KeyboardInterrupt` is
/// raised then instead.
fn schedule(vm: &Vm, function: Obj, arg: Obj) -> Res {
    if function == Obj::from_static(&KBD_INTR) {
        vm.schedule_interrupt();
    } else {
        vm.schedule(function, arg)?;
    }
    Ok(Obj::NONE)
}

static KBD_INTR: Builtin = Builtin::f1(kbd_intr);
