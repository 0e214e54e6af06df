//! `VfsFat`: the file system of memory cards: FAT12, FAT16 and FAT32, with long names (MicroPython:
//! `extmod/vfs_fat*.c`).
//!
//! The file system itself knows nothing of Python. It is written here because the crates for it own their device,
//! through which no interpreter that is a parameter can be reached, or lend files that cannot outlive a call.

mod device;
mod folder;
mod format;
mod name;
mod rename;
mod tree;
mod volume;

#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use berus_runtime::data::builder::Builder;
use berus_runtime::data::bytes::Bytes;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::errno;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::List;
use berus_runtime::model::mounts::{FileSystem, Kind};
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Iterate, Strs};
use berus_runtime::model::stream::{Failure, Outcome};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::truth::Truth;
use berus_runtime::vfs::BlockDevice;
use device::{Device, Error, Result, Sectors};
use tree::{Fat, Found, How, Stamp, names};
use volume::Volume;

use super::file::{File, FileOps};
use super::owned::Owned;
use super::{file, stat as answers};
use crate::vfs::error::{done, outcome};
use crate::vfs::memory;

/// A file system object.
struct Mounted {
    device: BlockDevice,
    readonly: Cell<bool>,
    /// The current folder: a path that starts and ends with `/`.
    current: Cell<Gc<Bytes>>,
    /// The file system, if there is one on the device.
    fat: Owned<Option<Fat>>,
}

berus_runtime::custom_type! {
    /// The type.
    pub static FAT: Type<Mounted> = "VfsFat"
        .make_new(make_new).file_system(&FileSystem { kind, first: None }).finalise(finalise).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "mkfs" => static_method(f1(mkfs)),
        "open" => f3(open),
        "ilistdir" => var(1, 2, ilistdir),
        "mkdir" => f2(mkdir),
        "rmdir" => f2(rmdir),
        "chdir" => f2(chdir),
        "getcwd" => f1(getcwd),
        "remove" => f2(remove),
        "rename" => f3(rename),
        "stat" => f2(stat),
        "statvfs" => f2(statvfs),
        "mount" => f3(mount),
        "umount" => f1(umount),
    }
}

/// A block device of Python, as FAT uses it.
struct PythonDevice<'v> {
    vm: &'v Vm,
    device: BlockDevice,
    readonly: bool,
}

impl PythonDevice<'_> {
    fn transferred(outcome: Outcome) -> Result {
        // Whatever number a device gives for what is wrong, to FAT it is broken.
        match outcome {
            Ok(_) => Ok(()),
            Err(Failure::Raised(raised)) => Err(Error::Raised(raised)),
            Err(Failure::Errno(errno::READ_ONLY)) => Err(Error::READ_ONLY),
            Err(Failure::Errno(_)) => Err(Error::BROKEN),
        }
    }
}

impl Device for PythonDevice<'_> {
    fn read(&self, sector: u32, buffer: &mut [u8]) -> Result {
        PythonDevice::transferred(self.device.read(self.vm, sector as usize, None, buffer))
    }

    fn write(&self, sector: u32, bytes: &[u8]) -> Result {
        if self.readonly {
            return Err(Error::READ_ONLY);
        }
        PythonDevice::transferred(self.device.write(self.vm, sector as usize, None, bytes))
    }

    fn sync(&self) -> Result {
        self.device.sync(self.vm).map(drop).map_err(Error::Raised)
    }
}

/// A device and its sectors.
fn sectors(vm: &Vm, device: Obj) -> Res<(BlockDevice, Sectors)> {
    let device = BlockDevice::new(vm, device)?;
    device.init(vm)?;
    let (size, count) = (device.block_size(vm)?, device.block_count(vm)?);
    match u32::try_from(size) {
        Ok(size @ (512 | 1024 | 2048 | 4096)) => {
            let sectors = Sectors::new(size, u32::try_from(count).unwrap_or(u32::MAX));
            Ok((device, done(vm, sectors)?))
        }
        _ => done(vm, Err(Error::BROKEN)),
    }
}

