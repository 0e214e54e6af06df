//! Ints that do not fit a word: objects that hold their magnitude, least significant word first, as `dashu` has it.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use berus_mpy::opcode::BinaryOp;
use dashu_int::ops::{BitTest, DivRem};
use dashu_int::{IBig, Sign, UBig, Word};

use super::{TYPE, words};
use crate::error::Res;
use crate::obj::float;
use crate::object::{Gc, Header, Object};
use crate::ops::arithmetic::plain;
use crate::ops::compare::{holds, is_comparison};
use crate::ops::print::Printer;
use crate::types::{Type, UnaryOp};
use crate::vm::Vm;
use crate::word::Obj;

/// An int that is an object. Its words follow it.
#[repr(C)]
struct Int {
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
    fn value(&self) -> IBig {
        IBig::from_parts(Sign::from(self.is_negative()), UBig::from_words(self.words()))
    }
}

/// A number that an operator is used on: its sign and magnitude.
#[derive(Clone, Copy)]
struct Operand<'a> {
    negative: bool,
    words: &'a [Word],
}

impl<'a> Operand<'a> {
    /// That of `object`, an int; `small` is where the magnitude of one that is no object is put.
    #[inline(always)]
    fn of(object: Obj, small: &'a mut Word) -> Option<Operand<'a>> {
        let Some(value) = object.as_small_int() else {
            let int = object.downcast::<Int>()?;
            // SAFETY: the words do not change, and keep the object alive for the collector.
            let words = unsafe { core::slice::from_raw_parts(int.words().as_ptr(), int.words().len()) };
            return Some(Operand { negative: int.is_negative(), words });
        };
        *small = value.unsigned_abs() as Word;
        Some(Operand { negative: value < 0, words: if value == 0 { &[] } else { core::slice::from_ref(small) } })
    }

    fn cmp(self, other: Operand<'_>) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => words::compare(self.words, other.words),
            (true, true) => words::compare(other.words, self.words),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

/// The int whose magnitude `fill` puts into `len` words, which are zero.
fn build(vm: &Vm, negative: bool, len: usize, fill: impl FnOnce(&mut [Word])) -> Res {
    let bytes = |len: usize| len.saturating_mul(size_of::<Word>());
    let int = vm.alloc_tail(Int { header: Header::of(&TYPE), signed_len: 0 }, bytes(len))?.as_ptr();
    // SAFETY: the block is new, and its tail has room for the words.
    let words = unsafe {
        let words = int.add(1).cast::<Word>();
        words.write_bytes(0, len);
        core::slice::from_raw_parts_mut(words.as_ptr(), len)
    };
    fill(words);
    let used = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
    if let Some(small) = small(negative, &words[..used]) {
        // SAFETY: nobody else knows the block.
        unsafe { vm.free(int) };
        return Ok(small);
    }
    // SAFETY: nobody else knows the block, which does not move when it becomes smaller.
    unsafe {
        (&raw mut (*int.as_ptr()).signed_len).write(if negative { -(used as isize) } else { used as isize });
        if used < len {
            vm.resize_bytes(int.cast(), size_of::<Int>() + bytes(len), size_of::<Int>() + bytes(used))?;
        }
        Ok(Gc::from_ptr(int).obj())
    }
}

/// The small int with this sign and magnitude, if it is one.
fn small(negative: bool, words: &[Word]) -> Option<Obj> {
    let value = match *words {
        [] => 0,
        [word] => isize::try_from(word).ok()?,
        _ => return None,
    };
    Obj::small_int(if negative { -value } else { value })
}

/// Most words of the shorter factor for which nothing is better than to multiply word by word.
const FEW: usize = 16;

/// An operator that is often used on ints, computed where the result stays; `None` for others.
#[inline(always)]
fn quick(vm: &Vm, op: BinaryOp, a: Operand<'_>, b: Operand<'_>) -> Res<Option<Obj>> {
    let result = match op {
        BinaryOp::Add => sum(vm, a, b)?,
        BinaryOp::Subtract => sum(vm, a, Operand { negative: !b.negative, ..b })?,
        BinaryOp::Multiply if a.words.len().min(b.words.len()) <= FEW => {
            let (long, short) = if a.words.len() < b.words.len() { (b.words, a.words) } else { (a.words, b.words) };
            let (Some(last), Some(other)) = (long.last(), short.last()) else {
                return Ok(Some(Obj::small_int_wrapping(0)));
            };
            // As long as both together, or one word less, as their first words tell.
            let less = usize::from(last.leading_zeros() + other.leading_zeros() >= Word::BITS);
            let len = long.len() + short.len() - less;
            build(vm, a.negative != b.negative, len, |product| words::multiply(product, long, short))?
        }
        BinaryOp::FloorDivide if !b.words.is_empty() => {
            let Some((quotient, remains)) = words::divide_to_word(a.words, b.words) else { return Ok(None) };
            let negative = a.negative != b.negative;
            let (quotient, carry) = quotient.overflowing_add((negative && remains).into());
            match small(negative, &[quotient]) {
                Some(small) if !carry => small,
                _ => build(vm, negative, 2, |words| words.copy_from_slice(&[quotient, carry.into()]))?,
            }
        }
        op if is_comparison(op) => Obj::bool(holds(op, a.cmp(b))),
        _ => return Ok(None),
    };
    Ok(Some(result))
}

fn sum(vm: &Vm, a: Operand<'_>, b: Operand<'_>) -> Res {
    let order = words::compare(a.words, b.words);
    let (great, less) = if order.is_lt() { (b, a) } else { (a, b) };
    if a.negative != b.negative {
        return build(vm, great.negative, great.words.len(), |words| words::subtract(words, great.words, less.words));
    }
    let len = great.words.len();
    let mut carry = false;
    let sum = build(vm, great.negative, len, |words| carry = words::add(words, great.words, less.words))?;
    if !carry {
        return Ok(sum);
    }
    build(vm, great.negative, len + 1, |words| {
        words[len] = 1;
        words::add(&mut words[..len], great.words, less.words);
    })
}

/// The number that an int or bool is, to compute with.
fn big(object: Obj) -> Option<IBig> {
    match (object.as_small_int(), object.as_bool()) {
        (Some(value), _) => Some(IBig::from(value)),
        (_, Some(truth)) => Some(IBig::from(u8::from(truth))),
        _ => Some(object.downcast::<Int>()?.value()),
    }
}

/// The int `value`, which may be small.
///
/// # Errors
/// `MemoryError`.
pub fn new(vm: &Vm, value: impl Into<IBig>) -> Res {
    new_big(vm, &value.into())
}

fn new_big(vm: &Vm, value: &IBig) -> Res {
    if let Ok(value) = isize::try_from(value)
        && let Some(small) = Obj::small_int(value)
    {
        return Ok(small);
    }
    let (sign, words) = value.as_sign_words();
    let len = words.len() as isize;
    let object = Int { header: Header::of(&TYPE), signed_len: if sign == Sign::Negative { -len } else { len } };
    let int = vm.alloc_tail(object, size_of_val(words))?;
    // SAFETY: the tail behind the object has room for the words.
    unsafe { int.as_ptr().add(1).cast::<Word>().as_ptr().copy_from_nonoverlapping(words.as_ptr(), words.len()) };
    Ok(int.obj())
}

/// The whole part of a number that is finite.
///
/// # Errors
/// `MemoryError`.
pub fn from_float(vm: &Vm, value: f64) -> Res {
    new_big(vm, &IBig::try_from(value).unwrap_or_default())
}

/// Whether `object` is a large int.
pub fn is_large(object: Obj) -> bool {
    object.downcast::<Int>().is_some()
}

/// The number as a machine word with sign, if it fits.
pub fn to_isize(object: Obj) -> Option<isize> {
    isize::try_from(&object.downcast::<Int>()?.value()).ok()
}

/// The nearest float, infinite if the number is too large.
pub fn to_float(object: Obj) -> Option<f64> {
    Some(object.downcast::<Int>()?.value().to_f64().value())
}

/// Whether the number is negative.
pub fn is_negative(object: Obj) -> bool {
    object.downcast::<Int>().is_some_and(|int| int.is_negative())
}

/// The low bits of the number, as two's complement.
pub fn low_word(object: Obj) -> Option<usize> {
    let int = object.downcast::<Int>()?;
    let low = int.words().first().copied().unwrap_or(0) as usize;
    Some(if int.is_negative() { low.wrapping_neg() } else { low })
}

/// A unary operator on a large int.
///
/// # Errors
/// `MemoryError`.
pub fn unary(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let Some(int) = object.downcast::<Int>() else { return Ok(None) };
    let value = match op {
        UnaryOp::Bool => return Ok(Some(Obj::TRUE)),
        UnaryOp::Hash => return Ok(low_word(object).map(crate::ops::hash::to_obj)),
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
    new_big(vm, &value).map(Some)
}

/// Checks that a number of `bits` bits would fit the heap, before it is computed outside of it.
fn room_for_bits(vm: &Vm, bits: usize) -> Res<()> {
    if bits > 1 << 12 {
        let block = vm.alloc_bytes(bits / 8)?;
        // SAFETY: the block is new and nobody knows it.
        unsafe { vm.free(block) };
    }
    Ok(())
}

/// Quotient and remainder of numbers, `b` other than 0, rounded down.
fn divide_big(a: &IBig, b: &IBig) -> (IBig, IBig) {
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

/// A binary operator on two ints or bools.
///
/// # Errors
/// `ZeroDivisionError`, `ValueError`, `OverflowError`, and `MemoryError` for a result that does not fit the heap.
pub fn binary(vm: &Vm, op: BinaryOp, a: Obj, b: Obj) -> Res {
    if a.as_bool().is_some() || b.as_bool().is_some() {
        let number = |object: Obj| object.as_bool().map_or(object, |truth| Obj::small_int_wrapping(truth.into()));
        return vm.binary_op(op, number(a), number(b));
    }
    let (mut small_a, mut small_b) = (0, 0);
    if let (Some(a), Some(b)) = (Operand::of(a, &mut small_a), Operand::of(b, &mut small_b))
        && let Some(result) = quick(vm, plain(op), a, b)?
    {
        return Ok(result);
    }
    binary_of_numbers(vm, op, a, b)
}

#[inline(never)]
fn binary_of_numbers(vm: &Vm, op: BinaryOp, a: Obj, b: Obj) -> Res {
    use BinaryOp::*;
    let (Some(a), Some(b)) = (&big(a), &big(b)) else { return Err(vm.unsupported_binary(op, a, b)) };
    let result = match plain(op) {
        Add => a + b,
        Subtract => a - b,
        Multiply => {
            room_for_bits(vm, bits_of(a).saturating_add(bits_of(b)))?;
            a * b
        }
        FloorDivide | Modulo | TrueDivide if b.is_zero() => return Err(vm.divide_by_zero()),
        FloorDivide => divide_big(a, b).0,
        Modulo => divide_big(a, b).1,
        TrueDivide => return float_result(vm, op, a, b),
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
                room_for_bits(vm, bits_of(a).saturating_add(count))?;
                a << count
            }
        }
        Power => return power(vm, op, a, b),
        op if is_comparison(op) => return Ok(Obj::bool(holds(op, a.cmp(b)))),
        _ => return Err(vm.type_error(format_args!("unsupported type for operator"))),
    };
    new_big(vm, &result)
}

/// An operator whose result is a float.
fn float_result(vm: &Vm, op: BinaryOp, a: &IBig, b: &IBig) -> Res {
    match float::binary(vm, op, a.to_f64().value(), b.to_f64().value())? {
        Some(value) => Ok(value),
        None => Err(vm.unsupported_binary(op, new_big(vm, a)?, new_big(vm, b)?)),
    }
}

fn power(vm: &Vm, op: BinaryOp, base: &IBig, exponent: &IBig) -> Res {
    if exponent.sign() == Sign::Negative && !exponent.is_zero() {
        return float_result(vm, op, base, exponent);
    }
    if base.is_zero() || base.is_one() {
        return new_big(vm, &if exponent.is_zero() { IBig::ONE } else { base.clone() });
    }
    let Ok(exponent) = usize::try_from(exponent) else {
        return match (base == &IBig::NEG_ONE, exponent.bit(0)) {
            (true, odd) => Ok(Obj::small_int_wrapping(if odd { -1 } else { 1 })),
            (false, _) => Err(vm.memory_error(usize::MAX)),
        };
    };
    if base != &IBig::NEG_ONE {
        let bits = BitTest::bit_len(base);
        room_for_bits(vm, bits.saturating_mul(exponent))?;
    }
    new_big(vm, &base.pow(exponent))
}

/// `pow(base, exponent, modulus)`
///
/// # Errors
/// `TypeError` if they are not all ints, `ValueError` for a modulus of 0, and as [`Vm::poll`], since large numbers take long.
pub fn pow3(vm: &Vm, base: Obj, exponent: Obj, modulus: Obj) -> Res {
    let (Some(base), Some(mut exponent), Some(modulus)) = (big(base), big(exponent), big(modulus)) else {
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
        vm.poll()?;
        if exponent.bit(0) {
            result = divide_big(&(&result * &square), &modulus).1;
        }
        exponent >>= 1;
        square = divide_big(&(&square * &square), &modulus).1;
    }
    new_big(vm, &result)
}

/// Reads digits of `base`, with `_` between them.
///
/// # Errors
/// `MemoryError`.
pub fn parse(vm: &Vm, negative: bool, digits: &[u8], base: u32) -> Res {
    room_for_bits(vm, digits.len().saturating_mul(6))?;
    let digits: String = digits.iter().filter(|&&byte| byte != b'_').map(|&byte| char::from(byte)).collect();
    let value = IBig::from_str_radix(&digits, base).unwrap_or_default();
    new_big(vm, &if negative { -value } else { value })
}

/// Prints the digits of the number in `base`: 2, 8, 10 or 16.
///
/// # Errors
/// What writing raises.
pub fn print(vm: &Vm, object: Obj, base: u32, out: &mut dyn Printer) -> Res<()> {
    let value = big(object).unwrap_or_default();
    match base {
        2 => vm.print_fmt(out, format_args!("{value:b}")),
        8 => vm.print_fmt(out, format_args!("{value:o}")),
        10 => vm.print_fmt(out, format_args!("{value}")),
        _ => vm.print_fmt(out, format_args!("{value:x}")),
    }
}

/// The number that `bytes` are, as two's complement if it is `negative`.
///
/// # Errors
/// `MemoryError`.
pub fn from_bytes(vm: &Vm, bytes: &[u8], little: bool, negative: bool) -> Res {
    let value = IBig::from(if little { UBig::from_le_bytes(bytes) } else { UBig::from_be_bytes(bytes) });
    new_big(vm, &if negative { value - (IBig::ONE << (8 * bytes.len())) } else { value })
}

/// The bytes of the number, as two's complement, least significant first.
pub fn to_le_bytes(object: Obj) -> Vec<u8> {
    big(object).unwrap_or_default().to_le_bytes().into_vec()
}
