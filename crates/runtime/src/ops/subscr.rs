//! Subscription.

use crate::error::{Raised, Res};
use crate::types::Subscr;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// `base[index]`
    ///
    /// # Errors
    /// `TypeError` if the type does not support it, and what the type raises.
    pub fn load_subscr(&self, base: Obj, index: Obj) -> Res {
        let loaded = match self.type_of(base).subscr {
            Some(subscr) => subscr(self, base, index, Subscr::Load)?,
            None => None,
        };
        loaded.ok_or_else(|| self.unsupported_subscr(base, "isn't subscriptable"))
    }

    /// `base[index] = value`
    ///
    /// # Errors
    /// `TypeError` if the type does not support it, and what the type raises.
    pub fn store_subscr(&self, base: Obj, index: Obj, value: Obj) -> Res<()> {
        let stored = match self.type_of(base).subscr {
            Some(subscr) => subscr(self, base, index, Subscr::Store(value))?,
            None => None,
        };
        stored.map(|_| ()).ok_or_else(|| self.unsupported_subscr(base, "doesn't support item assignment"))
    }

    /// `del base[index]`
    ///
    /// # Errors
    /// `TypeError` if the type does not support it, and what the type raises.
    pub fn delete_subscr(&self, base: Obj, index: Obj) -> Res<()> {
        let deleted = match self.type_of(base).subscr {
            Some(subscr) => subscr(self, base, index, Subscr::Delete)?,
            None => None,
        };
        deleted.map(|_| ()).ok_or_else(|| self.unsupported_subscr(base, "doesn't support item deletion"))
    }

    #[cold]
    fn unsupported_subscr(&self, base: Obj, what: &str) -> Raised {
        self.type_error(format_args!("'{}' object {what}", self.type_name(base)))
    }
}
