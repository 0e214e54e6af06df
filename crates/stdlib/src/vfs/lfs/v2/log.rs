//! Metadata pairs: a log of what is in a part of a folder, in one of two blocks.
//!
//! Changes are appended as commits, each closed by a checksum. When the block is full, the state that the log amounts
//! to is written to the other block with a higher revision number: so there is at any time a block with all that was
//! committed.

use alloc::vec::Vec;

use super::commits::Commits;
use super::tag::{NONE, Tag, kind};
use crate::vfs::lfs::checksum::{CHECKSUM_START, checksum};
use crate::vfs::lfs::ctz::List;
use crate::vfs::lfs::device::{Device, Disk, Error, Result};
use crate::vfs::lfs::folder::{Content, Entry, Kind, Part};
use crate::vfs::lfs::pair::{Pair, to_bytes, word};
use crate::vfs::memory;

/// The state of what concerns more than one pair, in a form in which changes combine by exclusive or: a tag, and a
/// pair.
pub type Shared = [u32; 3];

/// Two changes, or a state and a change, as one.
pub fn combine(a: Shared, b: Shared) -> Shared {
    [a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2]]
}

/// A change to a metadata pair.
#[derive(Debug)]
pub enum Change {
    Create(usize, Entry),
    Delete(usize),
    Content(usize, Content),
    Attribute(usize, u8, Option<Vec<u8>>),
    /// Where the next pair is, and whether that belongs to the same folder.
    Tail(bool, Pair),
}

/// A metadata pair as it was read.
#[derive(Debug)]
pub struct Log {
    /// The block that holds the state first.
    pub pair: Pair,
    pub revision: u32,
    pub entries: Vec<Entry>,
    /// The next pair, and whether that belongs to the same folder.
    pub tail: Pair,
    pub split: bool,
    /// Its part of the state that is shared.
    pub shared: Shared,
    /// Where the next commit goes, what its first tag is combined with, and whether that place is erased.
    end: usize,
    last: u32,
    erased: bool,
}

/// Bytes that a checksum needs at most: its tag and that of what is erased.
const CLOSING: usize = 20;

impl Part for Log {
    fn pair(&self) -> Pair {
        self.pair
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn tail(&self) -> Pair {
        self.tail
    }

    fn continues(&self) -> bool {
        self.split
    }
}

/// An entry of which nothing is known yet.
fn unknown() -> Entry {
    Entry::new(Kind::Other(0), Vec::new(), Content::Unknown)
}

/// The type of a tag that gives an entry's name.
fn kind_of(kind: Kind) -> u32 {
    match kind {
        Kind::File => kind::FILE,
        Kind::Folder => kind::FOLDER,
        Kind::Superblock => kind::SUPERBLOCK,
        Kind::Other(kind) => kind,
    }
}

impl Log {
    /// A log of nothing, to be written to a new pair.
    pub fn new(pair: Pair, revision: u32) -> Log {
        Log {
            pair,
            revision,
            entries: Vec::new(),
            tail: Pair::NULL,
            split: false,
            shared: [0; 3],
            end: 0,
            last: CHECKSUM_START,
            erased: false,
        }
    }

    /// The same once more.
    pub fn copy(&self) -> Result<Log> {
        Ok(Log { entries: memory::map(&self.entries, Entry::copy)?, ..*self })
    }

    /// Reads a pair; adds to `seed` what makes allocation start elsewhere each time.
    pub fn fetch(disk: &mut Disk, dev: &dyn Device, pair: Pair, seed: &mut u32) -> Result<Log> {
        if !pair.0.iter().all(|block| disk.has(*block)) {
            return Err(Error::CORRUPT);
        }
        let mut revisions = [None; 2];
        for (revision, block) in revisions.iter_mut().zip(pair.0) {
            match disk.read_u32(dev, block, 0) {
                Ok(read) => *revision = Some(read),
                Err(error) if error.is_corrupt() => {}
                Err(error) => return Err(error),
            }
        }
        let second_is_newer = match revisions {
            [Some(first), Some(second)] => (second.wrapping_sub(first) as i32) > 0,
            [first, _] => first.is_none(),
        };
        let newer = if second_is_newer { pair.swapped() } else { pair };
        for pair in [newer, newer.swapped()] {
            match disk.read_block(dev, pair.0[0]).and_then(|block| Log::parse(disk, &block, pair, seed)) {
                Err(error) if error.is_corrupt() => {}
                result => return result,
            }
        }
        Err(Error::CORRUPT)
    }

