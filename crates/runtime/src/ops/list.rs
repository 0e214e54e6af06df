//! Extending lists by the items of iterables.

use crate::model::error::Res;
use crate::model::layout::List;
use crate::model::protocols::Iterate;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::convert::as_iterated;

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
}
