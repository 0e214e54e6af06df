//! Pins.

use berus_firmware::changes::Changes;
use berus_runtime::errno::{BUSY, Errno};
use berus_runtime::host::{Edges, PinMode, Pull};
use cortex_m::peripheral::NVIC;
use stm32_metapac::gpio::Gpio;
use stm32_metapac::gpio::vals::{Moder, Ospeedr, Ot, Pupdr};
use stm32_metapac::{EXTI, GPIOA, GPIOB, GPIOC, GPIOD, Interrupt, SYSCFG, interrupt};

/// The pins by their numbers: 16 for each port, but for the last port, which has one.
pub const NAMES: &[&str] = &[
    "A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12", "A13", "A14", "A15", "B0", "B1",
    "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B10", "B11", "B12", "B13", "B14", "B15", "C0", "C1", "C2", "C3",
    "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C15", "D2",
];

const COUNT: usize = NAMES.len();

/// What the board calls its pins, each beside the chip's name.
const BOARD_NAMES: &[(&str, &str)] = &[
    ("X1", "A0"),
    ("X2", "A1"),
    ("X3", "A2"),
    ("X4", "A3"),
    ("X5", "A4"),
    ("X6", "A5"),
    ("X7", "A6"),
    ("X8", "A7"),
    ("X9", "B6"),
    ("X10", "B7"),
    ("X11", "C4"),
    ("X12", "C5"),
    ("X17", "B3"),
    ("X18", "C13"),
    ("X19", "C0"),
    ("X20", "C1"),
    ("X21", "C2"),
    ("X22", "C3"),
    ("Y1", "C6"),
    ("Y2", "C7"),
    ("Y3", "B8"),
    ("Y4", "B9"),
    ("Y5", "B12"),
    ("Y6", "B13"),
    ("Y7", "B14"),
    ("Y8", "B15"),
    ("Y9", "B10"),
    ("Y10", "B11"),
    ("Y11", "B0"),
    ("Y12", "B1"),
    ("SW", "B3"),
    ("LED_RED", "A13"),
    ("LED_GREEN", "A14"),
    ("LED_YELLOW", "A15"),
    ("LED_BLUE", "B4"),
    ("MMA_INT", "B2"),
    ("MMA_AVDD", "B5"),
    ("SD_D0", "C8"),
    ("SD_D1", "C9"),
    ("SD_D2", "C10"),
    ("SD_D3", "C11"),
    ("SD_CMD", "D2"),
    ("SD_CK", "C12"),
    ("SD_SW", "A8"),
    ("USB_VBUS", "A9"),
    ("USB_ID", "A10"),
    ("USB_DM", "A11"),
    ("USB_DP", "A12"),
];

/// The number of the pin with a name of the chip, for tables. There is one.
pub const fn number(name: &[u8; 2]) -> usize {
    (name[0] - b'A') as usize * 16 + (name[1] - b'0') as usize
}

/// Changes that were noted.
static CHANGES: Changes<COUNT> = Changes::new();

/// What a pin is used by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum User {
    Input,
    Output,
    OpenDrain,
    /// The converter of voltages.
    Analog,
    /// A part of the chip, by the number that it has at the pin.
    Part(u8),
    /// The same, which drives the pin low or lets it go.
    OpenDrainPart(u8),
}

/// A pin's port, by its number, and the pin's place there.
fn place(pin: usize) -> (usize, usize) {
    // The last port's only pin is its third.
    if pin == COUNT - 1 { (3, 2) } else { (pin / 16, pin % 16) }
}

fn port(number: usize) -> Gpio {
    [GPIOA, GPIOB, GPIOC, GPIOD][number]
}

/// The pin at a place of a port, if there is one.
fn pin_at(port: usize, place: usize) -> Option<usize> {
    if (port, place) == (3, 2) { Some(COUNT - 1) } else { (port < 3).then_some(port * 16 + place) }
}

/// The number of the pin with this name: the chip's, or the board's.
pub fn find(name: &str) -> Option<usize> {
    let name = BOARD_NAMES.iter().find(|(own, _)| *own == name).map_or(name, |(_, pin)| pin);
    NAMES.iter().position(|own| *own == name)
}

/// Starts changes of pins being noted.
pub fn start() {
    use Interrupt::{EXTI0, EXTI1, EXTI2, EXTI3, EXTI4, EXTI9_5, EXTI15_10};
    for number in [EXTI0, EXTI1, EXTI2, EXTI3, EXTI4, EXTI9_5, EXTI15_10] {
        // SAFETY: the handlers below are all that it runs.
        unsafe { NVIC::unmask(number) };
    }
}

