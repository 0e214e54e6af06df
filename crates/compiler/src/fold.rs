//! Arithmetic on constants, as MicroPython's parser does it.
//!
//! An operation that would raise an exception has no value here, and so stays in the program.

use dashu_int::IBig;
use dashu_int::ops::{BitTest, DivRem, UnsignedAbs};

use crate::token::Token;

/// A constant that there is arithmetic for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Number {
    Int(IBig),
    Float(f64),
}

/// Integers of more bits stay unfolded. mpy-cross gives up, for want of memory, a little above.
const BITS_MAX: usize = 1 << 22;

/// The value of `left operator right`.
pub(crate) fn binary(operator: Token, left: &Number, right: &Number) -> Option<Number> {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => int_binary(operator, left, right),
        _ => float_binary(operator, left.to_f64(), right.to_f64()).map(Number::Float),
    }
}

/// The value of `operator operand`.
pub(crate) fn unary(operator: Token, operand: Number) -> Option<Number> {
    Some(match (operator, operand) {
        (Token::Plus, operand) => operand,
        (Token::Minus, Number::Int(value)) => Number::Int(-value),
        (Token::Minus, Number::Float(value)) => Number::Float(-value),
        (Token::Tilde, Number::Int(value)) => Number::Int(!value),
        _ => return None,
    })
}

/// The value of `module.attribute`, if it is a number that mpy-cross knows.
pub(crate) fn module_constant(module: &[u8], attribute: &[u8]) -> Option<f64> {
    use core::f64::consts;
    match (module, attribute) {
        (b"math", b"e") => Some(consts::E),
        (b"math", b"pi") => Some(consts::PI),
        (b"math", b"tau") => Some(consts::TAU),
        (b"math", b"inf") => Some(f64::INFINITY),
        (b"math", b"nan") => Some(f64::NAN),
        _ => None,
    }
}

impl Number {
    fn to_f64(&self) -> f64 {
        match self {
            Number::Int(value) => int_to_f64(value),
            Number::Float(value) => *value,
        }
    }
}

/// The float nearest to a word; beyond that, what comes of adding up digits of 32 bits, each sum rounded.
fn int_to_f64(value: &IBig) -> f64 {
    if let Ok(small) = i64::try_from(value)
        && (-(1 << 62)..1 << 62).contains(&small)
    {
        return small as f64;
    }
    let bytes = value.unsigned_abs().to_be_bytes();
    let (head, digits) = bytes.split_at(bytes.len() % 4);
    let digit = |bytes: &[u8]| f64::from(bytes.iter().fold(0_u32, |v, &b| v << 8 | u32::from(b)));
    let magnitude = digits.chunks_exact(4).fold(digit(head), |v, bytes| v * 4294967296.0 + digit(bytes));
    if *value < IBig::ZERO { -magnitude } else { magnitude }
}

fn int_binary(operator: Token, left: &IBig, right: &IBig) -> Option<Number> {
    let result = match operator {
        Token::Pipe => left | right,
        Token::Caret => left ^ right,
        Token::Ampersand => left & right,
        Token::Plus => left + right,
        Token::Minus => left - right,
        Token::Star if left.bit_len() + right.bit_len() <= BITS_MAX => left * right,
        Token::LessLess => {
            let count = shift_count(right)?;
            if left.is_zero() {
                IBig::ZERO
            } else if count <= BITS_MAX && left.bit_len() + count <= BITS_MAX {
                left << count
            } else {
                return None;
            }
        }
        Token::MoreMore => left >> shift_count(right)?.min(BITS_MAX + 1),
        Token::SlashSlash => floor_div_rem(left, right)?.0,
        Token::Percent => floor_div_rem(left, right)?.1,
        Token::Slash if !right.is_zero() => return Some(Number::Float(int_to_f64(left) / int_to_f64(right))),
        Token::StarStar if *right < IBig::ZERO => {
            return float_power(int_to_f64(left), int_to_f64(right)).map(Number::Float);
        }
        Token::StarStar => int_power(left, right)?,
        _ => return None,
    };
    Some(Number::Int(result))
}

