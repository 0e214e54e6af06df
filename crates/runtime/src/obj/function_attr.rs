//! Attributes that programs give functions, which MicroPython's functions do not have.
//!
//! A function has no room for them. The first attribute gives it a code object of its own, which has a dict behind it.

use crate::model::code::Code;
use crate::model::error::Res;
use crate::model::layout::{Dict, Function};
use crate::model::object::{Gc, Object};
use crate::model::types::{Attr, AttrResult};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::code;
use crate::q;
use crate::qstr::Qstr;

/// A code object with a dict of the attributes of the one function that has it.
#[repr(C)]
struct WithAttributes {
    code: Code,
    attributes: Gc<Dict>,
}

// SAFETY: the structure is `repr(C)` and starts with a code object, which starts with a header. Nothing is downcast to
// it.
unsafe impl Object for WithAttributes {
    const TYPE: &'static crate::model::types::Type = &code::TYPE;
}

/// The property of a code object that a dict follows; no scope has this flag.
const ATTRIBUTED: u8 = 0x80;

/// The attributes that a program has given `function`, if there are any.
fn attributes(function: &Function) -> Option<Gc<Dict>> {
    let code = function.code_if_simple();
    if code.flags & ATTRIBUTED == 0 {
        return None;
    }
    // SAFETY: a code object with this flag is the beginning of such a structure.
    Some(unsafe { Gc::<WithAttributes>::from_ptr(code.as_ptr().cast()) }.attributes)
}

/// The dict of the attributes of `function`, which is made now if there is none.
fn make_attributes(vm: &Vm, function: &Function) -> Res<Gc<Dict>> {
    let code = function.code(vm)?;
    if let Some(attributes) = attributes(function) {
        return Ok(attributes);
    }
    let attributes = Dict::new(vm)?;
    let own = WithAttributes { code: code.copied_with_flags(code.flags | ATTRIBUTED), attributes };
    let own = vm.alloc(own)?;
    // SAFETY: the structure starts with a code object.
    function.code.set(unsafe { Gc::from_ptr(own.as_ptr().cast()) });
    Ok(attributes)
}

/// Loads, stores or deletes an attribute of a function that a program may have given it.
///
/// # Errors
/// `MemoryError`.
pub(crate) fn function_attr(vm: &Vm, function: &Function, name: Qstr, request: Attr) -> Res<AttrResult> {
    match request {
        Attr::Load | Attr::LoadMethod => {
            if name == q!("__dict__") {
                return Ok(AttrResult::Value(make_attributes(vm, function)?.obj()));
            }
            let given = attributes(function).and_then(|attributes| attributes.load(vm, name));
            let value = match given {
                Some(value) => value,
                None if name == q!("__module__") => {
                    function.context().globals().load(vm, q!("__name__")).unwrap_or(Obj::NONE)
                }
                None if name == q!("__qualname__") => Obj::qstr(function.code(vm)?.name()),
                None if name == q!("__doc__") => Obj::NONE,
                None => return Ok(AttrResult::Missing),
            };
            Ok(AttrResult::Value(value))
        }
        Attr::Store(_) if [q!("__globals__"), q!("__code__"), q!("__dict__")].contains(&name) => {
            Ok(AttrResult::Missing)
        }
        Attr::Store(value) => {
            make_attributes(vm, function)?.store(vm, name, value)?;
            Ok(AttrResult::Done)
        }
        Attr::Delete => {
            let removed = attributes(function).and_then(|attributes| attributes.map.remove_name(vm, name));
            Ok(if removed.is_some() { AttrResult::Done } else { AttrResult::Missing })
        }
    }
}
