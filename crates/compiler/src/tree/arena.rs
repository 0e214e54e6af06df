//! Memory for nodes that grows without moving what is in it.

use alloc::vec;
use alloc::vec::Vec;

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
    pub(super) fn new() -> Arena {
        Arena { chunks: vec![vec![Node::NULL]] }
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
    pub(super) fn add(&mut self, parts: [&[Node]; 3]) -> usize {
        let count = parts.iter().map(|part| part.len()).sum::<usize>();
        if self.chunks.last().is_none_or(|chunk| chunk.len() + count > CHUNK) {
            self.chunks.push(Vec::with_capacity(count.max(CHUNK)));
        }
        let number = self.chunks.len() - 1;
        let chunk = &mut self.chunks[number];
        let start = chunk.len();
        parts.iter().for_each(|part| chunk.extend_from_slice(part));
        number * CHUNK + start
    }

    /// Frees the `count` words from `place` on, if they are the last that were added.
    pub(super) fn free(&mut self, place: usize, count: usize) {
        let number = self.chunks.len() - 1;
        let chunk = &mut self.chunks[number];
        if place / CHUNK == number && place % CHUNK + count == chunk.len() {
            chunk.truncate(place % CHUNK);
        }
    }

    /// Gives back memory that is not used.
    pub(super) fn shrink(&mut self) {
        self.chunks.shrink_to_fit();
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_valid_whatever_the_size_of_nodes() {
        let mut arena = Arena::new();
        let mut places = Vec::new();
        for i in 0..3000_u32 {
            let words = vec![Node(i); i as usize % 7 + if i % 1000 == 999 { 2000 } else { 1 }];
            places.push((arena.add([&words[..1], &words[1..], &[]]), words));
        }
        for (place, words) in places {
            assert_eq!(&arena.from(place)[..words.len()], words);
        }
    }

    #[test]
    fn only_the_last_words_can_be_freed() {
        let mut arena = Arena::new();
        let first = arena.add([&[Node(1), Node(2)], &[], &[]]);
        let second = arena.add([&[Node(3)], &[], &[]]);
        arena.free(first, 2);
        assert_eq!(arena.from(first), [Node(1), Node(2), Node(3)]);
        arena.free(second, 1);
        arena.free(first, 2);
        assert_eq!(arena.add([&[Node(4)], &[], &[]]), first);
    }
}
