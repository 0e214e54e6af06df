//! Iteration.

use crate::error::Res;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// An iterator over `object`.
    ///
    /// # Errors
    /// `TypeError` if there is none, and what the type raises.
    pub fn iter(&self, object: Obj) -> Res {
        match self.type_of(object).iter {
            Some(iter) => iter(self, object),
            None => Err(self.type_error(format_args!("'{}' object isn't iterable", self.type_name(object)))),
        }
    }

    /// The next item of `iterator`, or `None` at its end; then [`Vm::take_returned`] has the value of `StopIteration`.
    ///
    /// # Errors
    /// `TypeError` if it is no iterator, and what the type raises.
    pub fn next(&self, iterator: Obj) -> Res<Option<Obj>> {
        match self.type_of(iterator).next {
            Some(next) => next(self, iterator),
            None => Err(self.type_error(format_args!("'{}' object isn't an iterator", self.type_name(iterator)))),
        }
    }
}
