//! Blocks wear out: a change that fails for it loses nothing of what was there.

use std::format;
use std::vec::Vec;

use super::Version;
use super::device::Result;
use super::device::testing::{Memory, Wear};
use super::tests::{BLOCKS, apply, content, formatted, mount, program};
use super::v1::V1;
use super::v2::V2;
use crate::vfs::model::{Content, Step};

/// All that is on a device.
fn found<T: Version>(dev: &Memory) -> Result<Content> {
    content(&mut mount::<T>(dev)?, dev)
}

/// All that is on a device after a step, where nothing is worn.
fn after<T: Version>(dev: &Memory, step: &Step) -> Option<Content> {
    apply(&mut mount::<T>(dev).ok()?, dev, step).ok()?;
    found::<T>(dev).ok()
}

/// Runs a program on devices of which one block is worn from step `from` on: a step that fails changes nothing, or all
/// that it should.
fn nothing_is_lost<T: Version>(wear: Wear, from: usize) {
    let steps = program();
    let mut failed = 0;
    for block in 0..BLOCKS {
        let dev = formatted::<T>();
        let mut fs = mount::<T>(&dev).unwrap();
        steps[..from].iter().for_each(|step| apply(&mut fs, &dev, step).unwrap());
        dev.worn.set(Some((block, wear)));
        for step in &steps[from..] {
            let before = dev.copy();
            if apply(&mut fs, &dev, step).is_ok() {
                continue;
            }
            failed += 1;
            let place = format!("{wear:?}, block {block}, {step:?}");
            // The same file system goes on, and one that is mounted anew finds the same.
            let mut now = content(&mut fs, &dev).unwrap_or_else(|error| panic!("{place}: {error:?}"));
            assert!(found::<T>(&dev).unwrap_or_else(|error| panic!("{place}: {error:?}")) == now, "{place}");
            let was = found::<T>(&before).unwrap();
            if let Step::Write(path, ..) = step
                && now.get(path).is_some_and(Vec::is_empty)
                && !was.contains_key(path)
            {
                // The file has been made, and not been written.
                now.remove(path);
            }
            assert!(now == was || Some(&now) == after::<T>(&before, step).as_ref(), "{place}: {:?}", now.keys());
        }
    }
    assert!(failed > 0);
}

fn all<T: Version>() {
    for wear in [Wear::Forgets, Wear::Stays, Wear::FailsToErase, Wear::FailsToProgram] {
        nothing_is_lost::<T>(wear, 12);
    }
}

#[test]
fn version_1() {
    all::<V1>();
}

#[test]
fn version_2() {
    all::<V2>();
}
