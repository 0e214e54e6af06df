//! Trees hold what a map holds, after losses of power at any moment too, and whatever a file says.

use std::collections::BTreeMap;
use std::vec;
use std::vec::Vec;

use core::cell::{Cell, RefCell};

use super::pages::{Device, Meta};
use super::tree::{Pair, Settings, Start, Tree};
use crate::vfs::error::{Error, Result};

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

/// A file in memory, of which the power can be lost.
#[derive(Default)]
struct Memory {
    bytes: RefCell<Vec<u8>>,
    /// What has been written since the last `sync`.
    waiting: RefCell<Vec<(usize, Vec<u8>)>>,
    durable: RefCell<Vec<u8>>,
    /// How many writes are done before the power is lost.
    writes_left: Cell<Option<usize>>,
}

impl Memory {
    fn of(bytes: Vec<u8>) -> Memory {
        Memory { durable: RefCell::new(bytes.clone()), bytes: RefCell::new(bytes), ..Memory::default() }
    }

    /// What is there after a loss of power: of what was not synchronised, pieces of 512 bytes that `random` chooses.
    fn after_loss(&self, random: &mut Random) -> Vec<u8> {
        let mut bytes = self.durable.borrow().clone();
        for (at, written) in &*self.waiting.borrow() {
            for (number, piece) in written.chunks(512).enumerate() {
                if random.below(2) == 0 {
                    put(&mut bytes, at + number * 512, piece);
                }
            }
        }
        bytes
    }
}

fn put(all: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if all.len() < at + bytes.len() {
        all.resize(at + bytes.len(), 0);
    }
    all[at..at + bytes.len()].copy_from_slice(bytes);
}

