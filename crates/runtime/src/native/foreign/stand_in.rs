//! Stand-ins: types of Berus whose slots call those of a C type.

use core::ffi::c_void;
use core::hint::black_box;
use core::ptr;
use core::ptr::NonNull;

use berus_mpy::opcode::BinaryOp;

use crate::data::class;
use crate::model::args::Args;
use crate::model::buffer::{Access, Buffer};
use crate::model::class::Class;
use crate::model::error::{Raise, Res};
use crate::model::layout::Dict;
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::Iterate;
use crate::model::types::{
    Attr, AttrResult, Definition, Parent, Slots, Store, StoredSlots, Subscr, Type, UnaryOp, flag,
};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::native::foreign::layout::{DictOfC, Kind, TypeOfC, flags};
use crate::native::foreign::{SENTINEL, adopt, head, object, streams, type_for_c};
use crate::native::table::{BufferOfC, READ, WRITE};
use crate::native::{border, foreign};
use crate::obj::typ;
use crate::ops::stream;
use crate::ops::truth::Truth;
use crate::qstr::Qstr;

/// A stand-in, and the C type that it stands for.
#[repr(C)]
struct StandIn {
    class: Class,
    original: NonNull<TypeOfC>,
    /// The slots of the stand-in's type, which points to them.
    slots: Store<{ Slots::KINDS }>,
}

// SAFETY: a stand-in is `repr(C)` and starts with a type, which starts with a header.
unsafe impl Object for StandIn {
    const TYPE: &'static Type = &typ::TYPE;
}

/// The C type that `ty` is the stand-in of, if `ty` is a stand-in.
pub(super) fn original(ty: Gc<Type>) -> Option<NonNull<TypeOfC>> {
    let is_one = ty.has(flag::BERUS | flag::FOREIGN) && ty != Gc::from_static(&foreign::TYPE);
    // SAFETY: types with this flag, but for `foreign::TYPE`, are stand-ins.
    is_one.then(|| unsafe { ty.as_ptr().cast::<StandIn>().as_ref() }.original)
}

/// The stand-in of a C type, made now if it has none. Where there is no memory for a stand-in, the answer is a type
/// that can do nothing.
pub(super) fn of(vm: &Vm, ty: NonNull<TypeOfC>) -> Gc<Type> {
    // SAFETY: there is a C type, which is never freed while something is of that type.
    let known = unsafe { ty.as_ref() }.stand_in();
    if original(known) == Some(ty) {
        return known;
    }
    match make(vm, ty) {
        Ok(made) => made,
        Err(raised) => {
            vm.take_exception(raised);
            Gc::from_static(&foreign::TYPE)
        }
    }
}

