//! Pins: 32 of the first port, then 16 of the second.

use berus_firmware::changes::Changes;
use berus_runtime::errno::{BUSY, Errno};
use berus_runtime::host::{Edges, PinMode, Pull};
use nrf_pac::gpio::vals::{Dir, Drive, Input, Pull as Held};
use nrf_pac::gpio::{Gpio, regs};
use nrf_pac::gpiote::vals::{Mode, Polarity};
use nrf_pac::shared::regs::Psel;
use nrf_pac::shared::vals::Connect;
use nrf_pac::{GPIOTE, Interrupt, P0, P1, interrupt};

/// The pins by their numbers.
pub const NAMES: &[&str] = &[
    "P0.00", "P0.01", "P0.02", "P0.03", "P0.04", "P0.05", "P0.06", "P0.07", "P0.08", "P0.09", "P0.10", "P0.11",
    "P0.12", "P0.13", "P0.14", "P0.15", "P0.16", "P0.17", "P0.18", "P0.19", "P0.20", "P0.21", "P0.22", "P0.23",
    "P0.24", "P0.25", "P0.26", "P0.27", "P0.28", "P0.29", "P0.30", "P0.31", "P1.00", "P1.01", "P1.02", "P1.03",
    "P1.04", "P1.05", "P1.06", "P1.07", "P1.08", "P1.09", "P1.10", "P1.11", "P1.12", "P1.13", "P1.14", "P1.15",
];

const COUNT: usize = NAMES.len();

/// Pins of a port.
const PORT: usize = 32;

/// What interrupts, and how many pins can at a time.
pub const INTERRUPT: Interrupt = Interrupt::GPIOTE;
const CHANNELS: usize = 8;

/// Changes that programs have asked for.
static CHANGES: Changes<COUNT> = Changes::new();

/// The number of the pin with this name: its own, or its own with another sign between port and pin.
pub fn find(name: &str) -> Option<usize> {
    NAMES.iter().position(|own| {
        let (own, name) = (own.as_bytes(), name.as_bytes());
        own.len() == name.len() && own[..2] == name[..2] && matches!(name[2], b'.' | b'_') && own[3..] == name[3..]
    })
}

fn port(pin: usize) -> (Gpio, usize) {
    (if pin < PORT { P0 } else { P1 }, pin % PORT)
}

fn configuration(pin: usize) -> nrf_pac::common::Reg<regs::PinCnf, nrf_pac::common::RW> {
    let (port, pin) = port(pin);
    port.pin_cnf(pin)
}

/// Whether a pin is an open drain.
fn is_open(configuration: regs::PinCnf) -> bool {
    configuration.drive() == Drive::S0d1
}

/// What a peripheral is told about a pin.
pub fn select(pin: usize) -> Psel {
    let mut select = Psel(0);
    select.set_port(pin >= PORT);
    select.set_pin((pin % PORT) as u8);
    select.set_connect(Connect::Connected);
    select
}

fn held(pull: Pull) -> Held {
    match pull {
        Pull::None => Held::Disabled,
        Pull::Up => Held::Pullup,
        Pull::Down => Held::Pulldown,
    }
}

pub fn set_mode(pin: usize, mode: PinMode, pull: Pull) {
    let before = configuration(pin).read();
    if mode == PinMode::OpenDrain && !is_open(before) && before.dir() == Dir::Input {
        // One that nobody has driven is let go.
        drive(pin, true);
    }
    configuration(pin).write(|w| {
        w.set_dir(if mode == PinMode::Input { Dir::Input } else { Dir::Output });
        w.set_input(Input::Connect);
        w.set_drive(if mode == PinMode::OpenDrain { Drive::S0d1 } else { Drive::S0s1 });
        w.set_pull(held(pull));
    });
}

/// Has a pin that a bus drives be an open drain.
pub fn set_open(pin: usize) {
    configuration(pin).modify(|w| w.set_drive(Drive::S0d1));
}

/// Has a pin be nobody's, so that its voltage can be measured.
pub fn let_go(pin: usize) {
    configuration(pin).write(|w| w.set_input(Input::Disconnect));
}

pub fn level(pin: usize) -> bool {
    let (port, pin) = port(pin);
    port.in_().read().pin(pin)
}

pub fn driven_level(pin: usize) -> bool {
    let (port, pin) = port(pin);
    port.out().read().pin(pin)
}

pub fn drive(pin: usize, level: bool) {
    let (port, pin) = port(pin);
    if level {
        port.outset().write(|w| w.set_pin(pin, true));
    } else {
        port.outclr().write(|w| w.set_pin(pin, true));
    }
}

/// The pin that a channel watches.
fn watched(channel: usize) -> Option<usize> {
    let configuration = GPIOTE.config(channel).read();
    let pin = usize::from(configuration.psel()) + if configuration.port() { PORT } else { 0 };
    (configuration.mode() == Mode::Event).then_some(pin)
}

pub fn watch(pin: usize, edges: Edges) -> Result<(), Errno> {
    critical_section::with(|_| {
        let own = (0..CHANNELS).find(|channel| watched(*channel) == Some(pin));
        let polarity = match (edges.rising, edges.falling) {
            (true, true) => Polarity::Toggle,
            (true, false) => Polarity::LoToHi,
            (false, true) => Polarity::HiToLo,
            (false, false) => {
                if let Some(channel) = own {
                    GPIOTE.intenclr(0).write(|w| w.set_in_(channel, true));
                    GPIOTE.config(channel).write(|_| {});
                }
                CHANGES.forget(pin);
                return Ok(());
            }
        };
        let free = || (0..CHANNELS).find(|channel| watched(*channel).is_none());
        let channel = own.or_else(free).ok_or(BUSY)?;
        GPIOTE.intenclr(0).write(|w| w.set_in_(channel, true));
        GPIOTE.config(channel).write(|w| {
            w.set_mode(Mode::Event);
            w.set_port(pin >= PORT);
            w.set_psel((pin % PORT) as u8);
            w.set_polarity(polarity);
        });
        GPIOTE.events_in(channel).write_value(0);
        GPIOTE.intenset(0).write(|w| w.set_in_(channel, true));
        Ok(())
    })
}

pub fn next_change() -> Option<(usize, Edges)> {
    CHANGES.next()
}

/// Notes what has changed.
#[interrupt]
fn GPIOTE() {
    for channel in (0..CHANNELS).filter(|channel| GPIOTE.events_in(*channel).read() != 0) {
        GPIOTE.events_in(channel).write_value(0);
        let Some(pin) = watched(channel) else { continue };
        // Of a pin with both edges, the level tells which was the last one.
        let (rising, falling) = match GPIOTE.config(channel).read().polarity() {
            Polarity::LoToHi => (true, false),
            Polarity::HiToLo => (false, true),
            _ => (level(pin), !level(pin)),
        };
        CHANGES.note(pin, Edges { rising, falling });
    }
}
