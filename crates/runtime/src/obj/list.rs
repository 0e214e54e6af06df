//! The type `list`.

use core::cell::Cell;
use core::ptr::NonNull;

use berus_mpy::opcode::BinaryOp;

use super::iterator::Iter;
use super::sequence;
use super::slice::{Bounds, Slice};
use crate::args::Args;
use crate::define;
use crate::error::Res;
use crate::members;
use crate::object::{Gc, Header, Object};
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
    Type::new(q!("list"))
        .flags(flag::EQ_CHECKS_OTHER_TYPE | flag::SUBSCR_ALLOWS_STACK_SLICE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .subscr(subscr)
        .items(next)
        .locals(METHODS)
);

members! {
    static METHODS = {
        "append" => f2(append),
        "clear" => f1(clear),
        "copy" => f1(copy),
        "count" => f2(count),
        "extend" => f2(extend),
        "index" => var(2, 4, index),
        "insert" => f3(insert),
        "pop" => var(1, 2, pop),
        "remove" => f2(remove),
        "reverse" => f1(reverse),
        "sort" => kw(1, sort),
    }
}

/// A list.
#[repr(C)]
pub struct List {
    header: Header,
    capacity: Cell<usize>,
    len: Cell<usize>,
    items: Cell<NonNull<Slot>>,
}

// SAFETY: `List` is `repr(C)` and starts with a header; only lists have this type.
unsafe impl Object for List {
    const TYPE: &'static Type = &TYPE;
}

/// Least capacity.
const MIN: usize = 4;

