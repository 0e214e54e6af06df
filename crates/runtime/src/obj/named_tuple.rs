//! Named tuples: tuples of a type of their own, whose items have names.

use crate::data::dict::Dicts;
use crate::data::instance::NativeBase;
use crate::data::tuple::Tuples;
use crate::define;
use crate::model::args::Args;
use crate::model::error::{Raise, Raised, Res};
use crate::model::layout::{Dict, List, Tuple};
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Iterate, Strs};
use crate::model::types::{Attr, AttrResult, Type, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::{dict, text_split, tuple, typ};
use crate::ops::call::Call;
use crate::ops::convert::wrong_type;
use crate::ops::print::Print;
use crate::qstr::Qstr;

crate::members! {
    static METHODS = {
        "_asdict" => f1(asdict),
        #[cfg(feature = "python")]
        "_make" => class_method(f2(make)),
        #[cfg(feature = "python")]
        "_replace" => kw(1, replace),
    }
}

/// A named tuple's type.
#[repr(C)]
struct NamedTupleType {
    ty: Type,
    /// The names of the items, interned.
    fields: Gc<Tuple>,
}

// SAFETY: the structure is `repr(C)` and starts with a type, which starts with a header. Nothing is downcast to it.
unsafe impl Object for NamedTupleType {
    const TYPE: &'static Type = &typ::TYPE;
}

/// The names of the items of a named tuple's type.
fn fields(ty: Gc<Type>) -> Gc<Tuple> {
    // SAFETY: `fields` is called only with types that have the slots of this file, and `named_tuple` alone makes such
    // types.
    unsafe { Gc::<NamedTupleType>::from_ptr(ty.as_ptr().cast()) }.fields
}

/// The tuple that `object` is, and its named tuple's type.
fn of(vm: &Vm, object: Obj) -> Res<(Gc<Type>, Gc<Tuple>)> {
    let native = vm.native_base(object).unwrap_or(object);
    match vm.as_tuple(native) {
        Some(tuple) => Ok((vm.type_of(native), tuple)),
        None => Err(wrong_type(vm)),
    }
}

/// `namedtuple(name, fields)`: makes the type of a named tuple.
pub(crate) fn named_tuple(vm: &Vm, args: &[Obj]) -> Res {
    let name = vm.to_name(args[0])?;
    let mut names = args[1];
    if vm.as_str(names).is_some() {
        names = text_split::split(vm, &[names])?;
        let separate = List::new(vm, &[])?;
        for part in vm.to_list(names)?.items() {
            separate.extend(vm, text_split::split(vm, &[part.get(), vm.new_str(b",")?])?)?;
        }
        names = separate.obj();
    }
    let fields = List::new(vm, &[])?;
    let iterator = vm.each(names)?;
    while let Some(field) = iterator.next(vm)? {
        let field = vm.to_name(field)?;
        if field != Qstr::EMPTY {
            fields.append(vm, Obj::qstr(field))?;
        }
    }
    let ty = define!(
        Type::new(Qstr::EMPTY)
            .layout_flags(flag::TUPLE | flag::EQ_CHECKS_OTHER_TYPE)
            .parent(&tuple::TYPE)
            .make_new(make_new)
            .print(print)
            .unary_op(tuple::unary_op)
            .binary_op(tuple::binary_op)
            .subscr(tuple::subscr)
            .items(tuple::next)
            .attr(attr)
            .locals(METHODS)
    )
    .with_name(name);
    let fields = Tuple::of_list(vm, &fields)?;
    Ok(vm.alloc(NamedTupleType { ty, fields })?.obj())
}

fn make_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    let fields = fields(ty);
    let (wanted, given) = (fields.items().len(), args.n_pos() + args.n_kw());
    if given != wanted {
        let name = ty.name().as_str(vm);
        return Err(vm.type_error(format_args!("{name}() takes {wanted} positional arguments but {given} were given")));
    }
    let items = List::new(vm, args.pos())?;
    for &field in &fields.items()[args.n_pos()..] {
        match args.kw().find(|(name, _)| vm.as_str(*name) == vm.as_str(field)) {
            Some((_, value)) => items.append(vm, value)?,
            None => return Err(bad_keyword(vm, fields, args)),
        }
    }
    let items = Tuple::of_list(vm, &items)?;
    Ok(Tuple::of_type(vm, ty, items.items())?.obj())
}

