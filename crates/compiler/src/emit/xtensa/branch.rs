//! Jumps to labels. Branches reach less far than jumps do: where a label is too far, or not known yet, the opposite branch
//! goes round a jump.

use alloc::format;

use super::Code;
use super::encode::{Reg, bri12, j, rri8, write};
use crate::emit::Label;
use crate::error::{CompileError, ErrorKind};

/// A comparison of a register with zero, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WithZero(pub u32);

impl WithZero {
    pub const EQUAL: WithZero = WithZero(0);
    pub const NOT_EQUAL: WithZero = WithZero(1);

    fn opposite(self) -> WithZero {
        WithZero(self.0 ^ 1)
    }
}

/// A condition of two registers, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OfTwo(pub u32);

impl OfTwo {
    pub const EQUAL: OfTwo = OfTwo(1);
    pub const LESS: OfTwo = OfTwo(2);
    pub const BELOW: OfTwo = OfTwo(3);
    pub const NOT_EQUAL: OfTwo = OfTwo(9);
    pub const GREATER_EQUAL: OfTwo = OfTwo(10);
    pub const ABOVE_EQUAL: OfTwo = OfTwo(11);

    fn opposite(self) -> OfTwo {
        OfTwo(self.0 ^ 8)
    }
}

/// Whether a number fits into `count` bits with a sign.
pub(crate) fn fits(number: i32, count: u32) -> bool {
    (-1 << (count - 1)..1 << (count - 1)).contains(&number)
}

/// The place of a label, all ones if it is not known.
pub(crate) fn place(code: &Code, label: Label) -> u32 {
    code.label(label).unwrap_or(u32::MAX)
}

/// How far it is to a label, as instructions count it.
fn distance(code: &Code, label: Label) -> i32 {
    place(code, label).wrapping_sub(code.position()).wrapping_sub(4) as i32
}

/// The error for an instruction that does not reach what it refers to.
pub(crate) fn out_of_range(what: &str) -> CompileError {
    CompileError::new(ErrorKind::Runtime, format!("ERROR: xtensa {what} out of range"))
}

pub(crate) fn jump(code: &mut Code, label: Label) {
    let distance = distance(code, label);
    write(code, j(distance));
}

/// Jumps if a register compares with zero as `condition` says.
///
/// # Errors
/// A `RuntimeError` if the label is too far for a jump.
pub(crate) fn branch_zero(
    code: &mut Code,
    condition: WithZero,
    register: Reg,
    label: Label,
) -> Result<(), CompileError> {
    let branch = |condition: WithZero, distance| bri12(6, register, condition.0, 1, distance);
    branch_or_jump(code, label, 12, "bccz", branch(condition, distance(code, label)), branch(condition.opposite(), 2))
}

/// Jumps if two registers are as `condition` says.
///
/// # Errors
/// A `RuntimeError` if the label is too far for a jump.
pub(crate) fn branch(code: &mut Code, condition: OfTwo, a: Reg, b: Reg, label: Label) -> Result<(), CompileError> {
    let near = branch_by(condition, a, b, distance(code, label));
    branch_or_jump(code, label, 8, "bcc", near, branch_by(condition.opposite(), a, b, 2))
}

/// A branch over a distance of eight bits.
pub(crate) fn branch_by(condition: OfTwo, a: Reg, b: Reg, distance: i32) -> u32 {
    rri8(7, condition.0, a, b, distance)
}

/// Writes a branch: `near` if the label is before it and not too far for `bits` bits, else `around` a jump.
fn branch_or_jump(
    code: &mut Code,
    label: Label,
    bits: u32,
    what: &str,
    near: u32,
    around: u32,
) -> Result<(), CompileError> {
    let distance = distance(code, label);
    if code.label(label).is_some() && distance < 0 && fits(distance, bits) {
        write(code, near);
        return Ok(());
    }
    write(code, around);
    write(code, j(distance.wrapping_sub(3)));
    if code.is_last() && !fits(distance.wrapping_sub(6), 18) { Err(out_of_range(what)) } else { Ok(()) }
}
