//! Numbers as bytes, in two's complement.

use crate::bits::complement;
use crate::work::PIECE;
use crate::{Number, Stopped, Word, Work};

const BYTES: usize = size_of::<Word>();

/// The magnitude of what `bytes` are, the least significant first if `little` is set, in all of `words`: one for as many bytes as a word has, or a part of
/// them. They are two's complement of a number below 0 if `negative` is set.
///
/// # Errors
/// If the work is to stop.
pub fn read_bytes(
    words: &mut [Word],
    bytes: &[u8],
    little: bool,
    negative: bool,
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    let fill = if negative { 0xff } else { 0 };
    let mut carry = true;
    for (number, piece) in words.chunks_mut(PIECE).enumerate() {
        for (at, word) in piece.iter_mut().enumerate() {
            let start = (number * PIECE + at) * BYTES;
            let mut digits = [fill; BYTES];
            let len = BYTES.min(bytes.len() - start);
            if little {
                digits[..len].copy_from_slice(&bytes[start..][..len]);
            } else {
                let end = bytes.len() - start;
                digits[BYTES - len..].copy_from_slice(&bytes[end - len..end]);
                digits.reverse();
            }
            *word = complement(Word::from_le_bytes(digits), negative, &mut carry);
        }
        work.count(piece.len())?;
    }
    Ok(())
}

/// Writes as much of `number` as there is room for to `bytes`, the least significant first.
///
/// # Errors
/// If the work is to stop.
pub fn write_bytes(number: Number<'_>, bytes: &mut [u8], work: &mut Work<'_>) -> Result<(), Stopped> {
    let mut carry = true;
    let mut words = number.words.iter().copied().chain(core::iter::repeat(0));
    for piece in bytes.chunks_mut(PIECE * BYTES) {
        for (bytes, word) in piece.chunks_mut(BYTES).zip(&mut words) {
            let word = complement(word, number.negative, &mut carry);
            bytes.copy_from_slice(&word.to_le_bytes()[..bytes.len()]);
        }
        work.count(piece.len() / BYTES)?;
    }
    Ok(())
}
