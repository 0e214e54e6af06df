//! The type `int`: whole numbers of any size.
//!
//! Small ones are in the word itself; a larger one is an object that holds its magnitude, least significant word first, as
//! `dashu` has it. Numbers that fit a small int are never objects.

use core::cmp::Ordering;

use berus_mpy::opcode::BinaryOp;
use dashu_int::{IBig, Sign, UBig, Word};

use super::builder::Builder;
use crate::args::Args;
use crate::error::Res;
use crate::members;
use crate::obj::float;
use crate::object::{Gc, Header, Object};
use crate::ops::arithmetic::plain;
use crate::ops::buffer::Access;
use crate::ops::compare::{holds, is_comparison};
use crate::ops::print::{Printer, Style};
use crate::q;
use crate::text::utf8::{is_space, trim};
use crate::types::{Type, UnaryOp, flag};
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("int"))
    .flags(flag::EQ_CHECKS_OTHER_TYPE)
    .make_new(make_new)
    .print(print)
    .unary_op(unary_op)
    .binary_op(binary_op)
    .locals(METHODS);

members! {
    static METHODS = {
        "from_bytes" => class_method(kw(2, from_bytes)),
        "to_bytes" => kw(1, to_bytes),
    }
}

/// A whole number that is an object. Its words follow it.
#[repr(C)]
pub struct Int {
    header: Header,
    /// How many words there are, negative for a negative number.
    signed_len: isize,
}

// SAFETY: `Int` is `repr(C)` and starts with a header; only large ints have this type.
unsafe impl Object for Int {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

impl Int {
    fn words(&self) -> &[Word] {
        let data = core::ptr::from_ref(self).wrapping_add(1).cast();
        // SAFETY: so many words were written behind the object and never change.
        unsafe { core::slice::from_raw_parts(data, self.signed_len.unsigned_abs()) }
    }

    fn is_negative(&self) -> bool {
        self.signed_len < 0
    }

    /// The number, to compute with.
    pub fn value(&self) -> IBig {
        let sign = if self.is_negative() { Sign::Negative } else { Sign::Positive };
        IBig::from_parts(sign, UBig::from_words(self.words()))
    }

    /// The number as a machine word with sign, if it fits.
    pub fn to_isize(&self) -> Option<isize> {
        isize::try_from(&self.value()).ok()
    }

    /// The low bits of the number, as two's complement.
    pub fn low_word(&self) -> usize {
        let low = self.words().first().copied().unwrap_or(0) as usize;
        if self.is_negative() { low.wrapping_neg() } else { low }
    }
}

impl Vm {
    /// The int `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline(always)]
    pub fn new_int(&self, value: isize) -> Res {
        match Obj::small_int(value) {
            Some(small) => Ok(small),
            None => self.new_big(&IBig::from(value)),
        }
    }

    /// The int `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_uint(&self, value: usize) -> Res {
        match isize::try_from(value) {
            Ok(value) => self.new_int(value),
            Err(_) => self.new_big(&IBig::from(value)),
        }
    }

