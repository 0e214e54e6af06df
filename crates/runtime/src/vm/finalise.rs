//! Objects that hold something outside of the heap, which they give up when they die.

use core::ptr::NonNull;

use super::Vm;
use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::word::Obj;

impl Vm {
    /// Makes `object` an object on the heap whose type's slot `finalise` is called before it is freed.
    ///
    /// # Errors
    /// `MemoryError`, in which case the slot is not called.
    pub fn alloc_finalised<T: Object>(&self, object: T) -> Res<Gc<T>> {
        let made = self.alloc(object)?;
        match self.heap.set_finaliser(made.as_ptr().cast()) {
            Ok(()) => Ok(made),
            Err(_) => Err(self.memory_error(size_of::<T>())),
        }
    }

    /// Finalises what collections have found dead. That may run Python code, which must not happen in the middle of an allocation; so it
    /// waits for the next look at pending events, and while something [puts finalisers off](Vm::put_off_finalisers).
    pub(crate) fn finalise_dead(&self) {
        while self.finalisers_put_off.get() == 0
            && let Some(block) = self.heap.next_to_finalise()
        {
            self.finalise(block);
        }
    }

    /// Calls `run`, which may run Python code, and finalises nothing meanwhile: for what uses something that a finaliser needs, too, as
    /// a file that dies needs its file system.
    pub fn put_off_finalisers<R>(&self, run: impl FnOnce() -> R) -> R {
        self.finalisers_put_off.set(self.finalisers_put_off.get() + 1);
        let result = run();
        self.finalisers_put_off.set(self.finalisers_put_off.get() - 1);
        if self.heap.has_to_finalise() {
            self.poll_soon();
        }
        result
    }

    /// Finalises all objects, dead or not: nobody uses them any more. The end of a program is the time for it.
    pub fn finalise_all(&self) {
        self.heap.finalise_all();
        self.finalise_dead();
    }

    fn finalise(&self, block: NonNull<u8>) {
        let object = Obj::from_header(block.cast::<Header>());
        if let Some(finalise) = self.type_of(object).slots.finalise {
            finalise(self, object);
        }
    }
}