/// Hands a pin over to `user`, held as `pull` says.
pub fn hand_over(pin: usize, user: User, pull: Pull) {
    let (number, place) = place(pin);
    let port = port(number);
    let (mode, part) = match user {
        User::Input => (Moder::INPUT, 0),
        User::Output | User::OpenDrain => (Moder::OUTPUT, 0),
        User::Analog => (Moder::ANALOG, 0),
        User::Part(part) | User::OpenDrainPart(part) => (Moder::ALTERNATE, part),
    };
    let is_open = matches!(user, User::OpenDrain | User::OpenDrainPart(_));
    // A port's pins share registers.
    critical_section::with(|_| {
        port.otyper().modify(|w| w.set_ot(place, if is_open { Ot::OPEN_DRAIN } else { Ot::PUSH_PULL }));
        port.ospeedr().modify(|w| w.set_ospeedr(place, Ospeedr::HIGH_SPEED));
        port.pupdr().modify(|w| {
            w.set_pupdr(
                place,
                match pull {
                    Pull::None => Pupdr::FLOATING,
                    Pull::Up => Pupdr::PULL_UP,
                    Pull::Down => Pupdr::PULL_DOWN,
                },
            );
        });
        port.afr(place / 8).modify(|w| w.set_afr(place % 8, part));
        port.moder().modify(|w| w.set_moder(place, mode));
    });
}

/// Whether a part of the chip has a pin, by the number that the part has there.
pub fn is_of_part(pin: usize, part: u8) -> bool {
    let (number, place) = place(pin);
    let port = port(number);
    port.moder().read().moder(place) == Moder::ALTERNATE && port.afr(place / 8).read().afr(place % 8) == part
}

pub fn set_mode(pin: usize, mode: PinMode, pull: Pull) {
    let user = match mode {
        PinMode::Input => User::Input,
        PinMode::Output => User::Output,
        PinMode::OpenDrain => User::OpenDrain,
    };
    if mode == PinMode::OpenDrain && !is_output(pin) {
        // One that nobody has driven is let go.
        drive(pin, true);
    }
    hand_over(pin, user, pull);
}

fn is_output(pin: usize) -> bool {
    let (number, place) = place(pin);
    port(number).moder().read().moder(place) == Moder::OUTPUT
}

pub fn level(pin: usize) -> bool {
    let (number, place) = place(pin);
    port(number).idr().read().0 >> place & 1 != 0
}

pub fn driven_level(pin: usize) -> bool {
    let (number, place) = place(pin);
    port(number).odr().read().0 >> place & 1 != 0
}

pub fn drive(pin: usize, level: bool) {
    let (number, place) = place(pin);
    port(number).bsrr().write(|w| if level { w.set_bs(place, true) } else { w.set_br(place, true) });
}

/// Has changes of a pin noted. Of the pins that have the same place at several ports, one can be watched.
pub fn watch(pin: usize, edges: Edges) -> Result<(), Errno> {
    let (port, place) = place(pin);
    critical_section::with(|_| {
        let selected = SYSCFG.exticr(place / 4).read().exti(place % 4);
        let is_own = usize::from(selected) == port;
        let is_watched = EXTI.imr(0).read().line(place);
        let is_wanted = edges != Edges::default();
        if is_watched && !is_own {
            return if is_wanted { Err(BUSY) } else { Ok(()) };
        }
        EXTI.imr(0).modify(|w| w.set_line(place, false));
        EXTI.pr(0).write(|w| w.set_line(place, true));
        if !is_wanted {
            if is_own {
                CHANGES.forget(pin);
            }
            return Ok(());
        }
        SYSCFG.exticr(place / 4).modify(|w| w.set_exti(place % 4, port as u8));
        EXTI.rtsr(0).modify(|w| w.set_line(place, edges.rising));
        EXTI.ftsr(0).modify(|w| w.set_line(place, edges.falling));
        EXTI.imr(0).modify(|w| w.set_line(place, true));
        Ok(())
    })
}

pub fn next_change() -> Option<(usize, Edges)> {
    CHANGES.next()
}

/// Notes what has changed. Which change of two that are wanted it was, the level tells that the pin has by now.
fn note() {
    let pending = EXTI.pr(0).read().0 & EXTI.imr(0).read().0;
    EXTI.pr(0).write(|w| w.0 = pending);
    for place in (0..16).filter(|place| pending >> place & 1 != 0) {
        let port = usize::from(SYSCFG.exticr(place / 4).read().exti(place % 4));
        let Some(pin) = pin_at(port, place) else { continue };
        let (rising, falling) = (EXTI.rtsr(0).read().line(place), EXTI.ftsr(0).read().line(place));
        let is_high = level(pin);
        CHANGES.note(pin, Edges { rising: rising && (is_high || !falling), falling: falling && (!is_high || !rising) });
    }
}

macro_rules! handlers {
    ($($name:ident)*) => {
        $(
            #[interrupt]
            fn $name() {
                note();
            }
        )*
    };
}

handlers! { EXTI0 EXTI1 EXTI2 EXTI3 EXTI4 EXTI9_5 EXTI15_10 }
