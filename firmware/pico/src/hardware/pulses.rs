//! Pulses: eight counters, each with two outputs, of which each has two pins, or one.

use core::sync::atomic::{AtomicU32, Ordering};

use berus_runtime::errno::{Errno, INVALID};
use berus_runtime::host::{Pull, Pulses};

use super::clocks;
use super::pins::{self, User};
use crate::hal::pac::PWM;

const COUNTERS: usize = 8;

/// Sixteenths, in which the clock's divider is given, and the largest divider.
const SIXTEENTH: u64 = 16;
const MOST: u64 = 256 * SIXTEENTH - 1;

/// How often each counter begins anew in a second; 0 for one that nobody has used.
static FREQUENCIES: [AtomicU32; COUNTERS] = [const { AtomicU32::new(0) }; COUNTERS];

/// How a counter counts: by which divider, and up to what.
struct Beat {
    divider: u64,
    top: u32,
}

impl Beat {
    /// The one with most steps that gives so many pulses in a second.
    fn of(frequency: u32) -> Result<Beat, Errno> {
        let cycles = (u64::from(clocks::processor()) * SIXTEENTH).checked_div(frequency.into()).ok_or(INVALID)?;
        // At most 65535 steps, so that all of them can be a pulse.
        let divider = cycles.div_ceil(0xffff).max(SIXTEENTH);
        let steps = cycles / divider;
        if divider > MOST || steps < 2 {
            return Err(INVALID);
        }
        Ok(Beat { divider, top: steps as u32 - 1 })
    }
}

pub fn set(pin: usize, pulses: Option<Pulses>) -> Result<(), Errno> {
    let Some(Pulses { frequency, duty }) = pulses else {
        if pins::is_of(pin, User::Pulses) {
            pins::hand_over(pin, User::Program, Pull::None);
        }
        return Ok(());
    };
    let (number, is_second) = (pin / 2 % COUNTERS, pin % 2 == 1);
    set_beat(number, frequency)?;
    // SAFETY: nobody else uses it.
    let pwm = unsafe { PWM::steal() };
    let counter = pwm.ch(number);
    let high = u32::from(duty) * (counter.top().read().bits() + 1) / u32::from(u16::MAX);
    counter.cc().modify(|_, w| {
        // SAFETY: any levels will do.
        unsafe { if is_second { w.b().bits(high as u16) } else { w.a().bits(high as u16) } }
    });
    counter.csr().modify(|_, w| w.en().set_bit());
    pins::hand_over(pin, User::Pulses, Pull::None);
    Ok(())
}

/// Has a counter begin anew so often in a second. Its outputs keep their parts of the time.
fn set_beat(number: usize, frequency: u32) -> Result<(), Errno> {
    let Beat { divider, top } = Beat::of(frequency)?;
    FREQUENCIES[number].store(frequency, Ordering::Relaxed);
    // SAFETY: nobody else uses it.
    let pwm = unsafe { PWM::steal() };
    let counter = pwm.ch(number);
    let before = counter.top().read().bits();
    counter.cc().modify(|r, w| {
        let scaled = |level: u16| (u64::from(level) * u64::from(top + 1) / u64::from(before + 1)) as u16;
        // SAFETY: any levels will do.
        unsafe { w.a().bits(scaled(r.a().bits())).b().bits(scaled(r.b().bits())) }
    });
    // SAFETY: the numbers are in range.
    unsafe {
        counter.div().write(|w| w.bits(divider as u32));
        counter.top().write(|w| w.bits(top));
    }
    Ok(())
}

/// Has pulses stay as they are with another clock of the processor.
pub fn retune() {
    for (number, frequency) in FREQUENCIES.iter().enumerate() {
        let frequency = frequency.load(Ordering::Relaxed);
        if frequency != 0 {
            // Those that cannot be so fast or slow any more are as the clock has them.
            let _ = set_beat(number, frequency);
        }
    }
}
