//! Classes whose bodies only define: their attributes are made when the classes are used.
//!
//! The body of most classes makes functions and puts them, and constants, under names. When such a body runs is all the
//! same, so that a body that lies [in place](crate::import::in_place) is not run before the class is called, derived
//! from or asked for an attribute. Until then the class has, instead of a dict and functions, the number of its body's
//! code.

use berus_mpy::bytecode::instructions;
use berus_mpy::opcode::Op;
use berus_mpy::prelude::Prelude;

use crate::data::code::incompatible;
use crate::model::class::Body;
use crate::model::code::Context;
use crate::model::error::Res;
use crate::model::layout::{Dict, Function};
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::builtin::{CLASS_METHOD, STATIC_METHOD};
use crate::obj::property;
use crate::obj::typ::prepare_locals;
use crate::ops::call::Call;
use crate::q;
use crate::qstr::Qstr;

/// The decorators that have no effect but their result.
const DECORATORS: [(Qstr, &Type); 3] =
    [(q!("staticmethod"), &STATIC_METHOD), (q!("classmethod"), &CLASS_METHOD), (q!("property"), &property::TYPE)];

/// The body of a class to be, if the body can be run when the class is used.
pub(crate) fn body_for_later(vm: &Vm, body: Obj) -> Option<Body> {
    let (context, sketch) = body.downcast::<Function>()?.sketch_in_place()?;
    only_defines(vm, context, sketch.bytes()).then_some(Body { context, number: sketch.place })
}

/// Whether running a class body has no effect but the attributes of the class, and the same attributes whenever it
/// runs.
fn only_defines(vm: &Vm, context: Gc<Context>, bytes: &[u8]) -> bool {
    let Ok(prelude) = Prelude::read(bytes, 0) else { return false };
    // For each slot of the value stack, from the top, whether it is a decorator.
    let mut stack = 0_u64;
    let mut height = 0;
    for instruction in instructions(&bytes[prelude.end()..]) {
        let Ok(instruction) = instruction else { return false };
        let mut is_decorator = false;
        match instruction.op {
            Op::LoadConstFalse
            | Op::LoadConstNone
            | Op::LoadConstTrue
            | Op::LoadConstSmallInt
            | Op::LoadConstSmallIntMulti
            | Op::LoadConstString
            | Op::LoadConstObj
            | Op::LoadNull
            | Op::BuildTuple
            | Op::BuildList
            | Op::MakeFunction
            | Op::MakeFunctionDefargs => {}
            Op::LoadName => match context.name(vm, instruction.index()) {
                b"__name__" if context.globals().load(vm, q!("__name__")).is_some() => {}
                name => match DECORATORS.iter().find(|(known, _)| vm.spelling(*known) == name) {
                    Some((name, decorator)) if is_built_in(vm, context, *name, decorator) => is_decorator = true,
                    _ => return false,
                },
            },
            Op::StoreName
                if DECORATORS.iter().all(|(known, _)| vm.spelling(*known) != context.name(vm, instruction.index())) => {
            }
            // A decorator called with a function, or with what another decorator has made of a function.
            Op::CallFunction if instruction.index() == 1 && stack & 0b11 == 0b10 => {}
            Op::ReturnValue => return true,
            _ => return false,
        }
        let effect = instruction.op.effect(instruction.index(), instruction.extra.into());
        height = height - effect.pops.min(height) + effect.pushes;
        if effect.pops >= u64::BITS || height >= u64::BITS {
            return false;
        }
        stack = stack >> effect.pops << effect.pushes | u64::from(is_decorator);
    }
    false
}

/// Whether `name` means the built-in type `ty` for the code of a module, and not something else of that name.
fn is_built_in(vm: &Vm, context: Gc<Context>, name: Qstr, ty: &'static Type) -> bool {
    let own = Some(Gc::from_static(ty).obj());
    context.globals().load(vm, name).is_none() && vm.builtins().is_none_or(|builtins| builtins.load(vm, name) == own)
}

/// Runs the body of a class that is used for the first time.
///
/// # Errors
/// `MemoryError`.
#[inline]
pub(crate) fn complete(vm: &Vm, class: Gc<Type>) -> Res<()> {
    match class.later() {
        Some(body) => complete_with(vm, class, body),
        None => Ok(()),
    }
}

#[cold]
fn complete_with(vm: &Vm, class: Gc<Type>, body: Body) -> Res<()> {
    let locks = vm.heap().exchange_locks(0);
    let locals = run_class_body(vm, body).and_then(|locals| {
        prepare_locals(vm, class.parent(), locals)?;
        Ok(locals)
    });
    vm.heap().exchange_locks(locks);
    let locals = locals?;
    // Another thread may have been quicker.
    if let (Some(_), Some(class)) = (class.later(), class.as_class()) {
        class.complete(locals);
        vm.forget_cached_lookups();
    }
    Ok(())
}

/// Runs a class body: a dict of the attributes that the body has defined.
fn run_class_body(vm: &Vm, body: Body) -> Res<Gc<Dict>> {
    let locals = Dict::new(vm)?;
    // What the decorators' names mean was decided when the class was made.
    let renamed = DECORATORS.iter().filter(|(name, ty)| !is_built_in(vm, body.context, *name, ty));
    for (name, decorator) in renamed.clone() {
        locals.store(vm, *name, Gc::from_static(*decorator).obj())?;
    }
    let code = body.context.in_place().ok_or_else(|| incompatible(vm))?.link_number(vm, body)?;
    let function = Function::new(vm, code, &[], None, None)?;
    let outer = vm.swap_locals(locals);
    let result = vm.call(function.obj(), &[]);
    vm.swap_locals(outer);
    result?;
    for (name, _) in renamed {
        locals.map.remove_name(vm, *name);
    }
    Ok(locals)
}
