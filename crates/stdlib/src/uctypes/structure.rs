//! The type `struct`: memory with a descriptor.

use berus_runtime::data::dict::Dicts;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::types::{Attr, AttrResult, Subscr, Type, UnaryOp};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::binary;
use berus_runtime::obj::binary::LITTLE;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::raw::RawMemoryGrant;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::qstr::Qstr;

use super::layout::{Bits, Field, Item, Large, Layout, Scalar, syntax_error};

/// A structure, pointer or array in memory. Where that is in a block of the heap, the address keeps the block.
pub struct Structure {
    address: usize,
    descriptor: Obj,
    layout: Layout,
}

berus_runtime::custom_type! {
    /// The type.
    pub static STRUCT: Type<Structure> =
        "struct".make_new(make_new).print(print).attr(attr).subscr(subscr).unary_op(unary_op).buffer(buffer);
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 3, false)?;
    let layout = match args.pos().get(2) {
        Some(&layout) => vm.int(layout)?,
        None => Layout::NATIVE,
    };
    let address = vm.int_truncated(args.pos()[0])?;
    Structure::make(vm, address, args.pos()[1], Layout::of(layout))
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Custom<Structure>>> {
    vm.this(object)
}

impl Structure {
    fn make(vm: &Vm, address: usize, descriptor: Obj, layout: Layout) -> Res {
        Ok(vm.new_custom(Structure { address, descriptor, layout })?.obj())
    }

    /// Bytes of it.
    ///
    /// # Errors
    /// `TypeError` if its descriptor is none.
    pub fn size(&self, vm: &Vm) -> Res<usize> {
        self.layout.size(vm, self.descriptor)
    }

    fn place(&self, offset: usize) -> usize {
        self.address.wrapping_add(offset)
    }

    /// Where item `index` of what lies at `start` is.
    fn item(&self, vm: &Vm, start: usize, index: isize, descriptor: Obj) -> Res {
        let size = self.layout.size(vm, descriptor)?;
        Structure::make(vm, start.wrapping_add(size.wrapping_mul(index as usize)), descriptor, self.layout)
    }
}

/// The number at `address`.
fn load(vm: &Vm, address: usize, scalar: Scalar, little: bool) -> Res {
    let mut bytes = [0; 8];
    let bytes = &mut bytes[..scalar.size()];
    vm.raw_memory()?.read(address, bytes);
    binary::load(vm, scalar.code(), bytes, little)
}

/// Makes the number at `address` `value`, cut to size.
fn store(vm: &Vm, address: usize, scalar: Scalar, little: bool, value: Obj) -> Res<()> {
    let mut bytes = [0; 8];
    let bytes = &mut bytes[..scalar.size()];
    binary::store(vm, scalar.code(), bytes, little, value)?;
    vm.raw_memory()?.write(address, bytes);
    Ok(())
}

/// The bits of an int that a bit field has, from bit 0 on.
fn mask(bits: Bits) -> usize {
    (1 << bits.length) - 1
}

fn load_bits(vm: &Vm, address: usize, scalar: Scalar, little: bool, bits: Bits) -> Res {
    let whole = vm.int_truncated(load(vm, address, scalar, little)?)?;
    vm.new_uint(whole >> bits.position & mask(bits))
}

fn store_bits(vm: &Vm, address: usize, scalar: Scalar, little: bool, bits: Bits, value: Obj) -> Res<()> {
    let value = vm.int(value)? as usize & mask(bits);
    let whole = vm.int_truncated(load(vm, address, scalar, little)?)?;
    let whole = whole & !(mask(bits) << bits.position) | value << bits.position;
    store(vm, address, scalar, little, vm.new_uint(whole)?)
}

/// The address in the pointer at `address`.
fn load_pointer(vm: &Vm, address: usize) -> Res<usize> {
    let mut bytes = [0; size_of::<usize>()];
    vm.raw_memory()?.read(address, &mut bytes);
    Ok(usize::from_ne_bytes(bytes))
}

