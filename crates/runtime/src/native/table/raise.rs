//! Raising exceptions.
//!
//! Generated code calls one function for the statement `raise`, at the end of a `finally` block, where perhaps no
//! exception waits, and where a generator goes on, into which perhaps no exception was thrown. Only a statement's
//! operand must be an exception. The instructions before the call tell which of the three makes the call (MicroPython:
//! `py/emitnative.c`, `mp_emit_native`).

use core::arch::naked_asm;
use core::ffi::c_char;
use core::slice;

use crate::data::exception::Exceptions;
use crate::model::protocols::Strs;
use crate::model::word::{Obj, Slot};
use crate::native::border::{serve, top};
use crate::native::foreign::adopt;
use crate::native::nlr::Buffer;
use crate::native::table::arguments::c_string;
use crate::ops::call::Call;

/// Raises `object`. At the end of a `finally` block, and where a generator goes on, null and `None` raise nothing.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn raise(object: Slot) {
    naked_asm!(
        "mov rsi, [rsp]",
        "lea rdx, [rsp + 8]",
        "jmp {raise}",
        raise = sym raise_for,
    )
}

/// The rest of [`raise`]: the call ends at `return_address`, and `frame` is the frame of the function that made it.
unsafe extern "C" fn raise_for(object: Slot, return_address: *const u8, frame: *mut Buffer) {
    if object.is_none_or(|object| object == Obj::NONE) {
        // SAFETY: machine code called, and goes on at `return_address`.
        match unsafe { origin(return_address, frame) } {
            Origin::Statement => {}
            Origin::Thrown => return,
            Origin::Finally => {
                // An inner `finally` block leaves `None` where nothing waits. If a `return` or `break` is on its way,
                // the code goes on at the handler of a `with` statement around it, which takes all but null for an
                // exception and reads its type.
                // SAFETY: `frame` is the buffer that was pushed last.
                unsafe { (*frame).clear() };
                return;
            }
        }
    }
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let exception = vm.make_exception(adopt(vm, object)?)?;
            Err::<(), _>(vm.raise(exception))
        })
    }
}

/// Which code calls [`raise`].
enum Origin {
    /// The statement `raise`.
    Statement,
    /// The end of a `finally` block, with the exception that may wait for it.
    Finally,
    /// The place where a generator goes on, with the exception that may have been thrown into it.
    Thrown,
}

/// `mov rax, [rbp + 8 * 34]; call rax`: the instructions that call [`raise`].
const CALL: [u8; 9] = [0x48, 0x8b, 0x85, 0x10, 0x01, 0x00, 0x00, 0xff, 0xd0];

/// `mov rdi, [rsp + 8]`: loads the exception that waits for the end of a `finally` block, from the buffer for non-local
/// returns at the frame's end.
const LOAD_PENDING: [u8; 5] = [0x48, 0x8b, 0x7c, 0x24, 0x08];

/// `mov [rsp + n], rsi`: clears the slot of the exception that was thrown into a generator, after the exception was
/// loaded.
const CLEAR_THROWN: [u8; 4] = [0x48, 0x89, 0x74, 0x24];

/// Which code has called [`raise`].
///
/// # Safety
/// Machine code has called, and goes on at `return_address`.
unsafe fn origin(return_address: *const u8, frame: *const Buffer) -> Origin {
    // Only in functions with a buffer, which is at the frame's end, can an exception wait.
    // SAFETY: machine code is running on this thread.
    if unsafe { *top() }.cast_const() != frame {
        return Origin::Statement;
    }
    let len = LOAD_PENDING.len() + CALL.len();
    // SAFETY: a function with a buffer has pushed it before, so that more instructions than these are before the call.
    let before = unsafe { slice::from_raw_parts(return_address.sub(len), len) };
    match before.split_at(LOAD_PENDING.len()) {
        (_, call) if call != CALL => Origin::Statement,
        (load, _) if load == LOAD_PENDING => Origin::Finally,
        (load, _) if load.starts_with(&CLEAR_THROWN) => Origin::Thrown,
        _ => Origin::Statement,
    }
}

/// Raises an exception of type `ty` with the text `message`, which ends in a zero byte, or without a text if `message`
/// is null.
pub(super) unsafe extern "C" fn raise_message(ty: Obj, message: *const c_char) {
    // SAFETY: machine code called, and vouches for the text.
    unsafe {
        serve(|vm| {
            let ty = adopt(vm, ty)?;
            let made =
                if message.is_null() { vm.call(ty, &[])? } else { vm.call(ty, &[vm.new_str(c_string(message))?])? };
            Err::<(), _>(vm.raise(made))
        })
    }
}
