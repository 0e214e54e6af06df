//! Objects on the heap that stand for Rust values.

use alloc::rc::Rc;
use core::any::Any;

use berus_runtime::model::args::Args;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::types::flag;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;

use crate::function::HostFunction;
use crate::python::Python;

/// What an object that stands for a Rust value holds.
pub(crate) struct Foreign {
    /// The value's number among the interpreter's [foreigners](crate::state::Foreigners).
    number: usize,
}

berus_runtime::custom_type! {
    /// The type of objects that stand for Rust values.
    static FOREIGN: Type<Foreign> = "function".flags(flag::BINDS_SELF).call(call).finalise(finalise);
}

/// An object that stands for `value`.
///
/// # Errors
/// `MemoryError`.
pub(crate) fn new(vm: &Vm, value: Rc<dyn Any>) -> Res {
    let foreigners = &Python::of(vm).state().foreigners;
    let number = foreigners.add(value);
    match vm.new_custom(Foreign { number }) {
        Ok(object) => Ok(object.obj()),
        Err(raised) => {
            foreigners.remove(number);
            Err(raised)
        }
    }
}

/// The Rust value that `object` stands for, if it stands for a `T`.
pub(crate) fn get<T: Any>(vm: &Vm, object: Obj) -> Option<Rc<T>> {
    let foreign = object.downcast::<Custom<Foreign>>()?;
    Python::of(vm).state().foreigners.get(foreign.number)
}

fn call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    let foreign = vm.this::<Custom<Foreign>>(object)?;
    match Python::of(vm).state().foreigners.get::<HostFunction>(foreign.number) {
        Some(function) => function.call(vm, object, args),
        None => Err(vm.type_error(format_args!("object not callable"))),
    }
}

fn finalise(vm: &Vm, object: Obj) {
    if let Some(foreign) = object.downcast::<Custom<Foreign>>() {
        Python::of(vm).state().foreigners.remove(foreign.number);
    }
}
