//! The flash of a board: its partitions as block devices, and `rom_ioctl`, by which ROM images get there (facts:
//! `docs/library/vfs.rst` of MicroPython).
//!
//! What is done to flash is done to its end: nothing interrupts in between, so that a file that is closed is written.

use berus_runtime::data::bytes::Bytes;
use berus_runtime::errno::{Errno, INVALID, NO_DEVICE, NO_MEMORY};
use berus_runtime::host::{Board, Flash};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::Customs;
use berus_runtime::obj::memoryview;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::vfs::request;

use super::error::done;

/// The flash that a board keeps files of programs in.
pub struct Device;

berus_runtime::custom_type! {
    /// The type.
    pub static DEVICE: Type<Device> = "Flash".make_new(new).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "readblocks" => var(3, 4, read_blocks),
        "writeblocks" => var(3, 4, write_blocks),
        "ioctl" => f3(device_ioctl),
    }
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 0, false)?;
    flash(vm)?;
    device(vm)
}

/// The flash of the board as an object.
pub fn device(vm: &Vm) -> Res {
    Ok(vm.new_custom(Device)?.obj())
}

fn flash(vm: &Vm) -> Res<&dyn Flash> {
    vm.host().board().and_then(Board::flash).ok_or_else(|| vm.os_error(NO_DEVICE))
}

fn size(flash: &dyn Flash) -> usize {
    flash.block_size() * flash.block_count()
}

/// Checks that `len` bytes from `offset` on lie in a partition.
fn check(vm: &Vm, flash: &dyn Flash, offset: Option<usize>, len: usize) -> Res<usize> {
    let end = offset.and_then(|offset| offset.checked_add(len));
    match (offset, end) {
        (Some(offset), Some(end)) if end <= size(flash) => Ok(offset),
        _ => Err(vm.os_error(INVALID)),
    }
}

/// Where the bytes begin that `readblocks` and `writeblocks` are about: a block, and perhaps a byte in it.
fn place(vm: &Vm, flash: &dyn Flash, args: &[Obj], len: usize) -> Res<usize> {
    let block = usize::try_from(vm.int(args[1])?).ok();
    let within = args.get(3).map_or(Ok(0), |&within| vm.int(within))?;
    let start = block.and_then(|block| block.checked_mul(flash.block_size()));
    check(vm, flash, start.and_then(|start| start.checked_add_signed(within)), len)
}

/// `readblocks(block, buffer[, offset])`
fn read_blocks(vm: &Vm, args: &[Obj]) -> Res {
    let (flash, buffer) = (flash(vm)?, vm.buffer(args[2], Access::Write)?);
    let mut offset = place(vm, flash, args, buffer.len())?;
    let mut piece = [0; 256];
    let mut at = 0;
    while at < buffer.len() {
        let piece = &mut piece[..(buffer.len() - at).min(256)];
        done(vm, flash.read(offset, piece))?;
        buffer.write(at, Buffer::of(vm, piece));
        (at, offset) = (at + piece.len(), offset + piece.len());
    }
    Ok(Obj::NONE)
}

/// `writeblocks(block, buffer[, offset])`: without an offset, whole blocks, which are erased first.
fn write_blocks(vm: &Vm, args: &[Obj]) -> Res {
    let (flash, buffer) = (flash(vm)?, vm.buffer(args[2], Access::Read)?);
    let offset = place(vm, flash, args, buffer.len())?;
    if args.len() == 3 {
        erase(vm, flash, offset, buffer.len())?;
    }
    done(vm, flash.write(offset, buffer.bytes()))?;
    Ok(Obj::NONE)
}

/// Erases the blocks that hold `len` bytes from `offset` on.
fn erase(vm: &Vm, flash: &dyn Flash, offset: usize, len: usize) -> Res<()> {
    let size = flash.block_size();
    for block in offset / size..(offset + len).div_ceil(size) {
        done(vm, flash.erase(block))?;
    }
    Ok(())
}

