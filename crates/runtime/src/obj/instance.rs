//! Instances of classes that a program defines.
//!
//! The slots of classes look methods up in the class (`__add__`, `__getitem__`, ...). An instance of a class that
//! derives from a built-in type has an object of that type inside, which answers where the class does not define a
//! method.

use berus_mpy::opcode::BinaryOp;

use crate::data::builtin::Wrapped;
use crate::data::class;
use crate::data::exception::Exceptions;
use crate::data::instance::{Instance, NativeBase, WithBase, new};
use crate::model::args::Args;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::{Raise, Res};
use crate::model::layout::Function;
use crate::model::lookups::Found;
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Compare, Ints, Iterate, Strs};
use crate::model::types::{Definition, Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::class_body::complete;
#[cfg(feature = "collections")]
use crate::obj::deque;
use crate::obj::{array, dict, exception, list, none, set, str, typ};
#[cfg(feature = "python")]
use crate::obj::{bytes, int, tuple};
#[cfg(all(feature = "python", feature = "float"))]
use crate::obj::{complex, float};
use crate::ops::arithmetic::{Arithmetic, plain};
use crate::ops::attr::{bind, call_special};
use crate::ops::buffer::Buffers;
use crate::ops::call::Call;
use crate::ops::iterate::{is_iterable, iter_by_subscripts};
use crate::ops::print::Print;
use crate::ops::subscr::Subscripts;
use crate::ops::truth::Truth;
use crate::q;
use crate::qstr::Qstr;

// SAFETY: `Instance` is `repr(C)` and starts with a header; nothing is downcast to it, as its type is a class.
unsafe impl Object for Instance {
    const TYPE: &'static Type = &typ::OBJECT;
}

// SAFETY: `WithBase` is `repr(C)` and starts with a header; nothing is downcast to it, as its type is a class.
unsafe impl Object for WithBase {
    const TYPE: &'static Type = &typ::OBJECT;
}

/// The slots and flags that all classes have in common.
pub(crate) const CLASS: Definition = Type::new(Qstr::EMPTY)
    .layout_flags(flag::HEAP | flag::EQ_CHECKS_OTHER_TYPE | flag::EQ_NOT_REFLEXIVE | flag::EQ_HAS_NE)
    .make_new(instance_new)
    .print(instance_print)
    .call(instance_call)
    .unary_op(instance_unary)
    .binary_op(instance_binary)
    .reverse_op(instance_reverse)
    .subscr(instance_subscr)
    .contains(instance_contains)
    .iter(instance_iter)
    .next(instance_next)
    .buffer(instance_buffer);

/// An instance of `class` and its `__init__`, for the interpreter to call, if making an instance takes no more than
/// that call.
pub(crate) fn begin_simple(vm: &Vm, class: Gc<Type>) -> Res<Option<(Obj, Gc<Function>)>> {
    complete(vm, class)?;
    match simple_init(vm, class) {
        Some(init) => Ok(Some((new(vm, class)?, init))),
        None => Ok(None),
    }
}

/// The `__init__` of `class`, which is complete, if making an instance takes no more than calling that.
pub(crate) fn simple_init(vm: &Vm, class: Gc<Type>) -> Option<Gc<Function>> {
    if !class.has(flag::HEAP) || class.has(flag::SUBCLASSED) || class::find(vm, class, q!("__new__")).is_some() {
        return None;
    }
    class::find(vm, class, q!("__init__"))?.value.downcast::<Function>()
}

/// The Python function that a call of `object` calls with `object` as its `self`.
pub(crate) fn call_function(vm: &Vm, object: Obj) -> Res<Option<Gc<Function>>> {
    let found = class::find(vm, vm.type_of(object), q!("__call__"));
    Ok(found.and_then(|found| found.value.downcast::<Function>()))
}

fn instance_new(vm: &Vm, class: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_depth()?;
    complete(vm, class)?;
    let object = match class::find(vm, class, q!("__new__")) {
        Some(Found { value, .. }) => {
            let function = Wrapped::static_function(value).unwrap_or(value);
            let object = vm.call_prefixed(function, class.obj(), args)?;
            if vm.type_of(object) != class {
                return Ok(object);
            }
            object
        }
        None => new(vm, class)?,
    };
    let init = class::find(vm, class, q!("__init__")).filter(|found| !found.native);
    if let Some(found) = init {
        #[cfg(feature = "python")]
        make_base_early(vm, object, args)?;
        let init = bind(vm, found, object, class)?;
        let result = vm.call_parts(init, args)?;
        if result != Obj::NONE {
            let name = vm.type_name(result);
            return Err(vm.type_error(format_args!("__init__() should return None, not '{name}'")));
        }
    }
    if let Some(instance) = Instance::of(object)
        && instance.class().has(flag::SUBCLASSED)
        && (instance.base().is_none() || init.is_none() && is_filled_by_init(vm, instance, args))
    {
        init_base(vm, instance, args)?;
    }
    Ok(object)
}

/// Makes the object of a built-in type inside an instance before the instance's `__init__` runs, so that `__init__` can
/// use it: an empty container, an exception with the arguments of the call, a number or string of these arguments. As
/// `super().__init__()` may be called with others, arguments that do not suit the type are no error yet.
#[cfg(feature = "python")]
fn make_base_early(vm: &Vm, object: Obj, args: Args<'_>) -> Res<()> {
    let Some(instance) = Instance::of(object) else { return Ok(()) };
    let class = instance.class();
    if !class.has(flag::SUBCLASSED) || instance.base().is_some() {
        return Ok(());
    }
    let Some(ty) = class::native_base_type(vm, class) else { return Ok(()) };
    let native = Gc::from_static(ty);
    if let Some(args) = arguments_of_new(native, args) {
        return init_base(vm, instance, args);
    }
    if is_made_of_arguments(native) {
        init_base(vm, instance, args).or_else(|raised| vm.dismiss(raised))?;
    }
    Ok(())
}

/// With which of the arguments `args` of a call an object of a built-in type is made that an `__init__` fills
/// afterwards: none for an empty container, those by position for an exception. `None` for other types.
#[cfg(feature = "python")]
pub(crate) fn arguments_of_new<'a>(ty: Gc<Type>, args: Args<'a>) -> Option<Args<'a>> {
    const CONTAINERS: [&Type; 5] = [&list::TYPE, &dict::TYPE, &dict::ORDERED_TYPE, &set::TYPE, &array::BYTEARRAY];
    if CONTAINERS.into_iter().any(|known| ty == Gc::from_static(known)) {
        return Some(Args::NONE);
    }
    ty.has(flag::EXCEPTION).then(|| Args::positional(args.pos()))
}

