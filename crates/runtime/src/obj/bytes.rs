//! The type `bytes`.

use core::cell::Cell;
use core::ptr::NonNull;

use super::builder::Builder;
use super::iterator::Iter;
use super::slice::Slice;
use super::{strings, text_methods};
use crate::args::Args;
use crate::define;
use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::ops::buffer::{Access, Buffer};
use crate::ops::print::{Printer, Style};
use crate::q;
use crate::qstr;
use crate::types::{Subscr, Type, UnaryOp, flag};
use crate::vm::Vm;
use crate::word::Obj;

pub use super::strings::{fromhex, hex_digits};

/// The type.
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
        "decode" => var(1, 3, strings::decode),
        "hex" => var(1, 2, strings::hex),
        "fromhex" => class_method(f2(strings::fromhex)),
    }
}

/// A bytes object. C code relies on a zero byte behind its data.
#[repr(C)]
pub struct Bytes {
    header: Header,
    hash: Cell<usize>,
    len: usize,
    data: NonNull<u8>,
}

// SAFETY: `Bytes` is `repr(C)` and starts with a header; only bytes objects have this type. Its data lies behind it.
unsafe impl Object for Bytes {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

// SAFETY: the one without bytes is a constant but for its hash, which is the same number whoever writes it.
unsafe impl Sync for Bytes {}

static THE_EMPTY: Bytes =
    Bytes { header: Header::of(&TYPE), hash: Cell::new(qstr::hash(b"") as usize), len: 0, data: NonNull::dangling() };

impl Bytes {
    /// A new bytes object, which holds a copy of `bytes`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, bytes: &[u8]) -> Res<Gc<Bytes>> {
        if bytes.is_empty() {
            return Ok(Bytes::EMPTY);
        }
        let object =
            Bytes { header: Header::of(&TYPE), hash: Cell::new(0), len: bytes.len(), data: NonNull::dangling() };
        let made = vm.alloc_tail(object, bytes.len() + 1)?;
        // SAFETY: the tail behind the object has room for the bytes and one more; nobody else sees the object yet.
        unsafe {
            let data = made.as_ptr().add(1).cast::<u8>();
            data.copy_from_nonoverlapping(NonNull::from_ref(bytes).cast(), bytes.len());
            data.add(bytes.len()).write(0);
            (&raw mut (*made.as_ptr().as_ptr()).data).write(data);
        }
        Ok(made)
    }

    /// A new bytes object whose bytes are lent: they never change, and stay as long as something that the collector sees points to them.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn lent(vm: &Vm, bytes: &'static [u8]) -> Res<Gc<Bytes>> {
        let block = vm.alloc_words(size_of::<Bytes>().div_ceil(size_of::<usize>()))?.cast::<Bytes>();
        // SAFETY: the block is new and large enough. The collector looks at it, so that it keeps the bytes.
        unsafe {
            block.write(Bytes::head(bytes.len(), NonNull::from_ref(bytes).cast()));
            Ok(Gc::from_ptr(block))
        }
    }

    /// The head of a bytes object whose `len` bytes are at `data`.
    pub(crate) fn head(len: usize, data: NonNull<u8>) -> Bytes {
        Bytes { header: Header::of(&TYPE), hash: Cell::new(0), len, data }
    }

    /// No bytes.
    pub const EMPTY: Gc<Bytes> = Gc::from_static(&THE_EMPTY);

    /// The hash.
    ///
    /// # Errors
    /// As [`Vm::work`].
    pub fn hash(&self, vm: &Vm) -> Res<u32> {
        if self.hash.get() == 0 {
            self.hash.set(vm.hash_bytes(self.bytes())? as usize);
        }
        Ok(self.hash.get() as u32)
    }

    /// The bytes, for as long as the collector sees the object.
    pub(crate) fn bytes_unbounded<'a>(&self) -> &'a [u8] {
        // SAFETY: as in `bytes`; the caller keeps the object where the collector sees it.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` points to `len` bytes behind the object, which never change.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_no_keywords(args)?;
    vm.check_args(args, 0, 3, false)?;
    let Some(&source) = args.pos().first() else { return Ok(Bytes::EMPTY.obj()) };
    if source.downcast::<Bytes>().is_some() {
        return Ok(source);
    }
    from_source(vm, source, &args.pos()[1..])?.into_bytes(vm)
}

