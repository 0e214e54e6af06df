//! The types `bytearray` and `array.array`: numbers of one kind, side by side in memory.

use core::cell::Cell;
use core::ptr::NonNull;

use berus_mpy::opcode::BinaryOp;

use crate::data::builder::{Builder, HEAD};
use crate::data::bytes::Bytes;
use crate::data::instance::NativeBase;
use crate::data::slice::Bounds;
use crate::heap::Kind;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::iterator::Iter;
#[cfg(feature = "python")]
use crate::model::layout::List;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
#[cfg(feature = "python")]
use crate::model::protocols::Compare;
use crate::model::protocols::{Classes, Iterate, Strs};
use crate::model::types::{Definition, Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::model::work::spend_work_on_bytes;
use crate::obj::binary::{LITTLE, native_size};
use crate::obj::float::as_float;
use crate::obj::int::{Range, write_bytes};
use crate::obj::slice::Slice;
#[cfg(feature = "python")]
use crate::obj::slice::wrong_number;
use crate::obj::{binary, bytes, encoding, hex, strings, text_methods};
use crate::ops::arithmetic::{Arithmetic, plain};
use crate::ops::buffer::Buffers;
use crate::ops::compare::{holds, is_comparison};
use crate::ops::convert::{Convert, wrong_type};
use crate::ops::print::Print;
use crate::ops::truth::known_len;
use crate::qstr::Qstr;
use crate::{define, members, q};

const fn table(name: Qstr) -> Definition {
    Type::new(name)
        .flags(flag::SUBSCR_ALLOWS_STACK_SLICE)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .subscr(subscr)
        .contains(contains)
        .items(next)
        .buffer(buffer)
}

/// The type `bytearray`.
pub static BYTEARRAY: Type =
    define!(table(q!("bytearray")).flags(flag::EQ_CHECKS_OTHER_TYPE).make_new(bytearray_new).locals(BYTEARRAY_METHODS));

/// The type `array.array`.
pub static ARRAY: Type = define!(table(q!("array")).make_new(array_new).locals(ARRAY_METHODS));

text_methods! {
    static BYTEARRAY_METHODS = {
        "append" => f2(append),
        "extend" => f2(extend),
        "decode" => kw(1, strings::decode),
        "hex" => var(1, 2, hex::hex),
        "fromhex" => class_method(f2(hex::fromhex)),
        #[cfg(feature = "python")]
        "maketrans" => static_method(f2(crate::obj::text_more::maketrans_of_bytes)),
    }
}

members! {
    static ARRAY_METHODS = {
        "append" => f2(append),
        "extend" => f2(extend),
    }
}

/// A `bytearray` or an array.
#[repr(C)]
pub struct Array {
    header: Header,
    /// The code of the items in the low byte; above that byte, how many more items there is room for.
    code_and_free: Cell<usize>,
    len: Cell<usize>,
    items: Cell<NonNull<u8>>,
}

// SAFETY: `Array` is `repr(C)` and starts with a header; only byte arrays have this type. Other arrays have the other
// type with this layout, of which `as_array` knows.
unsafe impl Object for Array {
    const TYPE: &'static Type = &BYTEARRAY;
}

/// The code of a `bytearray`'s items within this file; other code sees `B`.
const BYTES: u8 = 1;

impl Array {
    /// From an array to its length, in bytes.
    #[cfg(feature = "jit")]
    pub(crate) const LEN: usize = core::mem::offset_of!(Array, len);
    /// From an array to the address of its items, in bytes.
    #[cfg(feature = "jit")]
    pub(crate) const ITEMS: usize = core::mem::offset_of!(Array, items);

    /// A `bytearray` that holds a copy of `bytes`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn bytearray(vm: &Vm, bytes: &[u8]) -> Res<Gc<Array>> {
        Array::copied(vm, BYTES, Buffer::of(vm, bytes))
    }

    /// A `bytearray` of `len` zeros.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn zeros(vm: &Vm, len: usize) -> Res<Gc<Array>> {
        Array::new(vm, BYTES, len)
    }

    /// A `bytearray` of the `len` bytes at `items`, which are not in the heap, or in a block of it that something
    /// keeps.
    ///
    /// # Errors
    /// `MemoryError`.
    ///
    /// # Safety
    /// The bytes are there, and may be written, as long as the `bytearray` uses them.
    pub unsafe fn of_memory(vm: &Vm, items: NonNull<u8>, len: usize) -> Res<Gc<Array>> {
        Array::of_block(vm, BYTES, items, len, 0)
    }

    /// An array of `len` zeros.
    fn new(vm: &Vm, code: u8, len: usize) -> Res<Gc<Array>> {
        let bytes = len.saturating_mul(Array::size_of_item(vm, code)?);
        let items = vm.alloc_bytes(bytes)?;
        // SAFETY: the block has so many bytes.
        unsafe { items.write_bytes(0, bytes) };
        Array::of_block(vm, code, items, len, 0)
    }

    /// An array without items, with room for `room` items.
    fn with_room(vm: &Vm, code: u8, room: usize) -> Res<Gc<Array>> {
        let items = vm.alloc_bytes(room.saturating_mul(Array::size_of_item(vm, code)?))?;
        Array::of_block(vm, code, items, 0, room)
    }

    /// An array of the items whose bytes are in `bytes`.
    fn copied(vm: &Vm, code: u8, bytes: Buffer) -> Res<Gc<Array>> {
        let size = Array::size_of_item(vm, code)?;
        let len = bytes.len() / size;
        let items = vm.alloc_bytes(len * size)?;
        // SAFETY: the block is new, and has room for the items.
        unsafe { items.copy_from_nonoverlapping(bytes.data(), len * size) };
        Array::of_block(vm, code, items, len, 0)
    }

    /// An array whose `len` items are in `items`, with room for `free` more.
    fn of_block(vm: &Vm, code: u8, items: NonNull<u8>, len: usize, free: usize) -> Res<Gc<Array>> {
        vm.alloc(Array {
            header: Header::of(if code == BYTES || !cfg!(feature = "array") { &BYTEARRAY } else { &ARRAY }),
            code_and_free: Cell::new(usize::from(code) | free << 8),
            len: Cell::new(len),
            items: Cell::new(items),
        })
    }

    fn size_of_item(vm: &Vm, code: u8) -> Res<usize> {
        let size = native_size(if code == BYTES { b'B' } else { code });
        size.ok_or_else(|| vm.value_error(format_args!("bad typecode")))
    }

    /// The code of the items.
    pub fn code(&self) -> u8 {
        match self.code_and_free.get() as u8 {
            _ if !cfg!(feature = "array") => b'B',
            BYTES => b'B',
            code => code,
        }
    }

    fn is_bytearray(&self) -> bool {
        !cfg!(feature = "array") || self.code_and_free.get() as u8 == BYTES
    }

    fn size(&self) -> usize {
        native_size(self.code()).unwrap_or(1)
    }

    /// The array that `object` is, if it is a `bytearray`.
    pub fn as_bytearray(object: Obj) -> Option<Gc<Array>> {
        object.downcast::<Array>()
    }

    /// The memory of the items.
    pub fn buffer(&self) -> Buffer {
        // SAFETY: the block holds the items, all initialised, and is replaced but never freed before a collection.
        unsafe { Buffer::new(self.items.get(), self.len.get() * self.size(), self.code()) }
    }

    fn get(&self, vm: &Vm, index: usize) -> Res {
        let size = self.size();
        binary::load(vm, self.code(), &self.buffer().bytes()[index * size..(index + 1) * size], LITTLE)
    }

    fn set(&self, vm: &Vm, index: usize, value: Obj) -> Res<()> {
        let item = self.item(vm, value)?;
        let size = self.size();
        self.buffer().write(index * size, Buffer::of(vm, &item[..size]));
        Ok(())
    }

    /// The bytes of an item whose value is `value`. The bytes of a `bytearray` are cut from any int, as programs for
    /// MicroPython rely on; ints that do not fit other items are refused where Python's ways are followed.
    fn item(&self, vm: &Vm, value: Obj) -> Res<[u8; 8]> {
        let mut item = [0; 8];
        if self.is_bytearray() && value.is_small_int() {
            item[0] = vm.int(value)? as u8;
            return Ok(item);
        }
        let (code, size) = (self.code(), self.size());
        let bytes = &mut item[..size];
        match range_of(code).filter(|_| cfg!(feature = "python") && !self.is_bytearray() && vm.is_int(value)) {
            Some(range) => write_bytes(vm, value, bytes, LITTLE, range)?,
            None => binary::store(vm, code, bytes, LITTLE, value)?,
        }
        Ok(item)
    }

    /// Replaces `old` items from number `at` on, or as many as there are, by `new` items of any value.
    fn splice(&self, vm: &Vm, at: usize, old: usize, new: usize) -> Res<()> {
        let (size, len) = (self.size(), self.len.get());
        let at = at.min(len);
        let old = old.min(len - at);
        let (code, free) = (self.code_and_free.get() & 0xff, self.code_and_free.get() >> 8);
        let new_len = (len - old).saturating_add(new);
        let mut room = len + free;
        if new_len > room {
            let wanted = new_len.saturating_add(new_len / 8).saturating_add(8);
            let [wanted, least] = [wanted, new_len].map(|items| items.saturating_mul(size));
            // The old block stays as it is where it cannot grow in place: somebody may be reading it.
            // SAFETY: the items are there, and a larger block loses none.
            let (block, bytes) = unsafe { vm.resized(self.items.get(), len * size, wanted, least, Kind::NoScan)? };
            self.items.set(block);
            room = bytes / size;
        }
        spend_work_on_bytes(vm, (len - at + new) * size);
        let block = self.items.get();
        // SAFETY: the block has room for either number of items; the items that become part of the array are
        // initialised.
        unsafe {
            block.add((at + old) * size).copy_to(block.add((at + new) * size), (len - at - old) * size);
            block.add(at * size).write_bytes(0, new * size);
        }
        self.len.set(new_len);
        self.code_and_free.set(code | (room - new_len) << 8);
        Ok(())
    }

    /// The memory of the object that is assigned to a slice. What is iterated over for a `bytearray` is made bytes.
    fn slice_source(&self, vm: &Vm, value: Obj) -> Res<Buffer> {
        if cfg!(feature = "python")
            && self.is_bytearray()
            && vm.as_str(value).is_none()
            && !vm.is_int_or_bool(value)
            && vm.try_buffer(value, Access::Read)?.is_none()
        {
            let made = bytes::from_source(vm, value, &[])?.into_bytes(vm)?;
            return vm.buffer(made, Access::Read);
        }
        slice_source(vm, self.size(), value)
    }

    fn append(&self, vm: &Vm, value: Obj) -> Res<()> {
        // Converting may run Python code, and an exception of that code must leave the array as it is.
        let item = self.item(vm, value)?;
        let (size, len) = (self.size(), self.len.get());
        self.splice(vm, len, 0, 1)?;
        self.buffer().write(len * size, Buffer::of(vm, &item[..size]));
        Ok(())
    }

    fn extend(&self, vm: &Vm, source: Obj) -> Res<()> {
        match vm.try_buffer(source, Access::Read)? {
            Some(buffer) => {
                let (size, len) = (self.size(), self.len.get());
                let count = buffer.len() / size;
                self.splice(vm, len, 0, count)?;
                self.buffer().write(len * size, buffer.part(0, count * size));
            }
            None => {
                let iterator = vm.each(source)?;
                while let Some(item) = iterator.next(vm)? {
                    self.append(vm, item)?;
                }
            }
        }
        Ok(())
    }
}

