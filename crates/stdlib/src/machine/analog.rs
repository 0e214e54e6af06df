//! `ADC`: the voltage of a pin, and `PWM`: pulses on one (facts: `docs/library/machine.ADC.rst` and `machine.PWM.rst` of
//! MicroPython).

use core::cell::Cell;

use berus_runtime::host::Pulses;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::q;

use super::gpio::pin;
use super::hardware::{done, hardware};

/// A pin whose voltage is measured.
pub struct Adc {
    pin: usize,
}

berus_runtime::custom_type! {
    /// The type `ADC`.
    pub static ADC: Type<Adc> = "ADC".make_new(new_adc).locals(ADC_METHODS);
}

berus_runtime::members! {
    static ADC_METHODS = {
        "read_u16" => f1(read_u16),
    }
}

fn new_adc(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    let id = args.pos()[0];
    // A small number is that of an input of the converter's.
    let inputs = hardware(vm)?.analog_pins();
    let input = id.as_small_int().and_then(|number| inputs.get(usize::try_from(number).ok()?));
    let pin = match input {
        Some(input) => *input,
        None => pin(vm, id)?.number,
    };
    done(vm, hardware(vm)?.analog_level(pin))?;
    Ok(vm.new_custom(Adc { pin })?.obj())
}

fn read_u16(vm: &Vm, adc: Obj) -> Res {
    let level = done(vm, hardware(vm)?.analog_level(vm.this::<Custom<Adc>>(adc)?.pin))?;
    Ok(Obj::small_int_wrapping(level as isize))
}

/// Pulses on a pin. None are given before their frequency is known, and how long they last.
pub struct Pwm {
    pin: usize,
    frequency: Cell<u32>,
    duty: Cell<Option<Duty>>,
}

/// How long pulses last.
#[derive(Clone, Copy)]
enum Duty {
    /// This part of the time, of 65535.
    Part(u16),
    Nanoseconds(u32),
}

berus_runtime::custom_type! {
    /// The type `PWM`.
    pub static PWM: Type<Pwm> = "PWM".make_new(new_pwm).locals(PWM_METHODS);
}

berus_runtime::members! {
    static PWM_METHODS = {
        "init" => kw(1, init),
        "deinit" => f1(deinit),
        "freq" => var(1, 2, frequency),
        "duty_u16" => var(1, 2, duty_u16),
        "duty_ns" => var(1, 2, duty_ns),
    }
}

const SECOND: u64 = 1_000_000_000;

impl Pwm {
    /// Which part of the time the pulses last.
    fn duty(&self) -> u16 {
        match self.duty.get() {
            None => 0,
            Some(Duty::Part(part)) => part,
            Some(Duty::Nanoseconds(nanoseconds)) => {
                let part = u64::from(nanoseconds) * u64::from(self.frequency.get()) * 65535 / SECOND;
                u16::try_from(part).unwrap_or(u16::MAX)
            }
        }
    }

    fn give(&self, vm: &Vm) -> Res<()> {
        if self.frequency.get() == 0 || self.duty.get().is_none() {
            return Ok(());
        }
        let pulses = Pulses { frequency: self.frequency.get(), duty: self.duty() };
        done(vm, hardware(vm)?.set_pulses(self.pin, Some(pulses)))
    }
}

fn new_pwm(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, true)?;
    let pin = pin(vm, args.pos()[0])?.number;
    let pwm = vm.new_custom(Pwm { pin, frequency: Cell::new(0), duty: Cell::new(None) })?;
    set_up(vm, &pwm, args.behind(1))?;
    Ok(pwm.obj())
}

fn init(vm: &Vm, args: Args<'_>) -> Res {
    set_up(vm, &*vm.this::<Custom<Pwm>>(args.pos()[0])?, args.behind(1))?;
    Ok(Obj::NONE)
}

fn set_up(vm: &Vm, pwm: &Pwm, args: Args<'_>) -> Res<()> {
    let [frequency, part, nanoseconds] = args.by_name(vm, [q!("freq"), q!("duty_u16"), q!("duty_ns")], 0)?;
    if let Some(frequency) = frequency {
        pwm.frequency.set(whole(vm, frequency)?);
    }
    if let Some(part) = part {
        pwm.duty.set(Some(Duty::Part(whole(vm, part)?.min(65535) as u16)));
    }
    if let Some(nanoseconds) = nanoseconds {
        pwm.duty.set(Some(Duty::Nanoseconds(whole(vm, nanoseconds)?)));
    }
    pwm.give(vm)
}

fn whole(vm: &Vm, number: Obj) -> Res<u32> {
    u32::try_from(vm.int(number)?).map_err(|_| vm.value_error(format_args!("value out of range")))
}

fn deinit(vm: &Vm, pwm: Obj) -> Res {
    let pwm = vm.this::<Custom<Pwm>>(pwm)?;
    pwm.duty.set(None);
    done(vm, hardware(vm)?.set_pulses(pwm.pin, None))?;
    Ok(Obj::NONE)
}

fn frequency(vm: &Vm, args: &[Obj]) -> Res {
    let pwm = vm.this::<Custom<Pwm>>(args[0])?;
    let Some(frequency) = args.get(1) else { return vm.new_uint(pwm.frequency.get() as usize) };
    pwm.frequency.set(whole(vm, *frequency)?.max(1));
    pwm.give(vm)?;
    Ok(Obj::NONE)
}

fn duty_u16(vm: &Vm, args: &[Obj]) -> Res {
    let pwm = vm.this::<Custom<Pwm>>(args[0])?;
    let Some(part) = args.get(1) else { return Ok(Obj::small_int_wrapping(pwm.duty() as isize)) };
    pwm.duty.set(Some(Duty::Part(whole(vm, *part)?.min(65535) as u16)));
    pwm.give(vm)?;
    Ok(Obj::NONE)
}

fn duty_ns(vm: &Vm, args: &[Obj]) -> Res {
    let pwm = vm.this::<Custom<Pwm>>(args[0])?;
    match args.get(1) {
        Some(nanoseconds) => {
            pwm.duty.set(Some(Duty::Nanoseconds(whole(vm, *nanoseconds)?)));
            pwm.give(vm)?;
            Ok(Obj::NONE)
        }
        None => match pwm.duty.get() {
            Some(Duty::Nanoseconds(nanoseconds)) => vm.new_uint(nanoseconds as usize),
            _ => {
                let period = SECOND / u64::from(pwm.frequency.get().max(1));
                vm.new_uint((period * u64::from(pwm.duty()) / 65535) as usize)
            }
        },
    }
}