/// Makes the object of a built-in type inside an instance that `__new__` has made, with the further arguments of
/// `__new__`, as Python does: see [`arguments_of_new`]; objects that cannot change are made of these arguments.
#[cfg(feature = "python")]
pub(crate) fn make_base_of_new(vm: &Vm, object: Obj, args: Args<'_>) -> Res<()> {
    let Some(instance) = Instance::of(object).filter(|instance| instance.class().has(flag::SUBCLASSED)) else {
        return Ok(());
    };
    let Some(ty) = class::native_base_type(vm, instance.class()) else { return Ok(()) };
    match arguments_of_new(Gc::from_static(ty), args) {
        Some(args) => init_base(vm, instance, args),
        None if is_constant(vm, ty) => init_base(vm, instance, args),
        None => Ok(()),
    }
}

/// Whether objects of a built-in type never change, so that `__new__` makes them complete.
#[cfg(feature = "python")]
fn is_constant(vm: &Vm, ty: &'static Type) -> bool {
    const CONSTANTS: &[&Type] = &[
        &int::TYPE,
        &str::TYPE,
        &bytes::TYPE,
        &tuple::TYPE,
        &set::FROZEN_TYPE,
        #[cfg(feature = "float")]
        &float::TYPE,
        #[cfg(feature = "float")]
        &complex::TYPE,
    ];
    CONSTANTS.iter().any(|known| vm.is_subtype(Gc::from_static(ty), known))
}

/// Whether the `__init__` of the built-in type inside an instance, which `__new__` has made already, fills it with the
/// arguments of the call of the class.
fn is_filled_by_init(vm: &Vm, instance: &Instance, args: Args<'_>) -> bool {
    #[cfg(feature = "python")]
    return !args.words().is_empty()
        && class::native_base_type(vm, instance.class())
            .is_some_and(|ty| arguments_of_new(Gc::from_static(ty), args).is_some());
    #[cfg(not(feature = "python"))]
    {
        let _ = (vm, instance, args);
        false
    }
}

/// Whether objects of a type, which never change, are made of the arguments of a call of their class.
#[cfg(feature = "python")]
fn is_made_of_arguments(ty: Gc<Type>) -> bool {
    [&int::TYPE, &str::TYPE].into_iter().any(|known| ty == Gc::from_static(known))
}

