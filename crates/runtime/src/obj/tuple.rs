//! The type `tuple`.

use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("tuple"));

/// A tuple. Its items follow it.
#[repr(C)]
pub struct Tuple {
    header: Header,
    len: usize,
}

// SAFETY: `Tuple` is `repr(C)` and starts with a header; only tuples have this type.
unsafe impl Object for Tuple {
    const TYPE: &'static Type = &TYPE;
}

// SAFETY: the empty tuple has no items, and its header is never changed.
unsafe impl Sync for Tuple {}

static THE_EMPTY: Tuple = Tuple { header: Header::of(&TYPE), len: 0 };

impl Tuple {
    /// The empty tuple.
    pub const EMPTY: Gc<Tuple> = Gc::from_static(&THE_EMPTY);

    /// A tuple of `items`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, items: &[Obj]) -> Res<Gc<Tuple>> {
        if items.is_empty() {
            return Ok(Tuple::EMPTY);
        }
        Tuple::of_type(vm, Gc::from_static(&TYPE), items)
    }

    /// An object of type `ty` with the layout of a tuple, as named tuples are.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_type(vm: &Vm, ty: Gc<Type>, items: &[Obj]) -> Res<Gc<Tuple>> {
        let tuple = vm.alloc_tail(Tuple { header: Header::new(ty), len: items.len() }, size_of_val(items))?;
        // SAFETY: the tail behind the object has room for the items.
        unsafe { tuple.data().copy_from_nonoverlapping(items.as_ptr(), items.len()) };
        Ok(tuple)
    }

    /// A tuple of the items of `list`, which nothing changes meanwhile.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_list(vm: &Vm, list: &crate::obj::list::List) -> Res<Gc<Tuple>> {
        let items = list.items();
        // SAFETY: a cell has the layout of what it holds, and making a tuple runs no Python code.
        Tuple::new(vm, unsafe { core::slice::from_raw_parts(items.as_ptr().cast(), items.len()) })
    }

    fn data(&self) -> *mut Obj {
        core::ptr::from_ref(self).wrapping_add(1).cast_mut().cast()
    }

    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Obj] {
        // SAFETY: `len` items follow the object and never change.
        unsafe { core::slice::from_raw_parts(self.data(), self.len) }
    }
}
