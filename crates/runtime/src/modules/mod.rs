//! Built-in modules: for each a constant table and its functions.

pub mod builtins;
pub mod functions;

use crate::error::Res;
use crate::obj::module::Module;
use crate::q;
use crate::qstr::Qstr;
use crate::types::Member;
use crate::vm::Vm;
use crate::word::Obj;

/// The built-in modules.
static MODULES: &[(Qstr, &[Member])] = &[];

/// The built-in module `name`, made now.
///
/// # Errors
/// `MemoryError`.
pub fn built_in(vm: &Vm, name: Qstr) -> Res<Option<Obj>> {
    if name == q!("builtins") {
        return builtins::module(vm).map(Some);
    }
    if name == q!("__main__") {
        return Ok(Some(Module::of_globals(vm, vm.main())?.obj()));
    }
    match MODULES.iter().find(|(known, _)| *known == name) {
        Some((name, members)) => Ok(Some(Module::of_members(vm, *name, members)?.obj())),
        None => Ok(None),
    }
}
