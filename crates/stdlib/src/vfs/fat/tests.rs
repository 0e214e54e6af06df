//! What is written is there, after losses of power at any moment too.

mod hostile;

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

use berus_runtime::errno;

use super::device::{Device, Error, Result, Sectors};
use super::format::format;
use super::tree::{Fat, Found, How, names};
use super::volume::{Kind, Volume};
use crate::vfs::model::{Content, Numbers, Random, Step, data};

/// A device in memory that can lose its power.
struct Memory {
    bytes: RefCell<Vec<u8>>,
    /// Writes until the power fails, and halves of a sector that the write takes on which it does.
    left: Cell<u32>,
    half: Cell<u32>,
}

const SECTOR: usize = 512;

impl Memory {
    fn new(sectors: usize) -> Memory {
        Memory { bytes: RefCell::new(vec![0xaa; sectors * SECTOR]), left: Cell::new(u32::MAX), half: Cell::new(0) }
    }

    /// A device with the same content, and power.
    fn copy(&self) -> Memory {
        Memory { bytes: self.bytes.clone(), left: Cell::new(u32::MAX), half: Cell::new(0) }
    }

    fn sectors(&self) -> Sectors {
        Sectors::new(SECTOR as u32, (self.bytes.borrow().len() / SECTOR) as u32).unwrap()
    }
}

impl Device for Memory {
    fn read(&self, sector: u32, buffer: &mut [u8]) -> Result {
        if self.left.get() == 0 {
            return Err(Error::BROKEN);
        }
        buffer.copy_from_slice(&self.bytes.borrow()[sector as usize * SECTOR..][..buffer.len()]);
        Ok(())
    }

    fn write(&self, sector: u32, bytes: &[u8]) -> Result {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        let len = match left {
            0 => 0,
            1 => bytes.len() * self.half.get() as usize / 2,
            _ => bytes.len(),
        };
        self.bytes.borrow_mut()[sector as usize * SECTOR..][..len].copy_from_slice(&bytes[..len]);
        if left < 2 { Err(Error::BROKEN) } else { Ok(()) }
    }

    fn sync(&self) -> Result {
        Ok(())
    }
}

const NOW: (u16, u16) = (0x5a21, 0x6000);

fn formatted(sectors: usize) -> Memory {
    let dev = Memory::new(sectors);
    format(&mut dev.sectors(), &dev, 7).unwrap();
    dev
}

fn mount(dev: &Memory) -> Result<Fat> {
    Ok(Fat::new(Volume::mount(dev.sectors(), dev)?))
}

fn path(path: &str) -> Vec<String> {
    names(path.as_bytes()).unwrap()
}

const READ: How = How { read: true, write: false, create: false, exclusive: false, truncate: false };
const WRITE: How = How { read: false, write: true, create: true, exclusive: false, truncate: true };
const APPEND: How = How { truncate: false, ..WRITE };

fn write(fat: &mut Fat, dev: &dyn Device, name: &str, how: How, bytes: &[u8]) -> Result {
    let file = fat.open(dev, &path(name), how, NOW)?;
    let end = if how.truncate { 0 } else { 2 };
    let result = fat.seek(file, 0, end).and_then(|_| {
        bytes.chunks(700).try_for_each(|chunk| match fat.write(dev, file, chunk)? {
            len if len < chunk.len() => Err(Error::Errno(errno::NO_SPACE)),
            _ => Ok(()),
        })
    });
    let closed = fat.close(dev, file, NOW);
    result.and(closed)
}

fn read(fat: &mut Fat, dev: &dyn Device, name: &str) -> Result<Vec<u8>> {
    let file = fat.open(dev, &path(name), READ, NOW)?;
    let (mut all, mut chunk) = (Vec::new(), vec![0; 1300]);
    loop {
        match fat.read(dev, file, &mut chunk)? {
            0 => break,
            len => all.extend_from_slice(&chunk[..len]),
        }
    }
    fat.close(dev, file, NOW)?;
    Ok(all)
}

fn content(fat: &mut Fat, dev: &dyn Device) -> Result<Content> {
    let mut all = BTreeMap::new();
    let mut open = vec![String::from("/")];
    while let Some(folder) = open.pop() {
        // What is damaged may lead round in circles.
        if folder.len() > 300 {
            return Err(Error::BROKEN);
        }
        for entry in fat.list(dev, &path(&folder))? {
            let name = format!("{folder}{}", entry.name);
            if entry.is_folder() {
                all.insert(name.clone() + "/", Vec::new());
                open.push(name + "/");
            } else {
                let bytes = read(fat, dev, &name)?;
                all.insert(name, bytes);
            }
        }
    }
    Ok(all)
}

