//! Non-local return: how exceptions travel through machine code.
//!
//! Whoever wants to see exceptions pushes a [`Buffer`], which remembers where to go on; raising jumps to the buffer
//! that was pushed last. The frames between are not unwound: they vanish. Generated code knows the layout of the
//! buffer, and keeps local variables in it (MicroPython: `py/nlr.h`, `py/nlrx64.c`, `py/emitnative.c`).
//!
//! Rust code takes part in two places only. [`enter`] pushes a buffer of its own around a call of machine code, so that
//! no exception passes the Rust code that calls. [`jump`] leaves the functions that machine code calls, which have
//! nothing to drop by then.

use core::arch::{asm, naked_asm};
use core::ffi::c_void;

use crate::native::border;

/// Where to go on when an exception is raised.
#[repr(C)]
pub(super) struct Buffer {
    /// The buffer that was pushed before this one.
    previous: *mut Buffer,
    /// The exception, once it is raised.
    exception: usize,
    /// The values of `rip`, `rbp`, `rsp` (from before the return address was popped), `rbx`, and `r12` to `r15`.
    registers: [usize; 8],
}

impl Buffer {
    /// Notes which buffer was pushed before, and the exception that waits, if a new one is given.
    pub fn link(&mut self, previous: *mut Buffer, waiting: Option<usize>) {
        self.previous = previous;
        self.exception = waiting.unwrap_or(self.exception);
    }

    /// Notes that no exception waits.
    pub fn clear(&mut self) {
        self.exception = 0;
    }

    /// The buffer that was pushed before, and the exception that waits, or null.
    pub fn unlink(&self) -> (*mut Buffer, usize) {
        (self.previous, self.exception)
    }
}

/// How a call of machine code ended.
#[repr(C)]
pub(super) struct Outcome {
    /// The word that the call returned, or the exception.
    pub value: usize,
    /// Whether the call raised: 0 or 1.
    pub raised: usize,
}

/// Calls `code` with four words, and catches an exception that it raises. `top` is where the thread notes the buffer
/// that was pushed last.
///
/// # Safety
/// `code` is a function that takes no more than four words, and keeps to the calling convention, and `top` is the
/// running thread's.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn enter(
    top: *mut *mut Buffer,
    code: *const c_void,
    a: usize,
    b: usize,
    c: usize,
    d: usize,
) -> Outcome {
    // The buffer lies at `rsp`. Of its registers only `rip` and `rsp` are set, since the others are restored from the
    // stack.
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

/// Entry `nlr_push` of the function table: remembers where it was called, and returns 0. When an exception is raised,
/// the same call returns once more, with 1.
///
/// # Safety
/// Machine code calls this entry, with a buffer that stays where it is until it is popped.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn push(buffer: *mut Buffer) -> u32 {
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

/// The rest of [`push`]: makes the buffer the one that exceptions go to.
unsafe extern "C" fn link(buffer: *mut Buffer) -> u32 {
    // SAFETY: machine code called, and has room for a buffer at `buffer`.
    unsafe { border::push(buffer) };
    0
}

/// Entry `nlr_pop` of the function table: forgets the buffer that was pushed last.
///
/// # Safety
/// Machine code calls this entry, and has pushed a buffer.
pub(super) unsafe extern "C" fn pop() {
    // SAFETY: as the caller says.
    unsafe { border::pop() };
}

/// Goes on at the buffer that was pushed last, with `exception`.
///
/// # Safety
/// Machine code is running on this thread, and nothing in the frames between has to be dropped.
pub(super) unsafe fn jump(exception: usize) -> ! {
    let top = border::top();
    // SAFETY: as long as machine code runs there is a buffer, at least that of `enter`, in a frame that is still there.
    unsafe {
        let buffer = *top;
        (*buffer).exception = exception;
        *top = (*buffer).previous;
        asm!(
            "mov r15, [rcx + 72]",
            "mov r14, [rcx + 64]",
            "mov r13, [rcx + 56]",
            "mov r12, [rcx + 48]",
            "mov rbx, [rcx + 40]",
            "mov rbp, [rcx + 24]",
            "mov rdx, [rcx + 16]",
            "mov rsp, [rcx + 32]",
            "add rsp, 8",
            "mov eax, 1",
            "jmp rdx",
            in("rcx") buffer,
            options(noreturn)
        )
    }
}
