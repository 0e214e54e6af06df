//! What the value stack holds, as far as the verifier knows: a kind for each slot.
//!
//! Every jump target keeps a stack, and stacks are deep while changes are at the top. So a stack is a position in a
//! tree of runs of equal kinds: branches of the code share what lies below, and copying and comparing are cheap.

use alloc::vec::Vec;
use core::fmt;

use crate::memory::{Quota, Stop};

/// What is known of the word in a slot of the value stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// An object.
    Object,
    /// The object `None`: what the end of a `try` puts under its `finally`.
    None,
    /// The exception that a handler was entered with.
    Exception,
    /// Null, which is no object.
    Null,
    /// The `self` of a method, or null.
    SelfOrNull,
    /// One of the slots of a loop's iterator.
    Iter,
    /// One of the two slots that hold a context manager's `__exit__`.
    Exit,
    /// A cell.
    Cell,
    /// What a `finally` has to go on with, counted as two slots: `None`, an exception, or [`Kind::Data`] and
    /// [`Kind::Cause`].
    Pending,
    /// The value to return, or the offset to jump to, below its cause.
    Data,
    /// A small integer: whether a return or a jump is pending.
    Cause,
}

impl Kind {
    /// Whether a slot of this kind holds an object that an instruction may use freely.
    pub fn is_object(self) -> bool {
        matches!(self, Kind::Object | Kind::None | Kind::Exception)
    }

    /// Whether a slot of this kind holds a single word that may change its place.
    pub(super) fn is_movable(self) -> bool {
        self.is_object() || matches!(self, Kind::Null | Kind::SelfOrNull | Kind::Data | Kind::Cause)
    }

    /// What is known of a slot that is of one of two kinds; `None` if no kind covers both.
    fn join(self, other: Kind) -> Option<Kind> {
        match (self, other) {
            _ if self == other => Some(self),
            _ if self.is_object() && other.is_object() => Some(Kind::Object),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Object => "an object",
            Kind::None => "None",
            Kind::Exception => "an exception",
            Kind::Null => "null",
            Kind::SelfOrNull => "a method's self",
            Kind::Iter => "a loop's iterator",
            Kind::Exit => "a context manager's exit",
            Kind::Cell => "a cell",
            Kind::Pending => "what a finally block has pending",
            Kind::Data => "a pending value",
            Kind::Cause => "the cause of a pending value",
        })
    }
}

/// A stack: the run that its top belongs to, and its height in slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stack {
    run: u32,
    pub height: u32,
}

impl Stack {
    pub const EMPTY: Stack = Stack { run: 0, height: 0 };
}

/// Slots of one kind, from `base` up to wherever the next run or the stack's top is.
#[derive(Clone, Copy)]
struct Run {
    kind: Kind,
    base: u32,
    below: u32,
    /// The run that was put on this one last, 0 if none was: the same run again needs no new one.
    above: u32,
}

/// The difference of two stacks that cannot both be found at one label: the slot, counted from the bottom, and its
/// kinds in the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clash {
    pub slot: u32,
    pub kinds: (Kind, Kind),
}

/// The tree of runs, and an account of the work done on it. If there is no memory for a run, the stack is not what it
/// should be, and the quota says that the work has stopped.
pub(super) struct Stacks<'q> {
    quota: &'q Quota<'q>,
    /// The first is the ground, a run of objects: the empty stack ends there.
    runs: Vec<Run>,
    /// For [`Stacks::join`]: runs of the joined stack, from the top.
    joined: Vec<(Kind, u32)>,
    /// Runs looked at or made, weighed so that a bound on work is one on memory too.
    pub work: usize,
}

/// The work that a new run counts for.
const NEW_RUN: usize = 16;

