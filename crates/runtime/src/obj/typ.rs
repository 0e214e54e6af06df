//! The type `type`: what types and classes have in common.

use crate::obj;
use crate::obj::tuple::Tuple;
use crate::object::Gc;
use crate::q;
use crate::types::{Parent, Type};
use crate::vm::Vm;
use crate::word::Obj;

/// The type `type`.
pub static TYPE: Type = Type::new(q!("type"));

/// The type `object`.
pub static OBJECT: Type = Type::new(q!("object"));

impl Vm {
    /// The type of `object`.
    #[inline]
    pub fn type_of(&self, object: Obj) -> Gc<Type> {
        match object.as_header() {
            // SAFETY: a pointer word points to a live object, whose first word is a header.
            Some(header) => unsafe { header.as_ref() }.ty(),
            None => Gc::from_static(immediate_type(object)),
        }
    }

    /// Whether `ty` is `base` or derived from it.
    pub fn is_subtype(&self, ty: Gc<Type>, base: &'static Type) -> bool {
        self.is_subclass(ty, Gc::from_static(base))
    }

    /// Whether `ty` is `base` or derived from it.
    pub fn is_subclass(&self, ty: Gc<Type>, base: Gc<Type>) -> bool {
        let mut ty = ty;
        loop {
            if ty == base {
                return true;
            }
            match ty.parent.get() {
                Parent::None => return base == Gc::from_static(&OBJECT),
                Parent::One(parent) => ty = parent,
                Parent::Many(parents) => return self.is_subclass_of_any(parents, base),
            }
        }
    }

    fn is_subclass_of_any(&self, parents: Gc<Tuple>, base: Gc<Type>) -> bool {
        let types = parents.items().iter().filter_map(|parent| parent.downcast::<Type>());
        types.into_iter().any(|parent| self.is_subclass(parent, base))
    }

    /// The name of the type of `object`, for messages.
    pub fn type_name(&self, object: Obj) -> &str {
        core::str::from_utf8(self.spelling(self.type_of(object).name())).unwrap_or("?")
    }
}

fn immediate_type(object: Obj) -> &'static Type {
    if object.is_small_int() {
        &obj::int::TYPE
    } else if object.as_qstr().is_some() {
        &obj::str::TYPE
    } else if object == Obj::NONE {
        &obj::none::TYPE
    } else {
        &obj::bool::TYPE
    }
}