/// Raises `TypeError` for a keyword that is no field, or one whose field has a value already.
#[cold]
fn bad_keyword(vm: &Vm, fields: Gc<Tuple>, args: Args<'_>) -> Raised {
    let text = |name: Obj| core::str::from_utf8(vm.as_str(name).unwrap_or_default()).unwrap_or("?");
    let known = |name: Obj| fields.items().iter().any(|&field| text(field) == text(name));
    match args.kw().find(|(name, _)| !known(*name)) {
        Some((name, _)) => vm.type_error(format_args!("unexpected keyword argument '{}'", text(name))),
        None => {
            let name = args.kw().next().map_or("?", |(name, _)| text(name));
            vm.type_error(format_args!("function got multiple values for argument '{name}'"))
        }
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let (ty, tuple) = of(vm, object)?;
    if style == Style::Json {
        return tuple::print(vm, tuple.obj(), out, style);
    }
    out.write(vm, ty.name().spelling(vm))?;
    let mut separator: &[u8] = b"(";
    for (&field, &item) in fields(ty).items().iter().zip(tuple.items()) {
        out.write(vm, separator)?;
        vm.print(out, field, Style::Str)?;
        out.write(vm, b"=")?;
        vm.print(out, item, Style::Repr)?;
        separator = b", ";
    }
    out.write(vm, if separator == b"(" { b"()" } else { b")" })
}

fn attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let (ty, tuple) = of(vm, object)?;
    let index = fields(ty).items().iter().position(|&field| field == Obj::qstr(name));
    #[cfg(feature = "python")]
    if name == crate::q!("_fields") && matches!(request, Attr::Load | Attr::LoadMethod) {
        return Ok(AttrResult::Value(fields(ty).obj()));
    }
    match (index, request) {
        (Some(index), Attr::Load | Attr::LoadMethod) => Ok(AttrResult::Value(tuple.items()[index])),
        (Some(_), _) => Err(vm.attribute_error(format_args!("can't set attribute"))),
        (None, _) => Ok(AttrResult::Missing),
    }
}

/// `Type._make(iterable)`
#[cfg(feature = "python")]
fn make(vm: &Vm, class: Obj, items: Obj) -> Res {
    let items = Tuple::of_list(vm, &*vm.to_list(items)?)?;
    vm.call(class, items.items())
}

/// `tuple._replace(**fields)`: a tuple of the same type with other items.
#[cfg(feature = "python")]
fn replace(vm: &Vm, args: Args<'_>) -> Res {
    let (ty, tuple) = of(vm, args.pos()[0])?;
    let items = List::new(vm, tuple.items())?;
    for (name, value) in args.kw() {
        let position = fields(ty).items().iter().position(|&field| vm.as_str(field) == vm.as_str(name));
        match position.and_then(|position| items.items().get(position)) {
            Some(item) => item.set(value),
            None => {
                let name = core::str::from_utf8(vm.as_str(name).unwrap_or_default()).unwrap_or("?");
                return Err(vm.value_error(format_args!("Got unexpected field names: ['{name}']")));
            }
        }
    }
    let items = Tuple::of_list(vm, &items)?;
    Ok(Tuple::of_type(vm, ty, items.items())?.obj())
}

/// The names of the items of a type, if it is a named tuple's.
#[cfg(feature = "python")]
pub(crate) fn fields_of(ty: Gc<Type>) -> Option<Gc<Tuple>> {
    core::ptr::eq(ty.slots.members(), METHODS).then(|| fields(ty))
}

fn asdict(vm: &Vm, object: Obj) -> Res {
    let (ty, tuple) = of(vm, object)?;
    let dict = vm.call(Obj::from_static(&dict::ORDERED_TYPE), &[])?;
    let entries: Gc<Dict> = match vm.as_dict(dict) {
        Some(dict) => dict,
        None => return Ok(dict),
    };
    for (&field, &item) in fields(ty).items().iter().zip(tuple.items()) {
        entries.map.store(vm, field, item)?;
    }
    Ok(dict)
}
