//! The type `collections.deque`: a ring of items with a greatest length.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Raised, Res};
use crate::model::iterator::Iter;
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::Iterate;
use crate::model::types::{Subscr, Type, UnaryOp};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::exception;
use crate::ops::convert::Convert;
use crate::{define, q};

/// The type `deque`.
pub static TYPE: Type =
    define!(Type::new(q!("deque")).make_new(make_new).unary_op(unary_op).subscr(subscr).items(next).locals(METHODS));

crate::members! {
    static METHODS = {
        "append" => f2(append),
        "appendleft" => f2(appendleft),
        "extend" => f2(extend),
        "pop" => f1(pop),
        "popleft" => f1(popleft),
    }
}

#[repr(C)]
struct Deque {
    header: Header,
    items: NonNull<Slot>,
    /// The greatest length, which is also the number of slots.
    capacity: usize,
    first: Cell<usize>,
    len: Cell<usize>,
    /// Whether adding to a full deque is an error.
    checked: bool,
}

// SAFETY: `Deque` is `repr(C)` and starts with a header; only deques have this type.
unsafe impl Object for Deque {
    const TYPE: &'static Type = &TYPE;
}

impl Deque {
    fn slots(&self) -> &[Cell<Slot>] {
        // SAFETY: the block has `capacity` words, all initialised.
        unsafe { core::slice::from_raw_parts(self.items.as_ptr().cast(), self.capacity) }
    }

    /// The slot of item number `index`.
    fn slot(&self, index: usize) -> Option<&Cell<Slot>> {
        let at = self.first.get() + index;
        self.slots().get(if at >= self.capacity { at - self.capacity } else { at })
    }

    fn get(&self, index: usize) -> Slot {
        if index < self.len.get() { self.slot(index)?.get() } else { None }
    }

    fn is_full(&self) -> bool {
        self.len.get() == self.capacity
    }

    fn push_back(&self, vm: &Vm, item: Obj) -> Res<()> {
        if self.is_full() {
            if self.checked {
                return Err(full(vm));
            }
            self.pop_front();
        }
        if let Some(slot) = self.slot(self.len.get()) {
            slot.set(Some(item));
            self.len.set(self.len.get() + 1);
        }
        Ok(())
    }

    fn push_front(&self, vm: &Vm, item: Obj) -> Res<()> {
        if self.is_full() {
            if self.checked {
                return Err(full(vm));
            }
            self.pop_back();
        }
        if self.capacity > 0 {
            let first = self.first.get();
            self.first.set(if first == 0 { self.capacity - 1 } else { first - 1 });
            self.len.set(self.len.get() + 1);
            self.slots()[self.first.get()].set(Some(item));
        }
        Ok(())
    }

    fn pop_front(&self) -> Slot {
        let item = self.get(0)?;
        self.slots()[self.first.get()].set(None);
        self.first.set((self.first.get() + 1) % self.capacity);
        self.len.set(self.len.get() - 1);
        Some(item)
    }

    fn pop_back(&self) -> Slot {
        let last = self.len.get().checked_sub(1)?;
        let item = self.slot(last)?.take();
        self.len.set(last);
        item
    }

    fn extend(&self, vm: &Vm, iterable: Obj) -> Res<()> {
        let iterator = vm.each(iterable)?;
        while let Some(item) = iterator.next(vm)? {
            self.push_back(vm, item)?;
        }
        Ok(())
    }
}

#[cold]
fn full(vm: &Vm) -> Raised {
    vm.index_error(format_args!("full"))
}

#[cold]
fn empty(vm: &Vm) -> Raised {
    vm.index_error(format_args!("empty"))
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 3, false)?;
    let Ok(capacity) = usize::try_from(vm.int(args.pos()[1])?) else {
        return Err(vm.error_with(&exception::VALUE_ERROR, &[]));
    };
    let checked = match args.pos().get(2) {
        Some(&flags) => vm.int(flags)? & 1 != 0,
        None => false,
    };
    let items = vm.alloc_words(capacity)?;
    let header = Header::of(&TYPE);
    let deque = vm.alloc(Deque { header, items, capacity, first: Cell::new(0), len: Cell::new(0), checked })?;
    deque.extend(vm, args.pos()[0])?;
    Ok(deque.obj())
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Deque>> {
    vm.this(object)
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let deque = of(vm, object)?;
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(deque.len.get() != 0)),
        UnaryOp::Len => Some(Obj::small_int_wrapping(deque.len.get() as isize)),
        UnaryOp::Sizeof => {
            Some(Obj::small_int_wrapping((size_of::<Deque>() + deque.capacity * size_of::<Slot>()) as isize))
        }
        _ => None,
    })
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let deque = of(vm, object)?;
    if let Subscr::Delete = request {
        return Ok(None);
    }
    let at = vm.index(&TYPE, || deque.len.get(), index)?;
    let Some(slot) = deque.slot(at) else { return Ok(None) };
    if let Subscr::Store(value) = request {
        slot.set(Some(value));
    }
    Ok(Some(slot.get().unwrap_or(Obj::NONE)))
}

fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let item = of(vm, iter.source)?.get(iter.at.get());
    iter.advance();
    Ok(item)
}

fn append(vm: &Vm, object: Obj, item: Obj) -> Res {
    of(vm, object)?.push_back(vm, item)?;
    Ok(Obj::NONE)
}

fn appendleft(vm: &Vm, object: Obj, item: Obj) -> Res {
    of(vm, object)?.push_front(vm, item)?;
    Ok(Obj::NONE)
}

fn extend(vm: &Vm, object: Obj, iterable: Obj) -> Res {
    of(vm, object)?.extend(vm, iterable)?;
    Ok(Obj::NONE)
}

fn pop(vm: &Vm, object: Obj) -> Res {
    of(vm, object)?.pop_back().ok_or_else(|| empty(vm))
}

fn popleft(vm: &Vm, object: Obj) -> Res {
    of(vm, object)?.pop_front().ok_or_else(|| empty(vm))
}
