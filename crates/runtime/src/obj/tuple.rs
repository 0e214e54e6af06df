//! The type `tuple`.

use core::ptr::NonNull;

use berus_mpy::opcode::BinaryOp;

use super::iterator::Iter;
use super::sequence;
use super::slice::Slice;
use crate::args::Args;
use crate::define;
use crate::error::Res;
use crate::members;
use crate::object::{Gc, Header, Object};
use crate::ops::arithmetic::plain;
use crate::ops::compare::is_comparison;
use crate::ops::convert::Items;
use crate::ops::print::{Printer, Style};
use crate::q;
use crate::types::{Subscr, Type, UnaryOp, flag};
use crate::vm::Vm;
use crate::vm::memory::Slot;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = define!(
    Type::new(q!("tuple"))
        .flags(flag::TUPLE | flag::EQ_CHECKS_OTHER_TYPE | flag::SUBSCR_ALLOWS_STACK_SLICE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .subscr(subscr)
        .items(next)
        .locals(METHODS)
);

members! {
    pub(crate) static METHODS = {
        "count" => f2(count),
        "index" => var(2, 4, index),
    }
}

/// A tuple. Its items follow it.
#[repr(C)]
pub struct Tuple {
    header: Header,
    len: usize,
}

// SAFETY: `Tuple` is `repr(C)` and starts with a header; only tuples have this type.
unsafe impl Object for Tuple {
    const TYPE: &'static Type = &TYPE;
}

// SAFETY: the empty tuple has no items, and its header is never changed.
unsafe impl Sync for Tuple {}

static THE_EMPTY: Tuple = Tuple { header: Header::of(&TYPE), len: 0 };

impl Tuple {
    /// The empty tuple.
    pub const EMPTY: Gc<Tuple> = Gc::from_static(&THE_EMPTY);

    /// A tuple of `items`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, items: &[Obj]) -> Res<Gc<Tuple>> {
        if items.is_empty() {
            return Ok(Tuple::EMPTY);
        }
        Tuple::of_type(vm, Gc::from_static(&TYPE), items)
    }

    /// An object of type `ty` with the layout of a tuple, as named tuples are.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_type(vm: &Vm, ty: Gc<Type>, items: &[Obj]) -> Res<Gc<Tuple>> {
        let tuple = vm.alloc_tail(Tuple { header: Header::new(ty), len: items.len() }, size_of_val(items))?;
        // SAFETY: the tail behind the object has room for the items.
        unsafe { tuple.data().copy_from_nonoverlapping(items.as_ptr(), items.len()) };
        Ok(tuple)
    }

    /// A tuple of two items, where memory for it takes no more than moving a pointer; else `None`. Calls nothing.
    #[inline(always)]
    pub(crate) fn pair_at_once(vm: &Vm, first: Obj, second: Obj) -> Option<Gc<Tuple>> {
        let tuple = vm.alloc_tail_at_once(Tuple { header: Header::of(&TYPE), len: 2 }, 2 * size_of::<Obj>())?;
        // SAFETY: the tail behind the object has room for two items.
        unsafe {
            tuple.data().write(first);
            tuple.data().add(1).write(second);
        }
        Some(tuple)
    }

    /// A tuple of the items of `list`, which nothing changes meanwhile.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_list(vm: &Vm, list: &crate::obj::list::List) -> Res<Gc<Tuple>> {
        let items = list.items();
        // SAFETY: a cell has the layout of what it holds, and making a tuple runs no Python code.
        Tuple::new(vm, unsafe { core::slice::from_raw_parts(items.as_ptr().cast(), items.len()) })
    }

    /// As [`Tuple::new`], for what goes on without the tuple if there is no memory.
    pub(crate) fn try_new(vm: &Vm, items: &[Obj]) -> Option<Gc<Tuple>> {
        if items.is_empty() {
            return Some(Tuple::EMPTY);
        }
        let tuple = vm.try_alloc_tail(Tuple { header: Header::of(&TYPE), len: items.len() }, size_of_val(items))?;
        // SAFETY: the tail behind the object has room for the items.
        unsafe { tuple.data().copy_from_nonoverlapping(items.as_ptr(), items.len()) };
        Some(tuple)
    }

    /// Words that a tuple of `len` items takes.
    pub(crate) const fn words(len: usize) -> usize {
        size_of::<Tuple>() / size_of::<usize>() + len
    }

    /// A tuple of `items` in memory of the caller's.
    ///
    /// # Safety
    /// There are [`Tuple::words`] words at `room`, which nobody else uses and which live as long as the collector sees them.
    pub(crate) unsafe fn write_at(room: NonNull<Slot>, items: &[Obj]) -> Gc<Tuple> {
        let room = room.cast::<Tuple>();
        // SAFETY: the caller gives the memory.
        unsafe {
            room.write(Tuple { header: Header::of(&TYPE), len: items.len() });
            let tuple = Gc::from_ptr(room);
            tuple.data().copy_from_nonoverlapping(items.as_ptr(), items.len());
            tuple
        }
    }

    fn data(&self) -> *mut Obj {
        core::ptr::from_ref(self).wrapping_add(1).cast_mut().cast()
    }

    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Obj] {
        // SAFETY: `len` items follow the object and never change.
        unsafe { core::slice::from_raw_parts(self.data(), self.len) }
    }
}

impl Vm {
    /// The tuple that `object` is: one of a named tuple's type too, or the one inside an instance of a class derived from `tuple`.
    #[inline]
    pub fn as_tuple(&self, object: Obj) -> Option<Gc<Tuple>> {
        if let Some(tuple) = object.downcast::<Tuple>() {
            return Some(tuple);
        }
        let header = object.as_header()?;
        if self.type_of(object).has(flag::TUPLE) {
            // SAFETY: objects of types with this flag have the layout of a tuple.
            return Some(unsafe { Gc::from_ptr(header.cast()) });
        }
        let native = self.native_base(object).filter(|&native| native != object)?;
        if self.type_of(native).has(flag::TUPLE) { self.as_tuple(native) } else { None }
    }

