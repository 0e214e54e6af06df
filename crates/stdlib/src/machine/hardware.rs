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

/// Waits for some microseconds, or as much longer as the machine is slow. A host without a clock does not wait.
///
/// # Errors
/// As [`Vm::work`].
pub fn pause(vm: &Vm, time: Duration) -> Res<()> {
    if let Some(hardware) = vm.host().board().and_then(Board::hardware) {
        let mut left = time;
        while left >= PIECE {
            hardware.delay(PIECE);
            vm.work(LONG)?;
            left -= PIECE;
        }
        hardware.delay(left);
        return vm.work(SHORT);
    }
    let Some(start) = vm.host().monotonic() else { return vm.work(SHORT) };
    loop {
        // A clock may stand still.
        vm.work(SHORT)?;
        if vm.now().saturating_sub(start) >= time {
            return Ok(());
        }
    }
}
