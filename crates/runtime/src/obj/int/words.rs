//! Arithmetic on magnitudes: words, the least significant first, the last of them not 0. Results go to memory of the caller's, so that
//! they can be computed where they stay.

use core::cmp::Ordering;

use dashu_int::Word;

/// Twice a word.
#[cfg(target_pointer_width = "64")]
type Double = u128;
#[cfg(not(target_pointer_width = "64"))]
type Double = u64;

const _: () = assert!(size_of::<Word>() == size_of::<usize>() && size_of::<Double>() == 2 * size_of::<Word>());

/// Which of two magnitudes is greater.
pub fn compare(a: &[Word], b: &[Word]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `a + b` in `sum`, which is as long as `a`, the longer of the two. Answers whether there is one more word, a 1.
pub fn add(sum: &mut [Word], a: &[Word], b: &[Word]) -> bool {
    let (low, high) = a.split_at(b.len());
    let (sum_low, sum_high) = sum.split_at_mut(b.len());
    let mut carry = false;
    for ((sum, a), b) in sum_low.iter_mut().zip(low).zip(b) {
        (*sum, carry) = a.carrying_add(*b, carry);
    }
    for (sum, a) in sum_high.iter_mut().zip(high) {
        (*sum, carry) = a.overflowing_add(carry.into());
    }
    carry
}

/// `a - b` in `difference`, which is as long as `a`, the greater of the two.
pub fn subtract(difference: &mut [Word], a: &[Word], b: &[Word]) {
    let (low, high) = a.split_at(b.len());
    let (difference_low, difference_high) = difference.split_at_mut(b.len());
    let mut borrow = false;
    for ((difference, a), b) in difference_low.iter_mut().zip(low).zip(b) {
        (*difference, borrow) = a.borrowing_sub(*b, borrow);
    }
    for (difference, a) in difference_high.iter_mut().zip(high) {
        (*difference, borrow) = a.overflowing_sub(borrow.into());
    }
}

/// `a * b` in `product`, which is zero, and as long as both together, or one word shorter if the product is.
pub fn multiply(product: &mut [Word], a: &[Word], b: &[Word]) {
    for (at, b) in b.iter().enumerate() {
        let mut carry = 0;
        let (row, above) = product[at..].split_at_mut(a.len());
        for (word, a) in row.iter_mut().zip(a) {
            (*word, carry) = a.carrying_mul_add(*b, *word, carry);
        }
        if let Some(above) = above.first_mut() {
            *above = carry;
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;
    use dashu_int::UBig;
    use proptest::prelude::*;

    /// Magnitudes of up to eight words, with many that are all zeros or ones.
    fn magnitude() -> impl Strategy<Value = Vec<Word>> {
        let word = prop_oneof![Just(0), Just(Word::MAX), Just(1), Just(Word::MAX << 1), any::<Word>()];
        prop::collection::vec(word, 0..8).prop_map(trimmed)
    }

    fn trimmed(mut words: Vec<Word>) -> Vec<Word> {
        while words.last() == Some(&0) {
            words.pop();
        }
        words
    }

    proptest! {
        #[test]
        fn results_are_those_of_dashu(a in magnitude(), b in magnitude(), quotient in any::<Word>()) {
            let (x, y) = (UBig::from_words(&a), UBig::from_words(&b));
            prop_assert_eq!(compare(&a, &b), x.cmp(&y));
            let (long, short) = if x >= y { (&a, &b) } else { (&b, &a) };
            let mut words = vec![0; long.len()];
            if add(&mut words, long, short) {
                words.push(1);
            }
            prop_assert_eq!(UBig::from_words(&words), &x + &y);
            let mut words = vec![0; long.len()];
            subtract(&mut words, long, short);
            prop_assert_eq!(UBig::from_words(&words) + x.clone().min(y.clone()), x.clone().max(y.clone()));
            let product = &x * &y;
            for len in [a.len() + b.len(), product.as_words().len().max((a.len() + b.len()).saturating_sub(1))] {
                let mut words = vec![0; len];
                multiply(&mut words, &a, &b);
                prop_assert_eq!(&UBig::from_words(&words), &product);
            }
            if !b.is_empty() {
                for dividend in [&y * quotient, &y * quotient + UBig::ONE, &y * quotient + &y - UBig::ONE] {
                    let expected = (&dividend / &y, &dividend % &y != UBig::ZERO);
                    let found = divide_to_word(dividend.as_words(), &b);
                    prop_assert_eq!(found.map(|(found, remains)| (UBig::from(found), remains)), Some(expected));
                }
                if let Some((found, remains)) = divide_to_word(&a, &b) {
                    prop_assert_eq!((UBig::from(found), remains), (&x / &y, &x % &y != UBig::ZERO));
                }
            }
        }
    }
}
