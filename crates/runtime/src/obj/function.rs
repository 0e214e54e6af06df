//! Functions written in Python, and methods bound to an object.

use crate::data::function::{BoundMethod, PLAIN};
use crate::data::sketch::Sketched;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::code::Code;
use crate::model::error::{Raise, Res};
use crate::model::layout::{Dict, Function};
use crate::model::machine::Machine;
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::Classes;
use crate::model::types::{Attr, AttrResult, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::ops::attr::Attributes;
use crate::ops::call::Call;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, q};

/// The types of functions: as in MicroPython, programs can tell functions that make generators and functions that close
/// over cells by their types.
pub(crate) static TYPES: [Type; 3] = [
    define!(
        Type::new(q!("function"))
            .flags(flag::BINDS_SELF)
            .print(function_print)
            .make_new(function_new)
            .call(function_call)
            .attr(function_attr)
    ),
    define!(Type::new(q!("generator")).flags(flag::BINDS_SELF).call(function_call).attr(function_attr)),
    define!(
        Type::new(q!("closure")).flags(flag::BINDS_SELF).print(function_print).call(function_call).attr(function_attr)
    ),
];

/// The type of bound methods.
pub static BOUND_METHOD_TYPE: Type = define!(
    Type::new(q!("bound_method"))
        .print(bound_print)
        .call(bound_call)
        .attr(bound_attr)
        .unary_op(bound_unary)
        .binary_op(bound_binary)
);

// SAFETY: `Function` is `repr(C)` and starts with a header; only functions have this type.
unsafe impl Object for Function {
    const TYPE: &'static Type = &TYPES[PLAIN];
    const KINDS: &'static [Type] = &TYPES;
}

// SAFETY: `BoundMethod` is `repr(C)` and starts with a header; only bound methods have this type.
unsafe impl Object for BoundMethod {
    const TYPE: &'static Type = &BOUND_METHOD_TYPE;
}

/// `type(f)(code, globals)`: a function that runs code with other global variables.
fn function_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 2, false)?;
    let (Some(code), Some(globals)) = (args.pos()[0].downcast::<Code>(), args.pos()[1].downcast::<Dict>()) else {
        return Err(vm.type_error(format_args!("argument num/types mismatch")));
    };
    if !code.arg_names_are_own() {
        return Err(vm.type_error(format_args!("argument num/types mismatch")));
    }
    let code = code.with_globals(vm, globals)?.without_defaults(vm)?;
    Ok(Function::new(vm, code, &[], None, None)?.obj())
}

fn function_print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(function) = object.downcast::<Function>() else { return Ok(()) };
    let (kind, name) = (vm.type_name(object), vm.name_str(function.code(vm)?.name()));
    vm.print_fmt(out, format_args!("<{kind} {name} at {:#x}>", object.bits()))
}

fn function_call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    vm.call_with(object, args)
}

fn function_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let Some(function) = object.downcast::<Function>() else { return Ok(AttrResult::Missing) };
    #[cfg(feature = "python")]
    if let done @ (AttrResult::Done | AttrResult::Value(_)) =
        crate::obj::function_attr::function_attr(vm, &function, name, request)?
    {
        return Ok(done);
    }
    if !matches!(request, Attr::Load | Attr::LoadMethod) {
        return Ok(AttrResult::Missing);
    }
    Ok(if name == q!("__name__") {
        AttrResult::Value(Obj::qstr(function.code(vm)?.name()))
    } else if name == q!("__globals__") {
        AttrResult::Value(function.context().globals().obj())
    } else if name == q!("__code__") {
        AttrResult::Value(function.code(vm)?.obj())
    } else {
        AttrResult::Missing
    })
}

fn bound_print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(method) = object.downcast::<BoundMethod>() else { return Ok(()) };
    vm.print_fmt(out, format_args!("<bound_method {:x} ", object.bits()))?;
    vm.print(out, method.this, Style::Repr)?;
    out.write(vm, b".")?;
    vm.print(out, method.function, Style::Repr)?;
    out.write(vm, b">")
}

fn bound_call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    vm.call_with(object, args)
}

fn bound_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let Some(method) = object.downcast::<BoundMethod>() else { return Ok(AttrResult::Missing) };
    if matches!(request, Attr::Load | Attr::LoadMethod)
        && let Some(value) = vm.find_attr(method.function, name)?
    {
        return Ok(AttrResult::Value(value));
    }
    #[cfg(feature = "python")]
    if matches!(request, Attr::Load | Attr::LoadMethod) {
        if name == q!("__self__") {
            return Ok(AttrResult::Value(method.this));
        }
        if name == q!("__func__") {
            return Ok(AttrResult::Value(method.function));
        }
    }
    Ok(AttrResult::Missing)
}

fn bound_unary(_: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let Some(method) = object.downcast::<BoundMethod>() else { return Ok(None) };
    let hash = method.this.bits() ^ method.function.bits().rotate_left(5);
    Ok((op == UnaryOp::Hash).then(|| Obj::small_int_wrapping(hash as isize >> 1)))
}

fn bound_binary(_: &Vm, op: berus_mpy::opcode::BinaryOp, a: Obj, b: Obj) -> Res<Option<Obj>> {
    if op != berus_mpy::opcode::BinaryOp::Equal {
        return Ok(None);
    }
    Ok(match (a.downcast::<BoundMethod>(), b.downcast::<BoundMethod>()) {
        (Some(a), Some(b)) => Some(Obj::bool(a.this == b.this && a.function == b.function)),
        _ => None,
    })
}

/// A function of a code object, with a tuple of the defaults of positional arguments, a dict of the defaults of
/// keyword-only arguments, and cells.
///
/// # Errors
/// `TypeError` if the code expects other defaults, and `MemoryError`.
pub(crate) fn function_of(vm: &Vm, code: Obj, defaults: Slot, keyword_defaults: Slot, cells: &[Obj]) -> Res {
    if let Some(code) = code.downcast::<Code>() {
        return Ok(Function::new(vm, code, cells, defaults, keyword_defaults)?.obj());
    }
    match code.downcast::<Sketched>() {
        Some(code) if cells.is_empty() => Ok(Function::sketched(vm, code, defaults, keyword_defaults)?.obj()),
        Some(code) => Ok(Function::new(vm, code.link(vm)?, cells, defaults, keyword_defaults)?.obj()),
        None => vm.machine_function(code, defaults, keyword_defaults, cells),
    }
}