fn make(vm: &Vm, original: NonNull<TypeOfC>) -> Res<Gc<Type>> {
    // SAFETY: there is a C type at `original`.
    let (name, c_flags) = unsafe { (original.as_ref().name, original.as_ref().flags) };
    // SAFETY: there is a C type at `original`, as above.
    let slot = |kind| unsafe { TypeOfC::slot(original, kind) };
    let parent = match slot(Kind::Parent) {
        // SAFETY: the slot holds an object: a type, or a tuple of types.
        Some(parent) => adopt(vm, Obj::from_header(parent.cast()))?.downcast::<Type>(),
        None => None,
    };
    let named = Type::new(Qstr::from_number(name.into()));
    let Definition { mut ty, mut slots } = named.layout_flags(flag::FOREIGN | flags_of(c_flags));
    if let Some(parent) = parent {
        ty.flags |= parent.flags & flag::EXCEPTION;
        ty.set_parent(Parent::One(parent));
    }
    // Slots that C code has taken from a type of Berus are the slots of the type that the C type derives from.
    let from = |slot: Option<NonNull<c_void>>| slot.map(|slot| head::is_of_berus(slot.as_ptr()));
    macro_rules! take {
        ($($kind:ident $name:ident)*) => {
            $(match (from(slot(Kind::$kind)), parent) {
                (Some(true), Some(parent)) => slots.$name = parent.slots.$name(),
                (Some(_), _) => slots.$name = Some($name),
                (None, _) => {}
            })*
        };
    }
    take!(MakeNew make_new Print print Call call UnaryOp unary_op BinaryOp binary_op Attr attr Subscr subscr Buffer buffer);
    if ty.has(flag::EXCEPTION)
        && let Some(parent) = parent
    {
        slots.unary_op = slots.unary_op.or(parent.slots.unary_op());
        slots.binary_op = slots.binary_op.or(parent.slots.binary_op());
    }
    if slot(Kind::BinaryOp).is_some() {
        slots.reverse_op = Some(reverse_op);
        slots.contains = Some(contains);
    }
    match c_flags & (flags::ITER_IS_NEXT | flags::ITER_IS_CUSTOM) {
        flags::ITER_IS_CUSTOM if slot(Kind::Iter).is_some() => {
            slots.iter = Some(iter_custom);
            slots.next = Some(next_custom);
        }
        flags::ITER_IS_NEXT if slot(Kind::Iter).is_some() => slots.next = Some(next),
        0 if slot(Kind::Iter).is_some() => slots.iter = Some(iter),
        flags if flags == flags::ITER_IS_NEXT | flags::ITER_IS_CUSTOM => slots.next = Some(stream::next),
        _ => {}
    }
    if let Some(protocol) = slot(Kind::Protocol) {
        slots.stream = Some(streams::slots_of(protocol));
    }
    let locals = Dict::new(vm)?;
    if let Some(dict) = slot(Kind::LocalsDict) {
        let dict = Obj::from_header(dict.cast());
        match (DictOfC::constant(dict), dict.downcast::<Dict>()) {
            (Some(constant), _) => constant.copy_to(vm, &locals)?,
            (None, Some(own)) => locals.map.copy_from(vm, &own.map)?,
            (None, None) => {}
        }
    }
    let class = Class::new(ty, locals);
    let made = vm.alloc(StandIn { class, original, slots: Store::new(slots) })?;
    // SAFETY: the object is new, and nobody else refers to it. The slots are reached through the type alone, and stay
    // where they are as long as the type does.
    unsafe { (*made.as_ptr().as_ptr()).class.ty.slots = StoredSlots::of(&(*made.as_ptr().as_ptr()).slots) };
    // SAFETY: a stand-in starts with its type.
    let made: Gc<Type> = unsafe { Gc::from_ptr(made.as_ptr().cast()) };
    // SAFETY: there is a C type at `original`.
    unsafe { original.as_ref() }.set_stand_in(made);
    Ok(made)
}

/// The flags of Berus for the flags of a C type.
fn flags_of(of_c: u16) -> u16 {
    let pairs = [
        (flags::EQ_NOT_REFLEXIVE, flag::EQ_NOT_REFLEXIVE),
        (flags::EQ_CHECKS_OTHER_TYPE, flag::EQ_CHECKS_OTHER_TYPE),
        (flags::EQ_HAS_NE, flag::EQ_HAS_NE),
        (flags::BINDS_SELF, flag::BINDS_SELF),
    ];
    pairs.iter().filter(|(c, _)| of_c & c != 0).fold(0, |all, (_, own)| all | own)
}

/// The nearest type of Berus itself that `ty` is or derives from.
pub(super) fn inherited(ty: Gc<Type>) -> Gc<Type> {
    let mut ty = ty;
    while let (Some(_), Parent::One(parent)) = (original(ty), ty.parent()) {
        ty = parent;
    }
    ty
}

/// Calls the function in the slot `kind` of the C type of `this` with `words`.
fn call_slot(vm: &Vm, this: Obj, kind: Kind, words: [usize; 4]) -> Res<usize> {
    let ty = NonNull::new(type_for_c(vm, this).cast_mut()).map(NonNull::cast::<TypeOfC>);
    // SAFETY: the stand-in has the slot, and so has the type.
    match ty.and_then(|ty| unsafe { TypeOfC::slot(ty, kind) }) {
        // SAFETY: C code made the type. The object is kept, and so is the code.
        Some(code) => unsafe { call_words(vm, this, code.as_ptr(), words) },
        None => Ok(0),
    }
}

