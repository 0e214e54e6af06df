//! A board's ways to start anew, and its clock.

use core::cell::Cell;
use core::time::Duration;

use berus_runtime::errno::UNSUPPORTED;
use berus_runtime::host::{Board, Reset};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::object::Gc;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;

use crate::calendar::{Moment, seconds};

fn board(vm: &Vm) -> Res<&dyn Board> {
    vm.host().board().ok_or_else(|| vm.os_error(UNSUPPORTED))
}

/// Has the board start anew: what ends the program until then.
fn start_anew(vm: &Vm, how: Reset) -> Res<Raised> {
    board(vm)?.reset(how);
    Ok(vm.abort(format_args!("reset")))
}

pub fn reset(vm: &Vm) -> Res {
    Err(start_anew(vm, Reset::Hard)?)
}

pub fn bootloader(vm: &Vm, _: &[Obj]) -> Res {
    Err(start_anew(vm, Reset::Bootloader)?)
}

/// The clock of the board, of which there is one. Of a machine that is no board, only this clock is set.
pub struct Rtc {
    /// By how many microseconds it is ahead of the machine's.
    ahead: Cell<i64>,
}

berus_runtime::custom_type! {
    /// The type `RTC`.
    pub static RTC: Type<Rtc> = "RTC".make_new(new).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "datetime" => var(1, 2, datetime),
    }
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    // Boards with several clocks number them.
    vm.check_args(args, 0, 1, false)?;
    Ok(vm.shared(|| Rtc { ahead: Cell::new(0) })?.obj())
}

/// `datetime([parts])`: year, month, day, day of the week from Monday, 0, hour, minute, second, microsecond. The clock
/// knows the day of the week itself.
fn datetime(vm: &Vm, args: &[Obj]) -> Res {
    let clock = vm.this::<Custom<Rtc>>(args[0])?;
    match args {
        [_, parts] => set(vm, &clock, *parts),
        _ => now(vm, &clock),
    }
}

/// Microseconds since 1970 by the machine's clock.
fn machine_time(vm: &Vm) -> Res<i64> {
    match vm.host().wall_clock() {
        Some(now) => Ok(now.as_micros() as i64),
        None => Err(vm.os_error(UNSUPPORTED)),
    }
}

fn now(vm: &Vm, clock: &Rtc) -> Res {
    let microseconds = machine_time(vm)?.saturating_add(clock.ahead.get()).max(0);
    let at = Moment::at(microseconds / 1_000_000);
    let microsecond = microseconds % 1_000_000;
    let parts = [at.year, at.month, at.day, at.week_day(), at.hour, at.minute, at.second, microsecond];
    let parts = parts.map(|part| Obj::small_int_wrapping(part as isize));
    Ok(Tuple::new(vm, &parts)?.obj())
}

fn set(vm: &Vm, clock: &Rtc, parts: Obj) -> Res {
    let items = vm.items(parts)?;
    if items.len() != 8 {
        return Err(vm.value_error(format_args!("requested length 8 but object has length {}", items.len())));
    }
    let mut numbers = [0i64; 8];
    for (at, number) in numbers.iter_mut().enumerate() {
        *number = items.get(at).map_or(Ok(0), |part| vm.int(part))? as i64;
    }
    let [year, month, day, _, hour, minute, second, microsecond] = numbers;
    // What is beyond the clock is not worth a sum that overflows.
    let is_time = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second)
        && (0..1_000_000).contains(&microsecond);
    if !is_time {
        return Err(vm.value_error(format_args!("invalid date or time")));
    }
    let seconds = seconds([year, month, day], [hour, minute, second]);
    let since_1970 = Duration::from_secs(seconds.unsigned_abs()) + Duration::from_micros(microsecond.unsigned_abs());
    match vm.host().board() {
        Some(board) => board.set_wall_clock(since_1970).map_err(|errno| vm.os_error(errno))?,
        None => clock.ahead.set(since_1970.as_micros() as i64 - machine_time(vm)?),
    }
    Ok(Obj::NONE)
}