    /// What the commits in a block amount to.
    ///
    /// # Errors
    /// [`Error::CORRUPT`] if there are none, or one makes no sense.
    fn parse(disk: &Disk, block: &[u8], pair: Pair, seed: &mut u32) -> Result<Log> {
        let mut log = Log::new(pair, word(block, 0).ok_or(Error::CORRUPT)?);
        let mut commits = Commits::of(block).ok_or(Error::CORRUPT)?;
        let mut last = None;
        for commit in &mut commits {
            for (tag, data) in commit.changes() {
                log.apply(disk, tag, data)?;
            }
            *seed = checksum(*seed, &commit.sum.to_le_bytes());
            last = Some(commit);
        }
        let last = last.ok_or(Error::CORRUPT)?;
        (log.end, log.last) = commits.end();
        let rest = block.get(log.end..).unwrap_or_default();
        log.erased = commits.is_over()
            && log.end.is_multiple_of(disk.geometry.program_size as usize)
            && last.erased.is_some_and(|(len, sum)| {
                rest.get(..len as usize).is_some_and(|rest| checksum(CHECKSUM_START, rest) == sum)
            });
        Ok(log)
    }

    /// Applies a tag.
    ///
    /// # Errors
    /// [`Error::CORRUPT`] if it makes no sense.
    fn apply(&mut self, disk: &Disk, tag: Tag, data: &[u8]) -> Result {
        let pair = || Pair::from_bytes(data).ok_or(Error::CORRUPT);
        let number = |at| word(data, at).ok_or(Error::CORRUPT);
        let id = tag.id() as usize;
        match (tag.family(), tag.kind()) {
            (_, kind::CREATE) if id <= self.entries.len() => memory::insert(&mut self.entries, id, unknown())?,
            (_, kind::DELETE) if id < self.entries.len() => drop(self.entries.remove(id)),
            (0x000, kind) if id < NONE as usize => {
                // What is compacted is not created first.
                while self.entries.len() <= id {
                    memory::push(&mut self.entries, unknown())?;
                }
                let entry = self.entries.get_mut(id).ok_or(Error::CORRUPT)?;
                entry.kind = match kind {
                    kind::FILE => Kind::File,
                    kind::FOLDER => Kind::Folder,
                    kind::SUPERBLOCK => Kind::Superblock,
                    kind => Kind::Other(kind),
                };
                entry.name = memory::copy(data)?;
            }
            (0x200, kind) => {
                let content = match kind {
                    kind::FOLDER_STRUCT => Content::Folder(pair()?),
                    kind::INLINE_STRUCT => Content::Inline(memory::copy(data)?),
                    kind::LIST_STRUCT => {
                        let list = List { head: number(0)?, size: number(4)? };
                        Content::List(Some(list).filter(|list| list.is_possible(disk)).ok_or(Error::CORRUPT)?)
                    }
                    _ => Content::Unknown,
                };
                self.entries.get_mut(id).ok_or(Error::CORRUPT)?.content = content;
            }
            (kind::ATTRIBUTE, _) => {
                let value = if tag.takes_away() { None } else { Some(memory::copy(data)?) };
                self.entries.get_mut(id).ok_or(Error::CORRUPT)?.set_attribute(tag.chunk() as u8, value)?;
            }
            (0x600, kind) => (self.split, self.tail) = (kind & 1 != 0, pair()?),
            (_, kind::MOVE_STATE) => self.shared = [number(0)?, number(4)?, number(8)?],
            (0x400, _) => return Err(Error::CORRUPT),
            // What a later version knows.
            _ => {}
        }
        Ok(())
    }

