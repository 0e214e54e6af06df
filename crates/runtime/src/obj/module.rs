//! Modules.

use crate::define;
use crate::error::Res;
use crate::modules::ModuleDef;
use crate::obj::dict::Dict;
use crate::object::{Gc, Header, Object};
use crate::ops::print::{Printer, Style};
use crate::q;
use crate::qstr::Qstr;
use crate::types::{Attr, AttrResult, Type};
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = define!(Type::new(q!("module")).print(module_print).attr(module_attr));

/// A module.
#[repr(C)]
pub struct Module {
    header: Header,
    /// Its variables.
    pub globals: Gc<Dict>,
    /// What it was made from, if it is written in Rust.
    definition: Option<&'static ModuleDef>,
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
        let globals = named(vm, name)?;
        Module::of_globals(vm, globals)
    }

    /// A module with variables `globals`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_globals(vm: &Vm, globals: Gc<Dict>) -> Res<Gc<Module>> {
        vm.alloc(Module { header: Header::of(&TYPE), globals, definition: None })
    }

    /// A module named `name` for `definition`, with nothing else in it yet.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn of_definition(vm: &Vm, name: Qstr, definition: &'static ModuleDef) -> Res<Gc<Module>> {
        let globals = named(vm, name)?;
        vm.alloc(Module { header: Header::of(&TYPE), globals, definition: Some(definition) })
    }
}

/// Variables of a module named `name`.
fn named(vm: &Vm, name: Qstr) -> Res<Gc<Dict>> {
    let globals = Dict::new(vm)?;
    globals.store(vm, q!("__name__"), Obj::qstr(name))?;
    Ok(globals)
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
        Attr::Store(_) | Attr::Delete if module.definition.is_some_and(|definition| !definition.may_set(name)) => {
            Ok(AttrResult::Missing)
        }
        Attr::Store(value) => module.globals.store(vm, name, value).map(|()| AttrResult::Done),
        Attr::Delete => match module.globals.map.remove_name(vm, name) {
            Some(_) => Ok(AttrResult::Done),
            None => Ok(AttrResult::Missing),
        },
    }
}
