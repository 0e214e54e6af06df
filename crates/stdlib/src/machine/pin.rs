//! Pins that programs define, and signals on pins.
//!
//! A pin is an object with a method `value`, which reads it, or sets it to the truth that it is given.

use core::time::Duration;

use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::exception::TYPE_ERROR;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::truth::Truth;
use berus_runtime::q;

/// What classes of pins derive from.
pub struct PinBase;

berus_runtime::custom_type! {
    /// The type `PinBase`.
    pub static PIN_BASE: Type<PinBase> = "PinBase".make_new(pin_base_new);
}

fn pin_base_new(vm: &Vm, _: Gc<Type>, _: Args<'_>) -> Res {
    Ok(vm.new_custom(PinBase)?.obj())
}

fn read(vm: &Vm, pin: Obj) -> Res<isize> {
    let value = vm.call_method(pin, q!("value"), &[])?;
    vm.int(value)
}

/// A pin whose level may mean the opposite.
pub struct Signal {
    pin: Obj,
    invert: bool,
}

berus_runtime::custom_type! {
    /// The type `Signal`.
    pub static SIGNAL: Type<Signal> = "Signal".make_new(signal_new).call(signal_call).locals(SIGNAL_METHODS);
}

berus_runtime::members! {
    static SIGNAL_METHODS = {
        "value" => var(1, 2, value),
        "on" => f1(on),
        "off" => f1(off),
    }
}

fn signal_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let invert = args.keyword(q!("invert"));
    let &[pin] = args.pos() else { return Err(vm.error_with(&TYPE_ERROR, &[])) };
    if args.n_kw() > usize::from(invert.is_some()) {
        return Err(vm.error_with(&TYPE_ERROR, &[]));
    }
    let invert = invert.map_or(Ok(false), |invert| vm.truth(invert))?;
    Ok(vm.new_custom(Signal { pin, invert })?.obj())
}

fn set(vm: &Vm, signal: Obj, active: bool) -> Res {
    let signal = vm.this::<Custom<Signal>>(signal)?;
    vm.call_method(signal.pin, q!("value"), &[Obj::bool(active != signal.invert)])?;
    Ok(Obj::NONE)
}

fn value(vm: &Vm, args: &[Obj]) -> Res {
    match *args {
        [signal, active] => set(vm, signal, vm.truth(active)?),
        _ => {
            let signal = vm.this::<Custom<Signal>>(args[0])?;
            vm.new_int(read(vm, signal.pin)? ^ isize::from(signal.invert))
        }
    }
}

fn signal_call(vm: &Vm, signal: Obj, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    match args.pos() {
        &[active] => value(vm, &[signal, active]),
        _ => value(vm, &[signal]),
    }
}

fn on(vm: &Vm, signal: Obj) -> Res {
    set(vm, signal, true)
}

fn off(vm: &Vm, signal: Obj) -> Res {
    set(vm, signal, false)
}

/// `time_pulse_us(pin, level[, timeout_us])`: how long the pin has that level from when it comes to it next. If it does
/// not come to it in time the answer is -2, and -1 if it does not leave it.
pub fn time_pulse_us(vm: &Vm, args: &[Obj]) -> Res {
    let pin = args[0];
    let level = isize::from(vm.truth(args[1])?);
    let timeout = match args.get(2) {
        Some(&timeout) => vm.int(timeout)?,
        None => 1_000_000,
    };
    // A negative time is a very long one.
    let timeout = u64::try_from(timeout).map_or(Duration::MAX, Duration::from_micros);
    vm.check_clock()?;
    let Some(start) = wait_for_level(vm, pin, level, vm.now(), timeout)? else {
        return Ok(Obj::small_int_wrapping(-2));
    };
    match wait_for_level(vm, pin, 1 - level, start, timeout)? {
        Some(end) => vm.new_uint((end - start).as_micros() as usize),
        None => Ok(Obj::small_int_wrapping(-1)),
    }
}

/// Waits for a pin to have `level`, no longer than `timeout` from `start` on: when it had.
fn wait_for_level(vm: &Vm, pin: Obj, level: isize, start: Duration, timeout: Duration) -> Res<Option<Duration>> {
    loop {
        // Always in this order, and close together.
        let now = vm.now();
        if read(vm, pin)? == level {
            return Ok(Some(now));
        }
        if now.saturating_sub(start) >= timeout {
            return Ok(None);
        }
        vm.poll()?;
    }
}
