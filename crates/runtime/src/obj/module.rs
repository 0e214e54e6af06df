//! Modules.

use core::cell::Cell;

use crate::error::Res;
use crate::obj::dict::Dict;
use crate::object::{Gc, Header, Object};
use crate::ops::print::{Printer, Style};
use crate::q;
use crate::qstr::Qstr;
use crate::types::{Attr, AttrResult, Member, Type};
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("module")).print(module_print).attr(module_attr);

/// A module.
#[repr(C)]
pub struct Module {
    header: Header,
    /// Its variables.
    pub globals: Gc<Dict>,
    /// Whether programs cannot change it.
    is_built_in: Cell<bool>,
}

// SAFETY: `Module` is `repr(C)` and starts with a header; only modules have this type.
unsafe impl Object for Module {
    const TYPE: &'static Type = &TYPE;
}

impl Module {
    /// A module named `name`, with nothing else in it.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, name: Qstr) -> Res<Gc<Module>> {
        let globals = Dict::new(vm)?;
        globals.store(vm, q!("__name__"), Obj::qstr(name))?;
        Module::of_globals(vm, globals)
    }

    /// A module with variables `globals`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_globals(vm: &Vm, globals: Gc<Dict>) -> Res<Gc<Module>> {
        vm.alloc(Module { header: Header::of(&TYPE), globals, is_built_in: Cell::new(false) })
    }

    /// A module named `name` with the variables of a constant table.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_members(vm: &Vm, name: Qstr, members: &[Member]) -> Res<Gc<Module>> {
        let module = Module::new(vm, name)?;
        module.globals.map.reserve(vm, members.len() + 1)?;
        for member in members {
            module.globals.store(vm, member.name, member.value)?;
        }
        module.is_built_in.set(true);
        Ok(module)
    }
}

fn module_print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(module) = object.downcast::<Module>() else { return Ok(()) };
    out.write(vm, b"<module '")?;
    vm.print(out, module.globals.load(vm, q!("__name__")).unwrap_or(Obj::NONE), Style::Str)?;
    if let Some(file) = module.globals.load(vm, q!("__file__")) {
        out.write(vm, b"' from '")?;
        vm.print(out, file, Style::Str)?;
    }
    out.write(vm, b"'>")
}

fn module_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let Some(module) = object.downcast::<Module>() else { return Ok(AttrResult::Missing) };
    match request {
        Attr::Load | Attr::LoadMethod => {
            if let Some(value) = module.globals.load(vm, name) {
                return Ok(AttrResult::Value(value));
            }
            if name == q!("__dict__") {
                return Ok(AttrResult::Value(module.globals.obj()));
            }
            match module.globals.load(vm, q!("__getattr__")) {
                Some(function) => vm.call(function, &[Obj::qstr(name)]).map(AttrResult::Value),
                None => Ok(AttrResult::Missing),
            }
        }
        Attr::Store(_) | Attr::Delete if module.is_built_in.get() && !crate::modules::sys::is_mutable(name) => {
            Ok(AttrResult::Missing)
        }
        Attr::Store(value) => module.globals.store(vm, name, value).map(|()| AttrResult::Done),
        Attr::Delete => match module.globals.map.remove_name(vm, name) {
            Some(_) => Ok(AttrResult::Done),
            None => Ok(AttrResult::Missing),
        },
    }
}
