//! The sizes of jumps.
//!
//! How far a jump goes takes one byte or two, and how far it goes depends on the sizes of the jumps that it passes.
//! mpy-cross finds the sizes by walking the tree again and again: first every jump is long; in each further walk the
//! size of a jump follows from the positions of labels, those of labels further on still being those of the walk before;
//! and the walks end when the code no longer gets shorter. Here the same is worked out from a list of the jumps alone.
//!
//! There can be as many walks as jumps, since what has become shorter before a jump makes its target seem farther. So only the part of
//! the list is gone through in which something can change ([`Sizes`]).

use alloc::vec::Vec;

use berus_mpy::memory::{Quota, Stop};

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

/// The offsets of all jumps.
#[derive(Debug)]
pub(super) struct Offsets {
    /// For each jump and one more: the bytes of the offsets of all jumps before it.
    before: Vec<u32>,
    /// For each jump how far it goes, from the end of its offset.
    distances: Vec<i32>,
}

impl Jumps {
    /// Works out the offsets. `None` if one does not fit two bytes.
    ///
    /// # Errors
    /// Where the quota ends the work.
    pub fn resolve(&self, quota: &Quota<'_>) -> Result<Option<Offsets>, Stop> {
        if !self.shortest_within_reach() {
            return Ok(None);
        }
        let mut sizes = Sizes::new(self, quota)?;
        let settles = sizes.settle()?;
        let mut known = quota.with_capacity(self.list.len() + 1)?;
        sizes.before_last_round(&mut known);
        sizes.retire();
        let mut before = quota.with_capacity(known.len())?;
        let mut distances = Vec::new();
        quota.resize(&mut distances, self.list.len(), 0)?;
        let reached = self.round(&known, &mut before, &mut distances);
        quota.free(known);
        Ok((settles && reached).then_some(Offsets { before, distances }))
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
            let fits = is_short(short, jump.signed);
            distances[i] = if fits { short } else { short - 1 };
            reached &= fits || within_reach(distances[i], jump.signed);
            size += if fits { 1 } else { 2 };
        }
        new.push(size);
        reached
    }
}

/// The sizes of jumps, round by round.
///
/// In a round, a jump backward is measured by the new sizes of the jumps that it passes. A jump forward is measured by their old
/// sizes, and by how much shorter the jumps before it have become in the round. Only a jump over little code can be short, and so
/// depends on few jumps around it. What comes before the first change of a round stays as it is in the next; and what comes after its
/// last change does, too, as long as the shortening so far decides no jump otherwise.
struct Sizes<'j> {
    jumps: &'j Jumps,
    quota: &'j Quota<'j>,
    /// The bytes of each offset, 1 or 2.
    sizes: Vec<u8>,
    /// For each jump when the end of the list was last reached: how much shortening before it leaves it and all jumps after it as
    /// they are. More than the first number, so that no long one seems near enough, and not more than the second, so that no short
    /// one seems too far.
    bounds: Vec<(i16, i16)>,
    /// From here on, no size that a bound rests on has changed.
    bounded: usize,
    /// What has changed in the last round.
    changed: Vec<u32>,
}

/// A jump that can be short passes fewer jumps than this.
const WINDOW: usize = 0x80 / 2;

