//! What is written is there, after losses of power at any moment too.

use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

use berus_runtime::errno;

use super::Version;
use super::device::testing::Memory;
use super::device::{Device, Disk, Error, Geometry, Result};
use super::file::Lfs;
use super::folder::Part;
use super::tree::{How, Tree};
use super::v1::V1;
use super::v2::V2;
use crate::vfs::model::{Content, Numbers, Random, Step, data};

const BLOCK: u32 = 256;
pub const BLOCKS: u32 = 96;

fn disk() -> Disk {
    Disk::new(Geometry::new(16, 16, BLOCK, BLOCKS).unwrap())
}

pub fn formatted<T: Version>() -> Memory {
    let dev = Memory::new(BLOCK, BLOCKS);
    T::format(&mut disk(), &dev).unwrap();
    dev
}

pub fn mount<T: Version>(dev: &dyn Device) -> Result<Lfs<T>> {
    let mut disk = disk();
    let (tree, space) = T::mount(&mut disk, dev)?;
    Ok(Lfs::new(tree, disk, space))
}

fn how(mode: &str) -> How {
    match mode {
        "r" => How { read: true, ..How::default() },
        "w" => How { write: true, create: true, truncate: true, ..How::default() },
        "a" => How { write: true, create: true, append: true, ..How::default() },
        _ => How { read: true, write: true, ..How::default() },
    }
}

fn write<T: Tree>(fs: &mut Lfs<T>, dev: &dyn Device, path: &str, mode: &str, bytes: &[u8]) -> Result {
    let file = fs.open(dev, path.as_bytes(), how(mode), None)?;
    let result = bytes.chunks(100).try_for_each(|chunk| fs.write(dev, file, chunk, None).map(drop));
    let closed = fs.close(dev, file);
    result.and(closed)
}

pub fn read<T: Tree>(fs: &mut Lfs<T>, dev: &dyn Device, path: &str) -> Result<Vec<u8>> {
    let file = fs.open(dev, path.as_bytes(), how("r"), None)?;
    let (mut all, mut chunk) = (Vec::new(), [0; 77]);
    loop {
        match fs.read(dev, file, &mut chunk)? {
            0 => break,
            len => all.extend_from_slice(&chunk[..len]),
        }
    }
    fs.close(dev, file)?;
    Ok(all)
}

pub fn content<T: Tree>(fs: &mut Lfs<T>, dev: &dyn Device) -> Result<Content> {
    let mut all = BTreeMap::new();
    let mut open = vec![String::from("/")];
    while let Some(folder) = open.pop() {
        for info in fs.with_tree(dev, |tree, cx| tree.list(cx, folder.as_bytes()))? {
            let path = format!("{folder}{}", core::str::from_utf8(&info.name).unwrap());
            if info.is_folder {
                all.insert(path.clone() + "/", Vec::new());
                open.push(path + "/");
            } else {
                let bytes = read(fs, dev, &path)?;
                assert_eq!(bytes.len(), info.size as usize);
                assert_eq!(all.insert(path, bytes), None);
            }
        }
    }
    Ok(all)
}

pub fn apply<T: Tree>(fs: &mut Lfs<T>, dev: &dyn Device, step: &Step) -> Result {
    match step {
        Step::Write(path, mode, bytes) => write(fs, dev, path, mode, bytes),
        Step::Mkdir(path) => fs.with_tree(dev, |tree, cx| tree.mkdir(cx, path.as_bytes())),
        Step::Remove(path) => fs.with_tree(dev, |tree, cx| tree.remove(cx, path.as_bytes())),
        Step::Rename(old, new) => fs.with_tree(dev, |tree, cx| tree.rename(cx, old.as_bytes(), new.as_bytes())),
    }
}

