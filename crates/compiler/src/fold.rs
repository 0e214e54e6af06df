//! Arithmetic on constants, as MicroPython's parser does it.
//!
//! An operation that would raise an exception has no value here, and so stays in the program. It has none either where the quota ends the work, which
//! whoever uses the quota next will notice.

use berus_integer::Operation;
use berus_mpy::memory::Quota;

use crate::integer::Integer;
use crate::token::Token;

/// A constant that there is arithmetic for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Number {
    Int(Integer),
    Float(f64),
}

/// Integers of more bits stay unfolded. mpy-cross gives up, for want of memory, a little above.
const BITS_MAX: usize = 1 << 22;

/// The steps that an operation on small numbers takes.
const STEPS: usize = 4;

/// The value of `left operator right`.
pub(crate) fn binary(operator: Token, left: &Number, right: &Number, quota: &Quota<'_>) -> Option<Number> {
    quota.steps(STEPS).ok()?;
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => int_binary(operator, left, right, quota),
        _ => float_binary(operator, left.to_f64(), right.to_f64()).map(Number::Float),
    }
}

/// The value of `operator operand`.
pub(crate) fn unary(operator: Token, operand: Number, quota: &Quota<'_>) -> Option<Number> {
    Some(match (operator, operand) {
        (Token::Plus, operand) => operand,
        (Token::Minus, Number::Int(value)) => {
            Number::Int(Integer::ZERO.compute(Operation::Subtract, &value, quota).ok()?)
        }
        (Token::Minus, Number::Float(value)) => Number::Float(-value),
        (Token::Tilde, Number::Int(value)) => {
            Number::Int(Integer::Small(-1).compute(Operation::Subtract, &value, quota).ok()?)
        }
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
            Number::Int(value) => value.to_f64(),
            Number::Float(value) => *value,
        }
    }
}

fn int_binary(operator: Token, left: &Integer, right: &Integer, quota: &Quota<'_>) -> Option<Number> {
    let is_zero = *right == Integer::ZERO;
    let operation = match operator {
        Token::Pipe => Operation::Or,
        Token::Caret => Operation::Xor,
        Token::Ampersand => Operation::And,
        Token::Plus => Operation::Add,
        Token::Minus => Operation::Subtract,
        Token::Star if left.bit_len() + right.bit_len() <= BITS_MAX => Operation::Multiply,
        // MicroPython shifts by any count that fits a word.
        Token::LessLess | Token::MoreMore if right.is_negative() || i64::try_from(right).is_err() => return None,
        Token::LessLess if *left == Integer::ZERO => return Some(Number::Int(Integer::ZERO)),
        Token::LessLess if left.bit_len() + count(right)? <= BITS_MAX => Operation::ShiftLeft,
        Token::MoreMore => Operation::ShiftRight,
        Token::SlashSlash if !is_zero => Operation::FloorDivide,
        Token::Percent if !is_zero => Operation::Modulo,
        Token::Slash if !is_zero => return Some(Number::Float(left.to_f64() / right.to_f64())),
        Token::StarStar if right.is_negative() => {
            return float_power(left.to_f64(), right.to_f64()).map(Number::Float);
        }
        // The powers of 0, 1 and -1 are short.
        Token::StarStar if left.bit_len() <= 1 => Operation::Power,
        Token::StarStar if (left.bit_len() - 1).checked_mul(count(right)?)? <= BITS_MAX => Operation::Power,
        _ => return None,
    };
    left.compute(operation, right, quota).ok().map(Number::Int)
}

/// An integer that says how many bits or factors there are, if these are few enough.
fn count(integer: &Integer) -> Option<usize> {
    i64::try_from(integer).ok().filter(|count| *count <= BITS_MAX as i64).map(|count| count as usize)
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

    fn binary(operator: Token, left: &Number, right: &Number) -> Option<Number> {
        super::binary(operator, left, right, &Quota::default())
    }

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
        assert_eq!(unary(Token::Tilde, Number::Float(1.0), &Quota::default()), None);
    }

    #[test]
    fn large_integers_lose_digits_on_the_way_to_a_float() {
        let power = |base: i64, exponent: i64| {
            Integer::Small(base).compute(Operation::Power, &exponent.into(), &Quota::default()).unwrap()
        };
        assert_eq!(power(10, 20).to_f64(), 1e20);
        assert_eq!(power(-10, 31).to_f64(), -1e31);
        assert_eq!(power(10, 400).to_f64(), f64::INFINITY);
    }

    #[test]
    fn what_is_too_large_stays_as_it_is() {
        assert_eq!(int(7, Token::StarStar, 100_000_000), None);
        assert_eq!(int(1, Token::LessLess, BITS_MAX as i64), None);
        let Some(Number::Int(large)) = int(1, Token::LessLess, BITS_MAX as i64 - 1) else { panic!("it is folded") };
        assert_eq!(large.bit_len(), BITS_MAX);
        let large = Number::Int(large);
        assert_eq!(binary(Token::Star, &large, &large), None);
        assert_eq!(binary(Token::MoreMore, &large, &Number::Int((BITS_MAX as i64 - 1).into())), is_int(1));
    }

    #[test]
    fn long_folds_end_with_the_quota() {
        use berus_mpy::memory::{Allowance, Grantor, Stop};

        struct Impatient;

        impl Grantor for Impatient {
            fn goes_on(&self) -> bool {
                false
            }
        }

        let (base, power) = (Number::Int(7.into()), Number::Int(1_000_000.into()));
        let quota = Quota::new(&Impatient);
        assert_eq!(super::binary(Token::StarStar, &base, &power, &quota), None);
        assert_eq!(quota.stop(), Some(Stop::Interrupted));
        let allowance = Allowance::new(100_000);
        let quota = Quota::new(&allowance);
        assert_eq!(super::binary(Token::StarStar, &base, &power, &quota), None);
        assert_eq!(quota.stop(), Some(Stop::OutOfMemory));
    }
}
