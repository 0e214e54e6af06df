//! Tracing: what `sys.settrace` asks for.
//!
//! While a thread is traced, its instructions are run one at a time ([`step`](super::step)), and before each it is seen whether a frame has been
//! entered, a line begun, or a frame is about to be left. Frames that a program may have been told of are *noted*: from the innermost on, in
//! the order of their calls, each as a [`FrameObject`].

use core::cell::Cell;

use super::Vm;
use super::frame::Frame;
use super::op;
use crate::error::Res;
use crate::heap::Collection;
use crate::obj::frame::FrameObject;
use crate::obj::tuple::Tuple;
use crate::object::Gc;
use crate::q;
use crate::qstr::Qstr;
use crate::word::Obj;

/// The tracing of a thread.
#[derive(Default)]
pub(crate) struct Tracer {
    /// What is called when a frame is entered.
    function: Cell<Option<Obj>>,
    /// Whether a tracing function runs, which is not traced itself.
    is_calling: Cell<bool>,
    /// The innermost noted frame.
    noted: Cell<Option<Gc<FrameObject>>>,
}

impl Tracer {
    /// Whether events have to be looked for.
    pub fn is_on(&self) -> bool {
        self.function.get().is_some() && !self.is_calling.get()
    }

    /// Exchanges this tracing for another thread's.
    #[cfg(feature = "threads")]
    pub fn swap(&self, other: &Tracer) {
        let Tracer { function, is_calling, noted } = self;
        function.swap(&other.function);
        is_calling.swap(&other.is_calling);
        noted.swap(&other.noted);
    }

    /// Keeps what it refers to.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        if let Some(function) = self.function.get() {
            collection.keep(function.bits());
        }
        if let Some(noted) = self.noted.get() {
            collection.keep(noted.obj().bits());
        }
    }
}

impl Vm {
    /// Has `function` called when a frame of the running thread is entered, with the frame, the event and `None`. What it answers is called
    /// for events in that frame. `None` ends tracing.
    ///
    /// # Errors
    /// `MemoryError`; then nothing is traced.
    pub fn set_trace(&self, function: Option<Obj>) -> Res<()> {
        let tracer = &self.thread.tracer;
        tracer.function.set(None);
        if function.is_none() {
            tracer.noted.set(None);
        } else if tracer.noted.get().is_none() {
            self.note_frames()?;
        }
        tracer.function.set(function);
        self.choose_dispatch();
        Ok(())
    }

    /// Notes the frames that were there before tracing.
    fn note_frames(&self) -> Res<()> {
        let mut above: Option<Gc<FrameObject>> = None;
        let mut frame = self.frame();
        while let Some(code) = frame.code.get() {
            let object = FrameObject::new(self, frame, code, None)?;
            object.set_position(frame.ip.get().wrapping_sub(1));
            match above {
                Some(above) => above.back.set(Some(object)),
                None => self.thread.tracer.noted.set(Some(object)),
            }
            above = Some(object);
            // SAFETY: only the bottom frame, which has no code, has none below.
            frame = unsafe { &*frame.below.get() };
        }
        Ok(())
    }

    /// Forgets noted frames above the running one, which have been left.
    pub(crate) fn forget_left_frames(&self) {
        let noted = &self.thread.tracer.noted;
        let top = core::ptr::from_ref(self.frame());
        while let Some(left) = noted.get().filter(|noted| noted.frame.get() > top) {
            left.frame.set(core::ptr::null());
            noted.set(left.back.get());
        }
    }

