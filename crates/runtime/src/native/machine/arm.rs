//! Arm, in Thumb state or in Arm state, with the convention of the Arm ABI (AAPCS).
//!
//! The instructions are those of ARMv6-M, which all of them have. In builds that pass floats in registers (`eabihf`)
//! some registers for floats belong to the caller of a function. A buffer holds three of those, for compilers use no
//! more (MicroPython: `py/nlr.h`), and `enter` saves all of them.

use core::arch::naked_asm;
use core::ffi::{c_char, c_int, c_void};

use berus_mpy::arch::Arch;

use crate::model::word::Slot;
use crate::native::machine::{CallsOfRaise, TwoWords};
use crate::native::nlr::{Buffer, link};
use crate::native::table::{PrinterOfC, raise_for, vprintf};

pub(in crate::native) const ARCH: Arch = if cfg!(berus_machine = "armv6") {
    Arch::Armv6
} else if cfg!(berus_thumb = "1") {
    Arch::Armv6m
} else if cfg!(berus_thumb = "2") {
    Arch::Armv7m
} else if cfg!(target_abi = "eabihf") {
    Arch::Armv7emsp
} else {
    Arch::Armv7em
};

/// `lr`, `r4` to `r11`, `sp`; then `d8` to `d10`, for which there is room in any case.
pub(in crate::native) const REGISTERS: usize = 16;

/// An instruction where floats are passed in registers, and none elsewhere. `.fpu` has the assembler take them.
#[cfg(target_abi = "eabihf")]
macro_rules! with_floats {
    ($instruction:literal) => {
        $instruction
    };
}
#[cfg(not(target_abi = "eabihf"))]
macro_rules! with_floats {
    ($instruction:literal) => {
        ""
    };
}

/// An instruction in Arm state, and none in Thumb state.
#[cfg(berus_machine = "armv6")]
macro_rules! in_arm_state {
    ($instruction:literal) => {
        $instruction
    };
}
#[cfg(not(berus_machine = "armv6"))]
macro_rules! in_arm_state {
    ($instruction:literal) => {
        ""
    };
}

/// How far the arguments that `enter` gets on the stack lie above the frame.
const ARGUMENTS: usize = 76 + 9 * 4 + if cfg!(target_abi = "eabihf") { 64 } else { 0 };

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
    // The buffer lies at `sp`; what the buffer says of other registers than `lr` and `sp` is anything, since they are
    // restored from the stack.
    //
    // In Arm state, compiled functions begin with `push {r1-r8, lr}`: nine words, after which the stack is not aligned to
    // eight bytes, as what they call may expect. So they are called with a stack that becomes aligned by that.
    naked_asm!(
        with_floats!(".fpu vfpv2"),
        "push {{r4, r5, r6, r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r4, r5, r6, r7}}",
        with_floats!("vpush {{d8-d15}}"),
        "sub sp, sp, #76",
        "str r0, [sp, #72]",
        "ldr r4, [r0]",
        "str r4, [sp]",
        "bl 2f",
        // Raised: the frame is as it was.
        "ldr r0, [sp, #4]",
        "movs r1, #1",
        "b 3f",
        "2:",
        "mov r4, lr",
        "str r4, [sp, #8]",
        "mov r4, sp",
        "str r4, [sp, #44]",
        "str r4, [r0]",
        "mov r4, r1",
        "mov r0, r2",
        "mov r1, r3",
        "ldr r2, [sp, #{c}]",
        "ldr r3, [sp, #{d}]",
        in_arm_state!("ldr r5, [r4]"),
        in_arm_state!("mov r6, #0xe9000000"),
        in_arm_state!("orr r6, r6, #0x2d0000"),
        in_arm_state!("orr r6, r6, #0x4100"),
        in_arm_state!("orr r6, r6, #0xfe"),
        in_arm_state!("cmp r5, r6"),
        in_arm_state!("moveq r5, #4"),
        in_arm_state!("movne r5, #0"),
        in_arm_state!("sub sp, sp, r5"),
        "blx r4",
        in_arm_state!("add sp, sp, r5"),
        "ldr r2, [sp, #72]",
        "ldr r3, [sp]",
        "str r3, [r2]",
        "movs r1, #0",
        "3:",
        "add sp, sp, #76",
        with_floats!("vpop {{d8-d15}}"),
        "pop {{r4, r5, r6, r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4, r5, r6, r7, pc}}",
        c = const ARGUMENTS,
        d = const ARGUMENTS + 4,
    )
}

/// See [`push`](crate::native::nlr::push).
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn push(buffer: *mut Buffer) -> u32 {
    naked_asm!(
        with_floats!(".fpu vfpv2"),
        "str r4, [r0, #12]",
        "str r5, [r0, #16]",
        "str r6, [r0, #20]",
        "str r7, [r0, #24]",
        "mov r1, r8",
        "str r1, [r0, #28]",
        "mov r1, r9",
        "str r1, [r0, #32]",
        "mov r1, r10",
        "str r1, [r0, #36]",
        "mov r1, r11",
        "str r1, [r0, #40]",
        "mov r1, sp",
        "str r1, [r0, #44]",
        "mov r1, lr",
        "str r1, [r0, #8]",
        with_floats!("vstr d8, [r0, #48]"),
        with_floats!("vstr d9, [r0, #56]"),
        with_floats!("vstr d10, [r0, #64]"),
        // A plain jump does not reach far on ARMv6-M.
        "push {{r4, lr}}",
        "bl {link}",
        "pop {{r4, pc}}",
        link = sym link,
    )
}

