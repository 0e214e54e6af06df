//! Modules: their layout.

use crate::model::error::Res;
use crate::model::layout::{Dict, Module};
use crate::model::module_def::ModuleDef;
use crate::model::object::{Gc, Header, Object};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::q;
use crate::qstr::Qstr;

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
        vm.alloc(Module { header: Header::of(<Module as Object>::TYPE), globals, definition: None })
    }

    /// A module named `name` for `definition`, with nothing else in it yet.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn of_definition(vm: &Vm, name: Qstr, definition: &'static ModuleDef) -> Res<Gc<Module>> {
        let globals = named(vm, name)?;
        vm.alloc(Module { header: Header::of(<Module as Object>::TYPE), globals, definition: Some(definition) })
    }
}

/// Variables of a module named `name`.
pub(crate) fn named(vm: &Vm, name: Qstr) -> Res<Gc<Dict>> {
    let globals = Dict::new(vm)?;
    globals.store(vm, q!("__name__"), Obj::qstr(name))?;
    Ok(globals)
}

impl ModuleDef {
    /// A new module with the members of the definition.
    ///
    /// # Errors
    /// `MemoryError`, and what the definition's `init` raises.
    pub fn instantiate(&'static self, vm: &Vm) -> Res<Gc<Module>> {
        let name = vm.intern(self.name.as_bytes())?;
        let module = Module::of_definition(vm, name, self)?;
        module.globals.map.reserve(vm, self.members.len() + 1)?;
        for member in self.members {
            module.globals.store(vm, member.name.intern(vm)?, member.value)?;
        }
        if let Some(init) = self.init {
            init(vm, module)?;
        }
        Ok(module)
    }
}