    /// Reports what the next instruction begins.
    ///
    /// # Errors
    /// What a tracing function raises.
    pub(crate) fn trace_instruction(&self) -> Res<()> {
        if self.heap.lock_depth() > 0 {
            return Ok(());
        }
        let tracer = &self.thread.tracer;
        self.forget_left_frames();
        let frame = self.frame();
        let object = match tracer.noted.get() {
            Some(noted) if core::ptr::eq(noted.frame.get(), frame) => noted,
            back => match self.trace_entry(frame, back)? {
                Some(object) => object,
                None => return Ok(()),
            },
        };
        object.set_position(frame.ip.get());
        if object.loop_body.get() == frame.ip.get() {
            object.reported.set(0);
        }
        object.loop_body.set(op::loop_body(frame));
        let line = object.line();
        if object.reported.replace(line) != line {
            self.trace_event(object, q!("line"), Obj::NONE)?;
        }
        if let Some(value) = op::leaves_with(frame) {
            self.trace_event(object, q!("return"), value)?;
        }
        Ok(())
    }

    /// Reports that `frame` has been entered, from `back`: its object, or `None` if nothing is traced any more.
    fn trace_entry(&self, frame: &Frame, back: Option<Gc<FrameObject>>) -> Res<Option<Gc<FrameObject>>> {
        let tracer = &self.thread.tracer;
        let (Some(code), Some(function)) = (frame.code.get(), tracer.function.get()) else { return Ok(None) };
        if let Some(back) = back
            && !back.frame.get().is_null()
        {
            // SAFETY: frames that have been left are forgotten, or have none.
            back.set_position(unsafe { &*back.frame.get() }.ip.get().wrapping_sub(1));
        }
        let object = FrameObject::new(self, frame, code, back)?;
        object.set_position(frame.ip.get());
        if frame.ip.get() == code.start {
            object.set_line(code.first_line());
        }
        tracer.noted.set(Some(object));
        let answer = self.call_tracer(function, object, q!("call"), Obj::NONE)?;
        object.trace.set(self.is_callable(answer).then_some(answer));
        Ok(tracer.noted.get())
    }

    /// Calls the function for events in the frame of `object`, if there is one.
    fn trace_event(&self, object: Gc<FrameObject>, event: Qstr, arg: Obj) -> Res<()> {
        let Some(function) = object.trace.get().filter(|_| self.thread.tracer.is_on()) else { return Ok(()) };
        let answer = self.call_tracer(function, object, event, arg)?;
        if self.is_callable(answer) {
            object.trace.set(Some(answer));
        }
        Ok(())
    }

    /// Calls a tracing function. What it raises ends tracing.
    fn call_tracer(&self, function: Obj, object: Gc<FrameObject>, event: Qstr, arg: Obj) -> Res {
        let tracer = &self.thread.tracer;
        tracer.is_calling.set(true);
        self.choose_dispatch();
        let answer = self.call(function, &[object.obj(), Obj::qstr(event), arg]);
        tracer.is_calling.set(false);
        if answer.is_err() {
            tracer.function.set(None);
            tracer.noted.set(None);
        }
        self.choose_dispatch();
        answer
    }

    /// Reports that `exception` passes the running frame.
    ///
    /// # Errors
    /// What a tracing function raises.
    pub(crate) fn trace_exception(&self, exception: Obj) -> Res<()> {
        let Some(object) = self.noted_frame() else { return Ok(()) };
        object.set_position(self.frame().ip.get().wrapping_sub(1));
        let arg = Tuple::new(self, &[self.type_of(exception).obj(), exception, Obj::NONE])?;
        self.trace_event(object, q!("exception"), arg.obj())
    }

    /// Reports that an exception makes the running frame be left.
    ///
    /// # Errors
    /// What a tracing function raises.
    pub(crate) fn trace_unwinding(&self) -> Res<()> {
        match self.noted_frame() {
            Some(object) => self.trace_event(object, q!("return"), Obj::NONE),
            None => Ok(()),
        }
    }

    /// The object of the running frame, if events have to be looked for and it is noted.
    fn noted_frame(&self) -> Option<Gc<FrameObject>> {
        if !self.thread.tracer.is_on() || self.heap.lock_depth() > 0 {
            return None;
        }
        self.forget_left_frames();
        self.thread.tracer.noted.get().filter(|noted| core::ptr::eq(noted.frame.get(), self.frame()))
    }
}
