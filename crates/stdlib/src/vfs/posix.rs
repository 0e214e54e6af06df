//! `VfsPosix`: the files of the host, or those below one of its folders.
//!
//! A program is not kept below that folder: relative paths start at the host's current folder, and `..` leads out of
//! both. What a program may see is the host's to say.

use core::cell::Cell;
use core::ops::Deref;

use berus_runtime::data::builder::Builder;
use berus_runtime::data::bytes::Bytes;
use berus_runtime::errno::{Errno, NO_DEVICE, NOT_PERMITTED, READ_ONLY};
use berus_runtime::host::{Entry, Files, Stat};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::{List, Tuple};
use berus_runtime::model::mounts::{FileSystem, Kind};
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Ints, Iterate, Strs};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::truth::Truth;
use berus_runtime::vfs::Mounting;
use berus_runtime::vfs::file::{HostPath, OpenHostFile};

use super::error::done;
use super::stat::numbers;

struct Posix {
    /// The folder that is `/`, from the host's root and without a `/` at the end, as bytes; empty for the host's own.
    root: Gc<Bytes>,
    readonly: Cell<bool>,
}

berus_runtime::custom_type! {
    /// The type.
    pub static POSIX: Type<Posix> = "VfsPosix".make_new(make_new).file_system(&FileSystem { kind, first: None }).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "mount" => f3(mount),
        "umount" => f1(umount),
        "open" => f3(open),
        "chdir" => f2(chdir),
        "getcwd" => f1(getcwd),
        "ilistdir" => f2(ilistdir),
        "mkdir" => f2(mkdir),
        "remove" => f2(remove),
        "rename" => f3(rename),
        "rmdir" => f2(rmdir),
        "stat" => f2(stat),
        "statvfs" => f2(statvfs),
    }
}

/// Mounts the host's files at `/`, and makes that the current folder.
///
/// # Errors
/// `OSError` if something is mounted there, and `MemoryError`.
pub fn mount_posix(vm: &Vm) -> Res<()> {
    let file_system = vm.new_custom(Posix { root: Bytes::EMPTY, readonly: Cell::new(false) })?;
    vm.mount_root(file_system.obj())
}

/// Mounts the host's files at `point`, which starts with `/`.
///
/// # Errors
/// `OSError` if something is mounted there, and `MemoryError`.
pub fn mount_posix_at(vm: &Vm, point: &[u8]) -> Res<()> {
    let file_system = vm.new_custom(Posix { root: Bytes::EMPTY, readonly: Cell::new(false) })?;
    vm.mount(file_system.obj(), vm.new_str(point)?, Obj::FALSE, Obj::FALSE)
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    let root = match args.pos().first() {
        Some(&root) => vm.str_or_bytes(root)?,
        None => b"",
    };
    // A relative folder would become another one when the current folder changes.
    let absolute = match root {
        b"" | [b'/', ..] => Path::Given(root),
        relative => Path::Joined(Builder::concat(vm, &[&done(vm, files(vm)?.getcwd())?, b"/", relative])?),
    };
    let root = Bytes::new(vm, absolute.strip_suffix(b"/").unwrap_or(&absolute))?;
    Ok(vm.new_custom(Posix { root, readonly: Cell::new(false) })?.obj())
}

fn files(vm: &Vm) -> Res<&dyn Files> {
    vm.host().files().ok_or_else(|| vm.os_error(NO_DEVICE))
}

fn this(vm: &Vm, object: Obj) -> Res<Gc<Custom<Posix>>> {
    vm.this(object)
}

/// A path of the host's. Programs choose how long it is, so that one that is put together lies on the heap.
enum Path<'p> {
    Given(&'p [u8]),
    Joined(Builder),
}

impl Deref for Path<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Path::Given(path) => path,
            Path::Joined(path) => path.bytes(),
        }
    }
}

impl Posix {
    /// The host's path for `path` here.
    fn host_path<'p>(&self, vm: &Vm, path: &'p [u8]) -> Res<Path<'p>> {
        match path {
            [b'/', ..] if !self.root.bytes().is_empty() => {
                Builder::concat(vm, &[self.root.bytes(), path]).map(Path::Joined)
            }
            _ => Ok(Path::Given(path)),
        }
    }

    fn check_writable(&self, vm: &Vm) -> Res<()> {
        if self.readonly.get() { Err(vm.os_error(READ_ONLY)) } else { Ok(()) }
    }
}

/// Does `work` with the host's path for `path`.
fn with_path<T>(vm: &Vm, object: Obj, path: Obj, work: impl FnOnce(&dyn Files, &[u8]) -> Result<T, Errno>) -> Res<T> {
    let path = vm.str_or_bytes(path)?;
    let path = this(vm, object)?.host_path(vm, path)?;
    done(vm, work(files(vm)?, &path))
}

