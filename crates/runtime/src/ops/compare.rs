//! Equality.

use crate::error::Res;
use crate::vm::Vm;
use crate::word::Obj;
use berus_mpy::opcode::BinaryOp;

impl Vm {
    /// Whether `a == b`.
    ///
    /// # Errors
    /// What the types raise.
    pub fn equal(&self, a: Obj, b: Obj) -> Res<bool> {
        if a == b {
            return Ok(true);
        }
        if let (Some(a), Some(b)) = (self.as_str(a), self.as_str(b)) {
            return Ok(a == b);
        }
        let answer = match self.type_of(a).binary_op {
            Some(binary_op) => binary_op(self, BinaryOp::Equal, a, b)?,
            None => None,
        };
        Ok(answer == Some(Obj::TRUE))
    }
}
