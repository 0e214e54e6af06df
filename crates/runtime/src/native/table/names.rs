//! Variables, attributes and imports.

use crate::data::instance::Instance;
use crate::interpret::op::name::{attribute, builtin, global_in, hinted, store_attribute, super_method};
use crate::model::error::{Raise, Res};
use crate::model::importing::{Import, ImportFrom};
use crate::model::layout::{Dict, Map};
use crate::model::object::Gc;
use crate::model::protocols::Classes;
use crate::model::registers::{Ip, Sp};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::border::{serve, set_globals, vm};
use crate::native::foreign::adopt;
use crate::ops::attr::{Attributes, MethodParts};
use crate::q;
use crate::qstr::Qstr;

fn name(number: usize) -> Qstr {
    Qstr::from_number(number as u32)
}

/// Makes `new` the global variables. Answers the variables before, which are to be set again; null if these are the
/// same, or `new` is null.
pub(super) unsafe extern "C" fn swap_globals(new: Option<Gc<Dict>>) -> Option<Gc<Dict>> {
    let new = new?;
    // SAFETY: machine code called.
    let vm = unsafe { vm() };
    let old = vm.globals();
    if old == new {
        return None;
    }
    set_globals(new, vm.frame());
    Some(old)
}

/// The place under which lookups of `name` in `scope`, a class or the variables of a module, are remembered: machine
/// code has no instruction of its own for each lookup.
#[inline(always)]
fn place<T>(scope: Gc<T>, name: Qstr) -> Ip {
    Ip(core::ptr::without_provenance(scope.as_ptr().addr().get() >> 4 ^ name.number() as usize))
}

fn global(vm: &Vm, name: Qstr) -> Res {
    let globals = vm.globals();
    global_in(vm, &globals.map, place(globals, name), name)
}

pub(super) unsafe extern "C" fn load_name(number: usize) -> Obj {
    let name = name(number);
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.locals().load(vm, name).map_or_else(|| global(vm, name), Ok)) }
}

pub(super) unsafe extern "C" fn load_global(number: usize) -> Obj {
    // SAFETY: machine code called.
    let vm = unsafe { vm() };
    let globals = vm.globals();
    match hinted(vm, &globals.map, place(globals, name(number)), name(number)) {
        Some(value) => value,
        // SAFETY: as above.
        None => unsafe { find_global(number) },
    }
}

#[inline(never)]
unsafe extern "C" fn find_global(number: usize) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| global(vm, name(number))) }
}

pub(super) unsafe extern "C" fn load_build_class() -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| builtin(vm, q!("__build_class__"))) }
}

pub(super) unsafe extern "C" fn store_name(number: usize, value: Slot) {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.locals().store(vm, name(number), adopt(vm, value)?)) }
}

pub(super) unsafe extern "C" fn store_global(number: usize, value: Slot) {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.globals().store(vm, name(number), adopt(vm, value)?)) }
}

fn delete(vm: &Vm, map: &Map, name: Qstr) -> Res<()> {
    match map.remove_name(vm, name) {
        Some(_) => Ok(()),
        None => Err(vm.key_error(Obj::qstr(name))),
    }
}

pub(super) unsafe extern "C" fn delete_name(number: usize) {
    // SAFETY: machine code called.
    unsafe { serve(|vm| delete(vm, &vm.locals().map, name(number))) }
}

pub(super) unsafe extern "C" fn delete_global(number: usize) {
    // SAFETY: machine code called.
    unsafe { serve(|vm| delete(vm, &vm.globals().map, name(number))) }
}

pub(super) unsafe extern "C" fn load_attr(object: Slot, number: usize) -> Obj {
    if let Some(instance) = object.and_then(Instance::of) {
        // SAFETY: machine code called.
        let vm = unsafe { vm() };
        let place = place(instance.class(), name(number));
        if let Some(value) = hinted(vm, instance.members(), place, name(number)) {
            return value;
        }
    }
    // SAFETY: as the caller says.
    unsafe { load_attr_of_any(object, number) }
}

#[inline(never)]
unsafe extern "C" fn load_attr_of_any(object: Slot, number: usize) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let object = adopt(vm, object)?;
            attribute(vm, object, place_of(vm, object, name(number)), name(number))
        })
    }
}

/// The place under which lookups of `name` in `object` are remembered.
fn place_of(vm: &Vm, object: Obj, name: Qstr) -> Ip {
    match Instance::of(object) {
        Some(instance) => place(instance.class(), name),
        None => place(vm.type_of(object), name),
    }
}

/// Puts a method and its first argument, or null if the method has none, at `to`.
unsafe fn put(MethodParts { function, this }: MethodParts, to: *mut Slot) {
    // SAFETY: the caller has room for two words at `to`.
    unsafe {
        to.write(Some(function));
        to.add(1).write(this);
    }
}

pub(super) unsafe extern "C" fn load_method(object: Slot, number: usize, to: *mut Slot) {
    // SAFETY: machine code called.
    let parts = unsafe { serve(|vm| vm.load_method(adopt(vm, object)?, name(number))) };
    // SAFETY: machine code has room for two words at `to`.
    unsafe { put(parts, to) };
}

pub(super) unsafe extern "C" fn load_method_maybe(object: Slot, number: usize, to: *mut Slot) {
    // SAFETY: machine code called.
    let parts = unsafe { serve(|vm| vm.try_method(adopt(vm, object)?, name(number))) };
    match parts {
        // SAFETY: machine code has room for two words at `to`.
        Some(parts) => unsafe { put(parts, to) },
        // SAFETY: as above.
        None => unsafe { to.write_bytes(0, 2) },
    }
}

/// Replaces the three values at `to` of which `super()` is made, the type, the class and the object, by a method of the
/// `super` object and its first argument.
pub(super) unsafe extern "C" fn load_super_method(number: usize, to: *mut Slot) {
    // SAFETY: machine code called, and has put three values at `to`.
    unsafe { serve(|vm| super_method(vm, Sp(to), name(number))) }
}

pub(super) unsafe extern "C" fn store_attr(object: Slot, number: usize, value: Slot) {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let (object, name) = (adopt(vm, object)?, name(number));
            let value = value.map(|value| adopt(vm, value)).transpose()?;
            store_attribute(vm, object, value, place_of(vm, object, name), name)
        })
    }
}

pub(super) unsafe extern "C" fn import_name(number: usize, names: Obj, level: Obj) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.import_name(name(number), names, level)) }
}

pub(super) unsafe extern "C" fn import_from(module: Obj, number: usize) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.import_from(module, name(number))) }
}

pub(super) unsafe extern "C" fn import_all(module: Obj) {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.import_star(module)) }
}