/// The file system on a device, if there is one.
fn mounted(vm: &Vm, device: BlockDevice, sectors: Sectors) -> Res<Option<Fat>> {
    match Volume::mount(sectors, &PythonDevice { vm, device, readonly: false }) {
        Ok(volume) => Ok(Some(Fat::new(volume))),
        Err(Error::Errno(errno::NO_DEVICE)) => Ok(None),
        Err(error) => done(vm, Err(error)),
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    let (device, sectors) = sectors(vm, args.pos()[0])?;
    // Without a file system it can still be mounted so that one is made.
    let fat = done(vm, Owned::new(mounted(vm, device, sectors)?))?;
    let current = Bytes::new(vm, b"/")?;
    Ok(vm.new_custom(Mounted { device, readonly: Cell::new(false), current: Cell::new(current), fat })?.obj())
}

fn mkfs(vm: &Vm, device: Obj) -> Res {
    let (device, mut sectors) = sectors(vm, device)?;
    // A device that cannot be read is not written to.
    mounted(vm, device, done(vm, Sectors::new(sectors.size, sectors.count))?)?;
    format_device(vm, device, &mut sectors)?;
    Ok(Obj::NONE)
}

fn format_device(vm: &Vm, device: BlockDevice, sectors: &mut Sectors) -> Res<()> {
    let (date, time) = now(vm);
    let serial = u32::from(date) << 16 | u32::from(time);
    done(vm, format::format(sectors, &PythonDevice { vm, device, readonly: false }, serial))
}

fn this(vm: &Vm, object: Obj) -> Res<Gc<Custom<Mounted>>> {
    vm.this(object)
}

fn finalise(vm: &Vm, object: Obj) {
    match this(vm, object) {
        Ok(mounted) => mounted.fat.give_up(),
        Err(raised) => drop(vm.take_exception(raised)),
    }
}

/// Calls `run` with the file system and its device.
fn try_with<R>(vm: &Vm, object: Obj, run: impl FnOnce(&mut Fat, &dyn Device) -> Result<R>) -> Result<R> {
    let mounted = this(vm, object)?;
    let device = PythonDevice { vm, device: mounted.device, readonly: mounted.readonly.get() };
    mounted.fat.with(vm, |fat| match fat {
        Some(fat) => run(fat, &device),
        None => Err(Error::NO_DEVICE),
    })
}

fn with<R>(vm: &Vm, object: Obj, run: impl FnOnce(&mut Fat, &dyn Device) -> Result<R>) -> Res<R> {
    done(vm, try_with(vm, object, run))
}

/// The names in a path, from the root on.
fn names_of(vm: &Vm, object: Obj, path: &[u8]) -> Res<Vec<String>> {
    let mounted = this(vm, object)?;
    let parsed = match path {
        [b'/', ..] => names(path),
        path => memory::concat(&[mounted.current.get().bytes(), path]).and_then(|path| names(&path)),
    };
    done(vm, parsed)
}

fn names_in(vm: &Vm, object: Obj, path: Obj) -> Res<Vec<String>> {
    names_of(vm, object, vm.str_or_bytes(path)?)
}

/// Changes something, unless nothing may be changed.
fn change(vm: &Vm, object: Obj, run: impl FnOnce(&mut Fat, &dyn Device) -> Result) -> Res {
    check_writable(vm, object)?;
    with(vm, object, run)?;
    Ok(Obj::NONE)
}

fn check_writable(vm: &Vm, object: Obj) -> Res<()> {
    let mounted = this(vm, object)?;
    if mounted.readonly.get() || !mounted.device.can_write() { done(vm, Err(Error::READ_ONLY)) } else { Ok(()) }
}

fn kind(vm: &Vm, object: Obj, path: &[u8]) -> Res<Option<Kind>> {
    let Ok(names) = names(path) else { return Ok(None) };
    match try_with(vm, object, |fat, dev| fat.find(dev, &names)) {
        Ok(Found::Root) => Ok(Some(Kind::Folder)),
        Ok(Found::Entry(_, entry)) => Ok(Some(if entry.is_folder() { Kind::Folder } else { Kind::File })),
        Ok(Found::Missing(..)) | Err(Error::Errno(_) | Error::Memory) => Ok(None),
        Err(Error::Raised(raised)) => {
            vm.dismiss(raised)?;
            Ok(None)
        }
    }
}

fn mount(vm: &Vm, object: Obj, readonly: Obj, mkfs: Obj) -> Res {
    let mounted_here = this(vm, object)?;
    if vm.truth(readonly)? {
        mounted_here.readonly.set(true);
    }
    let is_there = mounted_here.fat.with(vm, |fat| Ok(fat.is_some()))?;
    if !is_there {
        if !vm.truth(mkfs)? {
            return done(vm, Err(Error::NO_DEVICE));
        }
        let (device, mut sectors) = sectors(vm, mounted_here.device.object())?;
        format_device(vm, device, &mut sectors)?;
        let fresh = mounted(vm, device, done(vm, Sectors::new(sectors.size, sectors.count))?)?;
        mounted_here.fat.with(vm, |fat| {
            *fat = fresh;
            Ok(())
        })?;
    }
    Ok(Obj::NONE)
}

fn umount(_: &Vm, _: Obj) -> Res {
    Ok(Obj::NONE)
}

fn open(vm: &Vm, object: Obj, path: Obj, mode: Obj) -> Res {
    let (mut how, mut is_text, mut at_end) = (How::default(), true, false);
    for letter in vm.str_or_bytes(mode)? {
        match letter {
            b'r' => how.read = true,
            b'w' => (how.write, how.create, how.truncate) = (true, true, true),
            b'x' => (how.write, how.create, how.exclusive) = (true, true, true),
            b'a' => (how.write, how.create, at_end) = (true, true, true),
            b'+' => (how.read, how.write) = (true, true),
            b'b' | b't' => is_text = *letter == b't',
            _ => {}
        }
    }
    let names = names_in(vm, object, path)?;
    if how.write {
        check_writable(vm, object)?;
    }
    let now = now(vm);
    let number = with(vm, object, |fat, dev| {
        let number = fat.open(dev, &names, how, now)?;
        if at_end {
            fat.seek(number, 0, 2)?;
        }
        Ok(number)
    })?;
    let made = file::new(vm, is_text, &FILE, object, [number, 0, 0]);
    if made.is_err() {
        with(vm, object, |fat, _| {
            fat.forget(number);
            Ok(())
        })?;
    }
    made
}

fn ilistdir(vm: &Vm, args: &[Obj]) -> Res {
    let given = args.get(1).copied();
    let names = match given {
        Some(path) => names_in(vm, args[0], path)?,
        None => names_of(vm, args[0], b"")?,
    };
    let found = with(vm, args[0], |fat, dev| fat.list(dev, &names))?;
    let as_bytes = given.is_some_and(|path| path.downcast::<Bytes>().is_some());
    let entries = List::new(vm, &[])?;
    for entry in found {
        let (is_folder, size) = (entry.is_folder(), entry.size.into());
        entries.append(vm, answers::entry(vm, as_bytes, entry.name.as_bytes(), is_folder, size)?)?;
    }
    vm.iter(entries.obj())
}

fn mkdir(vm: &Vm, object: Obj, path: Obj) -> Res {
    let (names, now) = (names_in(vm, object, path)?, now(vm));
    change(vm, object, |fat, dev| fat.mkdir(dev, &names, now))
}

fn rmdir(vm: &Vm, object: Obj, path: Obj) -> Res {
    let names = names_in(vm, object, path)?;
    change(vm, object, |fat, dev| fat.remove(dev, &names, true))
}

fn remove(vm: &Vm, object: Obj, path: Obj) -> Res {
    let names = names_in(vm, object, path)?;
    change(vm, object, |fat, dev| fat.remove(dev, &names, false))
}

fn rename(vm: &Vm, object: Obj, old: Obj, new: Obj) -> Res {
    let (old, new) = (names_in(vm, object, old)?, names_in(vm, object, new)?);
    change(vm, object, |fat, dev| fat.rename(dev, &old, &new))
}

fn chdir(vm: &Vm, object: Obj, path: Obj) -> Res {
    let names = names_in(vm, object, path)?;
    let mut current = Builder::new();
    current.push(vm, b'/')?;
    // As the names are on the device.
    for depth in 1..=names.len() {
        match with(vm, object, |fat, dev| fat.find(dev, &names[..depth]))? {
            Found::Entry(_, entry) if entry.is_folder() => {
                current.extend(vm, entry.name.as_bytes())?;
                current.push(vm, b'/')?;
            }
            _ => return done(vm, Err(Error::NO_ENTRY)),
        }
    }
    this(vm, object)?.current.set(Bytes::new(vm, current.bytes())?);
    Ok(Obj::NONE)
}

fn getcwd(vm: &Vm, object: Obj) -> Res {
    let current = this(vm, object)?.current.get();
    match current.bytes() {
        [rest @ .., b'/'] if !rest.is_empty() => vm.new_str_checked(rest),
        all => vm.new_str_checked(all),
    }
}

/// 2000-01-01, which the root is said to be of.
const ROOT_DATE: u16 = 20 << 9 | 1 << 5 | 1;

fn stat(vm: &Vm, object: Obj, path: Obj) -> Res {
    let names = names_in(vm, object, path)?;
    match with(vm, object, |fat, dev| fat.find(dev, &names))? {
        Found::Root => answers::stat(vm, true, 0, seconds(ROOT_DATE, 0)),
        Found::Entry(_, entry) => {
            answers::stat(vm, entry.is_folder(), entry.size.into(), seconds(entry.date, entry.time))
        }
        Found::Missing(..) => done(vm, Err(Error::NO_ENTRY)),
    }
}

fn statvfs(vm: &Vm, object: Obj, _: Obj) -> Res {
    let (size, count, free) = with(vm, object, |fat, dev| {
        let free = fat.volume.free_clusters(dev)?;
        Ok((fat.volume.cluster_size().into(), fat.volume.cluster_count.into(), free.into()))
    })?;
    answers::numbers(vm, [size, size, count, free, free, 0, 0, 0, 0, 255])
}

/// Days before each month of a year that is not a leap year.
const DAYS_BEFORE: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Days from 1970 to the start of a year.
fn days_to(year: u64) -> u64 {
    let before = year - 1;
    (year - 1970) * 365 + before / 4 - before / 100 + before / 400 - 477
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

/// Seconds since 1970 of a date and time as entries have them, whatever they say.
fn seconds(date: u16, time: u16) -> u64 {
    let (year, month, day) = (1980 + u64::from(date >> 9), usize::from(date >> 5 & 0xf), u64::from(date & 0x1f));
    let before = DAYS_BEFORE[month.clamp(1, 12) - 1] + u64::from(month > 2 && is_leap(year));
    let days = days_to(year) + before + day.max(1) - 1;
    let (hours, minutes, halves) = (u64::from(time >> 11), u64::from(time >> 5 & 0x3f), u64::from(time & 0x1f));
    days * 86400 + hours * 3600 + minutes * 60 + halves * 2
}

/// Now, as entries have it, from 1980 to 2107.
fn now(vm: &Vm) -> Stamp {
    let seconds = vm.host().wall_clock().unwrap_or_default().as_secs();
    let days = seconds / 86400;
    let year = (1980..2107).rev().find(|year| days_to(*year) <= days).unwrap_or(1980);
    let day = days.saturating_sub(days_to(year));
    let start = |month: usize| DAYS_BEFORE[month - 1] + u64::from(month > 2 && is_leap(year));
    let month = (1..=12).rev().find(|month| start(*month) <= day).unwrap_or(1);
    let date = (year - 1980) << 9 | (month as u64) << 5 | (day - start(month) + 1).min(31);
    let second = seconds % 86400;
    let (hours, minutes, halves) = (second / 3600, second / 60 % 60, second % 60 / 2);
    let time = hours << 11 | minutes << 5 | halves;
    (date as u16, time as u16)
}

/// Files: their file system, and their number there.
static FILE: FileOps =
    FileOps { read, write: Some(write), seek, flush: Some(flush), close, memory: |_, _, _| Ok(None) };

/// Does something with a file that is open.
fn with_file(
    vm: &Vm,
    file: &File,
    owner: Obj,
    run: impl FnOnce(&mut Fat, &dyn Device, usize) -> Result<usize>,
) -> Outcome {
    if owner == Obj::NONE {
        return Err(errno::INVALID.into());
    }
    outcome(try_with(vm, owner, |fat, dev| run(fat, dev, file.words[0].get())))
}

fn read(vm: &Vm, file: &File, buffer: &mut [u8]) -> Outcome {
    with_file(vm, file, file.owner.get(), |fat, dev, number| fat.read(dev, number, buffer))
}

fn write(vm: &Vm, file: &File, bytes: &[u8]) -> Outcome {
    with_file(vm, file, file.owner.get(), |fat, dev, number| {
        // The device may change what they lie in.
        let bytes = memory::copy(bytes)?;
        match fat.write(dev, number, &bytes)? {
            count if count < bytes.len() => Err(Error::NO_SPACE),
            count => Ok(count),
        }
    })
}

fn seek(vm: &Vm, file: &File, offset: isize, whence: u8) -> Outcome {
    with_file(vm, file, file.owner.get(), |fat, _, number| {
        fat.seek(number, offset as i64, whence).map(|at| at as usize)
    })
}

fn flush(vm: &Vm, file: &File) -> Outcome {
    let now = now(vm);
    with_file(vm, file, file.owner.get(), |fat, dev, number| fat.sync(dev, number, now).map(|()| 0))
}

fn close(vm: &Vm, file: &File, owner: Obj) -> Outcome {
    let now = now(vm);
    with_file(vm, file, owner, |fat, dev, number| fat.close(dev, number, now).map(|()| 0))
}
