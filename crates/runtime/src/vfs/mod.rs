//! The virtual file system: which file system a path leads to, and what programs do with paths and files.
//!
//! # A file system
//!
//! A file system is an object with these methods, in a class of Python or a type of Rust; methods that it lacks fail
//! with `AttributeError`. Paths within a file system start with `/`, but relative paths come as the program has them
//! where the current folder is in the file system.
//!
//! | method | answers |
//! | --- | --- |
//! | `mount(readonly, mkfs)` | nothing; called first |
//! | `umount()` | nothing; called last |
//! | `open(path, mode)` | a file: a stream, see below |
//! | `stat(path)` | a tuple of ten numbers: mode, inode, device, links, user, group, size, and three times |
//! | `statvfs(path)` | a tuple of ten numbers |
//! | `ilistdir(path)` | an iterator of tuples: name, kind, inode, and perhaps size |
//! | `chdir(path)`, `getcwd()` | nothing; the current folder |
//! | `mkdir(path)`, `rmdir(path)`, `remove(path)`, `rename(old, new)` | nothing |
//!
//! The times of `stat` are those of the last access, change and status change, in seconds. The numbers of `statvfs` are
//! block size, fragment size, blocks, free blocks, available blocks, files, free files, available files, flags, and the
//! length of the longest name. A name of `ilistdir` is of the type that `path` has; its kind is 0x4000 for a folder and
//! 0x8000 for a file.
//!
//! Methods fail by raising `OSError` with an error number. A file is a [stream](crate::ops::stream): in Python an
//! instance of a class derived from `io.IOBase` with methods `readinto(buffer)`, `write(buffer)` and `ioctl(request,
//! argument)`, in Rust an object of a type with [`StreamSlots`](crate::model::stream::StreamSlots), whose methods
//! (`read`, `readline`, ...) are the functions of that module.
//!
//! # Writing one in Rust
//!
//! Declare a type ([`custom_type!`](crate::custom_type)) whose constant table has those methods, and give it the slot
//! [`file_system`](FileSystem), with which `import` asks what a path leads to without the detour of a tuple or an
//! exception. Put the type into the module `vfs`. File systems that lie on blocks reach them through [`BlockDevice`]. A
//! file whose bytes lie in memory for good, and never change, lends them to `import` by way of its buffer slot: see
//! [`Access::Lend`](crate::model::buffer::Access::Lend).

#[cfg(feature = "files")]
pub(crate) mod block;
pub mod file;
#[cfg_attr(not(feature = "files"), path = "no_open.rs")]
pub(crate) mod open;
#[cfg(feature = "files")]
pub mod operations;

