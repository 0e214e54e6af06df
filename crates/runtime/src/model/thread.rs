//! The state of a thread of Python: its stacks, and the values that wait to be picked up.
//!
//! The state of the running thread lies in the [`Vm`](crate::model::vm::Vm) itself, where instructions reach it without
//! a detour. The state of a thread that waits for others lies in a place of its own; see `services/lock.rs`.

use core::cell::Cell;

use crate::heap::Collection;
use crate::model::code::Code;
use crate::model::frame::Stacks;
use crate::model::layout::Dict;
use crate::model::machine_stack::IS_VISIBLE;
use crate::model::object::Gc;
use crate::model::tracer::Tracer;
#[cfg(feature = "threads")]
use crate::model::turns::Parking;
use crate::model::word::Obj;

/// The state of a thread.
pub(crate) struct Thread {
    pub stacks: Stacks,
    /// The exception that waits to be handled, while a [`Raised`](crate::model::error::Raised) is on its way.
    pub exception: Cell<Option<Obj>>,
    /// The value that the iterator which ended last returned.
    pub returned: Cell<Option<Obj>>,
    /// The value that the function called by Rust code has returned or yielded.
    pub result: Cell<Option<Obj>>,
    /// The variables of the module or class body that runs.
    pub locals: Cell<Option<Gc<Dict>>>,
    /// The address of the machine stack where the interpreter was entered; 0 outside.
    pub stack_base: Cell<usize>,
    /// The address on the machine stack that built-ins must stay above.
    pub stack_limit: Cell<usize>,
    /// Whether neither other threads nor scheduled calls have their turn between this thread's instructions.
    pub holds_events: Cell<bool>,
    #[cfg(feature = "threads")]
    pub parking: Parking,
    pub tracer: Tracer,
    pub safe_points: SafePoints,
    /// The exception by which a function asks to be waited for, while the exception is on its way to the instruction that
    /// has called the function, and the function.
    pub waiting: Cell<Option<(Obj, Obj)>>,
}

impl Thread {
    /// A thread that has run nothing, with stacks of so many words for values and for frames, if there is memory for them.
    pub fn new(values: usize, frames: usize) -> Option<Thread> {
        Some(Thread {
            stacks: Stacks::new(values, frames)?,
            exception: Cell::new(None),
            returned: Cell::new(None),
            result: Cell::new(None),
            locals: Cell::new(None),
            stack_base: Cell::new(0),
            stack_limit: Cell::new(0),
            holds_events: Cell::new(false),
            #[cfg(feature = "threads")]
            parking: Parking::default(),
            tracer: Tracer::default(),
            safe_points: SafePoints::default(),
            waiting: Cell::new(None),
        })
    }

    /// Exchanges what this thread runs for what another runs. The machine stack, and the place among other threads,
    /// stay.
    #[cfg(any(feature = "steps", feature = "threads"))]
    pub fn swap_program(&self, other: &Thread) {
        self.stacks.swap(&other.stacks);
        self.exception.swap(&other.exception);
        self.returned.swap(&other.returned);
        self.result.swap(&other.result);
        self.locals.swap(&other.locals);
        self.tracer.swap(&other.tracer);
        self.safe_points.swap(&other.safe_points);
        self.waiting.swap(&other.waiting);
    }

    /// Exchanges this thread's state for another's.
    #[cfg(feature = "threads")]
    pub fn swap(&self, other: &Thread) {
        self.swap_program(other);
        self.stack_base.swap(&other.stack_base);
        self.stack_limit.swap(&other.stack_limit);
        self.holds_events.swap(&other.holds_events);
        self.parking.swap(&other.parking);
    }

    /// Keeps what the thread refers to, but for its machine stack.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        for object in [&self.exception, &self.returned, &self.result].into_iter().filter_map(Cell::get) {
            collection.keep(object.bits());
        }
        if let Some((exception, function)) = self.waiting.get() {
            collection.keep(exception.bits());
            collection.keep(function.bits());
        }
        if let Some(locals) = self.locals.get() {
            collection.keep(locals.as_ptr().addr().get());
        }
        self.tracer.keep(collection);
        self.stacks.keep(collection);
    }
}

/// Which code of this interpreter is active on the machine stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Level {
    /// No instructions of this interpreter run.
    #[default]
    Outside,
    /// Instructions of the program run, called by nothing but the embedder.
    Program,
    /// A built-in has called other code, or is about to.
    Within,
}

/// What decides whether a thread is at a safe point.
#[derive(Default)]
pub(crate) struct SafePoints {
    pub(crate) level: Cell<Level>,
    /// The code of a program that is about to run.
    pub(crate) program: Cell<Option<Gc<Code>>>,
}

impl SafePoints {
    /// Exchanges these values for those of another thread.
    #[cfg(any(feature = "steps", feature = "threads"))]
    pub fn swap(&self, other: &SafePoints) {
        let SafePoints { level, program } = self;
        level.swap(&other.level);
        program.swap(&other.program);
    }

    /// Whether safe points are reached: whether the program runs, and no built-in.
    pub fn are_reached(&self) -> bool {
        !IS_VISIBLE && self.level.get() == Level::Program
    }
}
