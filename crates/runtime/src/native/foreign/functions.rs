//! The types of functions that C code itself makes objects of.

use core::ffi::c_void;
use core::hint::black_box;
use core::ptr::NonNull;

use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::Res;
use crate::model::object::{Gc, Header};
use crate::model::types::{Definition, Type, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::native::border;
use crate::native::foreign::{MapOfC, object};
use crate::native::table::Signature;
use crate::{define, q};

const fn ty() -> Definition {
    Type::new(q!("function")).flags(flag::BINDS_SELF)
}

/// The type of functions without arguments.
pub(in crate::native) static FUNCTION_0: Type = define!(ty().call(call_fixed::<0>));
/// The type of functions of one argument.
pub(in crate::native) static FUNCTION_1: Type = define!(ty().call(call_fixed::<1>));
/// The type of functions of two arguments.
pub(in crate::native) static FUNCTION_2: Type = define!(ty().call(call_fixed::<2>));
/// The type of functions of three arguments.
pub(in crate::native) static FUNCTION_3: Type = define!(ty().call(call_fixed::<3>));
/// The type of functions of any arguments.
pub(in crate::native) static FUNCTION_VAR: Type = define!(ty().call(call_any));

/// A function of a fixed number of arguments (MicroPython: `mp_obj_fun_builtin_fixed_t`).
#[repr(C)]
struct Fixed {
    header: Header,
    function: *const c_void,
}

/// A function of any arguments (MicroPython: `mp_obj_fun_builtin_var_t`).
#[repr(C)]
struct Any {
    header: Header,
    signature: Signature,
    function: *const c_void,
}

/// Whether `object` is a function that C code made an object of.
pub(in crate::native) fn is_one(object: Obj) -> bool {
    object.as_header().is_some_and(|header| {
        // SAFETY: a pointer word points to a live object.
        let ty = unsafe { header.as_ref() }.ty();
        [&FUNCTION_0, &FUNCTION_1, &FUNCTION_2, &FUNCTION_3, &FUNCTION_VAR]
            .into_iter()
            .any(|known| ty == Gc::from_static(known))
    })
}

/// The structure of a function of one of this file's types.
fn of<T>(object: Obj) -> Option<NonNull<T>> {
    object.as_header().map(NonNull::cast)
}

fn call_fixed<const N: usize>(vm: &Vm, function: Obj, args: Args<'_>) -> Res {
    vm.check_args(args, N, N, false)?;
    let Some(fixed) = of::<Fixed>(function) else { return Ok(Obj::NONE) };
    let mut words = [0; 4];
    for (word, arg) in words.iter_mut().zip(args.pos()) {
        *word = arg.bits();
    }
    // SAFETY: C code made the object with a function of so many arguments. The object lies with the code, and is kept
    // to the end of the call.
    let result = unsafe { border::call(vm, None, fixed.as_ref().function, words) };
    black_box(function);
    object(vm, result?)
}

fn call_any(vm: &Vm, function: Obj, args: Args<'_>) -> Res {
    let Some(any) = of::<Any>(function) else { return Ok(Obj::NONE) };
    // SAFETY: C code made the object.
    let any = unsafe { any.as_ref() };
    any.signature.check(vm, args)?;
    let (pos, kw) = args.words().split_at(args.n_pos());
    let keywords = MapOfC::of_keywords(kw);
    let keywords = if any.signature.takes_keywords() { (&raw const keywords).expose_provenance() } else { 0 };
    let words = [pos.len(), pos.as_ptr().expose_provenance(), keywords, 0];
    // SAFETY: as in `call_fixed`; the pairs that the map refers to follow the positional arguments.
    let result = unsafe { border::call(vm, None, any.function, words) };
    black_box(function);
    object(vm, result?)
}
