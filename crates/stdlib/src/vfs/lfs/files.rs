//! What the files of littlefs can do.

use berus_runtime::model::error::Raise;
use berus_runtime::model::stream::Outcome;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::CustomType;

use super::device::{Device, Result};
use super::file::Lfs;
use super::{Mounted, PythonDevice, Version, seen, this};
use crate::vfs::error::outcome;
use crate::vfs::file::{File, FileOps};
use crate::vfs::memory;

/// Files: their file system, and their number there.
pub const fn ops<V: Version>() -> FileOps
where
    Mounted<V>: CustomType,
{
    FileOps {
        read: read::<V>,
        write: Some(write::<V>),
        seek: seek::<V>,
        flush: Some(flush::<V>),
        close: close::<V>,
        memory: |_, _, _| Ok(None),
    }
}

/// Does something with a file that is open. What littlefs says is wrong is an error number, what a device raises an
/// exception.
fn with<V: Version>(
    vm: &Vm,
    file: &File,
    owner: Obj,
    run: impl FnOnce(&mut Lfs<V>, &dyn Device, usize, Option<u64>) -> Result<usize>,
) -> Outcome
where
    Mounted<V>: CustomType,
{
    if owner == Obj::NONE {
        return Err(vm.value_error(format_args!("")).into());
    }
    let mounted = this::<V>(vm, owner)?;
    let now = mounted.keeps_times.then(|| now(vm));
    let device = PythonDevice::new::<V>(vm, mounted.device, mounted.readonly.get());
    mounted.lfs.with(vm, |lfs| outcome(seen::<V, _>(run(lfs, &device, file.words[0].get(), now))))
}

/// Nanoseconds since 1970.
pub fn now(vm: &Vm) -> u64 {
    u64::try_from(vm.host().wall_clock().unwrap_or_default().as_nanos()).unwrap_or(0)
}

fn read<V: Version>(vm: &Vm, file: &File, buffer: &mut [u8]) -> Outcome
where
    Mounted<V>: CustomType,
{
    with::<V>(vm, file, file.owner.get(), |lfs, dev, number, _| lfs.read(dev, number, buffer))
}

fn write<V: Version>(vm: &Vm, file: &File, bytes: &[u8]) -> Outcome
where
    Mounted<V>: CustomType,
{
    with::<V>(vm, file, file.owner.get(), |lfs, dev, number, now| {
        // The device may change what they lie in.
        let bytes = memory::copy(bytes)?;
        lfs.write(dev, number, &bytes, now)
    })
}

fn seek<V: Version>(vm: &Vm, file: &File, offset: isize, whence: u8) -> Outcome
where
    Mounted<V>: CustomType,
{
    with::<V>(vm, file, file.owner.get(), |lfs, dev, number, _| {
        lfs.seek(dev, number, offset as i64, whence).map(|at| at as usize)
    })
}

fn flush<V: Version>(vm: &Vm, file: &File) -> Outcome
where
    Mounted<V>: CustomType,
{
    with::<V>(vm, file, file.owner.get(), |lfs, dev, number, _| lfs.sync(dev, number).map(|()| 0))
}

fn close<V: Version>(vm: &Vm, file: &File, owner: Obj) -> Outcome
where
    Mounted<V>: CustomType,
{
    with::<V>(vm, file, owner, |lfs, dev, number, _| lfs.close(dev, number).map(|()| 0))
}
