//! The modules `string` and `string.templatelib`.

use super::ModuleDef;
use crate::error::Res;
use crate::obj::module::Module;
use crate::obj::template::{INTERPOLATION, TEMPLATE};
use crate::object::Gc;
use crate::q;
use crate::qstr::Qstr;
use crate::vm::Vm;
use crate::word::Obj;

/// The package `string`.
pub const MODULE: ModuleDef = ModuleDef::new("string", &[]).init(make_package).extensible();

/// The module `string.templatelib`.
pub const TEMPLATELIB: ModuleDef = ModuleDef::new("string.templatelib", MEMBERS);

crate::members! {
    static MEMBERS = {
        "Template" => value(Obj::from_static(&TEMPLATE)),
        "Interpolation" => value(Obj::from_static(&INTERPOLATION)),
    }
}

/// A module with a `__path__` has others in it; this one's are not files.
fn make_package(vm: &Vm, module: Gc<Module>) -> Res<()> {
    module.globals.store(vm, q!("__path__"), Obj::qstr(Qstr::EMPTY))
}