impl Device for Memory {
    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<usize> {
        let all = self.bytes.borrow();
        let rest = all.get(at as usize..).unwrap_or_default();
        let count = rest.len().min(bytes.len());
        bytes[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write(&self, at: u64, bytes: &[u8]) -> Result {
        match self.writes_left.get() {
            Some(0) => return Err(Error::NO_SPACE),
            left => self.writes_left.set(left.map(|left| left - 1)),
        }
        assert!(at as usize <= self.bytes.borrow().len(), "files are written without gaps");
        put(&mut self.bytes.borrow_mut(), at as usize, bytes);
        self.waiting.borrow_mut().push((at as usize, bytes.to_vec()));
        Ok(())
    }

    fn sync(&self) -> Result {
        if self.writes_left.get() == Some(0) {
            return Err(Error::NO_SPACE);
        }
        *self.durable.borrow_mut() = self.bytes.borrow().clone();
        self.waiting.borrow_mut().clear();
        Ok(())
    }

    fn len(&self) -> Result<u64> {
        Ok(self.bytes.borrow().len() as u64)
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn key(&mut self, keys: usize) -> Vec<u8> {
        let number = self.below(keys);
        let mut key = vec![b'a' + (number % 7) as u8, (number >> 8) as u8, number as u8];
        // Some have pages of their own.
        key.resize(if number.is_multiple_of(31) { 700 } else { 3 + number % 20 }, b'k');
        key
    }

    fn value(&mut self) -> Vec<u8> {
        let len = match self.below(20) {
            0 => self.below(3000),
            1 => 0,
            _ => self.below(60),
        };
        let first = self.below(256);
        (0..len).map(|n| (n + first) as u8).collect()
    }
}

fn open(device: &Memory, settings: Settings) -> Result<Tree> {
    let mut head = [0; Meta::LEN];
    let count = device.read(0, &mut head)?;
    Tree::open(device, &head[..count], settings)
}

fn small() -> Settings {
    Settings { page: 512, ..Settings::default() }
}

/// All pairs, from either end.
fn content(tree: &mut Tree, device: &Memory, back: bool) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut all = Vec::new();
    let mut next = tree.seek(device, if back { Start::Last } else { Start::First })?;
    while let Some(Pair { place, key, value }) = next {
        assert!(all.len() < 100_000, "a walk ends");
        next = tree.advance(device, place, &key, back)?;
        all.push((key, value));
    }
    if back {
        all.reverse();
    }
    Ok(all)
}

fn is_same(tree: &mut Tree, device: &Memory, map: &Map) -> bool {
    let pairs: Vec<_> = map.clone().into_iter().collect();
    content(tree, device, false).unwrap() == pairs && content(tree, device, true).unwrap() == pairs
}

#[test]
fn trees_hold_what_a_map_holds() {
    for (seed, page, keys) in
        [(1, 512, 60), (2, 512, 900), (3, 514, 400), (4, 1024, 900), (5, 4096, 3000), (6, 65_536, 500)]
    {
        let mut random = Random(seed);
        let (device, mut map) = (Memory::default(), Map::new());
        let settings = Settings { page, ..Settings::default() };
        let mut tree = open(&device, settings).unwrap();
        for step in 0..3000 {
            let key = random.key(keys);
            // The tree grows, then shrinks to nothing, then grows.
            match random.below(10) {
                0 => assert_eq!(tree.get(&device, &key).unwrap(), map.get(&key).cloned()),
                1..7 if !(1000..2200).contains(&step) => {
                    let value = random.value();
                    tree.put(&device, &key, &value).unwrap();
                    map.insert(key, value);
                }
                _ => assert_eq!(tree.delete(&device, &key).unwrap(), map.remove(&key).is_some()),
            }
            if random.below(200) == 0 {
                tree.commit(&device).unwrap();
                tree = open(&device, Settings::default()).unwrap();
            }
            if random.below(100) == 0 {
                assert!(is_same(&mut tree, &device, &map), "seed {seed}, step {step}");
            }
        }
        assert!(is_same(&mut tree, &device, &map));
    }
}

#[test]
fn walks_go_on_where_they_were_after_changes() {
    let mut random = Random(9);
    let device = Memory::default();
    let mut tree = open(&device, small()).unwrap();
    let mut map = Map::new();
    for _ in 0..600 {
        let (key, value) = (random.key(500), random.value());
        tree.put(&device, &key, &value).unwrap();
        map.insert(key, value);
    }
    for back in [false, true] {
        let mut pair = tree.seek(&device, if back { Start::Last } else { Start::First }).unwrap();
        let mut steps = 0;
        while let Some(Pair { place, key, .. }) = pair {
            let changed = random.key(500);
            if random.below(2) == 0 {
                tree.delete(&device, &changed).unwrap();
                map.remove(&changed);
            } else {
                tree.put(&device, &changed, b"new").unwrap();
                map.insert(changed, b"new".to_vec());
            }
            pair = tree.advance(&device, place, &key, back).unwrap();
            let wanted = match back {
                true => map.range(..key).next_back(),
                false => map.range((core::ops::Bound::Excluded(key), core::ops::Bound::Unbounded)).next(),
            };
            assert_eq!(pair.as_ref().map(|pair| (&pair.key, &pair.value)), wanted);
            steps += 1;
        }
        assert!(steps > 100);
    }
}

#[test]
fn keys_can_be_there_more_than_once() {
    let mut random = Random(10);
    let device = Memory::default();
    let mut tree = open(&device, Settings { has_duplicates: true, ..small() }).unwrap();
    let mut map: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
    for step in 0..2000 {
        let key = random.key(40);
        if random.below(40) == 0 {
            assert_eq!(tree.delete(&device, &key).unwrap(), map.remove(&key).is_some());
        } else {
            let value = random.value();
            tree.put(&device, &key, &value).unwrap();
            map.entry(key).or_default().push(value);
        }
        if step % 100 == 0 {
            let mut wanted: Vec<_> = map.iter().flat_map(|(key, all)| all.iter().map(move |v| (key, v))).collect();
            wanted.sort();
            for back in [false, true] {
                let pairs = content(&mut tree, &device, back).unwrap();
                assert!(pairs.is_sorted_by_key(|(key, _)| key.clone()));
                let mut pairs: Vec<_> = pairs.iter().map(|(key, value)| (key, value)).collect();
                pairs.sort();
                assert_eq!(pairs, wanted);
            }
        }
    }
    tree.commit(&device).unwrap();
    let mut tree = open(&device, Settings::default()).unwrap();
    let all: usize = map.values().map(Vec::len).sum();
    assert_eq!(content(&mut tree, &device, false).unwrap().len(), all);
}

/// A program that commits now and then: what there is after each commit.
fn run(device: &Memory, seed: u64, commits: &mut Vec<Map>) -> Result {
    let mut random = Random(seed);
    let mut tree = open(device, small())?;
    let mut map = Map::new();
    for _ in 0..4 {
        for _ in 0..40 {
            let key = random.key(150);
            if random.below(4) == 0 {
                tree.delete(device, &key)?;
                map.remove(&key);
            } else {
                let value = random.value();
                tree.put(device, &key, &value)?;
                map.insert(key, value);
            }
        }
        commits.push(map.clone());
        tree.commit(device)?;
    }
    Ok(())
}

#[test]
fn losses_of_power_leave_what_was_committed() {
    // So many pages stay in memory that nothing is written between commits.
    let whole = Memory::default();
    run(&whole, 3, &mut Vec::new()).unwrap();
    let mut random = Random(77);
    for writes in (0..).step_by(3) {
        let device = Memory::default();
        device.writes_left.set(Some(writes));
        let mut commits = vec![Map::new()];
        if run(&device, 3, &mut commits).is_ok() {
            assert!(writes > 100, "the program writes");
            break;
        }
        // The last may have come into the file or not.
        let possible = &commits[commits.len().saturating_sub(2)..];
        for _ in 0..4 {
            let device = Memory::of(device.after_loss(&mut random));
            let mut tree = open(&device, small()).unwrap();
            assert!(possible.iter().any(|map| is_same(&mut tree, &device, map)), "after {writes} writes");
            // What was put in place stays there.
            tree.put(&device, b"one more", b"").unwrap();
            tree.commit(&device).unwrap();
            let mut again = open(&Memory::of(device.bytes.borrow().clone()), small()).unwrap();
            assert_eq!(again.get(&device, b"one more").unwrap(), Some(Vec::new()));
        }
    }
}

#[test]
fn operations_that_fail_change_nothing() {
    let device = Memory::default();
    let mut random = Random(5);
    let (mut tree, mut map) = (open(&device, small()).unwrap(), Map::new());
    for _ in 0..500 {
        let (key, value) = (random.key(300), random.value());
        // Writing fails where pages have to leave memory.
        device.writes_left.set(Some(random.below(40)));
        let is_done = tree.put(&device, &key, &value).is_ok();
        device.writes_left.set(None);
        match tree.get(&device, &key).unwrap() {
            Some(found) if found == value => drop(map.insert(key, value)),
            other => {
                assert!(!is_done);
                assert_eq!(other.as_ref(), map.get(&key));
            }
        }
    }
    assert!(is_same(&mut tree, &device, &map));
}

#[test]
fn damaged_files_end_in_errors() {
    let whole = Memory::default();
    run(&whole, 4, &mut Vec::new()).unwrap();
    let bytes = whole.bytes.borrow().clone();
    let mut random = Random(6);
    let mut errors = 0;
    for _ in 0..1500 {
        let mut damaged = bytes.clone();
        for _ in 0..=random.below(6) {
            // Heads of pages are hit more often than the rest.
            let page = random.below(damaged.len() / 512) * 512;
            let part = if random.below(2) == 0 { 60 } else { 512 };
            let at = (page + random.below(part)).min(damaged.len() - 1);
            damaged[at] =
                if random.below(2) == 0 { random.below(256) as u8 } else { damaged[at] ^ 1 << random.below(8) };
        }
        if random.below(10) == 0 {
            damaged.truncate(random.below(bytes.len()));
        }
        let device = Memory::of(damaged);
        let mut work = || {
            let mut tree = open(&device, small())?;
            let mut next = tree.seek(&device, Start::First)?;
            for _ in 0..300 {
                let Some(Pair { place, key, .. }) = next else { break };
                next = tree.advance(&device, place, &key, false)?;
            }
            for _ in 0..100 {
                let key = random.key(150);
                if random.below(2) == 0 {
                    tree.delete(&device, &key)?;
                } else {
                    tree.put(&device, &key, &[b'v'; 300])?;
                }
            }
            tree.commit(&device)
        };
        errors += usize::from(work().is_err());
    }
    assert!(errors > 100, "{errors}");
}

#[test]
fn sizes_and_flags_that_no_file_has_are_refused() {
    for (page, keys_of_page) in [(511, 0), (513, 0), (65_538, 0), (510, 0), (512, 1)] {
        assert!(open(&Memory::default(), Settings { page, keys_of_page, ..Settings::default() }).is_err());
    }
    assert!(open(&Memory::of(vec![1; 24]), small()).is_err());
    assert!(open(&Memory::of(b"short".to_vec()), small()).is_err());
    // Nothing is written before there is something.
    let device = Memory::default();
    open(&device, small()).unwrap().commit(&device).unwrap();
    assert!(device.bytes.borrow().is_empty());
}
