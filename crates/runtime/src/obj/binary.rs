//! Numbers in memory: the items of arrays, memory views and `struct`.

use crate::model::error::Res;
use crate::model::expose::Expose;
use crate::model::protocols::Ints;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::float;
use crate::obj::float::Floats;
use crate::obj::int::{Range, write_bytes};
use crate::obj::raw::RawMemoryGrant;

/// The size in bytes, and the alignment, which is the same number, of an item with this code in the machine's own
/// layout; `None` for an unknown code.
pub fn native_size(code: u8) -> Option<usize> {
    Some(match code {
        b'e' | b'f' | b'd' if !cfg!(feature = "float") => return None,
        b'b' | b'B' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => size_of::<core::ffi::c_long>(),
        b'q' | b'Q' | b'd' => 8,
        b'P' | b'O' | b'S' => size_of::<usize>(),
        _ => return None,
    })
}

/// The size in bytes of an item with this code in the layout that is the same everywhere; `None` for an unknown code.
pub fn standard_size(code: u8) -> Option<usize> {
    Some(match code {
        b'e' | b'f' | b'd' if !cfg!(feature = "float") => return None,
        b'b' | b'B' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'l' | b'L' | b'f' => 4,
        b'q' | b'Q' | b'd' => 8,
        b'P' | b'O' | b'S' => size_of::<usize>(),
        _ => return None,
    })
}

/// Whether this machine stores the low byte first.
pub const LITTLE: bool = cfg!(target_endian = "little");

/// The value of the item in `bytes`, which are as many as the item's size.
///
/// # Errors
/// `MemoryError`; `ValueError` for code `O` with a number that stands for no object; `OSError` with `EPERM` for the
/// address of a text, where the host does not [grant](crate::host::Host::raw_memory) memory by address.
pub fn load(vm: &Vm, code: u8, bytes: &[u8], little: bool) -> Res {
    let mut word = [0u8; 8];
    let size = bytes.len().min(8);
    for (at, &byte) in bytes.iter().enumerate().take(size) {
        word[if little { at } else { size - 1 - at }] = byte;
    }
    let bits = u64::from_le_bytes(word);
    match code {
        b'O' => vm.exposed(bits as usize),
        b'S' => vm.raw_memory()?.text(vm, bits as usize),
        b'e' => vm.new_float(float::from_half(bits as u16)),
        b'f' => vm.new_float(f32::from_bits(bits as u32).into()),
        b'd' => vm.new_float(f64::from_bits(bits)),
        b'b' | b'h' | b'i' | b'l' | b'q' => {
            let unused = 64 - 8 * size as u32;
            vm.new_i64((bits << unused) as i64 >> unused)
        }
        _ => vm.new_u64(bits),
    }
}

/// Writes the value of an item into `bytes`, which are as many as the item's size. Ints are cut to that size.
///
/// # Errors
/// `TypeError` if the value is no number; `OverflowError` for an int of more than 64 bits.
pub fn store(vm: &Vm, code: u8, bytes: &mut [u8], little: bool, value: Obj) -> Res<()> {
    let bits = match code {
        b'O' => vm.expose(value)? as u64,
        b'e' => u64::from(float::to_half(vm.float(value)?)),
        b'f' => u64::from((vm.float(value)? as f32).to_bits()),
        b'd' => vm.float(value)?.to_bits(),
        _ => return write_bytes(vm, value, bytes, little, Range::Wrapping),
    };
    for at in 0..bytes.len() {
        let to = if little { at } else { bytes.len() - 1 - at };
        bytes[to] = (bits >> (8 * at.min(7))) as u8;
    }
    Ok(())
}
