//! The module `machine`, as far as it needs no hardware of its own: memory by its address, pins that programs
//! define, what waits between two instructions, and what every board has (facts: `docs/library/machine.rst` and `extmod/machine_*.c` of MicroPython).

mod board;
mod memory;
mod pin;

use core::time::Duration;

use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::exception::SYSTEM_EXIT;
use berus_runtime::ops::convert::Convert;
use board::RTC;
use memory::{MEM8, MEM16, MEM32};
use pin::{PIN_BASE, SIGNAL, time_pulse_us};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("machine", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "mem8" => value(Obj::from_static(&MEM8)),
        "mem16" => value(Obj::from_static(&MEM16)),
        "mem32" => value(Obj::from_static(&MEM32)),
        "RTC" => value(Obj::from_static(&RTC)),
        "bootloader" => var(0, 1, board::bootloader),
        "reset" => f0(board::reset),
        "soft_reset" => var(0, 1, soft_reset),
        "idle" => f0(idle),
        "disable_irq" => f0(disable_irq),
        "enable_irq" => f1(enable_irq),
        "time_pulse_us" => var(2, 3, time_pulse_us),
        "PinBase" => value(Obj::from_static(&PIN_BASE)),
        "Signal" => value(Obj::from_static(&SIGNAL)),
    }
}

fn soft_reset(vm: &Vm, args: &[Obj]) -> Res {
    Err(vm.error_with(&SYSTEM_EXIT, args))
}

/// Lets others run.
fn idle(vm: &Vm) -> Res {
    vm.sleep(Duration::ZERO)?;
    Ok(Obj::NONE)
}

fn disable_irq(vm: &Vm) -> Res {
    Ok(Obj::small_int_wrapping(vm.hold_events(true).into()))
}

/// `enable_irq(state)`, where `state` is what `disable_irq` answered.
fn enable_irq(vm: &Vm, state: Obj) -> Res {
    let held_before = vm.int(state)? != 0;
    vm.hold_events(held_before);
    Ok(Obj::NONE)
}
