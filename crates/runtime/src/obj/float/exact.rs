//! Floats to text with as many digits as are asked for, all of them those of the exact value; of two texts that are as
//! near the one with the even digit is taken, as Python has it. MicroPython makes no more than 19 digits, and rounds a
//! half up.

use berus_mpy::number;
use berus_mpy::number::Form;

use crate::data::builder::Builder;
use crate::model::error::Res;
use crate::model::vm::Vm;
use crate::ops::print::Print;

/// No float has more digits behind its point.
const MOST_DIGITS: usize = 1074;

/// Adds `value`, which is finite, without its sign in [`Form::Exponent`], [`Form::Fixed`] or [`Form::General`], with
/// `precision` digits.
///
/// # Errors
/// `MemoryError`.
pub(crate) fn put(vm: &Vm, out: &mut Builder, value: f64, form: Form, precision: usize) -> Res<()> {
    let value = value.abs();
    if form == Form::Fixed {
        return put_fixed(vm, out, value, precision);
    }
    let start = out.bytes().len();
    let behind = if form == Form::General { precision.saturating_sub(1) } else { precision };
    vm.print_fmt(out, format_args!("{value:.*e}", behind.min(MOST_DIGITS)))?;
    let digits = out.bytes().iter().rposition(|&byte| byte == b'e').unwrap_or(start);
    let exponent = exponent(&out.bytes()[digits + 1..]);
    out.truncate(digits);
    if form == Form::Exponent {
        out.fill(vm, b'0', precision.saturating_sub(MOST_DIGITS))?;
        return put_exponent(vm, out, exponent);
    }
    let places = behind as i64 - exponent;
    if exponent >= -4 && places >= 0 {
        out.truncate(start);
        // Zeros that would go again are not made.
        put_fixed(vm, out, value, (places as usize).min(MOST_DIGITS))?;
        strip_zeros(out, start);
        return Ok(());
    }
    strip_zeros(out, start);
    put_exponent(vm, out, exponent)
}

fn put_fixed(vm: &Vm, out: &mut Builder, value: f64, precision: usize) -> Res<()> {
    vm.print_fmt(out, format_args!("{value:.*}", precision.min(MOST_DIGITS)))?;
    out.fill(vm, b'0', precision.saturating_sub(MOST_DIGITS))
}

/// The power of ten that `text` says: digits, which a minus may stand before.
fn exponent(text: &[u8]) -> i64 {
    let (sign, digits) = text.strip_prefix(b"-").map_or((1, text), |digits| (-1, digits));
    sign * digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

/// Adds the power of ten `exponent` with two digits or more.
fn put_exponent(vm: &Vm, out: &mut Builder, exponent: i64) -> Res<()> {
    out.extend(vm, if exponent < 0 { b"e-" } else { b"e+" })?;
    if exponent.abs() < 10 {
        out.push(vm, b'0')?;
    }
    out.extend(vm, number::Text::of_int(exponent.abs()).as_bytes())
}

/// Takes away zeros at the end of a fraction, and its point if nothing is left behind that.
fn strip_zeros(out: &mut Builder, start: usize) {
    let number = &out.bytes()[start..];
    if !number.contains(&b'.') {
        return;
    }
    let zeros = number.iter().rev().take_while(|&&byte| byte == b'0').count();
    let point = usize::from(number[number.len() - zeros - 1] == b'.');
    out.truncate(out.bytes().len() - zeros - point);
}
