//! Raising exceptions.
//!
//! Generated code calls one function for the statement `raise`, at the end of a `finally` block, where perhaps no
//! exception waits, and where a generator goes on, into which perhaps no exception was thrown. Only a statement's
//! operand must be an exception. The instructions before the call tell which of the three makes the call (MicroPython:
//! `py/emitnative.c`, `mp_emit_native`).

use core::ffi::c_char;
use core::slice;

use crate::data::exception::Exceptions;
use crate::model::protocols::Strs;
use crate::model::word::{Obj, Slot};
use crate::native::border::{serve, top};
use crate::native::foreign::adopt;
use crate::native::machine::{CODE, place};
use crate::native::table::arguments::c_string;
use crate::ops::call::Call;

/// Raises `object`. At the end of a `finally` block, and where a generator goes on, null and `None` raise nothing.
pub(super) use crate::native::machine::raise;

/// The rest of [`raise`]: the caller goes on at `return_address`, and `frame` is where the caller's frame begins.
///
/// # Safety
/// Machine code called.
pub(in crate::native) unsafe extern "C" fn raise_for(object: Slot, return_address: *const u8, frame: *const u8) {
    if object.is_none_or(|object| object == Obj::NONE) {
        // SAFETY: machine code called, and goes on at `return_address`.
        match unsafe { origin(return_address, frame) } {
            Origin::Statement => {}
            Origin::Thrown => return,
            Origin::Finally => {
                // An inner `finally` block leaves `None` where nothing waits. If a `return` or `break` is on its way,
                // the code goes on at the handler of a `with` statement around it, which takes all but null for an
                // exception and reads its type.
                // SAFETY: a buffer that was pushed and not popped is still there.
                unsafe { (**top()).clear() };
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

/// Which code has called [`raise`].
///
/// # Safety
/// Machine code has called, and goes on at `return_address`.
unsafe fn origin(return_address: *const u8, frame: *const u8) -> Origin {
    // Only in functions with a buffer, which has its place in the frame, can an exception wait.
    // SAFETY: machine code is running on this thread.
    let buffer = unsafe { *top() }.cast_const().cast::<u8>();
    if !CODE.buffer_at.iter().any(|at| frame.wrapping_add(*at) == buffer) {
        return Origin::Statement;
    }
    let end = place(return_address);
    let is_before = |end: *const u8, instructions: &&&[u8]| {
        // SAFETY: a function with a buffer has pushed it before, so that more instructions than these are before the call.
        let before = unsafe { slice::from_raw_parts(end.wrapping_sub(instructions.len()), instructions.len()) };
        before == **instructions
    };
    let Some(call) = CODE.calls.iter().find(|call| is_before(end, call)) else { return Origin::Statement };
    let end = end.wrapping_sub(call.len());
    if CODE.pending.iter().any(|load| is_before(end, &load)) {
        Origin::Finally
    } else if CODE.thrown.iter().any(|clear| is_before(end, &clear)) {
        Origin::Thrown
    } else {
        Origin::Statement
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
