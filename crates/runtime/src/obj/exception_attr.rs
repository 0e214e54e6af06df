//! Attributes and methods of exceptions that Python has and MicroPython does not.

use crate::data::exception::Exceptions;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::Res;
use crate::model::layout::{Dict, Exception, Tuple};
use crate::model::object::Gc;
use crate::model::protocols::Classes;
use crate::model::types::{Attr, AttrResult, Type};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception;
use crate::ops::convert::wrong_type;
use crate::q;
use crate::qstr::Qstr;

/// `BaseException.__init__(self, *args)`: sets the arguments.
pub(crate) fn init(vm: &Vm, args: Args<'_>) -> Res {
    vm.check_args(args, 1, usize::MAX, false)?;
    let Some(exception) = vm.as_exception(args.pos()[0]) else {
        return Err(wrong_type(vm));
    };
    exception.args.set(Tuple::new(vm, &args.pos()[1..])?);
    Ok(Obj::NONE)
}

/// `exception.with_traceback(traceback)`: the exception itself, since tracebacks are no objects.
pub(crate) fn with_traceback(_: &Vm, exception: Obj, _: Obj) -> Res {
    Ok(exception)
}

/// What Python calls the arguments of an exception.
fn named_argument(vm: &Vm, object: Obj, exception: &Exception, name: Qstr) -> Option<Obj> {
    let is = |ty: &'static Type| vm.is_instance(object, ty);
    let args = exception.args.get();
    if name == q!("code") && is(&exception::SYSTEM_EXIT) && args.items().len() > 1 {
        return Some(args.obj());
    }
    let number = if name == q!("code") && is(&exception::SYSTEM_EXIT) || name == q!("msg") && is_told(vm, object) {
        0
    } else if name == q!("strerror") && is(Vm::OS_ERROR) {
        1
    } else if name == q!("filename") && is(Vm::OS_ERROR) {
        2
    } else {
        return None;
    };
    Some(args.items().get(number).copied().unwrap_or(Obj::NONE))
}

/// Whether exceptions of the type of `object` call their first argument a message.
fn is_told(vm: &Vm, object: Obj) -> bool {
    vm.is_instance(object, &exception::IMPORT_ERROR) || vm.is_instance(object, &exception::SYNTAX_ERROR)
}

/// The value that a program has given the attribute `name` of an exception, if it has.
pub(crate) fn given(vm: &Vm, exception: &Exception, name: Qstr) -> Option<Obj> {
    exception.attributes.get().and_then(|given| given.load(vm, name))
}

/// Loads, stores or deletes an attribute that a program may have given an exception, or that Python has.
///
/// # Errors
/// `MemoryError`.
pub(crate) fn more_attr(vm: &Vm, object: Obj, exception: Gc<Exception>, name: Qstr, request: Attr) -> Res<AttrResult> {
    let given = exception.attributes.get();
    match request {
        Attr::Load | Attr::LoadMethod => {
            let link = if name == q!("__context__") {
                Some(exception.context.get().unwrap_or(Obj::NONE))
            } else {
                (name == q!("__cause__")).then_some(Obj::NONE)
            };
            let value = named_argument(vm, object, &exception, name).or(link);
            Ok(value.map_or(AttrResult::Missing, AttrResult::Value))
        }
        Attr::Store(value) if name == q!("args") => {
            let args = match value.downcast::<Tuple>() {
                Some(args) => args,
                None => Tuple::of_list(vm, &*crate::model::protocols::Iterate::to_list(vm, value)?)?,
            };
            exception.args.set(args);
            Ok(AttrResult::Done)
        }
        Attr::Store(value) => {
            let given = match given {
                Some(given) => given,
                None => {
                    let given = Dict::new(vm)?;
                    exception.attributes.set(Some(given));
                    given
                }
            };
            given.store(vm, name, value)?;
            Ok(AttrResult::Done)
        }
        Attr::Delete => {
            let removed = given.and_then(|given| given.map.remove_name(vm, name));
            Ok(if removed.is_some() { AttrResult::Done } else { AttrResult::Missing })
        }
    }
}

/// The type of the errors with the number of `args`, of which Python has some for errors that programs tell apart.
pub(crate) fn type_for_errno(args: &[Obj]) -> Option<&'static Type> {
    match args {
        [number, _] | [number, _, _] => type_of_errno(number.as_small_int()?),
        _ => None,
    }
}

/// The type of errors with this number, if Python has one.
pub(crate) fn type_of_errno(number: isize) -> Option<&'static Type> {
    Some(match number {
        11 | 114 | 115 => &exception::BLOCKING_IO_ERROR,
        10 => &exception::CHILD_PROCESS_ERROR,
        32 | 108 => &exception::BROKEN_PIPE_ERROR,
        103 => &exception::CONNECTION_ABORTED_ERROR,
        111 => &exception::CONNECTION_REFUSED_ERROR,
        104 => &exception::CONNECTION_RESET_ERROR,
        17 => &exception::FILE_EXISTS_ERROR,
        2 => &exception::FILE_NOT_FOUND_ERROR,
        4 => &exception::INTERRUPTED_ERROR,
        21 => &exception::IS_A_DIRECTORY_ERROR,
        20 => &exception::NOT_A_DIRECTORY_ERROR,
        1 | 13 => &exception::PERMISSION_ERROR,
        3 => &exception::PROCESS_LOOKUP_ERROR,
        110 => &exception::TIMEOUT_ERROR,
        _ => return None,
    })
}

/// Whether an exception that the runtime has raised as an `OSError`, as MicroPython does, is of the type `ty` in Python.
pub(crate) fn is_by_errno(vm: &Vm, object: Obj, ty: Obj) -> bool {
    if vm.type_of(object) != Gc::from_static(Vm::OS_ERROR) {
        return false;
    }
    let number = vm.as_exception(object).and_then(|exception| exception.value().as_small_int());
    let (Some(known), Some(ty)) = (number.and_then(type_of_errno), ty.downcast::<Type>()) else { return false };
    vm.is_subclass(Gc::from_static(known), ty)
}
