//! The module `_thread`.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

use crate::model::args::Args;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::layout::{Dict, List, Tuple};
use crate::model::module_def::ModuleDef;
use crate::model::object::{Header, Object};
use crate::model::protocols::Ints;
use crate::model::sync;
use crate::model::turns::TakeTurns;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception;
use crate::obj::float::Floats;
use crate::ops::convert::Convert;
use crate::ops::truth::Truth;
use crate::{define, q};

/// The module `_thread` as a definition.
pub const MODULE: ModuleDef = ModuleDef::new("_thread", MEMBERS);

crate::members! {
    static MEMBERS = {
        "LockType" => value(Obj::from_static(&LOCK)),
        "allocate_lock" => f0(allocate_lock),
        "exit" => f0(exit),
        "get_ident" => f0(get_ident),
        "stack_size" => var(0, 1, stack_size),
        "start_new_thread" => var(2, 3, start_new_thread),
    }
}

fn get_ident(vm: &Vm) -> Res {
    let number = vm.host_threads().map_or(1, |threads| threads.current());
    vm.new_u64(number as u64)
}

fn exit(vm: &Vm) -> Res {
    Err(vm.error_with(&exception::SYSTEM_EXIT, &[]))
}

/// Sets the stack size of threads that are started from now on, to the usual size without an argument; answers the size
/// that was set before.
fn stack_size(vm: &Vm, args: &[Obj]) -> Res {
    let size = match args.first() {
        Some(size) => usize::try_from(vm.int(*size)?).map_err(|_| vm.value_error(format_args!("size not valid")))?,
        None => 0,
    };
    vm.new_u64(vm.set_thread_stack_size(size) as u64)
}

/// `start_new_thread(function, args[, kwargs])`
fn start_new_thread(vm: &Vm, args: &[Obj]) -> Res {
    let words = List::new(vm, &[])?;
    vm.items(args[1])?;
    words.extend(vm, args[1])?;
    let n_pos = words.len();
    if let Some(keywords) = args.get(2) {
        let Some(dict) = keywords.downcast::<Dict>() else {
            return Err(vm.type_error(format_args!("expecting a dict for keyword args")));
        };
        let mut at = 0;
        while let Some((found, key, value)) = dict.map.entry_from(at) {
            vm.work(1)?;
            words.append(vm, key)?;
            words.append(vm, value.unwrap_or(Obj::NONE))?;
            at = found + 1;
        }
    }
    let words = Tuple::of_list(vm, &words)?;
    let number = vm.start_thread(args[0], Args::new(words.items(), n_pos))?;
    vm.new_u64(number as u64)
}

crate::members! {
    static LOCK_METHODS = {
        "acquire" => var(1, 3, acquire),
        "release" => f1(release),
        "locked" => f1(locked),
        "__enter__" => f1(enter),
        "__exit__" => var(4, 4, leave),
    }
}

/// The type of locks.
static LOCK: Type = define!(Type::new(q!("lock")).locals(LOCK_METHODS));

/// A lock.
#[repr(C)]
struct Lock {
    header: Header,
    /// Whether the lock is taken: set by any thread, cleared inside of the monitor that other threads wait in.
    locked: AtomicBool,
}

// SAFETY: `Lock` is `repr(C)` and starts with a header; only locks have this type.
unsafe impl Object for Lock {
    const TYPE: &'static Type = &LOCK;
    const SCAN: bool = false;
}

fn allocate_lock(vm: &Vm) -> Res {
    Ok(vm.alloc(Lock { header: Header::of(&LOCK), locked: AtomicBool::new(false) })?.obj())
}

/// `acquire([wait[, timeout]])`
fn acquire(vm: &Vm, args: &[Obj]) -> Res {
    let lock = vm.this::<Lock>(args[0])?;
    let waits = match args.get(1) {
        Some(waits) => vm.truth(*waits)?,
        None => true,
    };
    let timeout = match args.get(2) {
        Some(seconds) => Duration::try_from_secs_f64(vm.float(*seconds)?).ok(),
        None => None,
    };
    let timeout = if waits { timeout } else { Some(Duration::ZERO) };
    Ok(Obj::bool(take(vm, &lock, timeout)?))
}

/// Waits until the lock is free, no longer than `timeout`, and takes it; answers whether the lock was taken.
fn take(vm: &Vm, lock: &Lock, timeout: Option<Duration>) -> Res<bool> {
    let locked = &lock.locked;
    let is_free = || !sync::set(locked);
    if is_free() {
        return Ok(true);
    }
    vm.wait_for(timeout, is_free)
}

fn release(vm: &Vm, object: Obj) -> Res {
    let lock = vm.this::<Lock>(object)?;
    let locked = &lock.locked;
    if !locked.load(Ordering::Relaxed) {
        return Err(vm.error_with(&exception::RUNTIME_ERROR, &[]));
    }
    vm.notify(|| locked.store(false, Ordering::Release));
    Ok(Obj::NONE)
}

fn locked(vm: &Vm, object: Obj) -> Res {
    Ok(Obj::bool(vm.this::<Lock>(object)?.locked.load(Ordering::Relaxed)))
}

fn enter(vm: &Vm, object: Obj) -> Res {
    take(vm, &*vm.this::<Lock>(object)?, None).map(Obj::bool)
}

fn leave(vm: &Vm, args: &[Obj]) -> Res {
    release(vm, args[0])
}
