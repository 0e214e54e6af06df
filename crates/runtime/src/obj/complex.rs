//! The type `complex`.

use berus_mpy::number::{Form, parse_float_or_name};
use berus_mpy::opcode::BinaryOp;

use crate::host::math;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Res};
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Strs};
use crate::model::types::{Attr, AttrResult, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::float::Floats;
use crate::obj::{field, float};
use crate::ops::arithmetic::plain;
use crate::ops::hash;
use crate::qstr::Qstr;
use crate::text::utf8;
use crate::text::utf8::trim;
use crate::{define, q};

/// The type `complex`.
pub static TYPE: Type = define!(
    Type::new(q!("complex"))
        .flags(flag::EQ_CHECKS_OTHER_TYPE | flag::EQ_NOT_REFLEXIVE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .attr(attr)
);

/// A complex number.
#[repr(C)]
pub struct Complex {
    header: Header,
    real: f64,
    imaginary: f64,
}

// SAFETY: `Complex` is `repr(C)` and starts with a header; only complex numbers have this type.
unsafe impl Object for Complex {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

/// Real and imaginary part, if `object` is exactly a complex number.
#[cfg_attr(not(feature = "small"), inline)]
pub fn parts(object: Obj) -> Option<(f64, f64)> {
    object.downcast::<Complex>().map(|complex| (complex.real, complex.imaginary))
}

/// Complex numbers as objects, and objects as complex numbers.
pub trait Complexes {
    /// The complex number with these parts.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_complex(&self, real: f64, imaginary: f64) -> Res;

    /// Real and imaginary part of a number; `None` for other objects.
    ///
    /// # Errors
    /// What a class's `__float__` or `__complex__` raises.
    fn try_complex(&self, object: Obj) -> Res<Option<(f64, f64)>>;

    /// Real and imaginary part of a number.
    ///
    /// # Errors
    /// `TypeError` if the object is no number.
    fn complex(&self, object: Obj) -> Res<(f64, f64)>;

    /// Reads a complex number: a real part, an imaginary part, or both.
    ///
    /// # Errors
    /// `ValueError` if the text is no complex number.
    fn parse_complex(&self, text: &[u8]) -> Res<(f64, f64)>;
}

impl Complexes for Vm {
    fn new_complex(&self, real: f64, imaginary: f64) -> Res {
        Ok(self.alloc(Complex { header: Header::of(&TYPE), real, imaginary })?.obj())
    }

    fn try_complex(&self, object: Obj) -> Res<Option<(f64, f64)>> {
        if let Some(parts) = parts(object) {
            return Ok(Some(parts));
        }
        if let Some(real) = self.try_float(object)? {
            return Ok(Some((real, 0.0)));
        }
        match self.type_of(object).slots.unary_op() {
            Some(unary_op) => Ok(unary_op(self, UnaryOp::Complex, object)?.and_then(parts)),
            None => Ok(None),
        }
    }

    fn complex(&self, object: Obj) -> Res<(f64, f64)> {
        match self.try_complex(object)? {
            Some(parts) => Ok(parts),
            None => Err(self.type_error(format_args!("can't convert {} to complex", self.type_name(object)))),
        }
    }

    fn parse_complex(&self, text: &[u8]) -> Res<(f64, f64)> {
        parse_complex(text).ok_or_else(|| self.value_error(format_args!("invalid syntax for number")))
    }
}

fn parse_complex(text: &[u8]) -> Option<(f64, f64)> {
    let (first, imaginary, rest) = parse_part(text)?;
    if trim(rest).is_empty() {
        return Some(if imaginary { (0.0, first) } else { (first, 0.0) });
    }
    if imaginary {
        return None;
    }
    // In Python the second part has a sign, and no space before that.
    if cfg!(feature = "python") && !matches!(rest, [b'+' | b'-', ..]) {
        return None;
    }
    let (second, imaginary, rest) = parse_part(rest)?;
    (imaginary && trim(rest).is_empty()).then_some((first, second))
}

/// One number with sign, whether the number is imaginary, and the text behind it.
fn parse_part(text: &[u8]) -> Option<(f64, bool, &[u8])> {
    let start = text.iter().position(|&byte| !utf8::is_space(byte))?;
    let (negative, number) = match &text[start..] {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (mut value, used) = parse_float_or_name(number)?;
    let mut rest = &number[used..];
    let imaginary = matches!(rest, [b'j' | b'J', ..]);
    if imaginary {
        rest = &rest[1..];
        if used == 0 {
            value = 1.0;
        }
    } else if used == 0 {
        return None;
    }
    Some((if negative { -value } else { value }, imaginary, rest))
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 2, false)?;
    let (real, imaginary) = match *args.pos() {
        [] => (0.0, 0.0),
        [value] if parts(value).is_some() => return Ok(value),
        [value] => match vm.as_str(value) {
            Some(text) => vm.parse_complex(text)?,
            None => vm.complex(value)?,
        },
        [real, imaginary, ..] => {
            let part = |object: Obj| match parts(object) {
                Some(parts) => Ok(parts),
                None => vm.float(object).map(|real| (real, 0.0)),
            };
            let (a, b) = (part(real)?, part(imaginary)?);
            (a.0 - b.1, a.1 + b.0)
        }
    };
    vm.new_complex(real, imaginary)
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let (real, imaginary) = parts(object).unwrap_or_default();
    let bare = |value, sign| field::repr(value, Form::Bare, sign);
    if real == 0.0 {
        out.write(vm, bare(imaginary, None).as_bytes())?;
        return out.write(vm, b"j");
    }
    out.write(vm, b"(")?;
    out.write(vm, bare(real, None).as_bytes())?;
    out.write(vm, bare(imaginary, Some(b'+')).as_bytes())?;
    out.write(vm, b"j)")
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let Some((real, imaginary)) = parts(object) else { return Ok(None) };
    match op {
        UnaryOp::Bool => Ok(Some(Obj::bool(real != 0.0 || imaginary != 0.0))),
        UnaryOp::Hash => Ok(Some(hash::to_obj(float::hash(real) ^ float::hash(imaginary)))),
        UnaryOp::Positive | UnaryOp::Complex => Ok(Some(object)),
        UnaryOp::Negative => vm.new_complex(-real, -imaginary).map(Some),
        UnaryOp::Abs => vm.new_float(absolute((real, imaginary))).map(Some),
        _ => Ok(None),
    }
}

/// The absolute value of the number with these parts.
pub(crate) fn absolute((real, imaginary): (f64, f64)) -> f64 {
    libm::sqrt(real * real + imaginary * imaginary)
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    match (parts(left), vm.try_complex(right)?) {
        (Some(a), Some(b)) => binary(vm, op, a, b),
        _ => Ok(None),
    }
}

/// A frequent operator on a complex number and a number; `None` for others.
#[cfg(not(feature = "small"))]
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn short(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Option<Res> {
    let number = |object: Obj| {
        parts(object).or_else(|| {
            let real = float::as_float(object).or_else(|| object.as_small_int().map(|int| int as f64));
            real.map(|real| (real, 0.0))
        })
    };
    let (a, b) = (parts(left)?, number(right)?);
    let (real, imaginary) = match op {
        BinaryOp::Add | BinaryOp::InplaceAdd => (a.0 + b.0, a.1 + b.1),
        BinaryOp::Subtract | BinaryOp::InplaceSubtract => (a.0 - b.0, a.1 - b.1),
        BinaryOp::Multiply | BinaryOp::InplaceMultiply => multiply(a, b),
        _ => return None,
    };
    Some(vm.new_complex(real, imaginary))
}

#[inline]
fn multiply(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// A binary operator on complex numbers; `None` if complex numbers do not have the operator.
///
/// # Errors
/// `ZeroDivisionError`, and `TypeError` for `//`.
pub fn binary(vm: &Vm, op: BinaryOp, a: (f64, f64), b: (f64, f64)) -> Res<Option<Obj>> {
    let (real, imaginary) = match plain(op) {
        BinaryOp::Add => (a.0 + b.0, a.1 + b.1),
        BinaryOp::Subtract => (a.0 - b.0, a.1 - b.1),
        BinaryOp::Multiply => multiply(a, b),
        BinaryOp::FloorDivide => {
            return Err(vm.type_error(format_args!("can't truncate-divide a complex number")));
        }
        BinaryOp::TrueDivide if b == (0.0, 0.0) => {
            return Err(vm.zero_division(format_args!("complex divide by zero")));
        }
        BinaryOp::TrueDivide if b.1 == 0.0 => (a.0 / b.0, a.1 / b.0),
        BinaryOp::TrueDivide if b.0 == 0.0 => (a.1 / b.1, -a.0 / b.1),
        BinaryOp::TrueDivide => {
            let square = b.0 * b.0 + b.1 * b.1;
            multiply(a, (b.0 / square, b.1 / -square))
        }
        BinaryOp::Power => match power(a, b) {
            Some(power) => power,
            None => return Err(vm.zero_division(format_args!("0.0 to a complex power"))),
        },
        BinaryOp::Equal => return Ok(Some(Obj::bool(a == b))),
        _ => return Ok(None),
    };
    vm.new_complex(real, imaginary).map(Some)
}

/// `a ** b`, by way of logarithms; `None` for a power of 0 that does not exist.
fn power(a: (f64, f64), b: (f64, f64)) -> Option<(f64, f64)> {
    let size = libm::sqrt(a.0 * a.0 + a.1 * a.1);
    if size == 0.0 {
        let exists = b.1 == 0.0 && b.0 >= 0.0;
        return exists.then_some((f64::from(u8::from(b.0 == 0.0)), a.1));
    }
    let (log, angle) = (math::log(size), math::atan2(a.1, a.0));
    let new_size = math::exp(b.0 * log - b.1 * angle);
    let new_angle = b.1 * log + b.0 * angle;
    Some((new_size * math::cos(new_angle), new_size * math::sin(new_angle)))
}

fn attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let (Some((real, imaginary)), Attr::Load | Attr::LoadMethod) = (parts(object), request) else {
        return Ok(AttrResult::Missing);
    };
    if name == q!("real") {
        vm.new_float(real).map(AttrResult::Value)
    } else if name == q!("imag") {
        vm.new_float(imaginary).map(AttrResult::Value)
    } else {
        Ok(AttrResult::Missing)
    }
}
