//! The processor and what is around it: clock, timer, console, reset (facts: "nRF52840 Product Specification").

use core::cell::Cell;
use core::time::Duration;

use berus_firmware::board::die;
use berus_firmware::chip::Chip;
use berus_runtime::host::{Hardware, Identity};
use cortex_m::peripheral::NVIC;
use cortex_m_rt::{ExceptionFrame, exception};
use critical_section::Mutex;
use nrf_pac::clock::vals::HfclkstatSrc;
use nrf_pac::timer::vals::Bitmode;
use nrf_pac::{CLOCK, Interrupt, TIMER0, interrupt};

use crate::hardware::{Nrf, entropy, power};
use crate::{IDENTITY, hardware, usb};

/// The board's processor.
pub static CHIP: Nrf = Nrf;

/// Cycles of the processor in a second.
pub const FREQUENCY: u32 = 64_000_000;

/// The longest doze in microseconds: the alarm knows only the lower word of time.
const LONGEST: u64 = 1 << 30;

/// What the timer's registers are for: the alarm, the beginning of a round of its 32 bits, and a look at it.
const ALARM: usize = 0;
const ROUND: usize = 1;
const LOOK: usize = 2;

/// Rounds that the timer has counted.
static ROUNDS: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

/// Has handlers of interrupts be called.
pub fn unmask(interrupts: &[Interrupt]) {
    for interrupt in interrupts {
        // SAFETY: the handlers are all that it runs.
        unsafe { NVIC::unmask(*interrupt) };
    }
}

/// Starts clock, timer, hardware, and the serial line over USB.
pub fn start() {
    power::start();
    // The crystal, which USB wants.
    CLOCK.tasks_hfclkstart().write_value(1);
    while CLOCK.hfclkstat().read().src() != HfclkstatSrc::Xtal {}
    TIMER0.bitmode().write(|w| w.set_bitmode(Bitmode::_32bit));
    // Sixteen cycles are a microsecond.
    TIMER0.prescaler().write(|w| w.set_prescaler(4));
    TIMER0.cc(ROUND).write_value(0);
    TIMER0.tasks_clear().write_value(1);
    TIMER0.tasks_start().write_value(1);
    // A round begins behind the first.
    while low() == 0 {}
    TIMER0.events_compare(ROUND).write_value(0);
    TIMER0.intenset().write(|w| w.set_compare(ROUND, true));
    hardware::start();
    unmask(&[Interrupt::TIMER0]);
    usb::start();
}

/// The lower word of time.
fn low() -> u32 {
    TIMER0.tasks_capture(LOOK).write_value(1);
    TIMER0.cc(LOOK).read()
}

/// Microseconds since the start.
fn microseconds() -> u64 {
    critical_section::with(|section| {
        let low = low();
        // A round may have begun whose interrupt is held off, before the look or just behind it.
        let begun = TIMER0.events_compare(ROUND).read() != 0 && low < 1 << 31;
        u64::from(ROUNDS.borrow(section).get() + u32::from(begun)) << 32 | u64::from(low)
    })
}

impl Chip for Nrf {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn hardware(&self) -> Option<&dyn Hardware> {
        Some(self)
    }

    fn now(&self) -> Duration {
        Duration::from_micros(microseconds())
    }

    fn doze(&self, until: Option<Duration>) {
        let end = until.map_or(u64::MAX, |until| until.as_micros().try_into().unwrap_or(u64::MAX));
        let end = end.min(microseconds() + LONGEST);
        // The alarm rings when the timer comes to its time, but not if that has passed.
        TIMER0.cc(ALARM).write_value(end as u32);
        TIMER0.intenset().write(|w| w.set_compare(ALARM, true));
        if microseconds() < end {
            cortex_m::asm::wfi();
        }
    }

    fn transmit(&self, byte: u8) -> bool {
        usb::transmit(byte)
    }

    fn receive(&self) -> Option<u8> {
        usb::receive()
    }

    fn listen(&self, is_wanted: bool) {
        usb::listen(is_wanted);
    }

    fn entropy(&self, buffer: &mut [u8]) -> bool {
        entropy::fill(buffer);
        true
    }

    fn reset(&self) -> ! {
        power::reset()
    }

    fn bootloader(&self) -> ! {
        power::bootloader()
    }
}

/// The time that was dozed for is over, or a round.
#[interrupt]
fn TIMER0() {
    TIMER0.intenclr().write(|w| w.set_compare(ALARM, true));
    TIMER0.events_compare(ALARM).write_value(0);
    critical_section::with(|section| {
        if TIMER0.events_compare(ROUND).read() != 0 {
            TIMER0.events_compare(ROUND).write_value(0);
            let rounds = ROUNDS.borrow(section);
            rounds.set(rounds.get() + 1);
        }
    });
}

#[exception]
unsafe fn DefaultHandler(number: i16) {
    die(&CHIP, format_args!("exception {number}"))
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    die(&CHIP, format_args!("fault at {:#010x}, called from {:#010x}", frame.pc(), frame.lr()))
}
