//! The type `memoryview`: part of another object's memory.
//!
//! A view asks the other object for its memory at every use, because the memory may move.

use berus_mpy::opcode::BinaryOp;

use crate::data::bytes::Bytes;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::{Raise, Res};
use crate::model::iterator::Iter;
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::Strs;
use crate::model::types::{Attr, AttrResult, Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::array::{compare, incompatible, slice_source};
use crate::obj::binary::{LITTLE, native_size};
use crate::obj::slice::Slice;
use crate::obj::{binary, strings};
use crate::ops::buffer::{Buffers, lent};
use crate::ops::compare::is_comparison;
use crate::ops::convert::Convert;
use crate::qstr::Qstr;
use crate::{define, members, q};

/// The type `memoryview`.
pub static TYPE: Type = define!(
    Type::new(q!("memoryview"))
        .flags(flag::EQ_CHECKS_OTHER_TYPE | flag::SUBSCR_ALLOWS_STACK_SLICE | flag::LENDS)
        .make_new(make_new)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .subscr(subscr)
        .items(next)
        .buffer(buffer)
        .attr(attr)
        .locals(METHODS)
);

members! {
    static METHODS = {
        "hex" => var(1, 2, strings::hex),
    }
}

/// A memory view.
#[repr(C)]
pub struct MemoryView {
    header: Header,
    source: Obj,
    /// The code of the items in the low byte; above that byte, the offset of the first item in the source's memory, in
    /// bytes.
    code_and_offset: usize,
    /// How many items the view has.
    len: usize,
}

// SAFETY: `MemoryView` is `repr(C)` and starts with a header; only memory views have this type.
unsafe impl Object for MemoryView {
    const TYPE: &'static Type = &TYPE;
}

impl MemoryView {
    fn make(vm: &Vm, source: Obj, code: u8, offset: usize, len: usize) -> Res {
        if offset > usize::MAX >> 8 {
            return Err(vm.overflow_error(format_args!("memoryview offset too large")));
        }
        let code_and_offset = usize::from(code) | offset << 8;
        Ok(vm.alloc(MemoryView { header: Header::of(&TYPE), source, code_and_offset, len })?.obj())
    }

    fn code(&self) -> u8 {
        self.code_and_offset as u8
    }

    fn offset(&self) -> usize {
        self.code_and_offset >> 8
    }

    fn size(&self) -> usize {
        native_size(self.code()).unwrap_or(1)
    }

    /// The memory of the view, as much of it as there still is; `None` if the source does not give that access.
    fn buffer(&self, vm: &Vm, access: Access) -> Res<Option<Buffer>> {
        let Some(all) = vm.try_buffer(self.source, access)? else { return Ok(None) };
        Ok(Some(all.part(self.offset(), self.len * self.size()).typed(self.code())))
    }

    fn read(&self, vm: &Vm) -> Res<Buffer> {
        match self.buffer(vm, Access::Read)? {
            Some(buffer) => Ok(buffer),
            None => Err(vm.type_error(format_args!("object with buffer protocol required"))),
        }
    }

    /// How many items of the view there still are.
    fn items(&self, vm: &Vm) -> Res<usize> {
        Ok(self.read(vm)?.len() / self.size())
    }
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<MemoryView>> {
    vm.this(object)
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    let source = args.pos()[0];
    let buffer = vm.buffer(source, Access::Read)?;
    let (source, offset) = match source.downcast::<MemoryView>() {
        Some(view) => (view.source, view.offset()),
        None if vm.as_str_or_bytes(source).is_some() => (source, 0),
        // Lent memory is there for longer than the object that lends it: a file can be closed.
        None => match lent(vm, source)? {
            Some(bytes) => (Bytes::lent(vm, bytes)?.obj(), 0),
            None => (source, 0),
        },
    };
    let len = buffer.len() / native_size(buffer.typecode()).unwrap_or(1);
    MemoryView::make(vm, source, buffer.typecode(), offset, len)
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let view = of(vm, object)?;
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(view.items(vm)? != 0)),
        UnaryOp::Len => Some(Obj::small_int_wrapping(view.items(vm)? as isize)),
        _ => None,
    })
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    if is_comparison(op) { compare(vm, op, of(vm, left)?.read(vm)?, right) } else { Ok(None) }
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    if let Subscr::Delete = request {
        return Ok(None);
    }
    let view = of(vm, object)?;
    let (size, len) = (view.size(), view.items(vm)?);
    if let Some(slice) = index.downcast::<Slice>() {
        let (start, count) = bounds(vm, slice, || len)?;
        return match request {
            Subscr::Load => {
                let offset = view.offset() + start * size;
                MemoryView::make(vm, view.source, view.code(), offset, count).map(Some)
            }
            Subscr::Store(value) => match view.buffer(vm, Access::Write)? {
                Some(target) => store_part(vm, target, size, start, count, value).map(|()| Some(Obj::NONE)),
                None => Ok(None),
            },
            Subscr::Delete => Ok(None),
        };
    }
    let at = vm.index(&TYPE, || len, index)? * size;
    match request {
        Subscr::Load => match view.read(vm)?.bytes().get(at..at + size) {
            Some(item) => binary::load(vm, view.code(), item, LITTLE).map(Some),
            None => Err(vm.index_error(format_args!("memoryview index out of range"))),
        },
        Subscr::Store(value) => {
            let mut item = [0; 8];
            binary::store(vm, view.code(), &mut item[..size], LITTLE, value)?;
            match view.buffer(vm, Access::Write)? {
                Some(target) => {
                    target.write(at, Buffer::of(vm, &item[..size]));
                    Ok(Some(Obj::NONE))
                }
                None => Ok(None),
            }
        }
        Subscr::Delete => Ok(None),
    }
}

fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    if iter.at.get() >= of(vm, iter.source)?.items(vm)? {
        return Ok(None);
    }
    subscr(vm, iter.source, Obj::small_int_wrapping(iter.advance() as isize), Subscr::Load)
}

fn buffer(vm: &Vm, object: Obj, access: Access) -> Res<Option<Buffer>> {
    of(vm, object)?.buffer(vm, access)
}

fn attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    match request {
        Attr::Load | Attr::LoadMethod if name == q!("itemsize") => {
            Ok(AttrResult::Value(Obj::small_int_wrapping(of(vm, object)?.size() as isize)))
        }
        _ => Ok(AttrResult::Missing),
    }
}

/// The number of the first item that a slice of a memory view selects, and how many; only adjacent items are supported.
fn bounds(vm: &Vm, slice: Gc<Slice>, len: impl FnOnce() -> usize) -> Res<(usize, usize)> {
    let bounds = slice.indices(vm, len)?;
    if bounds.step != 1 {
        return Err(vm.not_implemented(format_args!("only slices with step=1 (aka None) are supported")));
    }
    Ok((bounds.start, bounds.len))
}

/// Stores `value` into the `len` items of `size` bytes from number `at` on, whose number stays the same.
fn store_part(vm: &Vm, target: Buffer, size: usize, at: usize, len: usize, value: Obj) -> Res<()> {
    let source = slice_source(vm, size, value)?;
    if source.len() != len * size {
        return Err(incompatible(vm));
    }
    target.write(at * size, source);
    Ok(())
}
