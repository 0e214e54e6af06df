//! Memory for nodes that grows without moving what is in it.

use alloc::vec::Vec;

use berus_mpy::memory::{Quota, Stop};

use super::Node;

/// Words of nodes, in chunks. A struct node is never split between two chunks; one that is larger has its own.
///
/// A place is a number of a chunk and, in the low bits, a position within the first [`CHUNK`] words of it.
#[derive(Clone, Debug)]
pub(super) struct Arena {
    chunks: Vec<Vec<Node>>,
}

/// Words in a chunk.
const CHUNK: usize = 512;

impl Arena {
    /// An arena where place 0 is taken, because that is how "no node" is written.
    pub(super) fn new(quota: &Quota<'_>) -> Result<Arena, Stop> {
        let mut arena = Arena { chunks: Vec::new() };
        arena.add([&[Node::NULL], &[], &[]], quota)?;
        Ok(arena)
    }

    /// The word at `place` and those after it in its chunk.
    #[inline]
    pub(super) fn from(&self, place: usize) -> &[Node] {
        self.chunks.get(place / CHUNK).and_then(|chunk| chunk.get(place % CHUNK..)).unwrap_or(&[])
    }

    pub(super) fn word_mut(&mut self, place: usize) -> Option<&mut Node> {
        self.chunks.get_mut(place / CHUNK)?.get_mut(place % CHUNK)
    }

    /// Adds the words of `parts`, one after the other, and returns the place of the first.
    pub(super) fn add(&mut self, parts: [&[Node]; 3], quota: &Quota<'_>) -> Result<usize, Stop> {
        let count = parts.iter().map(|part| part.len()).sum::<usize>();
        if self.chunks.last().is_none_or(|chunk| chunk.len() + count > CHUNK) {
            let chunk = quota.with_capacity(count.max(CHUNK))?;
            quota.push(&mut self.chunks, chunk)?;
        }
        let number = self.chunks.len() - 1;
        let chunk = &mut self.chunks[number];
        let start = chunk.len();
        parts.iter().for_each(|part| chunk.extend_from_slice(part));
        Ok(number * CHUNK + start)
    }

    /// Takes back the `count` words from `place` on, if they are the last that were added.
    pub(super) fn drop_last(&mut self, place: usize, count: usize) {
        let number = self.chunks.len() - 1;
        let chunk = &mut self.chunks[number];
        if place / CHUNK == number && place % CHUNK + count == chunk.len() {
            chunk.truncate(place % CHUNK);
        }
    }

    /// Gives back memory that is not used.
    pub(super) fn shrink(&mut self, quota: &Quota<'_>) {
        quota.shrink(&mut self.chunks);
        if let Some(chunk) = self.chunks.last_mut() {
            quota.shrink(chunk);
        }
    }

    /// Gives back all memory.
    pub(super) fn free(self, quota: &Quota<'_>) {
        let Arena { mut chunks } = self;
        chunks.drain(..).for_each(|chunk| quota.free(chunk));
        quota.free(chunks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn places_stay_valid_whatever_the_size_of_nodes() {
        let quota = Quota::default();
        let mut arena = Arena::new(&quota).unwrap();
        let mut places = Vec::new();
        for i in 0..3000_u32 {
            let words = vec![Node(i); i as usize % 7 + if i % 1000 == 999 { 2000 } else { 1 }];
            places.push((arena.add([&words[..1], &words[1..], &[]], &quota).unwrap(), words));
        }
        for (place, words) in places {
            assert_eq!(&arena.from(place)[..words.len()], words);
        }
    }

    #[test]
    fn only_the_last_words_can_be_freed() {
        let quota = Quota::default();
        let mut arena = Arena::new(&quota).unwrap();
        let first = arena.add([&[Node(1), Node(2)], &[], &[]], &quota).unwrap();
        let second = arena.add([&[Node(3)], &[], &[]], &quota).unwrap();
        arena.drop_last(first, 2);
        assert_eq!(arena.from(first), [Node(1), Node(2), Node(3)]);
        arena.drop_last(second, 1);
        arena.drop_last(first, 2);
        assert_eq!(arena.add([&[Node(4)], &[], &[]], &quota), Ok(first));
    }
}
