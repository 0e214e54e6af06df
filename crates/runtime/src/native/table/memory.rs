//! Memory: allocation, buffers, and numbers in memory.

use core::ffi::{c_int, c_void};
use core::ptr;
use core::ptr::NonNull;

use crate::model::buffer::Access;
use crate::model::error::Raise;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::native::border::serve;
use crate::native::foreign;
use crate::native::table::arguments;
use crate::obj::binary;
use crate::obj::binary::LITTLE;
use crate::ops::buffer::Buffers;

pub(super) unsafe extern "C" fn memset(to: *mut u8, byte: c_int, len: usize) -> *mut u8 {
    // SAFETY: machine code vouches for the memory.
    unsafe { to.write_bytes(byte as u8, len) };
    to
}

pub(super) unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: machine code vouches for the memory.
    unsafe { to.copy_from(from, len) };
    to
}

/// A zeroed block of `len` bytes, which the collector looks through.
fn allocate(vm: &Vm, len: usize) -> Option<NonNull<u8>> {
    match vm.alloc_words(len.div_ceil(size_of::<usize>()).max(1)) {
        Ok(block) => Some(block.cast()),
        Err(raised) => {
            vm.take_exception(raised);
            None
        }
    }
}

/// Makes a new block if `block` is null, frees the block if `len` is 0, or else makes the block larger or smaller. Null
/// if there is no memory, or the block would have to move and may not.
pub(super) unsafe extern "C" fn realloc(block: *mut u8, len: usize, may_move: bool) -> *mut u8 {
    let answer = |block: Option<NonNull<u8>>| block.map_or(ptr::null_mut(), NonNull::as_ptr);
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let Some(old) = NonNull::new(block) else {
                return Ok(if len == 0 { ptr::null_mut() } else { answer(allocate(vm, len)) });
            };
            let old_len = vm.heap().size_of(old);
            if old_len == 0 {
                return Ok(ptr::null_mut());
            }
            if len == 0 {
                // SAFETY: machine code gives the block up.
                vm.free(old);
                return Ok(ptr::null_mut());
            }
            // SAFETY: machine code gives up the bytes that the block loses.
            if vm.heap().resize(old, len) {
                let new_len = vm.heap().size_of(old);
                old.add(old_len.min(new_len)).write_bytes(0, new_len.saturating_sub(old_len));
                return Ok(block);
            }
            if !may_move {
                return Ok(ptr::null_mut());
            }
            let new = allocate(vm, len);
            if let Some(new) = new {
                // SAFETY: both blocks have so many bytes, and machine code gives up the old one.
                new.copy_from_nonoverlapping(old, old_len.min(len));
                vm.free(old);
            }
            Ok(answer(new))
        })
    }
}

/// The memory of an object, as C code has it (MicroPython: `mp_buffer_info_t`).
#[repr(C)]
pub(in crate::native) struct BufferOfC {
    pub data: *mut c_void,
    pub len: usize,
    pub typecode: c_int,
}

/// Flags that say what a buffer is wanted for, and (`OR_RAISE`) that an exception is raised if the object gives none.
pub(in crate::native) const READ: usize = 1;
pub(in crate::native) const WRITE: usize = 2;
const OR_RAISE: usize = 4;

/// Writes the place of an object's memory to `to`; answers whether the object gives any memory.
pub(super) unsafe extern "C" fn get_buffer(object: Obj, to: *mut BufferOfC, flags: usize) -> bool {
    // SAFETY: machine code called, and has room at `to`.
    unsafe {
        serve(|vm| {
            let access = if flags & WRITE == 0 { Access::Read } else { Access::Write };
            let buffer = match foreign::text(vm, object, access)? {
                Some(text) => Some(text),
                None if flags & OR_RAISE == 0 => vm.try_buffer(object, access)?,
                None => Some(vm.buffer(object, access)?),
            };
            if let Some(buffer) = buffer {
                let data = buffer.data().as_ptr().cast();
                to.write(BufferOfC { data, len: buffer.len(), typecode: buffer.typecode().into() });
            }
            Ok(buffer.is_some())
        })
    }
}

/// The size in bytes of a number with this code, in the layout that the character `layout` of `struct` names; writes
/// the number's alignment to `align`, if that is not null.
pub(super) unsafe extern "C" fn binary_get_size(layout: u8, code: u8, align: *mut usize) -> usize {
    let native = layout == b'@';
    // The code of a `bytearray`.
    let code = if code == 1 { b'B' } else { code };
    let size = if native { binary::native_size(code) } else { binary::standard_size(code) };
    // SAFETY: machine code called, and has room for a word at `align` unless that is null.
    unsafe {
        let size = serve(|vm| size.ok_or_else(|| vm.value_error(format_args!("bad typecode"))));
        if !align.is_null() {
            align.write(if native { size } else { 1 });
        }
        size
    }
}

/// The number of this code that is item `index` at `data`.
pub(super) unsafe extern "C" fn binary_get_val_array(code: u8, data: *const u8, index: usize) -> Obj {
    // SAFETY: machine code called, and vouches for the memory.
    unsafe {
        serve(|vm| {
            let code = if code == 1 { b'B' } else { code };
            let size = binary::native_size(code).unwrap_or(1);
            binary::load(vm, code, arguments::bytes(data.add(index * size), size), LITTLE)
        })
    }
}

/// Makes item `index` at `data` a number of this code.
pub(super) unsafe extern "C" fn binary_set_val_array(code: u8, data: *mut u8, index: usize, value: Obj) {
    // SAFETY: machine code called, and vouches for the memory.
    unsafe {
        serve(|vm| {
            let code = if code == 1 { b'B' } else { code };
            let size = binary::native_size(code).unwrap_or(1);
            let mut item = [0; 8];
            binary::store(vm, code, &mut item[..size], LITTLE, value)?;
            data.add(index * size).copy_from(item.as_ptr(), size);
            Ok(())
        })
    }
}