/// The array that `object` is, of either type.
fn as_array(object: Obj) -> Option<Gc<Array>> {
    let header = object.as_header()?;
    // SAFETY: a pointer word points to a live object; objects of either type have the layout of an array.
    unsafe {
        let ty = header.as_ref().ty();
        (ty == Gc::from_static(&BYTEARRAY) || cfg!(feature = "array") && ty == Gc::from_static(&ARRAY))
            .then(|| Gc::from_ptr(header.cast()))
    }
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Array>> {
    match as_array(object).or_else(|| as_array(vm.native_base(object)?)) {
        Some(array) => Ok(array),
        None => Err(wrong_type(vm)),
    }
}

fn bytearray_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let args = encoding::by_position(vm, args, "source")?;
    let args = args.args();
    let Some(&source) = args.pos().first() else { return Ok(Array::new(vm, BYTES, 0)?.obj()) };
    if args.pos().len() == 1 {
        if let Some(len) = bytes::wanted_zeros(vm, source)? {
            return Ok(Array::new(vm, BYTES, len)?.obj());
        }
        if vm.as_str(source).is_none()
            && let Some(buffer) = vm.try_buffer(source, Access::Read)?
        {
            return Ok(Array::copied(vm, BYTES, buffer)?.obj());
        }
    }
    if args.pos().len() > 1 && vm.as_str(source).is_none() {
        // MicroPython ignores an encoding that it has no use for, so that it notices only what can be no source.
        if !vm.is_int_or_bool(source) {
            vm.each(source)?;
        }
        return Err(bytes::encoding_of_no_text(vm));
    }
    bytes::from_source(vm, source, &args.pos()[1..])?.into_bytearray(vm)
}

