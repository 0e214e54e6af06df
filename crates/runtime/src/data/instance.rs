//! Instances of classes: their layout.

use core::ptr::NonNull;

use crate::model::error::Res;
use crate::model::layout::{Entry, Map};
use crate::model::object::{Gc, Header};
use crate::model::types::{Locals, Type, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::qstr::Qstr;

/// An instance. If its class derives from a built-in type, a word follows for the object inside.
#[repr(C)]
pub struct Instance {
    pub(crate) header: Header,
    pub(crate) members: Map,
}

/// An instance with an object of a built-in type inside.
#[repr(C)]
pub(crate) struct WithBase {
    pub(crate) instance: Instance,
    #[cfg(not(all(feature = "native", target_pointer_width = "32")))]
    pub(crate) base: Slot,
}

/// The offset of the object inside. C code looks for the object behind four words (MicroPython: `py/objtype.h`).
const BASE: usize = if cfg!(feature = "native") { 4 * size_of::<usize>() } else { size_of::<Instance>() };

#[cfg(not(all(feature = "native", target_pointer_width = "32")))]
const _: () = assert!(BASE == core::mem::offset_of!(WithBase, base));
#[cfg(all(feature = "native", target_pointer_width = "32"))]
const _: () = assert!(BASE == core::mem::offset_of!(Instance, members) + core::mem::offset_of!(Map, base));

/// The most attributes for which room is made before they are stored.
pub(crate) const MOST_ROOM: usize = 8;

impl Instance {
    /// The instance that `object` is, if it is one.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn of<'a>(object: Obj) -> Option<&'a Instance> {
        let header = object.as_header()?;
        // SAFETY: a pointer word points to a live object, which the caller keeps alive; objects of a class have this
        // layout.
        unsafe { header.as_ref().has(flag::BERUS | flag::HEAP).then(|| header.cast::<Instance>().as_ref()) }
    }

    /// The instance's attributes.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn members(&self) -> &Map {
        &self.members
    }

    /// Stores an attribute among the instance's own, and answers its number there. The first one makes room for as many as
    /// other instances of the class have had.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn store_member(&self, vm: &Vm, name: Qstr, value: Obj) -> Res<usize> {
        let class = self.class();
        let Locals::Dict(class) = class.locals() else { return self.members.store_name(vm, name, value) };
        let room = class.map.number();
        if self.members.is_empty() {
            self.members.reserve(vm, room.into())?;
        }
        let at = self.members.store_name(vm, name, value)?;
        let len = self.members.len();
        if len > room.into() && len <= MOST_ROOM {
            class.map.set_number(len as u8);
        }
        Ok(at)
    }

    /// The instance's class.
    pub fn class(&self) -> Gc<Type> {
        self.header.ty()
    }

    /// Whether storing an attribute only takes [`Instance::store_member`].
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn stores_plainly(&self) -> bool {
        let class = self.class();
        !class.has_accessors() && !class.has(flag::SUBCLASSED)
    }

    pub(crate) fn base_slot(&self) -> Option<&core::cell::Cell<Slot>> {
        if !self.class().has(flag::SUBCLASSED) {
            return None;
        }
        let slot = NonNull::from_ref(self).cast::<u8>();
        // SAFETY: an instance of a class with the flag `SUBCLASSED` was made with such a word.
        Some(unsafe { slot.add(BASE).cast::<core::cell::Cell<Slot>>().as_ref() })
    }

    /// The object of a built-in type inside the instance, once that object has been made.
    pub fn base(&self) -> Slot {
        self.base_slot().and_then(core::cell::Cell::get)
    }

    /// Sets the object of a built-in type inside the instance.
    pub fn set_base(&self, base: Obj) {
        if let Some(slot) = self.base_slot() {
            slot.set(Some(base));
        }
    }

    pub(crate) fn object(&self) -> Obj {
        Obj::from_header(NonNull::from_ref(self).cast())
    }
}

/// An instance of `class` without attributes, with room behind the instance for as many as other instances of the class
/// have had.
///
/// # Errors
/// `MemoryError`.
pub(crate) fn new(vm: &Vm, class: Gc<Type>) -> Res {
    let instance = Instance { header: Header::new(class), members: Map::new() };
    if class.has(flag::SUBCLASSED) {
        let with_base = WithBase {
            instance,
            #[cfg(not(all(feature = "native", target_pointer_width = "32")))]
            base: None,
        };
        return Ok(vm.alloc(with_base)?.obj());
    }
    let room = usize::from(room(class));
    let made = vm.alloc_tail(instance, room * size_of::<Entry>())?;
    // SAFETY: behind the new object there is room for the entries, which are aligned as the object's words are.
    unsafe {
        let entries = made.as_ptr().add(1).cast::<Entry>();
        entries.write_bytes(0, room);
        made.members.begin_at(entries, room as u32);
    }
    Ok(made.object())
}

/// How many attributes the instances of `class` have had at most, up to [`MOST_ROOM`].
fn room(class: Gc<Type>) -> u8 {
    match class.locals() {
        Locals::Dict(class) => class.map.number(),
        Locals::Static(_) => 0,
    }
}

/// The objects of built-in types inside instances.
pub trait NativeBase {
    /// The object of a built-in type inside `object`, an instance of a class that derives from such a type. `None`
    /// before `super().__init__()`.
    fn native_base(&self, object: Obj) -> Option<Obj>;
}

impl NativeBase for Vm {
    fn native_base(&self, object: Obj) -> Option<Obj> {
        Instance::of(object)?.base()
    }
}
