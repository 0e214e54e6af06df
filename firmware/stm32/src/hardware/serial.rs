//! The serial lines. What comes waits in memory, since a line itself has room for a byte. The first one is the console's.

use berus_firmware::waiting::Waiting;
use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::{Pull, SerialLine};
use cortex_m::peripheral::NVIC;
use stm32_metapac::usart::Usart;
use stm32_metapac::{Interrupt, UART4, USART1, USART2, USART3, USART6, interrupt};

use super::pins::{self, User, number};
use crate::clocks;

/// A line: its registers, its pins for output and input, and the number that it has there.
struct Place {
    registers: Usart,
    pins: [usize; 2],
    part: u8,
    interrupt: Interrupt,
}

/// The console's line, at the pins X9 and X10.
const CONSOLE: Place =
    Place { registers: USART1, pins: [number(b"B6"), number(b"B7")], part: 7, interrupt: Interrupt::USART1 };

/// The lines of programs, by their numbers.
pub static LINES: [Option<Line>; 7] = [
    None,
    None,
    Some(Line::new(Place { registers: USART2, pins: [2, 3], part: 7, interrupt: Interrupt::USART2 })),
    Some(Line::new(Place { registers: USART3, pins: [26, 27], part: 7, interrupt: Interrupt::USART3 })),
    Some(Line::new(Place { registers: UART4, pins: [0, 1], part: 8, interrupt: Interrupt::UART4 })),
    None,
    Some(Line::new(Place { registers: USART6, pins: [38, 39], part: 8, interrupt: Interrupt::USART6 })),
];

pub struct Line {
    place: Place,
    waiting: Waiting,
}

impl Place {
    fn hand_pins_over(&self) {
        pins::hand_over(self.pins[0], User::Part(self.part), Pull::None);
        pins::hand_over(self.pins[1], User::Part(self.part), Pull::Up);
        // SAFETY: the handlers of this file and of the console are all that it runs.
        unsafe { NVIC::unmask(self.interrupt) };
    }

    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        // Of the lines here the first and the sixth are at the faster bus.
        let is_fast = matches!(self.interrupt, Interrupt::USART1 | Interrupt::USART6);
        let clock = if is_fast { clocks::fast_bus() } else { clocks::slow_bus() };
        // Sixteen samples for each bit, and the divider has four bits behind the point.
        let divider = (clock + frequency / 2).checked_div(frequency).ok_or(INVALID)?;
        let divider = u16::try_from(divider).ok().filter(|divider| *divider >= 16).ok_or(INVALID)?;
        self.registers.brr().write(|w| w.set_brr(divider));
        self.registers.cr1().modify(|w| {
            w.set_ue(true);
            w.set_te(true);
            w.set_re(true);
        });
        Ok(())
    }
}

/// Starts the console's line.
pub fn start_console(frequency: u32) {
    CONSOLE.hand_pins_over();
    // The console's frequency is one that it can have.
    let _ = CONSOLE.set_frequency(frequency);
}

/// Hands pins over to a line, which has no choice of them.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    let Some(Some(line)) = LINES.get(number) else { return Err(NO_DEVICE) };
    if given.iter().zip(line.place.pins).any(|(given, own)| given.is_some_and(|given| given != own)) {
        return Err(INVALID);
    }
    line.place.hand_pins_over();
    Ok(())
}

/// The byte that a line holds.
pub fn receive(registers: Usart) -> Option<u8> {
    let state = registers.sr().read();
    if !state.rxne() && !state.ore() {
        return None;
    }
    // Reading also takes note of one that was lost.
    let byte = registers.dr().read().dr() as u8;
    state.rxne().then_some(byte)
}

/// Gives a line a byte: `false` if it takes none now.
pub fn transmit(registers: Usart, byte: u8) -> bool {
    let is_free = registers.sr().read().txe();
    if is_free {
        registers.dr().write(|w| w.set_dr(byte.into()));
    }
    is_free
}

impl Line {
    const fn new(place: Place) -> Line {
        Line { place, waiting: Waiting::new() }
    }

    /// Takes what the line has received.
    fn receive(&self) {
        self.waiting.fill(|| receive(self.place.registers));
    }
}

impl SerialLine for Line {
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        self.place.set_frequency(frequency)?;
        self.place.registers.cr1().modify(|w| w.set_rxneie(true));
        Ok(())
    }

    fn read(&self, buffer: &mut [u8]) -> usize {
        self.receive();
        self.waiting.take(buffer)
    }

    fn available(&self) -> usize {
        self.receive();
        self.waiting.len()
    }

    fn write(&self, bytes: &[u8]) -> usize {
        bytes.iter().take_while(|byte| transmit(self.place.registers, **byte)).count()
    }

    fn is_idle(&self) -> bool {
        self.place.registers.sr().read().tc()
    }
}

macro_rules! handlers {
    ($($name:ident: $number:literal)*) => {
        $(
            #[interrupt]
            fn $name() {
                if let Some(line) = &LINES[$number] {
                    line.receive();
                }
            }
        )*
    };
}

handlers! { USART2: 2 USART3: 3 UART4: 4 USART6: 6 }
