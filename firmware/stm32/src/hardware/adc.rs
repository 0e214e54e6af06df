//! The converter of voltages: sixteen pins, the chip's own thermometer, and its reference.

use core::time::Duration;

use berus_runtime::errno::{Errno, UNSUPPORTED};
use berus_runtime::host::Pull;
use stm32_metapac::adc::vals::SampleTime;
use stm32_metapac::adccommon::vals::Adcpre;
use stm32_metapac::{ADC1, ADC123_COMMON};

use super::pins::{self, User};
use super::{TIMED_OUT, wait};
use crate::clocks::comes;

/// How long the converter takes to start: three microseconds.
const START: Duration = Duration::from_micros(3);

/// The first number behind the pins', for what is at none of them.
const INSIDE: usize = pins::NAMES.len();

/// What is measured, by the converter's numbers: pins of the ports A, B and C, the thermometer, the reference.
pub static PINS: [usize; 18] = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 32, 33, 34, 35, 36, 37, INSIDE, INSIDE + 1];

pub fn level(pin: usize) -> Result<u16, Errno> {
    let input = PINS.iter().position(|known| *known == pin).ok_or(UNSUPPORTED)?;
    if pin < INSIDE {
        pins::hand_over(pin, User::Analog, Pull::None);
    }
    if !ADC1.cr2().read().adon() {
        ADC123_COMMON.ccr().modify(|w| {
            w.set_adcpre(Adcpre::DIV4);
            w.set_tsvrefe(true);
        });
        // What is inside wants the longest time of all.
        ADC1.smpr1().write(|w| (0..9).for_each(|input| w.set_smp(input, SampleTime::CYCLES480)));
        ADC1.smpr2().write(|w| (0..10).for_each(|input| w.set_smp(input, SampleTime::CYCLES84)));
        ADC1.cr2().modify(|w| w.set_adon(true));
        wait(START);
    }
    ADC1.sqr1().write(|w| w.set_l(0));
    ADC1.sqr3().write(|w| w.set_sq(0, input as u8));
    ADC1.sr().modify(|w| w.set_eoc(false));
    ADC1.cr2().modify(|w| w.set_swstart(true));
    if !comes(|| ADC1.sr().read().eoc()) {
        return Err(TIMED_OUT);
    }
    // Twelve bits, of which the highest also fill what is missing.
    let level = ADC1.dr().read().data() & 0xfff;
    Ok(level << 4 | level >> 8)
}
