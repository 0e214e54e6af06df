//! Classes whose bodies only define: what is in them is made when they are used.
//!
//! The body of most classes makes functions and puts them, and constants, under names. When it does so is all the same, so that
//! where it lies [in place](crate::import::in_place) it is not run before the class is called, derived from or asked for an attribute. Until
//! then the class has, instead of a dict and functions, the number of its body's code.

use berus_mpy::bytecode::instructions;
use berus_mpy::opcode::Op;
use berus_mpy::prelude::Prelude;

use crate::error::Res;
use crate::obj::builtin::{CLASS_METHOD, STATIC_METHOD};
use crate::obj::code::Context;
use crate::obj::dict::Dict;
use crate::obj::function::Function;
use crate::obj::property;
use crate::object::Gc;
use crate::q;
use crate::qstr::Qstr;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The decorators that have no effect but their result.
const DECORATORS: [(Qstr, &Type); 3] =
    [(q!("staticmethod"), &STATIC_METHOD), (q!("classmethod"), &CLASS_METHOD), (q!("property"), &property::TYPE)];

/// The code of a class body in a module that runs in place.
#[derive(Clone, Copy)]
pub(crate) struct Body {
    /// The module's context.
    pub context: Gc<Context>,
    /// The number of the code in the module.
    pub number: u16,
}

impl Vm {
    /// The body of a class to be, if it can be run when the class is used.
    pub(crate) fn body_for_later(&self, body: Obj) -> Option<Body> {
        let (context, sketch) = body.downcast::<Function>()?.sketch_in_place()?;
        self.only_defines(context, sketch.bytes()).then_some(Body { context, number: sketch.place })
    }

    /// Whether running a class body has no effect but what is in the class then, and has that whenever it runs.
    fn only_defines(&self, context: Gc<Context>, bytes: &[u8]) -> bool {
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
                Op::LoadName => match context.name(self, instruction.index()) {
                    b"__name__" if context.globals().load(self, q!("__name__")).is_some() => {}
                    name => match DECORATORS.iter().find(|(known, _)| self.spelling(*known) == name) {
                        Some((name, decorator)) if self.is_built_in(context, *name, decorator) => is_decorator = true,
                        _ => return false,
                    },
                },
                Op::StoreName
                    if DECORATORS
                        .iter()
                        .all(|(known, _)| self.spelling(*known) != context.name(self, instruction.index())) => {}
                // Of a function, or what another decorator has made of one.
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

    /// Whether `name` is that of a built-in type for the code of a module, and not of something else of the same name.
    fn is_built_in(&self, context: Gc<Context>, name: Qstr, ty: &'static Type) -> bool {
        let own = Some(Gc::from_static(ty).obj());
        context.globals().load(self, name).is_none()
            && self.builtins().is_none_or(|builtins| builtins.load(self, name) == own)
    }

    /// Runs the body of a class that is used for the first time.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub(crate) fn complete(&self, class: Gc<Type>) -> Res<()> {
        match class.later() {
            Some(body) => self.complete_with(class, body),
            None => Ok(()),
        }
    }

    #[cold]
    fn complete_with(&self, class: Gc<Type>, body: Body) -> Res<()> {
        let locks = self.heap().exchange_locks(0);
        let locals = self.run_class_body(body).and_then(|locals| {
            self.prepare_locals(class.parent(), locals)?;
            Ok(locals)
        });
        self.heap().exchange_locks(locks);
        let locals = locals?;
        // Another thread may have been quicker.
        if let (Some(_), Some(class)) = (class.later(), class.as_class()) {
            class.complete(locals);
            self.forget_cached_lookups();
        }
        Ok(())
    }

    /// Runs a class body: what it has defined.
    fn run_class_body(&self, body: Body) -> Res<Gc<Dict>> {
        let locals = Dict::new(self)?;
        // What the decorators' names mean was decided when the class was made.
        let renamed = DECORATORS.iter().filter(|(name, ty)| !self.is_built_in(body.context, *name, ty));
        for (name, decorator) in renamed.clone() {
            locals.store(self, *name, Gc::from_static(*decorator).obj())?;
        }
        let code = body.context.in_place().ok_or_else(|| self.incompatible())?.link_number(self, body)?;
        let function = Function::new(self, code, &[], None, None)?;
        let outer = self.swap_locals(locals);
        let result = self.call(function.obj(), &[]);
        self.swap_locals(outer);
        result?;
        for (name, _) in renamed {
            locals.map.remove_name(self, *name);
        }
        Ok(locals)
    }
}
