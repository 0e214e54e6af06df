//! Berus on the pyboard, whose chip is an STM32F405, with a prompt on its first serial line, and files in its flash.
//! `tools/firmware` builds this, and `tools/board-session` tries it in QEMU's `netduinoplus2`, which has the same chip.

#![no_std]
#![no_main]

extern crate alloc;

mod chip;
mod clocks;
mod flash;
mod hardware;
mod partitions;

use core::mem::MaybeUninit;
use core::panic::PanicInfo;
use core::ptr::with_exposed_provenance_mut;
use core::slice;

use berus_firmware::board::{Board, Clock};
use berus_firmware::memory;
use berus_runtime::host::Identity;
use berus_runtime::import::frozen::FrozenImage;
use berus_runtime::model::vm::Limits;
use cortex_m_rt::entry;

/// What the board is called.
static IDENTITY: Identity = Identity { platform: "pyboard", machine: "PYBv1.1 with STM32F405RG", build: "PYBV11" };

/// The modules that the builder has named.
static FROZEN: FrozenImage = FrozenImage(include_bytes!(concat!(env!("OUT_DIR"), "/frozen.romfs")));

/// Bytes of the machine stack, of which those of [`LIMITS`] are for built-ins.
const STACK: usize = 24 << 10;

/// Python's stacks of values and of frames in words, and the machine stack that built-ins may use in bytes.
const LIMITS: Limits = Limits { value_stack: 2 << 10, frame_stack: 1 << 10, machine_stack: 16 << 10 };

/// Memory that only the processor's data reaches: no instructions, nor other parts of the chip.
const BESIDE: usize = 0x1000_0000;
const BESIDE_LEN: usize = 64 << 10;

unsafe extern "C" {
    static mut _stack_start: u8;
}

#[entry]
fn main() -> ! {
    chip::start();
    // QEMU has no flash to write to, and no memory beside.
    let stand_in = if clocks::is_emulated() { partitions::STAND_IN } else { 0 };
    // SAFETY: the linker puts the stack at the end of the RAM that it gives nothing else from the heap's start on, and
    // this is called once.
    let memory =
        unsafe { memory::below_stack(cortex_m_rt::heap_start().cast(), &raw mut _stack_start, STACK + stand_in) };
    let behind = memory.as_mut_ptr_range().end.cast();
    memory::give(memory);
    if !clocks::is_emulated() {
        let words = with_exposed_provenance_mut::<MaybeUninit<usize>>(BESIDE);
        // SAFETY: the chip has this memory, and nothing else uses it.
        memory::give_beside(unsafe { slice::from_raw_parts_mut(words, BESIDE_LEN / size_of::<usize>()) });
    }
    Board {
        chip: &chip::CHIP,
        // SAFETY: what was left above stands in, between memory and stack; this is called once.
        flash: unsafe { partitions::files(behind) },
        // Beside the firmware and files there is no room for one.
        rom: None,
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