/// See [`resume`](crate::native::nlr::resume).
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn resume(buffer: *const Buffer) -> ! {
    naked_asm!(
        with_floats!(".fpu vfpv2"),
        "ldr r1, [r0, #28]",
        "mov r8, r1",
        "ldr r1, [r0, #32]",
        "mov r9, r1",
        "ldr r1, [r0, #36]",
        "mov r10, r1",
        "ldr r1, [r0, #40]",
        "mov r11, r1",
        "ldr r4, [r0, #12]",
        "ldr r5, [r0, #16]",
        "ldr r6, [r0, #20]",
        "ldr r7, [r0, #24]",
        with_floats!("vldr d8, [r0, #48]"),
        with_floats!("vldr d9, [r0, #56]"),
        with_floats!("vldr d10, [r0, #64]"),
        "ldr r1, [r0, #44]",
        "mov sp, r1",
        "ldr r1, [r0, #8]",
        "movs r0, #1",
        "bx r1",
    )
}

/// Entry `mp_printf`: puts the arguments that come in registers before those on the stack, for [`vprintf`].
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn printf(out: *const PrinterOfC, format: *const c_char) -> c_int {
    naked_asm!(
        "push {{r0, r1, r2, r3}}",
        "add r2, sp, #8",
        "push {{r4, lr}}",
        "bl {vprintf}",
        "pop {{r1, r2}}",
        "add sp, sp, #16",
        "bx r2",
        vprintf = sym vprintf,
    )
}

/// See [`raise_for`].
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn raise(object: Slot) {
    naked_asm!(
        "mov r1, lr",
        "mov r2, sp",
        "push {{r4, lr}}",
        "bl {raise}",
        "pop {{r4, pc}}",
        raise = sym raise_for,
    )
}

#[cfg(berus_machine = "armv6")]
pub(in crate::native) const CODE: CallsOfRaise = CallsOfRaise {
    // mov lr, pc; ldr pc, [r7, #4 * 34]
    calls: &[&[0x0f, 0xe0, 0xa0, 0xe1, 0x88, 0xf0, 0x97, 0xe5]],
    // ldr r0, [sp, #4]
    pending: &[&[0x04, 0x00, 0x9d, 0xe5]],
    // str r1, [sp, #84]
    thrown: &[&[0x54, 0x10, 0x8d, 0xe5]],
    buffer_at: &[0],
};

#[cfg(berus_machine = "thumb")]
pub(in crate::native) const CODE: CallsOfRaise = CallsOfRaise {
    calls: &[
        // ldr r3, [r7, #4 * 34]; blx r3
        &[0xd7, 0xf8, 0x88, 0x30, 0x98, 0x47],
        // For ARMv6-M: mov r3, r7; adds r3, #12; ldr r3, [r3, #124]; blx r3
        &[0x3b, 0x46, 0x0c, 0x33, 0xdb, 0x6f, 0x98, 0x47],
    ],
    // ldr r0, [sp, #4]
    pending: &[&[0x01, 0x98]],
    // str r1, [sp, #84]
    thrown: &[&[0x15, 0x91]],
    buffer_at: &[0],
};

/// What the code of a code object is aligned to.
pub(in crate::native) const CODE_ALIGN: usize = 4;

/// Whether the processor reads a number in memory at any address, not at multiples of the number's size alone, which is all that
/// ARMv6-M does.
pub(in crate::native) const READS_ANYWHERE: bool = !cfg!(berus_thumb = "1");

/// Has the processor see `code`, which was just written. Where there are caches (Cortex-M7), and no operating system,
/// the host cleans them.
#[cfg(target_os = "none")]
pub(in crate::native) fn synchronise(_: &[u8]) {
    // SAFETY: the instructions wait until what was written is there, and forget what was fetched before.
    unsafe { core::arch::asm!("dsb sy", "isb sy", options(nostack, preserves_flags)) };
}

/// Has the processor see `code`, which was just written: asks the operating system.
#[cfg(not(target_os = "none"))]
pub(in crate::native) fn synchronise(code: &[u8]) {
    /// Linux's `cacheflush`.
    #[unsafe(naked)]
    unsafe extern "C" fn flush(start: *const u8, end: *const u8, flags: usize) {
        naked_asm!("push {{r7, lr}}", "ldr r7, =0xf0002", "svc #0", "pop {{r7, pc}}", ".ltorg",)
    }
    let range = code.as_ptr_range();
    // SAFETY: the call changes no memory.
    unsafe { flush(range.start, range.end, 0) };
}
