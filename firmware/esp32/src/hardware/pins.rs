//! Pins.

use core::cell::{Cell, RefCell};

use berus_firmware::changes::Changes;
use berus_runtime::errno::{Errno, INVALID};
use berus_runtime::host::{Edges, PinMode, Pull};
use critical_section::Mutex;
use esp_hal::gpio::{AnyPin, DriveMode, Event, Flex, InputConfig, Io, OutputConfig};
use esp_hal::handler;
use esp_hal::peripherals::{GPIO, IO_MUX};

/// The pins by their numbers.
#[cfg(feature = "esp32c3")]
pub const NAMES: &[&str] = &[
    "GPIO0", "GPIO1", "GPIO2", "GPIO3", "GPIO4", "GPIO5", "GPIO6", "GPIO7", "GPIO8", "GPIO9", "GPIO10", "GPIO11",
    "GPIO12", "GPIO13", "GPIO14", "GPIO15", "GPIO16", "GPIO17", "GPIO18", "GPIO19", "GPIO20", "GPIO21",
];
#[cfg(feature = "esp32c6")]
pub const NAMES: &[&str] = &[
    "GPIO0", "GPIO1", "GPIO2", "GPIO3", "GPIO4", "GPIO5", "GPIO6", "GPIO7", "GPIO8", "GPIO9", "GPIO10", "GPIO11",
    "GPIO12", "GPIO13", "GPIO14", "GPIO15", "GPIO16", "GPIO17", "GPIO18", "GPIO19", "GPIO20", "GPIO21", "GPIO22",
    "GPIO23", "GPIO24", "GPIO25", "GPIO26", "GPIO27", "GPIO28", "GPIO29", "GPIO30",
];

const COUNT: usize = NAMES.len();

/// The pins that the flash is at, and its power, which the firmware runs from.
const OF_FLASH: core::ops::RangeInclusive<usize> = if cfg!(feature = "esp32c3") { 11..=17 } else { 24..=30 };

/// The pins that programs have used as such.
static PINS: Mutex<RefCell<[Option<Flex<'static>>; COUNT]>> = Mutex::new(RefCell::new([const { None }; COUNT]));

/// The pins that are open drains, and those that a program has driven since they were given their mode, a bit for each.
static OPEN_DRAINS: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));
static DRIVEN: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

/// Changes that programs have asked for.
static CHANGES: Changes<COUNT> = Changes::new();

/// Has changes be noted.
pub fn start(pins: IO_MUX<'static>) {
    Io::new(pins).set_interrupt_handler(changed);
}

/// Calls `act` with a pin that the program uses as such, from now on if not before.
fn with<T>(pin: usize, act: impl FnOnce(&mut Flex<'static>) -> T) -> Result<T, Errno> {
    if pin >= COUNT || OF_FLASH.contains(&pin) {
        return Err(INVALID);
    }
    Ok(critical_section::with(|section| {
        let pins = &mut *PINS.borrow_ref_mut(section);
        act(pins[pin].get_or_insert_with(|| {
            // SAFETY: whatever else had the pin has been used by the program, which wants it as such now.
            let mut flex = Flex::new(unsafe { AnyPin::steal(pin as u8) });
            flex.set_input_enable(true);
            flex
        }))
    }))
}

/// A pin for a driver, which the program no longer uses as such.
pub fn hand_over(pin: usize) -> Result<AnyPin<'static>, Errno> {
    with(pin, Flex::unlisten)?;
    critical_section::with(|section| PINS.borrow_ref_mut(section)[pin] = None);
    // SAFETY: the program has the pin no more.
    Ok(unsafe { AnyPin::steal(pin as u8) })
}

/// Takes a pin back from whatever had it.
pub fn take_back(pin: usize) -> Result<(), Errno> {
    hand_over(pin)?;
    with(pin, |_| {})
}

/// Changes bits of a set of pins: which there were before.
fn change(pins: &Mutex<Cell<u32>>, bits: u32, are_in: bool) -> u32 {
    critical_section::with(|section| {
        let before = pins.borrow(section).get();
        pins.borrow(section).set(if are_in { before | bits } else { before & !bits });
        before
    })
}

pub fn set_mode(pin: usize, mode: PinMode, pull: Pull) -> Result<(), Errno> {
    with(pin, |flex| {
        let bit = 1 << pin;
        let was_open = change(&OPEN_DRAINS, bit, mode == PinMode::OpenDrain) & bit != 0;
        let was_driven = change(&DRIVEN, bit, false) & bit != 0;
        let pull = match pull {
            Pull::None => esp_hal::gpio::Pull::None,
            Pull::Up => esp_hal::gpio::Pull::Up,
            Pull::Down => esp_hal::gpio::Pull::Down,
        };
        if mode == PinMode::OpenDrain && !was_open && !was_driven {
            // One that nobody has driven is let go.
            flex.set_high();
        }
        let drive = if mode == PinMode::OpenDrain { DriveMode::OpenDrain } else { DriveMode::PushPull };
        flex.apply_output_config(&OutputConfig::default().with_drive_mode(drive).with_pull(pull));
        flex.apply_input_config(&InputConfig::default().with_pull(pull));
        flex.set_output_enable(mode != PinMode::Input);
    })
}

pub fn level(pin: usize) -> bool {
    GPIO::regs().in_().read().bits() >> pin & 1 != 0
}

pub fn driven_level(pin: usize) -> bool {
    GPIO::regs().out().read().bits() >> pin & 1 != 0
}

pub fn drive(pin: usize, level: bool) {
    change(&DRIVEN, 1 << pin, true);
    // One that cannot be driven stays as it is.
    let _ = with(pin, |flex| flex.set_level(level.into()));
}

pub fn watch(pin: usize, edges: Edges) -> Result<(), Errno> {
    let event = match (edges.rising, edges.falling) {
        (true, true) => Event::AnyEdge,
        (true, false) => Event::RisingEdge,
        (false, true) => Event::FallingEdge,
        (false, false) => {
            CHANGES.forget(pin);
            // One that no program has used does not interrupt.
            critical_section::with(|section| PINS.borrow_ref_mut(section)[pin].as_mut().map(Flex::unlisten));
            return Ok(());
        }
    };
    with(pin, |flex| flex.listen(event))
}

pub fn next_change() -> Option<(usize, Edges)> {
    CHANGES.next()
}

/// Notes what has changed.
#[handler]
fn changed() {
    let pins = GPIO::regs();
    let bits = pins.status().read().bits();
    // SAFETY: what is noted may be forgotten.
    pins.status_w1tc().write(|w| unsafe { w.bits(bits) });
    for pin in (0..COUNT).filter(|pin| bits >> pin & 1 != 0) {
        // Of a pin with both edges, the level tells which was the last one.
        let (rising, falling) = match pins.pin(pin).read().int_type().bits() {
            1 => (true, false),
            2 => (false, true),
            _ => (level(pin), !level(pin)),
        };
        CHANGES.note(pin, Edges { rising, falling });
    }
}
