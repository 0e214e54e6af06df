//! Code objects as programs see them: their attributes and their text.

use berus_mpy::bytecode::instructions;
use berus_mpy::lines::{Step, steps};
use berus_mpy::opcode::Operand;

use crate::data::builder::Builder;
use crate::data::bytes::Bytes;
use crate::data::sketch;
use crate::model::builtin::Builtin;
use crate::model::code::Code;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::layout::{List, Tuple};
use crate::model::object::Gc;
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Iterate};
use crate::model::types::{Attr, AttrResult};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::convert::Convert;
use crate::ops::print::Print;
use crate::q;
use crate::qstr::Qstr;

pub(super) fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(code) = object.downcast::<Code>() else { return Ok(()) };
    let (name, file, line) = (vm.name_str(code.name()), vm.name_str(code.file()), code.first_line(vm));
    vm.print_fmt(out, format_args!("<code object {name} at {:#x}, file \"{file}\", line {line}>", object.bits()))
}

pub(super) fn attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let (Attr::Load | Attr::LoadMethod, Some(code)) = (request, object.downcast::<Code>()) else {
        return Ok(AttrResult::Missing);
    };
    Ok(AttrResult::Value(match () {
        () if name == q!("co_code") => Bytes::new(vm, code.instructions())?.obj(),
        () if name == q!("co_consts") => constants(vm, code)?,
        () if name == q!("co_filename") => Obj::qstr(code.file()),
        () if name == q!("co_firstlineno") => Obj::small_int_wrapping(code.first_line(vm) as isize),
        () if name == q!("co_name") => Obj::qstr(code.name()),
        () if name == q!("co_names") => names(vm, code)?,
        () if name == q!("co_lnotab") => line_differences(vm, &code)?.into_bytes(vm)?,
        () if name == q!("co_lines") => return Ok(AttrResult::Method(Obj::from_static(&CO_LINES), object)),
        () => return Ok(AttrResult::Missing),
    }))
}

/// The code objects of the functions inside of `code`, and `None`.
fn constants(vm: &Vm, code: Gc<Code>) -> Res {
    let all = List::new(vm, &[])?;
    for (_, child) in code.definitions() {
        let linked = sketch::linked(vm, child)?;
        all.append(vm, linked.map_or(child, Gc::obj))?;
    }
    all.append(vm, Obj::NONE)?;
    Ok(Tuple::of_list(vm, &all)?.obj())
}

/// The names that the instructions of `code` use, in the order of their first use.
fn names(vm: &Vm, code: Gc<Code>) -> Res {
    let all = List::new(vm, &[])?;
    for instruction in instructions(code.instructions()).flatten() {
        if instruction.op.operand() == Operand::Qstr {
            let name = Obj::qstr(code.qstr(instruction.index() as usize));
            vm.work(all.len())?;
            if !all.items().iter().any(|known| known.get() == name) {
                all.append(vm, name)?;
            }
        }
    }
    Ok(Tuple::of_list(vm, &all)?.obj())
}

/// Instructions that come from one line: where they start and end, and the line.
struct Range {
    start: u32,
    end: u32,
    line: u32,
}

fn ranges(code: &Code) -> impl Iterator<Item = Range> {
    let mut steps = steps(code.line_table()).map(|(step, _)| step);
    let (mut start, mut line) = (0, 1);
    let (mut at, mut next_line) = (0, 1);
    let end = code.instructions().len() as u32;
    core::iter::from_fn(move || {
        for Step { bytes, lines } in steps.by_ref() {
            at += bytes;
            next_line += lines;
            if bytes == 0 {
                line = next_line;
            } else if lines > 0 {
                let range = Range { start, end: at, line };
                (start, line) = (at, next_line);
                return Some(range);
            }
        }
        let last = Range { start, end, line };
        start = end;
        (last.start < end).then_some(last)
    })
}

/// Pairs of bytes, as in CPython's `co_lnotab`: how many bytes to go on in the code, and how many lines to go on there.
fn line_differences(vm: &Vm, code: &Code) -> Res<Builder> {
    let mut out = Builder::new();
    for (before, after) in ranges(code).zip(ranges(code).skip(1)) {
        let (mut bytes, mut lines) = (after.start - before.start, after.line - before.line);
        while bytes > 0 || lines > 0 {
            let step = bytes.min(255);
            // No line counts before all bytes are done.
            let line_step = if step < bytes { 0 } else { lines.min(255) };
            out.extend(vm, &[step as u8, line_step as u8])?;
            (bytes, lines) = (bytes - step, lines - line_step);
        }
    }
    Ok(out)
}

static CO_LINES: Builtin = Builtin::f1(co_lines);

/// `co_lines()`: an iterator over ranges of instructions, each a tuple of start, end and line.
fn co_lines(vm: &Vm, code: Obj) -> Res {
    let code = vm.this::<Code>(code)?;
    let all = List::new(vm, &[])?;
    for Range { start, end, line } in ranges(&code) {
        let range = [start, end, line].map(|number| Obj::small_int_wrapping(number as isize));
        all.append(vm, Tuple::new(vm, &range)?.obj())?;
    }
    vm.iter(all.obj())
}
