//! The module `machine`, written once for all boards over [what a host has](berus_runtime::host::Hardware) (facts:
//! `docs/library/machine.rst` and `extmod/machine_*.c` of MicroPython). Memory by its address, signals, timers and what
//! waits between two instructions need no hardware.

mod analog;
mod bitstream;
mod board;
pub(crate) mod gpio;
pub(crate) mod hardware;
mod i2c;
pub(crate) mod irq;
mod line;
mod memory;
mod piece;
mod pin;
mod power;
mod serial;
mod spi;
mod timer;

use core::time::Duration;

use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::exception::SYSTEM_EXIT;
use berus_runtime::ops::convert::Convert;

use self::board::RTC;
use self::memory::{MEM8, MEM16, MEM32};
use self::pin::{PIN_BASE, SIGNAL, time_pulse_us};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("machine", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "mem8" => value(Obj::from_static(&MEM8)),
        "mem16" => value(Obj::from_static(&MEM16)),
        "mem32" => value(Obj::from_static(&MEM32)),
        "ADC" => value(Obj::from_static(&analog::ADC)),
        "I2C" => value(Obj::from_static(&i2c::I2C)),
        "PWM" => value(Obj::from_static(&analog::PWM)),
        "Pin" => value(Obj::from_static(&gpio::PIN)),
        "SPI" => value(Obj::from_static(&spi::SPI)),
        "SoftI2C" => value(Obj::from_static(&i2c::SOFT_I2C)),
        "SoftSPI" => value(Obj::from_static(&spi::SOFT_SPI)),
        "Timer" => value(Obj::from_static(&timer::TIMER)),
        "UART" => value(Obj::from_static(&serial::UART)),
        "WDT" => value(Obj::from_static(&power::WDT)),
        "bitstream" => var(4, 4, bitstream::bitstream),
        "freq" => var(0, 2, power::freq),
        "lightsleep" => var(0, 1, power::lightsleep),
        "reset_cause" => f0(power::reset_cause),
        "unique_id" => f0(power::unique_id),
        "PWRON_RESET" => value(Obj::small_int_wrapping(power::PWRON_RESET)),
        "HARD_RESET" => value(Obj::small_int_wrapping(power::HARD_RESET)),
        "WDT_RESET" => value(Obj::small_int_wrapping(power::WDT_RESET)),
        "DEEPSLEEP_RESET" => value(Obj::small_int_wrapping(power::DEEPSLEEP_RESET)),
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
