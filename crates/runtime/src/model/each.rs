//! Iteration by built-ins over any iterable object.

use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::iterator::Iter;
use crate::model::protocols::Iterate;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// An iteration by a built-in. It needs no memory of the heap where the type iterated over is a plain container.
pub enum Each {
    /// An iteration over a container, without an object for the iterator.
    Plain(Iter),
    /// An iteration by an iterator that is an object.
    Object(Obj),
}

impl Each {
    /// The next item, or `None` at the end.
    ///
    /// # Errors
    /// What computing the item raises, and as [`Vm::poll`].
    #[inline]
    pub fn next(&self, vm: &Vm) -> Res<Option<Obj>> {
        match self {
            Each::Plain(iter) => {
                vm.work_in_turns(1)?;
                iter.next(vm)
            }
            Each::Object(iterator) => vm.next(*iterator),
        }
    }
}
