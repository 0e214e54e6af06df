//! Finalisers: what objects that own something outside of the heap do before they are freed.

use super::Vm;
use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::word::Obj;

impl Vm {
    /// Has the `finalise` slot of the type of `object` called before `object` is freed, once.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn finalise_later<T: Object>(&self, object: Gc<T>) -> Res<()> {
        self.heap.set_finaliser(object.as_ptr().cast()).map_err(|_| self.memory_error(size_of::<usize>()))
    }

    /// Finalises what a collection has found to be dead.
    pub(crate) fn finalise_dead(&self) {
        // A finaliser may allocate, and so collect: the outermost call goes through all.
        if !self.heap.has_to_finalise() || self.finalising.replace(true) {
            return;
        }
        while let Some(block) = self.heap.next_to_finalise() {
            let object = Obj::from_header(block.cast::<Header>());
            if let Some(finalise) = self.type_of(object).finalise {
                finalise(self, object);
            }
        }
        self.finalising.set(false);
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.gc_enabled.set(false);
        self.heap.finalise_all();
        self.finalise_dead();
    }
}