/// Whether the object of a built-in type inside an instance is there, and stays as it is.
pub(crate) fn is_made_at_once(vm: &Vm, instance: &Instance) -> bool {
    #[cfg(feature = "python")]
    return instance.base().is_some()
        && class::native_base_type(vm, instance.class()).is_some_and(|ty| {
            let makes = class::find(vm, instance.class(), q!("__new__")).is_some();
            is_made_of_arguments(Gc::from_static(ty)) || makes && is_constant(vm, ty)
        });
    #[cfg(not(feature = "python"))]
    {
        let _ = (vm, instance);
        false
    }
}

/// Makes the object of a built-in type inside an instance.
pub(crate) fn init_base(vm: &Vm, instance: &Instance, args: Args<'_>) -> Res<()> {
    let Some(ty) = class::native_base_type(vm, instance.class()) else { return Ok(()) };
    let Some(make_new) = ty.slots.make_new() else { return Ok(()) };
    instance.set_base(make_new(vm, Gc::from_static(ty), args)?);
    Ok(())
}

fn instance_print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let base = vm.native_base(object);
    if style == Style::Exception
        && let Some(base) = base
    {
        out.write(vm, vm.type_of(object).name().spelling(vm))?;
        let text = match call_special(vm, object, q!("__str__"), &[])? {
            Some(text) => vm.text(text, Style::Str)?,
            None => vm.text(base, Style::Str)?,
        };
        out.write(vm, b": ")?;
        return out.write(vm, text.bytes());
    }
    let text = match style {
        Style::Repr | Style::Json => call_special(vm, object, q!("__repr__"), &[])?,
        _ => match call_special(vm, object, q!("__str__"), &[])? {
            None if base.is_none_or(|base| !has_own_str(vm, base)) => call_special(vm, object, q!("__repr__"), &[])?,
            text => text,
        },
    };
    if let Some(text) = text {
        if cfg!(feature = "python") && vm.as_str(text).is_none() && !vm.is_instance(text, &str::TYPE) {
            let (method, name) = (if style == Style::Str { "__str__" } else { "__repr__" }, vm.type_name(text));
            return Err(vm.type_error(format_args!("{method} returned non-string (type {name})")));
        }
        return vm.print(out, text, Style::Str);
    }
    match base {
        Some(base) if vm.is_exception(base) && style == Style::Repr => {
            out.write(vm, vm.type_of(object).name().spelling(vm))?;
            let text = vm.text(base, Style::Repr)?;
            let text = text.bytes();
            let arguments = text.iter().position(|byte| *byte == b'(').unwrap_or(0);
            out.write(vm, &text[arguments..])
        }
        Some(base) => vm.print(out, base, style),
        None => {
            let name = vm.type_name(object);
            vm.print_fmt(out, format_args!("<{name} object at {:x}>", object.bits()))
        }
    }
}

/// Whether the built-in type of `base` has a text that differs from its representation.
fn has_own_str(vm: &Vm, base: Obj) -> bool {
    vm.as_str(base).is_some()
        || vm.is_exception(base)
        || vm.try_buffer(base, Access::Read).is_ok_and(|buffer| buffer.is_some())
}

fn instance_call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    let class = vm.type_of(object);
    match class::find(vm, class, q!("__call__")) {
        Some(found) if !found.native => {
            let method = bind(vm, found, object, class)?;
            vm.call_parts(method, args)
        }
        _ => match vm.native_base(object) {
            Some(base) if vm.type_of(base).slots.call().is_some() => vm.call_with(base, args),
            _ => {
                let name = vm.type_name(object);
                Err(vm.type_error(format_args!("'{name}' object isn't callable")))
            }
        },
    }
}

