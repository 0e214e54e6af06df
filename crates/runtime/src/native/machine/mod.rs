//! What differs between the machines that machine code runs on, a file for each.
//!
//! - `ARCH`, the architecture, by the name that modules have for it.
//! - `REGISTERS`, how many words of registers a [`Buffer`](crate::native::nlr::Buffer) holds.
//! - `enter`, `push` and `resume`, the jumps of [`nlr`](crate::native::nlr).
//! - `printf`, which makes of the arguments of a C function that takes any the [`Values`] that C has for them.
//! - `raise`, which adds to a call where the caller goes on and where the caller's frame is, and `CODE`, how the
//!   compiler calls that function.
//! - `CODE_ALIGN`, what the code of a code object is aligned to: its constants are read by whole words.
//! - `READS_ANYWHERE`, whether numbers can be read at any address.
//! - `synchronise`, which has the processor see code that was just written, where it does not of itself.
//!
//! Facts come from MicroPython's `py/nlr*.c`, `py/asm*.c` and `py/emitn*.c`, and from the calling convention of each
//! machine.

#[cfg(any(berus_machine = "armv6", berus_machine = "thumb"))]
mod arm;
#[cfg(any(feature = "two-buses", test))]
mod buses;
pub(super) mod floats;
#[cfg(any(berus_machine = "rv32", berus_machine = "rv64"))]
mod riscv;
#[cfg(not(berus_machine = "x64"))]
mod values;
#[cfg(berus_machine = "x64")]
mod x64;
#[cfg(berus_machine = "x86")]
mod x86;

use core::ffi::c_void;

#[cfg(any(berus_machine = "armv6", berus_machine = "thumb"))]
pub(super) use arm::*;
#[cfg(feature = "two-buses")]
use buses::read;

#[cfg(feature = "two-buses")]
pub(super) use buses::executed;
#[cfg(any(berus_machine = "rv32", berus_machine = "rv64"))]
pub(super) use riscv::*;
#[cfg(not(berus_machine = "x64"))]
pub(super) use values::Values;
#[cfg(berus_machine = "x64")]
pub(super) use x64::*;
#[cfg(berus_machine = "x86")]
pub(super) use x86::*;

/// What bit 0 of the address of a function says: that its instructions are Thumb's.
const THUMB: usize = if cfg!(berus_machine = "thumb") { 1 } else { 0 };

/// Where code at `text` is called.
#[inline(always)]
pub(super) fn callable(text: *const u8) -> *const c_void {
    executed(text).map_addr(|at| at | THUMB).cast()
}

/// Where the code is that is called at, or returns to, `address`.
pub(super) fn place(address: *const u8) -> *const u8 {
    read(address).map_addr(|at| at & !THUMB)
}

/// Where the processor executes what it reads at `text`: there.
#[cfg(not(feature = "two-buses"))]
#[inline(always)]
pub(super) fn executed(text: *const u8) -> *const u8 {
    text
}

/// Where the processor reads what it executes at `address`: there.
#[cfg(not(feature = "two-buses"))]
#[inline(always)]
fn read(address: *const u8) -> *const u8 {
    address
}

/// Has the processor see `code`, which was just written: this one does of itself.
#[cfg(any(berus_machine = "x64", berus_machine = "x86"))]
pub(super) fn synchronise(_: &[u8]) {}

/// Two words that a function returns in two registers, the first in the lower half.
#[cfg(target_pointer_width = "64")]
pub(super) type TwoWords = u128;
/// Two words that a function returns in two registers, the first in the lower half.
#[cfg(target_pointer_width = "32")]
pub(super) type TwoWords = u64;

/// How the compiler's code calls the function that raises, as bytes of instructions.
pub(super) struct CallsOfRaise {
    /// The call itself, with what passes the argument.
    pub calls: &'static [&'static [u8]],
    /// What comes before where the argument is the exception that waits in the buffer of the caller's frame.
    pub pending: &'static [&'static [u8]],
    /// What comes before where the argument was thrown into a generator, whose code then forgets the exception.
    pub thrown: &'static [&'static [u8]],
    /// Where in a frame the buffer can be.
    pub buffer_at: &'static [usize],
}
