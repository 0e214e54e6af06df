//! Formatting, mounting, and setting right what a loss of power has left.

use alloc::vec::Vec;

use super::log::{Change, Log, combine};
use super::{State, V2};
use crate::vfs::lfs::device::{Device, Disk, Error, Result};
use crate::vfs::lfs::folder::{Content, Entry, Folders, Kind};
use crate::vfs::lfs::pair::{Pair, to_bytes};
use crate::vfs::lfs::space::Space;
use crate::vfs::lfs::tree::Context;
use crate::vfs::memory;

/// The version of the format, high half and low half.
const VERSION: u32 = 2 << 16 | 1;
/// The name of the superblock.
const NAME: &[u8] = b"littlefs";

/// Bytes that a name, a file and an attribute may have.
const NAME_MAX: u32 = 255;
pub const FILE_MAX: u32 = 0x7fff_ffff;
const ATTRIBUTE_MAX: u32 = 1022;

/// The first entry of all: version, size of a block, number of blocks, and the most bytes of names, files and
/// attributes.
pub fn superblock(disk: &Disk) -> Result<Entry> {
    let geometry = disk.geometry;
    let words = [VERSION, geometry.block_size, geometry.block_count, NAME_MAX, FILE_MAX, ATTRIBUTE_MAX];
    Ok(Entry::new(Kind::Superblock, memory::copy(NAME)?, Content::Inline(to_bytes(&words)?)))
}

/// Makes an empty file system.
pub fn format(disk: &mut Disk, dev: &dyn Device) -> Result {
    if disk.geometry.block_count < 2 {
        return Err(Error::NO_SPACE);
    }
    // After whatever is there.
    let mut revision = 0;
    for block in Pair::ROOT.0 {
        revision = disk.read_u32(dev, block, 0)?.max(revision & 0x7fff_ffff) & 0x7fff_ffff;
    }
    let mut root = Log::new(Pair::ROOT, revision);
    memory::push(&mut root.entries, superblock(disk)?)?;
    // Twice, so that neither block holds what was there before.
    root.rewrite(disk, dev)?;
    root.rewrite(disk, dev)
}

impl V2 {
    /// Mounts a file system.
    pub fn mount(disk: &mut Disk, dev: &dyn Device) -> Result<(V2, Space)> {
        let mut v2 = V2 {
            root: Pair::NULL,
            name_max: NAME_MAX,
            shared: State::default(),
            on_disk: State::default(),
            delta: [0; 3],
            is_stale: false,
            is_old: false,
            seed: 0,
        };
        v2.read_state(disk, dev)?;
        if v2.root.is_null() {
            return Err(Error::INVALID);
        }
        let start = v2.seed;
        Ok((v2, Space::new(disk.geometry.block_count, start)))
    }

    /// Reads what superblocks say, and the state that all logs share.
    pub(super) fn read_state(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result {
        let mut state = [0; 3];
        let mut superblocks = Vec::new();
        self.for_each_part(disk, dev, &mut |_, log| {
            state = combine(state, log.shared);
            if let Some(Entry { kind: Kind::Superblock, name, content: Content::Inline(data), .. }) =
                log.entries.first()
                && name == NAME
            {
                memory::push(&mut superblocks, (log.pair, memory::copy(data)?))?;
            }
            Ok(true)
        })?;
        for (pair, data) in superblocks {
            self.read_superblock(disk, &data)?;
            self.root = pair;
        }
        self.shared = State(state);
        if state[0] >> 31 != 0 {
            self.shared.add_orphans(1);
        }
        (self.on_disk, self.delta, self.is_stale) = (self.shared, [0; 3], false);
        Ok(())
    }

    fn read_superblock(&mut self, disk: &Disk, data: &[u8]) -> Result {
        let mut words =
            data.chunks_exact(4).map(|word| word.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)));
        let mut word = || words.next().ok_or(Error::INVALID);
        let (version, block_size, block_count, name_max) = (word()?, word()?, word()?, word()?);
        let is_known = version >> 16 == VERSION >> 16 && version & 0xffff <= VERSION & 0xffff;
        if !is_known || (block_size, block_count) != (disk.geometry.block_size, disk.geometry.block_count) {
            return Err(Error::INVALID);
        }
        self.is_old = version < VERSION;
        // Zero stands for what is usual.
        self.name_max = if name_max == 0 { NAME_MAX } else { name_max.min(NAME_MAX) };
        Ok(())
    }

    pub(super) fn check_name(&self, name: &[u8]) -> Result {
        if name.len() > self.name_max as usize { Err(Error::NAME_TOO_LONG) } else { Ok(()) }
    }

    /// Sets right what a loss of power, or a failure, has left: before every change.
    pub(super) fn make_consistent(&mut self, cx: &mut Context<'_>) -> Result {
        self.refresh(cx.disk, cx.dev)?;
        if self.is_old {
            let log = self.fetch(cx.disk, cx.dev, self.root)?;
            let content = superblock(cx.disk)?.content;
            self.commit(cx, &log, &[Change::Content(0, content)])?;
            self.is_old = false;
        }
        if self.on_disk.moves() {
            // It is where it was moved to.
            let (pair, id) = (self.on_disk.pair(), self.on_disk.tag().id() as usize);
            let log = self.fetch(cx.disk, cx.dev, pair)?;
            self.shared.clear_move();
            self.commit(cx, &log, &[Change::Delete(id)])?;
        }
        if self.shared.orphans() > 0 {
            self.adopt_orphans(cx)?;
        }
        Ok(())
    }

    /// Takes logs that no folder has out of the list of all, and corrects what leads to those that were moved.
    fn adopt_orphans(&mut self, cx: &mut Context<'_>) -> Result {
        // A pair that is put right leads to others; none is looked at more often than there are blocks.
        for _ in 0..=cx.disk.geometry.block_count {
            let Some(stray) = self.find_stray(cx.disk, cx.dev)? else {
                // The last change has been made, but for saying so.
                let orphans = self.shared.orphans() as i32;
                self.shared.add_orphans(-orphans);
                let log = self.fetch(cx.disk, cx.dev, self.root)?;
                return self.commit(cx, &log, &[]).map(drop);
            };
            let before = self.fetch(cx.disk, cx.dev, stray.before)?;
            match stray.moved_to {
                Some(pair) => drop(self.commit(cx, &before, &[Change::Tail(false, pair)])?),
                None => {
                    let log = self.fetch(cx.disk, cx.dev, stray.pair)?;
                    self.drop_log(cx, &before, &log)?;
                }
            }
        }
        Err(Error::CORRUPT)
    }
}