    /// The int `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_i64(&self, value: i64) -> Res {
        match isize::try_from(value) {
            Ok(value) => self.new_int(value),
            Err(_) => self.new_big(&IBig::from(value)),
        }
    }

    /// The int `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_u64(&self, value: u64) -> Res {
        match isize::try_from(value) {
            Ok(value) => self.new_int(value),
            Err(_) => self.new_big(&IBig::from(value)),
        }
    }

    /// The int `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_big(&self, value: &IBig) -> Res {
        if let Ok(value) = isize::try_from(value)
            && let Some(small) = Obj::small_int(value)
        {
            return Ok(small);
        }
        let (sign, words) = value.as_sign_words();
        let len = words.len() as isize;
        let object = Int { header: Header::of(&TYPE), signed_len: if sign == Sign::Negative { -len } else { len } };
        let int = self.alloc_tail(object, size_of_val(words))?;
        // SAFETY: the tail behind the object has room for the words.
        unsafe { int.as_ptr().add(1).cast::<Word>().as_ptr().copy_from_nonoverlapping(words.as_ptr(), words.len()) };
        Ok(int.obj())
    }

    /// The number that an int or bool is, to compute with.
    pub fn big(&self, object: Obj) -> Option<IBig> {
        match (object.as_small_int(), object.as_bool()) {
            (Some(value), _) => Some(IBig::from(value)),
            (_, Some(truth)) => Some(IBig::from(u8::from(truth))),
            _ => Some(object.downcast::<Int>()?.value()),
        }
    }

    /// Whether an int object is negative.
    pub fn int_is_negative(&self, int: Obj) -> bool {
        match int.as_small_int() {
            Some(value) => value < 0,
            None => int.downcast::<Int>().is_some_and(|int| int.is_negative()),
        }
    }

    /// The low bits of an integral object, as two's complement.
    ///
    /// # Errors
    /// `TypeError` if it is not integral.
    pub fn int_truncated(&self, object: Obj) -> Res<usize> {
        let int = self.to_int(object)?;
        Ok(match int.downcast::<Int>() {
            Some(int) => int.low_word(),
            None => int.as_small_int().unwrap_or(0) as usize,
        })
    }

    /// Checks that a number of `bits` bits would fit the heap, before it is computed outside of it.
    ///
    /// # Errors
    /// `MemoryError`.
    fn room_for_bits(&self, bits: usize) -> Res<()> {
        if bits > 1 << 12 {
            let block = self.alloc_bytes(bits / 8)?;
            // SAFETY: the block is new and nobody knows it.
            unsafe { self.free(block) };
        }
        Ok(())
    }

    /// The float's whole part as an int.
    ///
    /// # Errors
    /// `OverflowError` for infinities, `ValueError` for what is no number.
    pub fn int_of_float(&self, value: f64) -> Res {
        if value.is_nan() {
            return Err(self.value_error(format_args!("can't convert NaN to int")));
        }
        if value.is_infinite() {
            return Err(self.overflow_error(format_args!("can't convert inf to int")));
        }
        let value = libm::trunc(value);
        if value.abs() < Obj::SMALL_INT_MAX as f64 {
            return Ok(Obj::small_int_wrapping(value as isize));
        }
        self.new_big(&IBig::try_from(value).unwrap_or_default())
    }

    #[cold]
    fn divide_by_zero(&self) -> crate::error::Raised {
        self.zero_division(format_args!("divide by zero"))
    }

    #[cold]
    fn negative_shift(&self) -> crate::error::Raised {
        self.value_error(format_args!("negative shift count"))
    }
}

/// A binary operator on small ints.
#[inline(always)]
pub fn binary_small(vm: &Vm, op: BinaryOp, a: isize, b: isize) -> Res {
    use BinaryOp::*;
    let result = match op {
        Less => return Ok(Obj::bool(a < b)),
        More => return Ok(Obj::bool(a > b)),
        Equal | Is => return Ok(Obj::bool(a == b)),
        LessEqual => return Ok(Obj::bool(a <= b)),
        MoreEqual => return Ok(Obj::bool(a >= b)),
        NotEqual => return Ok(Obj::bool(a != b)),
        Add | InplaceAdd => a + b,
        Subtract | InplaceSubtract => a - b,
        And | InplaceAnd => a & b,
        Or | InplaceOr => a | b,
        Xor | InplaceXor => a ^ b,
        Multiply | InplaceMultiply => match a.checked_mul(b) {
            Some(product) => product,
            None => return binary_big(vm, op, &IBig::from(a), &IBig::from(b)),
        },
        FloorDivide | InplaceFloorDivide if b != 0 => floor_divide(a, b),
        Modulo | InplaceModulo if b != 0 => modulo(a, b),
        _ => return binary_small_rest(vm, op, a, b),
    };
    vm.new_int(result)
}

