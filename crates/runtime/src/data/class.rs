//! Types and classes: the types of objects, looking up names, what types derive from.

use core::ptr::NonNull;

use crate::data::builtin::Checked;
use crate::model::builtin::Builtin;
use crate::model::builtin_types::BuiltinTypes;
use crate::model::layout::{Function, Tuple};
use crate::model::lookups::Found;
use crate::model::machine::Machine;
use crate::model::object::Gc;
use crate::model::types;
use crate::model::types::{Locals, Parent, Type, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::model::work::spend_work;
use crate::qstr::Qstr;

/// Looks `name` up in the class `object`.
pub(crate) fn find_in_object(vm: &Vm, name: Qstr) -> Option<Found> {
    let object = Gc::from_static(Vm::OBJECT);
    own(vm, object, name).map(|value| Found { value, owner: object, native: false })
}

/// Looks `name` up in `class` and in all types that it derives from, `object` left out.
pub(crate) fn find(vm: &Vm, class: Gc<Type>, name: Qstr) -> Option<Found> {
    if let Some(found) = vm.remembered_method(class, name) {
        return found;
    }
    let found = counted_lineage(vm, class).find_map(|class| {
        own(vm, class, name).map(|value| Found { value, owner: class, native: !class.has(flag::HEAP) })
    });
    vm.remember_method(class, name, found);
    found
}

/// What `class` itself has under `name`.
pub(crate) fn own(vm: &Vm, class: Gc<Type>, name: Qstr) -> Option<Obj> {
    match class.locals() {
        Locals::Static(members) => types::find(vm, members, name),
        Locals::Dict(dict) => dict.load(vm, name),
    }
}

/// The built-in type that `class` derives from, if there is one: instances have an object of this type inside.
pub(crate) fn native_base_type(vm: &Vm, class: Gc<Type>) -> Option<&'static Type> {
    let native = counted_lineage(vm, class).find(|class| !class.has(flag::HEAP))?;
    // SAFETY: types that are not on the heap are `static`.
    Some(unsafe { native.as_ptr().as_ref() })
}

pub(crate) fn immediate_type(object: Obj) -> &'static Type {
    if object.is_small_int() {
        Vm::INT
    } else if object.as_qstr().is_some() {
        Vm::STR
    } else if object == Obj::NONE {
        Vm::NONE_TYPE
    } else {
        Vm::BOOL
    }
}

/// Whether looking `value` up in the class of an object binds `value` to the object.
pub(crate) fn binds(value: Obj) -> bool {
    if value.downcast::<Function>().is_some()
        || value.downcast::<Builtin>().is_some()
        || value.downcast::<Checked>().is_some()
    {
        return true;
    }
    // SAFETY: a pointer word points to a live object, whose first word is a header.
    value.as_header().is_some_and(|header| unsafe { header.as_ref() }.has(flag::BERUS | flag::BINDS_SELF))
}

/// Whether `value` is a function that no program has defined.
pub(crate) fn is_builtin(value: Obj) -> bool {
    value.downcast::<Builtin>().is_some() || Vm::is_made_by_c(value)
}

pub(crate) fn same_name(a: Gc<Type>, b: Gc<Type>) -> bool {
    a.name().qstr().is_some_and(|name| b.name().qstr() == Some(name))
}

/// The type that programs see in place of `ty`. Of several built-in types for the same kind of objects, which share a
/// name, programs see the one from which the others derive.
pub(crate) fn visible(ty: Gc<Type>) -> Gc<Type> {
    match ty.parent() {
        Parent::One(parent) if !ty.has(flag::HEAP) && same_name(parent, ty) => parent,
        _ => ty,
    }
}

/// An iterator over a type and all that it derives from, `object` left out: each once, in the order in which attributes
/// are looked up. With several parents the order is depth first, from left to right.
pub(crate) struct Lineage {
    pub(crate) next: Option<Gc<Type>>,
    /// For a type with several parents, the tuple of [`Parent::Many`] and the index of the item that comes next.
    pub(crate) several: Option<(Gc<Tuple>, usize)>,
}

impl Iterator for Lineage {
    type Item = Gc<Type>;

    #[inline]
    fn next(&mut self) -> Option<Gc<Type>> {
        if let Some((several, at)) = &mut self.several {
            let ty = several.items().get(*at)?.downcast();
            *at += 1;
            return ty;
        }
        let ty = self.next.take().filter(|ty| *ty != Gc::from_static(Vm::OBJECT))?;
        match ty.parent() {
            Parent::None => {}
            Parent::One(parent) => self.next = Some(parent),
            Parent::Many(several) => self.several = Some((several, 1)),
        }
        Some(ty)
    }
}

/// [`Type::lineage`] of `class`, each type counted as work.
#[inline]
pub(crate) fn counted_lineage(vm: &Vm, class: Gc<Type>) -> impl Iterator<Item = Gc<Type>> + '_ {
    class.lineage().inspect(|_| spend_work(vm, 1))
}

impl Type {
    /// The type and all that it derives from, `object` left out, in the order in which attributes are looked up.
    #[inline]
    pub(crate) fn lineage(&self) -> Lineage {
        // SAFETY: a type is a `Gc`'s object, which lives as long as the caller's reference to it.
        Lineage { next: Some(unsafe { Gc::from_ptr(NonNull::from_ref(self)) }), several: None }
    }
}
