//! Block devices: what file systems lie on, objects of Python or Rust.
//!
//! A block device has methods `readblocks(block, buffer)`, `writeblocks(block, buffer)` if it can be written to, and
//! `ioctl(request, argument)`. File systems that do with less than whole blocks call the first two with a third
//! argument: the byte in the block at which to begin. The two answer `None` or 0 if all went well, else a negative
//! error number; what a method raises goes on to whoever uses the file system. An old kind of device has `count()` and
//! perhaps `sync()` in place of `ioctl`, and blocks of 512 bytes (MicroPython: `extmod/vfs_blockdev.c`).

use crate::errno::Errno;
use crate::model::error::{Raise, Res};
use crate::model::object::Gc;
use crate::model::protocols::Ints;
use crate::model::stream::Outcome;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::array::Array;
use crate::obj::memoryview;
use crate::ops::attr::Attributes;
use crate::ops::call::Call;
use crate::ops::convert::Convert;
use crate::qstr::Qstr;
use crate::{errno, q};

/// The requests to a block device's `ioctl`, by their numbers.
pub mod request {
    /// Make the device ready.
    pub const INIT: isize = 1;
    /// End the use of the device.
    pub const DEINIT: isize = 2;
    /// Write out whatever the device has kept.
    pub const SYNC: isize = 3;
    /// How many blocks there are.
    pub const BLOCK_COUNT: isize = 4;
    /// Bytes in a block.
    pub const BLOCK_SIZE: isize = 5;
    /// Erase the block whose number is the argument.
    pub const BLOCK_ERASE: isize = 6;
}

/// Bytes in a block of a device that does not say how large its blocks are.
const DEFAULT_BLOCK_SIZE: usize = 512;

/// A block device.
///
/// A `BlockDevice` is a view of the object: keep the object where the collector sees it. All bytes go through buffers
/// that only the device sees, so that a device which keeps or resizes its argument does no harm.
#[derive(Clone, Copy)]
pub struct BlockDevice {
    device: Obj,
    has_ioctl: bool,
    can_write: bool,
}

impl BlockDevice {
    /// The block device that `device` is.
    ///
    /// # Errors
    /// `AttributeError` if the device lacks methods.
    pub fn new(vm: &Vm, device: Obj) -> Res<BlockDevice> {
        vm.load_attr(device, q!("readblocks"))?;
        let has = |name: Qstr| vm.find_attr(device, name).map(|method| method.is_some());
        let has_ioctl = has(q!("ioctl"))?;
        if !has_ioctl {
            vm.load_attr(device, q!("count"))?;
        }
        Ok(BlockDevice { device, has_ioctl, can_write: has(q!("writeblocks"))? })
    }

    /// The object that is the device.
    pub fn object(self) -> Obj {
        self.device
    }

    /// Whether the device can be written to.
    pub fn can_write(self) -> bool {
        self.can_write
    }

    /// Calls `readblocks` or `writeblocks` with a view of `buffer`: the number of bytes in `buffer`, or an error
    /// number.
    fn transfer(self, vm: &Vm, name: Qstr, block: usize, buffer: Gc<Array>, offset: Option<usize>) -> Outcome {
        let len = buffer.buffer().len();
        // A view, because the length of a view stays what it is.
        let buffer = vm.call(Obj::from_static(&memoryview::TYPE), &[buffer.obj()])?;
        let (block, offset) = (vm.new_uint(block)?, offset.map(|offset| vm.new_uint(offset)).transpose()?);
        let answer = match offset {
            Some(offset) => vm.call_method(self.device, name, &[block, buffer, offset])?,
            None => vm.call_method(self.device, name, &[block, buffer])?,
        };
        let answer = if answer == Obj::NONE { 0 } else { vm.int(answer)? };
        match answer {
            0 => Ok(len),
            error @ ..0 => Err(i32::try_from(error.unsigned_abs()).map_or(errno::INVALID, Errno).into()),
            1.. => Err(errno::INVALID.into()),
        }
    }

