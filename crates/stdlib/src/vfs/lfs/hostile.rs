//! File systems that were made to do harm: whole by their checksums, but what they say makes no sense. Nothing that is
//! done with them goes on for ever, or worse.

use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use super::ctz::List;
use super::device::testing::Memory;
use super::device::{Device, Disk, Geometry, Result};
use super::folder::{Content, Entry, Kind};
use super::pair::Pair;
use super::tests::{apply, mount, program, read};
use super::v1::V1;
use super::v1::table::Table;
use super::v2::log::Log;
use super::v2::{ORPHANS, V2};
use super::{Version, v1, v2};
use crate::vfs::accesses::Accesses;
use crate::vfs::model::Numbers;

/// What is to be written to a metadata pair.
struct Forged {
    pair: Pair,
    entries: Vec<Entry>,
    tail: Pair,
    continues: bool,
    /// Whether it says that a change was interrupted.
    is_unfinished: bool,
}

/// Writes what a version would not.
trait Forge: Version {
    fn forge(disk: &mut Disk, dev: &dyn Device, part: Forged) -> Result;

    fn superblock(disk: &Disk, root: Pair) -> Entry;
}

impl Forge for V1 {
    fn forge(disk: &mut Disk, dev: &dyn Device, part: Forged) -> Result {
        let mut table = Table::new(part.pair, 0);
        (table.entries, table.tail, table.continues) = (part.entries, part.tail, part.continues);
        table.write(disk, dev)
    }

    fn superblock(disk: &Disk, root: Pair) -> Entry {
        v1::mount::superblock(disk, root).unwrap()
    }
}

impl Forge for V2 {
    fn forge(disk: &mut Disk, dev: &dyn Device, part: Forged) -> Result {
        let mut log = Log::new(part.pair, 0);
        (log.entries, log.tail, log.split) = (part.entries, part.tail, part.continues);
        log.shared = [if part.is_unfinished { ORPHANS } else { 0 }, 0, 0];
        log.rewrite(disk, dev)
    }

    fn superblock(disk: &Disk, _: Pair) -> Entry {
        v2::mount::superblock(disk).unwrap()
    }
}

const BLOCK: u32 = 256;
const BLOCKS: u32 = 96;
/// Pairs that hold something.
const PAIRS: u32 = 10;
/// More accesses than anything reasonable takes.
const MOST: u32 = 200_000;

/// A device that is not accessed for ever.
struct Counted {
    memory: Memory,
    accesses: Accesses,
}

impl Device for Counted {
    fn read(&self, block: u32, offset: u32, buffer: &mut [u8]) -> Result {
        self.accesses.count();
        self.memory.read(block, offset, buffer)
    }

    fn program(&self, block: u32, offset: u32, bytes: &[u8]) -> Result {
        self.accesses.count();
        self.memory.program(block, offset, bytes)
    }

    fn erase(&self, block: u32) -> Result {
        self.accesses.count();
        self.memory.erase(block)
    }

    fn sync(&self) -> Result {
        Ok(())
    }
}

struct Random(Numbers);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0.below(limit)
    }

    fn pair(&mut self) -> Pair {
        let first = 2 * self.below(PAIRS);
        match self.below(8) {
            0 => Pair([first, self.below(2 * PAIRS)]),
            1 => Pair([first + 1, first]),
            2 => Pair([self.below(BLOCKS + 10), first]),
            _ => Pair([first, first + 1]),
        }
    }

    fn entry(&mut self) -> Entry {
        let name = vec![b"adefz"[self.below(5) as usize]; 1 + self.below(2) as usize];
        let list = List { head: self.below(BLOCKS), size: self.below(6000) };
        let mut entry = match self.below(6) {
            0 | 1 => Entry::new(Kind::Folder, name, Content::Folder(self.pair())),
            2 => Entry::new(Kind::File, name, Content::List(List { size: 0, ..list })),
            3 => Entry::new(Kind::Folder, name, Content::List(list)),
            _ => Entry::new(Kind::File, name, Content::List(list)),
        };
        entry.is_moving = self.below(4) == 0;
        entry
    }

    fn part(&mut self, pair: Pair) -> Forged {
        let entries = (0..self.below(6)).map(|_| self.entry()).collect();
        let tail = if self.below(5) == 0 { Pair::NULL } else { self.pair() };
        Forged { pair, entries, tail, continues: self.below(3) == 0, is_unfinished: self.below(3) == 0 }
    }
}

fn makes_no_sense<T: Forge>() {
    let mut random = Random(Numbers(99));
    let mut mounted = 0;
    for round in 0..240 {
        let mut disk = Disk::new(Geometry::new(16, 16, BLOCK, BLOCKS).unwrap());
        let dev = Counted { memory: Memory::new(BLOCK, BLOCKS), accesses: Accesses::new(u32::MAX) };
        for number in 0..PAIRS {
            let mut part = random.part(Pair([2 * number, 2 * number + 1]));
            if number == 0 {
                part.entries.insert(0, T::superblock(&disk, random.pair()));
            }
            if round % 2 == 0 && number > 0 {
                // In a list that ends, so that more of them can be mounted.
                part.tail = if number + 1 < PAIRS { Pair([2 * number + 2, 2 * number + 3]) } else { Pair::NULL };
            }
            T::forge(&mut disk, &dev, part).unwrap();
        }
        let budget = || dev.accesses.grant(MOST);
        budget();
        let Ok(mut fs) = mount::<T>(&dev) else { continue };
        mounted += 1;
        let paths = ["/", "/a", "/a/a", "/d", "/e/f", "/z/a/d"].map(String::from);
        for path in paths.iter().cloned().chain((0..3).map(|n| format!("/{}", "a/".repeat(n * 20)))) {
            budget();
            let _ = fs.with_tree(&dev, |tree, cx| tree.list(cx, path.as_bytes()));
            let _ = fs.with_tree(&dev, |tree, cx| tree.stat(cx, path.as_bytes()));
            let _ = read(&mut fs, &dev, &path);
        }
        for step in &program()[..14] {
            budget();
            let _ = apply(&mut fs, &dev, step);
        }
        for path in &paths {
            budget();
            let _ = fs.with_tree(&dev, |tree, cx| tree.rename(cx, path.as_bytes(), b"/a/other"));
            let _ = fs.with_tree(&dev, |tree, cx| tree.remove(cx, path.as_bytes()));
        }
        budget();
        let _ = fs.used_blocks(&dev);
    }
    assert!(mounted > 30, "{mounted}");
}

#[test]
fn version_1() {
    makes_no_sense::<V1>();
}

#[test]
fn version_2() {
    makes_no_sense::<V2>();
}
