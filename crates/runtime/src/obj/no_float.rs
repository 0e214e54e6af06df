//! In place of `float.rs` where the feature `float` is off: no object is a float, and what needs one raises.

use berus_mpy::opcode::BinaryOp;

use crate::error::{Raised, Res};
use crate::vm::Vm;
use crate::word::Obj;

/// No object is a float.
#[inline(always)]
pub fn as_float(_: Obj) -> Option<f64> {
    None
}

/// No object is a complex number.
#[inline(always)]
pub fn complex_parts(_: Obj) -> Option<(f64, f64)> {
    None
}

impl Vm {
    #[cold]
    fn no_float(&self) -> Raised {
        self.type_error(format_args!("can't convert to float"))
    }

    /// Raises: there are no floats.
    pub fn new_float(&self, _: f64) -> Res {
        Err(self.no_float())
    }

    /// Nothing is a float.
    pub fn try_float(&self, _: Obj) -> Res<Option<f64>> {
        Ok(None)
    }

    /// Raises: there are no floats.
    pub fn float(&self, _: Obj) -> Res<f64> {
        Err(self.no_float())
    }

    /// Raises: there are no floats.
    pub fn parse_float(&self, _: &[u8]) -> Res<f64> {
        Err(self.no_float())
    }

    /// Raises: there are no floats, and so no complex numbers.
    pub fn parse_complex(&self, _: &[u8]) -> Res<(f64, f64)> {
        Err(self.no_float())
    }

    /// Raises: there are no floats, and so no complex numbers.
    pub fn new_complex(&self, _: f64, _: f64) -> Res {
        Err(self.no_float())
    }
}

/// There are no floats to compute with.
#[inline(always)]
pub(crate) fn short(_: &Vm, _: BinaryOp, _: f64, _: f64) -> Option<Obj> {
    None
}

/// Nothing is a float.
pub fn binary_after_int(_: &Vm, _: BinaryOp, _: Obj, _: Obj) -> Res<Option<Obj>> {
    Ok(None)
}

/// No operator has floats.
#[inline(always)]
pub fn binary(_: &Vm, _: BinaryOp, _: f64, _: f64) -> Res<Option<Obj>> {
    Ok(None)
}

/// There are no floats to ask this of.
pub fn power(_: f64, _: f64) -> f64 {
    0.0
}

/// There are no floats to ask this of.
pub fn trunc(value: f64) -> f64 {
    value
}

/// There are no floats.
pub fn round_to(value: f64, _: isize) -> f64 {
    value
}

/// There are no floats to ask this of.
pub fn round(value: f64) -> f64 {
    value
}

/// There are no floats to ask this of.
pub fn from_half(_: u16) -> f64 {
    0.0
}

/// There are no floats to ask this of.
pub fn to_half(_: f64) -> u16 {
    0
}
