//! The type `list`.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::vm::memory::Slot;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("list")).locals(METHODS);

/// A list.
#[repr(C)]
pub struct List {
    header: Header,
    capacity: Cell<usize>,
    len: Cell<usize>,
    items: Cell<NonNull<Slot>>,
}

// SAFETY: `List` is `repr(C)` and starts with a header; only lists have this type.
unsafe impl Object for List {
    const TYPE: &'static Type = &TYPE;
}

/// Least capacity.
const MIN: usize = 4;

impl List {
    /// A list of `items`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, items: &[Obj]) -> Res<Gc<List>> {
        let capacity = items.len().max(MIN);
        let block = vm.alloc_words(capacity)?;
        // SAFETY: the block has room for the items.
        unsafe { block.cast::<Obj>().copy_from_nonoverlapping(NonNull::from_ref(items).cast(), items.len()) };
        vm.alloc(List {
            header: Header::of(&TYPE),
            capacity: Cell::new(capacity),
            len: Cell::new(items.len()),
            items: Cell::new(block),
        })
    }

    /// How many items there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items. Calls of Python code may change the list, so that nothing may be called while they are in use.
    #[inline(always)]
    pub fn items(&self) -> &[Cell<Obj>] {
        // SAFETY: the block holds `len` items at its start.
        unsafe { core::slice::from_raw_parts(self.items.get().as_ptr().cast(), self.len.get()) }
    }

    /// Item number `index`.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Obj> {
        self.items().get(index).map(Cell::get)
    }

    /// Adds an item.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn append(&self, vm: &Vm, item: Obj) -> Res<()> {
        let len = self.len.get();
        if len == self.capacity.get() {
            let capacity = len + len / 2 + MIN;
            // SAFETY: the block has `len` words, and the list alone knows it.
            self.items.set(unsafe { vm.resize_words(self.items.get(), len, capacity)? });
            self.capacity.set(capacity);
        }
        self.len.set(len + 1);
        self.items()[len].set(item);
        Ok(())
    }
}

crate::members! {
    static METHODS = {
        "append" => f2(list_append),
    }
}

fn list_append(vm: &Vm, list: Obj, item: Obj) -> Res {
    let Some(list) = list.downcast::<List>() else { return Err(vm.type_error(format_args!("list expected"))) };
    list.append(vm, item)?;
    Ok(Obj::NONE)
}
