//! The type of modules.

use crate::model::error::Res;
use crate::model::layout::Module;
use crate::model::object::Object;
use crate::model::printer::{Printer, Style};
use crate::model::types::{Attr, AttrResult, Type};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::call::Call;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, q};

/// The type `module`.
pub static TYPE: Type = define!(Type::new(q!("module")).print(module_print).attr(module_attr));

// SAFETY: `Module` is `repr(C)` and starts with a header; only modules have this type.
unsafe impl Object for Module {
    const TYPE: &'static Type = &TYPE;
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
