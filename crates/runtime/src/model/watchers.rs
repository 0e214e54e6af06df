//! Weak references, and the watchers that are told when the target of theirs is gone.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::ptr::NonNull;

use crate::heap::Collection;
use crate::model::error::Res;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// A weak reference to a target, which it does not keep alive.
#[derive(Default)]
pub struct Weak {
    /// The complement of the target's word; 0 for none.
    pub(crate) hidden: Cell<usize>,
}

impl Weak {
    /// The target, if one is set and still lives.
    pub fn get(&self) -> Option<Obj> {
        match self.hidden.get() {
            0 => None,
            // SAFETY: the hidden word is the complement of a value's word, and a collection that frees the value's
            // object clears the cell.
            hidden => unsafe { Obj::from_bits(!hidden) },
        }
    }
}

/// A watcher whose reference is set.
pub(crate) struct Entry {
    pub(crate) weak: NonNull<Weak>,
    pub(crate) watcher: NonNull<u8>,
    pub(crate) kept: bool,
    pub(crate) gone: fn(&Vm, NonNull<u8>) -> Res<()>,
}

/// The watchers of an interpreter, in the order in which they began.
#[derive(Default)]
pub(crate) struct Watchers {
    pub(crate) watching: RefCell<Vec<Entry>>,
    /// The watchers whose targets are gone, and that have not been told yet; those that are kept come last of what a
    /// collection adds.
    pub(crate) bereft: RefCell<Vec<Entry>>,
    /// How many of `bereft` are kept.
    n_kept: Cell<usize>,
    /// Whether a watcher is being told; the others wait for their turn.
    pub(crate) telling: Cell<bool>,
}

impl Watchers {
    /// Keeps the watchers that live as long as their targets, and those that are still to be told.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        let (watching, bereft) = (self.watching.borrow(), self.bereft.borrow());
        for entry in watching.iter().filter(|entry| entry.kept).chain(bereft.iter()) {
            collection.keep(entry.watcher.as_ptr().addr());
        }
    }

    /// Clears the references to objects that are about to be freed.
    pub fn clear(&self, collection: &Collection<'_>) {
        self.clear_those(collection, false);
        self.clear_those(collection, true);
    }

    /// As [`Watchers::clear`], of watchers that are kept, or of the others.
    fn clear_those(&self, collection: &Collection<'_>, kept: bool) {
        let mut bereft = self.bereft.borrow_mut();
        self.watching.borrow_mut().retain_mut(|entry| {
            if entry.kept != kept {
                return true;
            }
            // SAFETY: the reference lies in the watcher, which has not been freed yet.
            let weak = unsafe { entry.weak.as_ref() };
            let target = NonNull::new(core::ptr::without_provenance_mut::<u8>(!weak.hidden.get()));
            let watcher_lives = collection.is_alive(entry.watcher);
            if watcher_lives && target.is_none_or(|target| collection.is_alive(target)) {
                return true;
            }
            weak.hidden.set(0);
            if watcher_lives {
                bereft.push(Entry { ..*entry });
                self.n_kept.set(self.n_kept.get() + usize::from(kept));
            }
            false
        });
    }

    /// Takes the next watcher to be told: the kept ones come first, and of these the youngest.
    pub(crate) fn next_bereft(&self) -> Option<Entry> {
        let mut bereft = self.bereft.borrow_mut();
        if self.n_kept.get() == 0 {
            return bereft.pop();
        }
        self.n_kept.set(self.n_kept.get() - 1);
        let at = bereft.iter().rposition(|entry| entry.kept)?;
        Some(bereft.remove(at))
    }
}
