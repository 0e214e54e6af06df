//! Arithmetic on whole numbers of any size: what MicroPython's compiler and interpreter compute with beyond a machine word.
//!
//! A number's magnitude is a slice of [`Word`]s, the least significant first; a [`Number`] is a magnitude and a sign. Nothing here
//! allocates: who wants a result asks for the [`Room`] that it takes, finds that much memory where the result is to stay, and has it
//! computed there. So a number that cannot fit is known before any time is spent on it.
//!
//! Long calculations count what they do in [`Work`], which asks every so often whether to go on. One that is stopped has changed
//! nothing but the memory for its result.
//!
//! ```
//! use berus_integer::{Number, Operation, Work, trim};
//!
//! let (ten, exponent) = (Number::positive(&[10]), Number::positive(&[30]));
//! let room = Operation::Power.room(ten, exponent);
//! let (mut result, mut scratch) = (vec![0; room.result], vec![0; room.scratch]);
//! let mut look = |_words| Ok(());
//! let negative = Operation::Power.compute(ten, exponent, &mut result, &mut scratch, &mut Work::new(&mut look)).unwrap();
//! assert!(!negative);
//! assert_eq!(Number::positive(trim(&result)).to_f64(), 1e30);
//! ```

#![no_std]
#![forbid(unsafe_code)]

mod bits;
mod bytes;
mod divide;
mod float;
mod logarithm;
mod modular;
mod multiply;
mod operation;
mod power;
pub mod radix;
mod short;
pub mod words;
mod work;

pub use bytes::{read_bytes, write_bytes};
pub use float::float_words;
pub use modular::{power_modulo, power_modulo_room};
pub use operation::{Number, Operation, Room};
pub use short::divide_to_word;
pub use work::{Stopped, Work};

/// A digit of a number: a machine word.
#[cfg(target_pointer_width = "64")]
pub type Word = u64;
/// A digit of a number: a machine word.
#[cfg(not(target_pointer_width = "64"))]
pub type Word = u32;

/// Two words.
#[cfg(target_pointer_width = "64")]
type Double = u128;
#[cfg(not(target_pointer_width = "64"))]
type Double = u64;

/// Bits of a word.
const BITS: usize = Word::BITS as usize;

/// The words without the zeros above the number.
#[inline]
pub fn trim(words: &[Word]) -> &[Word] {
    let len = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
    &words[..len]
}

/// How many bits a trimmed magnitude has.
#[inline]
pub fn bit_len(words: &[Word]) -> usize {
    words.last().map_or(0, |last| (words.len() * BITS).saturating_sub(last.leading_zeros() as usize))
}
