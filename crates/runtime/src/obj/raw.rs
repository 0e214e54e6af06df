//! The machine's memory by its addresses: what `uctypes` and `machine.mem32` read and write.
//!
//! Nothing can be checked about an address that a program comes with. So the host
//! [grants](crate::host::Host::raw_memory) programs all memory or none, as it does with machine code.

use core::ptr;
use core::ptr::NonNull;

use crate::data::builder::Builder;
use crate::errno::NOT_PERMITTED;
use crate::host::RawMemory;
use crate::model::buffer::Buffer;
use crate::model::error::{Raise, Res};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::array::Array;

impl RawMemoryGrant for Vm {
    fn raw_memory(&self) -> Res<RawMemory> {
        self.host().raw_memory().ok_or_else(|| self.os_error(NOT_PERMITTED))
    }

    fn lent_memory(&self, address: usize, len: usize) -> Option<Buffer> {
        let fields = self.lent_fields.get()?.downcast::<Array>()?.buffer();
        let start = address.checked_sub(fields.address())?;
        let part = fields.part(start, len);
        (part.len() == len).then_some(part)
    }
}

impl Buffer {
    /// The address of the buffer, by which code that is granted memory reaches it. The buffer is there only as long as
    /// the object that gives it.
    pub fn address(self) -> usize {
        self.data().as_ptr().expose_provenance()
    }
}

/// Memory by its address, where the host grants it.
pub trait RawMemoryGrant {
    /// All memory, if the host grants it.
    ///
    /// # Errors
    /// `OSError` with `EPERM` if the host does not grant memory.
    fn raw_memory(&self) -> Res<RawMemory>;

    /// The `len` bytes at `address`, if they are among those that the interpreter itself has told a program the address
    /// of, for the time of a call: see `IOBase.ioctl`. These need no grant.
    fn lent_memory(&self, address: usize, len: usize) -> Option<Buffer>;
}

impl RawMemory {
    /// Reads the bytes at `address`. Two, four or eight bytes are read by one access where the address is a multiple of
    /// their number, as registers of devices need it.
    pub fn read(self, address: usize, bytes: &mut [u8]) {
        let at = ptr::with_exposed_provenance::<u8>(address);
        // SAFETY: the host has granted all memory, and answers for whoever gives an address where there is no memory.
        unsafe {
            match bytes.len() {
                2 if address.is_multiple_of(2) => {
                    bytes.copy_from_slice(&at.cast::<u16>().read_volatile().to_ne_bytes())
                }
                4 if address.is_multiple_of(4) => {
                    bytes.copy_from_slice(&at.cast::<u32>().read_volatile().to_ne_bytes())
                }
                8 if address.is_multiple_of(8) => {
                    bytes.copy_from_slice(&at.cast::<u64>().read_volatile().to_ne_bytes())
                }
                _ => {
                    for (n, byte) in bytes.iter_mut().enumerate() {
                        *byte = at.wrapping_add(n).read_volatile();
                    }
                }
            }
        }
    }

    /// Writes the bytes at `address`, by one access where [`read`](RawMemory::read) does so.
    pub fn write(self, address: usize, bytes: &[u8]) {
        let at = ptr::with_exposed_provenance_mut::<u8>(address);
        // SAFETY: the host has granted all memory, as in `read`.
        unsafe {
            match *bytes {
                [a, b] if address.is_multiple_of(2) => at.cast::<u16>().write_volatile(u16::from_ne_bytes([a, b])),
                [a, b, c, d] if address.is_multiple_of(4) => {
                    at.cast::<u32>().write_volatile(u32::from_ne_bytes([a, b, c, d]))
                }
                [a, b, c, d, e, f, g, h] if address.is_multiple_of(8) => {
                    at.cast::<u64>().write_volatile(u64::from_ne_bytes([a, b, c, d, e, f, g, h]));
                }
                _ => {
                    for (n, &byte) in bytes.iter().enumerate() {
                        at.wrapping_add(n).write_volatile(byte);
                    }
                }
            }
        }
    }

    /// The text at `address`, which ends before a zero byte; `None` for address 0.
    ///
    /// # Errors
    /// `UnicodeError` if the text is not UTF-8, and `MemoryError`.
    pub fn text(self, vm: &Vm, address: usize) -> Res {
        if address == 0 {
            return Ok(Obj::NONE);
        }
        let mut text = Builder::new();
        let mut byte = [0];
        for at in address.. {
            self.read(at, &mut byte);
            if byte == [0] {
                break;
            }
            text.extend(vm, &byte)?;
        }
        text.into_str(vm)
    }

    /// The `len` bytes at `address` as a buffer.
    ///
    /// # Errors
    /// `ValueError` if the address is 0 on a machine that may have memory there, where no buffer can be.
    pub fn buffer(self, vm: &Vm, address: usize, len: usize) -> Res<Buffer> {
        let data = start(vm, address, len)?;
        // SAFETY: the host has granted all memory, as in `read`.
        Ok(unsafe { Buffer::new(data, len, b'B') })
    }

    /// The `len` bytes at `address` as a `bytearray`, which does not copy them.
    ///
    /// # Errors
    /// As [`buffer`](RawMemory::buffer), and `MemoryError`.
    pub fn bytearray(self, vm: &Vm, address: usize, len: usize) -> Res {
        let data = start(vm, address, len)?;
        // SAFETY: the host has granted all memory, as in `read`.
        Ok(unsafe { Array::of_memory(vm, data, len) }?.obj())
    }
}

/// The first of `len` bytes at `address`.
pub(crate) fn start(vm: &Vm, address: usize, len: usize) -> Res<NonNull<u8>> {
    match NonNull::new(ptr::with_exposed_provenance_mut(address)) {
        Some(_) if isize::try_from(len).is_err() => Err(vm.memory_error(len)),
        Some(start) => Ok(start),
        // Address 0 has no memory on a machine with an operating system, nor has the address that stands for it here.
        None if len == 0 || cfg!(not(target_os = "none")) => Ok(NonNull::dangling()),
        None => Err(vm.value_error(format_args!("no buffer can be at address 0"))),
    }
}