impl List {
    /// An empty list with room for `capacity` items.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn with_capacity(vm: &Vm, capacity: usize) -> Res<Gc<List>> {
        let block = vm.alloc_words(capacity.max(MIN))?;
        List::of_block(vm, block, capacity.max(MIN), 0)
    }

    /// A list of `items`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, items: &[Obj]) -> Res<Gc<List>> {
        List::build(vm, items.len(), |room| {
            // SAFETY: there is room for the items.
            unsafe { room.copy_from_nonoverlapping(NonNull::from_ref(items).cast(), items.len()) }
        })
    }

    /// A list of `len` items that `fill` puts where it is told to, and which has nothing to do with the interpreter.
    fn build(vm: &Vm, len: usize, fill: impl FnOnce(NonNull<Obj>)) -> Res<Gc<List>> {
        let capacity = len.max(MIN);
        let block = vm.alloc_words_to_fill(capacity)?;
        fill(block.cast());
        for index in len..capacity {
            // SAFETY: the block has that many words.
            unsafe { block.add(index).write(None) };
        }
        List::of_block(vm, block, capacity, len)
    }

    /// A list whose `len` items are in `block`, which has `capacity` words.
    fn of_block(vm: &Vm, block: NonNull<Slot>, capacity: usize, len: usize) -> Res<Gc<List>> {
        vm.alloc(List {
            header: Header::of(&TYPE),
            capacity: Cell::new(capacity),
            len: Cell::new(len),
            items: Cell::new(block),
        })
    }

    /// A list of the items that `bounds` selects of `items`, which nothing changes meanwhile.
    fn selected(vm: &Vm, items: &[Cell<Obj>], bounds: Bounds) -> Res<Gc<List>> {
        List::build(vm, bounds.len, |room| match bounds.step {
            1 => {
                let items = &items[bounds.start..bounds.start + bounds.len];
                // SAFETY: there is room for the items, and a cell has the layout of what it holds.
                unsafe { room.copy_from_nonoverlapping(NonNull::from_ref(items).cast(), items.len()) }
            }
            _ => {
                for number in 0..bounds.len {
                    // SAFETY: there is room for that many items.
                    unsafe { room.add(number).write(items[bounds.at(number)].get()) };
                }
            }
        })
    }

    /// How many items there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items. Calls of Python code may change the list, so that nothing may be called while they are in use.
    #[inline(always)]
    pub fn items(&self) -> &[Cell<Obj>] {
        // SAFETY: the block holds `len` items at its start.
        unsafe { core::slice::from_raw_parts(self.items.get().as_ptr().cast(), self.len.get()) }
    }

    /// Item number `index`.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Obj> {
        self.items().get(index).map(Cell::get)
    }

    /// Adds an item.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn append(&self, vm: &Vm, item: Obj) -> Res<()> {
        let len = self.len.get();
        if len == self.capacity.get() {
            let capacity = len + len / 2 + MIN;
            // SAFETY: the block has `len` words, and the list alone knows it.
            let (block, capacity) = unsafe { vm.resize_words_or(self.items.get(), len, capacity, len + 1)? };
            self.items.set(block);
            self.capacity.set(capacity);
        }
        self.append_at_once(item);
        Ok(())
    }

    /// Adds an item if there is room for it; else answers false. Calls nothing.
    #[inline(always)]
    pub(crate) fn append_at_once(&self, item: Obj) -> bool {
        let len = self.len.get();
        if len >= self.capacity.get() {
            return false;
        }
        // SAFETY: the block has `capacity` words.
        unsafe { self.items.get().add(len).write(Some(item)) };
        self.len.set(len + 1);
        true
    }

    /// A list of the same items.
    fn copied(&self, vm: &Vm) -> Res<Gc<List>> {
        List::selected(vm, self.items(), Bounds { start: 0, len: self.len(), step: 1 })
    }

    /// A list of `len` times `None`, to be filled.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn filled(vm: &Vm, len: usize) -> Res<Gc<List>> {
        List::build(vm, len, |room| {
            for index in 0..len {
                // SAFETY: there is room for that many items.
                unsafe { room.add(index).write(Obj::NONE) };
            }
        })
    }

    /// Replaces `old` items from number `at` on by `new` times `None`.
    ///
    /// # Errors
    /// `MemoryError`; the list is as before.
    pub fn splice(&self, vm: &Vm, at: usize, old: usize, new: usize) -> Res<()> {
        let len = self.len.get();
        let new_len = (len - old).saturating_add(new);
        if new_len > self.capacity.get() {
            let capacity = new_len.saturating_add(MIN);
            // SAFETY: the block has `capacity` words, and the list alone knows it.
            let (block, capacity) =
                unsafe { vm.resize_words_or(self.items.get(), self.capacity.get(), capacity, new_len)? };
            self.items.set(block);
            self.capacity.set(capacity);
        }
        vm.spend_work_on_bytes((len - at) * size_of::<Obj>());
        let block = self.items.get();
        // SAFETY: the block has room for the longer of the two lengths, and what lies behind the items in use may be anything.
        unsafe {
            block.add(at + old).copy_to(block.add(at + new), len - at - old);
            for index in at..at + new {
                block.add(index).write(Some(Obj::NONE));
            }
            for index in new_len..len {
                block.add(index).write(None);
            }
        }
        self.len.set(new_len);
        Ok(())
    }

    /// Removes item number `at`, which there is.
    pub fn remove_at(&self, vm: &Vm, at: usize) -> Obj {
        let item = self.get(at).unwrap_or(Obj::NONE);
        let last = self.len.get() - 1;
        vm.spend_work_on_bytes((last - at) * size_of::<Obj>());
        let block = self.items.get();
        // SAFETY: the block holds the items, `last` of them after this.
        unsafe {
            block.add(at + 1).copy_to(block.add(at), last - at);
            block.add(last).write(None);
        }
        self.len.set(last);
        let capacity = self.capacity.get();
        if capacity > 16 && last < capacity / 4 {
            // SAFETY: the block has `capacity` words, and the list alone knows it.
            if let Ok(block) = unsafe { vm.resize_words(self.items.get(), capacity, capacity / 2) } {
                self.items.set(block);
                self.capacity.set(capacity / 2);
            }
        }
        item
    }

    /// Adds the items of an iterable.
    ///
    /// # Errors
    /// What iterating raises; items up to there are added.
    pub fn extend(&self, vm: &Vm, iterable: Obj) -> Res<()> {
        let Some(items) = vm.as_iterated(iterable) else {
            let iterator = vm.each(iterable)?;
            while let Some(item) = iterator.next(vm)? {
                self.append(vm, item)?;
            }
            return Ok(());
        };
        let at = self.len();
        self.splice(vm, at, 0, items.len())?;
        items.copy_to(&self.items()[at..]);
        Ok(())
    }

    /// Turns the order of the items around.
    pub fn reverse(&self) {
        let items = self.items();
        for index in 0..items.len() / 2 {
            items[index].swap(&items[items.len() - 1 - index]);
        }
    }
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<List>> {
    vm.this(object)
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    match args.pos() {
        [] => Ok(List::new(vm, &[])?.obj()),
        [iterable, ..] => Ok(vm.to_list(*iterable)?.obj()),
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let list = of(vm, object)?;
    vm.print_items(out, style, (b"[", b"]"), |index| list.get(index))
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let list = of(vm, object)?;
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(!list.is_empty())),
        UnaryOp::Len => Some(Obj::small_int_wrapping(list.len() as isize)),
        UnaryOp::Sizeof => {
            Some(Obj::small_int_wrapping((size_of::<List>() + list.capacity.get() * size_of::<Slot>()) as isize))
        }
        _ => None,
    })
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let list = of(vm, left)?;
    match op {
        BinaryOp::InplaceAdd => {
            list.extend(vm, right)?;
            return Ok(Some(left));
        }
        BinaryOp::Multiply | BinaryOp::InplaceMultiply => {
            let Some(count) = vm.try_int(right)? else { return Ok(None) };
            let count = usize::try_from(vm.int(count)?).unwrap_or(0);
            if op == BinaryOp::InplaceMultiply {
                let len = list.len();
                list.splice(vm, 0, if count == 0 { len } else { 0 }, 0)?;
                list.splice(vm, list.len(), 0, len.saturating_mul(count.saturating_sub(1)))?;
                for index in len..list.len() {
                    list.items()[index].set(list.items()[index - len].get());
                }
                return Ok(Some(left));
            }
            let result = List::filled(vm, list.len().saturating_mul(count))?;
            for (to, from) in result.items().iter().zip(list.items().iter().cycle()) {
                to.set(from.get());
            }
            return Ok(Some(result.obj()));
        }
        _ => {}
    }
    let other = match right.downcast::<List>().or_else(|| vm.native_base(right)?.downcast::<List>()) {
        Some(other) => other,
        None => return Ok((op == BinaryOp::Equal).then_some(Obj::FALSE)),
    };
    if op == BinaryOp::Add {
        let result = List::filled(vm, list.len() + other.len())?;
        for (to, from) in result.items().iter().zip(list.items().iter().chain(other.items())) {
            to.set(from.get());
        }
        return Ok(Some(result.obj()));
    }
    if op == BinaryOp::Equal && list.len() != other.len() {
        return Ok(Some(Obj::FALSE));
    }
    if !is_comparison(op) {
        return Ok(None);
    }
    vm.compare_items(op, |index| list.get(index), |index| other.get(index)).map(Some)
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let list = of(vm, object)?;
    if let Some(slice) = index.downcast::<Slice>() {
        return subscr_slice(vm, list, slice, request).map(Some);
    }
    let at = vm.index(&TYPE, || list.len(), index)?;
    Ok(match request {
        Subscr::Load => list.get(at),
        Subscr::Store(value) => {
            list.items()[at].set(value);
            Some(Obj::NONE)
        }
        Subscr::Delete => Some(list.remove_at(vm, at)),
    })
}

