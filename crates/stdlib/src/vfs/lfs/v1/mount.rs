//! Formatting, mounting, and setting right what a loss of power has left.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::V1;
use super::table::Table;
use super::tree::words;
use crate::vfs::lfs::device::{Device, Disk, Error, Result};
use crate::vfs::lfs::folder::{Content, Entry, Folders, Kind};
use crate::vfs::lfs::pair::{Pair, to_bytes, word};
use crate::vfs::lfs::space::Space;
use crate::vfs::lfs::tree::Context;

/// The version of the format, high half and low half.
const VERSION: u32 = 1 << 16 | 1;
/// The name of the superblock.
const NAME: &[u8] = b"littlefs";

/// Makes an empty file system.
pub fn format(disk: &mut Disk, dev: &dyn Device) -> Result {
    let root = Pair([2, 3]);
    let geometry = disk.geometry;
    if geometry.block_count < 4 {
        return Err(Error::NO_SPACE);
    }
    // After whatever is there.
    let revision = disk.read_u32(dev, root.0[0], 0)?;
    Table::new(root, revision).write(disk, dev)?;
    let revision = disk.read_u32(dev, Pair::ROOT.0[0], 0)?;
    let mut first = Table::new(Pair::ROOT, revision);
    let content = to_bytes(&[root.0[0], root.0[1], geometry.block_size, geometry.block_count, VERSION]);
    first.entries.push(Entry::new(Kind::Superblock, NAME.to_vec(), Content::Inline(content)));
    first.tail = root;
    // Twice, so that neither block holds what was there before.
    first.write(disk, dev)?;
    first.write(disk, dev)
}

/// What is not as it should be, and how it is to be.
enum Defect {
    /// The tail of the table at this pair leads to a folder without name, or to where a folder is no more: it is to lead elsewhere.
    Tail(Pair, Pair),
    /// An entry is marked as moving.
    Mark(Pair, usize),
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
        let mut v1 = V1 { root, moved: BTreeSet::new(), is_stale: false, is_consistent: false };
        v1.read_state(disk, dev)?;
        // Blocks are used in turn, not the first ones most.
        let start = v1.fetch(disk, dev, root)?.revision;
        Ok((v1, Space::new(disk.geometry.block_count, start)))
    }

    /// Finds out which entries have been moved elsewhere and are still where they were.
    pub(super) fn read_state(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result {
        let (mut moving, mut moved) = (BTreeSet::new(), BTreeSet::new());
        self.for_each_part(disk, dev, &mut |_, table| {
            moving.extend(table.entries.iter().filter(|entry| entry.is_moving).filter_map(words));
            Ok(true)
        })?;
        if !moving.is_empty() {
            self.for_each_part(disk, dev, &mut |_, table| {
                let all = table.entries.iter().filter(|entry| !entry.is_moving).filter_map(words);
                moved.extend(all.filter(|words| moving.contains(words)));
                Ok(true)
            })?;
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
            match self.defect(cx)? {
                None => {
                    self.is_consistent = true;
                    return self.read_state(cx.disk, cx.dev);
                }
                Some(Defect::Tail(before, tail)) => {
                    let mut before = self.fetch(cx.disk, cx.dev, before)?;
                    before.tail = tail;
                    self.commit(cx, &mut before)?;
                }
                Some(Defect::Mark(pair, id)) => {
                    let mut table = self.fetch(cx.disk, cx.dev, pair)?;
                    if self.is_moved(&table, id) {
                        self.delete(cx, table, id)?;
                    } else {
                        table.entries.get_mut(id).ok_or(Error::CORRUPT)?.is_moving = false;
                        self.commit(cx, &mut table)?;
                    }
                }
            }
        }
        Err(Error::CORRUPT)
    }

    /// The first thing that is not as it should be.
    fn defect(&mut self, cx: &mut Context<'_>) -> Result<Option<Defect>> {
        // Where folders begin, by either block; and the pairs that begin a folder, with the one before and the one after.
        let (mut folders, mut heads, mut mark) = (BTreeMap::new(), Vec::new(), None);
        let mut before: Option<(Pair, Pair, bool)> = None;
        let root = self.root;
        folders.extend(root.0.map(|block| (block, root)));
        self.for_each_part(cx.disk, cx.dev, &mut |_, table| {
            if let Some((before, here, false)) = before {
                heads.push((before, here, table.tail));
            }
            before = Some((table.pair, table.tail, table.continues));
            for (id, entry) in table.entries.iter().enumerate() {
                if let Content::Folder(pair) = entry.content {
                    folders.extend(pair.0.map(|block| (block, pair)));
                }
                if entry.is_moving && mark.is_none() {
                    mark = Some(Defect::Mark(table.pair, id));
                }
            }
            Ok(true)
        })?;
        let tail = heads.into_iter().find_map(|(before, here, after)| {
            match here.0.iter().find_map(|block| folders.get(block)) {
                None => Some(Defect::Tail(before, after)),
                Some(pair) if !pair.is(here) => Some(Defect::Tail(before, *pair)),
                Some(_) => None,
            }
        });
        Ok(tail.or(mark))
    }
}
