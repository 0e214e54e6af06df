//! Collection where the machine stack cannot be seen ([`IS_VISIBLE`]): at safe points, which are those between two instructions of the program itself,
//! while no built-in is active. All values are in the interpreter's own memory then.
//!
//! A collection that is due, or that the program asks for, waits for the next of them: none comes while a module is imported, nor while a built-in
//! calls a Python function. Meanwhile the heap grows as far as it may.

use core::cell::Cell;

use super::Vm;
use super::machine_stack::IS_VISIBLE;
use crate::obj::code::Code;
use crate::obj::function::Function;
use crate::object::Gc;
use crate::word::Obj;

/// What of this interpreter is active on the machine stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Level {
    /// No instructions run.
    #[default]
    Outside,
    /// Those of the program run, and nothing but what embeds the interpreter has called.
    Program,
    /// Some built-in has called, or is about to.
    Within,
}

/// What a thread knows of its safe points.
#[derive(Default)]
pub(crate) struct SafePoints {
    level: Cell<Level>,
    /// The code of a program that is about to run.
    program: Cell<Option<Gc<Code>>>,
}

impl SafePoints {
    /// Exchanges them for those of another thread.
    #[cfg(feature = "threads")]
    pub fn swap(&self, other: &SafePoints) {
        let SafePoints { level, program } = self;
        level.swap(&other.level);
        program.swap(&other.program);
    }

    /// Whether the program runs, and no built-in.
    pub fn are_reached(&self) -> bool {
        !IS_VISIBLE && self.level.get() == Level::Program
    }
}

impl Vm {
    /// Runs `work`, which is to call `body`, the program, unless something of this interpreter is active.
    pub(crate) fn as_program<R>(&self, body: Obj, work: impl FnOnce() -> R) -> R {
        if IS_VISIBLE || self.thread.safe_points.level.get() != Level::Outside {
            return work();
        }
        let code = body.downcast::<Function>().and_then(|body| body.code(self).ok());
        self.thread.safe_points.program.set(code);
        let result = work();
        self.thread.safe_points.program.set(None);
        result
    }

    /// Runs `work` as a built-in that calls others.
    pub(crate) fn within_built_in<R>(&self, work: impl FnOnce() -> R) -> R {
        self.at_level(Level::Within, work)
    }

    /// Runs instructions, which `work` does, from those of the top frame on.
    #[inline(always)]
    pub(crate) fn between_safe_points<R>(&self, work: impl FnOnce() -> R) -> R {
        if IS_VISIBLE {
            return work();
        }
        let SafePoints { level, program } = &self.thread.safe_points;
        let code = self.frame().code.get();
        let is_program = level.get() == Level::Outside && code.is_some() && program.get() == code;
        self.at_level(if is_program { Level::Program } else { Level::Within }, work)
    }

    fn at_level<R>(&self, level: Level, work: impl FnOnce() -> R) -> R {
        if IS_VISIBLE {
            return work();
        }
        let outer = self.thread.safe_points.level.replace(level);
        self.choose_dispatch();
        let result = work();
        self.thread.safe_points.level.set(outer);
        self.choose_dispatch();
        result
    }
}