fn apply(fat: &mut Fat, dev: &dyn Device, step: &Step) -> Result {
    match step {
        Step::Write(name, mode, bytes) => write(fat, dev, name, if *mode == "w" { WRITE } else { APPEND }, bytes),
        Step::Mkdir(name) => fat.mkdir(dev, &path(name), NOW),
        Step::Remove(name) => {
            let name = path(name);
            let is_folder = matches!(fat.find(dev, &name)?, Found::Entry(_, entry) if entry.is_folder());
            fat.remove(dev, &name, is_folder)
        }
        Step::Rename(old, new) => fat.rename(dev, &path(old), &path(new)),
    }
}

fn program() -> Vec<Step> {
    vec![
        Step::Write("/a".into(), "w", data(1, 10)),
        Step::Mkdir("/Folder with a long name".into()),
        Step::Write("/Folder with a long name/more.bytes".into(), "w", data(2, 5000)),
        Step::Write("/a".into(), "a", data(3, 3000)),
        Step::Mkdir("/e".into()),
        Step::Rename("/Folder with a long name/more.bytes".into(), "/e/moved".into()),
        Step::Write("/e/moved".into(), "a", data(4, 300)),
        Step::Rename("/a".into(), "/z".into()),
        Step::Mkdir("/Folder with a long name/inner".into()),
        Step::Rename("/Folder with a long name/inner".into(), "/e/inner".into()),
        Step::Remove("/Folder with a long name".into()),
        Step::Write("/e/inner/größe und länge.txt".into(), "w", data(5, 600)),
        Step::Remove("/z".into()),
        Step::Write("/e/moved".into(), "w", data(6, 40)),
        Step::Write("/new".into(), "w", data(7, 900)),
        Step::Rename("/new".into(), "/e/moved".into()),
        Step::Rename("/e/moved".into(), "/e/MOVED".into()),
        Step::Rename("/e/inner".into(), "/a folder that was moved".into()),
    ]
    .into_iter()
    // A folder of several sectors, so that both names are not always in one.
    .chain((0..12).map(|n| Step::Write(MANY[n].into(), "w", data(n, 10 + n))))
    .chain([
        Step::Rename(MANY[0].into(), "/e/a long name for a file in another sector.text".into()),
        Step::Rename(MANY[1].into(), MANY[11].into()),
        Step::Rename(MANY[11].into(), MANY[2].into()),
        Step::Rename("/a folder that was moved".into(), "/e/a folder that is in another sector now".into()),
    ])
    .collect()
}

const MANY: [&str; 12] = [
    "/e/the file number 0",
    "/e/the file number 1",
    "/e/the file number 2",
    "/e/the file number 3",
    "/e/the file number 4",
    "/e/the file number 5",
    "/e/the file number 6",
    "/e/the file number 7",
    "/e/the file number 8",
    "/e/the file number 9",
    "/e/the file number 10",
    "/e/the file number 11",
];

#[test]
fn volumes_of_each_kind() {
    for (sectors, kind) in [(50, Kind::Fat12), (9000, Kind::Fat16), (560_000, Kind::Fat16)] {
        let dev = formatted(sectors);
        let mut fat = mount(&dev).unwrap();
        assert_eq!(fat.volume.kind, kind, "{sectors}");
        let free = fat.volume.free_clusters(&dev).unwrap();
        assert_eq!(free, fat.volume.cluster_count);
        for len in [0, 1, 511, 512, 513, 3000, 8000] {
            write(&mut fat, &dev, "/Some File", WRITE, &data(len, len)).unwrap();
            assert!(read(&mut mount(&dev).unwrap(), &dev, "/some file").unwrap() == data(len, len), "{len}");
        }
        fat.remove(&dev, &path("/SOMEFI~1"), false).unwrap();
        assert_eq!(fat.volume.free_clusters(&dev).unwrap(), free);
        assert_eq!(mount(&dev).unwrap().volume.free_clusters(&dev).unwrap(), free);
    }
}

