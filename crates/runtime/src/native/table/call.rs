//! Functions and calls.

use core::mem::transmute;

use crate::model::args::Args;
use crate::model::builtin::Builtin;
use crate::model::code::{Code, Context};
use crate::model::object::Gc;
use crate::model::word::{Obj, Slot};
use crate::native::border::{serve, vm};
use crate::native::code::MachineCode;
use crate::native::foreign::{adopt, adopt_all};
use crate::native::function::NativeFunction;
use crate::native::generator::CodeState;
use crate::native::machine::place;
use crate::native::table::build::{slots, values};
use crate::native::{closure, function};
use crate::obj::function::function_of;
use crate::ops::call::{Call, call_with_starred};

/// The structure that C code passes for a code object, with the address of the function. It begins with two bytes that
/// no object begins with.
#[repr(C)]
struct RawCode {
    indicator: [u8; 2],
    kind: u8,
    is_generator: u8,
    text: *const u8,
}

/// Makes a function of a code object. `defaults` is null, or refers to a tuple of the defaults of positional arguments
/// and a dict of the defaults of keyword-only arguments, either of which may be null.
pub(super) unsafe extern "C" fn make_function(code: Obj, context: Gc<Context>, defaults: *const [Slot; 2]) -> Obj {
    // SAFETY: machine code called with a code object, or with a `RawCode` in its place.
    unsafe {
        serve(|vm| {
            if code.downcast::<Code>().is_none() && code.downcast::<MachineCode>().is_none() {
                let text = code.as_header().map(|raw| place(raw.cast::<RawCode>().as_ref().text));
                return Ok(NativeFunction::of_address(vm, context, text.unwrap_or(core::ptr::null()))?.obj());
            }
            let [positional, keyword] = if defaults.is_null() { [None; 2] } else { defaults.read() };
            function_of(vm, code, positional, keyword, &[])
        })
    }
}

pub(super) unsafe extern "C" fn new_closure(function: Obj, n: usize, cells: *const Obj) -> Obj {
    // SAFETY: machine code called, and vouches for the cells.
    unsafe { serve(|vm| closure::new(vm, function, values(cells, n))) }
}

/// A function of machine code that gets arguments as they lie in memory.
type Entry = unsafe extern "C" fn(Obj, usize, usize, *const Slot) -> Obj;

/// Calls `callable` with arguments as they lie at `args`. From machine code to machine code, exceptions may pass.
///
/// # Safety
/// Machine code called, and the caller has nothing to drop.
#[inline(always)]
unsafe fn call(callable: Slot, n_pos: usize, n_kw: usize, args: *const Slot) -> Obj {
    // SAFETY: as the caller says. `callable` is a function whose code is at `entry`; whoever calls keeps the function.
    unsafe {
        if let Some(callable) = callable
            && let Some(entry) = NativeFunction::entry(callable)
            && !vm().is_deep()
        {
            return transmute::<*const core::ffi::c_void, Entry>(entry)(callable, n_pos, n_kw, args);
        }
        call_any(callable, n_pos, n_kw, args)
    }
}

#[inline(never)]
unsafe extern "C" fn call_any(callable: Slot, n_pos: usize, n_kw: usize, args: *const Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let args = Args::new(adopt_all(vm, slots(args, n_pos + 2 * n_kw))?, n_pos);
            let callable = adopt(vm, callable)?;
            if let Some(builtin) = callable.downcast::<Builtin>() {
                return builtin.call(vm, args);
            }
            vm.call_with(callable, args)
        })
    }
}

/// Calls `callable`. The low byte of `counts` is the number of positional arguments, the higher bits are the number of
/// keyword arguments.
pub(super) unsafe extern "C" fn call_function(callable: Slot, counts: usize, args: *const Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe { call(callable, counts & 0xff, counts >> 8, args) }
}

/// Calls a method: at `args` are the method, its first argument or null, and the other arguments.
pub(super) unsafe extern "C" fn call_method(n_pos: usize, n_kw: usize, args: *const Slot) -> Obj {
    // SAFETY: machine code called, and vouches for the words at `args`.
    unsafe {
        match args.add(1).read() {
            Some(_) => call(args.read(), n_pos + 1, n_kw, args.add(1)),
            None => call(args.read(), n_pos, n_kw, args.add(2)),
        }
    }
}

/// Makes a call with starred arguments: at `args` are the callable, for methods the first argument or null, the other
/// arguments, and a bitmap that says which positional arguments are starred.
pub(super) unsafe extern "C" fn call_method_starred(is_method: bool, counts: usize, args: *const Slot) -> Obj {
    let (n_pos, n_kw) = (counts & 0xff, counts >> 8);
    // SAFETY: machine code called, and vouches for the words at `args`.
    unsafe {
        serve(|vm| {
            let first = 1 + usize::from(is_method);
            let words = core::slice::from_raw_parts(args, first + n_pos + 2 * n_kw + 1);
            let (callable, this) = (adopt(vm, words[0])?, if is_method { words[1] } else { None });
            let starred = words[words.len() - 1].and_then(Obj::as_small_int).unwrap_or(0) as usize;
            let (pos, kw) = words[first..words.len() - 1].split_at(n_pos);
            call_with_starred(vm, callable, this, pos, kw, starred)
        })
    }
}

/// Lays out the arguments of a call in the state of the function that was called.
pub(super) unsafe extern "C" fn setup_code_state(state: *const CodeState, n_pos: usize, n_kw: usize, args: *const Obj) {
    // SAFETY: machine code called, and has filled in the function and the number of slots, which follow.
    unsafe {
        serve(|vm| {
            let state = &*state;
            state.begin();
            let slots = core::slice::from_raw_parts_mut(state.slots(), state.len());
            match state.function.get() {
                Some(function) => {
                    function::setup(vm, function, Args::new(values(args, n_pos + 2 * n_kw), n_pos), slots)
                }
                None => Ok(()),
            }
        })
    }
}
