//! The types `set` and `frozenset`.

use berus_mpy::opcode::BinaryOp;

use crate::data::instance::NativeBase;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::iterator::Iter;
use crate::model::layout::Map;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Hash, Iterate};
use crate::model::types::{Definition, Member, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception;
use crate::ops::arithmetic::plain;
use crate::ops::convert::wrong_type;
use crate::ops::hash;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, members, q};

/// How many arguments the methods take that MicroPython has for two sets only: any number in Python.
const SOME: u8 = if cfg!(feature = "python") { 1 } else { 2 };
const MORE: u8 = if cfg!(feature = "python") { u8::MAX } else { 2 };

const fn table(name: Qstr, methods: &'static [Member]) -> Definition {
    Type::new(name)
        .flags(flag::EQ_CHECKS_OTHER_TYPE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .contains(contains)
        .items(next)
        .locals(methods)
}

/// The type `set`.
pub static TYPE: Type = define!(table(q!("set"), METHODS));

/// The type `frozenset`.
pub static FROZEN_TYPE: Type = define!(table(q!("frozenset"), FROZEN_METHODS));

members! {
    static METHODS = {
        "add" => f2(add),
        "clear" => f1(clear),
        "copy" => f1(copy),
        "discard" => f2(discard),
        "difference" => var(1, 255, difference),
        "difference_update" => var(1, 255, difference_update),
        "intersection" => var(SOME, MORE, intersection),
        "intersection_update" => var(SOME, MORE, intersection_update),
        "isdisjoint" => f2(isdisjoint),
        "issubset" => f2(issubset),
        "issuperset" => f2(issuperset),
        "pop" => f1(pop),
        "remove" => f2(remove),
        "symmetric_difference" => f2(symmetric_difference),
        "symmetric_difference_update" => f2(symmetric_difference_update),
        "union" => var(SOME, MORE, union),
        "update" => var(1, 255, update),
        "__contains__" => f2(contains_method),
    }
}

members! {
    static FROZEN_METHODS = {
        "copy" => f1(copy),
        "difference" => var(1, 255, difference),
        "intersection" => var(SOME, MORE, intersection),
        "isdisjoint" => f2(isdisjoint),
        "issubset" => f2(issubset),
        "issuperset" => f2(issuperset),
        "symmetric_difference" => f2(symmetric_difference),
        "union" => var(SOME, MORE, union),
        "__contains__" => f2(contains_method),
    }
}

/// A set, frozen or not.
#[repr(C)]
pub struct Set {
    header: Header,
    map: Map,
}

// SAFETY: `Set` is `repr(C)` and starts with a header; only sets have this type. Frozen sets have the other type with
// this layout, of which `as_set` knows.
unsafe impl Object for Set {
    const TYPE: &'static Type = &TYPE;
}

impl Set {
    /// A set of `items`.
    ///
    /// # Errors
    /// What hashing and comparing raise.
    pub fn new(vm: &Vm, items: &[Obj]) -> Res<Gc<Set>> {
        let set = Set::of_type(vm, false)?;
        set.map.reserve(vm, items.len().min(64))?;
        items.iter().try_for_each(|&item| set.add(vm, item))?;
        Ok(set)
    }

    fn of_type(vm: &Vm, frozen: bool) -> Res<Gc<Set>> {
        vm.alloc(Set { header: Header::of(if frozen { &FROZEN_TYPE } else { &TYPE }), map: Map::new() })
    }

    /// A set of the items that an iterable yields.
    ///
    /// # Errors
    /// What iterating, hashing and comparing raise.
    pub fn from_iterable(vm: &Vm, iterable: Obj) -> Res<Gc<Set>> {
        let set = Set::new(vm, &[])?;
        set.extend(vm, iterable)?;
        Ok(set)
    }

    /// Adds `item`.
    ///
    /// # Errors
    /// What hashing and comparing raise.
    pub fn add(&self, vm: &Vm, item: Obj) -> Res<()> {
        self.map.store_new(vm, item, Obj::NONE)
    }

    fn extend(&self, vm: &Vm, iterable: Obj) -> Res<()> {
        let iterator = vm.each(iterable)?;
        while let Some(item) = iterator.next(vm)? {
            self.add(vm, item)?;
        }
        Ok(())
    }

    fn has(&self, vm: &Vm, item: Obj) -> Res<bool> {
        Ok(self.map.find(vm, item)?.is_some())
    }

    fn is_frozen(&self) -> bool {
        self.header.ty() == Gc::from_static(&FROZEN_TYPE)
    }

    /// A copy of the set, of the same type.
    fn copy(&self, vm: &Vm) -> Res<Gc<Set>> {
        let copy = Set::of_type(vm, self.is_frozen())?;
        copy.map.copy_from(vm, &self.map)?;
        Ok(copy)
    }

    /// The first item from entry number `from` on, and the number of the entry behind it.
    fn item_from(&self, vm: &Vm, from: usize) -> Res<Option<(usize, Obj)>> {
        let Some((found, item, _)) = self.map.entry_from(from) else { return Ok(None) };
        vm.work(1 + (found - from) / 8)?;
        Ok(Some((found + 1, item)))
    }

    /// Calls `work` with each item of the set.
    fn each(&self, vm: &Vm, mut work: impl FnMut(Obj) -> Res<()>) -> Res<()> {
        let mut at = 0;
        while let Some((behind, item)) = self.item_from(vm, at)? {
            work(item)?;
            at = behind;
        }
        Ok(())
    }

    fn is_subset(&self, vm: &Vm, other: &Set) -> Res<bool> {
        let mut at = 0;
        while let Some((behind, item)) = self.item_from(vm, at)? {
            if !other.has(vm, item)? {
                return Ok(false);
            }
            at = behind;
        }
        Ok(true)
    }
}

/// The set that `object` is, frozen or not.
fn as_set(object: Obj) -> Option<Gc<Set>> {
    let header = object.as_header()?;
    // SAFETY: a pointer word points to a live object; objects of either type have the layout of a set.
    unsafe {
        let ty = header.as_ref().ty();
        (ty == Gc::from_static(&TYPE) || ty == Gc::from_static(&FROZEN_TYPE)).then(|| Gc::from_ptr(header.cast()))
    }
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Set>> {
    match as_set(object).or_else(|| as_set(vm.native_base(object)?)) {
        Some(set) => Ok(set),
        None => Err(wrong_type(vm)),
    }
}

/// Whether `object` is a set, frozen or not.
pub(crate) fn is_any_set(object: Obj) -> bool {
    as_set(object).is_some()
}

/// A set of the items of `object`: `object` itself, if it is a set.
fn to_set(vm: &Vm, object: Obj) -> Res<Gc<Set>> {
    match as_set(object) {
        Some(set) => Ok(set),
        None => Set::from_iterable(vm, object),
    }
}

fn make_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    let frozen = ty == Gc::from_static(&FROZEN_TYPE);
    let set = Set::of_type(vm, frozen)?;
    if let Some(&iterable) = args.pos().first() {
        set.extend(vm, iterable)?;
    }
    Ok(set.obj())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let set = of(vm, object)?;
    let frozen = set.is_frozen();
    if set.map.is_empty() {
        return out.write(vm, if frozen { b"frozenset()" } else { b"set()" });
    }
    if frozen {
        out.write(vm, b"frozenset(")?;
    }
    let mut separator: &[u8] = b"{";
    set.each(vm, |item| {
        out.write(vm, separator)?;
        separator = b", ";
        vm.print(out, item, Style::Repr)
    })?;
    out.write(vm, if frozen { b"})" } else { b"}" })
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let set = of(vm, object)?;
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(!set.map.is_empty())),
        UnaryOp::Len => Some(Obj::small_int_wrapping(set.map.len() as isize)),
        UnaryOp::Hash if set.is_frozen() => {
            let mut hash = 0usize;
            set.each(vm, |item| {
                // The order of the items does not count.
                hash = hash.wrapping_add(hash::combine(0x5bd1_e995, vm.hash(item)?));
                Ok(())
            })?;
            Some(hash::to_obj(hash))
        }
        UnaryOp::Sizeof => Some(Obj::small_int_wrapping((size_of::<Set>() + set.map.bytes()) as isize)),
        _ => None,
    })
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let set = of(vm, left)?;
    let Some(other) = as_set(right).or_else(|| as_set(vm.native_base(right)?)) else { return Ok(None) };
    let (len, other_len) = (set.map.len(), other.map.len());
    let truth = match op {
        BinaryOp::Equal => len == other_len && set.is_subset(vm, &other)?,
        BinaryOp::LessEqual => set.is_subset(vm, &other)?,
        BinaryOp::Less => len < other_len && set.is_subset(vm, &other)?,
        BinaryOp::MoreEqual => other.is_subset(vm, &set)?,
        BinaryOp::More => other_len < len && other.is_subset(vm, &set)?,
        _ => {
            // An in-place operator changes a set, and makes a new frozen set.
            let target = if op != plain(op) && !set.is_frozen() { set } else { set.copy(vm)? };
            let done = match plain(op) {
                BinaryOp::Or => other.each(vm, |item| target.add(vm, item)),
                BinaryOp::Subtract => subtract(vm, target, other),
                BinaryOp::And => intersect(vm, target, other),
                BinaryOp::Xor => toggle(vm, target, other),
                _ => return Ok(None),
            };
            done?;
            return Ok(Some(target.obj()));
        }
    };
    Ok(Some(Obj::bool(truth)))
}

