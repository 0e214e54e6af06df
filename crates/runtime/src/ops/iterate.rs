//! Iteration.

use crate::error::{Raised, Res};
use crate::obj::exception;
use crate::obj::iterator::{Each, Iter};
use crate::obj::list::List;
use crate::object::Gc;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// `iter(object)`
    ///
    /// # Errors
    /// `TypeError` if it cannot be iterated over, and what a class's `__iter__` raises.
    pub fn iter(&self, object: Obj) -> Res {
        let ty = self.type_of(object);
        if let Some(next) = ty.slots.items {
            return Ok(Iter::new(self, object, next)?.obj());
        }
        self.check_depth()?;
        if let Some(iter) = ty.slots.iter {
            return iter(self, object);
        }
        if ty.slots.next.is_some() {
            return Ok(object);
        }
        self.iter_by_subscripts(object)
    }

    /// Whether the type of `object`, which is built in, iterates.
    pub(crate) fn is_iterable(&self, object: Obj) -> bool {
        let slots = self.type_of(object).slots;
        slots.items.is_some() || slots.iter.is_some() || slots.next.is_some()
    }

    /// As [`Vm::iter`], for a built-in that runs through the items itself.
    ///
    /// # Errors
    /// As [`Vm::iter`].
    pub fn each(&self, object: Obj) -> Res<Each> {
        match self.type_of(object).slots.items {
            Some(next) => Ok(Each::Plain(Iter::over(object, next))),
            None => self.iter(object).map(Each::Object),
        }
    }

    /// An iterator over what can be subscripted by 0, 1, 2 and so on.
    ///
    /// # Errors
    /// `TypeError` if `object` cannot be.
    pub(crate) fn iter_by_subscripts(&self, object: Obj) -> Res {
        if self.find_attr(object, crate::q!("__getitem__"))?.is_some() {
            return Ok(Iter::new(self, object, next_of_sequence)?.obj());
        }
        Err(self.type_error(format_args!("'{}' object isn't iterable", self.type_name(object))))
    }

    /// The next item of an iterator, or `None` at its end, for a built-in: an endless iteration looks at pending events, so that it can be
    /// ended. What a generator returned then is in [`Vm::take_returned`].
    ///
    /// # Errors
    /// `TypeError` if it is no iterator, what computing the item raises, and as [`Vm::poll`].
    #[inline]
    pub fn next(&self, iterator: Obj) -> Res<Option<Obj>> {
        self.work_in_turns(1)?;
        self.advance(iterator)
    }

    /// As [`Vm::next`], for code that looks at pending events itself.
    ///
    /// # Errors
    /// `TypeError` if it is no iterator, and what computing the item raises.
    #[inline]
    pub(crate) fn advance(&self, iterator: Obj) -> Res<Option<Obj>> {
        self.check_depth()?;
        match self.type_of(iterator).slots.next {
            Some(next) => next(self, iterator),
            None => Err(self.no_iterator(iterator)),
        }
    }

    #[cold]
    fn no_iterator(&self, object: Obj) -> Raised {
        self.type_error(format_args!("'{}' object isn't an iterator", self.type_name(object)))
    }

    /// A list of the items of `object`.
    ///
    /// # Errors
    /// As [`Vm::iter`] and [`Vm::next`].
    pub fn to_list(&self, object: Obj) -> Res<Gc<List>> {
        let list = List::with_capacity(self, self.known_len(object))?;
        list.extend(self, object)?;
        Ok(list)
    }

    /// As [`Vm::end_at_stop`], for what may have ended already.
    ///
    /// # Errors
    /// Any other exception.
    pub(crate) fn none_at_stop(&self, result: Res<Option<Obj>>) -> Res<Option<Obj>> {
        match result {
            Err(raised) => self.end_at_stop(Err(raised)),
            result => result,
        }
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
                if !self.is_instance(exception, &exception::STOP_ITERATION) {
                    return Err(raised);
                }
                let exception = self.take_exception(raised);
                self.set_returned(exception::stop_value(self, exception));
                Ok(None)
            }
        }
    }
}

fn next_of_sequence(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let at = iter.at.get();
    match vm.load_subscr(iter.source, Obj::small_int_wrapping(at as isize)) {
        Ok(item) => {
            iter.at.set(at + 1);
            Ok(Some(item))
        }
        Err(raised) => {
            let exception = vm.peek_exception(&raised);
            if vm.is_instance(exception, &exception::STOP_ITERATION)
                || vm.is_instance(exception, &exception::INDEX_ERROR)
            {
                vm.take_exception(raised);
                return Ok(None);
            }
            Err(raised)
        }
    }
}