    /// The log with changes made, and the tags that say so.
    fn changed(&self, changes: &[Change], delta: Shared) -> Result<(Log, Tags)> {
        let (mut log, mut tags) = (self.copy()?, Tags::default());
        for change in changes {
            match change {
                Change::Create(id, entry) => {
                    if *id > log.entries.len() {
                        return Err(Error::CORRUPT);
                    }
                    memory::insert(&mut log.entries, *id, entry.copy()?)?;
                    tags.push(kind::CREATE, *id, &[])?;
                    tags.push_entry(*id, entry)?;
                }
                Change::Delete(id) => {
                    log.entry(*id)?;
                    log.entries.remove(*id);
                    tags.push(kind::DELETE, *id, &[])?;
                }
                Change::Content(id, content) => {
                    log.entries.get_mut(*id).ok_or(Error::CORRUPT)?.content = content.copy()?;
                    tags.push_content(*id, content)?;
                }
                Change::Attribute(id, number, value) => {
                    let copy = value.as_deref().map(memory::copy).transpose()?;
                    log.entries.get_mut(*id).ok_or(Error::CORRUPT)?.set_attribute(*number, copy)?;
                    let kind = kind::ATTRIBUTE + u32::from(*number);
                    match value {
                        Some(value) => tags.push(kind, *id, value)?,
                        None => memory::push(&mut tags.0, (Tag::new(kind, *id as u32, NONE), Vec::new()))?,
                    }
                }
                Change::Tail(split, pair) => {
                    (log.split, log.tail) = (*split, *pair);
                    tags.push_tail(*split, *pair)?;
                }
            }
        }
        if delta != [0; 3] {
            log.shared = combine(log.shared, delta);
            tags.push_shared(log.shared)?;
        }
        Ok((log, tags))
    }

    /// The tags that amount to the whole state.
    fn state(&self) -> Result<Tags> {
        let mut tags = Tags::default();
        for (id, entry) in self.entries.iter().enumerate() {
            tags.push_entry(id, entry)?;
        }
        if !self.tail.is_null() {
            tags.push_tail(self.split, self.tail)?;
        }
        if self.shared != [0; 3] {
            tags.push_shared(self.shared)?;
        }
        Ok(tags)
    }

    /// Bytes that the entries from `from` on take.
    pub fn size_from(&self, from: usize) -> Result<usize> {
        let mut tags = Tags::default();
        for (id, entry) in self.entries.iter().enumerate().skip(from) {
            tags.push_entry(id, entry)?;
        }
        Ok(tags.size())
    }

    /// Changes it, and the device, by appending a commit. Answers the log with the changes; whether the device has
    /// them, too: if not, there is no room for them, and the state is to be [rewritten](Log::rewrite).
    pub fn append(&self, disk: &mut Disk, dev: &dyn Device, changes: &[Change], delta: Shared) -> Result<(Log, bool)> {
        let (mut log, tags) = self.changed(changes, delta)?;
        let block_size = disk.geometry.block_size as usize;
        if !self.erased || self.end + tags.size() + CLOSING > block_size {
            return Ok((log, false));
        }
        match log.commit(disk, dev, &tags, CHECKSUM_START) {
            Ok(()) => Ok((log, true)),
            Err(error) if error.is_corrupt() => Ok((log, false)),
            Err(error) => Err(error),
        }
    }

