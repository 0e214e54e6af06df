//! x86-64 with the System V convention.

use core::arch::naked_asm;
use core::ffi::{c_char, c_int, c_void};

use berus_mpy::arch::Arch;

use crate::model::word::Slot;
use crate::native::machine::{CallsOfRaise, TwoWords};
use crate::native::nlr::{Buffer, link};
use crate::native::table::{PrinterOfC, raise_for, vprintf};

pub(in crate::native) const ARCH: Arch = Arch::X64;

/// `rip`, `rbp`, `rsp` as it was before the return address was popped, `rbx`, `r12` to `r15`.
pub(in crate::native) const REGISTERS: usize = 8;

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
    // The buffer lies at `rsp`; what the buffer says of other registers than `rip` and `rsp` is anything, since they
    // are restored from the stack.
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 88",
        "mov rax, [rdi]",
        "mov [rsp], rax",
        "lea rax, [rip + 2f]",
        "mov [rsp + 16], rax",
        "lea rax, [rsp - 8]",
        "mov [rsp + 32], rax",
        "mov [rsp + 80], rdi",
        "mov [rdi], rsp",
        "mov rax, rsi",
        "mov rdi, rdx",
        "mov rsi, rcx",
        "mov rdx, r8",
        "mov rcx, r9",
        "call rax",
        "mov rcx, [rsp]",
        "mov rdx, [rsp + 80]",
        "mov [rdx], rcx",
        "xor edx, edx",
        "3:",
        "add rsp, 88",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        "2:",
        "mov rax, [rsp + 8]",
        "mov edx, 1",
        "jmp 3b",
    )
}

/// See [`push`](crate::native::nlr::push).
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn push(buffer: *mut Buffer) -> u32 {
    naked_asm!(
        "mov rax, [rsp]",
        "mov [rdi + 16], rax",
        "mov [rdi + 24], rbp",
        "mov [rdi + 32], rsp",
        "mov [rdi + 40], rbx",
        "mov [rdi + 48], r12",
        "mov [rdi + 56], r13",
        "mov [rdi + 64], r14",
        "mov [rdi + 72], r15",
        "jmp {link}",
        link = sym link,
    )
}

/// See [`resume`](crate::native::nlr::resume).
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn resume(buffer: *const Buffer) -> ! {
    naked_asm!(
        "mov r15, [rdi + 72]",
        "mov r14, [rdi + 64]",
        "mov r13, [rdi + 56]",
        "mov r12, [rdi + 48]",
        "mov rbx, [rdi + 40]",
        "mov rbp, [rdi + 24]",
        "mov rdx, [rdi + 16]",
        "mov rsp, [rdi + 32]",
        "add rsp, 8",
        "mov eax, 1",
        "jmp rdx",
    )
}

/// Arguments of a function that takes any: those that came in registers, then those on the stack.
#[repr(C)]
struct Saved {
    /// Where in `registers` the next integer is; behind the last from 48.
    integers: u32,
    /// Where in `registers` the next float is; behind the last from 176.
    floats: u32,
    overflow: *const u64,
    registers: *const u8,
}

/// C's `va_list`.
#[repr(transparent)]
pub(in crate::native) struct Values(*mut Saved);

impl Values {
    /// The next argument, of one word.
    ///
    /// # Safety
    /// There is one.
    pub unsafe fn word(&mut self) -> usize {
        // SAFETY: as the caller says; what is saved of registers is there whether it was used or not.
        unsafe {
            let saved = &mut *self.0;
            if saved.integers < 48 {
                let value = saved.registers.add(saved.integers as usize).cast::<usize>().read();
                saved.integers += 8;
                return value;
            }
            saved.pop() as usize
        }
    }

    /// The next argument, an integer of 64 bits.
    ///
    /// # Safety
    /// There is one.
    pub unsafe fn long(&mut self) -> u64 {
        // SAFETY: as the caller says.
        unsafe { self.word() as u64 }
    }

    /// The next argument, a float.
    ///
    /// # Safety
    /// There is one.
    pub unsafe fn float(&mut self) -> f64 {
        // SAFETY: as in `word`.
        unsafe {
            let saved = &mut *self.0;
            if saved.floats < 176 {
                let value = saved.registers.add(saved.floats as usize).cast::<f64>().read();
                saved.floats += 16;
                return value;
            }
            f64::from_bits(saved.pop())
        }
    }
}

impl Saved {
    unsafe fn pop(&mut self) -> u64 {
        // SAFETY: as in `Values::word`.
        let value = unsafe { self.overflow.read() };
        self.overflow = self.overflow.wrapping_add(1);
        value
    }
}

/// Entry `mp_printf`: saves the registers that arguments come in, and passes all to [`vprintf`].
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn printf(out: *const PrinterOfC, format: *const c_char) -> c_int {
    naked_asm!(
        "sub rsp, 216",
        "mov [rsp + 32], rdi",
        "mov [rsp + 40], rsi",
        "mov [rsp + 48], rdx",
        "mov [rsp + 56], rcx",
        "mov [rsp + 64], r8",
        "mov [rsp + 72], r9",
        "movaps [rsp + 80], xmm0",
        "movaps [rsp + 96], xmm1",
        "movaps [rsp + 112], xmm2",
        "movaps [rsp + 128], xmm3",
        "movaps [rsp + 144], xmm4",
        "movaps [rsp + 160], xmm5",
        "movaps [rsp + 176], xmm6",
        "movaps [rsp + 192], xmm7",
        "mov dword ptr [rsp], 16",
        "mov dword ptr [rsp + 4], 48",
        "lea rax, [rsp + 224]",
        "mov [rsp + 8], rax",
        "lea rax, [rsp + 32]",
        "mov [rsp + 16], rax",
        "mov rdx, rsp",
        "call {vprintf}",
        "add rsp, 216",
        "ret",
        vprintf = sym vprintf,
    )
}

/// See [`raise_for`].
#[unsafe(naked)]
pub(in crate::native) unsafe extern "C" fn raise(object: Slot) {
    naked_asm!(
        "mov rsi, [rsp]",
        "lea rdx, [rsp + 8]",
        "jmp {raise}",
        raise = sym raise_for,
    )
}

pub(in crate::native) const CODE: CallsOfRaise = CallsOfRaise {
    // mov rax, [rbp + 8 * 34]; call rax
    calls: &[&[0x48, 0x8b, 0x85, 0x10, 0x01, 0x00, 0x00, 0xff, 0xd0]],
    // mov rdi, [rsp + 8]
    pending: &[&[0x48, 0x8b, 0x7c, 0x24, 0x08]],
    // mov [rsp + 120], rsi
    thrown: &[&[0x48, 0x89, 0x74, 0x24, 0x78]],
    buffer_at: &[0],
};

/// What the code of a code object is aligned to.
pub(in crate::native) const CODE_ALIGN: usize = 1;

/// Whether the processor reads a number in memory at any address, not at multiples of the number's size alone.
pub(in crate::native) const READS_ANYWHERE: bool = true;
