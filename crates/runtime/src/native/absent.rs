//! Where machine code cannot run: of `native` only what the rest of the runtime asks it for.

use core::ptr::NonNull;

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::module::RawCode;

use crate::error::Res;
use crate::heap::Collection;
use crate::obj::code::{Code, Context};
use crate::obj::dict::Dict;
use crate::object::Gc;
use crate::qstr::Qstr;
use crate::vm::Vm;
use crate::vm::frame::Frame;
use crate::vm::memory::Slot;
use crate::word::Obj;

/// No machine code runs here.
pub(crate) const ARCH: Option<Arch> = None;

#[derive(Default)]
pub(crate) struct State(());

impl State {
    pub(crate) fn keep(&self, _: &mut Collection<'_>) {}
}

pub(crate) enum Linked {}

impl Linked {
    pub(crate) fn new(_: &Vm, _: &Module<'_>, _: Gc<Context>) -> Res<Option<Linked>> {
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

pub(crate) enum NativeGenerator {}

impl NativeGenerator {
    pub(crate) fn of(_: Obj) -> Option<Gc<NativeGenerator>> {
        None
    }

    pub(crate) fn resume(&self, _: &Vm, _: Obj, _: Slot) -> Res<Option<Obj>> {
        match *self {}
    }

    pub(crate) fn replace_pending(&self, _: &Vm, _: Obj) -> Res {
        match *self {}
    }
}

pub(crate) fn function_table() -> Slot {
    None
}

pub(crate) fn short_qstrs(_: &Vm, _: &Module<'_>, _: NonNull<Qstr>) -> Res<Option<NonNull<u16>>> {
    Ok(None)
}

pub(crate) fn make_function(vm: &Vm, _: Obj, _: Slot, _: Slot, _: &[Obj]) -> Res {
    Err(vm.runtime_error(format_args!("no such function")))
}

pub(crate) fn is_builtin(_: Obj) -> bool {
    false
}

pub(crate) fn globals(_: &Frame) -> Option<Gc<Dict>> {
    None
}

pub(crate) mod code {
    use super::{Context, Gc, Obj, Res, Vm};

    pub(crate) fn with_context(_: &Vm, code: Obj, _: Gc<Context>) -> Res {
        Ok(code)
    }

    pub(crate) fn context_of(_: Obj) -> Option<Gc<Context>> {
        None
    }
}

pub(crate) mod foreign {
    use super::{Gc, Obj, Vm};
    use crate::types::Type;

    pub(crate) const EXIST: bool = false;

    pub(crate) type Indices = ();
    pub(crate) const INDICES: Indices = ();

    pub(crate) struct Slots;

    impl Slots {
        pub(crate) const fn new() -> Slots {
            Slots
        }

        pub(crate) fn set_parent(&mut self, _: Gc<Type>) {}
    }

    pub(crate) fn type_of(_: &Vm, _: Obj) -> Gc<Type> {
        Gc::from_static(&crate::obj::typ::OBJECT)
    }
}