fn array_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 2, false)?;
    let code = vm.str_or_bytes(args.pos()[0])?.first().copied().unwrap_or(0);
    let Some(&source) = args.pos().get(1) else { return Ok(Array::new(vm, code, 0)?.obj()) };
    if source.downcast::<Bytes>().is_some() || source.downcast::<Array>().is_some() {
        return Ok(Array::copied(vm, code, vm.buffer(source, Access::Read)?)?.obj());
    }
    let array = Array::with_room(vm, code, known_len(vm, source))?;
    let iterator = vm.each(source)?;
    while let Some(item) = iterator.next(vm)? {
        array.append(vm, item)?;
    }
    Ok(array.obj())
}

/// What ints the items of a code hold, if they are ints.
fn range_of(code: u8) -> Option<Range> {
    match code {
        b'b' | b'h' | b'i' | b'l' | b'q' => Some(Range::Signed),
        b'B' | b'H' | b'I' | b'L' | b'Q' => Some(Range::Unsigned),
        _ => None,
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let array = of(vm, object)?;
    if array.is_bytearray() {
        out.write(vm, b"bytearray(b")?;
        crate::obj::str::print_quoted(vm, out, array.buffer().bytes(), true)?;
        return out.write(vm, b")");
    }
    vm.print_fmt(out, format_args!("array('{}'", char::from(array.code())))?;
    for index in 0..array.len.get() {
        vm.work(1)?;
        out.write(vm, if index == 0 { b", [" } else { b", " })?;
        vm.print(out, array.get(vm, index)?, Style::Repr)?;
    }
    out.write(vm, if array.len.get() == 0 { b")" } else { b"])" })
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let array = of(vm, object)?;
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(array.len.get() != 0)),
        UnaryOp::Len => Some(Obj::small_int_wrapping(array.len.get() as isize)),
        UnaryOp::Sizeof => Some(Obj::small_int_wrapping((size_of::<Array>() + array.buffer().len()) as isize)),
        _ => None,
    })
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let array = of(vm, left)?;
    match op {
        BinaryOp::InplaceAdd => {
            array.extend(vm, right)?;
            return Ok(Some(left));
        }
        BinaryOp::Modulo => return Ok(None),
        _ => {}
    }
    if plain(op) == BinaryOp::Multiply {
        let Some(count) = vm.try_int(right)? else { return Ok(None) };
        let count = usize::try_from(vm.int(count)?).unwrap_or(0);
        let bytes = array.buffer().bytes();
        let code = array.code_and_free.get() as u8;
        let result = Array::new(vm, code, array.len.get().saturating_mul(count))?;
        for number in 0..if bytes.is_empty() { 0 } else { count } {
            vm.work(1)?;
            result.buffer().write(number * bytes.len(), Buffer::of(vm, bytes));
        }
        return Ok(Some(result.obj()));
    }
    if plain(op) == BinaryOp::Add {
        let other = vm.buffer(right, Access::Read)?.bytes();
        let bytes = array.buffer().bytes();
        let count = other.len() / array.size();
        let result = Array::new(vm, array.code_and_free.get() as u8, array.len.get() + count)?;
        result.buffer().write(0, Buffer::of(vm, bytes));
        result.buffer().write(bytes.len(), Buffer::of(vm, other));
        return Ok(Some(result.obj()));
    }
    if is_comparison(op) { compare(vm, op, array.buffer(), right) } else { Ok(None) }
}

