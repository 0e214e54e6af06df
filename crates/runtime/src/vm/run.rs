//! Running frames, and unwinding them when an exception comes by.

use super::Vm;
use super::frame::{Entry, Frame};
use super::op::{self, Exit};
use crate::error::Res;
use crate::obj::exception::{self, TraceEntry};
use crate::obj::generator::Generator;
use crate::word::Obj;

impl Vm {
    /// Runs the top frame, whose entry is [`Entry::Rust`], until it returns or yields; the value is in [`Vm::take_result`].
    ///
    /// # Errors
    /// The exception that it does not handle.
    pub(crate) fn run(&self) -> Res<Exit> {
        self.between_safe_points(|| self.run_frames())
    }

    fn run_frames(&self) -> Res<Exit> {
        loop {
            if self.dispatch.stops() && self.before_instruction().is_err() {
                self.unwind(false)?;
                continue;
            }
            match op::start(self) {
                Exit::Next => {}
                Exit::Raised => self.unwind(false)?,
                Exit::Reraised => self.unwind(true)?,
                exit => {
                    self.note_leaving();
                    return Ok(exit);
                }
            }
        }
    }

    /// Runs the top frame from the instruction that it was left at, where the waiting exception is raised.
    ///
    /// # Errors
    /// The exception that it does not handle.
    pub(crate) fn run_raising(&self) -> Res<Exit> {
        self.unwind(false)?;
        self.run()
    }

    /// Lets the frame that handles the waiting exception go on there; frames above it end.
    ///
    /// # Errors
    /// If none does that was entered since Rust code called.
    fn unwind(&self, mut noted: bool) -> Res<()> {
        let mut exception = self.waiting_exception();
        loop {
            let frame = self.frame();
            if !noted {
                self.note_in_trace(frame, exception);
                exception = self.report(exception, |vm| vm.trace_exception(exception));
            }
            noted = false;
            if !self.is_abort(exception) && op::handle(frame, exception) {
                return Ok(());
            }
            exception = self.report(exception, Vm::trace_unwinding);
            let entry = frame.entry.get();
            let generator = frame.object.get().and_then(|object| object.downcast::<Generator>());
            if let Some(generator) = generator {
                generator.end();
            }
            self.pop_frame();
            if generator.is_some() && self.matches(exception, &exception::STOP_ITERATION) {
                let raised = self.runtime_error(format_args!("generator raised StopIteration"));
                exception = self.take_exception(raised);
            }
            if matches!(entry, Entry::Rust | Entry::Bottom) {
                self.note_leaving();
                return Err(self.raise(exception));
            }
        }
    }

    /// Reports an event to whoever traces: the exception that goes on from there, which is `exception` unless reporting raises another.
    fn report(&self, exception: Obj, event: impl FnOnce(&Vm) -> Res<()>) -> Obj {
        if !self.dispatch.stops() || self.is_abort(exception) {
            return exception;
        }
        match event(self) {
            Ok(()) => exception,
            Err(raised) => self.take_exception(raised),
        }
    }

    /// Notes that Rust code goes on, as the frame that it called is gone.
    fn note_leaving(&self) {
        if self.dispatch.stops() {
            self.forget_left_frames();
        }
    }

    fn note_in_trace(&self, frame: &Frame, exception: Obj) {
        if let (Some(code), Some(exception)) = (frame.code.get(), self.as_exception(exception)) {
            let line = code.line(frame.ip.get().wrapping_sub(1));
            exception.add_trace(self, TraceEntry { file: code.file(), line, function: code.name() });
        }
    }
}
