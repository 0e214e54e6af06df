//! Ints as text.

use crate::data::builder::Builder;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::protocols::Ints;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::int::large;
use crate::ops::convert::Convert;
use crate::text::decimal::Decimal;
use crate::text::utf8::{is_space, trim};

/// How many digits are read before their work is counted.
const PIECE: usize = 1 << 12;

/// How many digits are read in the time of a unit of [work](Vm::work).
const DIGITS_PER_UNIT: usize = 4;

/// Reads a number in `base`, which is 2 to 36, or 0 if a prefix tells the base.
///
/// # Errors
/// `ValueError` for a text that is no number, or a base that is none.
pub fn parse(vm: &Vm, text: &[u8], base: isize) -> Res {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(vm.value_error(format_args!("int() arg 2 must be >= 2 and <= 36")));
    }
    let start = text.iter().position(|&byte| !is_space(byte)).unwrap_or(text.len());
    let (negative, rest) = match text[start..] {
        [b'-', ref rest @ ..] => (true, rest),
        [b'+', ref rest @ ..] => (false, rest),
        ref rest => (false, rest),
    };
    let (base, digits) = split_prefix(rest, base as u32);
    let number = trim(digits);
    if number.is_empty() || digits.first().is_some_and(|&byte| is_space(byte)) {
        return Err(not_a_number(vm, digits, base));
    }
    let mut small = Some(0isize);
    for piece in number.chunks(PIECE) {
        vm.work(piece.len() / DIGITS_PER_UNIT)?;
        for &byte in piece {
            if byte == b'_' {
                continue;
            }
            let Some(digit) = char::from(byte).to_digit(base.max(2)).filter(|&digit| digit < base) else {
                return Err(not_a_number(vm, digits, base));
            };
            small = small.and_then(|small| small.checked_mul(base as isize)?.checked_add(digit as isize));
        }
    }
    match small {
        Some(small) => vm.new_int(if negative { -small } else { small }),
        None => large::parse(vm, negative, number, base),
    }
}

/// Finds out the base and the text behind the prefix. Base 1 stands for a number that starts with 0 and has no prefix:
/// it must be 0.
fn split_prefix(text: &[u8], base: u32) -> (u32, &[u8]) {
    if let [b'0', letter, rest @ ..] = text {
        return match (letter | 0x20, base) {
            (b'x', 0 | 16) => (16, rest),
            (b'o', 0 | 8) => (8, rest),
            (b'b', 0 | 2) => (2, rest),
            (_, 0) => (1, text),
            _ => (base, text),
        };
    }
    (if base == 0 { 10 } else { base }, text)
}

#[cold]
fn not_a_number(vm: &Vm, text: &[u8], base: u32) -> Raised {
    let mut quoted = Builder::new();
    match crate::obj::str::print_quoted(vm, &mut quoted, text, true) {
        Ok(()) => {
            let base = if base == 1 { 0 } else { base };
            // All that is quoted is ASCII.
            let quoted = core::str::from_utf8(quoted.bytes()).unwrap_or_default();
            vm.value_error(format_args!("invalid syntax for integer with base {base}: {quoted}"))
        }
        Err(raised) => raised,
    }
}

/// Adds the digits of an integral object in `base` (2, 8, 10 or 16) to `out`, with `-` for a negative one: letters in
/// upper case if `upper` is set, and `separator` between groups of digits.
///
/// # Errors
/// `TypeError` if the object is not integral.
pub fn digits(vm: &Vm, object: Obj, base: u32, upper: bool, separator: Option<u8>, out: &mut Builder) -> Res<()> {
    let int = vm.to_int(object)?;
    let start = out.bytes().len();
    match (int.as_small_int(), base) {
        (Some(value), 10) => out.extend(vm, Decimal::new().format(value))?,
        (Some(value), _) => {
            if value < 0 {
                out.push(vm, b'-')?;
            }
            let (value, bits) = (value.unsigned_abs(), base.trailing_zeros());
            let len = (usize::BITS - value.leading_zeros()).div_ceil(bits).max(1);
            for place in (0..len).rev() {
                let digit = value >> (place * bits) & (base as usize - 1);
                out.push(vm, b"0123456789abcdef"[digit])?;
            }
        }
        (None, _) => large::print(vm, int, base, out)?,
    }
    if upper {
        out.bytes_mut()[start..].make_ascii_uppercase();
    }
    match separator {
        Some(separator) => group_digits(vm, out, start, if base == 10 { 3 } else { 4 }, separator),
        None => Ok(()),
    }
}

/// Puts `separator` between groups of `size` digits of the number that starts at `start`.
fn group_digits(vm: &Vm, out: &mut Builder, start: usize, size: usize, separator: u8) -> Res<()> {
    let start = start + usize::from(out.bytes().get(start) == Some(&b'-'));
    let count = out.bytes().len() - start;
    let separators = count.saturating_sub(1) / size;
    out.fill(vm, separator, separators)?;
    let bytes = &mut out.bytes_mut()[start..];
    let (mut from, mut to) = (count, count + separators);
    while from > size {
        bytes.copy_within(from - size..from, to - size);
        from -= size;
        to -= size + 1;
        bytes[to] = separator;
    }
    Ok(())
}
