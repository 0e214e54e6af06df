//! The module `struct`.

use berus_runtime::data::builder::Builder;
use berus_runtime::data::bytes::Bytes;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::{List, Tuple};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::binary;
use berus_runtime::obj::binary::{LITTLE, native_size, standard_size};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;
use berus_runtime::text::spec::number;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("struct", MEMBERS).extensible();

berus_runtime::members! {
    /// What the module has.
    static MEMBERS = {
        "calcsize" => f1(calcsize),
        #[cfg(feature = "python")]
        "error" => value(Obj::from_static(&berus_runtime::obj::exception::VALUE_ERROR)),
        "pack" => var(1, 255, pack),
        "pack_into" => var(3, 255, pack_into),
        "unpack" => f2(unpack),
        "unpack_from" => var(2, 3, unpack_from),
    }
}

/// An item of a format: `count` times `code`, where `s` and `x` take a count as their length.
struct Item {
    code: u8,
    count: usize,
    /// Bytes of one.
    size: usize,
}

/// Reads a format.
struct Format<'a> {
    text: &'a [u8],
    at: usize,
    /// The machine's own layout, with alignment.
    native: bool,
    little: bool,
}

#[cold]
fn bad_code(vm: &Vm) -> Raised {
    vm.value_error(format_args!("bad typecode"))
}

#[cold]
fn too_small(vm: &Vm) -> Raised {
    vm.value_error(format_args!("buffer too small"))
}