/// How far to shift. MicroPython takes any count that fits a word.
fn shift_count(count: &IBig) -> Option<usize> {
    let count = u64::try_from(count).ok().filter(|count| *count <= i64::MAX as u64)?;
    Some(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Quotient rounded down, and a remainder with the sign of the divisor.
fn floor_div_rem(left: &IBig, right: &IBig) -> Option<(IBig, IBig)> {
    if right.is_zero() {
        return None;
    }
    let (quotient, remainder) = left.div_rem(right);
    let crossed = !remainder.is_zero() && (remainder < IBig::ZERO) != (*right < IBig::ZERO);
    Some(if crossed { (quotient - 1, remainder + right) } else { (quotient, remainder) })
}

/// `base` to a power of 0 or more.
fn int_power(base: &IBig, power: &IBig) -> Option<IBig> {
    if *base == IBig::ZERO || *base == IBig::ONE || *base == IBig::NEG_ONE {
        let negative = *base == IBig::NEG_ONE && !power.bit(0);
        return Some(if power.is_zero() || negative { IBig::ONE } else { base.clone() });
    }
    let power = usize::try_from(power).ok()?;
    let bits = (base.bit_len() - 1).max(1).checked_mul(power)?;
    (bits <= BITS_MAX).then(|| base.pow(power))
}

fn float_binary(operator: Token, left: f64, right: f64) -> Option<f64> {
    match operator {
        Token::Plus => Some(left + right),
        Token::Minus => Some(left - right),
        Token::Star => Some(left * right),
        Token::Slash if right != 0.0 => Some(left / right),
        Token::SlashSlash if right != 0.0 => Some(floor_div(left, right)),
        Token::Percent if right != 0.0 => Some(modulo(left, right)),
        Token::StarStar => float_power(left, right),
        _ => None,
    }
}

/// The remainder with the sign of the divisor.
fn modulo(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    if remainder == 0.0 {
        libm::copysign(0.0, right)
    } else if (remainder < 0.0) != (right < 0.0) {
        remainder + right
    } else {
        remainder
    }
}

fn floor_div(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    let mut quotient = (left - remainder) / right;
    if remainder != 0.0 && (remainder < 0.0) != (right < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return libm::copysign(0.0, left / right);
    }
    let floor = libm::floor(quotient);
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

fn float_power(base: f64, power: f64) -> Option<f64> {
    let by_zero = base == 0.0 && power < 0.0 && !power.is_infinite();
    let is_complex = base < 0.0 && power != libm::floor(power) && !power.is_nan();
    (!by_zero && !is_complex).then(|| pow(base, power))
}

/// mpy-cross leaves this to the C library, whose last digit is its own.
#[cfg(feature = "std")]
fn pow(base: f64, power: f64) -> f64 {
    base.powf(power)
}

#[cfg(not(feature = "std"))]
use libm::pow;

#[cfg(test)]
mod tests {
    use super::*;

    fn int(left: i64, operator: Token, right: i64) -> Option<Number> {
        binary(operator, &Number::Int(left.into()), &Number::Int(right.into()))
    }

    fn is_int(value: i64) -> Option<Number> {
        Some(Number::Int(value.into()))
    }

    #[test]
    fn integer_division_rounds_down() {
        assert_eq!(int(7, Token::SlashSlash, -2), is_int(-4));
        assert_eq!(int(7, Token::Percent, -2), is_int(-1));
        assert_eq!(int(-7, Token::SlashSlash, 2), is_int(-4));
        assert_eq!(int(-7, Token::Percent, 2), is_int(1));
        assert_eq!(int(-8, Token::SlashSlash, 2), is_int(-4));
        assert_eq!(int(7, Token::SlashSlash, 0), None);
        assert_eq!(int(7, Token::Percent, 0), None);
        assert_eq!(int(7, Token::Slash, 2), Some(Number::Float(3.5)));
    }

    #[test]
    fn shifts() {
        assert_eq!(int(-5, Token::MoreMore, 1), is_int(-3));
        assert_eq!(int(-5, Token::MoreMore, i64::MAX), is_int(-1));
        assert_eq!(int(5, Token::MoreMore, i64::MAX), is_int(0));
        assert_eq!(int(0, Token::LessLess, i64::MAX), is_int(0));
        assert_eq!(int(1, Token::LessLess, i64::MAX), None);
        assert_eq!(int(1, Token::LessLess, -1), None);
        assert_eq!(int(3, Token::LessLess, 4), is_int(48));
    }

    #[test]
    fn powers() {
        assert_eq!(int(-3, Token::StarStar, 3), is_int(-27));
        assert_eq!(int(0, Token::StarStar, 0), is_int(1));
        assert_eq!(int(-1, Token::StarStar, i64::MAX), is_int(-1));
        assert_eq!(int(-1, Token::StarStar, i64::MAX - 1), is_int(1));
        assert_eq!(int(2, Token::StarStar, i64::MAX), None);
        assert_eq!(int(2, Token::StarStar, -1), Some(Number::Float(0.5)));
        assert_eq!(int(0, Token::StarStar, -1), None);
        let half = Number::Float(0.5);
        assert_eq!(binary(Token::StarStar, &Number::Int((-2).into()), &half), None);
        assert_eq!(binary(Token::StarStar, &Number::Int(4.into()), &half), Some(Number::Float(2.0)));
    }

    #[test]
    fn floats() {
        let float = |left, operator, right| binary(operator, &Number::Float(left), &Number::Float(right));
        assert_eq!(float(-7.0, Token::Percent, 2.5), Some(Number::Float(0.5)));
        assert_eq!(float(-7.0, Token::SlashSlash, 2.5), Some(Number::Float(-3.0)));
        assert_eq!(float(1.0, Token::Slash, 0.0), None);
        assert_eq!(float(1.0, Token::Pipe, 2.0), None);
        assert_eq!(unary(Token::Tilde, Number::Float(1.0)), None);
    }

    #[test]
    fn large_integers_lose_digits_on_the_way_to_a_float() {
        let ten = IBig::from(10);
        assert_eq!(int_to_f64(&ten.pow(20)), 1e20);
        assert_eq!(int_to_f64(&-ten.pow(30)), -1e30);
        assert_eq!(int_to_f64(&ten.pow(400)), f64::INFINITY);
    }
}
