//! What belongs to a thread of Python: its stacks, and what waits there to be picked up.
//!
//! The running thread's is in place in the [`Vm`](super::Vm), where instructions reach it without a detour. A thread that waits for
//! others keeps its own in a place of its own; see `lock.rs`.

use core::cell::Cell;

use super::frame::Stacks;
#[cfg(feature = "threads")]
use super::lock::Parking;
use super::safe_point::SafePoints;
use super::trace::Tracer;
use crate::heap::Collection;
use crate::obj::dict::Dict;
use crate::object::Gc;
use crate::word::Obj;

/// The state of a thread.
pub(crate) struct Thread {
    pub stacks: Stacks,
    /// The exception that waits to be handled, while a [`Raised`](crate::error::Raised) is on its way.
    pub exception: Cell<Option<Obj>>,
    /// What the iterator that ended last returned.
    pub returned: Cell<Option<Obj>>,
    /// What the function that Rust called has returned or yielded.
    pub result: Cell<Option<Obj>>,
    /// The variables of the module or class body that runs.
    pub locals: Cell<Option<Gc<Dict>>>,
    /// The address of the machine stack where the interpreter was entered; 0 outside.
    pub stack_base: Cell<usize>,
    /// The address that built-ins must stay above.
    pub stack_limit: Cell<usize>,
    /// Whether neither other threads nor scheduled calls have their turn between its instructions.
    pub holds_events: Cell<bool>,
    #[cfg(feature = "threads")]
    pub parking: Parking,
    pub tracer: Tracer,
    pub safe_points: SafePoints,
}

impl Thread {
    /// A thread that has run nothing, with stacks of `words` words, if there is memory for them.
    pub fn new(words: usize) -> Option<Thread> {
        Some(Thread {
            stacks: Stacks::new(words)?,
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
        })
    }

    /// Exchanges this thread's state for another's.
    #[cfg(feature = "threads")]
    pub fn swap(&self, other: &Thread) {
        let Thread {
            stacks,
            exception,
            returned,
            result,
            locals,
            stack_base,
            stack_limit,
            holds_events,
            parking,
            tracer,
            safe_points,
        } = self;
        stacks.swap(&other.stacks);
        exception.swap(&other.exception);
        returned.swap(&other.returned);
        result.swap(&other.result);
        locals.swap(&other.locals);
        stack_base.swap(&other.stack_base);
        stack_limit.swap(&other.stack_limit);
        holds_events.swap(&other.holds_events);
        parking.swap(&other.parking);
        tracer.swap(&other.tracer);
        safe_points.swap(&other.safe_points);
    }

    /// Keeps what the thread refers to, but for its machine stack.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        for object in [&self.exception, &self.returned, &self.result].into_iter().filter_map(Cell::get) {
            collection.keep(object.bits());
        }
        if let Some(locals) = self.locals.get() {
            collection.keep(locals.as_ptr().addr().get());
        }
        self.tracer.keep(collection);
        self.stacks.keep(collection);
    }
}
