//! Pulses: eight counters, each with two outputs, of which each has two pins, or one.

use berus_runtime::errno::{Errno, INVALID};
use berus_runtime::host::{Pull, Pulses};

use super::pins::{self, User};
use crate::chip::FREQUENCY;
use crate::hal::pac::PWM;

const COUNTERS: usize = 8;

/// Sixteenths, in which the clock's divider is given, and the largest divider.
const SIXTEENTH: u64 = 16;
const MOST: u64 = 256 * SIXTEENTH - 1;

/// How a counter counts: by which divider, and up to what.
struct Beat {
    divider: u64,
    top: u32,
}

impl Beat {
    /// The one with most steps that gives so many pulses in a second.
    fn of(frequency: u32) -> Result<Beat, Errno> {
        let cycles = (u64::from(FREQUENCY) * SIXTEENTH).checked_div(frequency.into()).ok_or(INVALID)?;
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
    let Beat { divider, top } = Beat::of(frequency)?;
    // SAFETY: nobody else uses it.
    let pwm = unsafe { PWM::steal() };
    let (counter, is_second) = (pwm.ch(pin / 2 % COUNTERS), pin % 2 == 1);
    let high = u32::from(duty) * (top + 1) / u32::from(u16::MAX);
    let before = counter.top().read().bits();
    counter.cc().modify(|r, w| {
        // The other output, which has the same beat from now on, keeps its part of the time.
        let scaled = |level: u16| (u64::from(level) * u64::from(top + 1) / u64::from(before + 1)) as u16;
        let (first, second) = (scaled(r.a().bits()), scaled(r.b().bits()));
        let (first, second) = if is_second { (first, high as u16) } else { (high as u16, second) };
        // SAFETY: any levels will do.
        unsafe { w.a().bits(first).b().bits(second) }
    });
    // SAFETY: the numbers are in range.
    unsafe {
        counter.div().write(|w| w.bits(divider as u32));
        counter.top().write(|w| w.bits(top));
    }
    counter.csr().modify(|_, w| w.en().set_bit());
    pins::hand_over(pin, User::Pulses, Pull::None);
    Ok(())
}
