//! Frames as programs see them: what a function given to `sys.settrace` is called with.
//!
//! The frame itself is on the stack of frames and ends with its call; a `FrameObject` stays, with the frame's last
//! position.

use core::cell::Cell;

use crate::model::code::Code;
use crate::model::error::Res;
use crate::model::frame::Frame;
use crate::model::layout::FrameObject;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::Classes;
use crate::model::types::{Attr, AttrResult, Type};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, q};

/// The type `frame`.
pub static TYPE: Type = define!(Type::new(q!("frame")).print(print).attr(attr));

// SAFETY: `FrameObject` is `repr(C)` and starts with a header; only frames have this type.
unsafe impl Object for FrameObject {
    const TYPE: &'static Type = &TYPE;
}

impl FrameObject {
    /// The object of `frame`, which runs `code` and was called from `back`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn new(vm: &Vm, frame: &Frame, code: Gc<Code>, back: Option<Gc<FrameObject>>) -> Res<Gc<FrameObject>> {
        vm.alloc(FrameObject {
            header: Header::of(&TYPE),
            code,
            back: Cell::new(back),
            frame: Cell::new(frame),
            trace: Cell::new(None),
            lasti: Cell::new(0),
            line: Cell::new(0),
            reported: Cell::new(0),
            loop_body: Cell::new(core::ptr::null()),
        })
    }

    /// Notes that the frame is at the instruction that has the byte at `ip`.
    pub(crate) fn set_position(&self, vm: &Vm, ip: *const u8) {
        self.lasti.set(ip.addr().saturating_sub(self.code.start.addr()) as u32);
        self.line.set(self.code.line(vm, ip));
    }

    /// Notes that the frame is at `line`, whatever the instruction.
    pub(crate) fn set_line(&self, line: u32) {
        self.line.set(line);
    }

    /// The line that the frame is at.
    pub(crate) fn line(&self) -> u32 {
        self.line.get()
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(frame) = object.downcast::<FrameObject>() else { return Ok(()) };
    let (file, line, name) = (vm.name_str(frame.code.file()), frame.line(), vm.name_str(frame.code.name()));
    vm.print_fmt(out, format_args!("<frame at {:#x}, file '{file}', line {line}, code {name}>", object.bits()))
}

fn attr(_: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let Some(frame) = object.downcast::<FrameObject>() else { return Ok(AttrResult::Missing) };
    if let Attr::Store(function) = request
        && name == q!("f_trace")
    {
        frame.trace.set((function != Obj::NONE).then_some(function));
        return Ok(AttrResult::Done);
    }
    if !matches!(request, Attr::Load | Attr::LoadMethod) {
        return Ok(AttrResult::Missing);
    }
    Ok(AttrResult::Value(match () {
        () if name == q!("f_back") => frame.back.get().map_or(Obj::NONE, Gc::obj),
        () if name == q!("f_code") => frame.code.obj(),
        () if name == q!("f_globals") => frame.code.context.globals().obj(),
        () if name == q!("f_lasti") => Obj::small_int_wrapping(frame.lasti.get() as isize),
        () if name == q!("f_lineno") => Obj::small_int_wrapping(frame.line() as isize),
        () if name == q!("f_trace") => frame.trace.get().unwrap_or(Obj::NONE),
        () => return Ok(AttrResult::Missing),
    }))
}
