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

    /// An iterator over what can be subscripted by 0, 1, 2 and so on.
    ///
    /// # Errors
    /// `TypeError` if `object` cannot be.
    pub(crate) fn iter_by_subscripts(&self, object: Obj) -> Res {
        Err(self.type_error(format_args!("'{}' object isn't iterable", self.type_name(object))))
    }

    /// Turns a raised `StopIteration` into the end of an iteration.
    ///
    /// # Errors
    /// Any other exception.
    pub fn end_at_stop(&self, result: Res) -> Res<Option<Obj>> {
        match result {
            Ok(item) => Ok(Some(item)),
            Err(raised) => {
                let exception = self.peek_exception(&raised);
                if !self.is_instance(exception, &crate::obj::exception::STOP_ITERATION) {
                    return Err(raised);
                }
                self.take_exception(raised);
                self.set_returned(crate::obj::exception::stop_value(self, exception));
                Ok(None)
            }
        }
    }
}
