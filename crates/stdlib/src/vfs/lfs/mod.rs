//! `VfsLfs1` and `VfsLfs2`: littlefs, a file system for flash memory that loses nothing when power fails, in its two
//! versions (MicroPython: `extmod/vfs_lfs*.c`).
//!
//! The file system itself knows nothing of Python, and whatever a device holds makes it fail at worst. It is written
//! here, in safe Rust, because the crates for it wrap or transcribe the C code, whose safety rests on what the device
//! holds.

mod checksum;
mod ctz;
mod device;
mod file;
mod files;
mod folder;
mod methods;
mod pair;
mod space;
mod tree;
mod v1;
mod v2;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod worn;

use core::cell::Cell;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::errno::{self, Errno};
use berus_runtime::model::error::Res;
use berus_runtime::model::mounts::FileSystem;
use berus_runtime::model::object::Gc;
use berus_runtime::model::stream::{Failure, Outcome};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, CustomType};
use berus_runtime::ops::convert::Convert;
use berus_runtime::vfs::BlockDevice;
use device::{Device, Disk, Error, Result};
use file::Lfs;
use space::Space;
use tree::Tree;
use v1::V1;
use v2::V2;

use super::file::FileOps;
use super::owned::Owned;
use crate::vfs::error::done;

/// A version of littlefs.
trait Version: Tree + Sized + 'static {
    /// The number that devices and programs know [`Error::CORRUPT`] by.
    const CORRUPT: Errno;

    /// What its files can do.
    const FILES: &'static FileOps;

    /// Makes an empty file system.
    fn format(disk: &mut Disk, dev: &dyn Device) -> Result;

    /// Mounts a file system.
    fn mount(disk: &mut Disk, dev: &dyn Device) -> Result<(Self, Space)>;
}

/// A file system object.
struct Mounted<V: Version> {
    device: BlockDevice,
    readonly: Cell<bool>,
    /// Whether files note when they were changed.
    keeps_times: bool,
    /// The current folder: a path that starts and ends with `/`.
    current: Cell<Gc<Bytes>>,
    lfs: Owned<Lfs<V>>,
}

/// The littlefs that lies on a block device, if there is one: the first block may be erased or broken, the second is
/// not then. A device that cannot read less than a block has none.
pub(super) fn detect(vm: &Vm, device: BlockDevice) -> Res<Option<&'static Type>> {
    for block in 0..2 {
        let mut head = [0; 44];
        match device.read(vm, block, Some(8), &mut head) {
            Ok(_) if head.starts_with(b"littlefs") => return Ok(Some(&LFS2)),
            Ok(_) if head[32..].starts_with(b"littlefs") => return Ok(Some(&LFS1)),
            Ok(_) => {}
            Err(failure) => match failure.errno() {
                Ok(_) => {}
                Err(raised) => return vm.dismiss(raised).map(|()| None),
            },
        }
    }
    Ok(None)
}

