//! Metadata pairs: the two blocks that hold a part of a folder.
//!
//! One of them holds what was written last, the other is written next, so that there is at any time a block with all
//! that was committed.

use alloc::vec::Vec;

use super::device::Result;
use crate::vfs::memory;

/// The two blocks of a metadata pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair(pub [u32; 2]);

impl Pair {
    /// No pair.
    pub const NULL: Pair = Pair([u32::MAX; 2]);
    /// The first one.
    pub const ROOT: Pair = Pair([0, 1]);

    /// Whether it leads nowhere.
    pub fn is_null(self) -> bool {
        self.0.contains(&u32::MAX)
    }

    /// Whether it has a block in common with `other`.
    pub fn meets(self, other: Pair) -> bool {
        self.0.iter().any(|block| other.0.contains(block))
    }

    /// Whether it has the same blocks as `other`.
    pub fn is(self, other: Pair) -> bool {
        self == other || self.swapped() == other
    }

    pub fn swapped(self) -> Pair {
        Pair([self.0[1], self.0[0]])
    }

    pub fn to_bytes(self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&self.0[0].to_le_bytes());
        bytes[4..].copy_from_slice(&self.0[1].to_le_bytes());
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Pair> {
        Some(Pair([word(bytes, 0)?, word(bytes, 4)?]))
    }
}

/// The number of 32 bits at byte `at`, least significant byte first.
pub fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..)?.get(..4)?.try_into().ok()?))
}

/// Numbers of 32 bits as bytes.
pub fn to_bytes(words: &[u32]) -> Result<Vec<u8>> {
    memory::collect(words.iter().flat_map(|word| word.to_le_bytes()))
}
