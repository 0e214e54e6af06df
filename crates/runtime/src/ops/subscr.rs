//! Subscripts and membership.

use crate::model::error::{Raise, Res};
#[cfg(not(feature = "small"))]
use crate::model::events::Poll;
use crate::model::layout::{Dict, List, Tuple};
#[cfg(not(feature = "small"))]
use crate::model::object::Gc;
use crate::model::protocols::{Classes, Compare, Iterate};
use crate::model::types::Subscr;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// Subscripts of objects, and membership in containers.
pub trait Subscripts {
    /// `base[index]`
    ///
    /// # Errors
    /// `IndexError`, `KeyError`, `TypeError`, and what a class's `__getitem__` raises.
    fn load_subscr(&self, base: Obj, index: Obj) -> Res;

    /// `base[index] = value`
    ///
    /// # Errors
    /// As [`Vm::load_subscr`].
    fn store_subscr(&self, base: Obj, index: Obj, value: Obj) -> Res<()>;

    /// `del base[index]`
    ///
    /// # Errors
    /// As [`Vm::load_subscr`].
    fn delete_subscr(&self, base: Obj, index: Obj) -> Res<()>;

    /// `item in container`
    ///
    /// # Errors
    /// `TypeError` if `container` is no container, and what comparing raises.
    fn contains(&self, container: Obj, item: Obj) -> Res<bool>;
}

impl Subscripts for Vm {
    #[inline]
    fn load_subscr(&self, base: Obj, index: Obj) -> Res {
        if let Some(list) = base.downcast::<List>()
            && let Some(at) = index.as_small_int()
            && let Some(item) = list.get(at as usize)
        {
            return Ok(item);
        }
        if let Some(dict) = base.downcast::<Dict>() {
            if let Some(value) = dict.map.get(self, index)? {
                return Ok(value);
            }
            return Err(self.key_error(index));
        }
        if let Some(tuple) = base.downcast::<Tuple>()
            && let Some(at) = index.as_small_int()
            && let Some(item) = tuple.items().get(at as usize)
        {
            return Ok(*item);
        }
        match subscript(self, base, index, Subscr::Load)? {
            Some(value) => Ok(value),
            None => Err(self.type_error(format_args!("'{}' object isn't subscriptable", self.type_name(base)))),
        }
    }

    #[inline]
    fn store_subscr(&self, base: Obj, index: Obj, value: Obj) -> Res<()> {
        if let Some(list) = base.downcast::<List>() {
            if let Some(at) = index.as_small_int()
                && let Some(item) = list.items().get(at as usize)
            {
                item.set(value);
                return Ok(());
            }
        } else if let Some(dict) = base.downcast::<Dict>()
            && !dict.is_fixed()
        {
            return dict.map.store(self, index, value);
        }
        match subscript(self, base, index, Subscr::Store(value))? {
            Some(_) => Ok(()),
            None => {
                Err(self.type_error(format_args!("'{}' object doesn't support item assignment", self.type_name(base))))
            }
        }
    }

    fn delete_subscr(&self, base: Obj, index: Obj) -> Res<()> {
        match subscript(self, base, index, Subscr::Delete)? {
            Some(_) => Ok(()),
            None => {
                Err(self.type_error(format_args!("'{}' object doesn't support item deletion", self.type_name(base))))
            }
        }
    }

    fn contains(&self, container: Obj, item: Obj) -> Res<bool> {
        #[cfg(not(feature = "small"))]
        if let Some(list) = container.downcast::<List>() {
            return is_item(self, list, item);
        }
        self.check_depth()?;
        if let Some(contains) = self.type_of(container).slots.contains()
            && let Some(found) = contains(self, container, item)?
        {
            return Ok(found);
        }
        let iterator = self.each(container)?;
        while let Some(next) = iterator.next(self)? {
            if self.equal(next, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether an item of `list` equals `item`. Comparing may change the list.
#[cfg(not(feature = "small"))]
fn is_item(vm: &Vm, list: Gc<List>, item: Obj) -> Res<bool> {
    let mut at = 0;
    while let Some(next) = list.get(at) {
        vm.work(1)?;
        if vm.equal(next, item)? {
            return Ok(true);
        }
        at += 1;
    }
    Ok(false)
}

fn subscript(vm: &Vm, base: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    vm.check_depth()?;
    match vm.type_of(base).slots.subscr() {
        Some(subscr) => subscr(vm, base, index, request),
        None => Ok(None),
    }
}
