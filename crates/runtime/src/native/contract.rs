//! What the rooms below ask of machine code.

use crate::model::code::Context;
use crate::model::error::{Raise, Res};
use crate::model::frame::Frame;
use crate::model::layout::Dict;
use crate::model::machine::{Indices, Machine, Slots};
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::code::MachineCode;
use crate::native::function::NativeFunction;
use crate::native::generator::NativeGenerator;
use crate::native::{border, closure, code, foreign};

impl Machine for Vm {
    const FOREIGN: bool = foreign::EXIST;
    const INDICES: Indices = foreign::INDICES;
    const SLOTS: Slots = foreign::SLOTS;

    fn set_parent(slots: &mut Slots, parent: Gc<Type>) {
        foreign::set_parent(slots, parent);
    }

    #[inline(always)]
    fn type_of_foreign(&self, object: Obj) -> Gc<Type> {
        foreign::type_of(self, object)
    }

    #[inline(always)]
    fn machine_globals(frame: &Frame) -> Option<Gc<Dict>> {
        border::globals(frame)
    }

    fn is_made_by_c(function: Obj) -> bool {
        foreign::functions::is_one(function)
    }

    fn machine_code_with_context(&self, code: Obj, context: Gc<Context>) -> Res {
        code::with_context(self, code, context)
    }

    fn machine_context_of(code: Obj) -> Option<Gc<Context>> {
        code::context_of(code)
    }

    fn machine_function(&self, code: Obj, defaults: Slot, keyword_defaults: Slot, cells: &[Obj]) -> Res {
        let Some(code) = code.downcast::<MachineCode>() else {
            return Err(self.runtime_error(format_args!("no such function")));
        };
        let function: Gc<NativeFunction> = NativeFunction::new(self, code, defaults, keyword_defaults)?;
        if cells.is_empty() { Ok(function.obj()) } else { closure::new(self, function.obj(), cells) }
    }

    fn is_machine_generator(object: Obj) -> bool {
        NativeGenerator::of(object).is_some()
    }

    fn resume_machine_generator(&self, generator: Obj, sent: Obj, thrown: Slot) -> Res<Option<Obj>> {
        match NativeGenerator::of(generator) {
            Some(generator) => generator.resume(self, sent, thrown),
            None => Ok(None),
        }
    }

    fn replace_pending_of_machine_generator(&self, generator: Obj, exception: Obj) -> Res {
        match NativeGenerator::of(generator) {
            Some(generator) => generator.replace_pending(self, exception),
            None => Ok(Obj::NONE),
        }
    }
}
