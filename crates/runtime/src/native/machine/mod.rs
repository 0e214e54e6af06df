//! What differs between the machines that machine code runs on, a file for each.
//!
//! - `ARCH`, the architecture, by the name that modules have for it.
//! - `REGISTERS`, how many words of registers a [`Buffer`](crate::native::nlr::Buffer) holds.
//! - `enter`, `push` and `resume`, the jumps of [`nlr`](crate::native::nlr).
//! - `printf`, which makes of the arguments of a C function that takes any the [`Values`] that C has for them.
//! - `raise`, which adds to a call where the caller goes on and where the caller's frame is, and `CODE`, how the
//!   compiler calls that function.
//! - `CODE_ALIGN`, what the code of a code object is aligned to: its constants are read by whole words.
//! - `callable`, a place in machine code as an address to be called, `place`, the other way round, and `synchronise`,
//!   which has the processor see code that was just written.
//!
//! Facts come from MicroPython's `py/nlr*.c`, `py/asm*.c` and `py/emitn*.c`, and from the calling convention of each
//! machine.

#[cfg(any(berus_machine = "armv6", berus_machine = "thumb"))]
mod arm;
#[cfg(any(berus_machine = "rv32", berus_machine = "rv64"))]
mod riscv;
#[cfg(not(berus_machine = "x64"))]
mod values;
#[cfg(berus_machine = "x64")]
mod x64;
#[cfg(berus_machine = "x86")]
mod x86;

#[cfg(any(berus_machine = "armv6", berus_machine = "thumb"))]
pub(super) use arm::*;
#[cfg(any(berus_machine = "rv32", berus_machine = "rv64"))]
pub(super) use riscv::*;
#[cfg(not(berus_machine = "x64"))]
pub(super) use values::Values;
#[cfg(berus_machine = "x64")]
pub(super) use x64::*;
#[cfg(berus_machine = "x86")]
pub(super) use x86::*;

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