#[inline(never)]
fn binary_small_rest(vm: &Vm, op: BinaryOp, a: isize, b: isize) -> Res {
    use BinaryOp::*;
    match plain(op) {
        FloorDivide | Modulo => Err(vm.divide_by_zero()),
        TrueDivide if b == 0 => Err(vm.divide_by_zero()),
        TrueDivide => vm.new_float(a as f64 / b as f64),
        Lshift | Rshift if b < 0 => Err(vm.negative_shift()),
        Lshift => {
            let shifted = a.checked_shl(b.min(1 << 20) as u32).filter(|shifted| shifted >> b == a);
            match shifted {
                Some(shifted) => vm.new_int(shifted),
                None => binary_big(vm, Lshift, &IBig::from(a), &IBig::from(b)),
            }
        }
        Rshift => vm.new_int(a >> b.min(isize::BITS as isize - 1)),
        Power if b < 0 => match float::binary(vm, Power, a as f64, b as f64)? {
            Some(power) => Ok(power),
            None => Err(vm.divide_by_zero()),
        },
        Power => match u32::try_from(b).ok().and_then(|b| a.checked_pow(b)) {
            Some(power) => vm.new_int(power),
            None => binary_big(vm, Power, &IBig::from(a), &IBig::from(b)),
        },
        plain => {
            let (a, b) = (Obj::small_int_wrapping(a), Obj::small_int_wrapping(b));
            match plain {
                In => Ok(Obj::bool(vm.contains(b, a)?)),
                ExceptionMatch => Ok(Obj::bool(vm.exception_matches(a, b)?)),
                _ => Err(vm.unsupported_binary(op, a, b)),
            }
        }
    }
}

/// `a // b` for `b` other than 0.
fn floor_divide(a: isize, b: isize) -> isize {
    let quotient = a.wrapping_div(b);
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// `a % b` for `b` other than 0.
fn modulo(a: isize, b: isize) -> isize {
    let remainder = a.wrapping_rem(b);
    if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder }
}

/// Quotient and remainder of numbers, `b` other than 0, rounded down.
fn divide_big(a: &IBig, b: &IBig) -> (IBig, IBig) {
    use dashu_int::ops::DivRem;
    let (quotient, remainder) = a.div_rem(b);
    if !remainder.is_zero() && (remainder.sign() == Sign::Negative) != (b.sign() == Sign::Negative) {
        (quotient - IBig::ONE, remainder + b)
    } else {
        (quotient, remainder)
    }
}

/// The bits of a number's magnitude.
fn bits_of(value: &IBig) -> usize {
    value.as_sign_words().1.len() * Word::BITS as usize
}

#[inline(never)]
fn binary_big(vm: &Vm, op: BinaryOp, a: &IBig, b: &IBig) -> Res {
    use BinaryOp::*;
    let result = match plain(op) {
        Add => a + b,
        Subtract => a - b,
        Multiply => {
            vm.room_for_bits(bits_of(a).saturating_add(bits_of(b)))?;
            a * b
        }
        FloorDivide | Modulo | TrueDivide if b.is_zero() => return Err(vm.divide_by_zero()),
        FloorDivide => divide_big(a, b).0,
        Modulo => divide_big(a, b).1,
        TrueDivide => return vm.new_float(a.to_f64().value() / b.to_f64().value()),
        And => a & b,
        Or => a | b,
        Xor => a ^ b,
        Lshift | Rshift => {
            if b.sign() == Sign::Negative && !b.is_zero() {
                return Err(vm.negative_shift());
            }
            let Ok(count) = usize::try_from(b) else {
                return Err(vm.overflow_error(format_args!("overflow converting long int to machine word")));
            };
            if plain(op) == Rshift {
                a >> count
            } else if a.is_zero() {
                IBig::ZERO
            } else {
                vm.room_for_bits(bits_of(a).saturating_add(count))?;
                a << count
            }
        }
        Power => return power(vm, a, b),
        op if is_comparison(op) => return Ok(Obj::bool(holds(op, a.cmp(b)))),
        _ => return Err(vm.type_error(format_args!("unsupported type for operator"))),
    };
    vm.new_big(&result)
}