#[test]
fn writes_anywhere() {
    let dev = formatted(200);
    let mut fat = mount(&dev).unwrap();
    let mut model = data(0, 2000);
    write(&mut fat, &dev, "/file", WRITE, &model).unwrap();
    let file = fat.open(&dev, &path("/file"), How { read: true, ..APPEND }, NOW).unwrap();
    for (n, (at, len)) in
        [(0, 1), (510, 4), (1000, 1600), (2600, 1), (4000, 10), (3, 512), (100, 2000)].into_iter().enumerate()
    {
        fat.seek(file, at as i64, 0).unwrap();
        let bytes = data(n + 50, len);
        assert_eq!(fat.write(&dev, file, &bytes).unwrap(), len);
        model.resize(model.len().max(at + len), 0);
        model[at..at + len].copy_from_slice(&bytes);
        fat.seek(file, 0, 0).unwrap();
        let mut back = vec![0; model.len() + 1];
        assert_eq!(fat.read(&dev, file, &mut back).unwrap(), model.len());
        assert!(back[..model.len()] == model, "step {n}");
    }
    fat.close(&dev, file, NOW).unwrap();
    assert!(read(&mut mount(&dev).unwrap(), &dev, "/file").unwrap() == model);
}

#[test]
fn folders_grow_and_names_are_found_in_any_case() {
    let dev = formatted(400);
    let mut fat = mount(&dev).unwrap();
    fat.mkdir(&dev, &path("/many"), NOW).unwrap();
    let names: Vec<_> = (0..100).map(|n| format!("/many/A file with number {n}.text")).collect();
    for (n, name) in names.iter().enumerate() {
        write(&mut fat, &dev, name, WRITE, &data(n, n)).unwrap();
    }
    let mut fat = mount(&dev).unwrap();
    for (n, name) in names.iter().enumerate() {
        assert_eq!(read(&mut fat, &dev, &name.to_uppercase()).unwrap(), data(n, n));
        assert!(matches!(
            fat.open(&dev, &path(name), How { exclusive: true, ..WRITE }, NOW),
            Err(Error::Errno(errno::EXISTS))
        ));
    }
    assert_eq!(fat.list(&dev, &path("/many")).unwrap().len(), 100);
    assert_eq!(fat.list(&dev, &path("/many")).unwrap()[7].name, names[7][6..]);
}

#[test]
fn open_files_of_removed_entries_touch_nothing() {
    let dev = formatted(100);
    let mut fat = mount(&dev).unwrap();
    let file = fat.open(&dev, &path("/gone"), WRITE, NOW).unwrap();
    fat.write(&dev, file, &data(1, 2000)).unwrap();
    fat.sync(&dev, file, NOW).unwrap();
    fat.remove(&dev, &path("/gone"), false).unwrap();
    write(&mut fat, &dev, "/other", WRITE, &data(2, 3000)).unwrap();
    assert!(fat.write(&dev, file, &data(3, 2000)).is_err());
    fat.close(&dev, file, NOW).unwrap();
    assert!(content(&mut fat, &dev).unwrap() == BTreeMap::from([("/other".to_string(), data(2, 3000))]));
}

#[test]
fn a_full_volume_takes_no_more() {
    let dev = formatted(60);
    let mut fat = mount(&dev).unwrap();
    write(&mut fat, &dev, "/first", WRITE, &data(1, 5000)).unwrap();
    assert!(matches!(write(&mut fat, &dev, "/second", WRITE, &data(2, 50_000)), Err(Error::Errno(errno::NO_SPACE))));
    assert!(read(&mut fat, &dev, "/first").unwrap() == data(1, 5000));
    fat.remove(&dev, &path("/second"), false).unwrap();
    write(&mut fat, &dev, "/second", WRITE, &data(2, 5000)).unwrap();
}

/// Whether `found` is what an interrupted step may leave: nothing unknown, and all of what the step does not concern.
/// What is renamed has one of the names, or both as long as nothing else has been changed, and what it replaces is
/// there until then.
fn is_between(step: &Step, found: &Content, before: &Content, after: &Content, is_settled: bool) -> bool {
    let is_known = |(name, bytes): (&String, &Vec<u8>)| {
        // A file that is written anew may be empty.
        let is_emptied = bytes.is_empty() && matches!(step, Step::Write(..)) && after.contains_key(name);
        before.get(name) == Some(bytes) || after.get(name) == Some(bytes) || is_emptied
    };
    let is_kept = |(name, bytes): (&String, &Vec<u8>)| after.get(name) != Some(bytes) || found.get(name) == Some(bytes);
    let names_are_right = match step {
        Step::Rename(old, new) => {
            let has = |content: &Content, name: &str| content.keys().any(|found| found.trim_end_matches('/') == name);
            let (old_is_there, new_is_there) = (has(found, old), has(found, new));
            let new_is_old = has(before, new) && before.get(new) == found.get(new);
            let one = if is_settled { old_is_there != (new_is_there && !new_is_old) } else { true };
            one && (old_is_there || new_is_there) && (new_is_there || !has(before, new))
        }
        _ => true,
    };
    found.iter().all(is_known) && before.iter().all(is_kept) && names_are_right
}

