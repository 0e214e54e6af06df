//! The type `float`: double precision, on every target.

#[cfg(feature = "python")]
pub(crate) mod exact;
#[cfg(feature = "python")]
mod more;

use core::fmt::Write;

use berus_mpy::number;
use berus_mpy::number::Form;
use berus_mpy::opcode::BinaryOp;

use crate::data::instance::NativeBase;
use crate::host::math;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::buffer::Access;
use crate::model::error::{Raise, Res};
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::Classes;
use crate::model::types::{Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
pub use crate::obj::complex::parts as complex_parts;
use crate::obj::{complex, field, int};
use crate::ops::arithmetic::{Arithmetic, plain};
use crate::ops::buffer::Buffers;
use crate::text::utf8::{is_space, trim};
use crate::{define, members, q};

/// The type `float`.
pub static TYPE: Type = define!(
    Type::new(q!("float"))
        .flags(flag::EQ_CHECKS_OTHER_TYPE | flag::EQ_NOT_REFLEXIVE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .locals(METHODS)
);

members! {
    static METHODS = {
        #[cfg(feature = "python")]
        "as_integer_ratio" => f1(more::as_integer_ratio),
        #[cfg(feature = "python")]
        "conjugate" => f1(more::conjugate),
        #[cfg(feature = "python")]
        "is_integer" => f1(more::is_integer),
    }
}

/// A float.
#[repr(C)]
pub struct Float {
    header: Header,
    value: f64,
}

// SAFETY: `Float` is `repr(C)` and starts with a header; only floats have this type.
unsafe impl Object for Float {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

// SAFETY: a `static` float is never changed.
unsafe impl Sync for Float {}

impl Float {
    /// A float that is a constant.
    pub const fn constant(value: f64) -> Float {
        Float { header: Header::of(&TYPE), value }
    }

    /// The distance of a float's value from the float's beginning.
    #[cfg(berus_tier)]
    pub(crate) const VALUE: usize = core::mem::offset_of!(Float, value);

    /// Makes `value` the value of `float`, a float that no program has seen yet.
    #[cfg(berus_tier)]
    pub(crate) fn refill(float: Obj, value: f64) -> Obj {
        if let Some(place) = float.downcast::<Float>() {
            // SAFETY: nobody else refers to the float, which lies on the heap.
            unsafe { (&raw mut (*place.as_ptr().as_ptr()).value).write(value) };
        }
        float
    }

    /// The float's value.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn value(&self) -> f64 {
        self.value
    }
}

/// The value of `object`, if it is exactly a float.
#[cfg_attr(not(feature = "small"), inline(always))]
pub fn as_float(object: Obj) -> Option<f64> {
    object.downcast::<Float>().map(|float| float.value)
}

/// Floats as objects, and objects as floats.
pub trait Floats {
    /// The float `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_float(&self, value: f64) -> Res;

    /// The value of a number that has no imaginary part; `None` for other objects.
    ///
    /// # Errors
    /// What a class's `__float__` raises.
    fn try_float(&self, object: Obj) -> Res<Option<f64>>;

    /// The value of a number.
    ///
    /// # Errors
    /// `TypeError` if the object is no number, or a complex one.
    fn float(&self, object: Obj) -> Res<f64>;

    /// Reads a float, with a sign and white space around it.
    ///
    /// # Errors
    /// `ValueError` if the text is no float.
    fn parse_float(&self, text: &[u8]) -> Res<f64>;
}

impl Floats for Vm {
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn new_float(&self, value: f64) -> Res {
        Ok(self.alloc(Float { header: Header::of(&TYPE), value })?.obj())
    }

    fn try_float(&self, object: Obj) -> Res<Option<f64>> {
        if let Some(value) = as_float(object) {
            return Ok(Some(value));
        }
        if let Some(value) = object.as_small_int() {
            return Ok(Some(value as f64));
        }
        if let Some(truth) = object.as_bool() {
            return Ok(Some(f64::from(u8::from(truth))));
        }
        if let Some(value) = int::to_float(object) {
            return Ok(Some(value));
        }
        match self.type_of(object).slots.unary_op() {
            Some(unary_op) => Ok(unary_op(self, UnaryOp::Float, object)?.and_then(as_float)),
            None => Ok(None),
        }
    }

    fn float(&self, object: Obj) -> Res<f64> {
        match self.try_float(object)? {
            Some(value) => Ok(value),
            None => Err(self.type_error(format_args!("can't convert {} to float", self.type_name(object)))),
        }
    }

    fn parse_float(&self, text: &[u8]) -> Res<f64> {
        let trimmed = trim(text);
        let (negative, number) = match trimmed {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        match number::parse_float_or_name(number) {
            Some((value, used)) if used > 0 && used == number.len() && !number.iter().any(|&byte| is_space(byte)) => {
                Ok(if negative { -value } else { value })
            }
            _ => Err(self.value_error(format_args!("invalid syntax for number"))),
        }
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    match *args.pos() {
        [] => vm.new_float(0.0),
        [value, ..] if as_float(value).is_some() => Ok(value),
        [value, ..] => match vm.try_buffer(value, Access::Read)? {
            Some(text) => {
                let value = vm.parse_float(text.bytes())?;
                vm.new_float(value)
            }
            None => {
                let number = vm.float(value)?;
                if cfg!(feature = "python") && number.is_infinite() && vm.is_int(value) {
                    return Err(vm.overflow_error(format_args!("int too large to convert to float")));
                }
                vm.new_float(number)
            }
        },
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let value = as_float(object).unwrap_or_default();
    if style == Style::Json && !value.is_finite() {
        let name: &[u8] = match value {
            f64::INFINITY => b"Infinity",
            f64::NEG_INFINITY => b"-Infinity",
            _ => b"NaN",
        };
        return out.write(vm, name);
    }
    out.write(vm, field::repr(value, Form::Repr, None).as_bytes())
}

/// The hash of a float: the hash of the equal int, if there is one.
pub fn hash(value: f64) -> usize {
    if libm::trunc(value) != value || !value.is_finite() {
        let bits = value.to_bits();
        return (bits ^ bits >> 32) as usize;
    }
    let magnitude = value.abs();
    let low = if magnitude < 9e15 {
        magnitude as u64
    } else {
        // The low bits of mantissa times power of two.
        let bits = magnitude.to_bits();
        let shift = (bits >> 52) - 1075;
        let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
        if shift < 64 { mantissa << shift } else { 0 }
    } as usize;
    if value < 0.0 { low.wrapping_neg() } else { low }
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let Some(value) = as_float(object) else { return Ok(None) };
    match op {
        UnaryOp::Bool => Ok(Some(Obj::bool(value != 0.0))),
        UnaryOp::Hash => Ok(Some(crate::ops::hash::to_obj(hash(value)))),
        UnaryOp::Positive | UnaryOp::Float => Ok(Some(object)),
        UnaryOp::Negative => vm.new_float(-value).map(Some),
        UnaryOp::Abs if !value.is_sign_negative() => Ok(Some(object)),
        UnaryOp::Abs => vm.new_float(-value).map(Some),
        _ => Ok(None),
    }
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let Some(a) = as_float(left) else { return Ok(None) };
    if let Some(b) = complex_parts(right) {
        return complex::binary(vm, op, (a, 0.0), b);
    }
    // MicroPython asks any object for a float.
    if cfg!(feature = "python")
        && !vm.is_int_or_bool(right)
        && as_float(vm.native_base(right).unwrap_or(right)).is_none()
    {
        return Ok(None);
    }
    match vm.try_float(right)? {
        Some(b) => binary(vm, op, a, b),
        None => Ok(None),
    }
}

/// A binary operator on an int and a float or complex number; `None` if `right` is neither, or the two do not have the
/// operator.
///
/// # Errors
/// `ZeroDivisionError`.
pub fn binary_after_int(vm: &Vm, op: BinaryOp, int: Obj, right: Obj) -> Res<Option<Obj>> {
    let (float, complex) = (as_float(right), complex_parts(right));
    if float.is_none() && complex.is_none() {
        return Ok(None);
    }
    let a = vm.float(int)?;
    match (float, complex) {
        (Some(b), _) => binary(vm, op, a, b),
        (None, Some(b)) => complex::binary(vm, op, (a, 0.0), b),
        (None, None) => Ok(None),
    }
}

/// A binary operator on floats whose result is a bool, or a float for which there is memory at once; `None` if it takes
/// more to find the result.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn short(vm: &Vm, op: BinaryOp, a: f64, b: f64) -> Option<Obj> {
    use BinaryOp::*;
    let value = match op {
        Add | InplaceAdd => a + b,
        Subtract | InplaceSubtract => a - b,
        Multiply | InplaceMultiply => a * b,
        TrueDivide | InplaceTrueDivide if b != 0.0 => a / b,
        Less => return Some(Obj::bool(a < b)),
        More => return Some(Obj::bool(a > b)),
        Equal => return Some(Obj::bool(a == b)),
        LessEqual => return Some(Obj::bool(a <= b)),
        MoreEqual => return Some(Obj::bool(a >= b)),
        NotEqual => return Some(Obj::bool(a != b)),
        _ => return None,
    };
    Some(vm.alloc_tail_at_once(Float { header: Header::of(&TYPE), value }, 0)?.obj())
}

/// A binary operator on floats; `None` if floats do not have the operator.
///
/// # Errors
/// `ZeroDivisionError`.
#[cfg_attr(not(feature = "small"), inline(always))]
pub fn binary(vm: &Vm, op: BinaryOp, a: f64, b: f64) -> Res<Option<Obj>> {
    use BinaryOp::*;
    let result = match op {
        Add | InplaceAdd => a + b,
        Subtract | InplaceSubtract => a - b,
        Multiply | InplaceMultiply => a * b,
        TrueDivide | InplaceTrueDivide if b != 0.0 => a / b,
        Less => return Ok(Some(Obj::bool(a < b))),
        More => return Ok(Some(Obj::bool(a > b))),
        Equal => return Ok(Some(Obj::bool(a == b))),
        LessEqual => return Ok(Some(Obj::bool(a <= b))),
        MoreEqual => return Ok(Some(Obj::bool(a >= b))),
        NotEqual => return Ok(Some(Obj::bool(a != b))),
        _ => return binary_rest(vm, op, a, b),
    };
    vm.new_float(result).map(Some)
}

#[inline(never)]
fn binary_rest(vm: &Vm, op: BinaryOp, a: f64, b: f64) -> Res<Option<Obj>> {
    let result = match plain(op) {
        BinaryOp::FloorDivide | BinaryOp::TrueDivide | BinaryOp::Modulo if b == 0.0 => {
            return Err(vm.zero_division(format_args!("divide by zero")));
        }
        BinaryOp::FloorDivide => floor_divide(a, b),
        BinaryOp::Modulo => modulo(a, b),
        BinaryOp::Power => {
            if a == 0.0 && b < 0.0 && !b.is_infinite() {
                return Err(vm.zero_division(format_args!("divide by zero")));
            }
            if a < 0.0 && a.is_finite() && b != libm::floor(b) && !b.is_nan() {
                return complex::binary(vm, BinaryOp::Power, (a, 0.0), (b, 0.0));
            }
            power(a, b)
        }
        _ => return Ok(None),
    };
    vm.new_float(result).map(Some)
}

/// What is left of `a` divided by `b`, with the sign of `a`. Small code has what the compiler calls for its own `%`.
pub fn remainder(a: f64, b: f64) -> f64 {
    if cfg!(feature = "small") { a % b } else { libm::fmod(a, b) }
}

/// `a % b`, with the sign of `b`.
pub fn modulo(a: f64, b: f64) -> f64 {
    let remainder = remainder(a, b);
    if remainder == 0.0 {
        libm::copysign(0.0, b)
    } else if (remainder < 0.0) != (b < 0.0) {
        remainder + b
    } else {
        remainder
    }
}

/// `a // b`, such that `a == (a // b) * b + a % b`.
pub fn floor_divide(a: f64, b: f64) -> f64 {
    let remainder = remainder(a, b);
    let mut quotient = (a - remainder) / b;
    if remainder != 0.0 && (remainder < 0.0) != (b < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return libm::copysign(0.0, a / b);
    }
    let floor = libm::floor(quotient);
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

/// `a ** b` for real results.
pub fn power(a: f64, b: f64) -> f64 {
    if a == 1.0 || b == 0.0 { 1.0 } else { math::pow(a, b) }
}

/// The whole part of `value`.
pub fn trunc(value: f64) -> f64 {
    libm::trunc(value)
}

/// The whole number nearest to `value`, or the even one of two.
pub fn round(value: f64) -> f64 {
    libm::rint(value)
}

/// The multiple of `10 ** -digits` that is nearest to the exact value of `value`; of two, the one that ends in an even
/// digit. Infinity if the multiple is too large for a float.
///
/// ```
/// use berus_runtime::obj::float::round_to;
/// assert_eq!((round_to(2.675, 2), round_to(1e308, 1), round_to(1250.0, -2)), (2.67, 1e308, 1200.0));
/// ```
pub fn round_to(value: f64, digits: isize) -> f64 {
    let mut text = Decimal::default();
    let exponent = match write!(text, "{:.17e}", value.abs()) {
        Ok(()) if value.is_finite() && value != 0.0 => text.exponent(),
        _ => return value,
    };
    // How many digits stay: 17 tell any number from its neighbours.
    let magnitude = match (exponent as isize + 1).saturating_add(digits) {
        17.. => return value,
        kept @ 1.. => {
            text = Decimal::default();
            let _ = write!(text, "{:.*e}", kept as usize - 1, value.abs());
            text.value()
        }
        // The unit is the next power of ten: more than half of it becomes the unit, and less, or a half, becomes zero.
        0 if text.is_more_than_half() => {
            text = Decimal::default();
            let _ = write!(text, "1e{}", exponent + 1);
            text.value()
        }
        _ => 0.0,
    };
    magnitude.copysign(value)
}

/// The text of a decimal number of at most 18 digits, with an exponent.
#[derive(Default)]
struct Decimal {
    text: [u8; 32],
    len: usize,
}

impl core::fmt::Write for Decimal {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let room = self.text.get_mut(self.len..self.len + text.len()).ok_or(core::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

impl Decimal {
    fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text[..self.len]).unwrap_or_default()
    }

    fn exponent(&self) -> i32 {
        self.as_str().split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
    }

    /// Whether the digits before the exponent are more than 5.
    fn is_more_than_half(&self) -> bool {
        let digits = self.as_str().split_once('e').map_or("", |(digits, _)| digits);
        digits.as_bytes() > b"5.00000000000000000".as_slice()
    }

    /// The float that is nearest. Small code reads the text as a program's, whose tables are shorter, and may answer the
    /// float beside it.
    fn value(&self) -> f64 {
        if cfg!(feature = "small") {
            return number::parse_float(self.as_str().as_bytes()).map_or(f64::INFINITY, |(value, _)| value);
        }
        self.as_str().parse().unwrap_or(f64::INFINITY)
    }
}

/// The value of the number of half precision with these bits.
pub fn from_half(bits: u16) -> f64 {
    let (sign, exponent, fraction) = (bits >> 15, i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let value = match exponent {
        0 => libm::ldexp(fraction, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => libm::ldexp(fraction + 1024.0, exponent - 25),
    };
    if sign == 0 { value } else { -value }
}

/// The bits of the number of half precision that is nearest to `value`.
pub fn to_half(value: f64) -> u16 {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    let magnitude = value.abs();
    let bits = if magnitude.is_nan() {
        0x7e00
    } else if magnitude >= 65520.0 {
        0x7c00
    } else {
        // The magnitude in units of the last place, which for small numbers is the last place of denormal ones.
        let exponent = libm::ilogb(magnitude.max(6.103_515_625e-5));
        let units = libm::rint(libm::ldexp(magnitude, 10 - exponent)) as u16;
        if units < 1024 { units } else { (((exponent + 15) as u16) << 10) + (units - 1024) }
    };
    sign | bits
}