impl<'j> Sizes<'j> {
    fn new(jumps: &'j Jumps, quota: &'j Quota<'j>) -> Result<Sizes<'j>, Stop> {
        let (mut sizes, mut bounds) = (Vec::new(), Vec::new());
        quota.resize(&mut sizes, jumps.list.len(), 2)?;
        quota.resize(&mut bounds, jumps.list.len(), (0, 0))?;
        Ok(Sizes { jumps, quota, sizes, bounds, bounded: jumps.list.len(), changed: Vec::new() })
    }

    /// Goes from round to round until the code gets no shorter. False if it grows and shrinks in turn, so that there is no end to wait
    /// for.
    fn settle(&mut self) -> Result<bool, Stop> {
        let mut start = 0;
        for _ in 0..=self.sizes.len() {
            if self.round(start)? == 0 {
                return Ok(true);
            }
            start = self.changed.first().map_or(0, |&first| (first as usize).saturating_sub(WINDOW));
        }
        Ok(false)
    }

    /// Sizes the jumps from `start` on. By how much the code has become shorter.
    fn round(&mut self, start: usize) -> Result<i32, Stop> {
        self.changed.clear();
        let mut shortening = 0;
        for i in start..self.sizes.len() {
            if i >= self.bounded && self.leaves_rest(i, shortening) {
                return Ok(shortening);
            }
            self.quota.step()?;
            let size = self.size(i, shortening);
            if size != self.sizes[i] {
                shortening += i32::from(self.sizes[i]) - i32::from(size);
                self.sizes[i] = size;
                self.quota.push(&mut self.changed, i as u32)?;
                self.bounded = self.bounded.max(i + 1 + WINDOW);
            }
        }
        self.set_bounds();
        Ok(shortening)
    }

    /// Whether jump number `i` and all after it stay as they are, if those before it have become shorter by so much.
    fn leaves_rest(&self, i: usize, shortening: i32) -> bool {
        let (above, up_to) = self.bounds[i];
        shortening >= 0 && shortening > above.into() && shortening <= up_to.into()
    }

    /// The size of jump number `i`, if those before it have become shorter by so much in this round.
    fn size(&self, i: usize, shortening: i32) -> u8 {
        let jump = self.jumps.list[i];
        let label = self.jumps.label(&jump);
        let apart = label.at.wrapping_sub(jump.at + 1) as i32;
        let target = label.jumps as usize;
        let nearest = if target <= i { apart - (i - target) as i32 } else { apart + (target - i) as i32 + shortening };
        let is_far = if target <= i { nearest < -short_bias(jump.signed) } else { nearest > most_short(jump.signed) };
        if is_far {
            return 2;
        }
        let passed = |from: usize, to: usize| self.sizes[from..to].iter().map(|&size| i32::from(size)).sum::<i32>();
        let distance = if target <= i { apart - passed(target, i) } else { apart + passed(i, target) + shortening };
        if is_short(distance, jump.signed) { 1 } else { 2 }
    }

    /// Takes the bounds from the sizes as they are.
    fn set_bounds(&mut self) {
        let mut bounds = (i16::MIN, i16::MAX);
        for i in (0..self.sizes.len()).rev() {
            let jump = self.jumps.list[i];
            let label = self.jumps.label(&jump);
            let target = label.jumps as usize;
            let apart = label.at.wrapping_sub(jump.at + 1) as i32;
            if target > i && apart + (target - i) as i32 <= most_short(jump.signed) {
                let passed: i32 = self.sizes[i..target].iter().map(|&size| i32::from(size)).sum();
                let most = (most_short(jump.signed) - apart - passed) as i16;
                match self.sizes[i] {
                    1 => bounds.1 = bounds.1.min(most),
                    _ => bounds.0 = bounds.0.max(most),
                }
            }
            self.bounds[i] = bounds;
        }
        self.bounded = 0;
    }

    /// Appends, for each jump and one more, the bytes of the offsets before it, as they were before the last round.
    fn before_last_round(&mut self, before: &mut Vec<u32>) {
        self.changed.iter().for_each(|&i| self.sizes[i as usize] ^= 1 ^ 2);
        let mut size = 0;
        before.push(size);
        before.extend(self.sizes.iter().map(|&bytes| {
            size += u32::from(bytes);
            size
        }));
    }

    fn retire(self) {
        self.quota.free(self.sizes);
        self.quota.free(self.bounds);
        self.quota.free(self.changed);
    }
}

impl Offsets {
    /// Gives back their memory.
    pub fn retire(self, quota: &Quota<'_>) {
        quota.free(self.before);
        quota.free(self.distances);
    }

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

/// Whether a short jump goes as far as `distance`.
fn is_short(distance: i32, signed: bool) -> bool {
    (0..=0x7f).contains(&(distance + short_bias(signed)))
}

/// The farthest that a short jump goes.
fn most_short(signed: bool) -> i32 {
    0x7f - short_bias(signed)
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
        let offsets = jumps.resolve(&Quota::default()).unwrap().unwrap();
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
        assert_eq!(jumps.resolve(&Quota::default()).unwrap().unwrap().position(jumps.labels[1]), 66);
    }

