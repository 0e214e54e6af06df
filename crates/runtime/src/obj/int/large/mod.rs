//! Ints that do not fit a word: objects that hold their magnitude, least significant word first, as `berus_integer`
//! takes it.
//!
//! Results are computed where they stay, and the scratch memory of a calculation is a block of the heap, too. So there
//! is a `MemoryError` before any time is spent on a number that does not fit. Long calculations count their words as
//! work, and leave their operands as they are if counting raises an exception.

mod arithmetic;
mod memory;
mod text;

use berus_integer::{Number, Word, bit_len, float_words, read_bytes, trim};

use crate::model::error::Res;
use crate::model::object::{Header, Object};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::int::TYPE;
pub use crate::obj::int::large::arithmetic::{binary, pow3, unary};
use crate::obj::int::large::memory::{build, new_number, working};
pub use crate::obj::int::large::text::{parse, print};

/// An int that is an object. The words of its magnitude follow the structure.
#[repr(C)]
struct Int {
    header: Header,
    /// How many words the magnitude has, negated for a negative number.
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
}

/// Sign and magnitude of `object`, an int. The magnitude of a small int is put into `small`.
#[cfg_attr(not(feature = "small"), inline(always))]
fn number(object: Obj, small: &mut Word) -> Option<Number<'_>> {
    let Some(value) = object.as_small_int() else {
        let int = object.downcast::<Int>()?;
        // SAFETY: the words do not change, and the slice of them keeps the object alive for the collector.
        let words = unsafe { core::slice::from_raw_parts(int.words().as_ptr(), int.words().len()) };
        return Some(Number { negative: int.is_negative(), words });
    };
    *small = value.unsigned_abs() as Word;
    Some(Number { negative: value < 0, words: if value == 0 { &[] } else { core::slice::from_ref(small) } })
}

/// Sign and magnitude as of [`number`], for ints and bools.
fn number_or_bool(object: Obj, small: &mut Word) -> Option<Number<'_>> {
    let object = object.as_bool().map_or(object, |truth| Obj::small_int_wrapping(truth.into()));
    number(object, small)
}

/// The int of this sign and magnitude, which may be a small int.
///
/// # Errors
/// `MemoryError`.
pub fn new(vm: &Vm, negative: bool, magnitude: u64) -> Res {
    let words = [magnitude as Word, (magnitude >> 32 >> (Word::BITS - 32)) as Word];
    new_number(vm, Number { negative, words: trim(&words) })
}

/// The int that is the whole part of a finite float.
///
/// # Errors
/// `MemoryError`.
pub fn from_float(vm: &Vm, value: f64) -> Res {
    new_number(vm, Number { negative: value < 0.0, words: trim(&float_words(value)) })
}

/// Whether `object` is a large int.
pub fn is_large(object: Obj) -> bool {
    object.downcast::<Int>().is_some()
}

/// A large int as a machine word with sign, if it fits one.
pub fn to_isize(object: Obj) -> Option<isize> {
    let int = object.downcast::<Int>()?;
    let [word] = *int.words() else { return None };
    if int.is_negative() { 0_isize.checked_sub_unsigned(word as usize) } else { isize::try_from(word).ok() }
}

/// The float nearest to a large int, infinite if the int is too large.
pub fn to_float(object: Obj) -> Option<f64> {
    let int = object.downcast::<Int>()?;
    Some(Number { negative: int.is_negative(), words: int.words() }.to_f64())
}

/// Whether `object` is a negative large int.
pub fn is_negative(object: Obj) -> bool {
    object.downcast::<Int>().is_some_and(|int| int.is_negative())
}

/// The low bits of a large int, as two's complement.
pub fn low_word(object: Obj) -> Option<usize> {
    let int = object.downcast::<Int>()?;
    let low = int.words().first().copied().unwrap_or(0) as usize;
    Some(if int.is_negative() { low.wrapping_neg() } else { low })
}

/// The number that `bytes` hold, as two's complement if the number is `negative`.
///
/// # Errors
/// `MemoryError`, and what [`Vm::work`] raises.
pub fn from_bytes(vm: &Vm, bytes: &[u8], little: bool, negative: bool) -> Res {
    build(vm, bytes.len().div_ceil(size_of::<Word>()), 0, |words, _, work| {
        read_bytes(words, bytes, little, negative, work)?;
        Ok(negative)
    })
}

/// Writes an int as two's complement to `bytes`, least significant first. Answers whether all bits of its magnitude
/// fit.
///
/// # Errors
/// What [`Vm::work`] raises.
pub fn write_bytes(vm: &Vm, object: Obj, bytes: &mut [u8]) -> Res<bool> {
    let mut small = 0;
    let Some(number) = number(object, &mut small) else { return Ok(false) };
    working(vm, |work| berus_integer::write_bytes(number, bytes, work))?;
    Ok(bit_len(number.words) <= bytes.len().saturating_mul(8))
}