/// Calls machine code, and keeps `this` meanwhile.
///
/// # Safety
/// As for [`border::call`]; the memory of the code is kept as long as `this` is.
unsafe fn call_words(vm: &Vm, this: Obj, code: *const c_void, words: [usize; 4]) -> Res<usize> {
    // SAFETY: as the caller says.
    let result = unsafe { border::call(vm, None, code, words) };
    black_box(this);
    result
}

/// The object in a word that C code has returned, if there is one.
fn some_object(vm: &Vm, word: usize) -> Res<Option<Obj>> {
    if word == 0 { Ok(None) } else { object(vm, word).map(Some) }
}

fn words_of(args: Args<'_>) -> [usize; 3] {
    [args.n_pos(), args.n_kw(), args.words().as_ptr().expose_provenance()]
}

fn make_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    let mut of_c = ty;
    while original(of_c).is_none() {
        match class::native_base_type(vm, of_c) {
            Some(base) if Gc::from_static(base) != of_c => of_c = Gc::from_static(base),
            _ => return Err(vm.type_error(format_args!("argument num/types mismatch"))),
        }
    }
    let Some(original) = original(of_c) else { return Ok(Obj::NONE) };
    let [n_pos, n_kw, at] = words_of(args);
    // SAFETY: the stand-in has the slot, and so has the type.
    let Some(code) = (unsafe { TypeOfC::slot(original, Kind::MakeNew) }) else { return Ok(Obj::NONE) };
    let words = [original.as_ptr().expose_provenance(), n_pos, n_kw, at];
    // SAFETY: C code made the type, whose code is kept as long as the stand-in is.
    let made = unsafe { call_words(vm, of_c.obj(), code.as_ptr(), words) }?;
    object(vm, made)
}

fn print(vm: &Vm, this: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let style = match style {
        Style::Str => 0,
        Style::Repr => 1,
        Style::Exception => 2,
        Style::Json => 3,
        Style::Raw => 4,
    };
    streams::print_with(out, |printer| call_slot(vm, this, Kind::Print, [printer, this.bits(), style, 0]))
}

fn call(vm: &Vm, this: Obj, args: Args<'_>) -> Res {
    let [n_pos, n_kw, at] = words_of(args);
    let result = call_slot(vm, this, Kind::Call, [this.bits(), n_pos, n_kw, at])?;
    object(vm, result)
}

fn unary_op(vm: &Vm, op: UnaryOp, this: Obj) -> Res<Option<Obj>> {
    let result = call_slot(vm, this, Kind::UnaryOp, [op as usize, this.bits(), 0, 0])?;
    some_object(vm, result)
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let result = call_slot(vm, left, Kind::BinaryOp, [op as usize, left.bits(), right.bits(), 0])?;
    some_object(vm, result)
}

/// The number of `in` as an operator of the container, and the number of the first operator of the right operand.
const CONTAINS: usize = 36;
const FIRST_REVERSE: usize = 37;

fn reverse_op(vm: &Vm, op: BinaryOp, this: Obj, other: Obj) -> Res<Option<Obj>> {
    let number = match (op as usize).checked_sub(BinaryOp::Or as usize) {
        Some(arithmetic) => arithmetic + FIRST_REVERSE,
        None => op as usize,
    };
    let result = call_slot(vm, this, Kind::BinaryOp, [number, this.bits(), other.bits(), 0])?;
    some_object(vm, result)
}

fn contains(vm: &Vm, this: Obj, item: Obj) -> Res<Option<bool>> {
    let result = call_slot(vm, this, Kind::BinaryOp, [CONTAINS, this.bits(), item.bits(), 0])?;
    match some_object(vm, result)? {
        Some(answer) => vm.truth(answer).map(Some),
        None => Ok(None),
    }
}

