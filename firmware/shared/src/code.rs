//! Machine code from files, in RAM.
//!
//! A microcontroller executes what lies in its RAM. Nothing protects memory there from being written once it is
//! executable: that `W^X` holds means that no Rust code has a way to write to it any more. A board with an MPU may do
//! better.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::slice;

use berus_mpy::arch::Arch;
use berus_runtime::host::{Executable, MachineCode};

/// Grants machine code memory of Rust's allocator.
pub struct CodeInRam;

/// What code is aligned to.
#[derive(Clone, Copy)]
#[repr(align(16))]
#[expect(dead_code, reason = "lines are read as bytes")]
struct Line([u8; 16]);

/// A piece of memory with code.
struct Piece {
    lines: Vec<Line>,
    len: usize,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        let bytes = self.lines.as_ptr().cast();
        // SAFETY: the lines consist of bytes, and are at least so many.
        unsafe { slice::from_raw_parts(bytes, self.len) }
    }
}

// SAFETY: the memory is a piece of RAM of its own, which nobody writes to after `fill`; nothing forbids to execute
// memory of these boards, and their code never changes.
unsafe impl MachineCode for CodeInRam {
    fn install(&self, len: usize, fill: &mut dyn FnMut(&mut [u8])) -> Option<Executable> {
        let count = len.div_ceil(size_of::<Line>());
        let mut lines = Vec::new();
        lines.try_reserve_exact(count).ok()?;
        lines.resize(count, Line([0; 16]));
        // SAFETY: as in `as_ref`; nobody else knows the lines yet.
        fill(unsafe { slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), len) });
        Some(Box::new(Piece { lines, len }))
    }

    fn runs_in_place(&self, _: &'static [u8]) -> bool {
        // All memory of these boards can be executed, flash and RAM.
        true
    }

    fn arch(&self, built: Arch) -> Arch {
        if built == Arch::Armv7emsp && has_doubles() { Arch::Armv7emdp } else { built }
    }
}

/// Whether a Cortex-M with registers for floats calculates with doubles: its register MVFR0 says so.
#[cfg(target_arch = "arm")]
fn has_doubles() -> bool {
    // SAFETY: every Cortex-M from ARMv7-M on has the register, and reading it changes nothing.
    let mvfr0 = unsafe { core::ptr::with_exposed_provenance::<u32>(0xe000_ef40).read_volatile() };
    mvfr0 >> 8 & 0xf == 2
}

#[cfg(not(target_arch = "arm"))]
fn has_doubles() -> bool {
    false
}