    /// Writes the whole state to the other block.
    ///
    /// # Errors
    /// `ENOSPC` if it does not fit a block, [`Error::CORRUPT`] if the block does not keep it.
    pub fn rewrite(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result {
        let tags = self.state()?;
        if 4 + tags.size() + CLOSING > disk.geometry.block_size as usize || self.entries.len() >= NONE as usize {
            return Err(Error::NO_SPACE);
        }
        let mut log = self.copy()?;
        log.pair = self.pair.swapped();
        log.revision = self.revision.wrapping_add(1);
        disk.erase(dev, log.pair.0[0])?;
        (log.end, log.last) = (0, CHECKSUM_START);
        let sum = checksum(CHECKSUM_START, &log.revision.to_le_bytes());
        log.commit(disk, dev, &tags, sum)?;
        *self = log;
        Ok(())
    }

    /// Writes tags where the log ends, and closes the commit. `sum` is the checksum of what stands before in this
    /// commit.
    fn commit(&mut self, disk: &mut Disk, dev: &dyn Device, tags: &Tags, sum: u32) -> Result {
        let (block, start) = (self.pair.0[0], self.end);
        let revision = self.revision.to_le_bytes();
        let (block_size, program_size) = (disk.geometry.block_size as usize, disk.geometry.program_size as usize);
        // No more than a block is written, and where there is room for all tags, nothing below takes more.
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(block_size.saturating_sub(start))?;
        bytes.extend_from_slice(if start == 0 { &revision } else { &[] });
        let (mut last, mut sum) = (self.last, sum);
        let put = |bytes: &mut Vec<u8>, last: &mut u32, sum: &mut u32, tag: Tag, data: &[u8]| {
            let raw = (tag.0 ^ *last).to_be_bytes();
            *sum = checksum(checksum(*sum, &raw), data);
            *last = tag.0;
            bytes.extend_from_slice(&raw);
            bytes.extend_from_slice(data);
        };
        for (tag, data) in &tags.0 {
            put(&mut bytes, &mut last, &mut sum, *tag, data);
        }
        let end = (start + bytes.len() + CLOSING).min(block_size).next_multiple_of(program_size);
        // A tag's length goes only so far, so that there may have to be several to reach the end.
        while start + bytes.len() < end {
            let at = start + bytes.len();
            let mut next = (end - (at + 4)).min(0x3fe) + at + 4;
            if next < end {
                next = next.min(end - CLOSING);
            }
            let mut first_byte = 0xff;
            if next >= end && next + program_size <= block_size {
                // What is there now tells later whether something has been written since.
                let mut erased = memory::filled(program_size, 0)?;
                disk.read(dev, block, next as u32, &mut erased)?;
                first_byte = erased[0];
                let data = Pair([program_size as u32, checksum(CHECKSUM_START, &erased)]).to_bytes();
                put(&mut bytes, &mut last, &mut sum, Tag::new(kind::ERASED_CHECKSUM, NONE, 8), &data);
            }
            let at = start + bytes.len();
            let phase = u32::from(!first_byte) >> 7;
            let tag = Tag::new(kind::CHECKSUM + phase, NONE, (next - (at + 4)) as u32);
            let raw = (tag.0 ^ last).to_be_bytes();
            sum = checksum(sum, &raw);
            bytes.extend_from_slice(&raw);
            bytes.extend(sum.to_le_bytes());
            bytes.resize(next - start, 0xff);
            last = tag.0 ^ (u32::from(!first_byte) & 0x80) << 24;
            sum = CHECKSUM_START;
        }
        disk.program(dev, block, start as u32, &bytes)?;
        dev.sync()?;
        (self.end, self.last) = (start + bytes.len(), last);
        self.erased = self.end + program_size <= block_size;
        Ok(())
    }
}

/// Tags and their data.
#[derive(Default)]
struct Tags(Vec<(Tag, Vec<u8>)>);

impl Tags {
    fn push(&mut self, kind: u32, id: usize, data: &[u8]) -> Result {
        memory::push(&mut self.0, (Tag::new(kind, id as u32, data.len() as u32), memory::copy(data)?))
    }

    fn push_entry(&mut self, id: usize, entry: &Entry) -> Result {
        self.push(kind_of(entry.kind), id, &entry.name)?;
        self.push_content(id, &entry.content)?;
        let mut attributes = entry.attributes.iter();
        attributes.try_for_each(|(number, value)| self.push(kind::ATTRIBUTE + u32::from(*number), id, value))
    }

    fn push_content(&mut self, id: usize, content: &Content) -> Result {
        match content {
            Content::Unknown => Ok(()),
            Content::Folder(pair) => self.push(kind::FOLDER_STRUCT, id, &pair.to_bytes()),
            Content::Inline(data) => self.push(kind::INLINE_STRUCT, id, data),
            Content::List(list) => self.push(kind::LIST_STRUCT, id, &Pair([list.head, list.size]).to_bytes()),
        }
    }

    fn push_tail(&mut self, split: bool, pair: Pair) -> Result {
        let kind = if split { kind::HARD_TAIL } else { kind::SOFT_TAIL };
        self.push(kind, NONE as usize, &pair.to_bytes())
    }

    fn push_shared(&mut self, shared: Shared) -> Result {
        self.push(kind::MOVE_STATE, NONE as usize, &to_bytes(&shared)?)
    }

    /// Bytes that they take.
    fn size(&self) -> usize {
        self.0.iter().map(|(_, data)| 4 + data.len()).sum()
    }
}