fn attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let structure = of(vm, object)?;
    let Some(fields) = vm.as_dict(structure.descriptor) else {
        return Err(vm.type_error(format_args!("struct: no fields")));
    };
    let Some(descriptor) = fields.load(vm, name) else { return Err(vm.key_error(Obj::qstr(name))) };
    let little = structure.layout.little;
    match (Field::of(vm, descriptor)?, request) {
        (_, Attr::Delete) => Ok(AttrResult::Missing),
        (Field::Scalar(offset, scalar, bits), Attr::Store(value)) => {
            let address = structure.place(offset);
            match bits {
                Some(bits) => store_bits(vm, address, scalar, little, bits, value)?,
                None => store(vm, address, scalar, little, value)?,
            }
            Ok(AttrResult::Done)
        }
        (Field::Scalar(offset, scalar, bits), Attr::Load | Attr::LoadMethod) => {
            let address = structure.place(offset);
            let value = match bits {
                Some(bits) => load_bits(vm, address, scalar, little, bits)?,
                None => load(vm, address, scalar, little)?,
            };
            Ok(AttrResult::Value(value))
        }
        (Field::Large(..), Attr::Store(_)) => Err(syntax_error(vm)),
        (Field::Large(offset, tuple), Attr::Load | Attr::LoadMethod) => {
            let address = structure.place(offset);
            let value = match Large::of(vm, tuple)? {
                Large::Structure(descriptor) => Structure::make(vm, address, descriptor, structure.layout)?,
                Large::Array(len, Item::Scalar(Scalar::UINT8)) => vm.raw_memory()?.bytearray(vm, address, len)?,
                Large::Array(..) | Large::Pointer(_) => Structure::make(vm, address, descriptor, structure.layout)?,
            };
            Ok(AttrResult::Value(value))
        }
    }
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let structure = of(vm, object)?;
    let Some(tuple) = structure.descriptor.downcast::<Tuple>() else {
        return Err(vm.type_error(format_args!("struct: can't index")));
    };
    // A pointer points to what the machine itself may have put there.
    let (start, item, little) = match Large::of(vm, tuple)? {
        Large::Structure(_) => return Ok(None),
        Large::Pointer(item) => (load_pointer(vm, structure.address)?, item, LITTLE),
        Large::Array(len, item) => {
            if vm.int(index)? as usize >= len {
                return Err(vm.index_error(format_args!("struct: index out of range")));
            }
            (structure.address, item, structure.layout.little)
        }
    };
    let index = vm.int(index)?;
    match (item, request) {
        (_, Subscr::Delete) | (Item::Described(_), Subscr::Store(_)) => Ok(None),
        (Item::Described(descriptor), Subscr::Load) => structure.item(vm, start, index, descriptor).map(Some),
        (Item::Scalar(scalar), request) => {
            let address = start.wrapping_add(scalar.size().wrapping_mul(index as usize));
            match request {
                Subscr::Store(value) => store(vm, address, scalar, little, value).map(|()| Some(Obj::NONE)),
                Subscr::Load | Subscr::Delete => load(vm, address, scalar, little).map(Some),
            }
        }
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let structure = of(vm, object)?;
    let kind = match structure.descriptor.downcast::<Tuple>() {
        _ if vm.as_dict(structure.descriptor).is_some() => "STRUCT",
        Some(tuple) => match Large::of(vm, tuple)? {
            Large::Structure(_) => "unk",
            Large::Pointer(_) => "PTR",
            Large::Array(..) => "ARRAY",
        },
        None => "ERROR",
    };
    vm.print_fmt(out, format_args!("<struct {kind} {:x}>", structure.address))
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let structure = of(vm, object)?;
    match (op, structure.descriptor.downcast::<Tuple>()) {
        (UnaryOp::Int, Some(tuple)) => match Large::of(vm, tuple)? {
            Large::Pointer(_) => vm.new_uint(load_pointer(vm, structure.address)?).map(Some),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn buffer(vm: &Vm, object: Obj, _: Access) -> Res<Option<Buffer>> {
    let structure = of(vm, object)?;
    let size = structure.size(vm)?;
    vm.raw_memory()?.buffer(vm, structure.address, size).map(Some)
}
