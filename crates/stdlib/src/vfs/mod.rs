//! The module `vfs`: mounts, and file systems to mount.

mod posix;

pub use posix::{POSIX, mount_posix};

use berus_runtime::args::Args;
use berus_runtime::error::Res;
use berus_runtime::modules::ModuleDef;
use berus_runtime::vfs::{BlockDevice, operations};
use berus_runtime::vm::Vm;
use berus_runtime::word::Obj;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("vfs", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "mount" => kw(0, mount),
        "umount" => f1(operations::umount),
        "VfsPosix" => value(Obj::from_static(&POSIX)),
    }
}

/// `mount(...)`
pub(crate) fn mount(vm: &Vm, args: Args<'_>) -> Res {
    operations::mount(vm, args, detect)
}

/// `ENODEV`: there is no file system.
const NO_DEVICE: i32 = 19;

/// The file system that lies on a block device.
fn detect(vm: &Vm, _: BlockDevice) -> Res {
    Err(vm.os_error(NO_DEVICE))
}
