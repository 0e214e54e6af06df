//! Iterators over built-in containers: one type for all of them.

use core::cell::Cell;

use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("iterator")).next(next);

/// How an iterator comes to its next item.
pub type Next = fn(&Vm, Gc<Iter>) -> Res<Option<Obj>>;

/// An iterator.
#[repr(C)]
pub struct Iter {
    header: Header,
    /// What it iterates over.
    pub source: Obj,
    next: Next,
    /// How far it is: what that means is up to its function.
    pub at: Cell<usize>,
    /// Another number for its function.
    pub mark: Cell<usize>,
}

// SAFETY: `Iter` is `repr(C)` and starts with a header; only such iterators have this type.
unsafe impl Object for Iter {
    const TYPE: &'static Type = &TYPE;
}

impl Iter {
    /// An iterator over `source`, at 0.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, source: Obj, next: Next) -> Res<Gc<Iter>> {
        Iter::marked(vm, source, next, 0)
    }

    /// An iterator over `source`, at 0, with `mark`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn marked(vm: &Vm, source: Obj, next: Next, mark: usize) -> Res<Gc<Iter>> {
        vm.alloc(Iter { header: Header::of(&TYPE), source, next, at: Cell::new(0), mark: Cell::new(mark) })
    }

    /// Where it is, after which it is one further.
    pub fn advance(&self) -> usize {
        let at = self.at.get();
        self.at.set(at + 1);
        at
    }
}

fn next(vm: &Vm, iterator: Obj) -> Res<Option<Obj>> {
    match iterator.downcast::<Iter>() {
        Some(iter) => (iter.next)(vm, iter),
        None => Ok(None),
    }
}
