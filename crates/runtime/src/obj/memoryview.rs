//! The type `memoryview`: part of another object's memory.
//!
//! A view asks the other object for its memory at every use, because the memory may move. A view with steps, whose items
//! do not lie side by side, lends a copy of them to who reads.

use berus_mpy::opcode::BinaryOp;

use crate::data::bytes::Bytes;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::iterator::Iter;
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::Strs;
use crate::model::types::{Attr, AttrResult, Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::array::{Array, compare, incompatible, slice_source};
use crate::obj::binary::{LITTLE, native_size};
use crate::obj::slice::Slice;
use crate::obj::{binary, hex};
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
        "hex" => var(1, 2, hex::hex),
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
    /// The distance from an item to the next, in items.
    #[cfg(feature = "python")]
    step: isize,
}

// SAFETY: `MemoryView` is `repr(C)` and starts with a header; only memory views have this type.
unsafe impl Object for MemoryView {
    const TYPE: &'static Type = &TYPE;
}

impl MemoryView {
    /// A view of items of `source`, of which the first is `offset` bytes behind the beginning.
    fn make(vm: &Vm, source: Obj, code: u8, offset: usize, items: (usize, isize)) -> Res {
        if offset > usize::MAX >> 8 {
            return Err(vm.overflow_error(format_args!("memoryview offset too large")));
        }
        let view = MemoryView {
            header: Header::of(&TYPE),
            source,
            code_and_offset: usize::from(code) | offset << 8,
            len: items.0,
            #[cfg(feature = "python")]
            step: items.1,
        };
        Ok(vm.alloc(view)?.obj())
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

    #[cfg(feature = "python")]
    fn step(&self) -> isize {
        self.step
    }

    #[cfg(not(feature = "python"))]
    fn step(&self) -> isize {
        1
    }

    /// Where item `number` is in the source's memory, in bytes.
    fn place(&self, number: usize) -> usize {
        self.offset()
            .wrapping_add_signed((number as isize).wrapping_mul(self.step()).wrapping_mul(self.size() as isize))
    }

    /// The memory of the view, as much of it as there still is; `None` if the source does not give that access, or items
    /// that do not lie side by side are wanted for more than to be read.
    fn buffer(&self, vm: &Vm, access: Access) -> Res<Option<Buffer>> {
        let Some(all) = vm.try_buffer(self.source, access)? else { return Ok(None) };
        if self.step() == 1 {
            return Ok(Some(all.part(self.offset(), self.len * self.size()).typed(self.code())));
        }
        if access != Access::Read {
            return Ok(None);
        }
        let (size, len) = (self.size(), self.items_within(all));
        vm.work_on_bytes(len * size)?;
        let target = Array::zeros(vm, len * size)?.buffer();
        for number in 0..len {
            target.write(number * size, all.part(self.place(number), size));
        }
        Ok(Some(target.typed(self.code())))
    }

    fn read(&self, vm: &Vm) -> Res<Buffer> {
        match self.buffer(vm, Access::Read)? {
            Some(buffer) => Ok(buffer),
            None => Err(not_there(vm)),
        }
    }

    /// How many items of the view there still are.
    fn items(&self, vm: &Vm) -> Res<usize> {
        if self.step() == 1 {
            return Ok(self.read(vm)?.len() / self.size());
        }
        match vm.try_buffer(self.source, Access::Read)? {
            Some(all) => Ok(self.items_within(all)),
            None => Err(not_there(vm)),
        }
    }

    /// How many items of a view with steps there are: all of them or none.
    fn items_within(&self, all: Buffer) -> usize {
        let last = self.place(self.len.saturating_sub(1)).max(self.offset());
        if last.saturating_add(self.size()) <= all.len() { self.len } else { 0 }
    }
}

#[cold]
fn not_there(vm: &Vm) -> Raised {
    vm.type_error(format_args!("object with buffer protocol required"))
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<MemoryView>> {
    vm.this(object)
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    let source = args.pos()[0];
    let buffer = vm.buffer(source, Access::Read)?;
    let (source, offset, step) = match source.downcast::<MemoryView>() {
        Some(view) => (view.source, view.offset(), view.step()),
        None if vm.as_str_or_bytes(source).is_some() => (source, 0, 1),
        // Lent memory is there for longer than the object that lends it: a file can be closed.
        None => match lent(vm, source)? {
            Some(bytes) => (Bytes::lent(vm, bytes)?.obj(), 0, 1),
            None => (source, 0, 1),
        },
    };
    let len = buffer.len() / native_size(buffer.typecode()).unwrap_or(1);
    MemoryView::make(vm, source, buffer.typecode(), offset, (len, step))
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
        let bounds = slice.selection(vm, || len)?;
        // Of at most one item the distance to the next means nothing.
        let step = if bounds.len < 2 { 1 } else { bounds.step.wrapping_mul(view.step()) };
        let start = if bounds.len == 0 { view.offset() } else { view.place(bounds.start) };
        return match request {
            Subscr::Load => MemoryView::make(vm, view.source, view.code(), start, (bounds.len, step)).map(Some),
            Subscr::Store(value) => match vm.try_buffer(view.source, Access::Write)? {
                Some(all) => store_items(vm, all, size, (start, bounds.len, step), value).map(|()| Some(Obj::NONE)),
                None => Ok(None),
            },
            Subscr::Delete => Ok(None),
        };
    }
    let at = view.place(vm.index(&TYPE, || len, index)?);
    match request {
        Subscr::Load => {
            let all = vm.buffer(view.source, Access::Read)?;
            match all.bytes().get(at..at + size) {
                Some(item) => binary::load(vm, view.code(), item, LITTLE).map(Some),
                None => Err(vm.index_error(format_args!("memoryview index out of range"))),
            }
        }
        Subscr::Store(value) => {
            let mut item = [0; 8];
            binary::store(vm, view.code(), &mut item[..size], LITTLE, value)?;
            match vm.try_buffer(view.source, Access::Write)? {
                Some(all) => {
                    all.write(at, Buffer::of(vm, &item[..size]));
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

/// Stores `value` into items of `size` bytes each, whose number stays the same. `items` says where in `target` the first
/// of them is, how many there are, and how many items further the next is.
fn store_items(vm: &Vm, target: Buffer, size: usize, items: (usize, usize, isize), value: Obj) -> Res<()> {
    let (start, len, step) = items;
    let source = slice_source(vm, size, value)?;
    if source.len() != len * size {
        return Err(incompatible(vm));
    }
    if step == 1 || !cfg!(feature = "python") {
        target.part(start, len * size).write(0, source);
        return Ok(());
    }
    vm.work_on_bytes(len * size)?;
    // What is read must not have been written before.
    let copy = if source.overlaps(target) { Some(Bytes::new(vm, source.bytes())?) } else { None };
    let source = copy.map_or(source, |copy| Buffer::of(vm, copy.bytes_unbounded()));
    for number in 0..len {
        let at = start.wrapping_add_signed((number as isize).wrapping_mul(step).wrapping_mul(size as isize));
        target.write(at, source.part(number * size, size));
    }
    Ok(())
}
