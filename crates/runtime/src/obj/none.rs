//! The types of `None`, `...` and `NotImplemented`.

use crate::model::error::Res;
use crate::model::object::{Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::types::{Type, UnaryOp};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::{define, q};

/// The type of `None`.
pub static TYPE: Type = define!(Type::new(q!("NoneType")).print(print_none).unary_op(none_unary_op));

/// The type of `...`.
pub static ELLIPSIS_TYPE: Type = define!(Type::new(q!("ellipsis")).print(print_ellipsis));

/// The type of `NotImplemented`.
pub static NOT_IMPLEMENTED_TYPE: Type = define!(Type::new(q!("NotImplemented")).print(print_not_implemented));

/// An object that has nothing but its identity.
#[repr(C)]
pub struct Singleton {
    header: Header,
}

// SAFETY: the header of a singleton names a `static` type and is never changed.
unsafe impl Sync for Singleton {}

static THE_ELLIPSIS: Singleton = Singleton { header: Header::of(&ELLIPSIS_TYPE) };
static THE_NOT_IMPLEMENTED: Singleton = Singleton { header: Header::of(&NOT_IMPLEMENTED_TYPE) };

/// The object `...`.
pub const ELLIPSIS: Obj = Obj::from_static(&THE_ELLIPSIS);

/// The object `NotImplemented`, which an operator's method returns if it does not know the other operand.
pub const NOT_IMPLEMENTED: Obj = Obj::from_static(&THE_NOT_IMPLEMENTED);

// SAFETY: `Singleton` is `repr(C)` and starts with a header. Only the ellipsis has this type.
unsafe impl Object for Singleton {
    const TYPE: &'static Type = &ELLIPSIS_TYPE;
}

fn print_none(vm: &Vm, _: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    out.write(vm, if style == Style::Json { b"null" } else { b"None" })
}

fn none_unary_op(_: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    Ok(match op {
        UnaryOp::Bool => Some(Obj::FALSE),
        UnaryOp::Hash => Some(Obj::small_int_wrapping((object.bits() >> 3) as isize)),
        _ => None,
    })
}

fn print_ellipsis(vm: &Vm, _: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    out.write(vm, b"Ellipsis")
}

fn print_not_implemented(vm: &Vm, _: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    out.write(vm, b"NotImplemented")
}