    /// Reads from block `block` on, from byte `offset` of the block if an offset is given, until `bytes` is full: the
    /// length of `bytes`, or an error number.
    ///
    /// # Errors
    /// What the device raises; `TypeError` if it answers no number.
    pub fn read(self, vm: &Vm, block: usize, offset: Option<usize>, bytes: &mut [u8]) -> Outcome {
        let buffer = Array::bytearray(vm, bytes)?;
        let len = self.transfer(vm, q!("readblocks"), block, buffer, offset)?;
        bytes.copy_from_slice(&buffer.buffer().bytes()[..bytes.len()]);
        Ok(len)
    }

    /// Writes `bytes` from block `block` on, from byte `offset` of the block if an offset is given: the number of
    /// bytes, or an error number.
    ///
    /// # Errors
    /// As [`read`](BlockDevice::read).
    pub fn write(self, vm: &Vm, block: usize, offset: Option<usize>, bytes: &[u8]) -> Outcome {
        if !self.can_write {
            return Err(errno::READ_ONLY.into());
        }
        let buffer = Array::bytearray(vm, bytes)?;
        self.transfer(vm, q!("writeblocks"), block, buffer, offset)
    }

    fn ioctl(self, vm: &Vm, request: isize, argument: usize) -> Res {
        let argument = vm.new_uint(argument)?;
        vm.call_method(self.device, q!("ioctl"), &[Obj::small_int_wrapping(request), argument])
    }

    /// Has the device make itself ready.
    ///
    /// # Errors
    /// What the device raises.
    pub fn init(self, vm: &Vm) -> Res {
        if self.has_ioctl { self.ioctl(vm, request::INIT, 0) } else { Ok(Obj::NONE) }
    }

    /// Has the device end.
    ///
    /// # Errors
    /// What the device raises.
    pub fn deinit(self, vm: &Vm) -> Res {
        if self.has_ioctl { self.ioctl(vm, request::DEINIT, 0) } else { Ok(Obj::NONE) }
    }

    /// Has the device write out what it has kept back.
    ///
    /// # Errors
    /// What the device raises.
    pub fn sync(self, vm: &Vm) -> Res {
        if self.has_ioctl {
            return self.ioctl(vm, request::SYNC, 0);
        }
        match vm.find_attr(self.device, q!("sync"))? {
            Some(sync) => vm.call(sync, &[]),
            None => Ok(Obj::NONE),
        }
    }

    /// Has the device erase block `block`: what the device answers.
    ///
    /// # Errors
    /// What the device raises.
    pub fn erase(self, vm: &Vm, block: usize) -> Res {
        if self.has_ioctl { self.ioctl(vm, request::BLOCK_ERASE, block) } else { Ok(Obj::NONE) }
    }

    /// How many blocks the device has.
    ///
    /// # Errors
    /// What the device raises; `OverflowError` or `ValueError` if the device's answer is no number of blocks.
    pub fn block_count(self, vm: &Vm) -> Res<usize> {
        let count = match self.has_ioctl {
            true => self.ioctl(vm, request::BLOCK_COUNT, 0)?,
            false => vm.call_method(self.device, q!("count"), &[])?,
        };
        self.size(vm, count)
    }

    /// Bytes in a block of the device.
    ///
    /// # Errors
    /// What the device raises; `OverflowError` or `ValueError` if the device's answer is no number of bytes.
    pub fn block_size(self, vm: &Vm) -> Res<usize> {
        let size = if self.has_ioctl { self.ioctl(vm, request::BLOCK_SIZE, 0)? } else { Obj::NONE };
        if size == Obj::NONE { Ok(DEFAULT_BLOCK_SIZE) } else { self.size(vm, size) }
    }

    fn size(self, vm: &Vm, size: Obj) -> Res<usize> {
        match usize::try_from(vm.int(size)?) {
            Ok(size @ 1..) => Ok(size),
            _ => Err(vm.value_error(format_args!(""))),
        }
    }
}
