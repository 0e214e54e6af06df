//! Built-in modules: for each a constant table and its functions.

pub mod array;
pub mod builtins;
pub mod cmath;
pub mod collections;
pub mod errno;
pub mod functions;
pub mod gc;
pub mod io;
pub mod math;
pub mod micropython;
pub mod string;
pub mod structs;
pub mod sys;
#[cfg(feature = "threads")]
pub mod thread;
pub mod time;

use crate::error::Res;
use crate::obj::module::Module;
use crate::q;
use crate::qstr::Qstr;
use crate::types::Member;
use crate::vm::Vm;
use crate::word::Obj;

/// The modules that are just constant tables, by their names.
fn members(name: Qstr) -> Option<&'static [Member]> {
    Some(match () {
        () if name == q!("array") => array::MEMBERS,
        () if name == q!("cmath") => cmath::MEMBERS,
        () if name == q!("collections") => collections::MEMBERS,
        () if name == q!("gc") => gc::MEMBERS,
        () if name == q!("io") => io::MEMBERS,
        () if name == q!("math") => math::MEMBERS,
        () if name == q!("micropython") => micropython::MEMBERS,
        () if name == q!("string.templatelib") => string::TEMPLATELIB,
        () if name == q!("string") => &[],
        () if name == q!("string.templatelib") => string::TEMPLATELIB,
        () if name == q!("struct") => structs::MEMBERS,
        () if name == q!("time") => time::MEMBERS,
        () => return None,
    })
}

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
    if name == q!("sys") {
        return sys::module(vm).map(Some);
    }
    if name == q!("string") {
        let module = Module::new(vm, name)?;
        module.globals.store(vm, q!("__path__"), Obj::qstr(Qstr::EMPTY))?;
        return Ok(Some(module.obj()));
    }
    if name == q!("errno") {
        let module = Module::new(vm, name)?;
        errno::fill(vm, &module.globals)?;
        return Ok(Some(module.obj()));
    }
    #[cfg(feature = "threads")]
    if name == q!("_thread") && vm.host_threads().is_some() {
        return Ok(Some(Module::of_members(vm, name, thread::MEMBERS)?.obj()));
    }
    match members(name) {
        Some(members) => Ok(Some(Module::of_members(vm, name, members)?.obj())),
        None => Ok(None),
    }
}

/// The name without the `u` that old releases put before those of built-in modules.
pub(crate) fn without_u(vm: &Vm, name: Qstr) -> Option<Qstr> {
    let name = vm.qstrs.find(vm.spelling(name).strip_prefix(b"u")?)?;
    let known = members(name).is_some() || name == q!("sys") || name == q!("errno");
    known.then_some(name)
}
