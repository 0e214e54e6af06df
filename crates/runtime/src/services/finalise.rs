//! Objects that hold something outside of the heap, which they give up when they die.

use crate::model::error::{Raise, Res};
use crate::model::events::poll_soon;
use crate::model::finalise::{Finalise, finalise_dead};
use crate::model::object::{Gc, Object};
use crate::model::vm::Vm;

impl Finalise for Vm {
    fn alloc_finalised<T: Object>(&self, object: T) -> Res<Gc<T>> {
        let made = self.alloc(object)?;
        match self.heap.set_finaliser(made.as_ptr().cast()) {
            Ok(()) => Ok(made),
            Err(_) => Err(self.memory_error(size_of::<T>())),
        }
    }

    fn forget_finaliser<T: Object>(&self, object: Gc<T>) {
        self.heap.cancel_finaliser(object.as_ptr().cast());
    }

    fn put_off_finalisers<R>(&self, run: impl FnOnce() -> R) -> R {
        self.finalisers_put_off.set(self.finalisers_put_off.get() + 1);
        let result = run();
        self.finalisers_put_off.set(self.finalisers_put_off.get() - 1);
        if self.heap.has_to_finalise() {
            poll_soon(self);
        }
        result
    }

    fn finalise_all(&self) {
        if self.is_abandoned() {
            return;
        }
        self.heap.finalise_all();
        finalise_dead(self);
    }
}