fn power(vm: &Vm, base: &IBig, exponent: &IBig) -> Res {
    if exponent.sign() == Sign::Negative && !exponent.is_zero() {
        let power = float::binary(vm, BinaryOp::Power, base.to_f64().value(), exponent.to_f64().value())?;
        return Ok(power.unwrap_or(Obj::NONE));
    }
    if base.is_zero() || base.is_one() {
        return vm.new_big(&if exponent.is_zero() { IBig::ONE } else { base.clone() });
    }
    let Ok(exponent) = usize::try_from(exponent) else {
        return match (base == &IBig::NEG_ONE, exponent.bit(0)) {
            (true, odd) => Ok(Obj::small_int_wrapping(if odd { -1 } else { 1 })),
            (false, _) => Err(vm.memory_error(usize::MAX)),
        };
    };
    if base != &IBig::NEG_ONE {
        let bits = dashu_int::ops::BitTest::bit_len(base);
        vm.room_for_bits(bits.saturating_mul(exponent))?;
    }
    vm.new_big(&base.pow(exponent))
}

/// `pow(base, exponent, modulus)`
///
/// # Errors
/// `TypeError` if they are not all ints, `ValueError` for a modulus of 0.
pub fn pow3(vm: &Vm, base: Obj, exponent: Obj, modulus: Obj) -> Res {
    let (Some(base), Some(mut exponent), Some(modulus)) = (vm.big(base), vm.big(exponent), vm.big(modulus)) else {
        return Err(vm.type_error(format_args!("pow() with 3 arguments requires integers")));
    };
    if modulus.is_zero() {
        return Err(vm.value_error(format_args!("divide by zero")));
    }
    if exponent.sign() == Sign::Negative && !exponent.is_zero() {
        return Err(vm.value_error(format_args!("negative exponent in pow() with 3 arguments")));
    }
    let mut result = divide_big(&IBig::ONE, &modulus).1;
    let mut square = divide_big(&base, &modulus).1;
    while !exponent.is_zero() {
        if exponent.bit(0) {
            result = divide_big(&(&result * &square), &modulus).1;
        }
        exponent >>= 1;
        square = divide_big(&(&square * &square), &modulus).1;
    }
    vm.new_big(&result)
}

use dashu_int::ops::BitTest;

fn make_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    let _ = ty;
    vm.check_args(args, 0, 2, false)?;
    match *args.pos() {
        [] => Ok(Obj::small_int_wrapping(0)),
        [value] => {
            if let Some(int) = vm.try_int(value)? {
                return Ok(int);
            }
            if let Some(value) = float::as_float(value) {
                return vm.int_of_float(value);
            }
            match vm.try_buffer(value, Access::Read)? {
                Some(text) => parse(vm, text.bytes(), 10),
                None => vm.to_int(value),
            }
        }
        [text, base, ..] => {
            let base = vm.int(base)?;
            let text = vm.str_or_bytes(text)?;
            parse(vm, text, base)
        }
    }
}

/// Reads a number in `base`, which is 2 to 36, or 0 to tell by a prefix.
///
/// # Errors
/// `ValueError` for a text that is no number, or another base.
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
    let mut small = 0isize;
    for (at, &byte) in number.iter().enumerate() {
        if byte == b'_' {
            continue;
        }
        let Some(digit) = char::from(byte).to_digit(base.max(2)).filter(|&digit| digit < base) else {
            return Err(not_a_number(vm, digits, base));
        };
        match small.checked_mul(base as isize).and_then(|small| small.checked_add(digit as isize)) {
            Some(next) => small = next,
            None => {
                return parse_big(vm, negative, number, at, base)
                    .unwrap_or_else(|| Err(not_a_number(vm, digits, base)));
            }
        }
    }
    vm.new_int(if negative { -small } else { small })
}

/// Reads a number that is too large for a word; `None` if it is none.
fn parse_big(vm: &Vm, negative: bool, number: &[u8], at: usize, base: u32) -> Option<Res> {
    if !number[at..].iter().all(|&byte| byte == b'_' || char::from(byte).is_digit(base)) {
        return None;
    }
    if let Err(raised) = vm.room_for_bits(number.len().saturating_mul(6)) {
        return Some(Err(raised));
    }
    let digits: alloc::string::String =
        number.iter().filter(|&&byte| byte != b'_').map(|&byte| char::from(byte)).collect();
    let value = IBig::from_str_radix(&digits, base).ok()?;
    Some(vm.new_big(&if negative { -value } else { value }))
}

