//! Where machine code is entered and left.
//!
//! Machine code has the interpreter in `rbx`, the first local variable's address in `r12` and the table of links in
//! `r13`. At `rsp` lies a [`Saved`], and all registers but these three are free for use. Machine code calls nothing but
//! functions of Rust, with the stack aligned, and ends by a jump through the first links of the table.

use core::arch::naked_asm;
use core::mem::offset_of;

use berus_runtime::model::vm::Vm;

use crate::Jit;

/// What lies on the machine stack under machine code.
#[repr(C)]
pub struct Saved {
    /// General registers, as machine code has left them.
    pub gpr: [usize; 16],
    /// Registers for floats, as machine code has left them; before, free for machine code's use.
    pub xmm: [f64; 16],
    pub jit: *const Jit,
    _padding: usize,
    _more: usize,
}

/// From the stack pointer to the first register for floats.
pub const XMM: i32 = offset_of!(Saved, xmm) as i32;
/// From the stack pointer to the translator's address.
pub const JIT: i32 = offset_of!(Saved, jit) as i32;

const _: () = assert!(size_of::<Saved>() == 280 && offset_of!(Saved, jit) == 256 && XMM == 128);

/// Runs the machine code at `machine`.
///
/// # Safety
/// There is machine code, for the frame on top with these local variables; `links` begin with [`leave`] and [`finish`].
#[unsafe(naked)]
pub unsafe extern "C" fn enter(
    vm: *const Vm,
    machine: usize,
    locals: usize,
    links: *const usize,
    jit: *const Jit,
) -> usize {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 280",
        "mov rbx, rdi",
        "mov r12, rdx",
        "mov r13, rcx",
        "mov [rsp + 256], r8",
        // Words that others have left on the machine stack are to keep no objects.
        "xorps xmm0, xmm0",
        "movaps [rsp], xmm0",
        "movaps [rsp + 16], xmm0",
        "movaps [rsp + 32], xmm0",
        "movaps [rsp + 48], xmm0",
        "movaps [rsp + 64], xmm0",
        "movaps [rsp + 80], xmm0",
        "movaps [rsp + 96], xmm0",
        "movaps [rsp + 112], xmm0",
        "movaps [rsp + 128], xmm0",
        "movaps [rsp + 144], xmm0",
        "movaps [rsp + 160], xmm0",
        "movaps [rsp + 176], xmm0",
        "movaps [rsp + 192], xmm0",
        "movaps [rsp + 208], xmm0",
        "movaps [rsp + 224], xmm0",
        "movaps [rsp + 240], xmm0",
        "mov qword ptr [rsp + 264], 0",
        "mov qword ptr [rsp + 272], 0",
        "jmp rsi",
    )
}

/// Ends machine code, which jumps here, by the exit whose number is in `r11`.
///
/// # Safety
/// Machine code jumps.
#[unsafe(naked)]
pub unsafe extern "C" fn leave() {
    naked_asm!(
        "mov [rsp], rax",
        "mov [rsp + 8], rcx",
        "mov [rsp + 16], rdx",
        "mov [rsp + 40], rbp",
        "mov [rsp + 48], rsi",
        "mov [rsp + 56], rdi",
        "mov [rsp + 64], r8",
        "mov [rsp + 72], r9",
        "mov [rsp + 80], r10",
        "mov [rsp + 88], r11",
        "mov [rsp + 112], r14",
        "mov [rsp + 120], r15",
        "movsd [rsp + 128], xmm0",
        "movsd [rsp + 136], xmm1",
        "movsd [rsp + 144], xmm2",
        "movsd [rsp + 152], xmm3",
        "movsd [rsp + 160], xmm4",
        "movsd [rsp + 168], xmm5",
        "movsd [rsp + 176], xmm6",
        "movsd [rsp + 184], xmm7",
        "movsd [rsp + 192], xmm8",
        "movsd [rsp + 200], xmm9",
        "movsd [rsp + 208], xmm10",
        "movsd [rsp + 216], xmm11",
        "movsd [rsp + 224], xmm12",
        "movsd [rsp + 232], xmm13",
        "movsd [rsp + 240], xmm14",
        "movsd [rsp + 248], xmm15",
        "mov rdi, rbx",
        "mov rsi, rsp",
        "mov rdx, [rsp + 256]",
        "call {left}",
        "jmp {finish}",
        left = sym left,
        finish = sym finish,
    )
}

/// Ends machine code, which jumps here, with the number in `rax`.
///
/// # Safety
/// Machine code jumps.
#[unsafe(naked)]
pub unsafe extern "C" fn finish() {
    naked_asm!("add rsp, 280", "pop r15", "pop r14", "pop r13", "pop r12", "pop rbx", "pop rbp", "ret",)
}

/// Finds the machine code for the function whose frame has just been pushed, and has the link `number` lead there.
///
/// # Safety
/// Machine code calls, with the translator that it was entered by.
pub unsafe extern "C" fn entered(vm: &Vm, number: usize, jit: &Jit) -> usize {
    jit.entered(vm, number)
}

/// Puts the frame in order after machine code has left it; how the interpreter goes on.
unsafe extern "C" fn left(vm: &Vm, saved: &Saved, jit: &Jit) -> usize {
    jit.left(vm, saved)
}
