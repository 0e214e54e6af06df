//! Tables: what a metadata pair holds.
//!
//! A block begins with a revision number, the table's size in bytes, whose highest bit says that the folder continues,
//! and the next pair. Entries follow, then the checksum of it all. An entry is four bytes, its type and the sizes of
//! what it stands for, of attributes, and of its name, and then these.

use alloc::vec::Vec;

use crate::vfs::lfs::checksum::{CHECKSUM_START, checksum, is_stored};
use crate::vfs::lfs::ctz::List;
use crate::vfs::lfs::device::{Device, Disk, Error, Result};
use crate::vfs::lfs::folder::{Content, Entry, Kind, Part};
use crate::vfs::lfs::pair::{Pair, to_bytes, word};
use crate::vfs::memory;

/// Types of entries.
mod kind {
    pub const FILE: u8 = 0x11;
    pub const FOLDER: u8 = 0x22;
    pub const SUPERBLOCK: u8 = 0x2e;
    /// Set in the type of an entry that is being moved.
    pub const MOVING: u8 = 0x80;
}

/// Bytes before the entries, and of the checksum.
const HEAD: usize = 16;
const CHECKSUM: usize = 4;

/// Set in a size if the folder continues.
const CONTINUES: u32 = 1 << 31;

/// A table as it was read.
#[derive(Debug)]
pub struct Table {
    /// The block that it was read from first.
    pub pair: Pair,
    pub revision: u32,
    pub entries: Vec<Entry>,
    /// The next pair, and whether that belongs to the same folder.
    pub tail: Pair,
    pub continues: bool,
}

impl Part for Table {
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
        self.continues
    }
}

impl Table {
    /// An empty table, to be written to a new pair.
    pub fn new(pair: Pair, revision: u32) -> Table {
        Table { pair, revision, entries: Vec::new(), tail: Pair::NULL, continues: false }
    }

    /// The same once more.
    pub fn copy(&self) -> Result<Table> {
        Ok(Table { entries: memory::map(&self.entries, Entry::copy)?, ..*self })
    }

    /// Reads a pair.
    pub fn fetch(disk: &mut Disk, dev: &dyn Device, pair: Pair) -> Result<Table> {
        let mut newest: Option<Table> = None;
        for pair in [pair, pair.swapped()] {
            let table = match disk.read_block(dev, pair.0[0]).and_then(|block| Table::parse(disk, &block, pair)) {
                Ok(table) => table,
                Err(error) if error.is_corrupt() => continue,
                Err(error) => return Err(error),
            };
            if newest.as_ref().is_none_or(|other| table.revision.wrapping_sub(other.revision) as i32 >= 0) {
                newest = Some(table);
            }
        }
        newest.ok_or(Error::CORRUPT)
    }

    /// The table in a block.
    ///
    /// # Errors
    /// [`Error::CORRUPT`] if there is none.
    fn parse(disk: &Disk, block: &[u8], pair: Pair) -> Result<Table> {
        let size = word(block, 4).ok_or(Error::CORRUPT)?;
        let bytes = block.get(..(size & !CONTINUES) as usize).ok_or(Error::CORRUPT)?;
        if bytes.len() < HEAD + CHECKSUM || !is_stored(checksum(CHECKSUM_START, bytes), 0) {
            return Err(Error::CORRUPT);
        }
        let mut table = Table::new(pair, word(bytes, 0).ok_or(Error::CORRUPT)?);
        table.tail = Pair::from_bytes(&bytes[8..]).ok_or(Error::CORRUPT)?;
        table.continues = size & CONTINUES != 0;
        let mut rest = &bytes[HEAD..bytes.len() - CHECKSUM];
        while !rest.is_empty() {
            let (entry, len) = parse_entry(disk, rest)?;
            memory::push(&mut table.entries, entry)?;
            rest = &rest[len..];
        }
        Ok(table)
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        HEAD + CHECKSUM + self.entries.iter().map(size_of_entry).sum::<usize>()
    }

    /// Whether another entry fits a block.
    pub fn has_room(&self, disk: &Disk, entry: &Entry) -> bool {
        self.size() + size_of_entry(entry) <= disk.geometry.block_size as usize
    }