impl<'a> Format<'a> {
    fn new(vm: &'a Vm, format: Obj) -> Res<Format<'a>> {
        let text = vm.str_or_bytes(format)?;
        let (native, little, at) = match text.first() {
            Some(b'<') => (false, true, 1),
            Some(b'>' | b'!') => (false, false, 1),
            Some(b'=') => (false, LITTLE, 1),
            Some(b'@') => (true, LITTLE, 1),
            _ => (true, LITTLE, 0),
        };
        Ok(Format { text, at, native, little })
    }

    fn next(&mut self, vm: &Vm) -> Res<Option<Item>> {
        vm.work(1)?;
        while self.text.get(self.at).is_some_and(|&byte| berus_runtime::text::utf8::is_space(byte)) {
            self.at += 1;
        }
        let start = self.at;
        let count = number(self.text, &mut self.at);
        vm.work_on_bytes(8 * (self.at - start))?;
        let Some(&code) = self.text.get(self.at) else {
            return if count.is_some() { Err(bad_code(vm)) } else { Ok(None) };
        };
        self.at += 1;
        let count = count.unwrap_or(1);
        if matches!(code, b's' | b'x') {
            return Ok(Some(Item { code, count: 1, size: count }));
        }
        match if self.native { native_size(code) } else { standard_size(code) } {
            Some(size) => Ok(Some(Item { code, count, size })),
            None => Err(bad_code(vm)),
        }
    }

    /// Where an item begins that comes at `offset` or after padding.
    fn align(&self, item: &Item, offset: usize) -> usize {
        if self.native && !matches!(item.code, b's' | b'x') { offset.next_multiple_of(item.size) } else { offset }
    }

    /// Bytes of all items, and how many values they are.
    ///
    /// # Errors
    /// `ValueError` for a format that is none, or more bytes than an object can have.
    fn size(mut self, vm: &Vm) -> Res<(usize, usize)> {
        let (mut size, mut values) = (0usize, 0usize);
        while let Some(item) = self.next(vm)? {
            size = self.align(&item, size).saturating_add(item.size.saturating_mul(item.count));
            // As many bytes as the largest count that a format can say are too many.
            if size >= isize::MAX as usize >> 8 {
                return Err(too_small(vm));
            }
            values += if item.code == b'x' { 0 } else { item.count };
        }
        Ok((size, values))
    }
}

fn calcsize(vm: &Vm, format: Obj) -> Res {
    vm.new_uint(Format::new(vm, format)?.size(vm)?.0)
}

fn unpack_bytes(vm: &Vm, format: Obj, source: Obj, offset: Option<Obj>) -> Res {
    let mut format_text = Format::new(vm, format)?;
    let (size, _) = Format::new(vm, format)?.size(vm)?;
    let all = vm.buffer(source, Access::Read)?.bytes();
    let start = match offset {
        Some(offset) => from_end(vm, offset, all.len())?,
        None => 0,
    };
    let Some(bytes) = all.get(start..).filter(|bytes| bytes.len() >= size) else { return Err(too_small(vm)) };
    let values = List::new(vm, &[])?;
    let mut at = 0;
    while let Some(item) = format_text.next(vm)? {
        at = format_text.align(&item, at);
        for _ in 0..item.count {
            vm.work(1)?;
            let part = bytes.get(at..at + item.size).unwrap_or_default();
            at += item.size;
            match item.code {
                b'x' => {}
                b's' => values.append(vm, Bytes::new(vm, part)?.obj())?,
                code => values.append(vm, binary::load(vm, code, part, format_text.little)?)?,
            }
        }
    }
    Ok(Tuple::of_list(vm, &values)?.obj())
}

/// An offset, which counts from the end if it is negative.
fn from_end(vm: &Vm, offset: Obj, len: usize) -> Res<usize> {
    let offset = vm.int(offset)?;
    if offset >= 0 {
        return Ok(offset as usize);
    }
    len.checked_add_signed(offset).ok_or_else(|| too_small(vm))
}

fn unpack(vm: &Vm, format: Obj, source: Obj) -> Res {
    unpack_bytes(vm, format, source, None)
}

fn unpack_from(vm: &Vm, args: &[Obj]) -> Res {
    unpack_bytes(vm, args[0], args[1], args.get(2).copied())
}

/// Writes values into `out`, which is as long as they are in this format, and zero.
fn write(vm: &Vm, mut format: Format<'_>, out: &mut [u8], mut values: &[Obj]) -> Res<()> {
    let mut at = 0;
    while let Some(item) = format.next(vm)? {
        at = format.align(&item, at);
        for _ in 0..item.count {
            vm.work(1)?;
            let part = &mut out[at..at + item.size];
            at += item.size;
            if item.code == b'x' {
                continue;
            }
            // Values that are missing are zero.
            let Some((&value, rest)) = values.split_first() else { return Ok(()) };
            values = rest;
            if item.code == b's' {
                let bytes = vm.buffer(value, Access::Read)?.bytes();
                let len = bytes.len().min(part.len());
                part[..len].copy_from_slice(&bytes[..len]);
            } else {
                binary::store(vm, item.code, part, format.little, value)?;
            }
        }
    }
    // And those that are too many count for nothing.
    Ok(())
}

fn packed(vm: &Vm, format: Obj, values: &[Obj]) -> Res<Builder> {
    let (size, wanted) = Format::new(vm, format)?.size(vm)?;
    // MicroPython packs zeros for values that are missing, and no values that are too many.
    if cfg!(feature = "python") && values.len() != wanted {
        let given = values.len();
        return Err(vm.value_error(format_args!("pack expected {wanted} items for packing (got {given})")));
    }
    let mut out = Builder::with_capacity(vm, size)?;
    out.fill(vm, 0, size)?;
    write(vm, Format::new(vm, format)?, out.bytes_mut(), values)?;
    Ok(out)
}

fn pack(vm: &Vm, args: &[Obj]) -> Res {
    packed(vm, args[0], &args[1..])?.into_bytes(vm)
}

fn pack_into(vm: &Vm, args: &[Obj]) -> Res {
    let (size, _) = Format::new(vm, args[0])?.size(vm)?;
    let len = vm.buffer(args[1], Access::Write)?.len();
    let offset = from_end(vm, args[2], len)?;
    if offset.checked_add(size).is_none_or(|end| end > len) {
        return Err(too_small(vm));
    }
    let out = packed(vm, args[0], &args[3..])?;
    vm.buffer(args[1], Access::Write)?.write(offset, Buffer::of(vm, out.bytes()));
    Ok(Obj::NONE)
}