/// A program that comes by everything that is delicate: many entries, long files, moves between folders, folders that
/// replace folders.
pub fn program() -> Vec<Step> {
    let path = |text: &str| text.to_string();
    let mut steps = vec![
        Step::Write(path("/a"), "w", data(1, 10)),
        Step::Mkdir(path("/d")),
        Step::Write(path("/d/long"), "w", data(2, 1500)),
        Step::Write(path("/a"), "a", data(3, 700)),
        Step::Mkdir(path("/e")),
        Step::Rename(path("/d/long"), path("/e/moved")),
        Step::Write(path("/e/moved"), "a", data(4, 300)),
        Step::Rename(path("/a"), path("/z")),
        Step::Mkdir(path("/d/inner")),
        Step::Rename(path("/d/inner"), path("/e/inner")),
        Step::Remove(path("/d")),
        Step::Mkdir(path("/f")),
        Step::Rename(path("/f"), path("/e/inner")),
        Step::Write(path("/nothing"), "w", Vec::new()),
        Step::Write(path("/nothing too"), "w", Vec::new()),
        Step::Rename(path("/nothing"), path("/e/nothing")),
        Step::Rename(path("/nothing too"), path("/e/nothing too")),
        Step::Remove(path("/e/nothing too")),
    ];
    for n in 0..14 {
        steps.push(Step::Write(format!("/e/inner/file{n}"), "w", data(n, n * 11)));
    }
    for n in (0..14).step_by(2) {
        steps.push(Step::Remove(format!("/e/inner/file{n}")));
    }
    steps.push(Step::Write(path("/e/moved"), "w", data(9, 40)));
    steps.push(Step::Rename(path("/z"), path("/e/moved")));
    steps.push(Step::Mkdir(path("/e/inner/deep")));
    steps.push(Step::Rename(path("/e/inner/file1"), path("/e/inner/deep/file1")));
    steps
}

fn round_trip<T: Version>() {
    let dev = formatted::<T>();
    let mut fs = mount::<T>(&dev).unwrap();
    for len in [0, 1, 31, 32, 33, 250, 255, 256, 257, 500, 3000, 9000] {
        write(&mut fs, &dev, "/file", "w", &data(len, len)).unwrap();
        assert!(read(&mut fs, &dev, "/file").unwrap() == data(len, len), "{len}");
        let mut again = mount::<T>(&dev).unwrap();
        assert!(read(&mut again, &dev, "/file").unwrap() == data(len, len), "{len}");
    }
}

fn writes_anywhere<T: Version>() {
    let dev = formatted::<T>();
    let mut fs = mount::<T>(&dev).unwrap();
    let mut model = data(0, 2000);
    write(&mut fs, &dev, "/file", "w", &model).unwrap();
    let file = fs.open(&dev, b"/file", how("+"), None).unwrap();
    for (n, (at, len)) in
        [(0, 1), (255, 3), (1000, 600), (1999, 1), (2000, 300), (2500, 10), (3, 0), (100, 2000)].into_iter().enumerate()
    {
        assert_eq!(fs.seek(&dev, file, at as i64, 0).unwrap(), at as u32);
        let bytes = data(n + 50, len);
        fs.write(&dev, file, &bytes, Some(7)).unwrap();
        if len > 0 {
            model.resize(model.len().max(at + len), 0);
            model[at..at + len].copy_from_slice(&bytes);
        }
        if n % 2 == 0 {
            fs.sync(&dev, file).unwrap();
        }
        fs.seek(&dev, file, 0, 0).unwrap();
        let mut back = vec![0; model.len() + 1];
        assert_eq!(fs.read(&dev, file, &mut back).unwrap(), model.len());
        assert!(back[..model.len()] == model, "step {n}");
    }
    fs.close(&dev, file).unwrap();
    assert!(read(&mut mount::<T>(&dev).unwrap(), &dev, "/file").unwrap() == model);
}

