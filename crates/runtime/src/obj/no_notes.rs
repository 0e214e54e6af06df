//! Where exceptions have no notes: what the rest of the runtime asks `notes` for.

use core::fmt;

use crate::model::error::{Raised, Res};
use crate::model::printer::Printer;
use crate::model::types::{Attr, AttrResult, Definition};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::qstr::Qstr;

pub(crate) fn annotated(_: &Vm, raised: Raised, _: &[u8], _: fmt::Arguments<'_>) -> Raised {
    raised
}

pub(crate) const fn with_methods(ty: Definition) -> Definition {
    ty
}

pub(crate) fn notes_attr(_: &Vm, _: Obj, _: Qstr, _: Attr) -> AttrResult {
    AttrResult::Missing
}

pub(crate) fn print_notes(_: &Vm, _: &mut dyn Printer, _: Obj) -> Res<()> {
    Ok(())
}