    /// Whether it is a str, bytes, tuple or list, which may stand on either side of `*`.
    pub(crate) fn is_repeatable(&self, object: Obj) -> bool {
        self.str_like(object)
            || object.downcast::<Tuple>().is_some()
            || object.downcast::<super::list::List>().is_some()
    }

    fn str_like(&self, object: Obj) -> bool {
        self.as_str(object).is_some() || object.downcast::<super::bytes::Bytes>().is_some()
    }
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Tuple>> {
    match vm.as_tuple(object) {
        Some(tuple) => Ok(tuple),
        None => Err(vm.type_error(format_args!("argument has wrong type"))),
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    match args.pos() {
        [] => Ok(Tuple::EMPTY.obj()),
        [tuple, ..] if tuple.downcast::<Tuple>().is_some() => Ok(*tuple),
        [iterable, ..] => Ok(match vm.as_iterated(*iterable) {
            Some(Items::List(list)) => Tuple::of_list(vm, &list)?,
            Some(Items::Tuple(tuple)) => Tuple::new(vm, tuple.items())?,
            None => Tuple::of_list(vm, &*vm.to_list(*iterable)?)?,
        }
        .obj()),
    }
}

pub(crate) fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let tuple = of(vm, object)?;
    let items = tuple.items();
    let (open, close): (&[u8], &[u8]) = match (style, items.len()) {
        (Style::Json, _) => (b"[", b"]"),
        (_, 1) => (b"(", b",)"),
        _ => (b"(", b")"),
    };
    vm.print_items(out, style, (open, close), |index| items.get(index).copied())
}

pub(crate) fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let tuple = of(vm, object)?;
    let items = tuple.items();
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(!items.is_empty())),
        UnaryOp::Len => Some(Obj::small_int_wrapping(items.len() as isize)),
        UnaryOp::Hash => {
            let mut hash = 3_430_008;
            for &item in items {
                vm.work(1)?;
                hash = crate::ops::hash::combine(hash, vm.hash(item)?);
            }
            Some(crate::ops::hash::to_obj(hash))
        }
        UnaryOp::Sizeof => Some(Obj::small_int_wrapping((size_of::<Tuple>() + size_of_val(items)) as isize)),
        _ => None,
    })
}

pub(crate) fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let tuple = of(vm, left)?;
    let items = tuple.items();
    if plain(op) == BinaryOp::Multiply {
        let Some(count) = vm.try_int(right)? else { return Ok(None) };
        let count = usize::try_from(vm.int(count)?).unwrap_or(0);
        return Tuple::repeated(vm, items, count).map(|tuple| Some(tuple.obj()));
    }
    let Some(other) = vm.as_tuple(right) else { return Ok((op == BinaryOp::Equal).then_some(Obj::FALSE)) };
    let others = other.items();
    if plain(op) == BinaryOp::Add {
        return Tuple::joined(vm, items, others).map(|tuple| Some(tuple.obj()));
    }
    if op == BinaryOp::Equal && items.len() != others.len() {
        return Ok(Some(Obj::FALSE));
    }
    if !is_comparison(op) {
        return Ok(None);
    }
    vm.compare_tuples(op, tuple, other).map(Some)
}

impl Tuple {
    /// A tuple of the first `len` of `items`, which are at least so many.
    fn build<'a>(vm: &Vm, len: usize, items: impl Iterator<Item = &'a Obj>) -> Res<Gc<Tuple>> {
        if len == 0 {
            return Ok(Tuple::EMPTY);
        }
        let bytes = len.saturating_mul(size_of::<Obj>());
        let tuple = vm.alloc_tail(Tuple { header: Header::of(&TYPE), len }, bytes)?;
        for (index, item) in items.take(len).enumerate() {
            // SAFETY: the tail behind the object has room for `len` items.
            unsafe { tuple.data().add(index).write(*item) };
        }
        Ok(tuple)
    }

    fn joined(vm: &Vm, a: &[Obj], b: &[Obj]) -> Res<Gc<Tuple>> {
        Tuple::build(vm, a.len() + b.len(), a.iter().chain(b))
    }

    fn repeated(vm: &Vm, items: &[Obj], count: usize) -> Res<Gc<Tuple>> {
        Tuple::build(vm, items.len().saturating_mul(count), items.iter().cycle())
    }
}

pub(crate) fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let Subscr::Load = request else { return Ok(None) };
    let tuple = of(vm, object)?;
    let items = tuple.items();
    if let Some(slice) = index.downcast::<Slice>() {
        let bounds = slice.indices(vm, || items.len())?;
        if bounds.step != 1 {
            return Err(vm.not_implemented(format_args!("only slices with step=1 (aka None) are supported")));
        }
        return Ok(Some(Tuple::new(vm, items.get(bounds.start..bounds.start + bounds.len).unwrap_or_default())?.obj()));
    }
    let at = vm.index(&vm.type_of(object), || items.len(), index)?;
    Ok(Some(items[at]))
}

pub(crate) fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    Ok(of(vm, iter.source)?.items().get(iter.advance()).copied())
}

fn count(vm: &Vm, object: Obj, item: Obj) -> Res {
    let tuple = of(vm, object)?;
    sequence::count(vm, |index| tuple.items().get(index).copied(), item)
}

fn index(vm: &Vm, args: &[Obj]) -> Res {
    let tuple = of(vm, args[0])?;
    sequence::index(vm, &TYPE, tuple.items().len(), |index| tuple.items().get(index).copied(), args)
}
