//! Arm's MPS2 with the images AN385, AN386, AN500 and AN505 (facts: Arm's application notes 385, 386, 500 and 505, the
//! Cortex-M System Design Kit for the serial line, the architecture's manual for SysTick).

mod hardware;

use core::time::Duration;

use berus_firmware::board::die;
use berus_firmware::chip::Chip;
use berus_firmware::{console, systick};
use berus_runtime::host::{Hardware, Identity, ResetCause};
use cortex_m::peripheral::{NVIC, SCB};
use cortex_m_rt::{ExceptionFrame, exception};

use super::Register;
use crate::{IDENTITY, cause};

/// The board's processor.
pub static CHIP: Mps2 = Mps2;

/// See [`CHIP`].
pub struct Mps2;

/// Cycles of the processor in a millisecond.
const CYCLES: u32 = if cfg!(board = "mps2-an505") { 20_000 } else { 25_000 };

/// The first serial line.
mod uart {
    use super::Register;

    const BASE: usize = if cfg!(board = "mps2-an505") { 0x5020_0000 } else { 0x4000_4000 };

    // SAFETY: the serial line is there, and nothing but bytes depends on it.
    pub const DATA: Register = unsafe { Register::at(BASE) };
    // SAFETY: as above.
    pub const STATE: Register = unsafe { Register::at(BASE + 4) };
    // SAFETY: as above.
    pub const CONTROL: Register = unsafe { Register::at(BASE + 8) };
    // SAFETY: as above.
    pub const INTERRUPT: Register = unsafe { Register::at(BASE + 12) };
    // SAFETY: as above.
    pub const DIVIDER: Register = unsafe { Register::at(BASE + 16) };

    /// Bits of `STATE`.
    pub const IS_TRANSMITTING: u32 = 1;
    pub const HAS_RECEIVED: u32 = 2;

    /// Bits of `CONTROL`: both ways are on; the receiver interrupts.
    pub const ON: u32 = 0b11;
    pub const RECEIVER_INTERRUPTS: u32 = 1 << 3;

    /// The receiver's bit of `INTERRUPT`.
    pub const RECEIVED: u32 = 2;

    /// The line's interrupts, for either direction, in the order that a board has them.
    pub const NUMBERS: [u16; 2] = if cfg!(board = "mps2-an505") { [32, 33] } else { [0, 1] };

    /// Cycles of the processor for a bit, at 115,200 bits a second.
    pub const CYCLES: u32 = super::CYCLES * 1000 / 115_200;
}

/// An interrupt's number.
#[derive(Clone, Copy)]
struct Number(u16);

// SAFETY: a number is always the same, and the boards have these.
unsafe impl cortex_m::interrupt::InterruptNumber for Number {
    fn number(self) -> u16 {
        self.0
    }
}

/// Starts timer and serial line.
pub fn start() {
    if let Some(parts) = cortex_m::Peripherals::take() {
        systick::start(parts.SYST, CYCLES);
    }
    uart::DIVIDER.write(uart::CYCLES);
    uart::CONTROL.write(uart::ON);
    for number in uart::NUMBERS {
        // SAFETY: the handler below is all that it runs.
        unsafe { NVIC::unmask(Number(number)) };
    }
}

impl Chip for Mps2 {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn hardware(&self) -> Option<&dyn Hardware> {
        Some(self)
    }

    fn now(&self) -> Duration {
        systick::now()
    }

    fn doze(&self, _: Option<Duration>) {
        // The timer interrupts soon enough.
        cortex_m::asm::wfi();
    }

    fn transmit(&self, byte: u8) -> bool {
        let is_free = uart::STATE.read() & uart::IS_TRANSMITTING == 0;
        if is_free {
            uart::DATA.write(byte.into());
        }
        is_free
    }

    fn receive(&self) -> Option<u8> {
        (uart::STATE.read() & uart::HAS_RECEIVED != 0).then(|| uart::DATA.read() as u8)
    }

    fn listen(&self, is_wanted: bool) {
        uart::CONTROL.write(uart::ON | if is_wanted { uart::RECEIVER_INTERRUPTS } else { 0 });
    }

    fn reset(&self) -> ! {
        cause::note(ResetCause::Reset);
        SCB::sys_reset()
    }
}

/// The serial line interrupts, and nothing else.
#[exception]
unsafe fn DefaultHandler(number: i16) {
    if number < 0 {
        die(&CHIP, format_args!("exception {number}"));
    }
    uart::INTERRUPT.write(uart::RECEIVED);
    console::received(&CHIP);
}

/// The watchdog was not fed.
#[exception]
unsafe fn NonMaskableInt() {
    cause::note(ResetCause::Watchdog);
    SCB::sys_reset()
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    die(&CHIP, format_args!("fault at {:#010x}, called from {:#010x}", frame.pc(), frame.lr()))
}
