//! Pulses, by the timers for that: four, each with four outputs, of which each has several pins.

use berus_runtime::errno::{Errno, INVALID, UNSUPPORTED};
use berus_runtime::host::{Pull, Pulses};
use stm32_metapac::timer::TimGp16;
use stm32_metapac::timer::vals::Ocm;
use stm32_metapac::{TIM2, TIM3, TIM4, TIM5};

use super::pins::{self, User};
use crate::clocks;

/// The timers, by their place in [`OUTPUTS`]: two count further than others, which nobody asks for.
fn timer(number: usize) -> TimGp16 {
    // SAFETY: the registers of all are the same, but for the upper halves of words, which hold zeros.
    let (first, last) = unsafe { (TimGp16::from_ptr(TIM2.as_ptr()), TimGp16::from_ptr(TIM5.as_ptr())) };
    [first, TIM3, TIM4, last][number]
}

/// The timers' numbers at pins: as many as there are timers.
const PARTS: [u8; 4] = [1, 2, 2, 2];

/// What gives pulses at a pin: pin, timer, output.
const OUTPUTS: &[(usize, usize, usize)] = &[
    (0, 3, 0),
    (1, 3, 1),
    (2, 3, 2),
    (3, 3, 3),
    (5, 0, 0),
    (6, 1, 0),
    (7, 1, 1),
    (15, 0, 0),
    (16, 1, 2),
    (17, 1, 3),
    (19, 0, 1),
    (20, 1, 0),
    (21, 1, 1),
    (22, 2, 0),
    (23, 2, 1),
    (24, 2, 2),
    (25, 2, 3),
    (26, 0, 2),
    (27, 0, 3),
    (38, 1, 0),
    (39, 1, 1),
    (40, 1, 2),
    (41, 1, 3),
];

/// How a timer counts: by which divider, and up to what.
struct Beat {
    divider: u32,
    top: u32,
}

impl Beat {
    /// The one with most steps that gives so many pulses in a second.
    fn of(frequency: u32) -> Result<Beat, Errno> {
        let cycles = clocks::slow_timers().checked_div(frequency).ok_or(INVALID)?;
        // At most 65535 steps, so that all of them can be a pulse.
        let divider = cycles.div_ceil(0xffff).max(1);
        let steps = cycles / divider;
        if divider > 1 << 16 || steps < 2 {
            return Err(INVALID);
        }
        Ok(Beat { divider, top: steps - 1 })
    }
}

pub fn set(pin: usize, pulses: Option<Pulses>) -> Result<(), Errno> {
    let (_, number, output) = OUTPUTS.iter().find(|(own, ..)| *own == pin).ok_or(UNSUPPORTED)?;
    let (timer, part) = (timer(*number), PARTS[*number]);
    let Some(Pulses { frequency, duty }) = pulses else {
        if pins::is_of_part(pin, part) {
            pins::hand_over(pin, User::Output, Pull::None);
        }
        return Ok(());
    };
    let Beat { divider, top } = Beat::of(frequency)?;
    // The other outputs, which have the same beat from now on, keep their part of the time.
    let before = u32::from(timer.arr().read().arr()) + 1;
    for other in (0..4).filter(|other| other != output) {
        let level = u32::from(timer.ccr(other).read().ccr());
        timer.ccr(other).write(|w| w.set_ccr((level * (top + 1) / before) as u16));
    }
    timer.ccr(*output).write(|w| w.set_ccr((u32::from(duty) * (top + 1) / u32::from(u16::MAX)) as u16));
    timer.psc().write_value((divider - 1) as u16);
    timer.arr().write(|w| w.set_arr(top as u16));
    timer.ccmr_output(output / 2).modify(|w| {
        w.set_ocm(output % 2, Ocm::PWM_MODE1);
        w.set_ocpe(output % 2, true);
    });
    timer.ccer().modify(|w| w.set_cce(*output, true));
    // What was set counts from now on, not only from the next pulse on.
    timer.egr().write(|w| w.set_ug(true));
    timer.cr1().modify(|w| {
        w.set_arpe(true);
        w.set_cen(true);
    });
    pins::hand_over(pin, User::Part(part), Pull::None);
    Ok(())
}
