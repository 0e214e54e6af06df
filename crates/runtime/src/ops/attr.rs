//! Attributes.

use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// The object of a built-in type that an instance of a class derived from it has inside.
    pub fn native_base(&self, _object: Obj) -> Option<Obj> {
        None
    }
}
