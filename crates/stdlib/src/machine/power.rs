//! What concerns the whole board: its clock, its number, why it was started, sleep, and the watchdog.

use core::cell::Cell;
use core::time::Duration;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::errno::{Errno, INVALID, UNSUPPORTED};
use berus_runtime::host::ResetCause;
use berus_runtime::model::args::Args;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::q;

use super::hardware::{done, hardware};

/// Causes of a reset by their numbers.
pub const PWRON_RESET: isize = 1;
pub const HARD_RESET: isize = 2;
pub const WDT_RESET: isize = 3;
pub const DEEPSLEEP_RESET: isize = 4;

/// `freq([hertz[, hertz of peripherals]])`, of which the second is that of serial lines and SPI (facts:
/// `docs/rp2/quickref.rst` of MicroPython).
pub fn freq(vm: &Vm, args: &[Obj]) -> Res {
    let hardware = hardware(vm)?;
    let [processor, peripherals @ ..] = args else { return vm.new_uint(hardware.frequency() as usize) };
    // What no clock has stands for what is no number of cycles.
    let whole = |frequency: Obj| Ok(u32::try_from(vm.int(frequency)?).unwrap_or(0));
    let set = |answer: Result<(), Errno>, message: &str| match answer {
        Err(INVALID) => Err(vm.value_error(format_args!("{message}"))),
        answer => done(vm, answer),
    };
    set(hardware.set_frequency(whole(*processor)?), "cannot change frequency")?;
    if let [peripherals] = peripherals {
        let message = "peripheral freq must be 48_000_000 or the same as the MCU freq";
        set(hardware.set_peripheral_frequency(whole(*peripherals)?), message)?;
    }
    Ok(Obj::NONE)
}

pub fn unique_id(vm: &Vm) -> Res {
    Ok(Bytes::new(vm, hardware(vm)?.unique_id())?.obj())
}

pub fn reset_cause(vm: &Vm) -> Res {
    Ok(Obj::small_int_wrapping(match hardware(vm)?.reset_cause() {
        ResetCause::PowerOn => PWRON_RESET,
        ResetCause::Reset => HARD_RESET,
        ResetCause::Watchdog => WDT_RESET,
        ResetCause::DeepSleep => DEEPSLEEP_RESET,
    }))
}

/// `lightsleep([milliseconds])`. A board that does not sleep deeper waits.
pub fn lightsleep(vm: &Vm, args: &[Obj]) -> Res {
    let time = match args.first() {
        Some(milliseconds) => Some(Duration::from_millis(vm.int(*milliseconds)?.max(0) as u64)),
        None => None,
    };
    match (hardware(vm)?.light_sleep(time), time) {
        (Err(errno), Some(time)) if errno == UNSUPPORTED => vm.sleep(time)?,
        (answer, _) => done(vm, answer)?,
    }
    vm.poll()?;
    Ok(Obj::NONE)
}

/// The watchdog, which cannot be stopped.
pub struct Watchdog {
    timeout: Cell<Duration>,
}

berus_runtime::custom_type! {
    /// The type `WDT`.
    pub static WDT: Type<Watchdog> = "WDT".make_new(new).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "feed" => f1(feed),
    }
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let [id, timeout] = args.by_name(vm, [q!("id"), q!("timeout")], 0)?;
    if id.map_or(Ok(0), |id| vm.int(id))? != 0 {
        return Err(vm.value_error(format_args!("WDT doesn't exist")));
    }
    let timeout = timeout.map_or(Ok(5000), |timeout| vm.int(timeout))?;
    if timeout <= 0 {
        return Err(vm.value_error(format_args!("WDT timeout too short")));
    }
    let watchdog = vm.new_custom(Watchdog { timeout: Cell::new(Duration::from_millis(timeout as u64)) })?;
    feed(vm, watchdog.obj())?;
    Ok(watchdog.obj())
}

fn feed(vm: &Vm, watchdog: Obj) -> Res {
    done(vm, hardware(vm)?.feed_watchdog(vm.this::<Custom<Watchdog>>(watchdog)?.timeout.get()))?;
    Ok(Obj::NONE)
}