fn attr(vm: &Vm, this: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let mut words = match request {
        Attr::Load | Attr::LoadMethod => [0, 0],
        Attr::Store(value) => [SENTINEL, value.bits()],
        Attr::Delete => [SENTINEL, 0],
    };
    let at = (&raw mut words).expose_provenance();
    call_slot(vm, this, Kind::Attr, [this.bits(), name.number() as usize, at, 0])?;
    black_box(&mut words);
    Ok(match (request, words) {
        (Attr::Store(_) | Attr::Delete, [0, _]) => AttrResult::Done,
        (Attr::Store(_) | Attr::Delete, _) | (_, [0, _]) => AttrResult::Missing,
        (_, [value, 0]) => AttrResult::Value(object(vm, value)?),
        (_, [function, this]) => AttrResult::Method(object(vm, function)?, object(vm, this)?),
    })
}

fn subscr(vm: &Vm, this: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let value = match request {
        Subscr::Load => SENTINEL,
        Subscr::Store(value) => value.bits(),
        Subscr::Delete => 0,
    };
    let result = call_slot(vm, this, Kind::Subscr, [this.bits(), index.bits(), value, 0])?;
    some_object(vm, result)
}

/// The address of room for an iterator, which C code may use or not.
fn iterator_buffer(vm: &Vm) -> Res<usize> {
    Ok(vm.alloc_words(4)?.as_ptr().expose_provenance())
}

fn iter(vm: &Vm, this: Obj) -> Res {
    let buffer = iterator_buffer(vm)?;
    let iterator = call_slot(vm, this, Kind::Iter, [this.bits(), buffer, 0, 0])?;
    object(vm, iterator)
}

fn next(vm: &Vm, this: Obj) -> Res<Option<Obj>> {
    let result = call_slot(vm, this, Kind::Iter, [this.bits(), 0, 0, 0]);
    next_item(vm, result)
}

fn next_item(vm: &Vm, result: Res<usize>) -> Res<Option<Obj>> {
    match result {
        Ok(word) => some_object(vm, word),
        Err(raised) => vm.end_at_stop(Err(raised)),
    }
}

/// The two functions of a type whose slot for iteration refers to both.
fn custom(vm: &Vm, this: Obj) -> Option<[*const c_void; 2]> {
    let ty = NonNull::new(type_for_c(vm, this).cast_mut())?.cast::<TypeOfC>();
    // SAFETY: C code made the type, with a slot that leads to two functions.
    unsafe { Some(TypeOfC::slot(ty, Kind::Iter)?.cast().read()) }
}

fn iter_custom(vm: &Vm, this: Obj) -> Res {
    let [get, _] = custom(vm, this).unwrap_or([ptr::null(); 2]);
    if get.is_null() {
        return Ok(this);
    }
    let words = [this.bits(), iterator_buffer(vm)?, 0, 0];
    // SAFETY: C code made the type; the object keeps the code.
    let iterator = unsafe { call_words(vm, this, get, words) }?;
    object(vm, iterator)
}

fn next_custom(vm: &Vm, this: Obj) -> Res<Option<Obj>> {
    let [_, next] = custom(vm, this).unwrap_or([ptr::null(); 2]);
    if next.is_null() {
        return Ok(None);
    }
    // SAFETY: as in `iter_custom`.
    next_item(vm, unsafe { call_words(vm, this, next, [this.bits(), 0, 0, 0]) })
}

fn buffer(vm: &Vm, this: Obj, access: Access) -> Res<Option<Buffer>> {
    let mut buffer = BufferOfC { data: ptr::null_mut(), len: 0, typecode: 0 };
    let at = (&raw mut buffer).expose_provenance();
    let flags = if access == Access::Read { READ } else { WRITE };
    let result = call_slot(vm, this, Kind::Buffer, [this.bits(), at, flags, 0])?;
    black_box(&mut buffer);
    if result != 0 {
        return Ok(None);
    }
    let data = NonNull::new(buffer.data.cast::<u8>()).unwrap_or(NonNull::dangling());
    let typecode = u8::try_from(buffer.typecode).ok().filter(|code| *code > 1).unwrap_or(b'B');
    // SAFETY: C code vouches for the memory.
    Ok(Some(unsafe { Buffer::new(data, buffer.len, typecode) }))
}