impl<'q> Stacks<'q> {
    pub fn new(quota: &'q Quota<'q>) -> Stacks<'q> {
        Stacks { quota, runs: Vec::new(), joined: Vec::new(), work: 0 }
    }

    pub fn clear(&mut self) -> Result<(), Stop> {
        self.runs.clear();
        self.work = 0;
        self.quota.push(&mut self.runs, Run { kind: Kind::Object, base: 0, below: 0, above: 0 })
    }

    fn run(&self, index: u32) -> Run {
        self.runs[index as usize]
    }

    /// Puts `n` slots of a kind on top. The caller has made sure that the height is bounded.
    #[inline]
    pub fn push(&mut self, stack: &mut Stack, kind: Kind, n: u32) {
        if self.run(stack.run).kind != kind && n > 0 {
            self.push_run(stack, kind);
        }
        stack.height += n;
    }

    fn push_run(&mut self, stack: &mut Stack, kind: Kind) {
        let above = self.run(stack.run).above;
        let run = self.run(above);
        if above != 0 && run.base == stack.height && run.kind == kind {
            stack.run = above;
        } else {
            let new = self.runs.len() as u32;
            let run = Run { kind, base: stack.height, below: stack.run, above: 0 };
            if self.quota.push(&mut self.runs, run).is_err() {
                return;
            }
            self.runs[stack.run as usize].above = new;
            stack.run = new;
            self.work += NEW_RUN;
        }
    }

    /// Takes off all slots from `height` up.
    pub fn cut(&mut self, stack: &mut Stack, height: u32) {
        stack.height = height;
        loop {
            let run = self.run(stack.run);
            if run.base < height || stack.run == 0 {
                return;
            }
            stack.run = run.below;
            self.work += 1;
        }
    }

    /// The kind on top of a stack that is not empty.
    pub fn top(&self, stack: Stack) -> Kind {
        self.run(stack.run).kind
    }

    /// The kind of a slot, counted from the bottom, of a stack that has it.
    pub fn kind_of(&mut self, stack: Stack, slot: u32) -> Kind {
        let mut run = self.run(stack.run);
        while run.base > slot {
            run = self.run(run.below);
            self.work += 1;
        }
        run.kind
    }

    /// How many slots of the same kind there are on top.
    pub fn top_run(&self, stack: Stack) -> u32 {
        stack.height - self.run(stack.run).base
    }

    /// The lowest height down to which the top is a run of objects of no known value, and the lowest at which there is
    /// still something of that run. Both are the greatest number if the top is no such run.
    #[cfg_attr(feature = "small", allow(dead_code))] // a glance asks
    pub fn objects_on_top(&self, stack: Stack) -> (u32, u32) {
        let run = self.run(stack.run);
        match (run.kind, stack.run) {
            (Kind::Object, 0) => (0, 0),
            (Kind::Object, _) => (run.base, run.base + 1),
            _ => (u32::MAX, u32::MAX),
        }
    }

    /// Whether the top is a run of objects of no known value that reaches down to `height`, or starts there.
    pub fn is_objects(&self, stack: Stack, height: u32) -> bool {
        let run = self.run(stack.run);
        run.kind == Kind::Object && run.base <= height
    }

    /// The kind of the first slot from the top, down to `height`, that is no object.
    pub fn find_non_object(&mut self, stack: Stack, height: u32) -> Option<Kind> {
        let mut run = self.run(stack.run);
        loop {
            if !run.kind.is_object() {
                return Some(run.kind);
            }
            if run.base <= height {
                return None;
            }
            run = self.run(run.below);
            self.work += 1;
        }
    }

    /// Whether a slot from `height` up is of the kind whose real size is not known, [`Kind::Pending`].
    pub fn has_pending(&mut self, stack: Stack, height: u32) -> bool {
        let mut run = self.run(stack.run);
        loop {
            if run.kind == Kind::Pending {
                return true;
            }
            if run.base <= height {
                return false;
            }
            run = self.run(run.below);
            self.work += 1;
        }
    }

    /// The stack that is known at a label which control reaches with one of two stacks of the same height.
    pub fn join(&mut self, old: Stack, new: Stack) -> Result<Stack, Clash> {
        let (mut a, mut b, mut height) = (old.run, new.run, old.height);
        let mut changed = false;
        self.joined.clear();
        while a != b {
            let (run_a, run_b) = (self.run(a), self.run(b));
            let base = run_a.base.max(run_b.base);
            let kinds = (run_a.kind, run_b.kind);
            let kind = kinds.0.join(kinds.1).ok_or(Clash { slot: base, kinds })?;
            changed |= kind != run_a.kind;
            self.quota.push_or_stop(&mut self.joined, (kind, height - base));
            height = base;
            if run_a.base == base {
                a = run_a.below;
            }
            if run_b.base == base {
                b = run_b.below;
            }
            self.work += 1;
        }
        if !changed {
            return Ok(old);
        }
        let mut stack = Stack { run: a, height };
        for i in (0..self.joined.len()).rev() {
            let (kind, n) = self.joined[i];
            self.push(&mut stack, kind, n);
        }
        Ok(stack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stacks<'q>(quota: &'q Quota<'q>) -> Stacks<'q> {
        let mut stacks = Stacks::new(quota);
        stacks.clear().unwrap();
        stacks
    }

    fn of(stacks: &mut Stacks<'_>, kinds: &[Kind]) -> Stack {
        let mut stack = Stack::EMPTY;
        kinds.iter().for_each(|&kind| stacks.push(&mut stack, kind, 1));
        stack
    }

    fn kinds(stacks: &mut Stacks<'_>, stack: Stack) -> Vec<Kind> {
        (0..stack.height).map(|slot| stacks.kind_of(stack, slot)).collect()
    }

    #[test]
    fn a_stack_gives_back_what_was_pushed() {
        let quota = Quota::default();
        let stacks = &mut stacks(&quota);
        let pushed = [Kind::None, Kind::Object, Kind::Object, Kind::Null, Kind::Iter, Kind::Iter];
        let mut stack = of(stacks, &pushed);
        assert_eq!(kinds(stacks, stack), pushed);
        assert_eq!(stacks.top_run(stack), 2);
        stacks.cut(&mut stack, 3);
        assert_eq!(kinds(stacks, stack), pushed[..3]);
        assert_eq!(stacks.find_non_object(stack, 0), None);
        stacks.cut(&mut stack, 0);
        assert_eq!(stack, Stack::EMPTY);
    }

    #[test]
    fn the_same_pushed_again_is_the_same_stack() {
        let quota = Quota::default();
        let stacks = &mut stacks(&quota);
        let one = of(stacks, &[Kind::Object, Kind::None, Kind::Object]);
        let runs = stacks.runs.len();
        assert_eq!(of(stacks, &[Kind::Object, Kind::None, Kind::Object]), one);
        assert_eq!(stacks.runs.len(), runs);
    }

    #[test]
    fn joining_knows_what_both_know() {
        let quota = Quota::default();
        let stacks = &mut stacks(&quota);
        let one = of(stacks, &[Kind::None, Kind::Iter, Kind::None, Kind::Exception, Kind::Object]);
        let two = of(stacks, &[Kind::None, Kind::Iter, Kind::Object, Kind::None, Kind::None]);
        let joined = stacks.join(one, two).unwrap();
        assert_eq!(kinds(stacks, joined), [Kind::None, Kind::Iter, Kind::Object, Kind::Object, Kind::Object]);
        assert_eq!(stacks.join(joined, one).unwrap(), joined);
        let other = of(stacks, &[Kind::None, Kind::Iter, Kind::Null, Kind::None, Kind::None]);
        let clash = Clash { slot: 2, kinds: (Kind::None, Kind::Null) };
        assert_eq!(stacks.join(one, other), Err(clash));
    }
}
