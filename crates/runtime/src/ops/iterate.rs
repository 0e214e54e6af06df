//! Iteration over objects.

use crate::data::instance::Instance;
use crate::data::{class, exception};
use crate::model::builtin_types::BuiltinTypes;
use crate::model::each::Each;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::iterator::Iter;
use crate::model::layout::List;
use crate::model::object::Gc;
use crate::model::protocols::{Classes, Iterate};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::attr::Attributes;
use crate::ops::subscr::Subscripts;
use crate::ops::truth::known_len;

impl Iterate for Vm {
    fn iter(&self, object: Obj) -> Res {
        let ty = self.type_of(object);
        if let Some(next) = ty.slots.items() {
            return Ok(Iter::new(self, object, next)?.obj());
        }
        self.check_depth()?;
        if let Some(iter) = ty.slots.iter() {
            return iter(self, object);
        }
        if ty.slots.next().is_some() {
            return Ok(object);
        }
        iter_by_subscripts(self, object)
    }

    fn each(&self, object: Obj) -> Res<Each> {
        match self.type_of(object).slots.items() {
            Some(next) => Ok(Each::Plain(Iter::over(object, next))),
            None => self.iter(object).map(Each::Object),
        }
    }

    #[inline]
    fn next(&self, iterator: Obj) -> Res<Option<Obj>> {
        self.work_in_turns(1)?;
        advance(self, iterator)
    }

    fn to_list(&self, object: Obj) -> Res<Gc<List>> {
        let list = List::with_capacity(self, known_len(self, object))?;
        list.extend(self, object)?;
        Ok(list)
    }

    fn end_at_stop(&self, result: Res) -> Res<Option<Obj>> {
        match result {
            Ok(item) => Ok(Some(item)),
            Err(raised) => {
                let exception = self.peek_exception(&raised);
                if !self.is_instance(exception, Vm::STOP_ITERATION) {
                    return Err(raised);
                }
                let exception = self.take_exception(raised);
                self.set_returned(exception::stop_value(self, exception));
                Ok(None)
            }
        }
    }
}

/// Whether `object`, whose type is built in, can be iterated over by a slot of its type.
pub(crate) fn is_iterable(vm: &Vm, object: Obj) -> bool {
    let slots = vm.type_of(object).slots;
    slots.items().is_some() || slots.iter().is_some() || slots.next().is_some()
}

/// An iterator over `object` that subscripts it by 0, 1, 2 and so on.
///
/// # Errors
/// `TypeError` if `object` cannot be subscripted.
pub(crate) fn iter_by_subscripts(vm: &Vm, object: Obj) -> Res {
    // For instances only the class is asked, and no `__getattr__`.
    let has_items = match Instance::of(object) {
        Some(instance) => class::find(vm, instance.class(), crate::q!("__getitem__")).is_some(),
        None => vm.find_attr(object, crate::q!("__getitem__"))?.is_some(),
    };
    if has_items {
        return Ok(Iter::new(vm, object, next_of_sequence)?.obj());
    }
    Err(vm.type_error(format_args!("'{}' object isn't iterable", vm.type_name(object))))
}

/// As [`Vm::next`], for code that looks at pending events itself.
///
/// # Errors
/// `TypeError` if `iterator` is no iterator, and what computing the item raises.
#[inline]
pub(crate) fn advance(vm: &Vm, iterator: Obj) -> Res<Option<Obj>> {
    vm.check_depth()?;
    match vm.type_of(iterator).slots.next() {
        Some(next) => next(vm, iterator),
        None => Err(no_iterator(vm, iterator)),
    }
}

#[cold]
fn no_iterator(vm: &Vm, object: Obj) -> Raised {
    vm.type_error(format_args!("'{}' object isn't an iterator", vm.type_name(object)))
}

/// As [`Vm::end_at_stop`], for a result that may say already that the iteration has ended.
///
/// # Errors
/// Any other exception.
pub(crate) fn none_at_stop(vm: &Vm, result: Res<Option<Obj>>) -> Res<Option<Obj>> {
    match result {
        Err(raised) => vm.end_at_stop(Err(raised)),
        result => result,
    }
}

/// Turns the exception that a sequence raises for an index beyond its items into the end of an iteration.
///
/// # Errors
/// Other exceptions than `IndexError` and `StopIteration`.
pub(crate) fn end_behind_items(vm: &Vm, item: Res) -> Res<Option<Obj>> {
    match item {
        Ok(item) => Ok(Some(item)),
        Err(raised) => {
            let exception = vm.peek_exception(&raised);
            if !vm.is_instance(exception, Vm::INDEX_ERROR) && !vm.is_instance(exception, Vm::STOP_ITERATION) {
                return Err(raised);
            }
            vm.take_exception(raised);
            Ok(None)
        }
    }
}

fn next_of_sequence(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let at = iter.at.get();
    let item = end_behind_items(vm, vm.load_subscr(iter.source, Obj::small_int_wrapping(at as isize)))?;
    if item.is_some() {
        iter.at.set(at + 1);
    }
    Ok(item)
}