fn instance_unary(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let name = match op {
        UnaryOp::Positive => q!("__pos__"),
        UnaryOp::Negative => q!("__neg__"),
        UnaryOp::Invert => q!("__invert__"),
        UnaryOp::Bool => q!("__bool__"),
        UnaryOp::Len => q!("__len__"),
        UnaryOp::Hash => q!("__hash__"),
        UnaryOp::Abs => q!("__abs__"),
        UnaryOp::Int => q!("__int__"),
        UnaryOp::Float => q!("__float__"),
        UnaryOp::Complex => q!("__complex__"),
        UnaryOp::Sizeof => q!("__sizeof__"),
        UnaryOp::Not => return Ok(None),
    };
    let answer = match call_special(vm, object, name, &[])? {
        #[cfg(feature = "python")]
        None if op == UnaryOp::Int => call_special(vm, object, q!("__index__"), &[])?,
        answer => answer,
    };
    let answer = match answer {
        Some(answer) => answer,
        None => {
            let equality = class::find(vm, vm.type_of(object), q!("__eq__"));
            // A class that defines equality must also define the hash.
            if op == UnaryOp::Hash && equality.is_some_and(|found| !found.native) {
                return Ok(None);
            }
            if let Some(base) = vm.native_base(object) {
                // The truth of an object with a length goes by the length that the class gives.
                if op == UnaryOp::Bool
                    && class::find(vm, vm.type_of(object), q!("__len__")).is_some_and(|found| !found.native)
                    && vm.try_len(base)?.is_some()
                {
                    return Ok(None);
                }
                if let UnaryOp::Positive | UnaryOp::Negative | UnaryOp::Invert | UnaryOp::Abs = op {
                    return vm.unary_op(op, base).map(Some);
                }
                if let Some(unary_op) = vm.type_of(base).slots.unary_op() {
                    return unary_op(vm, op, base);
                }
            }
            return Ok(match op {
                UnaryOp::Hash => Some(Obj::small_int_wrapping((object.bits() >> 4) as isize)),
                _ => None,
            });
        }
    };
    match op {
        // The low bits of any int.
        UnaryOp::Hash => Ok(Some(Obj::small_int_wrapping(vm.int_truncated(answer)? as isize))),
        UnaryOp::Int if !vm.is_int(answer) => Err(vm.error_with(&exception::TYPE_ERROR, &[])),
        UnaryOp::Bool if answer != Obj::TRUE && answer != Obj::FALSE => Ok(Some(Obj::bool(vm.truth(answer)?))),
        _ => Ok(Some(answer)),
    }
}

macro_rules! operator_names {
    ($($op:ident $name:literal $(reflected $reflected:literal)?,)*) => {
        /// The name of the left operand's method for a binary operation.
        #[cfg_attr(feature = "small", inline(never))]
        pub(crate) fn method_name(op: BinaryOp) -> Option<Qstr> {
            match op { $(BinaryOp::$op => Some(q!($name)),)* _ => None }
        }

        /// The name of the right operand's method for a binary operation.
        fn reflected_name(op: BinaryOp) -> Option<Qstr> {
            match op { $($(BinaryOp::$op => Some(q!($reflected)),)?)* _ => method_name(op) }
        }
    };
}

operator_names! {
    Less "__lt__",
    More "__gt__",
    Equal "__eq__",
    LessEqual "__le__",
    MoreEqual "__ge__",
    NotEqual "__ne__",
    InplaceOr "__ior__",
    InplaceXor "__ixor__",
    InplaceAnd "__iand__",
    InplaceLshift "__ilshift__",
    InplaceRshift "__irshift__",
    InplaceAdd "__iadd__",
    InplaceSubtract "__isub__",
    InplaceMultiply "__imul__",
    InplaceMatMultiply "__imatmul__",
    InplaceFloorDivide "__ifloordiv__",
    InplaceTrueDivide "__itruediv__",
    InplaceModulo "__imod__",
    InplacePower "__ipow__",
    Or "__or__" reflected "__ror__",
    Xor "__xor__" reflected "__rxor__",
    And "__and__" reflected "__rand__",
    Lshift "__lshift__" reflected "__rlshift__",
    Rshift "__rshift__" reflected "__rrshift__",
    Add "__add__" reflected "__radd__",
    Subtract "__sub__" reflected "__rsub__",
    Multiply "__mul__" reflected "__rmul__",
    MatMultiply "__matmul__" reflected "__rmatmul__",
    FloorDivide "__floordiv__" reflected "__rfloordiv__",
    TrueDivide "__truediv__" reflected "__rtruediv__",
    Modulo "__mod__" reflected "__rmod__",
    Power "__pow__" reflected "__rpow__",
}

