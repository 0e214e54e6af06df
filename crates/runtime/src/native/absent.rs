//! Where machine code cannot run: of `native` only the parts that the rest of the runtime uses.

use core::ptr::NonNull;

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::bytes::ModuleBytes;
use berus_mpy::module::RawCode;

use crate::model::builtin_types::BuiltinTypes;
use crate::model::code::{Code, Context};
use crate::model::error::{Raise, Res};
use crate::model::frame::Frame;
use crate::model::layout::Dict;
use crate::model::machine::{Indices, Machine, Slots};
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::qstr::Qstr;

/// No machine code runs here.
pub(crate) const ARCH: Option<Arch> = None;

pub(crate) enum Linked {}

/// The bytes of a module as memory that is lent for good, if they are.
pub(crate) type Lend<'l, 'a> = &'l dyn Fn(&ModuleBytes<'a>) -> Option<&'static [u8]>;

impl Linked {
    pub(crate) fn new<'a>(_: &Vm, _: &Module<'a>, _: Gc<Context>, _: Lend<'_, 'a>) -> Res<Option<Linked>> {
        Ok(None)
    }

    pub(crate) fn text(&self, _: usize) -> *const u8 {
        match *self {}
    }

    pub(crate) fn code(
        &self,
        _: &Vm,
        _: usize,
        _: &RawCode<'_>,
        _: Gc<Context>,
        _: Option<Gc<Code>>,
        _: Option<NonNull<Slot>>,
    ) -> Res {
        match *self {}
    }
}

pub(crate) fn function_table() -> Slot {
    None
}

pub(crate) fn short_qstrs(_: &Vm, _: &Module<'_>, _: NonNull<Qstr>) -> Res<Option<NonNull<u16>>> {
    Ok(None)
}

impl Machine for Vm {
    const FOREIGN: bool = false;
    const INDICES: Indices = ();
    const SLOTS: Slots = Slots;

    fn set_parent(_: &mut Slots, _: Gc<Type>) {}

    fn type_of_foreign(&self, _: Obj) -> Gc<Type> {
        Gc::from_static(Vm::OBJECT)
    }

    fn machine_globals(_: &Frame) -> Option<Gc<Dict>> {
        None
    }

    fn is_made_by_c(_: Obj) -> bool {
        false
    }

    fn machine_code_with_context(&self, code: Obj, _: Gc<Context>) -> Res {
        Ok(code)
    }

    fn machine_context_of(_: Obj) -> Option<Gc<Context>> {
        None
    }

    fn machine_function(&self, _: Obj, _: Slot, _: Slot, _: &[Obj]) -> Res {
        Err(self.runtime_error(format_args!("no such function")))
    }

    fn is_machine_generator(_: Obj) -> bool {
        false
    }

    fn resume_machine_generator(&self, _: Obj, _: Obj, _: Slot) -> Res<Option<Obj>> {
        Ok(None)
    }

    fn replace_pending_of_machine_generator(&self, _: Obj, _: Obj) -> Res {
        Ok(Obj::NONE)
    }
}
