//! Non-local return: how exceptions travel through machine code.
//!
//! Whoever wants to see exceptions pushes a [`Buffer`], which remembers where to go on; raising jumps to the buffer
//! that was pushed last. The frames between are not unwound: they vanish. Generated code knows the layout of the
//! buffer, and keeps local variables in it (MicroPython: `py/nlr.h`, `py/emitnative.c`). The jumps themselves are
//! [`machine`]'s.
//!
//! Rust code takes part in two places only. [`enter`] pushes a buffer of its own around a call of machine code, so that
//! no exception passes the Rust code that calls. [`jump`] leaves the functions that machine code calls, which have
//! nothing to drop by then.

use core::ffi::c_void;

use crate::native::{border, machine};

/// Where to go on when an exception is raised.
#[repr(C)]
pub(super) struct Buffer {
    /// The buffer that was pushed before this one.
    previous: *mut Buffer,
    /// The exception, once it is raised.
    exception: usize,
    /// The registers that the machine goes on with.
    registers: [usize; machine::REGISTERS],
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
pub(super) struct Outcome {
    /// The word that the call returned, or the exception.
    pub value: usize,
    /// Whether the call raised.
    pub raised: bool,
}

/// Calls `code` with four words, and catches an exception that it raises. `top` is where the thread notes the buffer
/// that was pushed last.
///
/// # Safety
/// `code` is a function that takes no more than four words, and keeps to the calling convention, and `top` is the
/// running thread's.
#[inline(always)]
pub(super) unsafe fn enter(top: *mut *mut Buffer, code: *const c_void, [a, b, c, d]: [usize; 4]) -> Outcome {
    // SAFETY: as the caller says.
    let words = unsafe { machine::enter(top, code, a, b, c, d) };
    Outcome { value: words as usize, raised: words >> usize::BITS != 0 }
}

/// Entry `nlr_push` of the function table: remembers where it was called, and returns 0. When an exception is
/// raised, the same call returns once more, with 1.
pub(super) use crate::native::machine::push;

/// The rest of [`push`]: makes the buffer the one that exceptions go to.
///
/// # Safety
/// Machine code calls [`push`], with a buffer that stays where it is until it is popped.
pub(super) unsafe extern "C" fn link(buffer: *mut Buffer) -> u32 {
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
        machine::resume(buffer)
    }
}
