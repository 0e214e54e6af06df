//! The module `os`.

#[cfg(feature = "python")]
mod environ;

use berus_runtime::data::builder::Builder;
use berus_runtime::errno::{Errno, NO_SYSTEM};
use berus_runtime::host::Process;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::Module;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::unlock::Unlock;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::exception;
use berus_runtime::ops::convert::Convert;
use berus_runtime::q;
use berus_runtime::vfs::operations;

use crate::vfs;
#[cfg(feature = "fat")]
use crate::vfs::FAT;
#[cfg(feature = "posix")]
use crate::vfs::POSIX;
#[cfg(feature = "littlefs")]
use crate::vfs::{LFS1, LFS2};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("os", MEMBERS).init(init).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "chdir" => f1(operations::chdir),
        "errno" => var(0, 1, errno),
        "getcwd" => f0(operations::getcwd),
        "getenv" => var(1, 2, getenv),
        "ilistdir" => var(0, 1, operations::ilistdir),
        "listdir" => var(0, 1, operations::listdir),
        "mkdir" => f1(operations::mkdir),
        "mount" => kw(0, vfs::mount),
        "putenv" => f2(putenv),
        "remove" => f1(operations::remove),
        "rename" => f2(operations::rename),
        "rmdir" => f1(operations::rmdir),
        "stat" => f1(operations::stat),
        "statvfs" => f1(operations::statvfs),
        "system" => f1(system),
        "umount" => f1(operations::umount),
        "unlink" => f1(operations::remove),
        "unsetenv" => f1(unsetenv),
        "urandom" => f1(urandom),
        #[cfg(feature = "fat")]
        "VfsFat" => value(Obj::from_static(&FAT)),
        #[cfg(feature = "littlefs")]
        "VfsLfs1" => value(Obj::from_static(&LFS1)),
        #[cfg(feature = "littlefs")]
        "VfsLfs2" => value(Obj::from_static(&LFS2)),
        #[cfg(feature = "posix")]
        "VfsPosix" => value(Obj::from_static(&POSIX)),
    }
}

fn init(vm: &Vm, module: Gc<Module>) -> Res<()> {
    #[cfg(feature = "python")]
    if vm.host().process().is_some() {
        module.globals.store(vm, vm.intern(b"environ")?, environ::object(vm)?)?;
    }
    module.globals.store(vm, q!("sep"), vm.new_str(b"/")?)
}

fn process(vm: &Vm) -> Res<&dyn Process> {
    vm.host().process().ok_or_else(|| vm.os_error(NO_SYSTEM))
}

/// The number of the last error of the operating system.
fn errno(vm: &Vm, args: &[Obj]) -> Res {
    match args.first() {
        Some(&number) => {
            vm.set_errno(Errno(vm.int(number)? as i32));
            Ok(Obj::NONE)
        }
        None => Ok(Obj::small_int_wrapping(vm.errno().0 as isize)),
    }
}

fn getenv(vm: &Vm, args: &[Obj]) -> Res {
    let name = vm.str_or_bytes(args[0])?;
    match vm.host().process().and_then(|process| process.getenv(name)) {
        Some(value) => vm.new_str_checked(&value),
        None => Ok(args.get(1).copied().unwrap_or(Obj::NONE)),
    }
}

fn putenv(vm: &Vm, name: Obj, value: Obj) -> Res {
    let (name, value) = (vm.str_or_bytes(name)?, vm.str_or_bytes(value)?);
    process(vm)?.setenv(name, Some(value)).map_err(|errno| vm.os_error(errno))?;
    Ok(Obj::NONE)
}

fn unsetenv(vm: &Vm, name: Obj) -> Res {
    let name = vm.str_or_bytes(name)?;
    process(vm)?.setenv(name, None).map_err(|errno| vm.os_error(errno))?;
    Ok(Obj::NONE)
}

fn system(vm: &Vm, command: Obj) -> Res {
    let command = vm.str_or_bytes(command)?;
    vm.host().flush();
    process(vm)?;
    // An interrupt that has come already does not reach the command.
    vm.poll()?;
    let status = vm.unlocked(|host| host.process().ok_or(NO_SYSTEM)?.system(command));
    let status = status.map_err(|errno| vm.os_error(errno))?;
    // The command may have ended because of an interrupt.
    vm.poll()?;
    Ok(Obj::small_int_wrapping(status as isize))
}

fn urandom(vm: &Vm, count: Obj) -> Res {
    let Ok(count) = usize::try_from(vm.int(count)?) else { return Err(vm.error_with(&exception::VALUE_ERROR, &[])) };
    let mut bytes = Builder::with_capacity(vm, count)?;
    bytes.fill(vm, 0, count)?;
    for part in bytes.bytes_mut().chunks_mut(1024) {
        vm.work(part.len() / 4)?;
        if !vm.host().entropy(part) {
            return Err(vm.os_error(NO_SYSTEM));
        }
    }
    bytes.into_bytes(vm)
}