fn subscr_slice(vm: &Vm, list: Gc<List>, slice: Gc<Slice>, request: Subscr) -> Res {
    let bounds = slice.indices(vm, || list.len())?;
    let values = match request {
        Subscr::Load => return Ok(List::selected(vm, list.items(), bounds)?.obj()),
        Subscr::Delete => None,
        Subscr::Store(value) => Some(match vm.as_iterated(value) {
            Some(Items::List(values)) if values == list => Items::List(values.copied(vm)?),
            Some(items) => items,
            None => Items::List(vm.to_list(value)?),
        }),
    };
    if bounds.step != 1 {
        return Err(vm.error_with(&super::exception::NOT_IMPLEMENTED_ERROR, &[]));
    }
    // Iterating may have changed the list.
    let start = bounds.start.min(list.len());
    let old = bounds.len.min(list.len() - start);
    list.splice(vm, start, old, values.map_or(0, Items::len))?;
    if let Some(values) = values {
        values.copy_to(&list.items()[start..]);
    }
    Ok(Obj::NONE)
}

fn next(_: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let at = iter.at.get();
    let item = iter.source.downcast::<List>().and_then(|list| list.get(at));
    if item.is_some() {
        iter.at.set(at + 1);
    }
    Ok(item)
}

fn append(vm: &Vm, object: Obj, item: Obj) -> Res {
    of(vm, object)?.append(vm, item)?;
    Ok(Obj::NONE)
}