use crate::data::builder::Builder;
#[cfg(feature = "files")]
use crate::data::bytes::Bytes;
use crate::data::exception::Exceptions;
use crate::host::Stat;
use crate::model::error::{Raise, Res};
use crate::model::layout::{List, Tuple};
use crate::model::mounts::{FileSystem, Kind, Mount};
use crate::model::protocols::{Classes, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::call::Call;
use crate::ops::convert::Convert;
#[cfg(feature = "files")]
use crate::qstr::Qstr;
#[cfg(feature = "files")]
pub use crate::vfs::block::{BlockDevice, request};
pub use crate::vfs::open::Content;
#[cfg(feature = "files")]
pub use crate::vfs::open::OPEN;
pub(crate) use crate::vfs::open::{Piece, Reader};
use crate::{errno, q};

/// Where a path leads.
#[derive(Clone, Copy)]
enum Place<P> {
    /// Nowhere: nothing is mounted at the path.
    Nowhere,
    /// To the folder of all mounts.
    Root,
    /// Into a file system, to a path in it.
    In(Mount, P),
}

/// File systems mounted at paths.
pub trait Mounting {
    /// Mounts `file_system` at `point`, which starts with `/`: calls its method `mount` with `readonly` and `mkfs`.
    ///
    /// # Errors
    /// `OSError` if another file system is mounted at `point`, and what the method raises.
    fn mount(&self, file_system: Obj, point: Obj, readonly: Obj, mkfs: Obj) -> Res<()>;

    /// Takes away a mount, by its mount point or its file system, whose method `umount` is called.
    ///
    /// # Errors
    /// `OSError` if there is no such mount, and what the method raises.
    fn umount(&self, which: Obj) -> Res<()>;

    /// Mounts `file_system` at `/`, and makes `/` the current folder, for a port that starts with a file system.
    ///
    /// # Errors
    /// As [`Vm::mount`].
    fn mount_root(&self, file_system: Obj) -> Res<()>;

    /// What `path` leads to, as `import` asks; `None` if it leads nowhere, or the file system's `stat` raises.
    ///
    /// # Errors
    /// `TypeError` if the answer of a file system's `stat` is no result of `stat`, `UnicodeError` if `stat` would be
    /// called with a path that is no text, and `MemoryError`.
    fn kind_of_path(&self, path: &[u8]) -> Res<Option<Kind>>;
}

impl Mounting for Vm {
    fn mount(&self, file_system: Obj, point: Obj, readonly: Obj, mkfs: Obj) -> Res<()> {
        if self.str_or_bytes(point)?.is_empty() {
            return Err(self.os_error(errno::INVALID));
        }
        let mount = Mount::new(self, file_system, point)?;
        self.call_method(file_system, q!("mount"), &[readonly, mkfs])?;
        if let Place::In(other, _) = look_up(self, mount.point(self))
            // Below a file system at the root there is room for more mounts.
            && (mount.is_root(self) || !other.is_root(self))
        {
            return Err(self.os_error(errno::NOT_PERMITTED));
        }
        let table = match self.mounts.table.get() {
            Some(table) => table,
            None => List::new(self, &[])?,
        };
        let at = table.len() - usize::from(root_mount(self).is_some());
        table.splice(self, at, 0, 1)?;
        if let Some(slot) = table.items().get(at) {
            slot.set(mount.0.obj());
        }
        self.mounts.table.set(Some(table));
        Ok(())
    }

    fn umount(&self, which: Obj) -> Res<()> {
        let point = self.as_str(which);
        let is_it = |mount: &Mount| mount.file_system() == which || point == Some(mount.point(self));
        let found = self.mounts.all().enumerate().find(|(_, mount)| is_it(mount));
        let (Some((at, mount)), Some(table)) = (found, self.mounts.table.get()) else {
            return Err(self.os_error(errno::INVALID));
        };
        table.remove_at(self, at);
        if self.mounts.current.get() == Some(mount) {
            self.mounts.current.set(None);
        }
        self.call_method(mount.file_system(), q!("umount"), &[])?;
        Ok(())
    }

    fn mount_root(&self, file_system: Obj) -> Res<()> {
        self.mount(file_system, self.new_str(b"/")?, Obj::FALSE, Obj::FALSE)?;
        self.mounts.current.set(root_mount(self));
        Ok(())
    }

    fn kind_of_path(&self, path: &[u8]) -> Res<Option<Kind>> {
        self.check_depth()?;
        let Place::In(mount, inner) = look_up(self, path) else { return Ok(None) };
        let file_system = mount.file_system();
        if let Some(slots) = self.type_of(file_system).slots.file_system() {
            return (slots.kind)(self, file_system, inner);
        }
        let inner = self.new_str_checked(inner)?;
        let stat = match self.call_method(file_system, q!("stat"), &[inner]) {
            Ok(stat) => self.items_exactly(stat, 10)?,
            Err(raised) => {
                self.dismiss(raised)?;
                return Ok(None);
            }
        };
        let mode = self.int(stat.get(0).unwrap_or(Obj::NONE))?;
        Ok(Some(if mode & Stat::FOLDER as isize != 0 { Kind::Folder } else { Kind::File }))
    }
}

fn look_up<'p>(vm: &Vm, path: &'p [u8]) -> Place<&'p [u8]> {
    let rest = match (path.strip_prefix(b"/"), vm.mounts.current.get()) {
        (Some(rest), _) => rest,
        (None, Some(current)) => return Place::In(current, path),
        (None, None) => path,
    };
    if rest.is_empty() {
        return Place::Root;
    }
    for mount in vm.mounts.all() {
        let point = mount.point(vm).get(1..).unwrap_or_default();
        if point.is_empty() {
            return Place::In(mount, path);
        }
        match rest.strip_prefix(point) {
            Some([]) => return Place::In(mount, b"/"),
            Some(inner @ [b'/', ..]) => return Place::In(mount, inner),
            _ => {}
        }
    }
    Place::Nowhere
}

