//! Berus on boards that QEMU emulates, with a prompt on the first serial line, and files. QEMU emulates no flash that can
//! be written to: RAM stands for it. `tools/firmware` builds this.

#![no_std]
#![no_main]

extern crate alloc;

mod cause;
mod chip;

use alloc::boxed::Box;
use core::panic::PanicInfo;

use berus_firmware::board::{Board, Clock};
use berus_firmware::flash::{Partition, Region, Rom};
use berus_firmware::memory;
use berus_runtime::host::Identity;
use berus_runtime::import::frozen::FrozenImage;
use berus_runtime::model::vm::Limits;

// The first of each pair says how interrupts are held off.
#[cfg(target_arch = "arm")]
use {cortex_m as _, cortex_m_rt::entry};
#[cfg(target_arch = "riscv32")]
use {riscv as _, riscv_rt::entry};

/// What the board is called.
static IDENTITY: Identity = Identity { platform: "qemu", machine: env!("BERUS_MACHINE"), build: env!("BERUS_BOARD") };

/// The modules that the builder has named.
static FROZEN: FrozenImage = FrozenImage(include_bytes!(concat!(env!("OUT_DIR"), "/frozen.romfs")));

/// Bytes of the machine stack, of which those of [`LIMITS`] are for built-ins.
const STACK: usize = 128 << 10;

/// Python's stacks of values and of frames in words, and the machine stack that built-ins may use in bytes.
const LIMITS: Limits = Limits { value_stack: 8 << 10, frame_stack: 4 << 10, machine_stack: 64 << 10 };

/// Where the partitions are: for ROM images, whose first half QEMU may load one to (`-device loader`), and for files.
const STORAGE: usize = match () {
    () if cfg!(board = "virt") => 0x8200_0000,
    () if cfg!(board = "mps2-an500") => 0x6000_0000,
    () if cfg!(board = "mps2-an505") => 0x8000_0000,
    () => 0x2100_0000,
};
const ROM_LEN: usize = 8 << 20;
const FLASH_LEN: usize = 2 << 20;

unsafe extern "C" {
    static mut _stack_start: u8;
}

#[cfg(target_arch = "arm")]
fn heap_start() -> *mut u8 {
    cortex_m_rt::heap_start().cast()
}

#[cfg(target_arch = "riscv32")]
fn heap_start() -> *mut u8 {
    riscv_rt::heap_start().cast()
}

#[entry]
fn main() -> ! {
    cause::start();
    chip::start();
    // SAFETY: the linker puts the stack at the end of the RAM that it gives nothing else from the heap's start on, and
    // this is called once.
    memory::give(unsafe { memory::below_stack(heap_start(), &raw mut _stack_start, STACK) });
    // SAFETY: nothing but the partitions is there.
    let (rom, flash) = unsafe { (Region::new(STORAGE, ROM_LEN), Region::new(STORAGE + ROM_LEN, FLASH_LEN)) };
    Board {
        chip: &chip::CHIP,
        flash: Some(Box::new(Partition::new(flash))),
        rom: Some(Rom::new(rom)),
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
