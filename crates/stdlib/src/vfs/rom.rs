//! `VfsRom`: a ROM image in memory (MicroPython: `extmod/vfs_rom.c`). Modules in it run where they lie.

use alloc::vec::Vec;

use berus_mpy::memory::Quota;
use berus_mpy::romfs::{Image, Node};
use berus_runtime::data::bytes::Bytes;
use berus_runtime::data::system::SystemLists;
use berus_runtime::errno::{INVALID, IO, IS_FOLDER, NO_DEVICE, NO_ENTRY, NOT_PERMITTED, READ_ONLY, UNSUPPORTED};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::List;
use berus_runtime::model::mounts::{FileSystem, Kind};
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Iterate, Strs};
use berus_runtime::model::stream::Outcome;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::truth::Truth;
use berus_runtime::vfs::Mounting;

use super::file::{File, FileOps};
use super::{file, stat};

/// Mounts the host's ROM image, if it has one, at `/rom`, and has modules looked for there and in `/rom/lib`, as
/// MicroPython does when it starts.
///
/// # Errors
/// `OSError` if it is no ROM image, or something is mounted there, and `MemoryError`.
pub fn mount_rom(vm: &Vm) -> Res<()> {
    let Some(memory) = vm.host().rom() else { return Ok(()) };
    let file_system = new(vm, Bytes::lent(vm, memory)?.obj())?;
    vm.mount(file_system, vm.new_str(b"/rom")?, Obj::FALSE, Obj::FALSE)?;
    vm.add_path(b"/rom")?;
    vm.add_path(b"/rom/lib")
}

struct Rom {
    /// What gives the memory. It may change, so that it is asked each time.
    memory: Obj,
}

berus_runtime::custom_type! {
    /// The type.
    pub static ROM: Type<Rom> = "VfsRom".make_new(make_new).file_system(&FileSystem { kind, first: Some(first) }).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "mount" => f3(mount),
        "umount" => f1(umount),
        "open" => f3(open),
        "chdir" => f2(chdir),
        "getcwd" => f1(getcwd),
        "ilistdir" => f2(ilistdir),
        "mkdir" => f2(refuse),
        "remove" => f2(refuse),
        "rename" => f3(|vm, object, old, _| refuse(vm, object, old)),
        "rmdir" => f2(refuse),
        "stat" => f2(stat),
        "statvfs" => f2(statvfs),
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    new(vm, args.pos()[0])
}

fn new(vm: &Vm, memory: Obj) -> Res {
    image(vm, memory)?;
    Ok(vm.new_custom(Rom { memory })?.obj())
}

/// The image in the memory of an object. Make no calls of Python code while it is in use.
fn image(vm: &Vm, memory: Obj) -> Res<Image<'static>> {
    let bytes = vm.buffer(memory, Access::Read)?.bytes();
    Image::new(bytes).ok_or_else(|| vm.os_error(NO_DEVICE))
}

fn image_of(vm: &Vm, object: Obj) -> Res<Image<'static>> {
    image(vm, vm.this::<Custom<Rom>>(object)?.memory)
}

/// What a path leads to.
fn find(vm: &Vm, object: Obj, path: Obj) -> Res<Node<'static>> {
    let path = vm.str_or_bytes(path)?;
    image_of(vm, object)?.find(path).ok_or_else(|| vm.os_error(NO_ENTRY))
}

fn kind_of(node: &Node<'_>) -> Kind {
    match node {
        Node::File(_) => Kind::File,
        Node::Folder(_) => Kind::Folder,
    }
}

fn kind(vm: &Vm, object: Obj, path: &[u8]) -> Res<Option<Kind>> {
    Ok(image_of(vm, object)?.find(path).map(|node| kind_of(&node)))
}

fn first(vm: &Vm, object: Obj, base: &[u8], wanted: &[(&[u8], Kind)]) -> Res<Option<usize>> {
    Ok(image_of(vm, object)?.find_first(base, wanted, |wanted, node| kind_of(node) == *wanted))
}

fn mount(vm: &Vm, _: Obj, _: Obj, mkfs: Obj) -> Res {
    if vm.truth(mkfs)? { Err(vm.os_error(NOT_PERMITTED)) } else { Ok(Obj::NONE) }
}

fn umount(_: &Vm, object: Obj) -> Res {
    Ok(object)
}

