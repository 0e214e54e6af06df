//! The module `_asyncio`: what the tasks of `asyncio` wait in. The rest of `asyncio` is written in Python, in this
//! crate's folder `python`.

use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::List;
use berus_runtime::model::module_def::{ModuleDef, Settable};
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::types::{Type, UnaryOp};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::attr::Attributes;
use berus_runtime::ops::convert::Convert;
use berus_runtime::q;

use crate::time::{ticks_between, ticks_now};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("_asyncio", MEMBERS).settable(Settable::Anything);

berus_runtime::members! {
    static MEMBERS = {
        "TaskQueue" => value(Obj::from_static(&TASK_QUEUE)),
    }
}

/// Tasks by the time that they wait for, and in the order in which they came.
struct TaskQueue {
    /// Times, in milliseconds as of `time.ticks_ms`, and tasks by turns.
    entries: Gc<List>,
}

berus_runtime::custom_type! {
    static TASK_QUEUE: Type<TaskQueue> = "TaskQueue".make_new(make_new).unary_op(unary_op).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "push" => var(2, 3, push),
        "pop" => f1(pop),
        "peek" => f1(peek),
        "remove" => f2(remove),
        "hurry" => f2(hurry),
        "due" => f1(due),
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 0, false)?;
    Ok(vm.new_custom(TaskQueue { entries: List::new(vm, &[])? })?.obj())
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Custom<TaskQueue>>> {
    vm.this(object)
}

impl TaskQueue {
    fn len(&self) -> usize {
        self.entries.len() / 2
    }

    /// The time of task number `number`.
    fn time(&self, number: usize) -> Option<isize> {
        self.entries.get(2 * number)?.as_small_int()
    }

    fn task(&self, number: usize) -> Option<Obj> {
        self.entries.get(2 * number + 1)
    }

    fn find(&self, vm: &Vm, task: Obj) -> Res<Option<usize>> {
        vm.work(self.len() / 4)?;
        Ok((0..self.len()).find(|&number| self.task(number) == Some(task)))
    }

    /// Puts a task behind all of the same time. One that waits here waits nowhere else.
    fn push(&self, vm: &Vm, task: Obj, time: isize) -> Res<()> {
        vm.store_attr(task, q!("data"), Obj::NONE)?;
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.time(middle) {
                Some(other) if ticks_between(other, time) <= 0 => low = middle + 1,
                _ => high = middle,
            }
        }
        // Room for another one as well, which may be the running task: that can then pause where there is no memory to
        // be had.
        let len = self.entries.len();
        self.entries.splice(vm, len, 0, 4)?;
        self.entries.splice(vm, len, 4, 0)?;
        self.entries.splice(vm, 2 * low, 0, 2)?;
        let entry = &self.entries.items()[2 * low..];
        entry[0].set(Obj::small_int_wrapping(time));
        entry[1].set(task);
        Ok(())
    }

    /// Takes task number `number` out.
    fn take(&self, vm: &Vm, number: usize) -> Res<Option<Obj>> {
        let Some(task) = self.task(number) else { return Ok(None) };
        self.entries.splice(vm, 2 * number, 2, 0)?;
        Ok(Some(task))
    }
}

fn unary_op(vm: &Vm, op: UnaryOp, queue: Obj) -> Res<Option<Obj>> {
    let len = of(vm, queue)?.len();
    Ok(match op {
        UnaryOp::Len => Some(Obj::small_int_wrapping(len as isize)),
        UnaryOp::Bool => Some(Obj::bool(len > 0)),
        _ => None,
    })
}

/// `push(task[, time])`, where the time is now if it is not given.
fn push(vm: &Vm, args: &[Obj]) -> Res {
    let time = match args.get(2) {
        Some(&time) => vm.int(time)?,
        None => ticks_now(vm),
    };
    of(vm, args[0])?.push(vm, args[1], time)?;
    Ok(Obj::NONE)
}

/// Takes out the first task.
fn pop(vm: &Vm, queue: Obj) -> Res {
    of(vm, queue)?.take(vm, 0)?.ok_or_else(|| vm.index_error(format_args!("empty heap")))
}

/// The first task; `None` if there is none.
fn peek(vm: &Vm, queue: Obj) -> Res {
    Ok(of(vm, queue)?.task(0).unwrap_or(Obj::NONE))
}

/// Takes a task out, if it is there.
fn remove(vm: &Vm, queue: Obj, task: Obj) -> Res {
    let queue = of(vm, queue)?;
    if let Some(number) = queue.find(vm, task)? {
        queue.take(vm, number)?;
    }
    Ok(Obj::NONE)
}

/// Has a task wait no longer than until now.
fn hurry(vm: &Vm, queue: Obj, task: Obj) -> Res {
    let queue = of(vm, queue)?;
    let now = ticks_now(vm);
    if let Some(number) = queue.find(vm, task)? {
        // Its place is earlier than what comes now.
        if queue.time(number).is_some_and(|time| ticks_between(time, now) <= 0) {
            return Ok(Obj::NONE);
        }
        queue.take(vm, number)?;
    }
    queue.push(vm, task, now)?;
    Ok(Obj::NONE)
}

/// How many milliseconds it is until the time of the first task; `None` if there is none.
fn due(vm: &Vm, queue: Obj) -> Res {
    match of(vm, queue)?.time(0) {
        Some(time) => vm.new_int(ticks_between(time, ticks_now(vm)).max(0)),
        None => Ok(Obj::NONE),
    }
}
