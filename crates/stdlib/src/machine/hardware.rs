//! The board's hardware, as what uses it asks for it.

use core::time::Duration;

use berus_runtime::errno::{Errno, NO_DEVICE};
use berus_runtime::host::{Board, Hardware};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::vm::Vm;

/// The hardware.
///
/// # Errors
/// `ENODEV` if the machine has none.
pub fn hardware(vm: &Vm) -> Res<&dyn Hardware> {
    there_is(vm, vm.host().board().and_then(Board::hardware))
}

/// What a board may have.
///
/// # Errors
/// `ENODEV` if it does not.
pub fn there_is<T>(vm: &Vm, part: Option<T>) -> Res<T> {
    part.ok_or_else(|| vm.os_error(NO_DEVICE))
}

/// What hardware answers, with its errors raised.
pub fn done<T>(vm: &Vm, answer: Result<T, Errno>) -> Res<T> {
    answer.map_err(|errno| vm.os_error(errno))
}

/// The longest that is waited without a look at interrupts and limits.
pub const PIECE: Duration = Duration::from_millis(1);

/// Units of work that a wait counts as, and one that is as long as a [`PIECE`]: a slice, behind which there is a look.
const SHORT: usize = 16;
const LONG: usize = 1024;

/// Waits for some microseconds, or as much longer as the machine is slow.
///
/// # Errors
/// As [`Vm::work`].
pub fn pause(vm: &Vm, time: Duration) -> Res<()> {
    let mut left = time;
    while left >= PIECE {
        delay(vm, PIECE);
        vm.work(LONG)?;
        left -= PIECE;
    }
    delay(vm, left);
    vm.work(SHORT)
}

fn delay(vm: &Vm, time: Duration) {
    if let Some(hardware) = vm.host().board().and_then(Board::hardware) {
        return hardware.delay(time);
    }
    // A host without a clock does not wait.
    let Some(start) = vm.host().monotonic() else { return };
    while vm.now().saturating_sub(start) < time {}
}
