//! Executions: programs that run in steps.
//!
//! An execution has stacks of its own, on which its frames stay while other code of the interpreter runs. It pauses
//! between two instructions when it has had its turns, and within a call when the function asks to be waited for. Neither
//! is possible while a built-in is between its frames (`sorted` that calls a function of the program, an import, a
//! generator that `next` resumes), since part of the program is then on the machine stack: an execution goes on until
//! the built-in has returned, and a function that cannot be waited for raises an exception.

use alloc::boxed::Box;
use core::cell::Cell;

use crate::heap::Collection;
use crate::model::dispatch::Exit;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::{Poll, TICKS};
use crate::model::execute::{Called, Execute};
use crate::model::frame::Entry;
use crate::model::layout::Dict;
use crate::model::machine_stack::clear_stack_below;
use crate::model::object::Gc;
use crate::model::registers::Sp;
use crate::model::steps::choose_dispatch;
use crate::model::thread::{Level, Thread};
use crate::model::vm::{Limits, Vm};
use crate::model::word::Obj;

/// A call that runs in steps, alternately with others and with code of the embedder's.
///
/// The objects of an execution are safe from the collector only where [`Embedder::keep`] keeps the execution; this
/// belongs to the [contract of raw words](Vm#the-contract-of-raw-words). An execution that is dropped before it has
/// ended leaves its `finally` clauses unrun.
///
/// [`Embedder::keep`]: crate::model::embedder::Embedder::keep
pub struct Execution {
    /// What the execution runs; while it runs, what runs otherwise.
    thread: Box<Thread>,
    state: Cell<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A callable and this many arguments are on the value stack.
    New(usize),
    Running,
    /// The execution has had its turns.
    Paused,
    /// A call waits for its result.
    Waiting,
    Ended,
}

/// With what an execution goes on.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// With nothing: no call waits.
    Nothing,
    /// With this result of the call that waits.
    Value(Obj),
    /// With this exception, which the call that waits raises.
    Exception(Obj),
}

/// How far an execution has come.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// The call has returned this.
    Ended(Obj),
    /// The execution has had its turns.
    Paused,
    /// A function has asked to be [waited for](wait).
    Waiting,
}

impl Execution {
    /// An execution of a call, of which nothing has run yet. `locals` are the variables of the module whose body is
    /// called; without them the call has those that it would have here.
    ///
    /// # Errors
    /// `MemoryError` if there is no memory for stacks, `RuntimeError` if they have no room for the arguments.
    pub fn new(vm: &Vm, function: Obj, args: &[Obj], locals: Option<Gc<Dict>>) -> Res<Execution> {
        let Limits { value_stack, frame_stack, .. } = vm.limits;
        let thread = Thread::new(value_stack, frame_stack)
            .ok_or_else(|| vm.memory_error((value_stack + frame_stack) * size_of::<usize>()))?;
        if !(thread.stacks.lay_out(&[function]) && thread.stacks.lay_out(args)) {
            return Err(vm.recursion_error());
        }
        thread.locals.set(locals.or_else(|| vm.thread.locals.get()));
        Ok(Execution { thread: Box::new(thread), state: Cell::new(State::New(args.len())) })
    }