fn open(vm: &Vm, object: Obj, path: Obj, mode: Obj) -> Res {
    let mode = vm.str_or_bytes(mode)?;
    if mode.iter().any(|letter| b"wa+".contains(letter)) {
        return Err(vm.os_error(READ_ONLY));
    }
    let is_text = mode.iter().rfind(|letter| b"bt".contains(letter)) != Some(&b'b');
    match find(vm, object, path)? {
        Node::File(found) => {
            let memory = vm.this::<Custom<Rom>>(object)?.memory;
            file::new(vm, is_text, &FILE, memory, [found.offset(), found.data().len(), 0])
        }
        Node::Folder(_) => Err(vm.os_error(IS_FOLDER)),
    }
}

/// What would change the image.
fn refuse(vm: &Vm, _: Obj, _: Obj) -> Res {
    Err(vm.os_error(READ_ONLY))
}

fn chdir(vm: &Vm, _: Obj, path: Obj) -> Res {
    if vm.str_or_bytes(path)? == b"/" { Ok(Obj::NONE) } else { Err(vm.os_error(UNSUPPORTED)) }
}

fn getcwd(vm: &Vm, _: Obj) -> Res {
    vm.new_str(b"")
}

fn ilistdir(vm: &Vm, object: Obj, path: Obj) -> Res {
    let Node::Folder(folder) = find(vm, object, path)? else { return Err(vm.os_error(NO_ENTRY)) };
    let grants = vm.grants();
    let quota = Quota::new(&grants);
    let stopped = |stop| grants.raise(stop);
    // Copied, because the memory may change while objects are made: that can run finalisers.
    let mut found = Vec::new();
    for entry in folder.entries().map_while(Result::ok) {
        let name = quota.copy(entry.name).map_err(stopped)?;
        let (is_folder, size) = match entry.node {
            Node::File(file) => (false, file.data().len()),
            Node::Folder(folder) => (true, folder.size()),
        };
        quota.push(&mut found, (name, is_folder, size)).map_err(stopped)?;
    }
    let as_bytes = path.downcast::<Bytes>().is_some();
    let entries = List::new(vm, &[])?;
    for (name, is_folder, size) in found {
        entries.append(vm, stat::entry(vm, as_bytes, &name, is_folder, size as u64)?)?;
    }
    vm.iter(entries.obj())
}

fn stat(vm: &Vm, object: Obj, path: Obj) -> Res {
    let (is_folder, size) = match find(vm, object, path)? {
        Node::File(file) => (false, file.data().len()),
        Node::Folder(folder) => (true, folder.size()),
    };
    stat::stat(vm, is_folder, size as u64, 0)
}

fn statvfs(vm: &Vm, object: Obj, _: Obj) -> Res {
    let size = image_of(vm, object)?.root().size();
    stat::numbers(vm, [1, 0, size as u64, 0, 0, 0, 0, 0, 0, 32767])
}

/// Files: the object that gives the memory, where in it they are, their size, and where reading is.
static FILE: FileOps = FileOps { read, write: None, seek, flush: None, close: |_, _, _| Ok(0), memory };

/// The memory of a file.
fn memory(vm: &Vm, file: &File, access: Access) -> Res<Option<Buffer>> {
    if access == Access::Write {
        return Ok(None);
    }
    let [offset, len, _] = &file.words;
    let whole = vm.try_buffer(file.owner.get(), access)?.map(Buffer::bytes);
    Ok(whole.and_then(|whole| whole.get(offset.get()..)?.get(..len.get())).map(|bytes| Buffer::of(vm, bytes)))
}

fn read(vm: &Vm, file: &File, buffer: &mut [u8]) -> Outcome {
    // The memory is not what it was.
    let Some(data) = memory(vm, file, Access::Read)?.map(Buffer::bytes) else { return Err(IO.into()) };
    let at = &file.words[2];
    let rest = data.get(at.get()..).unwrap_or_default();
    let len = rest.len().min(buffer.len());
    buffer[..len].copy_from_slice(&rest[..len]);
    at.set(at.get() + len);
    Ok(len)
}

fn seek(_: &Vm, file: &File, offset: isize, whence: u8) -> Outcome {
    let [_, len, at] = &file.words;
    let base = match whence {
        0 => 0,
        1 => at.get(),
        _ => len.get(),
    };
    let Some(position) = base.checked_add_signed(offset) else { return Err(INVALID.into()) };
    at.set(position.min(len.get()));
    Ok(at.get())
}
