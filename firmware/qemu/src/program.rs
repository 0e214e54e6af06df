//! Berus on boards that QEMU emulates. The program comes from the emulator's machine by semihosting, and so does the
//! console; `tools/boards` builds and runs this.

#![no_std]
#![no_main]

use core::mem::MaybeUninit;
use core::panic::PanicInfo;

use berus_firmware::{memory, program, semihosting};
use berus_runtime::heap::Heap;
use berus_runtime::model::vm::Limits;

// The first of each pair says how interrupts are held off, for the allocator.
#[cfg(target_arch = "arm")]
use {cortex_m as _, cortex_m_rt::entry};
#[cfg(target_arch = "riscv32")]
use {riscv as _, riscv_rt::entry};

/// Words of the heap for Python objects: half of the smallest board's RAM.
const OBJECTS: usize = 32 << 10;

/// Bytes for what the interpreter itself allocates, and for machine code.
const INTERNAL: usize = 72 << 10;

/// Python's stacks of values and of frames in words, and the machine stack that built-ins may use in bytes.
const LIMITS: Limits = Limits { value_stack: 2 << 10, frame_stack: 1 << 10, machine_stack: 32 << 10 };

static mut BYTES: [MaybeUninit<u8>; INTERNAL] = [MaybeUninit::uninit(); INTERNAL];
static mut WORDS: [MaybeUninit<usize>; OBJECTS] = [MaybeUninit::uninit(); OBJECTS];

#[entry]
fn main() -> ! {
    // SAFETY: this is called once, and nobody else knows the memory.
    let (bytes, words) = unsafe { (&mut *(&raw mut BYTES), &mut *(&raw mut WORDS)) };
    memory::give(bytes);
    match Heap::fixed(words) {
        Some(heap) => program::run(heap, LIMITS),
        None => semihosting::exit(false),
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::exit(false)
}
