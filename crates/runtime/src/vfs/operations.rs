//! What the modules `os` and `vfs` offer on paths, as built-in functions.

use crate::data::builder::Builder;
use crate::data::bytes::Bytes;
use crate::host::Stat;
use crate::model::args::Args;
use crate::model::error::{Raise, Res};
use crate::model::iterator::Iter;
use crate::model::layout::{List, Tuple};
use crate::model::mounts::Mount;
use crate::model::protocols::{Iterate, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::attr::Attributes;
use crate::ops::call::Call;
use crate::ops::subscr::Subscripts;
use crate::qstr::Qstr;
use crate::vfs::{BlockDevice, Mounting, Place, call_at, look_up_object, root_mount};
use crate::{errno, q};

/// The length of the longest name in a path, in bytes, where nothing else is known.
const MAX_NAME: isize = 256;

const ZERO: Obj = Obj::small_int_wrapping(0);

/// `mount()`: a list of all mounts, each a file system and its mount point. `mount(file_system, point, *,
/// readonly=False, mkfs=False)`
///
/// An object without a method `mount` is taken for a block device, on which `detect` finds a file system.
///
/// # Errors
/// As [`Vm::mount`].
pub fn mount(vm: &Vm, args: Args<'_>, detect: fn(&Vm, BlockDevice) -> Res) -> Res {
    let (readonly, mkfs) = match args.pos() {
        [] if args.n_kw() == 0 => {
            let all = List::new(vm, &[])?;
            vm.mounts.all().try_for_each(|mount| all.append(vm, mount.0.obj()))?;
            return Ok(all.obj());
        }
        [] | [_] => return Err(vm.type_error(format_args!("'' argument required"))),
        [_, _] => (args.keyword(q!("readonly")), args.keyword(q!("mkfs"))),
        _ => return Err(vm.type_error(format_args!("extra positional arguments given"))),
    };
    if args.n_kw() > [readonly, mkfs].iter().flatten().count() {
        return Err(vm.type_error(format_args!("extra keyword arguments given")));
    }
    let (given, point) = (args.pos()[0], args.pos()[1]);
    let file_system = match vm.find_attr_quietly(given, q!("mount"))? {
        Some(_) => given,
        None => detect(vm, BlockDevice::new(vm, given)?)?,
    };
    vm.mount(file_system, point, readonly.unwrap_or(Obj::FALSE), mkfs.unwrap_or(Obj::FALSE))?;
    Ok(Obj::NONE)
}

/// `umount(point_or_file_system)`: takes a mount away.
///
/// # Errors
/// As [`Vm::umount`].
pub fn umount(vm: &Vm, which: Obj) -> Res {
    vm.umount(which)?;
    Ok(Obj::NONE)
}

/// Calls the method `name` of the file system that `path` leads to.
fn on_path(vm: &Vm, path: Obj, name: Qstr) -> Res {
    let place = look_up_object(vm, path)?;
    call_at(vm, place, name, None)
}

/// `chdir(path)`: makes `path` the current folder.
///
/// # Errors
/// `OSError`, and what the file system raises.
pub fn chdir(vm: &Vm, path: Obj) -> Res {
    let place = look_up_object(vm, path)?;
    let current = match place {
        // The file system at the root goes to its own root, so that relative paths start there.
        Place::Root => {
            if let Some(root) = root_mount(vm) {
                vm.call_method(root.file_system(), q!("chdir"), &[vm.new_str(b"/")?])?;
            }
            None
        }
        Place::In(mount, _) => {
            call_at(vm, place, q!("chdir"), None)?;
            Some(mount)
        }
        Place::Nowhere => return call_at(vm, place, q!("chdir"), None),
    };
    vm.mounts.current.set(current);
    Ok(Obj::NONE)
}

/// `getcwd()`: the path of the current folder.
///
/// # Errors
/// What the file system raises; `TypeError` if the file system answers no string.
pub fn getcwd(vm: &Vm) -> Res {
    let Some(current) = vm.mounts.current.get() else { return vm.new_str(b"/") };
    let inside = vm.call_method(current.file_system(), q!("getcwd"), &[])?;
    if current.is_root(vm) {
        return Ok(inside);
    }
    let mut path = Builder::new();
    path.extend(vm, current.point(vm))?;
    match vm.str_or_bytes(inside)? {
        b"/" => {}
        inside => path.extend(vm, inside)?,
    }
    path.into_str_checked(vm)
}

/// `ilistdir([path])`: an iterator over the entries of a folder, the current one without `path`.
///
/// # Errors
/// `OSError`, and what the file system raises.
pub fn ilistdir(vm: &Vm, args: &[Obj]) -> Res {
    let path = args.first().copied().unwrap_or(Obj::qstr(Qstr::EMPTY));
    let place = look_up_object(vm, path)?;
    let Place::Root = place else { return call_at(vm, place, q!("ilistdir"), None) };
    let all = List::new(vm, &[])?;
    vm.mounts.all().try_for_each(|mount| all.append(vm, mount.0.obj()))?;
    let next = if path.downcast::<Bytes>().is_some() { next_of_root::<true> } else { next_of_root::<false> };
    Ok(Iter::new(vm, all.obj(), next)?.obj())
}

/// The bit that is set in the position of an iterator over the folder of all mounts when the iterator has come to the
/// entries of the file system at the root.
const IN_ROOT: usize = 1 << (usize::BITS - 1);

/// The next entry of the folder of all mounts: mount points, whose names are strings or bytes, and then the entries of
/// the file system at the root.
fn next_of_root<const AS_BYTES: bool>(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let Some(all) = iter.source.downcast::<List>() else { return Ok(None) };
    let at = iter.at.get() & !IN_ROOT;
    let Some(item) = all.get(at) else { return Ok(None) };
    if iter.at.get() & IN_ROOT != 0 {
        return vm.next(item);
    }
    let Some(mount) = item.downcast::<Tuple>().map(Mount) else { return Ok(None) };
    if mount.is_root(vm) {
        let inside = vm.call_method(mount.file_system(), q!("ilistdir"), &[vm.new_str(b"/")?])?;
        if let Some(slot) = all.items().get(at) {
            slot.set(inside);
        }
        iter.at.set(at | IN_ROOT);
        return vm.next(inside);
    }
    iter.advance();
    let name = mount.point(vm).get(1..).unwrap_or_default();
    let name = if AS_BYTES { Bytes::new(vm, name)?.obj() } else { vm.new_str_checked(name)? };
    let folder = Obj::small_int_wrapping(Stat::FOLDER as isize);
    Ok(Some(Tuple::new(vm, &[name, folder, ZERO])?.obj()))
}

/// `listdir([path])`: a list of the names in a folder, the current one without `path`.
///
/// # Errors
/// As [`ilistdir`].
pub fn listdir(vm: &Vm, args: &[Obj]) -> Res {
    let entries = ilistdir(vm, args)?;
    let names = List::new(vm, &[])?;
    while let Some(entry) = vm.next(entries)? {
        names.append(vm, vm.load_subscr(entry, ZERO)?)?;
    }
    Ok(names.obj())
}

/// `stat(path)`: a tuple of ten numbers about a file or folder.
///
/// # Errors
/// `OSError`, and what the file system raises.
pub fn stat(vm: &Vm, path: Obj) -> Res {
    let place = look_up_object(vm, path)?;
    let Place::Root = place else { return call_at(vm, place, q!("stat"), None) };
    let mut numbers = [ZERO; 10];
    numbers[0] = Obj::small_int_wrapping(Stat::FOLDER as isize);
    Ok(Tuple::new(vm, &numbers)?.obj())
}

/// `statvfs(path)`: a tuple of ten numbers about the file system that `path` leads to.
///
/// # Errors
/// `OSError`, and what the file system raises.
pub fn statvfs(vm: &Vm, path: Obj) -> Res {
    let place = look_up_object(vm, path)?;
    let Place::Root = place else { return call_at(vm, place, q!("statvfs"), None) };
    if let Some(root) = root_mount(vm) {
        return vm.call_method(root.file_system(), q!("statvfs"), &[vm.new_str(b"/")?]);
    }
    let mut numbers = [ZERO; 10];
    numbers[9] = Obj::small_int_wrapping(MAX_NAME);
    Ok(Tuple::new(vm, &numbers)?.obj())
}

/// `mkdir(path)`: makes a folder.
///
/// # Errors
/// `OSError`, and what the file system raises.
pub fn mkdir(vm: &Vm, path: Obj) -> Res {
    let place = look_up_object(vm, path)?;
    let exists = match place {
        Place::Nowhere => false,
        Place::Root => true,
        Place::In(_, inner) => vm.str_or_bytes(inner)? == b"/",
    };
    if exists {
        return Err(vm.os_error(errno::EXISTS));
    }
    call_at(vm, place, q!("mkdir"), None)
}

/// `rmdir(path)`: removes an empty folder.
///
/// # Errors
/// `OSError`, and what the file system raises.
pub fn rmdir(vm: &Vm, path: Obj) -> Res {
    on_path(vm, path, q!("rmdir"))
}

/// `remove(path)`: removes a file.
///
/// # Errors
/// `OSError`, and what the file system raises.
pub fn remove(vm: &Vm, path: Obj) -> Res {
    on_path(vm, path, q!("remove"))
}

/// `rename(old, new)`: gives a file or folder another path.
///
/// # Errors
/// `OSError`, also if the two paths are not in the same file system, and what the file system raises.
pub fn rename(vm: &Vm, old: Obj, new: Obj) -> Res {
    let old = look_up_object(vm, old)?;
    match (old, look_up_object(vm, new)?) {
        (Place::In(from, _), Place::In(to, new)) if from == to => call_at(vm, old, q!("rename"), Some(new)),
        (Place::Nowhere, Place::Nowhere) => Err(vm.os_error(errno::NO_DEVICE)),
        _ => Err(vm.os_error(errno::NOT_PERMITTED)),
    }
}
