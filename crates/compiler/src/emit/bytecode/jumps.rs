//! The sizes of jumps.
//!
//! How far a jump goes takes one byte or two, and how far it goes depends on the sizes of the jumps that it passes.
//! mpy-cross finds the sizes by walking the tree again and again: first every jump is long; in each further walk the
//! size of a jump follows from the positions of labels, those of labels further on still being those of the walk before;
//! and the walks end when the code no longer gets shorter. Here the same is worked out from a list of the jumps alone.

use alloc::vec::Vec;

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
    /// Whether it can go backward, at the price of half of its reach.
    pub signed: bool,
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
    /// Works out the offsets.
    ///
    /// # Errors
    /// If one does not fit two bytes.
    pub fn resolve(&self) -> Result<Offsets, TooFar> {
        if !self.shortest_within_reach() {
            return Err(TooFar);
        }
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

    /// Whether all jumps would reach their targets if all were short. If not, there is no need for any rounds.
    fn shortest_within_reach(&self) -> bool {
        self.list.iter().zip(0..).all(|(jump, i)| {
            let label = self.label(jump);
            let distance = (label.at + label.jumps).wrapping_sub(jump.at + i + 1) as i32;
            within_reach(distance, jump.signed) || within_reach(distance - 1, jump.signed)
        })
    }

    fn label(&self, jump: &Jump) -> Place {
        self.labels.get(jump.label as usize).copied().unwrap_or_default()
    }

    /// Sizes all jumps in order, given the sizes before. Whether all targets are within reach.
    fn round(&self, old: &[u32], new: &mut Vec<u32>, distances: &mut [i32]) -> bool {
        new.clear();
        let mut size = 0;
        let mut reached = true;
        for (i, jump) in self.list.iter().enumerate() {
            new.push(size);
            let label = self.label(jump);
            // The label counts as placed if it stands before the jump; else only its old position is known.
            let sizes = if label.jumps as usize <= i { &*new } else { old };
            let target = label.at + sizes[label.jumps as usize];
            let short = target.wrapping_sub(jump.at + size + 1) as i32;
            let fits = (0..=0x7f).contains(&(short + short_bias(jump.signed)));
            distances[i] = if fits { short } else { short - 1 };
            reached &= fits || within_reach(distances[i], jump.signed);
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
        let signed = jumps.list[i].signed;
        let distance = self.distances[i];
        if self.before[i + 1] - self.before[i] == 1 {
            out.push((distance + short_bias(signed)) as u8);
        } else {
            let distance = distance + long_bias(signed);
            out.extend([0x80 | (distance & 0x7f) as u8, (distance >> 7) as u8]);
        }
    }
}

/// Whether a long jump goes as far as `distance`.
fn within_reach(distance: i32, signed: bool) -> bool {
    (0..=0x7fff).contains(&(distance + long_bias(signed)))
}

/// What is added to the distance of a short jump, so that it is not negative.
fn short_bias(signed: bool) -> i32 {
    if signed { 0x40 } else { 0 }
}

/// The same for a long jump.
fn long_bias(signed: bool) -> i32 {
    if signed { 0x4000 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Jumps given by the place of each in code without offsets, and labels by theirs. Jump number `i` goes to label `i`.
    fn jumps(places: &[(u32, u32)], signed: bool) -> Jumps {
        let list = places.iter().zip(0..).map(|(&(at, _), label)| Jump { at, label, signed }).collect();
        let jumps_before = |at| places.iter().filter(|place| place.0 <= at).count() as u32;
        let labels = places.iter().map(|&(_, at)| Place { at, jumps: jumps_before(at) }).collect();
        Jumps { list, labels }
    }

    fn bytes(jumps: &Jumps) -> Vec<Vec<u8>> {
        let offsets = jumps.resolve().unwrap();
        let offset = |i| {
            let mut out = Vec::new();
            offsets.write(&mut out, jumps, i);
            out
        };
        (0..jumps.list.len()).map(offset).collect()
    }

    #[test]
    fn a_jump_is_as_short_as_its_distance_allows() {
        // A jump forward is measured when it is long, so the farthest place that one byte can name takes two.
        assert_eq!(bytes(&jumps(&[(1, 63)], true)), [[0x40 + 62]]);
        assert_eq!(bytes(&jumps(&[(1, 64)], true)), [[0x80 | 63, 0x80]]);
        assert_eq!(bytes(&jumps(&[(1, 127)], false)), [[126]]);
        assert_eq!(bytes(&jumps(&[(1, 128)], false)), [[0x80 | 127, 0]]);
        assert_eq!(bytes(&jumps(&[(64, 1)], true)), [[0]]);
        assert_eq!(bytes(&jumps(&[(65, 1)], true)), [[0xbe, 0x7f]]);
    }

    #[test]
    fn shortening_one_jump_brings_another_into_reach() {
        let jumps = jumps(&[(1, 62), (3, 64)], true);
        assert_eq!(bytes(&jumps), [[0x40 + 62], [0x40 + 61]]);
        assert_eq!(jumps.resolve().unwrap().position(jumps.labels[1]), 66);
    }

    #[test]
    fn what_is_too_far_is_refused() {
        assert!(jumps(&[(1, 0x4000)], true).resolve().is_ok());
        assert_eq!(jumps(&[(1, 0x4001)], true).resolve().unwrap_err(), TooFar);
        assert!(jumps(&[(1, 0x8000)], false).resolve().is_ok());
        assert_eq!(jumps(&[(1, 0x8001)], false).resolve().unwrap_err(), TooFar);
        assert!(jumps(&[(0x3ffe, 0)], true).resolve().is_ok());
        assert_eq!(jumps(&[(0x3fff, 0)], true).resolve().unwrap_err(), TooFar);
        assert_eq!(jumps(&[(9, 0)], false).resolve().unwrap_err(), TooFar);
    }
}
