//! Tracing: what `sys.settrace` asks for.
//!
//! While a thread is traced, its instructions are run one at a time (`step`), and before each the interpreter finds out
//! whether a frame has been entered, a line begun, or a frame is about to be left. Frames that a program may have been
//! told of are *noted*: from the innermost on, in the order of their calls, each as a [`FrameObject`].

use crate::interpret::op;
use crate::model::error::Res;
use crate::model::frame::Frame;
use crate::model::layout::{FrameObject, Tuple};
use crate::model::object::Gc;
use crate::model::protocols::Classes;
use crate::model::steps::choose_dispatch;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::call::Call;
use crate::q;
use crate::qstr::Qstr;

/// Functions that watch a program run.
pub trait Trace {
    /// Has `function` called when a frame of the running thread is entered, with the frame, the event and `None`. The
    /// answer of `function` is called for events in that frame. `None` ends tracing.
    ///
    /// # Errors
    /// `MemoryError`; then nothing is traced.
    fn set_trace(&self, function: Option<Obj>) -> Res<()>;
}

impl Trace for Vm {
    fn set_trace(&self, function: Option<Obj>) -> Res<()> {
        let tracer = &self.thread.tracer;
        tracer.function.set(None);
        if function.is_none() {
            tracer.noted.set(None);
        } else if tracer.noted.get().is_none() {
            note_frames(self)?;
        }
        tracer.function.set(function);
        choose_dispatch(self);
        Ok(())
    }
}

/// Notes the frames that were there before tracing.
fn note_frames(vm: &Vm) -> Res<()> {
    let mut above: Option<Gc<FrameObject>> = None;
    let mut frame = vm.frame();
    while let Some(code) = frame.code.get() {
        let object = FrameObject::new(vm, frame, code, None)?;
        object.set_position(vm, frame.ip.get().wrapping_sub(1));
        match above {
            Some(above) => above.back.set(Some(object)),
            None => vm.thread.tracer.noted.set(Some(object)),
        }
        above = Some(object);
        // SAFETY: only the bottom frame, which has no code, has no frame below.
        frame = unsafe { &*frame.below.get() };
    }
    Ok(())
}

/// Forgets noted frames above the running one, which have been left.
pub(crate) fn forget_left_frames(vm: &Vm) {
    let noted = &vm.thread.tracer.noted;
    let top = core::ptr::from_ref(vm.frame());
    while let Some(left) = noted.get().filter(|noted| noted.frame.get() > top) {
        left.frame.set(core::ptr::null());
        noted.set(left.back.get());
    }
}

/// Reports the frame, line or return that the next instruction begins, if it begins one.
///
/// # Errors
/// What a tracing function raises.
pub(crate) fn trace_instruction(vm: &Vm) -> Res<()> {
    if vm.heap.lock_depth() > 0 {
        return Ok(());
    }
    let tracer = &vm.thread.tracer;
    forget_left_frames(vm);
    let frame = vm.frame();
    let object = match tracer.noted.get() {
        Some(noted) if core::ptr::eq(noted.frame.get(), frame) => noted,
        back => match trace_entry(vm, frame, back)? {
            Some(object) => object,
            None => return Ok(()),
        },
    };
    object.set_position(vm, frame.ip.get());
    if object.loop_body.get() == frame.ip.get() {
        object.reported.set(0);
    }
    object.loop_body.set(op::loop_body(frame));
    let line = object.line();
    if object.reported.replace(line) != line {
        trace_event(vm, object, q!("line"), Obj::NONE)?;
    }
    if let Some(value) = op::leaves_with(frame) {
        trace_event(vm, object, q!("return"), value)?;
    }
    Ok(())
}

/// Reports that `frame` has been entered, from `back`: the object of `frame`, or `None` if nothing is traced any more.
fn trace_entry(vm: &Vm, frame: &Frame, back: Option<Gc<FrameObject>>) -> Res<Option<Gc<FrameObject>>> {
    let tracer = &vm.thread.tracer;
    let (Some(code), Some(function)) = (frame.code.get(), tracer.function.get()) else { return Ok(None) };
    if let Some(back) = back
        && !back.frame.get().is_null()
    {
        // SAFETY: the objects of frames that have been left are forgotten, or have a null frame.
        back.set_position(vm, unsafe { &*back.frame.get() }.ip.get().wrapping_sub(1));
    }
    let object = FrameObject::new(vm, frame, code, back)?;
    object.set_position(vm, frame.ip.get());
    if frame.ip.get() == code.start {
        object.set_line(code.first_line(vm));
    }
    tracer.noted.set(Some(object));
    let answer = call_tracer(vm, function, object, q!("call"), Obj::NONE)?;
    object.trace.set(vm.is_callable(answer).then_some(answer));
    Ok(tracer.noted.get())
}

/// Calls the tracing function of the frame of `object`, if the frame has one.
fn trace_event(vm: &Vm, object: Gc<FrameObject>, event: Qstr, arg: Obj) -> Res<()> {
    let Some(function) = object.trace.get().filter(|_| vm.thread.tracer.is_on()) else { return Ok(()) };
    let answer = call_tracer(vm, function, object, event, arg)?;
    if vm.is_callable(answer) {
        object.trace.set(Some(answer));
    }
    Ok(())
}

/// Calls a tracing function. An exception that the function raises ends tracing.
fn call_tracer(vm: &Vm, function: Obj, object: Gc<FrameObject>, event: Qstr, arg: Obj) -> Res {
    let tracer = &vm.thread.tracer;
    tracer.is_calling.set(true);
    choose_dispatch(vm);
    let answer = vm.call(function, &[object.obj(), Obj::qstr(event), arg]);
    tracer.is_calling.set(false);
    if answer.is_err() {
        tracer.function.set(None);
        tracer.noted.set(None);
    }
    choose_dispatch(vm);
    answer
}

/// Reports that `exception` passes the running frame.
///
/// # Errors
/// What a tracing function raises.
pub(crate) fn trace_exception(vm: &Vm, exception: Obj) -> Res<()> {
    let Some(object) = noted_frame(vm) else { return Ok(()) };
    object.set_position(vm, vm.frame().ip.get().wrapping_sub(1));
    let arg = Tuple::new(vm, &[vm.type_of(exception).obj(), exception, Obj::NONE])?;
    trace_event(vm, object, q!("exception"), arg.obj())
}

/// Reports that an exception makes the running frame be left.
///
/// # Errors
/// What a tracing function raises.
pub(crate) fn trace_unwinding(vm: &Vm) -> Res<()> {
    match noted_frame(vm) {
        Some(object) => trace_event(vm, object, q!("return"), Obj::NONE),
        None => Ok(()),
    }
}

/// The object of the running frame, if events have to be looked for and the frame is noted.
fn noted_frame(vm: &Vm) -> Option<Gc<FrameObject>> {
    if !vm.thread.tracer.is_on() || vm.heap.lock_depth() > 0 {
        return None;
    }
    forget_left_frames(vm);
    vm.thread.tracer.noted.get().filter(|noted| core::ptr::eq(noted.frame.get(), vm.frame()))
}
