//! The processor and what is around it: timer, console, reset (facts: ST's manual RM0090).

use core::time::Duration;

use berus_firmware::board::die;
use berus_firmware::chip::Chip;
use berus_firmware::{console, systick};
use berus_runtime::host::{Hardware, Identity};
use cortex_m::peripheral::{NVIC, SCB};
use cortex_m_rt::{ExceptionFrame, exception};
use stm32_metapac::{Interrupt, USART1, interrupt};

use crate::hardware::{Stm32, entropy, power, serial};
use crate::{IDENTITY, clocks, hardware};

/// The board's processor.
pub static CHIP: Stm32 = Stm32;

/// Bits in a second of the console.
const SPEED: u32 = 115_200;

/// Starts clocks, timer, hardware, and the console at the pins X9 and X10.
pub fn start() {
    power::start_bootloader();
    clocks::start();
    if let Some(parts) = cortex_m::Peripherals::take() {
        systick::start(parts.SYST, clocks::processor() / 1000);
    }
    hardware::start();
    serial::start_console(SPEED);
    // SAFETY: the handler below is all that it runs.
    unsafe { NVIC::unmask(Interrupt::USART1) };
}

impl Chip for Stm32 {
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
        serial::transmit(USART1, byte)
    }

    fn receive(&self) -> Option<u8> {
        serial::receive(USART1)
    }

    fn listen(&self, is_wanted: bool) {
        USART1.cr1().modify(|w| w.set_rxneie(is_wanted));
    }

    fn entropy(&self, buffer: &mut [u8]) -> bool {
        entropy::fill(buffer)
    }

    fn reset(&self) -> ! {
        SCB::sys_reset()
    }

    fn bootloader(&self) -> ! {
        power::bootloader()
    }
}

#[interrupt]
fn USART1() {
    console::received(&CHIP);
}

#[exception]
unsafe fn DefaultHandler(number: i16) {
    die(&CHIP, format_args!("exception {number}"))
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    die(&CHIP, format_args!("fault at {:#010x}, called from {:#010x}", frame.pc(), frame.lr()))
}