/// Where the path `path`, a string or bytes, leads; the path inside is of the same type.
#[cfg(feature = "files")]
fn look_up_object(vm: &Vm, path: Obj) -> Res<Place<Obj>> {
    let whole = vm.str_or_bytes(path)?;
    Ok(match look_up(vm, whole) {
        Place::Nowhere => Place::Nowhere,
        Place::Root => Place::Root,
        Place::In(mount, inner) if inner == whole => Place::In(mount, path),
        Place::In(mount, inner) if path.downcast::<Bytes>().is_some() => Place::In(mount, Bytes::new(vm, inner)?.obj()),
        Place::In(mount, inner) => Place::In(mount, vm.new_str(inner)?),
    })
}

/// Calls the method `name` of the file system at `place` with the path inside, and `more`.
#[cfg(feature = "files")]
fn call_at(vm: &Vm, place: Place<Obj>, name: Qstr, more: Option<Obj>) -> Res {
    match (place, more) {
        (Place::Nowhere, _) => Err(vm.os_error(errno::NO_DEVICE)),
        (Place::Root, _) => Err(vm.os_error(errno::NOT_PERMITTED)),
        (Place::In(mount, path), None) => vm.call_method(mount.file_system(), name, &[path]),
        (Place::In(mount, path), Some(more)) => vm.call_method(mount.file_system(), name, &[path, more]),
    }
}

fn root_mount(vm: &Vm) -> Option<Mount> {
    vm.mounts.all().find(|mount| mount.is_root(vm))
}

/// Which of several paths, all `base` with an ending, is the first that leads to what is wanted of it.
///
/// # Errors
/// As [`Vm::kind_of_path`].
pub(crate) fn first_path(vm: &Vm, base: &[u8], wanted: &[(&[u8], Kind)]) -> Res<Option<usize>> {
    if !cfg!(feature = "files") {
        return Ok(None);
    }
    // Where other file systems are mounted below this one, paths that start alike may lead to different ones.
    if let Place::In(mount, inner) = look_up(vm, base)
        && let Some(FileSystem { first: Some(first), .. }) = vm.type_of(mount.file_system()).slots.file_system()
        && !mount.is_root(vm)
        && inner.last().is_some_and(|last| *last != b'/')
    {
        return first(vm, mount.file_system(), inner, wanted);
    }
    for (place, (ending, kind)) in wanted.iter().enumerate() {
        if vm.kind_of_path(Builder::concat(vm, &[base, ending])?.bytes())? == Some(*kind) {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

impl Mount {
    pub(crate) fn new(vm: &Vm, file_system: Obj, point: Obj) -> Res<Mount> {
        Tuple::new(vm, &[file_system, point]).map(Mount)
    }

    pub(crate) fn file_system(self) -> Obj {
        self.0.items().first().copied().unwrap_or(Obj::NONE)
    }

    /// The mount point, with its `/`.
    pub(crate) fn point(self, vm: &Vm) -> &[u8] {
        match self.0.items() {
            [_, point] => vm.str_or_bytes(*point).unwrap_or_default(),
            _ => &[],
        }
    }

    pub(crate) fn is_root(self, vm: &Vm) -> bool {
        self.point(vm).len() == 1
    }
}