fn subtract(vm: &Vm, set: Gc<Set>, other: Gc<Set>) -> Res<()> {
    if set == other {
        set.map.clear();
        return Ok(());
    }
    other.each(vm, |item| set.map.remove(vm, item).map(|_| ()))
}

fn intersect(vm: &Vm, set: Gc<Set>, other: Gc<Set>) -> Res<()> {
    // Of items that are equal, those of the smaller set stay.
    if cfg!(feature = "python") && set != other && other.map.len() <= set.map.len() {
        let both = Set::new(vm, &[])?;
        other.each(vm, |item| if set.has(vm, item)? { both.add(vm, item) } else { Ok(()) })?;
        set.map.clear();
        return both.each(vm, |item| set.add(vm, item));
    }
    set.each(vm, |item| {
        if !other.has(vm, item)? {
            set.map.remove(vm, item)?;
        }
        Ok(())
    })
}

fn toggle(vm: &Vm, set: Gc<Set>, other: Gc<Set>) -> Res<()> {
    let other = if set == other { other.copy(vm)? } else { other };
    other.each(vm, |item| match set.map.remove(vm, item)? {
        Some(_) => Ok(()),
        None => set.map.add(vm, item, Obj::NONE),
    })
}

fn contains(vm: &Vm, object: Obj, item: Obj) -> Res<Option<bool>> {
    of(vm, object)?.has(vm, item).map(Some)
}