fn clear(vm: &Vm, object: Obj) -> Res {
    let list = of(vm, object)?;
    let block = vm.alloc_words(MIN)?;
    list.len.set(0);
    list.items.set(block);
    list.capacity.set(MIN);
    Ok(Obj::NONE)
}

fn copy(vm: &Vm, object: Obj) -> Res {
    let list = of(vm, object)?;
    Ok(list.copied(vm)?.obj())
}

fn count(vm: &Vm, object: Obj, item: Obj) -> Res {
    let list = of(vm, object)?;
    sequence::count(vm, |index| list.get(index), item)
}

fn extend(vm: &Vm, object: Obj, iterable: Obj) -> Res {
    of(vm, object)?.extend(vm, iterable)?;
    Ok(Obj::NONE)
}

fn index(vm: &Vm, args: &[Obj]) -> Res {
    let list = of(vm, args[0])?;
    sequence::index(vm, &TYPE, list.len(), |index| list.get(index), args)
}

fn insert(vm: &Vm, object: Obj, index: Obj, item: Obj) -> Res {
    let list = of(vm, object)?;
    // What gives the index may have changed the list.
    let at = vm.bound(&TYPE, list.len(), index)?.min(list.len());
    list.append(vm, Obj::NONE)?;
    let len = list.len() - 1;
    vm.spend_work_on_bytes((len - at) * size_of::<Obj>());
    let block = list.items.get();
    // SAFETY: the block has room for the items, which are one more now.
    unsafe { block.add(at).copy_to(block.add(at + 1), len - at) };
    list.items()[at].set(item);
    Ok(Obj::NONE)
}

fn pop(vm: &Vm, args: &[Obj]) -> Res {
    let list = of(vm, args[0])?;
    if list.is_empty() {
        return Err(vm.index_error(format_args!("pop from empty list")));
    }
    let at = match args.get(1) {
        Some(&index) => vm.index(&TYPE, || list.len(), index)?,
        None => list.len() - 1,
    };
    Ok(list.remove_at(vm, at))
}

fn remove(vm: &Vm, object: Obj, item: Obj) -> Res {
    let list = of(vm, object)?;
    let at = vm.int(index(vm, &[object, item])?)? as usize;
    if at < list.len() {
        list.remove_at(vm, at);
    }
    Ok(Obj::NONE)
}

fn reverse(vm: &Vm, object: Obj) -> Res {
    let list = of(vm, object)?;
    vm.work_on_bytes(list.len() * size_of::<Obj>())?;
    list.reverse();
    Ok(Obj::NONE)
}

fn sort(vm: &Vm, args: Args<'_>) -> Res {
    let list = of(vm, args.pos()[0])?;
    let (key, reverse) = sort_options(vm, args, 1)?;
    super::sort::sort(vm, list, key, reverse)?;
    Ok(Obj::NONE)
}

/// The keywords of `list.sort()` and `sorted()`, which take `positional` arguments before them.
pub(crate) fn sort_options(vm: &Vm, args: Args<'_>, positional: usize) -> Res<(Option<Obj>, bool)> {
    if args.n_pos() > positional {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    }
    let [key, reverse] = args.behind(args.n_pos()).by_name(vm, [q!("key"), q!("reverse")], 0)?;
    let reverse = match reverse {
        Some(reverse) => vm.truth(reverse)?,
        None => false,
    };
    Ok((key.filter(|key| *key != Obj::NONE), reverse))
}