/// Declares the type of a version.
macro_rules! version {
    ($(#[$doc:meta])* $table:ident $methods:ident $version:ident $name:literal $module:ident $corrupt:literal) => {
        berus_runtime::custom_type! {
            $(#[$doc])*
            pub static $table: Type<Mounted<$version>> = $name
                .make_new(methods::make_new::<$version>)
                .file_system(&FileSystem { kind: methods::kind::<$version>, first: None })
                .finalise(finalise::<$version>)
                .locals($methods);
        }

        berus_runtime::members! {
            static $methods = {
                "mkfs" => static_method(kw(0, methods::mkfs::<$version>)),
                "open" => f3(methods::open::<$version>),
                "ilistdir" => var(1, 2, methods::ilistdir::<$version>),
                "mkdir" => f2(methods::mkdir::<$version>),
                "rmdir" => f2(methods::remove::<$version>),
                "remove" => f2(methods::remove::<$version>),
                "rename" => f3(methods::rename::<$version>),
                "chdir" => f2(methods::chdir::<$version>),
                "getcwd" => f1(methods::getcwd::<$version>),
                "stat" => f2(methods::stat::<$version>),
                "statvfs" => f2(methods::statvfs::<$version>),
                "mount" => f3(methods::mount::<$version>),
                "umount" => f1(methods::umount::<$version>),
            }
        }

        impl Version for $version {
            const CORRUPT: Errno = Errno($corrupt);

            const FILES: &'static FileOps = &files::ops::<$version>();

            fn format(disk: &mut Disk, dev: &dyn Device) -> Result {
                $module::format(disk, dev)
            }

            fn mount(disk: &mut Disk, dev: &dyn Device) -> Result<($version, Space)> {
                $version::mount(disk, dev)
            }
        }
    };
}

version! {
    /// The type `VfsLfs1`.
    LFS1 METHODS1 V1 "VfsLfs1" v1 52
}

version! {
    /// The type `VfsLfs2`.
    LFS2 METHODS2 V2 "VfsLfs2" v2 84
}

/// The file system that `object` is.
fn this<V: Version>(vm: &Vm, object: Obj) -> Res<Gc<Custom<Mounted<V>>>>
where
    Mounted<V>: CustomType,
{
    vm.this(object)
}

fn finalise<V: Version>(vm: &Vm, object: Obj)
where
    Mounted<V>: CustomType,
{
    match this::<V>(vm, object) {
        Ok(mounted) => mounted.lfs.give_up(),
        Err(raised) => drop(vm.take_exception(raised)),
    }
}

/// A block device of Python, as littlefs uses it.
struct PythonDevice<'v> {
    vm: &'v Vm,
    device: BlockDevice,
    readonly: bool,
    /// The number by which it says that a block does not keep what is written to it.
    corrupt: Errno,
}

impl<'v> PythonDevice<'v> {
    fn new<V: Version>(vm: &'v Vm, device: BlockDevice, readonly: bool) -> PythonDevice<'v> {
        PythonDevice { vm, device, readonly, corrupt: V::CORRUPT }
    }

    fn error(&self, errno: Errno) -> Error {
        if errno == self.corrupt { Error::CORRUPT } else { Error::Errno(errno) }
    }

    /// What `ioctl` answered, where `None` may stand for 0.
    fn answer(&self, answer: Obj, none: bool) -> Result {
        if none && answer == Obj::NONE {
            return Ok(());
        }
        match self.vm.int(answer).map_err(Error::Raised)? {
            0.. => Ok(()),
            error => Err(self.error(i32::try_from(error.unsigned_abs()).map_or(errno::IO, Errno))),
        }
    }

    fn transferred(&self, outcome: Outcome) -> Result {
        outcome.map(drop).map_err(|failure| match failure {
            Failure::Errno(errno) => self.error(errno),
            Failure::Raised(raised) => Error::Raised(raised),
        })
    }
}

impl Device for PythonDevice<'_> {
    fn read(&self, block: u32, offset: u32, buffer: &mut [u8]) -> Result {
        self.transferred(self.device.read(self.vm, block as usize, Some(offset as usize), buffer))
    }

    fn program(&self, block: u32, offset: u32, bytes: &[u8]) -> Result {
        if self.readonly {
            return Err(Error::READ_ONLY);
        }
        self.transferred(self.device.write(self.vm, block as usize, Some(offset as usize), bytes))
    }

    fn erase(&self, block: u32) -> Result {
        if self.readonly || !self.device.can_write() {
            return Err(Error::READ_ONLY);
        }
        let answer = self.device.erase(self.vm, block as usize).map_err(Error::Raised)?;
        self.answer(answer, false)
    }

    fn sync(&self) -> Result {
        let answer = self.device.sync(self.vm).map_err(Error::Raised)?;
        self.answer(answer, true)
    }
}

/// A result as programs see it.
fn seen<V: Version, R>(result: Result<R>) -> Result<R> {
    result.map_err(|error| if error.is_corrupt() { Error::Errno(V::CORRUPT) } else { error })
}

/// Calls `run` with a file system and its device.
fn with<V: Version, R>(
    vm: &Vm,
    mounted: &Mounted<V>,
    run: impl FnOnce(&mut Lfs<V>, &dyn Device) -> Result<R>,
) -> Res<R> {
    let device = PythonDevice::new::<V>(vm, mounted.device, mounted.readonly.get());
    mounted.lfs.with(vm, |lfs| done(vm, seen::<V, _>(run(lfs, &device))))
}
