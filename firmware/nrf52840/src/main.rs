//! Berus on the nRF52840, with a prompt on USB, and files in the flash behind the firmware. `tools/firmware` builds this for
//! boards with the boot loader that takes UF2 files.

#![no_std]
#![no_main]

extern crate alloc;

mod chip;
mod flash;
mod hardware;
mod partitions;
mod usb;

use alloc::boxed::Box;
use core::panic::PanicInfo;

use berus_firmware::board::{Board, Clock};
use berus_firmware::memory;
use berus_runtime::host::Identity;
use berus_runtime::import::frozen::FrozenImage;
use berus_runtime::model::vm::Limits;

/// What the board is called.
static IDENTITY: Identity = Identity { platform: "nrf52", machine: "nRF52840 board with NRF52840", build: "nrf52840" };

/// The modules that the builder has named.
static FROZEN: FrozenImage = FrozenImage(include_bytes!(concat!(env!("OUT_DIR"), "/frozen.romfs")));

/// Bytes of the machine stack, of which those of [`LIMITS`] are for built-ins.
const STACK: usize = 32 << 10;

/// Python's stacks of values and of frames in words, and the machine stack that built-ins may use in bytes.
const LIMITS: Limits = Limits { value_stack: 2 << 10, frame_stack: 1 << 10, machine_stack: 20 << 10 };

unsafe extern "C" {
    static mut _stack_start: u8;
}

#[cortex_m_rt::entry]
fn main() -> ! {
    chip::start();
    // SAFETY: the linker puts the stack at the end of the RAM that it gives nothing else from the heap's start on, and
    // this is called once.
    memory::give(unsafe { memory::below_stack(cortex_m_rt::heap_start().cast(), &raw mut _stack_start, STACK) });
    Board {
        chip: &chip::CHIP,
        flash: Some(Box::new(partitions::files())),
        rom: Some(partitions::rom()),
        frozen: &FROZEN,
        limits: LIMITS,
        started: Clock::new(),
    }
    .run()
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    berus_firmware::board::die(&chip::CHIP, format_args!("{info}"))
}
