//! The state of a mounted file system, which an object owns.

use alloc::boxed::Box;
use core::cell::RefCell;
use core::mem::ManuallyDrop;

use berus_mpy::memory::try_box;
use berus_runtime::errno::BUSY;
use berus_runtime::model::error::{Raise, Raised};
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::vm::Vm;

use super::error::{Error, Result};

/// Something on the memory of the host, which an object with a finaliser [gives up](Owned::give_up).
pub struct Owned<T>(ManuallyDrop<RefCell<Option<Box<[T; 1]>>>>);

impl<T> Owned<T> {
    /// # Errors
    /// If there is no memory.
    pub fn new(value: T) -> Result<Owned<T>> {
        let place = try_box(value).map_err(|_| Error::Memory)?;
        Ok(Owned(ManuallyDrop::new(RefCell::new(Some(place)))))
    }

    /// Calls `run` with it. Files that die meanwhile are closed afterwards, since that needs it, too.
    ///
    /// # Errors
    /// `OSError` if it is in use.
    pub fn with<R, E: From<Raised>>(
        &self,
        vm: &Vm,
        run: impl FnOnce(&mut T) -> core::result::Result<R, E>,
    ) -> core::result::Result<R, E> {
        match self.0.try_borrow_mut().ok().as_mut().and_then(|place| place.as_deref_mut()) {
            Some([value]) => vm.put_off_finalisers(|| run(value)),
            None => Err(vm.os_error(BUSY).into()),
        }
    }

    /// Frees it.
    pub fn give_up(&self) {
        if let Ok(mut value) = self.0.try_borrow_mut() {
            *value = None;
        }
    }
}
