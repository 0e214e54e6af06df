//! RISC-V, of 32 and of 64 bits.
//!
//! In builds that pass floats in registers some registers for floats belong to the caller of a function. A buffer holds
//! none of those (MicroPython: `py/nlrrv32.c`), and `enter` saves them.

use core::arch::naked_asm;
use core::ffi::{c_char, c_int, c_void};

use berus_mpy::arch::Arch;

use crate::model::word::Slot;
use crate::native::machine::{CallsOfRaise, TwoWords};
use crate::native::nlr::{Buffer, link};
use crate::native::table::{PrinterOfC, raise_for, vprintf};

pub(in crate::native) const ARCH: Arch = if cfg!(berus_machine = "rv32") { Arch::Rv32imc } else { Arch::Rv64imc };

/// `ra`, `s0` to `s11`, `sp`.
pub(in crate::native) const REGISTERS: usize = 14;

/// An instruction that stores a register as word number `$n` from where another points.
#[cfg(berus_machine = "rv32")]
macro_rules! store {
    ($register:literal, $n:literal, $base:literal) => {
        concat!("sw ", $register, ", 4*", $n, "(", $base, ")")
    };
}
#[cfg(berus_machine = "rv64")]
macro_rules! store {
    ($register:literal, $n:literal, $base:literal) => {
        concat!("sd ", $register, ", 8*", $n, "(", $base, ")")
    };
}

/// An instruction that loads a register from there.
#[cfg(berus_machine = "rv32")]
macro_rules! load {
    ($register:literal, $n:literal, $base:literal) => {
        concat!("lw ", $register, ", 4*", $n, "(", $base, ")")
    };
}
#[cfg(berus_machine = "rv64")]
macro_rules! load {
    ($register:literal, $n:literal, $base:literal) => {
        concat!("ld ", $register, ", 8*", $n, "(", $base, ")")
    };
}

/// Instructions that move the stack pointer by so many words.
#[cfg(berus_machine = "rv32")]
macro_rules! move_stack {
    ($words:literal) => {
        concat!("addi sp, sp, ", $words, "*4")
    };
}
#[cfg(berus_machine = "rv64")]
macro_rules! move_stack {
    ($words:literal) => {
        concat!("addi sp, sp, ", $words, "*8")
    };
}

/// Moves the registers for floats that belong to the caller between processor and stack, where floats are passed in
/// registers.
#[cfg(target_feature = "d")]
macro_rules! floats {
    ($instruction:literal) => {
        concat!(
            $instruction,
            " fs0, 256(sp)\n",
            $instruction,
            " fs1, 264(sp)\n",
            $instruction,
            " fs2, 272(sp)\n",
            $instruction,
            " fs3, 280(sp)\n",
            $instruction,
            " fs4, 288(sp)\n",
            $instruction,
            " fs5, 296(sp)\n",
            $instruction,
            " fs6, 304(sp)\n",
            $instruction,
            " fs7, 312(sp)\n",
            $instruction,
            " fs8, 320(sp)\n",
            $instruction,
            " fs9, 328(sp)\n",
            $instruction,
            " fs10, 336(sp)\n",
            $instruction,
            " fs11, 344(sp)",
        )
    };
}
#[cfg(not(target_feature = "d"))]
macro_rules! floats {
    ($instruction:literal) => {
        ""
    };
}

/// See [`enter`](crate::native::nlr::enter).
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn enter(
    top: *mut *mut Buffer,
    code: *const c_void,
    a: usize,
    b: usize,
    c: usize,
    d: usize,
) -> TwoWords {
    // The buffer lies at `sp`; what the buffer says of other registers than `ra` and `sp` is anything, since they are
    // restored from the stack.
    naked_asm!(
        move_stack!("-52"),
        store!("a0", "16", "sp"),
        store!("ra", "17", "sp"),
        store!("s0", "18", "sp"),
        store!("s1", "19", "sp"),
        store!("s2", "20", "sp"),
        store!("s3", "21", "sp"),
        store!("s4", "22", "sp"),
        store!("s5", "23", "sp"),
        store!("s6", "24", "sp"),
        store!("s7", "25", "sp"),
        store!("s8", "26", "sp"),
        store!("s9", "27", "sp"),
        store!("s10", "28", "sp"),
        store!("s11", "29", "sp"),
        floats!("fsd"),
        load!("t0", "0", "a0"),
        store!("t0", "0", "sp"),
        "lla t0, 2f",
        store!("t0", "2", "sp"),
        store!("sp", "15", "sp"),
        store!("sp", "0", "a0"),
        "mv t0, a1",
        "mv a0, a2",
        "mv a1, a3",
        "mv a2, a4",
        "mv a3, a5",
        "jalr t0",
        load!("t0", "0", "sp"),
        load!("t1", "16", "sp"),
        store!("t0", "0", "t1"),
        "li a1, 0",
        "3:",
        load!("ra", "17", "sp"),
        load!("s0", "18", "sp"),
        load!("s1", "19", "sp"),
        load!("s2", "20", "sp"),
        load!("s3", "21", "sp"),
        load!("s4", "22", "sp"),
        load!("s5", "23", "sp"),
        load!("s6", "24", "sp"),
        load!("s7", "25", "sp"),
        load!("s8", "26", "sp"),
        load!("s9", "27", "sp"),
        load!("s10", "28", "sp"),
        load!("s11", "29", "sp"),
        floats!("fld"),
        move_stack!("52"),
        "ret",
        "2:",
        load!("a0", "1", "sp"),
        "li a1, 1",
        "j 3b",
    )
}