/// Finds out the base and what follows the prefix. Base 1 stands for a number that starts with 0 where that is no octal number:
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
fn not_a_number(vm: &Vm, text: &[u8], base: u32) -> crate::error::Raised {
    let mut quoted = alloc::vec::Vec::new();
    match super::str::print_quoted(vm, &mut quoted, text, true) {
        Ok(()) => {
            let base = if base == 1 { 0 } else { base };
            let quoted = alloc::string::String::from_utf8_lossy(&quoted);
            vm.value_error(format_args!("invalid syntax for integer with base {base}: {quoted}"))
        }
        Err(raised) => raised,
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    match object.downcast::<Int>() {
        Some(int) => vm.print_fmt(out, format_args!("{}", int.value())),
        None => vm.print_fmt(out, format_args!("{}", object.as_small_int().unwrap_or(0))),
    }
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let Some(int) = object.downcast::<Int>() else {
        // `Vm::unary_op` does what changes a small int.
        return Ok(match op {
            UnaryOp::Bool => Some(Obj::bool(object != Obj::small_int_wrapping(0))),
            UnaryOp::Hash | UnaryOp::Int | UnaryOp::Positive => Some(object),
            UnaryOp::Sizeof => Some(Obj::small_int_wrapping(size_of::<Obj>() as isize)),
            _ => None,
        });
    };
    let value = match op {
        UnaryOp::Bool => return Ok(Some(Obj::TRUE)),
        UnaryOp::Hash => return Ok(Some(crate::ops::hash::to_obj(int.low_word()))),
        UnaryOp::Int | UnaryOp::Positive => return Ok(Some(object)),
        UnaryOp::Sizeof => {
            let size = size_of::<Int>() + size_of_val(int.words());
            return Ok(Some(Obj::small_int_wrapping(size as isize)));
        }
        UnaryOp::Negative => -int.value(),
        UnaryOp::Invert => !int.value(),
        UnaryOp::Abs if !int.is_negative() => return Ok(Some(object)),
        UnaryOp::Abs => -int.value(),
        _ => return Ok(None),
    };
    vm.new_big(&value).map(Some)
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let Some(a) = vm.big(left) else { return Ok(None) };
    if let Some(b) = vm.big(right) {
        if is_comparison(op) || op as u8 >= BinaryOp::InplaceOr as u8 && plain(op) != BinaryOp::MatMultiply {
            return binary_big(vm, op, &a, &b).map(Some);
        }
        return Ok(None);
    }
    if let Some(b) = float::as_float(right) {
        if is_comparison(op) {
            return Ok(Some(Obj::bool(compare_float(&a, b).is_some_and(|order| holds(op, order)))));
        }
        return float::binary(vm, op, a.to_f64().value(), b);
    }
    if let Some((real, imaginary)) = super::complex::parts(right) {
        return super::complex::binary(vm, op, (a.to_f64().value(), 0.0), (real, imaginary));
    }
    if plain(op) == BinaryOp::Multiply && vm.is_repeatable(right) {
        return vm.binary_op(BinaryOp::Multiply, right, left).map(Some);
    }
    Ok(None)
}

fn compare_float(a: &IBig, b: f64) -> Option<Ordering> {
    a.to_f64().value().partial_cmp(&b)
}

/// Adds the digits of an integral object in `base` (2, 8, 10 or 16) to `out`, with `-` for a negative one: letters in upper case if
/// `upper` is set, and `separator` between groups of digits.
///
/// # Errors
/// `TypeError` if it is not integral.
pub fn digits(vm: &Vm, object: Obj, base: u32, upper: bool, separator: Option<u8>, out: &mut Builder) -> Res<()> {
    let int = vm.to_int(object)?;
    let start = out.bytes().len();
    match (int.as_small_int(), base) {
        (Some(value), 10) => vm.print_fmt(out, format_args!("{value}"))?,
        (Some(value), _) => {
            if value < 0 {
                out.push(vm, b'-')?;
            }
            let value = value.unsigned_abs();
            match base {
                2 => vm.print_fmt(out, format_args!("{value:b}"))?,
                8 => vm.print_fmt(out, format_args!("{value:o}"))?,
                _ => vm.print_fmt(out, format_args!("{value:x}"))?,
            }
        }
        (None, _) => {
            let value = vm.big(int).unwrap_or_default();
            match base {
                2 => vm.print_fmt(out, format_args!("{value:b}"))?,
                8 => vm.print_fmt(out, format_args!("{value:o}"))?,
                10 => vm.print_fmt(out, format_args!("{value}"))?,
                _ => vm.print_fmt(out, format_args!("{value:x}"))?,
            }
        }
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

fn is_little(vm: &Vm, order: Option<Obj>) -> bool {
    order.and_then(|order| vm.as_str(order)) == Some(b"little")
}

fn from_bytes(vm: &Vm, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 4, true)?;
    let order = args.pos().get(2).copied().or(args.keyword(q!("byteorder")));
    let signed = match args.keyword(q!("signed")) {
        Some(signed) => vm.truth(signed)?,
        None => false,
    };
    let bytes = vm.buffer(args.pos()[1], Access::Read)?.bytes();
    let little = is_little(vm, order);
    let negative = signed && (if little { bytes.last() } else { bytes.first() }).is_some_and(|byte| byte & 0x80 != 0);
    if bytes.len() < size_of::<usize>() {
        let fold = |value: usize, &byte: &u8| value << 8 | usize::from(byte);
        let value = if little { bytes.iter().rev().fold(0, fold) } else { bytes.iter().fold(0, fold) } as isize;
        return vm.new_int(if negative { value - (1 << (8 * bytes.len())) } else { value });
    }
    let value = IBig::from(if little { UBig::from_le_bytes(bytes) } else { UBig::from_be_bytes(bytes) });
    vm.new_big(&if negative { value - (IBig::ONE << (8 * bytes.len())) } else { value })
}

fn to_bytes(vm: &Vm, args: Args<'_>) -> Res {
    let [length, order, signed] = args.behind(1).by_name(vm, [q!("length"), q!("byteorder"), q!("signed")], 0)?;
    let length = match length {
        Some(length) => vm.int(length)?,
        None => 1,
    };
    let signed = match signed {
        Some(signed) => vm.truth(signed)?,
        None => false,
    };
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.error_with(&super::exception::VALUE_ERROR, &[]));
    };
    let mut out = Builder::with_capacity(vm, length)?;
    out.fill(vm, 0, length)?;
    write_bytes(vm, args.pos()[0], out.bytes_mut(), is_little(vm, order), signed, true)?;
    out.into_bytes(vm)
}