/// The same for what changes files, which answers nothing.
fn change(vm: &Vm, object: Obj, path: Obj, work: impl FnOnce(&dyn Files, &[u8]) -> Result<(), Errno>) -> Res {
    this(vm, object)?.check_writable(vm)?;
    with_path(vm, object, path, work)?;
    Ok(Obj::NONE)
}

fn mount(vm: &Vm, object: Obj, readonly: Obj, mkfs: Obj) -> Res {
    if vm.truth(readonly)? {
        this(vm, object)?.readonly.set(true);
    }
    if vm.truth(mkfs)? { Err(vm.os_error(NOT_PERMITTED)) } else { Ok(Obj::NONE) }
}

fn umount(_: &Vm, _: Obj) -> Res {
    Ok(Obj::NONE)
}

fn kind(vm: &Vm, object: Obj, path: &[u8]) -> Res<Option<Kind>> {
    let path = this(vm, object)?.host_path(vm, path)?;
    Ok(match files(vm)?.stat(&path).map(|stat| stat.mode & Stat::KIND) {
        Ok(Stat::FOLDER) => Some(Kind::Folder),
        Ok(Stat::FILE) => Some(Kind::File),
        _ => None,
    })
}

fn open(vm: &Vm, object: Obj, path: Obj, mode: Obj) -> Res {
    let posix = this(vm, object)?;
    if vm.str_or_bytes(mode)?.iter().any(|letter| b"wa+".contains(letter)) {
        posix.check_writable(vm)?;
    }
    match path.as_small_int() {
        Some(number) => vm.open_host_file(HostPath::Number(number as i32), mode),
        None => vm.open_host_file(HostPath::Path(&posix.host_path(vm, vm.str_or_bytes(path)?)?), mode),
    }
}

fn chdir(vm: &Vm, object: Obj, path: Obj) -> Res {
    with_path(vm, object, path, |files, path| files.chdir(path))?;
    Ok(Obj::NONE)
}

fn getcwd(vm: &Vm, object: Obj) -> Res {
    let current = done(vm, files(vm)?.getcwd())?;
    // Outside of the root there is no name for it here; what is left of the path is what MicroPython answers, too.
    let inside = current.get(this(vm, object)?.root.bytes().len()..).unwrap_or_default();
    vm.new_str_checked(inside)
}

fn ilistdir(vm: &Vm, object: Obj, path: Obj) -> Res {
    let as_bytes = path.downcast::<Bytes>().is_some();
    let entries = List::new(vm, &[])?;
    let mut result = Ok(());
    with_path(vm, object, path, |files, path| {
        let path = if path.is_empty() { b"." } else { path };
        files.list(path, &mut |entry| {
            result = add_entry(vm, entry, as_bytes).and_then(|entry| entries.append(vm, entry));
            result.is_ok()
        })
    })?;
    result?;
    vm.iter(entries.obj())
}

fn add_entry(vm: &Vm, entry: &Entry<'_>, as_bytes: bool) -> Res {
    let name = if as_bytes { Bytes::new(vm, entry.name)?.obj() } else { vm.new_str_checked(entry.name)? };
    let kind = Obj::small_int_wrapping(entry.kind as isize);
    Ok(Tuple::new(vm, &[name, kind, vm.new_u64(entry.inode)?])?.obj())
}

fn mkdir(vm: &Vm, object: Obj, path: Obj) -> Res {
    change(vm, object, path, |files, path| files.mkdir(path))
}

fn rmdir(vm: &Vm, object: Obj, path: Obj) -> Res {
    change(vm, object, path, |files, path| files.rmdir(path))
}

fn remove(vm: &Vm, object: Obj, path: Obj) -> Res {
    change(vm, object, path, |files, path| files.remove(path))
}

fn rename(vm: &Vm, object: Obj, old: Obj, new: Obj) -> Res {
    let posix = this(vm, object)?;
    let new = posix.host_path(vm, vm.str_or_bytes(new)?)?;
    change(vm, object, old, |files, old| files.rename(old, &new))
}

fn stat(vm: &Vm, object: Obj, path: Obj) -> Res {
    let stat = with_path(vm, object, path, |files, path| files.stat(path))?;
    let time = |seconds: i64| u64::try_from(seconds).unwrap_or(0);
    numbers(
        vm,
        [
            stat.mode.into(),
            stat.inode,
            stat.device,
            stat.links,
            stat.user.into(),
            stat.group.into(),
            stat.size,
            time(stat.accessed),
            time(stat.modified),
            time(stat.changed),
        ],
    )
}

fn statvfs(vm: &Vm, object: Obj, path: Obj) -> Res {
    let answer = with_path(vm, object, path, |files, path| files.statvfs(path))?;
    numbers(vm, answer)
}
