//! The sizes of jumps.
//!
//! How far a jump goes takes one byte or two, and how far it goes depends on the sizes of the jumps that it passes.
//! mpy-cross finds the sizes by walking the tree again and again: first every jump is long; in each further walk the
//! size of a jump follows from the positions of labels, those of labels further on still being those of the walk before;
//! and the walks end when the code no longer gets shorter. Here the same is worked out from a list of the jumps alone.

use alloc::vec::Vec;

use berus_mpy::opcode::{Op, Operand};

/// A place in code whose jumps have no offsets yet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// The bytes before it, without the offsets of jumps.
    pub at: u32,
    /// The jumps before it.
    pub jumps: u32,
}

/// A jump in code whose jumps have no offsets yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jump {
    /// Where its offset belongs: just after its opcode, in code without offsets.
    pub at: u32,
    /// The label that it goes to.
    pub label: u32,
    pub op: Op,
}

/// The jumps of a function, in the order of its code.
#[derive(Debug, Default)]
pub(super) struct Jumps {
    pub list: Vec<Jump>,
    /// The place of each label.
    pub labels: Vec<Place>,
}

/// A jump whose target is out of reach.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooFar;

/// The offsets of all jumps.
#[derive(Debug)]
pub(super) struct Offsets {
    /// For each jump and one more: the bytes of the offsets of all jumps before it.
    before: Vec<u32>,
    /// For each jump how far it goes, from the end of its offset.
    distances: Vec<i32>,
}

impl Jumps {
    /// Forgets all jumps and labels.
    pub fn clear(&mut self) {
        self.list.clear();
        self.labels.clear();
    }

    /// Works out the offsets.
    ///
    /// # Errors
    /// If one does not fit two bytes.
    pub fn resolve(&self) -> Result<Offsets, TooFar> {
        let count = self.list.len() as u32;
        let mut known =
            Offsets { before: (0..=count).map(|i| 2 * i).collect(), distances: alloc::vec![0; count as usize] };
        let mut before = Vec::with_capacity(known.before.len());
        // Each round shortens a jump. Should the code grow and shrink in turn, there is no end to wait for.
        for _ in 0..=count {
            let reached = self.round(&known.before, &mut before, &mut known.distances);
            core::mem::swap(&mut known.before, &mut before);
            if known.before.last() == before.last() {
                return if reached { Ok(known) } else { Err(TooFar) };
            }
        }
        Err(TooFar)
    }

    /// Sizes all jumps in order, given the sizes before. Whether all targets are within reach.
    fn round(&self, old: &[u32], new: &mut Vec<u32>, distances: &mut [i32]) -> bool {
        new.clear();
        let mut size = 0;
        let mut reached = true;
        for (i, jump) in self.list.iter().enumerate() {
            new.push(size);
            let label = self.labels.get(jump.label as usize).copied().unwrap_or_default();
            // The label counts as placed if it stands before the jump; else only its old position is known.
            let sizes = if label.jumps as usize <= i { &*new } else { old };
            let target = label.at + sizes[label.jumps as usize];
            let short = target.wrapping_sub(jump.at + size + 1) as i32;
            let signed = jump.op.operand() != Operand::Forward;
            let fits = if signed { (-64..=63).contains(&short) } else { (0..=127).contains(&short) };
            distances[i] = if fits { short } else { short - 1 };
            reached &= fits || (0..=0x7fff).contains(&(distances[i] + long_bias(signed)));
            size += if fits { 1 } else { 2 };
        }
        new.push(size);
        reached
    }
}

impl Offsets {
    /// The position of `place` in the code with all offsets.
    pub fn position(&self, place: Place) -> u32 {
        place.at + self.before.get(place.jumps as usize).copied().unwrap_or(0)
    }

    /// The bytes that all offsets take.
    pub fn size(&self) -> u32 {
        self.before.last().copied().unwrap_or(0)
    }

    /// Appends the offset of jump number `i` of `jumps`.
    pub fn write(&self, out: &mut Vec<u8>, jumps: &Jumps, i: usize) {
        let signed = jumps.list[i].op.operand() != Operand::Forward;
        let distance = self.distances[i];
        if self.before[i + 1] - self.before[i] == 1 {
            out.push((distance + if signed { 0x40 } else { 0 }) as u8);
        } else {
            let distance = distance + long_bias(signed);
            out.extend([0x80 | (distance & 0x7f) as u8, (distance >> 7) as u8]);
        }
    }
}

fn long_bias(signed: bool) -> i32 {
    if signed { 0x4000 } else { 0 }
}
