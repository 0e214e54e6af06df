//! The type `bytes`.

use crate::data::builder::Builder;
use crate::data::bytes::Bytes;
use crate::data::instance::NativeBase;
use crate::model::args::Args;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::iterator::Iter;
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Hash, Ints, Iterate, Strs};
use crate::model::types::{Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::encoding::Encoding;
pub use crate::obj::hex::{fromhex, hex_digits};
use crate::obj::slice::Slice;
use crate::obj::{encoding, exception, hex, strings, text_methods};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::buffer::Buffers;
use crate::ops::convert::Convert;
use crate::ops::truth::Truth;
use crate::{define, q};

/// The type `bytes`.
pub static TYPE: Type = define!(
    Type::new(q!("bytes"))
        .flags(flag::SUBSCR_ALLOWS_STACK_SLICE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(strings::binary_op)
        .subscr(subscr)
        .contains(strings::contains)
        .items(next)
        .buffer(buffer)
        .locals(METHODS)
);

text_methods! {
    static METHODS = {
        "decode" => kw(1, strings::decode),
        "hex" => var(1, 2, hex::hex),
        "fromhex" => class_method(f2(hex::fromhex)),
        #[cfg(feature = "python")]
        "maketrans" => static_method(f2(crate::obj::text_more::maketrans_of_bytes)),
    }
}

// SAFETY: `Bytes` is `repr(C)` and starts with a header; only bytes objects have this type. The bytes of an object lie
// behind its structure.
unsafe impl Object for Bytes {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let args = encoding::by_position(vm, args, "source")?;
    let args = args.args();
    let Some(&source) = args.pos().first() else { return Ok(Bytes::EMPTY.obj()) };
    if source.downcast::<Bytes>().is_some() {
        return Ok(source);
    }
    if args.pos().len() > 1 && vm.as_str(source).is_none() {
        return Err(encoding_of_no_text(vm));
    }
    from_source(vm, source, &args.pos()[1..])?.into_bytes(vm)
}

/// The exception for an encoding where there is no string to encode.
#[cold]
pub(crate) fn encoding_of_no_text(vm: &Vm) -> Raised {
    vm.type_error(format_args!("wrong number of arguments"))
}

/// The bytes that `bytes()` and `bytearray()` make of `source`: zeros, an encoded string, the bytes of a buffer, or the
/// items of an iterable. Only a string has a use for an `encoding`.
pub(crate) fn from_source(vm: &Vm, source: Obj, encoding: &[Obj]) -> Res<Builder> {
    if let Some(text) = vm.as_str(source) {
        let Some(&name) = encoding.first() else {
            return Err(vm.type_error(format_args!("string argument without an encoding")));
        };
        return encoding::encode(vm, text, Encoding::named(vm, name)?, encoding.get(1).copied());
    }
    if let Some(len) = wanted_zeros(vm, source)? {
        let mut out = Builder::with_capacity(vm, len)?;
        out.fill(vm, 0, len)?;
        return Ok(out);
    }
    if let Some(buffer) = vm.try_buffer(source, Access::Read)? {
        let mut out = Builder::with_capacity(vm, buffer.len())?;
        out.extend(vm, buffer.bytes())?;
        return Ok(out);
    }
    let mut out = Builder::new();
    if let Some(len) = vm.try_len(source)? {
        out.reserve(vm, len)?;
    }
    let iterator = vm.each(source)?;
    while let Some(item) = iterator.next(vm)? {
        out.push(vm, vm.byte(item)?)?;
    }
    Ok(out)
}

/// How many zeros `bytes()` and `bytearray()` make of `source`, if `source` is an int.
pub(crate) fn wanted_zeros(vm: &Vm, source: Obj) -> Res<Option<usize>> {
    let source = vm.native_base(source).unwrap_or(source);
    if !vm.is_int_or_bool(source) {
        return Ok(None);
    }
    match usize::try_from(vm.int(source)?) {
        Ok(len) => Ok(Some(len)),
        Err(_) => Err(vm.error_with(&exception::VALUE_ERROR, &[])),
    }
}

/// Objects as bytes.
pub trait NewByte {
    /// The value of `object`, an int from 0 to 255.
    ///
    /// # Errors
    /// `TypeError` if the object is no int, `ValueError` if it is another int.
    fn byte(&self, object: Obj) -> Res<u8>;
}

impl NewByte for Vm {
    fn byte(&self, object: Obj) -> Res<u8> {
        let is_large = cfg!(feature = "python") && self.is_int(object) && self.int_to_isize(object).is_none();
        match if is_large { None } else { u8::try_from(self.int(object)?).ok() } {
            Some(byte) => Ok(byte),
            None => Err(self.value_error(format_args!("bytes value out of range"))),
        }
    }
}

fn of(object: Obj) -> &'static [u8] {
    object.downcast::<Bytes>().map_or(&[], |bytes| bytes.bytes_unbounded())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    match style {
        Style::Raw => out.write(vm, of(object)),
        Style::Json if cfg!(feature = "json") => crate::obj::str::print_json(vm, out, of(object)),
        _ => {
            out.write(vm, b"b")?;
            crate::obj::str::print_quoted(vm, out, of(object), true)
        }
    }
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let bytes = of(object);
    match op {
        UnaryOp::Bool => Ok(Some(Obj::bool(!bytes.is_empty()))),
        UnaryOp::Len => Ok(Some(Obj::small_int_wrapping(bytes.len() as isize))),
        UnaryOp::Hash => Ok(Some(Obj::small_int_wrapping(vm.hash(object)? as isize))),
        UnaryOp::Sizeof => Ok(Some(Obj::small_int_wrapping((size_of::<Bytes>() + bytes.len()) as isize))),
        _ => Ok(None),
    }
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let Subscr::Load = request else { return Ok(None) };
    let bytes = of(object);
    if let Some(slice) = index.downcast::<Slice>() {
        let bounds = slice.selection(vm, || bytes.len())?;
        if cfg!(feature = "python") && bounds.step != 1 {
            let mut out = Builder::with_capacity(vm, bounds.len)?;
            for number in 0..bounds.len {
                vm.work(1)?;
                out.push(vm, bytes[bounds.at(number)])?;
            }
            return out.into_bytes(vm).map(Some);
        }
        return Ok(Some(Bytes::new(vm, &bytes[bounds.start..bounds.start + bounds.len])?.obj()));
    }
    let at = vm.index(&TYPE, || bytes.len(), index)?;
    Ok(Some(Obj::small_int_wrapping(isize::from(bytes[at]))))
}

fn next(_: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    Ok(of(iter.source).get(iter.advance()).map(|&byte| Obj::small_int_wrapping(isize::from(byte))))
}

fn buffer(vm: &Vm, object: Obj, access: Access) -> Res<Option<Buffer>> {
    Ok(if access == Access::Read { Some(Buffer::of(vm, of(object))) } else { None })
}