/// Fails every write of a program in turn, on volumes that say whether they are clean, and on small ones that do not.
fn losses_of_power(sectors: usize, kind: Kind, steps: &[Step]) {
    let mut states = vec![BTreeMap::new()];
    let dev = formatted(sectors);
    let mut fat = mount(&dev).unwrap();
    assert_eq!(fat.volume.kind, kind);
    for step in steps {
        apply(&mut fat, &dev, step).unwrap_or_else(|error| panic!("{step:?}: {error:?}"));
        states.push(content(&mut fat, &dev).unwrap());
    }
    for half in [0, 2] {
        for fail_at in 1.. {
            let dev = formatted(sectors);
            let mut fat = mount(&dev).unwrap();
            dev.left.set(fail_at);
            dev.half.set(half);
            let Some(failed) = steps.iter().position(|step| apply(&mut fat, &dev, step).is_err()) else { break };
            let place = format!("write {fail_at} ({half}), in {:?}", steps[failed]);
            let dev = dev.copy();
            let mut fat = mount(&dev).unwrap_or_else(|error| panic!("{place}: {error:?}"));
            let found = content(&mut fat, &dev).unwrap_or_else(|error| panic!("{place}: {error:?}"));
            let (before, after) = (&states[failed], &states[failed + 1]);
            assert!(is_between(&steps[failed], &found, before, after, false), "{place}: {:?}", found.keys());
            // What is written next does not touch what is there.
            write(&mut fat, &dev, "/next", WRITE, &data(0, 4000)).unwrap();
            let mut found = content(&mut fat, &dev).unwrap_or_else(|error| panic!("{place}: {error:?}"));
            assert!(found.remove("/next") == Some(data(0, 4000)));
            assert!(is_between(&steps[failed], &found, before, after, true), "{place}: {:?}", found.keys());
        }
    }
}

#[test]
fn losses_of_power_on_small_volumes() {
    losses_of_power(160, Kind::Fat12, &program());
}

#[test]
fn losses_of_power_on_large_volumes() {
    losses_of_power(9000, Kind::Fat16, &program());
}

#[test]
fn losses_of_power_in_random_programs() {
    (0..4).for_each(|seed| losses_of_power(160, Kind::Fat12, &Random::steps(seed, 15)));
}

/// A random program does what it should, also when the volume is mounted anew now and then.
#[test]
fn random_programs() {
    for seed in 0..20 {
        let dev = formatted(160);
        let mut fat = mount(&dev).unwrap();
        let free = fat.volume.free_clusters(&dev).unwrap();
        let mut random = Random::new(seed);
        for n in 1..60 {
            let (step, can_be_done) = random.step();
            let result = apply(&mut fat, &dev, &step);
            assert_eq!(
                result.is_ok(),
                can_be_done,
                "program {seed}, {n}: {step:?}: {result:?} {:?}",
                random.content.keys()
            );
            if n % 7 == 0 {
                fat = mount(&dev).unwrap();
            }
            let found = content(&mut fat, &dev).unwrap();
            assert!(found == random.content, "program {seed}, {n}, {step:?}: {:?}", found.keys());
        }
        // All that was taken is given back.
        for path in random.content.keys().rev() {
            let path = path.trim_end_matches('/').to_string();
            apply(&mut fat, &dev, &Step::Remove(path)).unwrap();
        }
        assert_eq!(mount(&dev).unwrap().volume.free_clusters(&dev).unwrap(), free, "program {seed}");
    }
}

/// Any damage to the device is an error at worst.
#[test]
fn damage() {
    let dev = formatted(120);
    let mut fat = mount(&dev).unwrap();
    for step in program() {
        apply(&mut fat, &dev, &step).unwrap();
    }
    let mut numbers = Numbers(12345);
    let mut next = |limit: u32| numbers.below(limit);
    for round in 0..1500 {
        let dev = dev.copy();
        for _ in 0..1 + next(20) {
            // Mostly where it says how all else is to be read.
            let at = next(if round % 4 == 0 { 120 } else { 8 }) as usize * SECTOR + next(SECTOR as u32) as usize;
            dev.bytes.borrow_mut()[at] = next(256) as u8;
        }
        if let Ok(mut fat) = mount(&dev) {
            let _ = content(&mut fat, &dev);
            for step in &program()[..6] {
                let _ = apply(&mut fat, &dev, step);
            }
            let _ = fat.volume.free_clusters(&dev);
        }
    }
}
