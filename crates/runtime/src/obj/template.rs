//! Template strings: `Template` and `Interpolation` of `string.templatelib`.

use berus_mpy::opcode::BinaryOp;

use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Res};
use crate::model::iterator::Iter;
use crate::model::layout::{List, Tuple};
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Iterate, Strs};
use crate::model::types::{Attr, AttrResult, Type};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::arithmetic::Arithmetic;
use crate::ops::convert::Convert;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, q};

/// The type `Template`.
pub static TEMPLATE: Type = define!(
    Type::new(q!("Template"))
        .make_new(template_new)
        .print(template_print)
        .binary_op(template_binary_op)
        .attr(template_attr)
        .items(next)
);

/// The type `Interpolation`.
pub static INTERPOLATION: Type = define!(
    Type::new(q!("Interpolation")).make_new(interpolation_new).print(interpolation_print).attr(interpolation_attr)
);

/// A template: strings, and between each two of them an interpolation.
#[repr(C)]
struct Template {
    header: Header,
    strings: Gc<Tuple>,
    interpolations: Gc<Tuple>,
}

// SAFETY: the structure is `repr(C)` and starts with a header; only templates have this type.
unsafe impl Object for Template {
    const TYPE: &'static Type = &TEMPLATE;
}

/// A value in a template: the value, its source text, its conversion and its format specification.
#[repr(C)]
struct Interpolation {
    header: Header,
    parts: [Obj; 4],
}

// SAFETY: the structure is `repr(C)` and starts with a header; only interpolations have this type.
unsafe impl Object for Interpolation {
    const TYPE: &'static Type = &INTERPOLATION;
}

impl Template {
    fn object(vm: &Vm, strings: &List, interpolations: &List) -> Res {
        let (strings, interpolations) = (Tuple::of_list(vm, strings)?, Tuple::of_list(vm, interpolations)?);
        Ok(vm.alloc(Template { header: Header::of(&TEMPLATE), strings, interpolations })?.obj())
    }
}

/// A template from strings and interpolations in any order: adjacent strings become one.
fn template_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, usize::MAX, false)?;
    let (strings, interpolations) = (List::new(vm, &[])?, List::new(vm, &[])?);
    let mut text = Obj::qstr(Qstr::EMPTY);
    for &part in args.pos() {
        if part.downcast::<Interpolation>().is_some() {
            strings.append(vm, text)?;
            interpolations.append(vm, part)?;
            text = Obj::qstr(Qstr::EMPTY);
        } else if vm.as_str(part).is_some() {
            text = vm.binary_op(BinaryOp::Add, text, part)?;
        } else {
            return Err(vm.type_error(format_args!("expected str or Interpolation")));
        }
    }
    strings.append(vm, text)?;
    Template::object(vm, &strings, &interpolations)
}

/// What compiled template strings call, with the strings, then the four parts of each interpolation, or a tuple of all
/// parts.
pub(crate) fn build(vm: &Vm, args: &[Obj]) -> Res {
    let strings = vm.to_list(args[0])?;
    let interpolations = List::new(vm, &[])?;
    let given = match args {
        [_, given] => Some(vm.items(*given)?),
        _ => None,
    };
    let part = |index: usize| match given {
        Some(items) => items.get(index),
        None => args.get(1 + index).copied(),
    };
    let mut at = 0;
    while let (Some(value), Some(source), Some(conversion), Some(format)) =
        (part(at), part(at + 1), part(at + 2), part(at + 3))
    {
        let parts = [value, source, conversion, format];
        interpolations.append(vm, vm.alloc(Interpolation { header: Header::of(&INTERPOLATION), parts })?.obj())?;
        at += 4;
    }
    Template::object(vm, &strings, &interpolations)
}

fn template_print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let template = vm.this::<Template>(object)?;
    out.write(vm, b"Template(strings=")?;
    vm.print(out, template.strings.obj(), Style::Repr)?;
    out.write(vm, b", interpolations=")?;
    vm.print(out, template.interpolations.obj(), Style::Repr)?;
    out.write(vm, b")")
}

fn template_binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let (BinaryOp::Add, Some(right)) = (op, right.downcast::<Template>()) else { return Ok(None) };
    let left = vm.this::<Template>(left)?;
    let strings = vm.to_list(left.strings.obj())?;
    let interpolations = vm.to_list(left.interpolations.obj())?;
    // The last string of the left template and the first string of the right one become one.
    if let (Some((&first, rest)), Some(last)) = (right.strings.items().split_first(), strings.len().checked_sub(1)) {
        let joined = vm.binary_op(BinaryOp::Add, strings.items()[last].get(), first)?;
        strings.items()[last].set(joined);
        rest.iter().try_for_each(|&string| strings.append(vm, string))?;
    }
    interpolations.extend(vm, right.interpolations.obj())?;
    Template::object(vm, &strings, &interpolations).map(Some)
}

fn template_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let (Attr::Load | Attr::LoadMethod) = request else { return Ok(AttrResult::Missing) };
    let template = vm.this::<Template>(object)?;
    if name == q!("strings") {
        return Ok(AttrResult::Value(template.strings.obj()));
    }
    if name == q!("interpolations") {
        return Ok(AttrResult::Value(template.interpolations.obj()));
    }
    if name != q!("values") {
        return Ok(AttrResult::Missing);
    }
    let values = List::new(vm, &[])?;
    for interpolation in template.interpolations.items() {
        if let Some(interpolation) = interpolation.downcast::<Interpolation>() {
            values.append(vm, interpolation.parts[0])?;
        }
    }
    Ok(AttrResult::Value(Tuple::of_list(vm, &values)?.obj()))
}

/// The next item of a template: strings that are not empty, and interpolations, in their order.
fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let template = vm.this::<Template>(iter.source)?;
    loop {
        let at = iter.advance();
        let items = if at.is_multiple_of(2) { template.strings } else { template.interpolations };
        match items.items().get(at / 2) {
            Some(&item) if item != Obj::qstr(Qstr::EMPTY) => return Ok(Some(item)),
            Some(_) => {}
            None => return Ok(None),
        }
    }
}

/// The names of an interpolation's parts.
const PARTS: [Qstr; 4] = [q!("value"), q!("expression"), q!("conversion"), q!("format_spec")];

fn interpolation_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let [value, expression, conversion, format] = args.by_name(vm, PARTS, 1)?;
    let empty = Obj::qstr(Qstr::EMPTY);
    let parts = [
        value.unwrap_or(Obj::NONE),
        expression.unwrap_or(empty),
        conversion.unwrap_or(Obj::NONE),
        format.unwrap_or(empty),
    ];
    Ok(vm.alloc(Interpolation { header: Header::of(&INTERPOLATION), parts })?.obj())
}

fn interpolation_print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let interpolation = vm.this::<Interpolation>(object)?;
    vm.print_items(out, style, (b"Interpolation(", b")"), &|index| interpolation.parts.get(index).copied())
}

fn interpolation_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let (Attr::Load | Attr::LoadMethod) = request else { return Ok(AttrResult::Missing) };
    let interpolation = vm.this::<Interpolation>(object)?;
    let index = PARTS.iter().position(|&part| part == name);
    Ok(index.map_or(AttrResult::Missing, |index| AttrResult::Value(interpolation.parts[index])))
}