/// Writes an integral object as two's complement into all of `bytes`. If `check` is set, numbers that do not fit raise.
///
/// # Errors
/// `TypeError` if it is not integral; `OverflowError`.
pub fn write_bytes(vm: &Vm, object: Obj, bytes: &mut [u8], little: bool, signed: bool, check: bool) -> Res<()> {
    let int = vm.to_int(object)?;
    let negative = vm.int_is_negative(int);
    if check && negative && !signed {
        return Err(vm.overflow_error(format_args!("can't convert negative int to unsigned")));
    }
    let fill = if negative { 0xff } else { 0 };
    let mut fits = true;
    let mut put = |at: usize, byte: u8| match bytes.get_mut(at) {
        Some(slot) => *slot = byte,
        None => fits &= byte == fill,
    };
    let written = match int.as_small_int() {
        Some(value) => {
            let bytes = value.to_le_bytes();
            bytes.iter().enumerate().for_each(|(at, &byte)| put(at, byte));
            bytes.len()
        }
        None => {
            let bytes = vm.big(int).unwrap_or_default().to_le_bytes();
            bytes.iter().enumerate().for_each(|(at, &byte)| put(at, byte));
            bytes.len()
        }
    };
    if let Some(rest) = bytes.get_mut(written..) {
        rest.fill(fill);
    }
    let sign_bit = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    // Of no bytes at all there is no sign bit, and they hold 0 only.
    let wrong_sign = signed && sign_bit != negative;
    if check && (!fits || wrong_sign) {
        let len = bytes.len();
        return Err(vm.overflow_error(format_args!("value would overflow a {len} byte buffer")));
    }
    if !little {
        bytes.reverse();
    }
    Ok(())
}
