//! Lines that programs drive themselves: pins of the board, and objects that behave like pins.

use core::time::Duration;

use berus_runtime::errno::Errno;
use berus_runtime::host::{Board, Hardware, PinMode, Pull};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::Custom;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::truth::Truth;
use berus_runtime::q;

use super::gpio::Pin;
use super::hardware::done;

/// What nobody has answered in time.
const TIMED_OUT: Errno = Errno(110);

/// A line: a `Pin`, or an object with a method `value`.
#[derive(Clone, Copy)]
pub struct Line(pub Obj);

impl Line {
    /// The board's pin that this is.
    fn pin(self, vm: &Vm) -> Option<(&dyn Hardware, usize)> {
        let pin = self.0.downcast::<Custom<Pin>>()?;
        Some((vm.host().board().and_then(Board::hardware)?, pin.number))
    }

    /// Has the line be used as `mode` says, high at first. Other objects than pins are left as they are.
    pub fn begin(self, vm: &Vm, mode: PinMode, level: bool) -> Res<()> {
        let Some((hardware, pin)) = self.pin(vm) else { return Ok(()) };
        hardware.drive_pin(pin, level);
        done(vm, hardware.set_pin_mode(pin, mode, if mode == PinMode::OpenDrain { Pull::Up } else { Pull::None }))
    }

    /// Drives the line.
    pub fn drive(self, vm: &Vm, level: bool) -> Res<()> {
        match self.pin(vm) {
            Some((hardware, pin)) => hardware.drive_pin(pin, level),
            None => drop(vm.call_method(self.0, q!("value"), &[Obj::bool(level)])?),
        }
        Ok(())
    }

    /// The line's level.
    pub fn level(self, vm: &Vm) -> Res<bool> {
        match self.pin(vm) {
            Some((hardware, pin)) => Ok(hardware.pin_level(pin)),
            None => vm.truth(vm.call_method(self.0, q!("value"), &[])?),
        }
    }

    /// Lets the line go, and waits until it is high, which others may keep it from for up to `timeout`.
    pub fn release(self, vm: &Vm, timeout: Duration) -> Res<()> {
        self.drive(vm, true)?;
        let start = vm.now();
        while !self.level(vm)? {
            vm.poll()?;
            if vm.now().saturating_sub(start) >= timeout {
                return Err(vm.os_error(TIMED_OUT));
            }
        }
        Ok(())
    }
}

/// Half of a bit, of which there are `frequency` in a second.
pub fn half_of_bit(frequency: usize) -> Duration {
    Duration::from_nanos(500_000_000 / frequency.max(1) as u64)
}
