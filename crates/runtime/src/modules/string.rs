//! The modules `string` and `string.templatelib`.

use crate::model::error::Res;
use crate::model::layout::Module;
use crate::model::module_def::ModuleDef;
use crate::model::object::Gc;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::template::{INTERPOLATION, TEMPLATE};
use crate::q;
use crate::qstr::Qstr;

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

/// A module with a `__path__` is a package; the modules in this package are not files.
fn make_package(vm: &Vm, module: Gc<Module>) -> Res<()> {
    module.globals.store(vm, q!("__path__"), Obj::qstr(Qstr::EMPTY))
}
