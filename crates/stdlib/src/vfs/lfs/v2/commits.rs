//! The commits that a block holds.

use super::tag::{Tag, kind};
use crate::vfs::lfs::checksum::{CHECKSUM_START, checksum, is_stored};
use crate::vfs::lfs::pair::word;

/// The tags in a block from some place on, and their data.
#[derive(Clone, Copy)]
struct Tags<'a> {
    block: &'a [u8],
    at: usize,
    last: u32,
}

impl<'a> Iterator for Tags<'a> {
    type Item = (Tag, &'a [u8]);

    fn next(&mut self) -> Option<(Tag, &'a [u8])> {
        let tag = self.peek().filter(|tag| tag.is_valid())?;
        let data = self.block.get(self.at + 4..self.at + 4 + tag.len())?;
        self.at += 4 + tag.len();
        self.last = tag.0;
        Some((tag, data))
    }
}

impl Tags<'_> {
    /// The tag that is next, valid or not.
    fn peek(&self) -> Option<Tag> {
        let raw = self.block.get(self.at..)?.first_chunk()?;
        Some(Tag(u32::from_be_bytes(*raw) ^ self.last))
    }
}

/// A commit with the right checksum.
pub struct Commit<'a> {
    tags: Tags<'a>,
    /// Where it ends.
    end: usize,
    /// Its checksum.
    pub sum: u32,
    /// What it says of what is erased behind it: how many bytes, and their checksum.
    pub erased: Option<(u32, u32)>,
}

impl<'a> Commit<'a> {
    /// Its changes, by tags and their data.
    pub fn changes(&self) -> impl Iterator<Item = (Tag, &'a [u8])> + use<'a> {
        let (mut tags, end) = (self.tags, self.end);
        core::iter::from_fn(move || if tags.at < end { tags.next() } else { None })
            .filter(|(tag, _)| tag.family() != kind::CHECKSUM)
    }
}

/// The commits in a block, up to the first that is not whole.
pub struct Commits<'a> {
    tags: Tags<'a>,
    sum: u32,
}

impl<'a> Commits<'a> {
    /// Those in a block. `None` if it is too short for any.
    pub fn of(block: &'a [u8]) -> Option<Commits<'a>> {
        let sum = checksum(CHECKSUM_START, block.get(..4)?);
        Some(Commits { tags: Tags { block, at: 4, last: CHECKSUM_START }, sum })
    }

    /// Where those end that were taken, and what the first tag behind them is to be combined with.
    pub fn end(&self) -> (usize, u32) {
        (self.tags.at, self.tags.last)
    }

    /// Whether what follows is not the beginning of a commit.
    pub fn is_over(&self) -> bool {
        self.tags.peek().is_some_and(|tag| !tag.is_valid())
    }
}

impl<'a> Iterator for Commits<'a> {
    type Item = Commit<'a>;

    fn next(&mut self) -> Option<Commit<'a>> {
        let (mut tags, mut sum, mut erased) = (self.tags, self.sum, None);
        loop {
            let last = tags.last;
            let (tag, data) = tags.next()?;
            sum = checksum(sum, &(tag.0 ^ last).to_be_bytes());
            if tag.family() == kind::CHECKSUM && tag.kind() != kind::ERASED_CHECKSUM {
                word(data, 0).filter(|stored| is_stored(sum, *stored))?;
                break;
            }
            sum = checksum(sum, data);
            if tag.kind() == kind::ERASED_CHECKSUM {
                erased = word(data, 0).zip(word(data, 4));
            }
        }
        let commit = Commit { tags: self.tags, end: tags.at, sum, erased };
        // Whether the next tag seems valid where nothing has been written.
        tags.last ^= (Tag(tags.last).chunk() & 1) << 31;
        (self.tags, self.sum) = (tags, CHECKSUM_START);
        Some(commit)
    }
}
