//! Extending lists by the items of iterables.

use crate::data::slice::Bounds;
use crate::model::error::Res;
use crate::model::layout::List;
use crate::model::protocols::Iterate;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::convert::{Items, as_iterated};

impl List {
    /// Adds the items of an iterable.
    ///
    /// # Errors
    /// What iterating raises, and `MemoryError`; the items before are added.
    pub fn extend(&self, vm: &Vm, iterable: Obj) -> Res<()> {
        let Some(items) = as_iterated(vm, iterable) else {
            let iterator = vm.each(iterable)?;
            while let Some(item) = iterator.next(vm)? {
                self.append(vm, item)?;
            }
            return Ok(());
        };
        let at = self.len();
        self.splice(vm, at, 0, items.len())?;
        items.copy_to(&self.items()[at..]);
        Ok(())
    }

    /// Puts `values`, which are not the list's own, in place of the items that `bounds` selects with a step of 1, or of
    /// those of them that are there.
    ///
    /// # Errors
    /// `MemoryError`; the list is as before.
    pub(crate) fn put(&self, vm: &Vm, bounds: Bounds, values: Items) -> Res<()> {
        let start = bounds.start.min(self.len());
        // As many items as before need no other room.
        if bounds.len != values.len() || start + bounds.len > self.len() {
            self.splice(vm, start, bounds.len, values.len())?;
        }
        values.copy_to(&self.items()[start..]);
        Ok(())
    }
}
