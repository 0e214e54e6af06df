//! The methods of file system objects.

use alloc::vec::Vec;
use core::cell::Cell;

use berus_runtime::data::builder::Builder;
use berus_runtime::data::bytes::Bytes;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::errno::NO_ENTRY;
use berus_runtime::model::args::Args;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::List;
use berus_runtime::model::mounts::Kind;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Iterate, Strs};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{CustomType, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::truth::Truth;
use berus_runtime::vfs::BlockDevice;

use super::device::{Disk, Geometry};
use super::file::Lfs;
use super::tree::{How, Info};
use super::{Mounted, PythonDevice, Version, done, files, seen, this, with};
use crate::vfs::memory;
use crate::vfs::owned::Owned;
use crate::vfs::{file, stat as answers};

/// What a file system is made of, as `VfsLfs2(device, *, readsize=32, progsize=32, lookahead=32, mtime=True)` and
/// `mkfs` are given it.
struct Given {
    device: BlockDevice,
    disk: Disk,
    keeps_times: bool,
}

fn given(vm: &Vm, args: Args<'_>) -> Res<Given> {
    let &[device] = args.pos() else {
        return Err(match args.n_pos() {
            0 => vm.type_error(format_args!("'' argument required")),
            _ => vm.type_error(format_args!("extra positional arguments given")),
        });
    };
    let (mut sizes, mut keeps_times) = ([32; 3], true);
    for (key, value) in args.kw() {
        let name = match vm.as_str(key) {
            Some(b"readsize") => 0,
            Some(b"progsize") => 1,
            // Its purpose is to limit memory; here all blocks are looked at at once.
            Some(b"lookahead") => 2,
            Some(b"mtime") => {
                keeps_times = vm.truth(value)?;
                continue;
            }
            _ => return Err(vm.type_error(format_args!("extra keyword arguments given"))),
        };
        sizes[name] = u32::try_from(vm.int(value)?).unwrap_or(0);
    }
    let device = BlockDevice::new(vm, device)?;
    device.init(vm)?;
    let size = u32::try_from(device.block_size(vm)?).unwrap_or(0);
    let count = u32::try_from(device.block_count(vm)?).unwrap_or(u32::MAX);
    let geometry = done(vm, Geometry::new(sizes[0], sizes[1], size, count))?;
    Ok(Given { device, disk: Disk::new(geometry), keeps_times })
}

pub fn make_new<V: Version>(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res
where
    Mounted<V>: CustomType,
{
    let Given { device, mut disk, keeps_times } = given(vm, args)?;
    let (tree, space) = done(vm, seen::<V, _>(V::mount(&mut disk, &PythonDevice::new::<V>(vm, device, false))))?;
    let current = Bytes::new(vm, b"/")?;
    let lfs = done(vm, Owned::new(Lfs::new(tree, disk, space)))?;
    let mounted = Mounted { device, readonly: Cell::new(false), keeps_times, current: Cell::new(current), lfs };
    Ok(vm.new_custom(mounted)?.obj())
}

pub fn mkfs<V: Version>(vm: &Vm, args: Args<'_>) -> Res {
    let Given { device, mut disk, .. } = given(vm, args)?;
    done(vm, seen::<V, _>(V::format(&mut disk, &PythonDevice::new::<V>(vm, device, false))))?;
    Ok(Obj::NONE)
}

/// A path from the root.
fn absolute<V: Version>(vm: &Vm, mounted: &Mounted<V>, path: &[u8]) -> Res<Vec<u8>> {
    let current = mounted.current.get();
    let folder = if path.starts_with(b"/") { &[] } else { current.bytes() };
    done(vm, memory::concat(&[folder, path]))
}

fn path_of<V: Version>(vm: &Vm, mounted: &Mounted<V>, path: Obj) -> Res<Vec<u8>> {
    absolute(vm, mounted, vm.str_or_bytes(path)?)
}

fn find<V: Version>(vm: &Vm, mounted: &Mounted<V>, path: &[u8]) -> Res<Info> {
    with(vm, mounted, |lfs, dev| lfs.with_tree(dev, |tree, cx| tree.stat(cx, path)))
}

/// What `import` asks: what raises leads nowhere.
pub fn kind<V: Version>(vm: &Vm, object: Obj, path: &[u8]) -> Res<Option<Kind>>
where
    Mounted<V>: CustomType,
{
    let mounted = this::<V>(vm, object)?;
    match find(vm, &mounted, &absolute(vm, &mounted, path)?) {
        Ok(info) => Ok(Some(if info.is_folder { Kind::Folder } else { Kind::File })),
        Err(raised) => {
            vm.dismiss(raised)?;
            Ok(None)
        }
    }
}

pub fn mount<V: Version>(vm: &Vm, object: Obj, readonly: Obj, _: Obj) -> Res
where
    Mounted<V>: CustomType,
{
    if vm.truth(readonly)? {
        this::<V>(vm, object)?.readonly.set(true);
    }
    Ok(Obj::NONE)
}

pub fn umount<V: Version>(_: &Vm, _: Obj) -> Res {
    Ok(Obj::NONE)
}

pub fn open<V: Version>(vm: &Vm, object: Obj, path: Obj, mode: Obj) -> Res
where
    Mounted<V>: CustomType,
{
    let (mut how, mut is_text) = (None, true);
    for letter in vm.str_or_bytes(mode)? {
        let new = match letter {
            b'r' => How { read: true, ..How::default() },
            b'w' => How { write: true, create: true, truncate: true, ..How::default() },
            b'x' => How { write: true, create: true, exclusive: true, ..How::default() },
            b'a' => How { write: true, create: true, append: true, ..How::default() },
            b'+' => {
                how = Some(How { read: true, write: true, ..how.unwrap_or_default() });
                continue;
            }
            b'b' | b't' => {
                is_text = *letter == b't';
                continue;
            }
            _ => continue,
        };
        if how.replace(new).is_some() {
            return Err(vm.value_error(format_args!("")));
        }
    }
    let how = how.unwrap_or(How { read: true, ..How::default() });
    let mounted = this::<V>(vm, object)?;
    let path = path_of(vm, &mounted, path)?;
    let now = mounted.keeps_times.then(|| files::now(vm));
    let number = with(vm, &mounted, |lfs, dev| lfs.open(dev, &path, how, now))?;
    let made = file::new(vm, is_text, V::FILES, object, [number, 0, 0]);
    if made.is_err() {
        mounted.lfs.with(vm, |lfs| {
            lfs.forget(number);
            Ok(())
        })?;
    }
    made
}

pub fn ilistdir<V: Version>(vm: &Vm, args: &[Obj]) -> Res
where
    Mounted<V>: CustomType,
{
    let mounted = this::<V>(vm, args[0])?;
    let given = args.get(1).copied();
    let path = match given {
        Some(path) => path_of(vm, &mounted, path)?,
        None => done(vm, memory::copy(mounted.current.get().bytes()))?,
    };
    let found = with(vm, &mounted, |lfs, dev| lfs.with_tree(dev, |tree, cx| tree.list(cx, &path)))?;
    let as_bytes = given.is_some_and(|path| path.downcast::<Bytes>().is_some());
    let entries = List::new(vm, &[])?;
    for info in found {
        entries.append(vm, answers::entry(vm, as_bytes, &info.name, info.is_folder, info.size.into())?)?;
    }
    vm.iter(entries.obj())
}

pub fn mkdir<V: Version>(vm: &Vm, object: Obj, path: Obj) -> Res
where
    Mounted<V>: CustomType,
{
    let mounted = this::<V>(vm, object)?;
    let path = path_of(vm, &mounted, path)?;
    with(vm, &mounted, |lfs, dev| lfs.with_tree(dev, |tree, cx| tree.mkdir(cx, &path)))?;
    Ok(Obj::NONE)
}

/// `remove` and `rmdir`, which are the same to littlefs.
pub fn remove<V: Version>(vm: &Vm, object: Obj, path: Obj) -> Res
where
    Mounted<V>: CustomType,
{
    let mounted = this::<V>(vm, object)?;
    let path = path_of(vm, &mounted, path)?;
    with(vm, &mounted, |lfs, dev| lfs.with_tree(dev, |tree, cx| tree.remove(cx, &path)))?;
    Ok(Obj::NONE)
}

pub fn rename<V: Version>(vm: &Vm, object: Obj, old: Obj, new: Obj) -> Res
where
    Mounted<V>: CustomType,
{
    let mounted = this::<V>(vm, object)?;
    let (old, new) = (path_of(vm, &mounted, old)?, path_of(vm, &mounted, new)?);
    with(vm, &mounted, |lfs, dev| lfs.with_tree(dev, |tree, cx| tree.rename(cx, &old, &new)))?;
    Ok(Obj::NONE)
}

pub fn chdir<V: Version>(vm: &Vm, object: Obj, path: Obj) -> Res
where
    Mounted<V>: CustomType,
{
    let mounted = this::<V>(vm, object)?;
    let path = path_of(vm, &mounted, path)?;
    let names = match V::names(&path) {
        Ok(names) => names,
        Err(_) => return Err(vm.os_error(NO_ENTRY)),
    };
    if !names.is_empty() {
        let found = find(vm, &mounted, &path);
        if !found.is_ok_and(|info| info.is_folder) {
            return Err(vm.os_error(NO_ENTRY));
        }
    }
    let mut current = Builder::new();
    current.push(vm, b'/')?;
    for name in names {
        current.extend(vm, name)?;
        current.push(vm, b'/')?;
    }
    mounted.current.set(Bytes::new(vm, current.bytes())?);
    Ok(Obj::NONE)
}

pub fn getcwd<V: Version>(vm: &Vm, object: Obj) -> Res
where
    Mounted<V>: CustomType,
{
    let current = this::<V>(vm, object)?.current.get();
    match current.bytes() {
        [rest @ .., b'/'] if !rest.is_empty() => vm.new_str_checked(rest),
        all => vm.new_str_checked(all),
    }
}

pub fn stat<V: Version>(vm: &Vm, object: Obj, path: Obj) -> Res
where
    Mounted<V>: CustomType,
{
    let mounted = this::<V>(vm, object)?;
    let info = find(vm, &mounted, &path_of(vm, &mounted, path)?)?;
    answers::stat(vm, info.is_folder, info.size.into(), info.modified.unwrap_or(0) / 1_000_000_000)
}

pub fn statvfs<V: Version>(vm: &Vm, object: Obj, _: Obj) -> Res
where
    Mounted<V>: CustomType,
{
    let mounted = this::<V>(vm, object)?;
    let (geometry, used) = with(vm, &mounted, |lfs, dev| Ok((lfs.disk().geometry, lfs.used_blocks(dev)?)))?;
    let free = geometry.block_count.saturating_sub(used).into();
    let size = geometry.block_size.into();
    answers::numbers(vm, [size, size, geometry.block_count.into(), free, free, 0, 0, 0, 0, 255])
}
