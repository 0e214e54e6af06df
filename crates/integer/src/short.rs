//! Quotients that fit a word, without memory for a remainder.

use crate::{Double, Word};

/// `a // b` and whether something remains, if the quotient fits a word; `b` is not 0. The first words of both give an estimate, which is too
/// great by one at most.
pub fn divide_to_word(a: &[Word], b: &[Word]) -> Option<(Word, bool)> {
    let n = b.len();
    if a.len() < n {
        return Some((0, !a.is_empty()));
    }
    if a.len() > n + 1 {
        return None;
    }
    // The first words as if the first bit of `b` were set.
    let shift = b[n - 1].leading_zeros();
    let word = |words: &[Word], at: usize| {
        let get = |at: usize| Double::from(words.get(at).copied().unwrap_or(0));
        (((get(at) << Word::BITS | get(at.wrapping_sub(1))) << shift) >> Word::BITS) as Word
    };
    let (b1, b0) = (word(b, n - 1), word(b, n.wrapping_sub(2)));
    let (a2, a1, a0) = (word(a, n), word(a, n - 1), word(a, n.wrapping_sub(2)));
    if a2 >= b1 || a.get(n).is_some_and(|first| first.leading_zeros() < shift) {
        return None;
    }
    let first = Double::from(a2) << Word::BITS | Double::from(a1);
    let (mut quotient, mut rest) = (first / Double::from(b1), first % Double::from(b1));
    while rest >> Word::BITS == 0 && quotient * Double::from(b0) > (rest << Word::BITS | Double::from(a0)) {
        quotient -= 1;
        rest += Double::from(b1);
    }
    let mut quotient = quotient as Word;
    loop {
        match remains(a, b, quotient) {
            Some(remains) => return Some((quotient, remains)),
            None => quotient -= 1,
        }
    }
}

/// Whether `a - quotient * b` is more than 0; `None` if it is less. `a` is as long as `b` or one word longer.
fn remains(a: &[Word], b: &[Word], quotient: Word) -> Option<bool> {
    let (mut carry, mut borrow, mut bits) = (0, false, 0);
    let (low, high) = a.split_at(b.len());
    for (a, b) in low.iter().zip(b) {
        let (product, difference);
        (product, carry) = b.carrying_mul(quotient, carry);
        (difference, borrow) = a.borrowing_sub(product, borrow);
        bits |= difference;
    }
    let (difference, borrow) = high.first().copied().unwrap_or(0).borrowing_sub(carry, borrow);
    if borrow { None } else { Some(bits | difference != 0) }
}
