//! What a board mounts when it starts.

use berus_mpy::romfs::Image;
use berus_runtime::data::system::SystemLists;
use berus_runtime::host::Board;
use berus_runtime::model::error::Res;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::attr::Attributes;
use berus_runtime::ops::call::Call;
use berus_runtime::vfs::{BlockDevice, Mounting};

use super::{LFS2, detect, flash, mount_rom};

/// Mounts the file system in the board's flash at `/`, and what its first partition for ROM images holds at `/rom`; has
/// modules looked for where boards have them: beside the program, frozen, in the ROM image, in `/lib`.
///
/// Flash that is erased gets a littlefs. What holds something else is left as it is: whoever knows what that is may
/// want it back.
///
/// # Errors
/// `OSError` if there is flash without a file system in it, and `MemoryError`; all else is there.
pub fn mount_board(vm: &Vm) -> Res<()> {
    let mut mounted = Ok(());
    if vm.host().board().and_then(Board::flash).is_some() {
        mounted = mount_flash(vm);
    }
    vm.add_path(b"")?;
    vm.add_path(b".frozen")?;
    if vm.host().rom().is_some_and(|memory| Image::new(memory).is_some()) {
        mount_rom(vm)?;
    }
    vm.add_path(b"/lib")?;
    mounted
}

fn mount_flash(vm: &Vm) -> Res<()> {
    let device = flash::device(vm)?;
    if flash::is_blank(vm)? {
        let make = vm.load_attr(Obj::from_static(&LFS2), vm.intern(b"mkfs")?)?;
        vm.call(make, &[device])?;
    }
    vm.mount_root(detect(vm, BlockDevice::new(vm, device)?)?)
}