/// Compares the memory of an array or memory view with the memory of another object.
pub(crate) fn compare(vm: &Vm, op: BinaryOp, left: Buffer, right: Obj) -> Res<Option<Obj>> {
    if vm.as_str(right).is_some() {
        return Ok(None);
    }
    let Some(other) = vm.try_buffer(right, Access::Read)? else { return Ok(None) };
    let (code, other_code) = (left.typecode(), other.typecode());
    let is_float = matches!(code, b'f' | b'd' | b'e');
    let unsigned = code.is_ascii_uppercase() || other_code.is_ascii_uppercase();
    let same = code.eq_ignore_ascii_case(&other_code) && !is_float;
    if same && (op == BinaryOp::Equal || unsigned) {
        return Ok(Some(Obj::bool(holds(op, vm.order_of_bytes(left.bytes(), other.bytes())))));
    }
    compare_values(vm, op, left, other)
}

/// Compares the values of items of two types.
#[cfg(feature = "python")]
fn compare_values(vm: &Vm, op: BinaryOp, left: Buffer, right: Buffer) -> Res<Option<Obj>> {
    let values = |buffer: Buffer| {
        let size = native_size(buffer.typecode()).unwrap_or(1);
        let values = List::with_capacity(vm, buffer.len() / size)?;
        for item in buffer.bytes().chunks_exact(size) {
            vm.work(1)?;
            values.append(vm, binary::load(vm, buffer.typecode(), item, LITTLE)?)?;
        }
        Ok(values)
    };
    let (left, right) = (values(left)?, values(right)?);
    if op == BinaryOp::Equal && left.len() != right.len() {
        return Ok(Some(Obj::FALSE));
    }
    vm.compare_items(op, |index| left.get(index), |index| right.get(index)).map(Some)
}

