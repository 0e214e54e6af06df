//! The serial lines, each a PL011 by Arm. What comes waits in memory, since the line itself has room for little.

use core::cell::Cell;

use berus_firmware::waiting::Waiting;
use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::{Pull, SerialLine};
use critical_section::Mutex;

use super::clocks;
use super::pins::{self, User};
use crate::hal::pac::uart0::RegisterBlock;
use crate::hal::pac::{UART0, UART1, interrupt};

/// The lines.
pub static LINES: [Line; 2] = [Line::new(0), Line::new(1)];

pub struct Line {
    number: usize,
    waiting: Waiting,
    /// Bits in a second; 0 for a line that nobody has used.
    frequency: Mutex<Cell<u32>>,
}

/// Has the lines stay as fast as they are with another clock.
pub fn retune() {
    for line in &LINES {
        let frequency = critical_section::with(|section| line.frequency.borrow(section).get());
        if frequency != 0 {
            // One that cannot be so fast any more is as fast as the clock has it.
            let _ = line.set_frequency(frequency);
        }
    }
}

/// The usual pins of each line, output and input, which are the first two of any four.
const USUAL: [[usize; 2]; 2] = [[0, 1], [4, 5]];

/// Hands pins over to a line.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    let usual = USUAL.get(number).ok_or(NO_DEVICE)?;
    for (place, (given, usual)) in given.iter().zip(usual).enumerate() {
        let pin = given.unwrap_or(*usual);
        if pin % 4 != place || (pin + 4) / 8 % 2 != number {
            return Err(INVALID);
        }
        pins::hand_over(pin, User::Serial, if place == 1 { Pull::Up } else { Pull::None });
    }
    Ok(())
}

impl Line {
    const fn new(number: usize) -> Line {
        Line { number, waiting: Waiting::new(), frequency: Mutex::new(Cell::new(0)) }
    }

    fn registers(&self) -> &'static RegisterBlock {
        // SAFETY: both are there, and nobody else uses them.
        unsafe { &*if self.number == 0 { UART0::ptr() } else { UART1::ptr() } }
    }

    /// Takes what the line has received.
    fn receive(&self) {
        let registers = self.registers();
        self.waiting.fill(|| {
            let has_come = registers.uartfr().read().rxfe().bit_is_clear();
            has_come.then(|| registers.uartdr().read().data().bits())
        });
    }
}

impl SerialLine for Line {
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        // In 64ths, of sixteen samples for each bit.
        let divider = (clocks::peripherals() * 8).checked_div(frequency).ok_or(INVALID)?.div_ceil(2);
        let (whole, part) = (divider / 64, divider % 64);
        if !(1..=0xffff).contains(&whole) {
            return Err(INVALID);
        }
        critical_section::with(|section| self.frequency.borrow(section).set(frequency));
        let registers = self.registers();
        registers.uartcr().write(|w| w.uarten().clear_bit());
        // SAFETY: the numbers are in range.
        unsafe {
            registers.uartibrd().write(|w| w.bits(whole));
            registers.uartfbrd().write(|w| w.bits(part));
            registers.uartlcr_h().write(|w| w.wlen().bits(3).fen().set_bit());
        }
        // A byte that nothing follows interrupts, too, after a while.
        registers.uartimsc().write(|w| w.rxim().set_bit().rtim().set_bit());
        registers.uartcr().write(|w| w.uarten().set_bit().txe().set_bit().rxe().set_bit());
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
        let registers = self.registers();
        let mut taken = 0;
        while taken < bytes.len() && registers.uartfr().read().txff().bit_is_clear() {
            // SAFETY: any byte will do.
            registers.uartdr().write(|w| unsafe { w.data().bits(bytes[taken]) });
            taken += 1;
        }
        taken
    }

    fn is_idle(&self) -> bool {
        self.registers().uartfr().read().busy().bit_is_clear()
    }
}

#[interrupt]
fn UART0_IRQ() {
    LINES[0].receive();
}

#[interrupt]
fn UART1_IRQ() {
    LINES[1].receive();
}