    /// Keeps what the execution refers to.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        self.thread.keep(collection);
    }

    /// Whether the execution has returned or raised an exception.
    pub fn is_ended(&self) -> bool {
        self.state.get() == State::Ended
    }

    /// Lets the execution go on for about `turns` turns. A turn is a thousand calls and backward jumps, or built-ins'
    /// work of that time; with no turns the execution goes on to the next call or jump.
    ///
    /// # Errors
    /// What the program raises; `RuntimeError` if the execution runs already or has ended, or if `answer` is not what it
    /// needs to go on.
    pub fn go_on(&self, vm: &Vm, answer: Answer, turns: u32) -> Res<Step> {
        vm.check_depth()?;
        match (self.state.get(), answer) {
            (State::New(_) | State::Paused, Answer::Nothing)
            | (State::Waiting, Answer::Value(_) | Answer::Exception(_)) => {}
            (State::Waiting, Answer::Nothing) => return Ok(Step::Waiting),
            (State::Running, _) => return Err(vm.runtime_error(format_args!("execution already running"))),
            (State::Ended, _) => return Err(vm.runtime_error(format_args!("execution has ended"))),
            (_, Answer::Value(_) | Answer::Exception(_)) => {
                return Err(vm.runtime_error(format_args!("no call waits for an answer")));
            }
        }
        let state = self.state.replace(State::Running);
        let outer_turns = vm.steps.turns.replace(Some(turns.max(1)));
        self.change_places(vm);
        vm.events.ticks.set(if turns == 0 { 0 } else { TICKS });
        // What has been raised waits in the execution's own state, which is about to change places.
        let outcome = self.run(vm, state, answer).map_err(|raised| vm.take_exception(raised));
        self.change_places(vm);
        vm.steps.turns.set(outer_turns);
        let (state, step) = match outcome {
            Ok(step @ Step::Ended(_)) => (State::Ended, Ok(step)),
            Ok(Step::Paused) => (State::Paused, Ok(Step::Paused)),
            Ok(Step::Waiting) => (State::Waiting, Ok(Step::Waiting)),
            Err(exception) => (State::Ended, Err(vm.raise(exception))),
        };
        self.state.set(state);
        step
    }

    /// Puts what the execution runs in the place of what runs otherwise, or back.
    fn change_places(&self, vm: &Vm) {
        vm.thread.swap_program(&self.thread);
        vm.steps.pause.set(false);
        choose_dispatch(vm);
    }

    /// Runs the execution, which is in its place, on from `state`.
    fn run(&self, vm: &Vm, state: State, answer: Answer) -> Res<Step> {
        if let State::New(n_args) = state {
            let args = Sp(vm.frame().end.get()).down(n_args);
            clear_stack_below();
            if let Called::Done(value) = vm.call_in_place(args.down(1).at(0), args, n_args, 0, Entry::Execution)? {
                return Ok(Step::Ended(value));
            }
        }
        // Safe points are reached wherever nothing but instructions runs.
        let is_outermost = self.thread.safe_points.level.get() == Level::Outside;
        vm.thread.safe_points.program.set(vm.frame().code.get().filter(|_| is_outermost));
        let exit = match answer {
            Answer::Nothing => vm.run()?,
            Answer::Value(value) => {
                let frame = vm.frame();
                let mut sp = Sp(frame.sp.get());
                sp.push(value);
                frame.sp.set(sp.0);
                vm.run()?
            }
            Answer::Exception(exception) => {
                let _ = vm.raise(exception);
                vm.run_raising()?
            }
        };
        Ok(match exit {
            Exit::Paused => Step::Paused,
            Exit::Waiting => Step::Waiting,
            _ => Step::Ended(vm.take_result()),
        })
    }
}

/// Checks that an execution runs which can wait for a function that it calls.
///
/// # Errors
/// `RuntimeError`.
pub fn check_wait(vm: &Vm) -> Res<()> {
    if vm.is_plainly_executing() { Ok(()) } else { Err(no_wait(vm)) }
}

/// Asks the execution that calls `function`, a function of Rust's, to wait for the result. The function returns the
/// error at once: then [`Execution::go_on`] answers [`Step::Waiting`]. If a built-in has called the function, the
/// execution gets a `RuntimeError` instead.
pub fn wait(vm: &Vm, function: Obj) -> Raised {
    let raised = vm.abort(format_args!("a function waits"));
    vm.thread.waiting.set(Some((vm.peek_exception(&raised), function)));
    raised
}

fn no_wait(vm: &Vm) -> Raised {
    vm.runtime_error(format_args!("only an execution can wait for this function, where nothing else calls it"))
}

/// Whether the exception that waits asks to wait for the result of `function`, which the instruction before the running
/// frame's `ip` has called. The exception is dropped then.
pub(crate) fn waits_for(vm: &Vm, function: Obj) -> bool {
    match vm.thread.waiting.get() {
        Some((exception, asking)) if vm.thread.exception.get() == Some(exception) && asking == function => {
            vm.thread.waiting.set(None);
            vm.thread.exception.set(None);
            true
        }
        _ => false,
    }
}

/// Raises another exception in place of one that asks to wait for a function, if it comes to an instruction that has
/// not called the function.
pub(crate) fn refuse_to_wait(vm: &Vm) {
    if let Some((exception, _)) = vm.thread.waiting.take()
        && vm.thread.exception.get() == Some(exception)
    {
        let _ = no_wait(vm);
    }
}

/// Whether the execution, which has had its turns, pauses before the next instruction. If not, it is asked again after
/// the next turn.
pub(crate) fn pauses_here(vm: &Vm) -> bool {
    vm.steps.pause.set(false);
    choose_dispatch(vm);
    vm.is_plainly_executing()
}