#[cfg(not(feature = "python"))]
fn compare_values(vm: &Vm, _: BinaryOp, _: Buffer, _: Buffer) -> Res<Option<Obj>> {
    Err(vm.error_with(&crate::obj::exception::NOT_IMPLEMENTED_ERROR, &[]))
}

fn contains(vm: &Vm, object: Obj, item: Obj) -> Res<Option<bool>> {
    let array = of(vm, object)?;
    if array.is_bytearray() {
        return strings::contains(vm, array.obj(), item);
    }
    // Items are compared one after another.
    if cfg!(feature = "python") {
        return Ok(None);
    }
    if vm.is_int(item) || as_float(item).is_some() {
        return Err(vm.error_with(&crate::obj::exception::NOT_IMPLEMENTED_ERROR, &[]));
    }
    Ok(Some(false))
}

/// The memory of the object that is assigned to a slice of items of `size` bytes.
pub(super) fn slice_source(vm: &Vm, size: usize, value: Obj) -> Res<Buffer> {
    let source = if vm.as_str(value).is_some() { None } else { vm.try_buffer(value, Access::Read)? };
    let Some(source) = source else {
        return Err(vm.not_implemented(format_args!("array/bytes required on right side")));
    };
    if native_size(source.typecode()) != Some(size) {
        return Err(incompatible(vm));
    }
    Ok(source)
}

#[cold]
pub(super) fn incompatible(vm: &Vm) -> Raised {
    vm.value_error(format_args!("lhs and rhs should be compatible"))
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    if matches!(request, Subscr::Delete) && !cfg!(feature = "python") {
        return Ok(None);
    }
    let array = of(vm, object)?;
    let size = array.size();
    if let Some(slice) = index.downcast::<Slice>() {
        let bounds = slice.selection(vm, || array.len.get())?;
        if cfg!(feature = "python") && bounds.step != 1 {
            return subscr_with_steps(vm, array, bounds, request).map(Some);
        }
        let (start, count) = (bounds.start, bounds.len);
        return match request {
            Subscr::Load => {
                let items = array.buffer().part(start * size, count * size);
                // The objects that gave the bounds may have changed the array.
                if items.len() != count * size {
                    return Err(incompatible(vm));
                }
                Ok(Some(Array::copied(vm, array.code_and_free.get() as u8, items)?.obj()))
            }
            Subscr::Store(value) => {
                let source = array.slice_source(vm, value)?;
                // Iterating may have changed the array.
                let start = if cfg!(feature = "python") { start.min(array.len.get()) } else { start };
                if source.len() == count * size {
                    array.buffer().write(start * size, source);
                    return Ok(Some(Obj::NONE));
                }
                // Making room moves items.
                let copy = if source.overlaps(array.buffer()) { Some(Bytes::new(vm, source.bytes())?) } else { None };
                let source = copy.map_or(source, |copy| Buffer::of(vm, copy.bytes_unbounded()));
                array.splice(vm, start, count, source.len() / size)?;
                array.buffer().write(start * size, source);
                Ok(Some(Obj::NONE))
            }
            Subscr::Delete if !cfg!(feature = "python") => Ok(None),
            Subscr::Delete => {
                array.splice(vm, start, count, 0)?;
                Ok(Some(Obj::NONE))
            }
        };
    }
    match request {
        Subscr::Load => {
            let at = vm.index(&vm.type_of(object), || array.len.get(), index)?;
            array.get(vm, at).map(Some)
        }
        Subscr::Store(value) => {
            let at = vm.index(&vm.type_of(object), || array.len.get(), index)?;
            array.set(vm, at, value)?;
            Ok(Some(Obj::NONE))
        }
        Subscr::Delete if !cfg!(feature = "python") => Ok(None),
        Subscr::Delete => {
            let at = vm.index(&vm.type_of(object), || array.len.get(), index)?;
            array.splice(vm, at, 1, 0)?;
            Ok(Some(Obj::NONE))
        }
    }
}

