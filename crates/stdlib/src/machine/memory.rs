//! `mem8`, `mem16` and `mem32`: memory by its address.

use berus_runtime::model::buffer::Buffer;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::types::Subscr;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::Custom;
use berus_runtime::obj::raw::RawMemoryGrant;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;

/// Memory in pieces of `size` bytes.
pub struct Memory {
    size: usize,
}

berus_runtime::custom_type! {
    /// The type.
    static MEMORY: Type<Memory> = "mem".print(print).subscr(subscr);
}

pub static MEM8: Custom<Memory> = Custom::constant(Memory { size: 1 });
pub static MEM16: Custom<Memory> = Custom::constant(Memory { size: 2 });
pub static MEM32: Custom<Memory> = Custom::constant(Memory { size: 4 });

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let size = vm.this::<Custom<Memory>>(object)?.size;
    vm.print_fmt(out, format_args!("<{}-bit memory>", 8 * size))
}

fn subscr(vm: &Vm, object: Obj, address: Obj, request: Subscr) -> Res<Option<Obj>> {
    if let Subscr::Delete = request {
        return Ok(None);
    }
    let size = vm.this::<Custom<Memory>>(object)?.size;
    let address = vm.int_truncated(address)?;
    if !address.is_multiple_of(size) {
        return Err(vm.value_error(format_args!("address {address:08x} is not aligned to {size} bytes")));
    }
    if let Subscr::Store(value) = request {
        let value = vm.int_truncated(value)? as u32;
        let (byte, half, word) = ([value as u8], (value as u16).to_ne_bytes(), value.to_ne_bytes());
        let bytes = match size {
            1 => &byte[..],
            2 => &half,
            _ => &word,
        };
        match vm.lent_memory(address, size) {
            Some(lent) => lent.write(0, Buffer::of(vm, bytes)),
            None => vm.raw_memory()?.write(address, bytes),
        }
        return Ok(Some(Obj::NONE));
    }
    let mut bytes = [0; 4];
    let part = &mut bytes[..size];
    match vm.lent_memory(address, size) {
        Some(lent) => part.copy_from_slice(lent.bytes()),
        None => vm.raw_memory()?.read(address, part),
    }
    let value = match *part {
        [byte] => byte.into(),
        [a, b] => u16::from_ne_bytes([a, b]).into(),
        _ => u32::from_ne_bytes(bytes),
    };
    vm.new_uint(value as usize).map(Some)
}
