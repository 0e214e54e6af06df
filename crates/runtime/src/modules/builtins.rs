//! The module `builtins`.

use crate::error::Res;
use crate::obj;
use crate::obj::dict::Dict;
use crate::obj::exception;
use crate::obj::tuple::Tuple;
use crate::object::{Gc, Object};
use crate::qstr::Qstr;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// A type as a value of a constant table.
const fn ty(ty: &'static Type) -> Obj {
    Obj::from_static(ty)
}

crate::members! {
    /// What the module has from the start.
    pub static MEMBERS = {
        "__build_class__" => var(2, 255, build_class),
        "object" => value(ty(&obj::typ::OBJECT)),
        "type" => value(ty(&obj::typ::TYPE)),
        "property" => value(ty(&obj::property::TYPE)),
        "super" => value(ty(&obj::property::SUPER_TYPE)),
        "classmethod" => value(ty(&obj::builtin::CLASS_METHOD)),
        "staticmethod" => value(ty(&obj::builtin::STATIC_METHOD)),
        "BaseException" => value(ty(&exception::BASE_EXCEPTION)),
    }
}

/// The built-in `name`: what a program has put into the module, else what is there from the start.
pub fn find(_vm: &Vm, name: Qstr) -> Option<Obj> {
    crate::types::find(MEMBERS, name).or_else(|| crate::types::find(super::functions::MEMBERS, name))
}

/// Runs a class body and makes the class: `__build_class__(body, name, *bases)`.
fn build_class(vm: &Vm, args: &[Obj]) -> Res {
    let (body, name, bases) = (args[0], args[1], &args[2..]);
    let locals = Dict::new(vm)?;
    let outer = vm.swap_locals(locals);
    let result = vm.call(body, &[]);
    vm.swap_locals(outer);
    let cell = result?;
    let bases = Tuple::new(vm, bases)?;
    // A class derives its own type from its first base.
    let meta = bases.items().first().map_or(Gc::from_static(Type::TYPE), |base| vm.type_of(*base));
    let class = vm.call(meta.obj(), &[name, bases.obj(), locals.obj()])?;
    if let Some(cell) = cell.downcast::<obj::cell::Cell>() {
        cell.value.set(Some(class));
    }
    Ok(class)
}