fn contains_method(vm: &Vm, object: Obj, item: Obj) -> Res {
    of(vm, object)?.has(vm, item).map(Obj::bool)
}

fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let set = of(vm, iter.source)?;
    let next = set.item_from(vm, iter.place(vm, set.map.len(), set.map.entries().len(), "Set")?)?;
    Ok(next.map(|(behind, item)| {
        iter.set_place(behind);
        item
    }))
}

fn add(vm: &Vm, object: Obj, item: Obj) -> Res {
    of(vm, object)?.add(vm, item)?;
    Ok(Obj::NONE)
}

fn clear(vm: &Vm, object: Obj) -> Res {
    of(vm, object)?.map.clear();
    Ok(Obj::NONE)
}

fn copy(vm: &Vm, object: Obj) -> Res {
    Ok(of(vm, object)?.copy(vm)?.obj())
}

fn discard(vm: &Vm, object: Obj, item: Obj) -> Res {
    of(vm, object)?.map.remove(vm, item)?;
    Ok(Obj::NONE)
}

fn remove(vm: &Vm, object: Obj, item: Obj) -> Res {
    match of(vm, object)?.map.remove(vm, item)? {
        Some(_) => Ok(Obj::NONE),
        None => Err(vm.key_error(item)),
    }
}

fn pop(vm: &Vm, object: Obj) -> Res {
    let set = of(vm, object)?;
    match set.item_from(vm, 0)? {
        Some((behind, item)) => {
            set.map.remove_at(behind - 1);
            Ok(item)
        }
        None => Err(vm.error(&exception::KEY_ERROR, format_args!("pop from an empty set"))),
    }
}

fn difference(vm: &Vm, args: &[Obj]) -> Res {
    let set = of(vm, args[0])?.copy(vm)?;
    for &other in &args[1..] {
        subtract(vm, set, to_set(vm, other)?)?;
    }
    Ok(set.obj())
}

fn difference_update(vm: &Vm, args: &[Obj]) -> Res {
    let set = of(vm, args[0])?;
    for &other in &args[1..] {
        subtract(vm, set, to_set(vm, other)?)?;
    }
    Ok(Obj::NONE)
}

fn intersection(vm: &Vm, args: &[Obj]) -> Res {
    let set = of(vm, args[0])?.copy(vm)?;
    for &other in &args[1..] {
        intersect(vm, set, to_set(vm, other)?)?;
    }
    Ok(set.obj())
}

fn intersection_update(vm: &Vm, args: &[Obj]) -> Res {
    let set = of(vm, args[0])?;
    for &other in &args[1..] {
        intersect(vm, set, to_set(vm, other)?)?;
    }
    Ok(Obj::NONE)
}

fn symmetric_difference(vm: &Vm, object: Obj, other: Obj) -> Res {
    let set = of(vm, object)?.copy(vm)?;
    toggle(vm, set, to_set(vm, other)?)?;
    Ok(set.obj())
}

fn symmetric_difference_update(vm: &Vm, object: Obj, other: Obj) -> Res {
    toggle(vm, of(vm, object)?, to_set(vm, other)?)?;
    Ok(Obj::NONE)
}

fn union(vm: &Vm, args: &[Obj]) -> Res {
    let set = of(vm, args[0])?.copy(vm)?;
    for &other in &args[1..] {
        set.extend(vm, other)?;
    }
    Ok(set.obj())
}

fn update(vm: &Vm, args: &[Obj]) -> Res {
    let set = of(vm, args[0])?;
    for &other in &args[1..] {
        set.extend(vm, other)?;
    }
    Ok(Obj::NONE)
}

fn isdisjoint(vm: &Vm, object: Obj, other: Obj) -> Res {
    let set = of(vm, object)?;
    let iterator = vm.each(other)?;
    while let Some(item) = iterator.next(vm)? {
        if set.has(vm, item)? {
            return Ok(Obj::FALSE);
        }
    }
    Ok(Obj::TRUE)
}

fn issubset(vm: &Vm, object: Obj, other: Obj) -> Res {
    let (set, other) = (of(vm, object)?, to_set(vm, other)?);
    set.is_subset(vm, &other).map(Obj::bool)
}

fn issuperset(vm: &Vm, object: Obj, other: Obj) -> Res {
    let (set, other) = (of(vm, object)?, to_set(vm, other)?);
    other.is_subset(vm, &set).map(Obj::bool)
}
