//! x86, 32 bits, with the System V convention: arguments lie on the stack, which is aligned to 16 bytes at calls.

use core::arch::naked_asm;
use core::ffi::{c_char, c_int, c_void};

use berus_mpy::arch::Arch;

use crate::model::word::Slot;
use crate::native::machine::{CallsOfRaise, TwoWords};
use crate::native::nlr::{Buffer, link};
use crate::native::table::{PrinterOfC, raise_for, vprintf};

pub(in crate::native) const ARCH: Arch = Arch::X86;

/// `eip`, `ebp`, `esp` as it was before the return address was popped, `ebx`, `edi`, `esi`.
pub(in crate::native) const REGISTERS: usize = 6;

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
    // The four words to pass lie at `esp`, the buffer at `esp + 16`, the own arguments from `esp + 80`. What the buffer
    // says of other registers than `eip` and `esp` is anything, since they are restored from the stack.
    naked_asm!(
        "push ebp",
        "push ebx",
        "push esi",
        "push edi",
        "sub esp, 60",
        "mov edx, [esp + 80]",
        "mov eax, [edx]",
        "mov [esp + 16], eax",
        "call 2f",
        // Raised: the frame is as it was.
        "mov eax, [esp + 20]",
        "mov edx, 1",
        "jmp 3f",
        "2:",
        "pop eax",
        "mov [esp + 24], eax",
        "lea eax, [esp - 4]",
        "mov [esp + 32], eax",
        "lea eax, [esp + 16]",
        "mov [edx], eax",
        "mov eax, [esp + 88]",
        "mov [esp], eax",
        "mov eax, [esp + 92]",
        "mov [esp + 4], eax",
        "mov eax, [esp + 96]",
        "mov [esp + 8], eax",
        "mov eax, [esp + 100]",
        "mov [esp + 12], eax",
        "call dword ptr [esp + 84]",
        "mov edx, [esp + 80]",
        "mov ecx, [esp + 16]",
        "mov [edx], ecx",
        "xor edx, edx",
        "3:",
        "add esp, 60",
        "pop edi",
        "pop esi",
        "pop ebx",
        "pop ebp",
        "ret",
    )
}

/// See [`push`](crate::native::nlr::push).
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn push(buffer: *mut Buffer) -> u32 {
    naked_asm!(
        "mov edx, [esp + 4]",
        "mov eax, [esp]",
        "mov [edx + 8], eax",
        "mov [edx + 12], ebp",
        "mov [edx + 16], esp",
        "mov [edx + 20], ebx",
        "mov [edx + 24], edi",
        "mov [edx + 28], esi",
        "jmp {link}",
        link = sym link,
    )
}

/// See [`resume`](crate::native::nlr::resume).
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn resume(buffer: *const Buffer) -> ! {
    naked_asm!(
        "mov edx, [esp + 4]",
        "mov esi, [edx + 28]",
        "mov edi, [edx + 24]",
        "mov ebx, [edx + 20]",
        "mov ebp, [edx + 12]",
        "mov ecx, [edx + 8]",
        "mov esp, [edx + 16]",
        "add esp, 4",
        "mov eax, 1",
        "jmp ecx",
    )
}

/// Entry `mp_printf`: the arguments lie on the stack already, for [`vprintf`].
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn printf(out: *const PrinterOfC, format: *const c_char) -> c_int {
    naked_asm!(
        "lea eax, [esp + 12]",
        "push eax",
        "push dword ptr [esp + 12]",
        "push dword ptr [esp + 12]",
        "call {vprintf}",
        "add esp, 12",
        "ret",
        vprintf = sym vprintf,
    )
}

/// See [`raise_for`].
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn raise(object: Slot) {
    naked_asm!(
        "mov eax, [esp]",
        "lea edx, [esp + 4]",
        "push edx",
        "push eax",
        "push dword ptr [esp + 12]",
        "call {raise}",
        "add esp, 12",
        "ret",
        raise = sym raise_for,
    )
}

pub(in crate::native) const CODE: CallsOfRaise = CallsOfRaise {
    // sub esp, 12; push eax; mov eax, [ebp + 4 * 34]; call eax
    calls: &[&[0x83, 0xec, 0x0c, 0x50, 0x8b, 0x85, 0x88, 0x00, 0x00, 0x00, 0xff, 0xd0]],
    // mov eax, [esp + 4]
    pending: &[&[0x8b, 0x44, 0x24, 0x04]],
    // mov [esp + 44], ecx
    thrown: &[&[0x89, 0x4c, 0x24, 0x2c]],
    // The argument, and what aligns the stack, lie below.
    buffer_at: &[16],
};

/// What the code of a code object is aligned to.
pub(in crate::native) const CODE_ALIGN: usize = 1;

/// Whether the processor reads a number in memory at any address, not at multiples of the number's size alone.
pub(in crate::native) const READS_ANYWHERE: bool = true;
