//! The module `vfs`: mounts, and file systems to mount.

#[cfg(test)]
mod accesses;
#[cfg(feature = "littlefs")]
mod board;
#[cfg_attr(not(feature = "fat"), allow(dead_code))]
pub(crate) mod error;
#[cfg(feature = "fat")]
mod fat;
#[cfg_attr(not(any(feature = "fat", feature = "littlefs")), allow(dead_code))]
mod file;
#[cfg_attr(not(any(feature = "littlefs", feature = "rp2")), allow(dead_code))]
mod flash;
#[cfg(feature = "littlefs")]
mod lfs;
#[cfg_attr(not(all(feature = "btree", feature = "fat")), allow(dead_code))]
pub(crate) mod memory;
#[cfg(test)]
mod model;
#[cfg(any(feature = "btree", feature = "fat", feature = "littlefs"))]
pub(crate) mod owned;
#[cfg(feature = "littlefs")]
mod pair;
#[cfg(feature = "posix")]
mod posix;
mod rom;
#[cfg_attr(not(any(feature = "fat", feature = "littlefs")), allow(dead_code))]
mod stat;

use berus_runtime::errno::NO_DEVICE;
use berus_runtime::model::args::Args;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::call::Call;
use berus_runtime::vfs::{BlockDevice, operations};
#[cfg(feature = "littlefs")]
pub use board::mount_board;
#[cfg(feature = "fat")]
pub(crate) use fat::FAT;
#[cfg(feature = "rp2")]
pub(crate) use flash::DEVICE as FLASH;
#[cfg(feature = "littlefs")]
pub(crate) use lfs::{LFS1, LFS2};
#[cfg(feature = "littlefs")]
pub use pair::Pair;
#[cfg(feature = "posix")]
pub use posix::{POSIX, mount_posix, mount_posix_at};
pub use rom::mount_rom;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("vfs", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "mount" => kw(0, mount),
        "rom_ioctl" => var(1, 4, flash::rom_ioctl),
        "umount" => f1(operations::umount),
        #[cfg(feature = "fat")]
        "VfsFat" => value(Obj::from_static(&FAT)),
        #[cfg(feature = "littlefs")]
        "VfsLfs1" => value(Obj::from_static(&LFS1)),
        #[cfg(feature = "littlefs")]
        "VfsLfs2" => value(Obj::from_static(&LFS2)),
        #[cfg(feature = "posix")]
        "VfsPosix" => value(Obj::from_static(&POSIX)),
        "VfsRom" => value(Obj::from_static(&rom::ROM)),
    }
}

/// `mount(...)`
pub(crate) fn mount(vm: &Vm, args: Args<'_>) -> Res {
    operations::mount(vm, args, detect)
}

/// What knows whether a file system of its kind lies on a block device.
type Detect = fn(&Vm, BlockDevice) -> Res<Option<&'static Type>>;

/// The kinds of file systems that are looked for, in order.
const KINDS: &[Detect] = &[
    #[cfg(feature = "littlefs")]
    lfs::detect,
    // What is none says so when it is mounted.
    #[cfg(feature = "fat")]
    |_, _| Ok(Some(&FAT)),
];

/// The file system that lies on a block device.
fn detect(vm: &Vm, device: BlockDevice) -> Res {
    for detect in KINDS {
        if let Some(ty) = detect(vm, device)? {
            return vm.call(Obj::from_static(ty), &[device.object()]);
        }
    }
    Err(vm.os_error(NO_DEVICE))
}