fn instance_binary(vm: &Vm, op: BinaryOp, object: Obj, other: Obj) -> Res<Option<Obj>> {
    if let Some(name) = method_name(op)
        && let Some(value) = call_special(vm, object, name, &[other])?
    {
        if value != none::NOT_IMPLEMENTED {
            return Ok(Some(value));
        }
        // The class has its own equality, whatever the equality of the built-in type is.
        if let BinaryOp::Equal | BinaryOp::NotEqual = op {
            return Ok(None);
        }
    }
    let Some(base) = vm.native_base(object) else { return Ok(None) };
    let inside = vm.native_base(other).unwrap_or(other);
    let Some(binary_op) = vm.type_of(base).slots.binary_op() else {
        return if op == BinaryOp::Equal { vm.equality(base, inside).map(Some) } else { Ok(None) };
    };
    match op {
        BinaryOp::Equal => vm.equality(base, inside).map(Some),
        // Built-in types that compare have a `!=` of their own, whatever a class makes of `==`.
        BinaryOp::NotEqual => vm.inequality(base, inside).map(Some),
        _ => match binary_op(vm, op, base, inside)? {
            Some(result) if result == base && changes_in_place(vm, base) => Ok(Some(object)),
            // An object that cannot change in place has no in-place operator, so that the plain operator of the class
            // is asked.
            Some(_) if plain(op) != op && overrides(vm, object, plain(op)) => Ok(None),
            result => Ok(result),
        },
    }
}

/// Whether an in-place operator on `object`, of a built-in type, answers `object` itself.
fn changes_in_place(vm: &Vm, object: Obj) -> bool {
    let ty = vm.type_of(object);
    const ALL: &[&Type] = &[
        &list::TYPE,
        &array::BYTEARRAY,
        #[cfg(feature = "array")]
        &array::ARRAY,
        &set::TYPE,
        &dict::TYPE,
        &dict::ORDERED_TYPE,
        #[cfg(feature = "collections")]
        &deque::TYPE,
    ];
    ALL.iter().any(|known| ty == Gc::from_static(*known))
}

/// Whether the class of `object` has a method for `op` that is not the built-in type's.
fn overrides(vm: &Vm, object: Obj, op: BinaryOp) -> bool {
    let found = method_name(op).and_then(|name| class::find(vm, vm.type_of(object), name));
    found.is_some_and(|found| !found.native)
}

fn instance_reverse(vm: &Vm, op: BinaryOp, object: Obj, other: Obj) -> Res<Option<Obj>> {
    if let Some(name) = reflected_name(op)
        && let Some(value) = call_special(vm, object, name, &[other])?
        && value != none::NOT_IMPLEMENTED
    {
        return Ok(Some(value));
    }
    Ok(None)
}

fn instance_subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let value = match request {
        Subscr::Load => call_special(vm, object, q!("__getitem__"), &[index])?,
        Subscr::Store(value) => call_special(vm, object, q!("__setitem__"), &[index, value])?,
        Subscr::Delete => call_special(vm, object, q!("__delitem__"), &[index])?,
    };
    if value.is_some() {
        return Ok(value);
    }
    match vm.native_base(object) {
        Some(base) => match vm.type_of(base).slots.subscr() {
            Some(subscr) => subscr(vm, base, index, request),
            None => Ok(None),
        },
        None => Ok(None),
    }
}

fn instance_contains(vm: &Vm, object: Obj, item: Obj) -> Res<Option<bool>> {
    if let Some(answer) = call_special(vm, object, q!("__contains__"), &[item])? {
        return vm.truth(answer).map(Some);
    }
    match vm.native_base(object) {
        // Whether sequences contain something does not depend on how the class iterates.
        Some(base) if vm.type_of(base).slots.contains().is_some() || vm.type_of(base).slots.items().is_some() => {
            vm.contains(base, item).map(Some)
        }
        _ => Ok(None),
    }
}

fn instance_iter(vm: &Vm, object: Obj) -> Res {
    if let Some(iterator) = call_special(vm, object, q!("__iter__"), &[])? {
        return Ok(iterator);
    }
    match vm.native_base(object) {
        Some(base) if is_iterable(vm, base) => vm.iter(base),
        _ => iter_by_subscripts(vm, object),
    }
}

fn instance_next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    let class = vm.type_of(object);
    match class::find(vm, class, q!("__next__")) {
        Some(found) if !found.native => {
            let method = bind(vm, found, object, class)?;
            vm.end_at_stop(vm.call_parts(method, Args::NONE))
        }
        _ => match vm.native_base(object) {
            Some(base) => vm.next(base),
            None => {
                let name = vm.type_name(object);
                Err(vm.type_error(format_args!("'{name}' object isn't an iterator")))
            }
        },
    }
}

fn instance_buffer(vm: &Vm, object: Obj, access: Access) -> Res<Option<Buffer>> {
    match vm.native_base(object) {
        Some(base) => vm.try_buffer(base, access),
        None => Ok(None),
    }
}
