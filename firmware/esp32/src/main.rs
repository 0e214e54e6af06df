//! Berus on the ESP32-C3 and ESP32-C6, with a prompt on USB and on the first serial line, and files in flash.
//! `tools/firmware` builds this.

#![no_std]
#![no_main]

extern crate alloc;

mod chip;
mod flash;
mod hardware;
mod line;
mod partitions;

use alloc::boxed::Box;
use core::mem::MaybeUninit;
use core::panic::PanicInfo;

use berus_firmware::board::{Board, Clock, Files};
use berus_firmware::memory;
use berus_runtime::host::Identity;
use berus_runtime::import::frozen::FrozenImage;
use berus_runtime::model::vm::Limits;

// What the second stage of the start looks for.
esp_bootloader_esp_idf::esp_app_desc!();

/// What the board is called.
static IDENTITY: Identity = if cfg!(feature = "esp32c3") {
    Identity { platform: "esp32", machine: "ESP32C3 module with ESP32C3", build: "esp32c3" }
} else {
    Identity { platform: "esp32", machine: "ESP32C6 module with ESP32C6", build: "esp32c6" }
};

/// The modules that the builder has named.
static FROZEN: FrozenImage = FrozenImage(include_bytes!(concat!(env!("OUT_DIR"), "/frozen.romfs")));

/// Bytes of the machine stack, of which those of [`LIMITS`] are for built-ins.
const STACK: usize = 32 << 10;

/// Python's stacks of values and of frames in words, and the machine stack that built-ins may use in bytes.
const LIMITS: Limits = Limits { value_stack: 2 << 10, frame_stack: 1 << 10, machine_stack: 20 << 10 };

/// Memory that the boot loader has had, and that is free when the firmware runs. Nothing that the boot loader puts into RAM can
/// be there, so that it is for Python objects only.
#[esp_hal::ram(reclaimed)]
static mut RECLAIMED: MaybeUninit<[usize; 16 << 10]> = MaybeUninit::uninit();

unsafe extern "C" {
    static mut _stack_start: u8;
    static mut _stack_end: u8;
}

#[esp_hal::main]
fn main() -> ! {
    // SAFETY: the linker gives all RAM behind the data to the stack, which grows down from the end, and this is called once.
    memory::give(unsafe { memory::below_stack(&raw mut _stack_end, &raw mut _stack_start, STACK) });
    // SAFETY: nothing else uses the memory, and this is called once.
    memory::give_beside(unsafe { &mut *(&raw mut RECLAIMED).cast::<[MaybeUninit<usize>; 16 << 10]>() });
    chip::start();
    let (files, rom) = partitions::find();
    let flash = files.map(|files| Box::new(files) as Files);
    Board { chip: &chip::CHIP, flash, rom, frozen: &FROZEN, limits: LIMITS, started: Clock::new() }.run()
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    berus_firmware::board::die(&chip::CHIP, format_args!("{info}"))
}
