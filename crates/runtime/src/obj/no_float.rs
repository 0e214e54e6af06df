//! In place of `float.rs` where the feature `float` is off: no object is a float, and operations that need one raise
//! `TypeError`.

use berus_mpy::opcode::BinaryOp;

use crate::model::error::{Raise, Raised, Res};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// No object is a float.
#[cfg_attr(not(feature = "small"), inline(always))]
pub fn as_float(_: Obj) -> Option<f64> {
    None
}

/// No object is a complex number.
#[cfg_attr(not(feature = "small"), inline(always))]
pub fn complex_parts(_: Obj) -> Option<(f64, f64)> {
    None
}

/// The trait `Floats` where there are no floats.
pub trait Floats {
    /// Raises `TypeError`: there are no floats.
    fn new_float(&self, _: f64) -> Res;

    /// `None`: no object is a float.
    fn try_float(&self, _: Obj) -> Res<Option<f64>>;

    /// Raises `TypeError`: there are no floats.
    fn float(&self, _: Obj) -> Res<f64>;

    /// Raises `TypeError`: there are no floats.
    fn parse_float(&self, _: &[u8]) -> Res<f64>;

    /// Raises `TypeError`: there are no floats, and so no complex numbers.
    fn parse_complex(&self, _: &[u8]) -> Res<(f64, f64)>;

    /// Raises `TypeError`: there are no floats, and so no complex numbers.
    fn new_complex(&self, _: f64, _: f64) -> Res;
}

impl Floats for Vm {
    fn new_float(&self, _: f64) -> Res {
        Err(no_float(self))
    }

    fn try_float(&self, _: Obj) -> Res<Option<f64>> {
        Ok(None)
    }

    fn float(&self, _: Obj) -> Res<f64> {
        Err(no_float(self))
    }

    fn parse_float(&self, _: &[u8]) -> Res<f64> {
        Err(no_float(self))
    }

    fn parse_complex(&self, _: &[u8]) -> Res<(f64, f64)> {
        Err(no_float(self))
    }

    fn new_complex(&self, _: f64, _: f64) -> Res {
        Err(no_float(self))
    }
}

#[cold]
fn no_float(vm: &Vm) -> Raised {
    vm.type_error(format_args!("can't convert to float"))
}

/// No result: there are no floats.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn short(_: &Vm, _: BinaryOp, _: f64, _: f64) -> Option<Obj> {
    None
}

/// `None`: no object is a float.
pub fn binary_after_int(_: &Vm, _: BinaryOp, _: Obj, _: Obj) -> Res<Option<Obj>> {
    Ok(None)
}

/// No result: there are no floats.
#[cfg_attr(not(feature = "small"), inline(always))]
pub fn binary(_: &Vm, _: BinaryOp, _: f64, _: f64) -> Res<Option<Obj>> {
    Ok(None)
}

/// Never called, since there are no floats.
pub fn power(_: f64, _: f64) -> f64 {
    0.0
}

/// Never called, since there are no floats.
pub fn trunc(value: f64) -> f64 {
    value
}

/// Never called, since there are no floats.
pub fn round_to(value: f64, _: isize) -> f64 {
    value
}

/// Never called, since there are no floats.
pub fn round(value: f64) -> f64 {
    value
}

/// Never called, since there are no floats.
pub fn from_half(_: u16) -> f64 {
    0.0
}

/// Never called, since there are no floats.
pub fn to_half(_: f64) -> u16 {
    0
}
