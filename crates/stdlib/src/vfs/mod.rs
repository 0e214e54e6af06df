//! The module `vfs`: mounts, and file systems to mount.

#[cfg(test)]
mod accesses;
mod board;
mod error;
mod fat;
mod file;
mod flash;
mod lfs;
mod memory;
#[cfg(test)]
mod model;
mod owned;
mod posix;
mod rom;
mod stat;

use berus_runtime::data::exception::Exceptions;
use berus_runtime::model::args::Args;
use berus_runtime::model::error::Res;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::call::Call;
use berus_runtime::vfs::{BlockDevice, operations};
pub use board::mount_board;
pub(crate) use fat::FAT;
#[cfg(feature = "rp2")]
pub(crate) use flash::DEVICE as FLASH;
pub(crate) use lfs::{LFS1, LFS2};
pub use posix::{POSIX, mount_posix, mount_posix_at};
pub use rom::mount_rom;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("vfs", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "mount" => kw(0, mount),
        "rom_ioctl" => var(1, 4, flash::rom_ioctl),
        "umount" => f1(operations::umount),
        "VfsFat" => value(Obj::from_static(&FAT)),
        "VfsLfs1" => value(Obj::from_static(&LFS1)),
        "VfsLfs2" => value(Obj::from_static(&LFS2)),
        "VfsPosix" => value(Obj::from_static(&POSIX)),
        "VfsRom" => value(Obj::from_static(&rom::ROM)),
    }
}

/// `mount(...)`
pub(crate) fn mount(vm: &Vm, args: Args<'_>) -> Res {
    operations::mount(vm, args, detect)
}

/// The file system that lies on a block device.
fn detect(vm: &Vm, device: BlockDevice) -> Res {
    // A device that cannot read less than a block has no littlefs.
    match detect_lfs(vm, device) {
        Ok(Some(ty)) => return vm.call(Obj::from_static(ty), &[device.object()]),
        Ok(None) => {}
        Err(raised) => vm.dismiss(raised)?,
    }
    vm.call(Obj::from_static(&FAT), &[device.object()])
}

/// The littlefs that lies on a block device, if there is one: the first block may be erased or broken, the second is
/// not then.
fn detect_lfs(vm: &Vm, device: BlockDevice) -> Res<Option<&'static Type>> {
    for block in 0..2 {
        let mut head = [0; 44];
        match device.read(vm, block, Some(8), &mut head) {
            Ok(_) if head.starts_with(b"littlefs") => return Ok(Some(&LFS2)),
            Ok(_) if head[32..].starts_with(b"littlefs") => return Ok(Some(&LFS1)),
            Ok(_) => {}
            Err(failure) => drop(failure.errno()?),
        }
    }
    Ok(None)
}
