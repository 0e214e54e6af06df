//! Formatting, mounting, and setting right what a loss of power has left.

use alloc::vec::Vec;

use super::V1;
use super::table::Table;
use super::tree::words;
use crate::vfs::lfs::device::{Device, Disk, Error, Result};
use crate::vfs::lfs::folder::{Content, Entry, Folders, Kind};
use crate::vfs::lfs::pair::{Pair, to_bytes, word};
use crate::vfs::lfs::space::Space;
use crate::vfs::lfs::tree::Context;
use crate::vfs::memory;

/// The version of the format, high half and low half.
const VERSION: u32 = 1 << 16 | 1;
/// The name of the superblock.
const NAME: &[u8] = b"littlefs";

/// The first entry of all: where the root folder is, size of a block, number of blocks, version.
pub fn superblock(disk: &Disk, root: Pair) -> Result<Entry> {
    let geometry = disk.geometry;
    let content = to_bytes(&[root.0[0], root.0[1], geometry.block_size, geometry.block_count, VERSION])?;
    Ok(Entry::new(Kind::Superblock, memory::copy(NAME)?, Content::Inline(content)))
}

/// Makes an empty file system.
pub fn format(disk: &mut Disk, dev: &dyn Device) -> Result {
    let root = Pair([2, 3]);
    if disk.geometry.block_count < 4 {
        return Err(Error::NO_SPACE);
    }
    // After whatever is there.
    let revision = disk.read_u32(dev, root.0[0], 0)?;
    Table::new(root, revision).write(disk, dev)?;
    let revision = disk.read_u32(dev, Pair::ROOT.0[0], 0)?;
    let mut first = Table::new(Pair::ROOT, revision);
    memory::push(&mut first.entries, superblock(disk, root)?)?;
    first.tail = root;
    // Twice, so that neither block holds what was there before.
    first.write(disk, dev)?;
    first.write(disk, dev)
}

impl V1 {
    /// Mounts a file system.
    pub fn mount(disk: &mut Disk, dev: &dyn Device) -> Result<(V1, Space)> {
        let first = Table::fetch(disk, dev, Pair::ROOT)?;
        let superblock = match first.entries.first() {
            Some(Entry { kind: Kind::Superblock, name, content: Content::Inline(bytes), .. }) if name == NAME => bytes,
            _ => return Err(Error::CORRUPT),
        };
        let root = Pair::from_bytes(superblock).ok_or(Error::CORRUPT)?;
        let (block_size, version) = (word(superblock, 8), word(superblock, 16).unwrap_or(0));
        let is_known = version >> 16 == VERSION >> 16 && version & 0xffff <= VERSION & 0xffff;
        if !is_known || block_size != Some(disk.geometry.block_size) {
            return Err(Error::INVALID);
        }
        let mut v1 = V1 { root, moved: Vec::new(), is_stale: false, is_consistent: false };
        v1.read_state(disk, dev)?;
        // Blocks are used in turn, not the first ones most.
        let start = v1.fetch(disk, dev, root)?.revision;
        Ok((v1, Space::new(disk.geometry.block_count, start)))
    }

    /// Finds out which entries have been moved elsewhere and are still where they were.
    pub(super) fn read_state(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result {
        // Both in order, once they are complete.
        let (mut moving, mut moved) = (Vec::new(), Vec::new());
        self.for_each_part(disk, dev, &mut |_, table| {
            let mut all = table.entries.iter().filter(|entry| entry.is_moving).filter_map(words);
            all.try_for_each(|words| memory::push(&mut moving, words))?;
            Ok(true)
        })?;
        moving.sort_unstable();
        if !moving.is_empty() {
            self.for_each_part(disk, dev, &mut |_, table| {
                let all = table.entries.iter().filter(|entry| !entry.is_moving).filter_map(words);
                let mut all = all.filter(|words| moving.binary_search(words).is_ok());
                all.try_for_each(|words| memory::push(&mut moved, words))?;
                Ok(true)
            })?;
            moved.sort_unstable();
        }
        (self.moved, self.is_stale) = (moved, false);
        Ok(())
    }

    /// Sets right what a loss of power, or a failure, has left: before every change.
    pub(super) fn make_consistent(&mut self, cx: &mut Context<'_>) -> Result {
        self.refresh(cx.disk, cx.dev)?;
        if self.is_consistent {
            return Ok(());
        }
        // One thing that is put right may show another; none is looked at more often than there are blocks.
        for _ in 0..=cx.disk.geometry.block_count {
            if let Some(stray) = self.find_stray(cx.disk, cx.dev)? {
                let mut before = self.fetch(cx.disk, cx.dev, stray.before)?;
                before.tail = match stray.moved_to {
                    Some(pair) => pair,
                    None => self.fetch(cx.disk, cx.dev, stray.pair)?.tail,
                };
                self.commit(cx, &mut before)?;
            } else if let Some((mut table, id)) = self.find_moving(cx)? {
                if self.is_moved(&table, id) {
                    self.delete(cx, table, id)?;
                } else {
                    table.entries.get_mut(id).ok_or(Error::CORRUPT)?.is_moving = false;
                    self.commit(cx, &mut table)?;
                }
            } else {
                self.is_consistent = true;
                return self.read_state(cx.disk, cx.dev);
            }
        }
        Err(Error::CORRUPT)
    }

    /// The first entry that is marked as moving.
    fn find_moving(&mut self, cx: &mut Context<'_>) -> Result<Option<(Table, usize)>> {
        let mut found = None;
        self.for_each_part(cx.disk, cx.dev, &mut |_, table| {
            let moving = table.entries.iter().position(|entry| entry.is_moving);
            found = moving.map(|id| (table, id));
            Ok(found.is_none())
        })?;
        Ok(found)
    }
}