    #[test]
    fn what_is_too_far_is_refused() {
        let resolves = |jumps: Jumps| jumps.resolve(&Quota::default()).unwrap().is_some();
        assert!(resolves(jumps(&[(1, 0x4000)], true)));
        assert!(!resolves(jumps(&[(1, 0x4001)], true)));
        assert!(resolves(jumps(&[(1, 0x8000)], false)));
        assert!(!resolves(jumps(&[(1, 0x8001)], false)));
        assert!(resolves(jumps(&[(0x3ffe, 0)], true)));
        assert!(!resolves(jumps(&[(0x3fff, 0)], true)));
        assert!(!resolves(jumps(&[(9, 0)], false)));
    }

    /// The sizes that going through all jumps in every round comes to, before its last round and after it.
    fn slowly(jumps: &Jumps) -> Option<(Vec<u32>, Vec<u32>)> {
        let mut known: Vec<u32> = (0..=jumps.list.len() as u32).map(|i| 2 * i).collect();
        for _ in 0..known.len() {
            let mut new = Vec::new();
            jumps.round(&known, &mut new, &mut alloc::vec![0; jumps.list.len()]);
            if known.last() == new.last() {
                return Some((known, new));
            }
            known = new;
        }
        None
    }

    /// The same as [`Sizes`] has it, with the number of jumps looked at.
    fn quickly(jumps: &Jumps) -> Option<(Vec<u32>, Vec<u32>)> {
        let quota = Quota::default();
        let mut sizes = Sizes::new(jumps, &quota).unwrap();
        let settles = sizes.settle().unwrap();
        let (mut old, mut new) = (Vec::new(), Vec::new());
        sizes.before_last_round(&mut old);
        sizes.before_last_round(&mut new);
        settles.then_some((old, new))
    }

    #[test]
    fn only_what_can_change_needs_to_be_looked_at() {
        use proptest::prelude::*;
        // Code from one jump to the next, where the label is, and whether the jump is signed.
        let jump = (1..40_u32, -30..30_i32, 0..3_u32);
        let dense = (1..9_u32, -3..12_i32, 0..4_u32);
        let program = prop_oneof![prop::collection::vec(jump, 1..400), prop::collection::vec(dense, 1..700)];
        proptest!(|(program in program)| {
            let mut at = 0;
            let mut list = Vec::new();
            for (label, &(gap, _, kind)) in program.iter().enumerate() {
                at += gap;
                list.push(Jump { at, label: label as u32, signed: kind != 0 });
                at += 1;
            }
            let labels = program.iter().enumerate().map(|(i, &(_, by, kind))| {
                let by = if kind == 0 { by.abs() + 1 } else { by };
                let jumps = (i as i32 + by).clamp(0, list.len() as i32) as u32;
                let at = list.get(jumps as usize).map_or(at, |next| next.at - 1);
                Place { at, jumps }
            });
            let jumps = Jumps { labels: labels.collect(), list: list.clone() };
            prop_assert_eq!(quickly(&jumps), slowly(&jumps));
        });
    }

    #[test]
    fn the_work_is_in_proportion_to_the_jumps() {
        use berus_mpy::memory::Grantor;
        use core::cell::Cell;

        #[derive(Default)]
        struct Count(Cell<u32>);
        impl Grantor for Count {
            fn goes_on(&self) -> bool {
                self.0.set(self.0.get() + 1);
                true
            }
        }
        // Jumps over six bytes each, as those of assertions.
        let work = |count: u32| {
            let list = (0..count).map(|i| Jump { at: 8 * i + 2, label: i, signed: true }).collect();
            let labels = (0..count).map(|i| Place { at: 8 * i + 8, jumps: i + 1 }).collect();
            let counter = Count::default();
            assert!(Jumps { list, labels }.resolve(&Quota::new(&counter)).unwrap().is_some());
            counter.0.get()
        };
        let (one, four) = (work(50_000), work(200_000));
        assert!(one > 0 && four < 5 * one, "{one} thousand steps, and {four}");
    }
}
