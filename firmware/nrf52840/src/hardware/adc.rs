//! The converter of voltages, up to 3.6 V: six times its own reference.

use berus_runtime::errno::{Errno, UNSUPPORTED};
use nrf_pac::SAADC;
use nrf_pac::saadc::vals::{ConfigMode, Gain, Psel, Refsel, Tacq, Val};

use super::pins;

/// What is measured, by the converter's numbers.
pub static PINS: [usize; 8] = [2, 3, 4, 5, 28, 29, 30, 31];

pub fn level(pin: usize) -> Result<u16, Errno> {
    let input = PINS.iter().position(|known| *known == pin).ok_or(UNSUPPORTED)?;
    pins::let_go(pin);
    SAADC.resolution().write(|w| w.set_val(Val::_12bit));
    let channel = SAADC.ch(0);
    channel.config().write(|w| {
        w.set_gain(Gain::Gain16);
        w.set_refsel(Refsel::Internal);
        w.set_tacq(Tacq::_10us);
        w.set_mode(ConfigMode::Se);
    });
    // The first input is number 1.
    channel.pselp().write(|w| w.set_pselp(Psel::from_bits(input as u8 + 1)));
    SAADC.enable().write(|w| w.set_enable(true));
    let mut level = 0i16;
    SAADC.result().ptr().write_value((&raw mut level).expose_provenance() as u32);
    SAADC.result().maxcnt().write(|w| w.set_maxcnt(1));
    SAADC.events_started().write_value(0);
    SAADC.tasks_start().write_value(1);
    while SAADC.events_started().read() == 0 {}
    SAADC.events_end().write_value(0);
    SAADC.tasks_sample().write_value(1);
    while SAADC.events_end().read() == 0 {}
    SAADC.events_stopped().write_value(0);
    SAADC.tasks_stop().write_value(1);
    while SAADC.events_stopped().read() == 0 {}
    SAADC.enable().write(|w| w.set_enable(false));
    // SAFETY: the converter has written the level.
    let level = unsafe { (&raw const level).read_volatile() };
    // Noise may take the lowest level below zero. Twelve bits, of which the highest also fill what is missing.
    let level = level.clamp(0, 0xfff) as u16;
    Ok(level << 4 | level >> 8)
}
