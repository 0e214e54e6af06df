//! The offsets at which the verifier keeps a state: where the code starts, jump targets and handlers.
//!
//! A label has a number, by which its state is found.

use alloc::vec::Vec;

use crate::memory::{Quota, Stop};

/// Bits of a word, in which sets are kept.
pub(super) const BITS: usize = usize::BITS as usize;

/// A set of offsets, and their numbers in ascending order once it is complete.
#[derive(Default)]
pub(super) struct Labels {
    /// A bit for each offset of the code, set if an instruction starts there.
    instructions: Vec<usize>,
    /// A bit for each offset of the code, set if it is a label.
    bits: Vec<usize>,
    /// For each word of `bits`, how many labels come before it.
    before: Vec<u32>,
    /// The labels, in ascending order.
    offsets: Vec<u32>,
}

impl Labels {
    /// Forgets all labels, and makes room for code of `len` bytes.
    pub fn clear(&mut self, len: usize, quota: &Quota<'_>) -> Result<(), Stop> {
        for bits in [&mut self.instructions, &mut self.bits] {
            bits.clear();
            quota.resize(bits, len.div_ceil(BITS), 0)?;
        }
        Ok(())
    }

    pub fn add_instruction(&mut self, offset: usize) {
        self.instructions[offset / BITS] |= 1 << (offset % BITS);
    }

    /// Adds a label, and answers whether it is within the code.
    #[must_use]
    pub fn add(&mut self, offset: usize) -> bool {
        match self.bits.get_mut(offset / BITS) {
            Some(word) => *word |= 1 << (offset % BITS),
            None => return false,
        }
        true
    }

    /// Whether an instruction starts at `offset`.
    pub fn is_instruction(&self, offset: usize) -> bool {
        self.instructions.get(offset / BITS).is_some_and(|word| word >> (offset % BITS) & 1 != 0)
    }

    /// Numbers the labels, and answers whether an instruction starts at each.
    pub fn complete(&mut self, quota: &Quota<'_>) -> Result<bool, Stop> {
        self.before.clear();
        self.offsets.clear();
        for (word, (&labels, &instructions)) in self.bits.iter().zip(&self.instructions).enumerate() {
            if labels & !instructions != 0 {
                return Ok(false);
            }
            quota.push(&mut self.before, self.offsets.len() as u32)?;
            let mut rest = labels;
            while rest != 0 {
                quota.push(&mut self.offsets, (word * BITS) as u32 + rest.trailing_zeros())?;
                rest &= rest - 1;
            }
        }
        Ok(true)
    }

    /// How many labels there are.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// The label of this number; `usize::MAX` if there is no such label.
    pub fn offset(&self, number: usize) -> usize {
        self.offsets.get(number).map_or(usize::MAX, |&offset| offset as usize)
    }

    /// The number of a label.
    pub fn number(&self, offset: usize) -> usize {
        let below = self.bits[offset / BITS] & ((1 << (offset % BITS)) - 1);
        (self.before[offset / BITS] + below.count_ones()) as usize
    }
}

/// A set of small numbers from which the least is taken first.
#[derive(Default)]
pub(super) struct Pending {
    words: Vec<usize>,
    /// The index of a word before which no word has a bit.
    first: usize,
}

impl Pending {
    /// Forgets all numbers, and makes room for numbers below `n`.
    pub fn clear(&mut self, n: usize, quota: &Quota<'_>) -> Result<(), Stop> {
        self.words.clear();
        self.first = 0;
        quota.resize(&mut self.words, n.div_ceil(BITS), 0)
    }

    pub fn insert(&mut self, number: usize) {
        self.words[number / BITS] |= 1 << (number % BITS);
        self.first = self.first.min(number / BITS);
    }

    /// Takes out the least number. `work` grows by the number of words that the search passes.
    pub fn take_first(&mut self, work: &mut usize) -> Option<usize> {
        loop {
            let word = self.words.get_mut(self.first)?;
            if *word != 0 {
                let bit = word.trailing_zeros() as usize;
                *word &= *word - 1;
                return Some(self.first * BITS + bit);
            }
            self.first += 1;
            *work += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_numbered_in_order() {
        let mut labels = Labels::default();
        labels.clear(200, &Quota::default()).unwrap();
        for offset in [0, 5, 63, 64, 130, 199] {
            labels.add_instruction(offset);
        }
        for offset in [130, 5, 64, 5] {
            assert!(labels.add(offset));
        }
        assert_eq!(labels.complete(&Quota::default()), Ok(true));
        assert_eq!([5, 64, 130, usize::MAX], *(0..4).map(|i| labels.offset(i)).collect::<Vec<_>>());
        assert_eq!(labels.number(130), 2);
        assert!(!labels.add(1000));
        assert!(labels.add(6));
        assert_eq!(labels.complete(&Quota::default()), Ok(false));
    }

    #[test]
    fn the_least_comes_first() {
        let mut pending = Pending::default();
        pending.clear(300, &Quota::default()).unwrap();
        for number in [299, 3, 70, 3] {
            pending.insert(number);
        }
        let mut work = 0;
        assert_eq!(pending.take_first(&mut work), Some(3));
        assert_eq!(pending.take_first(&mut work), Some(70));
        pending.insert(1);
        assert_eq!(pending.take_first(&mut work), Some(1));
        assert_eq!(pending.take_first(&mut work), Some(299));
        assert_eq!(pending.take_first(&mut work), None);
    }
}
