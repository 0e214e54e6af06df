//! The converter of voltages: four pins, and the chip's own thermometer.

use berus_runtime::errno::{Errno, UNSUPPORTED};
use berus_runtime::host::Pull;

use super::pins::{self, User};
use crate::hal::pac::ADC;

/// The number of the thermometer, which is at no pin.
const THERMOMETER: usize = pins::NAMES.len();

/// What is measured, by the converter's numbers.
pub static PINS: [usize; 5] = [26, 27, 28, 29, THERMOMETER];

pub fn level(pin: usize) -> Result<u16, Errno> {
    let input = PINS.iter().position(|known| *known == pin).ok_or(UNSUPPORTED)?;
    // SAFETY: nobody else uses it.
    let adc = unsafe { ADC::steal() };
    if pin != THERMOMETER && !pins::is_of(pin, User::Nobody) {
        pins::hand_over(pin, User::Nobody, Pull::None);
    }
    let wait = || while adc.cs().read().ready().bit_is_clear() {};
    if adc.cs().read().en().bit_is_clear() {
        adc.cs().write(|w| w.en().set_bit().ts_en().set_bit());
        wait();
    }
    // SAFETY: there are so many inputs.
    adc.cs().modify(|_, w| unsafe { w.ainsel().bits(input as u8) }.start_once().set_bit());
    wait();
    // Twelve bits, of which the highest also fill what is missing.
    let level = adc.result().read().result().bits();
    Ok(level << 4 | level >> 8)
}