/// See [`push`](crate::native::nlr::push).
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn push(buffer: *mut Buffer) -> u32 {
    naked_asm!(
        store!("ra", "2", "a0"),
        store!("s0", "3", "a0"),
        store!("s1", "4", "a0"),
        store!("s2", "5", "a0"),
        store!("s3", "6", "a0"),
        store!("s4", "7", "a0"),
        store!("s5", "8", "a0"),
        store!("s6", "9", "a0"),
        store!("s7", "10", "a0"),
        store!("s8", "11", "a0"),
        store!("s9", "12", "a0"),
        store!("s10", "13", "a0"),
        store!("s11", "14", "a0"),
        store!("sp", "15", "a0"),
        "tail {link}",
        link = sym link,
    )
}

/// See [`resume`](crate::native::nlr::resume).
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn resume(buffer: *const Buffer) -> ! {
    naked_asm!(
        load!("ra", "2", "a0"),
        load!("s0", "3", "a0"),
        load!("s1", "4", "a0"),
        load!("s2", "5", "a0"),
        load!("s3", "6", "a0"),
        load!("s4", "7", "a0"),
        load!("s5", "8", "a0"),
        load!("s6", "9", "a0"),
        load!("s7", "10", "a0"),
        load!("s8", "11", "a0"),
        load!("s9", "12", "a0"),
        load!("s10", "13", "a0"),
        load!("s11", "14", "a0"),
        load!("sp", "15", "a0"),
        "li a0, 1",
        "ret",
    )
}

/// Entry `mp_printf`: puts the arguments that come in registers before those on the stack, for [`vprintf`].
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn printf(out: *const PrinterOfC, format: *const c_char) -> c_int {
    naked_asm!(
        move_stack!("-12"),
        store!("ra", "0", "sp"),
        store!("a2", "6", "sp"),
        store!("a3", "7", "sp"),
        store!("a4", "8", "sp"),
        store!("a5", "9", "sp"),
        store!("a6", "10", "sp"),
        store!("a7", "11", "sp"),
        "addi a2, sp, {values}",
        "call {vprintf}",
        load!("ra", "0", "sp"),
        move_stack!("12"),
        "ret",
        values = const 6 * size_of::<usize>(),
        vprintf = sym vprintf,
    )
}

/// See [`raise_for`].
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn raise(object: Slot) {
    naked_asm!(
        "mv a1, ra",
        "mv a2, sp",
        "tail {raise}",
        raise = sym raise_for,
    )
}

/// No compiler makes functions for 64 bits.
#[cfg(berus_machine = "rv64")]
pub(in crate::native) const CODE: CallsOfRaise = CallsOfRaise { calls: &[], pending: &[], thrown: &[], buffer_at: &[] };

#[cfg(berus_machine = "rv32")]
pub(in crate::native) const CODE: CallsOfRaise = CallsOfRaise {
    // lw a6, 4*34(s1); jalr a6
    calls: &[&[0x03, 0xa8, 0x84, 0x08, 0x02, 0x98]],
    // The buffer lies above five or six registers that the function saves, or, where instructions of Zcmp save these,
    // below. lw a0, 24(sp), 28(sp) or 4(sp)
    pending: &[&[0x62, 0x45], &[0x72, 0x45], &[0x12, 0x45]],
    // sw zero, 96(sp), 100(sp) or 76(sp)
    thrown: &[&[0x82, 0xd0], &[0x82, 0xd2], &[0x82, 0xc6]],
    buffer_at: &[20, 24, 0],
};

/// What the code of a code object is aligned to.
pub(in crate::native) const CODE_ALIGN: usize = 4;

/// Whether the processor reads a number in memory at any address, not at multiples of the number's size alone: RISC-V leaves
/// that to each processor.
pub(in crate::native) const READS_ANYWHERE: bool = false;

/// Has the processor see `code`, which was just written.
#[cfg(target_os = "none")]
pub(in crate::native) fn synchronise(_: &[u8]) {
    // `fence.i`, which this build need not know.
    // SAFETY: the instruction waits until what was written is there, and forgets what was fetched before.
    unsafe { core::arch::asm!(".insn i 0x0f, 1, x0, x0, 0", options(nostack, preserves_flags)) };
}

/// Has the processors see `code`, which was just written: asks the operating system.
#[cfg(not(target_os = "none"))]
pub(in crate::native) fn synchronise(code: &[u8]) {
    let range = code.as_ptr_range();
    // SAFETY: Linux's `riscv_flush_icache`, for all threads, which changes no memory.
    unsafe {
        core::arch::asm!(
            "ecall",
            in("a7") 259, inlateout("a0") range.start => _, in("a1") range.end, in("a2") 0,
            options(nostack)
        );
    }
}