    /// Writes it to the other block.
    ///
    /// # Errors
    /// `ENOSPC` if it does not fit, [`Error::CORRUPT`] if the block does not keep it.
    pub fn write(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result {
        let size = self.size();
        if size > disk.geometry.block_size as usize {
            return Err(Error::NO_SPACE);
        }
        let (pair, revision) = (self.pair.swapped(), self.revision.wrapping_add(1));
        let flag = if self.continues { CONTINUES } else { 0 };
        let mut bytes = to_bytes(&[revision, size as u32 | flag, self.tail.0[0], self.tail.0[1]])?;
        // Nothing below takes more.
        let padded = size.next_multiple_of(disk.geometry.program_size as usize);
        bytes.try_reserve(padded - bytes.len())?;
        for entry in &self.entries {
            write_entry(entry, &mut bytes);
        }
        bytes.extend(checksum(CHECKSUM_START, &bytes).to_le_bytes());
        bytes.resize(padded, 0xff);
        disk.erase(dev, pair.0[0])?;
        disk.program(dev, pair.0[0], 0, &bytes)?;
        dev.sync()?;
        (self.pair, self.revision) = (pair, revision);
        Ok(())
    }
}

/// Bytes of an entry.
fn size_of_entry(entry: &Entry) -> usize {
    let content = match &entry.content {
        Content::Inline(bytes) => bytes.len(),
        _ => 8,
    };
    4 + content + attributes(entry).len() + entry.name.len()
}

/// The attributes of an entry, which have no numbers in this version.
fn attributes(entry: &Entry) -> &[u8] {
    entry.attributes.first().map_or(&[], |(_, bytes)| bytes)
}

/// The first entry of `bytes`, and its size.
fn parse_entry(disk: &Disk, bytes: &[u8]) -> Result<(Entry, usize)> {
    let [number, sizes @ ..] = *bytes.first_chunk::<4>().ok_or(Error::CORRUPT)?;
    let mut rest = &bytes[4..];
    let mut fields = [&bytes[..0]; 3];
    for (field, size) in fields.iter_mut().zip(sizes) {
        (*field, rest) = rest.split_at_checked(size.into()).ok_or(Error::CORRUPT)?;
    }
    let [content, attributes, name] = fields;
    let pair = Pair::from_bytes(content).filter(|_| content.len() == 8);
    let words = || pair.map(|pair| pair.0).ok_or(Error::CORRUPT);
    let (kind, content) = match number & !kind::MOVING {
        kind::FILE => {
            let [head, size] = words()?;
            let list = Some(List { head, size }).filter(|list| list.is_possible(disk));
            (Kind::File, Content::List(list.ok_or(Error::CORRUPT)?))
        }
        kind::FOLDER => (Kind::Folder, Content::Folder(Pair(words()?))),
        kind::SUPERBLOCK => (Kind::Superblock, Content::Inline(memory::copy(content)?)),
        other => (Kind::Other(other.into()), Content::Inline(memory::copy(content)?)),
    };
    let mut entry = Entry::new(kind, memory::copy(name)?, content);
    entry.is_moving = number & kind::MOVING != 0;
    if !attributes.is_empty() {
        memory::push(&mut entry.attributes, (0, memory::copy(attributes)?))?;
    }
    Ok((entry, bytes.len() - rest.len()))
}

fn write_entry(entry: &Entry, out: &mut Vec<u8>) {
    let number = match entry.kind {
        Kind::File => kind::FILE,
        Kind::Folder => kind::FOLDER,
        Kind::Superblock => kind::SUPERBLOCK,
        Kind::Other(number) => number as u8,
    };
    let words;
    let content = match &entry.content {
        Content::Inline(bytes) => bytes.as_slice(),
        Content::Folder(pair) => {
            words = pair.to_bytes();
            &words
        }
        Content::List(list) => {
            words = Pair([list.head, list.size]).to_bytes();
            &words
        }
        Content::Unknown => &[0; 8],
    };
    let attributes = attributes(entry);
    let flag = if entry.is_moving { kind::MOVING } else { 0 };
    out.extend([number | flag, content.len() as u8, attributes.len() as u8, entry.name.len() as u8]);
    for field in [content, attributes, &entry.name] {
        out.extend_from_slice(field);
    }
}