fn device_ioctl(vm: &Vm, _: Obj, request: Obj, argument: Obj) -> Res {
    let flash = flash(vm)?;
    match vm.int(request)? {
        request::SYNC => done(vm, flash.sync())?,
        request::BLOCK_COUNT => return vm.new_uint(flash.block_count()),
        request::BLOCK_SIZE => return vm.new_uint(flash.block_size()),
        request::BLOCK_ERASE => match usize::try_from(vm.int(argument)?) {
            Ok(block) if block < flash.block_count() => done(vm, flash.erase(block))?,
            _ => return Err(vm.os_error(INVALID)),
        },
        _ => {}
    }
    Ok(Obj::small_int_wrapping(0))
}

/// Whether the flash is as it was made: all of its first two blocks, where file systems begin, is erased.
#[cfg(feature = "littlefs")]
pub fn is_blank(vm: &Vm) -> Res<bool> {
    let flash = flash(vm)?;
    let mut piece = [0; 256];
    let end = (2 * flash.block_size()).min(size(flash));
    for offset in (0..end).step_by(piece.len()) {
        let piece = &mut piece[..(end - offset).min(256)];
        done(vm, flash.read(offset, piece))?;
        if piece.iter().any(|byte| *byte != 0xff) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Requests to `rom_ioctl`.
mod rom_request {
    pub const COUNT: isize = 1;
    pub const PARTITION: isize = 2;
    pub const PREPARE: isize = 3;
    pub const WRITE: isize = 4;
    pub const COMPLETE: isize = 5;
    pub const LEAST_PREPARED: isize = 6;
}

/// The least that is written to a ROM partition at once.
const LEAST_WRITTEN: isize = 4;

/// `rom_ioctl(request, ...)`: how many partitions for ROM images there are, one of them as memory, and what puts an
/// image there. A host that is no board may have one image, which nobody writes. What cannot be is answered by a
/// negative error number.
pub fn rom_ioctl(vm: &Vm, args: &[Obj]) -> Res {
    let number = |at: usize| args.get(at).map_or(Ok(None), |number| vm.int(*number).map(|n| usize::try_from(n).ok()));
    let partition = |id: usize| vm.host().board().and_then(|board| board.rom(id));
    let request = vm.int(args[0])?;
    let (id, first) = (number(1)?, if request == rom_request::WRITE { None } else { number(2)? });
    let answer = match (request, id.and_then(partition)) {
        (rom_request::COUNT, _) => count(vm),
        (rom_request::PARTITION, Some(rom)) => match rom.memory() {
            Some(memory) => return view(vm, memory),
            None => negative(NO_MEMORY),
        },
        (rom_request::PARTITION, None) if id == Some(0) && vm.host().board().is_none() => match vm.host().rom() {
            Some(memory) => return view(vm, memory),
            None => negative(INVALID),
        },
        (rom_request::PREPARE, Some(rom)) if args.len() > 2 => {
            let (offset, len) = if args.len() > 3 { (first, number(3)?) } else { (Some(0), first) };
            let len = len.unwrap_or(usize::MAX);
            erase(vm, rom, check(vm, rom, offset, len)?, len)?;
            LEAST_WRITTEN
        }
        (rom_request::WRITE, Some(rom)) if args.len() > 3 => {
            let bytes = vm.buffer(args[3], Access::Read)?;
            let offset = check(vm, rom, number(2)?, bytes.len())?;
            done(vm, rom.write(offset, bytes.bytes()))?;
            0
        }
        (rom_request::COMPLETE, Some(rom)) => {
            done(vm, rom.sync())?;
            0
        }
        (rom_request::LEAST_PREPARED, Some(rom)) => return vm.new_uint(rom.block_size()),
        _ => negative(INVALID),
    };
    Ok(Obj::small_int_wrapping(answer))
}

fn negative(errno: Errno) -> isize {
    -(errno.0 as isize)
}

fn count(vm: &Vm) -> isize {
    match vm.host().board() {
        Some(board) => (0..).take_while(|number| board.rom(*number).is_some()).count() as isize,
        None => vm.host().rom().is_some().into(),
    }
}

fn view(vm: &Vm, memory: &'static [u8]) -> Res {
    vm.call(Obj::from_static(&memoryview::TYPE), &[Bytes::lent(vm, memory)?.obj()])
}