/// Loads, stores or deletes the items that `bounds` selects, which do not lie side by side.
#[cfg(feature = "python")]
fn subscr_with_steps(vm: &Vm, array: Gc<Array>, bounds: Bounds, request: Subscr) -> Res {
    let size = array.size();
    vm.work_on_bytes(bounds.len.saturating_mul(size))?;
    let item = |number: usize| bounds.at(number) * size;
    match request {
        Subscr::Load => {
            let result = Array::new(vm, array.code_and_free.get() as u8, bounds.len)?;
            for number in 0..bounds.len {
                result.buffer().write(number * size, array.buffer().part(item(number), size));
            }
            return Ok(result.obj());
        }
        Subscr::Store(value) => {
            let source = array.slice_source(vm, value)?;
            let given = source.len() / size;
            if given == 0 {
                return subscr_with_steps(vm, array, bounds, Subscr::Delete);
            }
            if given != bounds.len {
                return Err(wrong_number(vm, given, bounds));
            }
            // What is read must not have been written before.
            let copy = if source.overlaps(array.buffer()) { Some(Bytes::new(vm, source.bytes())?) } else { None };
            let source = copy.map_or(source, |copy| Buffer::of(vm, copy.bytes_unbounded()));
            for number in 0..bounds.len {
                array.buffer().write(item(number), source.part(number * size, size));
            }
        }
        Subscr::Delete => {
            let (all, len) = (array.buffer(), array.len.get());
            vm.work_on_bytes(all.len())?;
            if bounds.len > 0 && bounds.forward().at(bounds.len - 1) >= len {
                // The objects that gave the bounds have changed the array.
                return Err(incompatible(vm));
            }
            for (from, to) in bounds.moves(len) {
                all.write(to * size, all.part(from * size, size));
            }
            array.splice(vm, len - bounds.len, bounds.len, 0)?;
        }
    }
    Ok(Obj::NONE)
}

#[cfg(not(feature = "python"))]
fn subscr_with_steps(_: &Vm, _: Gc<Array>, _: Bounds, _: Subscr) -> Res {
    Ok(Obj::NONE)
}

fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let array = of(vm, iter.source)?;
    if iter.at.get() >= array.len.get() {
        return Ok(None);
    }
    array.get(vm, iter.advance()).map(Some)
}

fn buffer(vm: &Vm, object: Obj, _: Access) -> Res<Option<Buffer>> {
    Ok(Some(of(vm, object)?.buffer()))
}

fn append(vm: &Vm, object: Obj, value: Obj) -> Res {
    of(vm, object)?.append(vm, value)?;
    Ok(Obj::NONE)
}

fn extend(vm: &Vm, object: Obj, source: Obj) -> Res {
    of(vm, object)?.extend(vm, source)?;
    Ok(Obj::NONE)
}

impl Builder {
    /// The `bytearray` of the builder's bytes, which come to lie at the start of their block.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn into_bytearray(self, vm: &Vm) -> Res {
        let (Some(block), true) = (self.block, self.len > 0) else {
            let array = Array::bytearray(vm, self.bytes());
            self.discard(vm);
            return Ok(array?.obj());
        };
        // SAFETY: the block has room for the head and the `len` bytes behind it, and the builder alone knows the block.
        unsafe {
            block.copy_from(block.add(HEAD), self.len);
            let block = vm.resize_bytes(block, self.len, self.len)?;
            Ok(Array::of_memory(vm, block, self.len)?.obj())
        }
    }
}