/// The bytes that `bytes()` and `bytearray()` make of `source`: zeros, an encoded string, a buffer's, or those of an iterable.
pub(crate) fn from_source(vm: &Vm, source: Obj, encoding: &[Obj]) -> Res<Builder> {
    let mut out = Builder::new();
    if let Some(text) = vm.as_str(source) {
        let Some(&encoding) = encoding.first() else {
            return Err(vm.type_error(format_args!("string argument without an encoding")));
        };
        if super::str::is_ascii_encoding(vm, encoding)? && !text.is_ascii() {
            return Err(vm.error_with(&super::exception::UNICODE_ERROR, &[]));
        }
        out.extend(vm, text)?;
        return Ok(out);
    }
    if !encoding.is_empty() {
        return Err(vm.type_error(format_args!("wrong number of arguments")));
    }
    if let Some(len) = wanted_zeros(vm, source)? {
        out = Builder::with_capacity(vm, len)?;
        out.fill(vm, 0, len)?;
        return Ok(out);
    }
    if let Some(buffer) = vm.try_buffer(source, Access::Read)? {
        out = Builder::with_capacity(vm, buffer.len)?;
        out.extend(vm, buffer.bytes())?;
        return Ok(out);
    }
    if let Some(len) = vm.try_len(source)? {
        out.reserve(vm, len)?;
    }
    let iterator = vm.each(source)?;
    while let Some(item) = iterator.next(vm)? {
        out.push(vm, vm.byte(item)?)?;
    }
    Ok(out)
}

/// How many zeros `bytes()` and `bytearray()` make of `source`, if that is an int.
pub(crate) fn wanted_zeros(vm: &Vm, source: Obj) -> Res<Option<usize>> {
    let source = vm.native_base(source).unwrap_or(source);
    if !vm.is_int_or_bool(source) {
        return Ok(None);
    }
    match usize::try_from(vm.int(source)?) {
        Ok(len) => Ok(Some(len)),
        Err(_) => Err(vm.error_with(&super::exception::VALUE_ERROR, &[])),
    }
}

impl Vm {
    /// An int from 0 to 255.
    ///
    /// # Errors
    /// `TypeError` if it is no int, `ValueError` if it is another.
    pub fn byte(&self, object: Obj) -> Res<u8> {
        match u8::try_from(self.int(object)?) {
            Ok(byte) => Ok(byte),
            Err(_) => Err(self.value_error(format_args!("bytes value out of range"))),
        }
    }
}

fn of(object: Obj) -> &'static [u8] {
    object.downcast::<Bytes>().map_or(&[], |bytes| bytes.bytes_unbounded())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    match style {
        Style::Raw => out.write(vm, of(object)),
        Style::Json => super::str::print_json(vm, out, of(object)),
        Style::Str | Style::Repr | Style::Exception => {
            out.write(vm, b"b")?;
            super::str::print_quoted(vm, out, of(object), true)
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
        let bounds = slice.indices(vm, || bytes.len())?;
        if bounds.step != 1 {
            return Err(vm.not_implemented(format_args!("only slices with step=1 (aka None) are supported")));
        }
        return Ok(Some(Bytes::new(vm, &bytes[bounds.start..bounds.start + bounds.len])?.obj()));
    }
    let at = vm.index(&TYPE, || bytes.len(), index)?;
    Ok(Some(Obj::small_int_wrapping(isize::from(bytes[at]))))
}

fn next(_: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    Ok(of(iter.source).get(iter.advance()).map(|&byte| Obj::small_int_wrapping(isize::from(byte))))
}

fn buffer(_: &Vm, object: Obj, access: Access) -> Res<Option<Buffer>> {
    Ok(if access == Access::Read { Some(Buffer::of(of(object))) } else { None })
}
