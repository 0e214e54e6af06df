//! The type `int`.

use crate::error::Res;
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("int"));

impl Vm {
    /// An int.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_int(&self, value: isize) -> Res {
        Obj::small_int(value).ok_or_else(|| self.overflow_error(format_args!("small int overflow")))
    }
}
