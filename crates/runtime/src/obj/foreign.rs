//! Calls between Python and libraries of the system: what `ffi` calls, and how C code calls Python functions.
//!
//! The host [grants](crate::host::Host::foreign) libraries or not.

use core::cell::Cell;
use core::ptr;

use crate::errno::NOT_PERMITTED;
use crate::host::foreign::{Foreign, Word};
use crate::model::error::{Raise, Res};
use crate::model::layout::List;
use crate::model::object::Gc;
use crate::model::protocols::Ints;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::custom::{Custom, Customs};
use crate::ops::call::Call;

/// More parameters than a function has that C code calls.
pub const MAX_PARAMETERS: usize = 16;

/// The calls of this interpreter.
struct Calls {
    /// The interpreter while it calls, else null. Its place is another one each time.
    vm: Cell<*const Vm>,
    /// The functions that C code may call, since nobody else may refer to them.
    functions: Cell<Option<Gc<List>>>,
    /// What such a function has raised, until the call that led to it is over.
    raised: Cell<Option<Obj>>,
}

crate::custom_type! {
    static CALLS: Type<Calls> = "calls";
}

fn calls(vm: &Vm) -> Res<Gc<Custom<Calls>>> {
    vm.shared(|| Calls { vm: Cell::new(ptr::null()), functions: Cell::new(None), raised: Cell::new(None) })
}

/// Libraries of the system, where the host grants them.
pub trait ForeignGrant {
    /// The libraries, if the host grants them.
    ///
    /// # Errors
    /// `OSError` with `EPERM` if the host does not.
    fn foreign(&self) -> Res<&dyn Foreign>;

    /// Calls the function at an address, as [`Foreign::call`].
    ///
    /// # Errors
    /// `OSError` as [`ForeignGrant::foreign`]; `RecursionError`; what a Python function has raised that was called
    /// meanwhile.
    fn call_foreign(&self, function: usize, result: Word, arguments: &[(Word, u64)]) -> Res<u64>;

    /// A function of C that calls `function` with an int for each parameter, and answers the int that it answers, or 0
    /// for `None`: its address.
    ///
    /// # Errors
    /// `OSError` as [`ForeignGrant::foreign`], `ValueError` if there are more than [`MAX_PARAMETERS`], or the system has
    /// no room for it.
    fn new_callback(&self, result: Word, parameters: &[Word], function: Obj) -> Res<usize>;
}

impl ForeignGrant for Vm {
    fn foreign(&self) -> Res<&dyn Foreign> {
        self.host().foreign().ok_or_else(|| self.os_error(NOT_PERMITTED))
    }

    fn call_foreign(&self, function: usize, result: Word, arguments: &[(Word, u64)]) -> Res<u64> {
        self.check_depth()?;
        let (foreign, calls) = (self.foreign()?, calls(self)?);
        let outer = calls.vm.replace(self);
        let value = foreign.call(function, result, arguments);
        calls.vm.set(outer);
        match calls.raised.take() {
            Some(exception) => Err(self.raise(exception)),
            None => Ok(value),
        }
    }

    fn new_callback(&self, result: Word, parameters: &[Word], function: Obj) -> Res<usize> {
        let no_room = || self.value_error(format_args!("ffi_prep_closure_loc"));
        if parameters.len() > MAX_PARAMETERS {
            return Err(no_room());
        }
        let (foreign, calls) = (self.foreign()?, calls(self)?);
        let functions = match calls.functions.get() {
            Some(functions) => functions,
            None => List::new(self, &[])?,
        };
        calls.functions.set(Some(functions));
        functions.append(self, function)?;
        let answer = move |words: &[u64]| answer(calls, function, words);
        foreign.callback(result, parameters, alloc::boxed::Box::new(answer)).ok_or_else(no_room)
    }
}

/// What C code is answered that calls `function`. After an exception there is nothing but 0 until it has been raised.
fn answer(calls: Gc<Custom<Calls>>, function: Obj, words: &[u64]) -> u64 {
    // SAFETY: the host calls while the thread is in a call of `call_foreign`, whose interpreter is there meanwhile.
    let Some(vm) = (unsafe { calls.vm.get().as_ref() }) else { return 0 };
    if calls.raised.get().is_some() {
        return 0;
    }
    let run = || {
        let mut arguments = [Obj::NONE; MAX_PARAMETERS];
        for (argument, word) in arguments.iter_mut().zip(words) {
            *argument = vm.new_i64(*word as i64)?;
        }
        let answer = vm.call(function, &arguments[..words.len().min(MAX_PARAMETERS)])?;
        if answer == Obj::NONE { Ok(0) } else { vm.int_truncated(answer).map(|word| word as u64) }
    };
    run().unwrap_or_else(|raised| {
        calls.raised.set(Some(vm.take_exception(raised)));
        0
    })
}
