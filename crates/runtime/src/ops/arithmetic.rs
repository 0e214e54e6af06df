//! Unary and binary operations.

use crate::error::Res;
use crate::types::UnaryOp;
use crate::vm::Vm;
use crate::word::Obj;
use berus_mpy::opcode::BinaryOp;

impl Vm {
    /// `op a`
    ///
    /// # Errors
    /// `TypeError` if the type does not support it, and what the type raises.
    pub fn unary_op(&self, op: UnaryOp, a: Obj) -> Res {
        if let Some(unary_op) = self.type_of(a).unary_op
            && let Some(value) = unary_op(self, op, a)?
        {
            return Ok(value);
        }
        Err(self.type_error(format_args!("unsupported type for operator: '{}'", self.type_name(a))))
    }

    /// `a op b`
    ///
    /// # Errors
    /// `TypeError` if the types do not support it, and what the types raise.
    pub fn binary_op(&self, op: BinaryOp, a: Obj, b: Obj) -> Res {
        match op {
            BinaryOp::Is => return Ok(Obj::bool(a == b)),
            BinaryOp::Equal => return self.equal(a, b).map(Obj::bool),
            BinaryOp::NotEqual => return self.equal(a, b).map(|equal| Obj::bool(!equal)),
            _ => {}
        }
        if let Some(binary_op) = self.type_of(a).binary_op
            && let Some(value) = binary_op(self, op, a, b)?
        {
            return Ok(value);
        }
        let (left, right) = (self.type_name(a), self.type_name(b));
        Err(self.type_error(format_args!("unsupported types for {}: '{left}', '{right}'", op.symbol())))
    }
}
