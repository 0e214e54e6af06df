//! Pulses: six outputs for any pins, with four timers. Outputs with the same frequency share a timer.

use core::cell::RefCell;

use berus_runtime::errno::{BUSY, Errno, INVALID};
use berus_runtime::host::Pulses;
use critical_section::Mutex;
use esp_hal::gpio::DriveMode;
use esp_hal::ledc::channel::{Channel, ChannelHW, ChannelIFace, Number as Output, config::Config};
use esp_hal::ledc::timer::config::{Config as Beat, Duty};
use esp_hal::ledc::timer::{LSClockSource, Number, Timer, TimerIFace};
use esp_hal::ledc::{LSGlobalClkSource, Ledc, LowSpeed};
use esp_hal::peripherals::LEDC;
use esp_hal::time::Rate;

use super::pins;

const OUTPUTS: [Output; 6] =
    [Output::Channel0, Output::Channel1, Output::Channel2, Output::Channel3, Output::Channel4, Output::Channel5];
const TIMERS: [Number; 4] = [Number::Timer0, Number::Timer1, Number::Timer2, Number::Timer3];

/// How finely the part of the time is given at most, in bits.
const BITS: [Duty; 14] = [
    Duty::Duty14Bit,
    Duty::Duty13Bit,
    Duty::Duty12Bit,
    Duty::Duty11Bit,
    Duty::Duty10Bit,
    Duty::Duty9Bit,
    Duty::Duty8Bit,
    Duty::Duty7Bit,
    Duty::Duty6Bit,
    Duty::Duty5Bit,
    Duty::Duty4Bit,
    Duty::Duty3Bit,
    Duty::Duty2Bit,
    Duty::Duty1Bit,
];

/// What an output does.
#[derive(Clone, Copy)]
struct Use {
    pin: usize,
    timer: usize,
    frequency: u32,
}

static USES: Mutex<RefCell<[Option<Use>; OUTPUTS.len()]>> = Mutex::new(RefCell::new([None; OUTPUTS.len()]));

/// Starts the outputs' clock.
pub fn start(ledc: LEDC<'static>) {
    Ledc::new(ledc).set_global_slow_clock(LSGlobalClkSource::APBClk);
}

/// The output for a pin, and the timer for a frequency: those that the pin and the frequency have, or free ones.
fn choose(uses: &[Option<Use>], pin: usize, frequency: u32) -> Option<(usize, usize)> {
    let own = |used: &Option<Use>| used.is_some_and(|used| used.pin == pin);
    let output = uses.iter().position(own).or_else(|| uses.iter().position(Option::is_none))?;
    let others = || uses.iter().flatten().filter(|used| used.pin != pin);
    let same = others().find(|used| used.frequency == frequency).map(|used| used.timer);
    let free = || (0..TIMERS.len()).find(|timer| others().all(|used| used.timer != *timer));
    Some((output, same.or_else(free)?))
}

pub fn set(pin: usize, pulses: Option<Pulses>) -> Result<(), Errno> {
    critical_section::with(|section| {
        let mut uses = USES.borrow_ref_mut(section);
        let Some(Pulses { frequency, duty }) = pulses else {
            return match uses.iter_mut().find(|used| used.is_some_and(|used| used.pin == pin)) {
                Some(used) => {
                    *used = None;
                    pins::take_back(pin)
                }
                None => Ok(()),
            };
        };
        let (output, timer) = choose(&*uses, pin, frequency).ok_or(BUSY)?;
        let mut beat = Timer::<LowSpeed>::new(LEDC::regs(), TIMERS[timer]);
        let bits = configure(&mut beat, frequency)?;
        let mut channel = Channel::new(OUTPUTS[output], pins::hand_over(pin)?);
        let config = Config { timer: &beat, duty_pct: 0, drive_mode: DriveMode::PushPull };
        channel.configure(config).map_err(|_| INVALID)?;
        channel.set_duty_hw((u32::from(duty) << bits) / u32::from(u16::MAX));
        uses[output] = Some(Use { pin, timer, frequency });
        Ok(())
    })
}

/// Has a timer give so many pulses in a second, with as many steps in each as possible: how many bits these have.
fn configure(timer: &mut Timer<'static, LowSpeed>, frequency: u32) -> Result<u32, Errno> {
    if frequency == 0 {
        return Err(INVALID);
    }
    let frequency = Rate::from_hz(frequency);
    let clock_source = LSClockSource::APBClk;
    let fits = |duty: &&Duty| timer.configure(Beat { duty: **duty, clock_source, frequency }).is_ok();
    BITS.iter().find(fits).map(|duty| *duty as u32).ok_or(INVALID)
}
