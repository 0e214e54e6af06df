//! Pulses: four counters, each with four outputs for any pins, which share the counter's frequency.

use core::cell::RefCell;

use berus_runtime::errno::{BUSY, Errno, INVALID};
use berus_runtime::host::{PinMode, Pull, Pulses};
use critical_section::Mutex;
use nrf_pac::pwm::Pwm;
use nrf_pac::pwm::vals::{Load, Mode, Prescaler, Updown};
use nrf_pac::shared::regs::Psel;
use nrf_pac::shared::vals::Connect;
use nrf_pac::{PWM0, PWM1, PWM2, PWM3};

use super::pins;

const COUNTERS: [Pwm; 4] = [PWM0, PWM1, PWM2, PWM3];
const OUTPUTS: usize = 4;

/// Cycles of the counters' clock in a second, and steps of a counter at most.
const CLOCK: u32 = 16_000_000;
const MOST: u32 = 0x7fff;

/// A pulse begins at the beginning of a round: the bit of an output that says so.
const FIRST: u16 = 1 << 15;

/// What a counter does, and what its outputs are told, which the counter reads by itself.
struct Counter {
    frequency: u32,
    pins: [Option<usize>; OUTPUTS],
    duties: [u16; OUTPUTS],
    levels: [u16; OUTPUTS],
}

static USES: Mutex<RefCell<[Counter; COUNTERS.len()]>> = Mutex::new(RefCell::new(
    [const { Counter { frequency: 0, pins: [None; OUTPUTS], duties: [0; OUTPUTS], levels: [0; OUTPUTS] } };
        COUNTERS.len()],
));

/// By which power of two the clock is divided, and up to what a counter counts, for so many pulses in a second.
fn beat(frequency: u32) -> Result<(u8, u16), Errno> {
    let cycles = CLOCK.checked_div(frequency).ok_or(INVALID)?;
    let power = (0..8).find(|power| cycles >> power <= MOST).ok_or(INVALID)?;
    let steps = cycles >> power;
    if steps < 3 { Err(INVALID) } else { Ok((power, steps as u16)) }
}

impl Counter {
    fn is_free(&self) -> bool {
        self.pins.iter().all(Option::is_none)
    }

    fn output(&self, pin: Option<usize>) -> Option<usize> {
        self.pins.iter().position(|own| *own == pin)
    }

    /// Has the counter do what is noted.
    fn set_up(&mut self, registers: Pwm) -> Result<(), Errno> {
        let (power, steps) = beat(self.frequency)?;
        for (level, duty) in self.levels.iter_mut().zip(self.duties) {
            *level = (u32::from(duty) * u32::from(steps) / u32::from(u16::MAX)) as u16 | FIRST;
        }
        for (output, pin) in self.pins.iter().enumerate() {
            registers.psel().out(output).write_value(pin.map_or_else(nobody, pins::select));
        }
        registers.enable().write(|w| w.set_enable(true));
        registers.mode().write(|w| w.set_updown(Updown::Up));
        registers.prescaler().write(|w| w.set_prescaler(Prescaler::from_bits(power)));
        registers.countertop().write(|w| w.set_countertop(steps));
        registers.decoder().write(|w| {
            w.set_load(Load::Individual);
            w.set_mode(Mode::RefreshCount);
        });
        let sequence = registers.dma().seq(0);
        sequence.ptr().write_value(self.levels.as_ptr().expose_provenance() as u32);
        sequence.maxcnt().write(|w| w.0 = OUTPUTS as u32);
        core::sync::atomic::compiler_fence(core::sync::atomic::Ordering::SeqCst);
        // At its end the counter goes on with what it was told last.
        registers.tasks_dma().seq(0).start().write_value(1);
        Ok(())
    }

    /// Takes a pin from the counter.
    fn let_go(&mut self, registers: Pwm, pin: usize) {
        let Some(output) = self.output(Some(pin)) else { return };
        self.pins[output] = None;
        registers.psel().out(output).write_value(nobody());
        if self.is_free() {
            registers.events_stopped().write_value(0);
            registers.tasks_stop().write_value(1);
            while registers.events_stopped().read() == 0 {}
            registers.enable().write(|w| w.set_enable(false));
        }
    }
}

/// What an output is told that has no pin.
fn nobody() -> Psel {
    let mut select = Psel(0);
    select.set_connect(Connect::Disconnected);
    select
}

pub fn set(pin: usize, pulses: Option<Pulses>) -> Result<(), Errno> {
    critical_section::with(|section| {
        let counters = &mut *USES.borrow_ref_mut(section);
        let own = counters.iter().position(|counter| counter.output(Some(pin)).is_some());
        let Some(Pulses { frequency, duty }) = pulses else {
            if let Some(own) = own {
                counters[own].let_go(COUNTERS[own], pin);
            }
            return Ok(());
        };
        beat(frequency)?;
        // A pin whose frequency changes goes to another counter, or back to its own if that has no other pin.
        if let Some(own) = own.filter(|own| counters[*own].frequency != frequency) {
            counters[own].let_go(COUNTERS[own], pin);
        }
        let same = |counter: &Counter| !counter.is_free() && counter.frequency == frequency;
        let has_it = counters.iter().position(|counter| counter.output(Some(pin)).is_some());
        let shared = || counters.iter().position(|counter| same(counter) && counter.output(None).is_some());
        let free = || counters.iter().position(Counter::is_free);
        let at = has_it.or_else(shared).or_else(free).ok_or(BUSY)?;
        let counter = &mut counters[at];
        let output = counter.output(Some(pin)).or_else(|| counter.output(None)).ok_or(BUSY)?;
        if counter.pins[output].is_none() {
            pins::set_mode(pin, PinMode::Output, Pull::None);
        }
        counter.frequency = frequency;
        counter.pins[output] = Some(pin);
        counter.duties[output] = duty;
        counter.set_up(COUNTERS[at])
    })
}
