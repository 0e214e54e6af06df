//! Running frames, and unwinding them when an exception comes by.

use crate::data::exception::Exceptions;
#[cfg(feature = "steps")]
use crate::interpret::execution::pauses_here;
use crate::interpret::execution::refuse_to_wait;
use crate::interpret::step::before_instruction;
use crate::interpret::trace::{forget_left_frames, trace_exception};
use crate::interpret::{op, trace};
use crate::model::code::Code;
use crate::model::dispatch::Exit;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::execute::{Called, Execute};
use crate::model::frame::{Entry, Frame};
use crate::model::layout::{Function, TraceEntry};
use crate::model::object::Gc;
use crate::model::registers::Sp;
use crate::model::safe_point::between_safe_points;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception;
use crate::obj::generator::Generator;

/// Runs the top frame, whose entry is [`Entry::Rust`], until it returns or yields; the value is in [`Vm::take_result`].
///
/// # Errors
/// The exception that the frame does not handle.
pub(crate) fn run(vm: &Vm) -> Res<Exit> {
    between_safe_points(vm, || run_frames(vm))
}

#[cfg_attr(not(feature = "small"), inline(always))]
fn run_frames(vm: &Vm) -> Res<Exit> {
    if cfg!(feature = "small") || vm.dispatch.stops() {
        return run_on(vm, Exit::Next);
    }
    // Mostly this is all: the rest would have to save registers first.
    #[cfg(berus_tier)]
    let exit = crate::interpret::tier::start(vm);
    #[cfg(not(berus_tier))]
    let exit = op::start(vm);
    if matches!(exit, Exit::Returned | Exit::Yielded) && !vm.dispatch.stops() {
        return Ok(exit);
    }
    run_on(vm, exit)
}

/// As [`run_frames`], once the interpreter has stopped for the reason `exit`.
#[inline(never)]
fn run_on(vm: &Vm, mut exit: Exit) -> Res<Exit> {
    loop {
        match exit {
            Exit::Next => {}
            Exit::Raised => {
                refuse_to_wait(vm);
                unwind(vm, false)?;
            }
            Exit::Waiting => return Ok(Exit::Waiting),
            Exit::Reraised => unwind(vm, true)?,
            exit => {
                note_leaving(vm);
                return Ok(exit);
            }
        }
        exit = run_next(vm)?;
    }
}

/// Runs the next instruction of the top frame, and, where handlers call each other, the instructions that follow.
#[cfg_attr(not(feature = "small"), inline(always))]
fn run_next(vm: &Vm) -> Res<Exit> {
    if vm.dispatch.stops() {
        #[cfg(feature = "steps")]
        if vm.steps.pause.get() && pauses_here(vm) {
            return Ok(Exit::Paused);
        }
        if before_instruction(vm).is_err() {
            unwind(vm, false)?;
            return Ok(Exit::Next);
        }
    }
    Ok(op::start(vm))
}

/// Runs the top frame from the instruction that it was left at, where the waiting exception is raised.
///
/// # Errors
/// The exception that the frame does not handle.
pub(crate) fn run_raising(vm: &Vm) -> Res<Exit> {
    unwind(vm, false)?;
    run(vm)
}

/// Has the frame that handles the waiting exception go on at its handler; frames above it end. `noted` says that the
/// exception's traceback has the top frame already.
///
/// # Errors
/// The exception, if no frame that was entered since Rust code called handles it.
fn unwind(vm: &Vm, mut noted: bool) -> Res<()> {
    let mut exception = vm.waiting_exception();
    #[cfg(feature = "python")]
    if !noted && let Some(raised) = vm.as_exception(exception) {
        raised.note_context(vm, exception);
    }
    loop {
        let frame = vm.frame();
        if !noted {
            note_in_trace(vm, frame, exception);
            exception = report(vm, exception, |vm| trace_exception(vm, exception));
        }
        noted = false;
        if !vm.is_abort(exception) && op::handle(frame, exception) {
            return Ok(());
        }
        exception = report(vm, exception, trace::trace_unwinding);
        let entry = frame.entry.get();
        let generator = frame.object.get().and_then(|object| object.downcast::<Generator>());
        if let Some(generator) = generator {
            generator.end();
        }
        vm.pop_frame();
        if generator.is_some() && vm.matches(exception, &exception::STOP_ITERATION) {
            let raised = vm.runtime_error(format_args!("generator raised StopIteration"));
            exception = vm.take_exception(raised);
        }
        if matches!(entry, Entry::Rust | Entry::Execution | Entry::Bottom) {
            note_leaving(vm);
            return Err(vm.raise(exception));
        }
    }
}

/// Reports an event to whoever traces; answers the exception that is to be unwound from here, which is `exception`
/// unless reporting raises another.
fn report(vm: &Vm, exception: Obj, event: impl FnOnce(&Vm) -> Res<()>) -> Obj {
    if !vm.dispatch.stops() || vm.is_abort(exception) {
        return exception;
    }
    match event(vm) {
        Ok(()) => exception,
        Err(raised) => vm.take_exception(raised),
    }
}

/// Notes that Rust code goes on, as the frame that it called is gone.
pub(super) fn note_leaving(vm: &Vm) {
    if vm.dispatch.stops() {
        forget_left_frames(vm);
    }
}

fn note_in_trace(vm: &Vm, frame: &Frame, exception: Obj) {
    if let (Some(code), Some(exception)) = (frame.code.get(), vm.as_exception(exception)) {
        let line = code.line(vm, frame.ip.get().wrapping_sub(1));
        exception.add_trace(vm, TraceEntry { file: code.file(), line, function: code.name() });
    }
}

impl Execute for Vm {
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn run(&self) -> Res<Exit> {
        run(self)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn run_raising(&self) -> Res<Exit> {
        run_raising(self)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn is_delegating(&self, ip: *const u8) -> bool {
        op::is_delegating(ip)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn call_in_place(&self, callee: Obj, args: Sp, n_pos: usize, n_kw: usize, entry: Entry) -> Res<Called> {
        op::call_at(self, callee, op::Passed { args, n_pos, n_kw, in_place: true, entry })
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn push_simple(&self, function: Gc<Function>, args: Sp, n: usize, entry: Entry) -> Option<Gc<Code>> {
        op::push_simple(self, function, args, n, entry)
    }
}