fn open_files_follow_their_entries<T: Version>() {
    let dev = formatted::<T>();
    let mut fs = mount::<T>(&dev).unwrap();
    let names: Vec<_> = (0..12).map(|n| format!("/some{n}")).collect();
    let files: Vec<_> = names.iter().map(|name| fs.open(&dev, name.as_bytes(), how("w"), None).unwrap()).collect();
    let gone = fs.open(&dev, b"/gone", how("w"), None).unwrap();
    fs.with_tree(&dev, |tree, cx| tree.remove(cx, b"/gone")).unwrap();
    for n in 0..20 {
        write(&mut fs, &dev, &format!("/r{n}"), "w", &data(n, 20)).unwrap();
    }
    for (n, file) in files.iter().enumerate() {
        fs.write(&dev, *file, &data(n, 40 * n), None).unwrap();
    }
    fs.write(&dev, gone, b"lost", None).unwrap();
    fs.close(&dev, gone).unwrap();
    for file in files {
        fs.close(&dev, file).unwrap();
    }
    let mut fs = mount::<T>(&dev).unwrap();
    for (n, name) in names.iter().enumerate() {
        assert!(read(&mut fs, &dev, name).unwrap() == data(n, 40 * n), "{name}");
    }
    assert!(matches!(read(&mut fs, &dev, "/gone"), Err(Error::Errno(errno::NO_ENTRY))));
}

