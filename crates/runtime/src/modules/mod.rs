//! Built-in modules: for each a constant table and its functions.

pub mod array;
pub mod builtins;
pub mod cmath;
pub mod collections;
pub mod errno;
pub mod functions;
pub mod io;
pub mod math;
pub mod structs;
pub mod time;

use crate::error::Res;
use crate::obj::module::Module;
use crate::q;
use crate::qstr::Qstr;
use crate::types::Member;
use crate::vm::Vm;
use crate::word::Obj;

/// The built-in modules that are constant tables.
static MODULES: &[(Qstr, &[Member])] = &[
    (q!("array"), array::MEMBERS),
    (q!("cmath"), cmath::MEMBERS),
    (q!("collections"), collections::MEMBERS),
    (q!("errno"), &[]),
    (q!("io"), io::MEMBERS),
    (q!("math"), math::MEMBERS),
    (q!("struct"), structs::MEMBERS),
    (q!("time"), time::MEMBERS),
];

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
        Some((name, members)) => {
            let module = Module::of_members(vm, *name, members)?;
            if *name == q!("errno") {
                errno::fill(vm, &module.globals)?;
            }
            Ok(Some(module.obj()))
        }
        None => Ok(None),
    }
}
