//! Pins.

use core::cell::Cell;

use berus_firmware::changes::Changes;
use berus_runtime::host::{Edges, PinMode, Pull};
use critical_section::Mutex;

use crate::hal::pac::{IO_BANK0, PADS_BANK0, SIO, interrupt};

/// The pins by their numbers.
pub const NAMES: &[&str] = &[
    "GPIO0", "GPIO1", "GPIO2", "GPIO3", "GPIO4", "GPIO5", "GPIO6", "GPIO7", "GPIO8", "GPIO9", "GPIO10", "GPIO11",
    "GPIO12", "GPIO13", "GPIO14", "GPIO15", "GPIO16", "GPIO17", "GPIO18", "GPIO19", "GPIO20", "GPIO21", "GPIO22",
    "GPIO23", "GPIO24", "GPIO25", "GPIO26", "GPIO27", "GPIO28", "GPIO29",
];

const COUNT: usize = NAMES.len();

/// The pin with the board's light.
const LIGHT: usize = 25;

/// What a pin is used by: numbers that its register has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum User {
    Spi = 1,
    Serial = 2,
    I2c = 3,
    Pulses = 4,
    Program = 5,
    FirstPio = 6,
    SecondPio = 7,
    #[cfg(feature = "rp235x")]
    ThirdPio = 8,
    Nobody = 31,
}

/// The pins that are open drains, and those that a program has driven since they were given their mode, a bit for each.
static OPEN_DRAINS: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));
static DRIVEN: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

/// Changes that programs have asked for.
static CHANGES: Changes<COUNT> = Changes::new();

fn controls() -> IO_BANK0 {
    // SAFETY: what is shared with interrupts is written while they are held off.
    unsafe { IO_BANK0::steal() }
}

fn levels() -> SIO {
    // SAFETY: the registers that are used here change single bits.
    unsafe { SIO::steal() }
}

/// The number of the pin with this name: its own, that of the Pico's plan, or the light's.
pub fn find(name: &str) -> Option<usize> {
    if name == "LED" {
        return Some(LIGHT);
    }
    NAMES.iter().position(|own| *own == name || own[4..] == *name.strip_prefix("GP").unwrap_or_default())
}

/// Hands a pin over to `user`, held as `pull` says.
pub fn hand_over(pin: usize, user: User, pull: Pull) {
    // SAFETY: each pin has a register of its own.
    let pads = unsafe { PADS_BANK0::steal() };
    pads.gpio(pin).modify(|_, w| {
        w.ie().bit(user != User::Nobody).od().clear_bit();
        #[cfg(feature = "rp235x")]
        w.iso().clear_bit();
        w.pue().bit(pull == Pull::Up).pde().bit(pull == Pull::Down)
    });
    // SAFETY: the number is that of a function.
    controls().gpio(pin).gpio_ctrl().write(|w| unsafe { w.funcsel().bits(user as u8) });
}

/// Hands a pin over to `user`, held as before.
pub fn pass_on(pin: usize, user: User) {
    // SAFETY: the register is only read.
    let pad = unsafe { PADS_BANK0::steal() }.gpio(pin).read();
    let pull = match (pad.pue().bit(), pad.pde().bit()) {
        (true, _) => Pull::Up,
        (_, true) => Pull::Down,
        _ => Pull::None,
    };
    hand_over(pin, user, pull);
}

/// Whether `user` has a pin.
pub fn is_of(pin: usize, user: User) -> bool {
    controls().gpio(pin).gpio_ctrl().read().funcsel().bits() == user as u8
}

/// Changes bits of a set of pins: which there were before.
fn change(pins: &Mutex<Cell<u32>>, bits: u32, are_in: bool) -> u32 {
    critical_section::with(|section| {
        let before = pins.borrow(section).get();
        pins.borrow(section).set(if are_in { before | bits } else { before & !bits });
        before
    })
}

pub fn set_mode(pin: usize, mode: PinMode, pull: Pull) {
    let bit = 1 << pin;
    let was_open = change(&OPEN_DRAINS, bit, mode == PinMode::OpenDrain) & bit != 0;
    let was_driven = change(&DRIVEN, bit, false) & bit != 0;
    // The level, as the mode has it, comes before the pin is handed over.
    match mode {
        PinMode::Input => set_direction(bit, false),
        PinMode::Output => set_direction(bit, true),
        // One that nobody has driven is let go.
        PinMode::OpenDrain => drive(pin, driven_level(pin) || !was_open && !was_driven),
    }
    hand_over(pin, User::Program, pull);
}

fn set_direction(bit: u32, is_driven: bool) {
    // SAFETY: each bit is of one pin.
    unsafe {
        if is_driven {
            levels().gpio_oe_set().write(|w| w.bits(bit));
        } else {
            levels().gpio_oe_clr().write(|w| w.bits(bit));
        }
    }
}

pub fn level(pin: usize) -> bool {
    levels().gpio_in().read().bits() >> pin & 1 != 0
}

pub fn driven_level(pin: usize) -> bool {
    levels().gpio_out().read().bits() >> pin & 1 != 0
}

pub fn drive(pin: usize, level: bool) {
    let bit = 1 << pin;
    change(&DRIVEN, bit, true);
    let is_open = critical_section::with(|section| OPEN_DRAINS.borrow(section).get()) & bit != 0;
    if is_open && level {
        set_direction(bit, false);
    }
    // SAFETY: each bit is of one pin.
    unsafe {
        if level {
            levels().gpio_out_set().write(|w| w.bits(bit));
        } else {
            levels().gpio_out_clr().write(|w| w.bits(bit));
        }
    }
    if is_open && !level {
        set_direction(bit, true);
    }
}

/// Pins of a register about interrupts, and the bits of each, of which two are for levels, and these for edges.
const PINS: usize = 8;
const FALLING: u32 = 1 << 2;
const RISING: u32 = 1 << 3;

pub fn watch(pin: usize, edges: Edges) {
    let (register, shift) = (pin / PINS, pin % PINS * 4);
    let wanted = if edges.falling { FALLING } else { 0 } | if edges.rising { RISING } else { 0 };
    critical_section::with(|_| {
        let controls = controls();
        // SAFETY: the bits are the pin's.
        unsafe {
            controls.intr(register).write(|w| w.bits((FALLING | RISING) << shift));
            controls.proc0_inte(register).modify(|r, w| w.bits(r.bits() & !(0xf << shift) | wanted << shift));
        }
        if wanted == 0 {
            CHANGES.forget(pin);
        }
    });
}

pub fn next_change() -> Option<(usize, Edges)> {
    CHANGES.next()
}

/// Notes what has changed.
#[interrupt]
fn IO_IRQ_BANK0() {
    for register in 0..COUNT.div_ceil(PINS) {
        let bits = controls().proc0_ints(register).read().bits();
        // SAFETY: what is noted may be forgotten.
        unsafe { controls().intr(register).write(|w| w.bits(bits)) };
        for (at, pin) in (register * PINS..COUNT).take(PINS).enumerate() {
            let (falling, rising) = (bits >> (at * 4) & FALLING != 0, bits >> (at * 4) & RISING != 0);
            if falling || rising {
                CHANGES.note(pin, Edges { rising, falling });
            }
        }
    }
}