fn a_full_device_takes_no_more_and_loses_nothing<T: Version>() {
    let dev = formatted::<T>();
    let mut fs = mount::<T>(&dev).unwrap();
    let mut written = 0;
    let error = loop {
        match write(&mut fs, &dev, &format!("/file{written}"), "w", &data(written, 2000)) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(error.is_no_space(), "{error:?}");
    assert!(written >= 8);
    let mut fs = mount::<T>(&dev).unwrap();
    for n in 0..written {
        assert!(read(&mut fs, &dev, &format!("/file{n}")).unwrap() == data(n, 2000));
    }
    for n in 0..written {
        fs.with_tree(&dev, |tree, cx| tree.remove(cx, format!("/file{n}").as_bytes())).unwrap();
    }
    write(&mut fs, &dev, "/again", "w", &data(0, 2000 * written)).unwrap();
}

/// A random program does what it should, also when the file system is mounted anew now and then.
fn random_programs<T: Version>() {
    for seed in 0..20 {
        let dev = formatted::<T>();
        let mut fs = mount::<T>(&dev).unwrap();
        let mut random = Random::new(seed);
        for n in 1..60 {
            let (step, can_be_done) = random.step();
            let result = apply(&mut fs, &dev, &step);
            assert_eq!(result.is_ok(), can_be_done, "program {seed}, {n}: {step:?}: {result:?}");
            if n % 7 == 0 {
                fs = mount::<T>(&dev).unwrap();
            }
            let found = content(&mut fs, &dev).unwrap();
            assert!(found == random.content, "program {seed}, {n}, {step:?}: {:?}", found.keys());
        }
    }
}

fn losses_of_power<T: Version>() {
    losses_of_power_in::<T>(&program());
}

fn losses_of_power_in_random_programs<T: Version>() {
    (0..4).for_each(|seed| losses_of_power_in::<T>(&Random::steps(seed, 15)));
}

/// Fails every write of a program in turn, in three ways: what was there before a step is there after it, or what the
/// step makes.
fn losses_of_power_in<T: Version>(steps: &[Step]) {
    let mut states = vec![BTreeMap::new()];
    let dev = formatted::<T>();
    let mut fs = mount::<T>(&dev).unwrap();
    for step in steps {
        apply(&mut fs, &dev, step).unwrap_or_else(|error| panic!("{step:?}: {error:?}"));
        states.push(content(&mut fs, &dev).unwrap());
    }
    for half in 0..3 {
        for fail_at in 1.. {
            let dev = formatted::<T>();
            let mut fs = mount::<T>(&dev).unwrap();
            dev.left.set(fail_at);
            dev.half.set(half);
            let failed = steps.iter().position(|step| apply(&mut fs, &dev, step).is_err());
            let Some(failed) = failed else { break };
            let place = format!("write {fail_at} ({half}), in {:?}", steps[failed]);
            let dev = dev.copy();
            let mut fs = mount::<T>(&dev).unwrap_or_else(|error| panic!("{place}: {error:?}"));
            let mut found = content(&mut fs, &dev).unwrap_or_else(|error| panic!("{place}: {error:?}"));
            if let Step::Write(path, ..) = &steps[failed] {
                // The file may have been made and not yet written.
                if found.get(path).is_some_and(Vec::is_empty) && !states[failed].contains_key(path) {
                    found.remove(path);
                }
            }
            assert!(found == states[failed] || found == states[failed + 1], "{place}: {:?}", found.keys());
            // And it goes on, to the same end.
            if found == states[failed] {
                apply(&mut fs, &dev, &steps[failed]).unwrap_or_else(|error| panic!("{place}: {error:?}"));
            }
            if fail_at % 5 == 0 {
                for step in &steps[failed + 1..] {
                    apply(&mut fs, &dev, step).unwrap_or_else(|error| panic!("{place}, then {step:?}: {error:?}"));
                }
                let mut fs = mount::<T>(&dev).unwrap();
                assert!(content(&mut fs, &dev).unwrap() == states[steps.len()], "{place}");
            }
        }
    }
}

/// littlefs itself expects something in all parts of a folder but the first.
fn what_is_empty_goes<T: Version>() {
    let dev = formatted::<T>();
    let mut fs = mount::<T>(&dev).unwrap();
    let names: Vec<_> = (0..40).map(|n| format!("/some{n}")).collect();
    names.iter().for_each(|name| write(&mut fs, &dev, name, "w", b"").unwrap());
    let full = parts(&mut fs, &dev);
    for name in names.iter().step_by(2).chain(names.iter().skip(1).step_by(2)) {
        fs.with_tree(&dev, |tree, cx| tree.remove(cx, name.as_bytes())).unwrap();
        parts(&mut fs, &dev);
    }
    assert!(full >= 3 && parts(&mut fs, &dev) == 1);
}

/// How many parts the root has.
fn parts<T: Tree>(fs: &mut Lfs<T>, dev: &dyn Device) -> usize {
    fs.with_tree(dev, |tree, cx| {
        let mut count = 0;
        let root = tree.root();
        tree.for_each_part_of(cx.disk, cx.dev, root, |_, part| {
            assert!(count == 0 || !part.entries().is_empty(), "part {count} is empty");
            count += 1;
            Ok(None::<()>)
        })?;
        Ok::<_, Error>(count)
    })
    .unwrap()
}

/// Any damage to the device is an error at worst.
fn damage<T: Version>() {
    let dev = formatted::<T>();
    let mut fs = mount::<T>(&dev).unwrap();
    for step in program() {
        apply(&mut fs, &dev, &step).unwrap();
    }
    let mut numbers = Numbers(12345);
    let mut next = |limit: u32| numbers.below(limit);
    for _ in 0..600 {
        let dev = dev.copy();
        for _ in 0..1 + next(20) {
            let at = next(BLOCK * BLOCKS) as usize;
            dev.bytes.borrow_mut()[at] = next(256) as u8;
        }
        if let Ok(mut fs) = mount::<T>(&dev) {
            let _ = content(&mut fs, &dev);
            for step in &program()[..6] {
                let _ = apply(&mut fs, &dev, step);
            }
            let _ = fs.used_blocks(&dev);
        }
    }
}

/// The same tests for each version.
macro_rules! versions {
    (@$module:ident $version:ident $($test:ident)*) => {
        mod $module {
            $(#[test]
            fn $test() {
                super::$test::<super::$version>();
            })*
        }
    };
    ($($test:ident)*) => {
        versions!(@v1 V1 $($test)*);
        versions!(@v2 V2 $($test)*);
    };
}

versions! {
    round_trip
    writes_anywhere
    open_files_follow_their_entries
    what_is_empty_goes
    a_full_device_takes_no_more_and_loses_nothing
    random_programs
    losses_of_power
    losses_of_power_in_random_programs
    damage
}
