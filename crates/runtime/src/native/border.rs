//! The border between Rust and machine code.
//!
//! The functions that machine code calls get no interpreter as a parameter, so a thread notes its interpreter when it
//! enters machine code. A call of machine code catches exceptions and makes a [`Res`] of them ([`call`]); in functions
//! that machine code calls, a `Res` becomes a jump ([`serve`]).

use core::cell::Cell;
use core::ffi::c_void;
use core::ptr;

use crate::model::error::{Raised, Res};
use crate::model::frame::Frame;
use crate::model::layout::Dict;
use crate::model::object::Gc;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::nlr;
use crate::native::nlr::Buffer;

/// The state of a thread while it runs machine code.
///
/// The two words about global variables are apart, because two words that were written one by one are slow to be read
/// as a pair.
#[repr(C)]
struct Thread {
    /// The variables of the module whose machine code runs, if the code has set them.
    globals: Cell<Option<Gc<Dict>>>,
    vm: Cell<*const Vm>,
    /// The frame on top of which the machine code runs that has set `globals`.
    below: Cell<*const Frame>,
    /// The buffer that exceptions go to, the one pushed last.
    top: Cell<*mut Buffer>,
    /// The exception, or null, for the buffer that is pushed next, if a generator which goes on pushes it. Other
    /// buffers keep the exception that they have.
    resumed: Cell<Option<usize>>,
    /// The exception that has waited in the buffer that was popped last.
    popped: Cell<usize>,
}

impl Thread {
    const fn new() -> Thread {
        Thread {
            globals: Cell::new(None),
            vm: Cell::new(ptr::null()),
            below: Cell::new(ptr::null()),
            top: Cell::new(ptr::null_mut()),
            resumed: Cell::new(None),
            popped: Cell::new(0),
        }
    }
}

#[cfg(feature = "std")]
#[inline(always)]
fn thread() -> *const Thread {
    std::thread_local! {
        static THREAD: Thread = const { Thread::new() };
    }
    THREAD.with(ptr::from_ref)
}

/// What is known of the machine code that a thread runs, for hosts whose threads share one processor: the state of one that does not
/// have its turn.
#[cfg(all(feature = "threads", not(feature = "std")))]
pub struct ThreadState(Thread);

#[cfg(all(feature = "threads", not(feature = "std")))]
impl ThreadState {
    /// That of a thread that runs no machine code.
    #[expect(clippy::new_without_default, reason = "it is a constant")]
    pub const fn new() -> ThreadState {
        ThreadState(Thread::new())
    }

    /// Exchanges this state for that of the thread which runs.
    ///
    /// # Safety
    /// The caller changes from the one thread to the other.
    pub unsafe fn exchange(&self) {
        let Thread { globals, vm, below, top, resumed, popped } = current();
        globals.swap(&self.0.globals);
        vm.swap(&self.0.vm);
        below.swap(&self.0.below);
        top.swap(&self.0.top);
        resumed.swap(&self.0.resumed);
        popped.swap(&self.0.popped);
    }
}

#[cfg(not(feature = "std"))]
#[inline(always)]
fn thread() -> *const Thread {
    struct Only(Thread);
    // SAFETY: without an operating system one thread at a time runs machine code, on one processor.
    unsafe impl Sync for Only {}
    static THREAD: Only = Only(Thread::new());
    &raw const THREAD.0
}

#[inline(always)]
fn current<'a>() -> &'a Thread {
    // SAFETY: a thread's state lives as long as the thread, and is for this thread only, as are the callers.
    unsafe { &*thread() }
}

/// Where the thread notes the buffer that exceptions go to.
#[inline(always)]
pub(super) fn top() -> *mut *mut Buffer {
    current().top.as_ptr()
}

/// Makes `buffer`, which is in the frame of machine code, the one that exceptions go to.
///
/// # Safety
/// Machine code called, and has room at `buffer` until the buffer is popped.
pub(super) unsafe fn push(buffer: *mut Buffer) {
    let thread = current();
    // SAFETY: the caller has room for the buffer.
    unsafe { (*buffer).link(thread.top.get(), thread.resumed.take()) };
    thread.top.set(buffer);
}

/// Forgets the buffer that was pushed last.
///
/// # Safety
/// Machine code called, and has pushed a buffer.
pub(super) unsafe fn pop() {
    let thread = current();
    // SAFETY: a buffer that was pushed and not popped is still there.
    let (previous, waiting) = unsafe { (*thread.top.get()).unlink() };
    thread.top.set(previous);
    thread.popped.set(waiting);
}

/// Calls the code of a generator as [`call`] does. `waiting` holds the exception that waits for the end of the
/// generator's `finally` blocks, before and after the generator has gone on.
///
/// # Errors
/// As [`call`].
///
/// # Safety
/// As [`call`]; the code pushes a buffer, and pops that buffer at its end.
pub(super) unsafe fn call_generator(
    vm: &Vm,
    globals: Gc<Dict>,
    code: *const c_void,
    parameters: [usize; 2],
    waiting: &Cell<Slot>,
) -> Res<usize> {
    vm.check_depth()?;
    current().resumed.set(Some(waiting.take().map_or(0, Obj::bits)));
    let [state, thrown] = parameters;
    // SAFETY: as the caller says.
    let outcome = unsafe { call(vm, Some(globals), code, [state, thrown, 0, 0]) };
    // SAFETY: the word that waits in a buffer is null or an object.
    waiting.set(unsafe { Obj::from_bits(current().popped.take()) });
    outcome
}

/// The interpreter for which the machine code runs that calls.
///
/// # Safety
/// Machine code is running on this thread.
#[inline(always)]
pub(super) unsafe fn vm<'a>() -> &'a Vm {
    // SAFETY: `call` noted the interpreter, and is still active.
    unsafe { &*current().vm.get() }
}

/// Calls machine code with four words. Code that looks for global names without setting the variables first, as
/// generators and the bodies of modules and classes do, finds them in `globals`, if given.
///
/// # Errors
/// Whatever the machine code raises; `RuntimeError` if calls are nested too deep.
///
/// # Safety
/// `code` is the start of a function that takes no more than four words, of a module whose memory is not freed
/// meanwhile.
#[inline]
pub(super) unsafe fn call(vm: &Vm, globals: Option<Gc<Dict>>, code: *const c_void, words: [usize; 4]) -> Res<usize> {
    vm.check_depth()?;
    let thread = current();
    let (outer, outer_globals, below) = (thread.vm.replace(vm), thread.globals.get(), thread.below.get());
    if globals.is_some() {
        thread.globals.set(globals);
        thread.below.set(vm.frame());
    }
    // SAFETY: the caller vouches for the code.
    let outcome = unsafe { nlr::enter(thread.top.as_ptr(), code, words) };
    thread.vm.set(outer);
    thread.globals.set(outer_globals);
    thread.below.set(below);
    if !outcome.raised {
        return Ok(outcome.value);
    }
    // SAFETY: an exception that is raised is an object.
    let exception = unsafe { Obj::from_bits(outcome.value) };
    Err(vm.raise(exception.unwrap_or(Obj::NONE)))
}

/// Does `work` for machine code. An exception of `work` goes on in the machine code.
///
/// # Safety
/// Machine code called, and the caller has nothing to drop.
#[inline(always)]
pub(super) unsafe fn serve<T: Copy>(work: impl FnOnce(&Vm) -> Res<T>) -> T {
    // SAFETY: machine code called.
    let vm = unsafe { vm() };
    match work(vm) {
        Ok(value) => value,
        // SAFETY: `work` has ended, and the caller has nothing to drop.
        Err(raised) => unsafe { raise(vm, raised) },
    }
}

#[cold]
#[inline(never)]
unsafe fn raise(vm: &Vm, raised: Raised) -> ! {
    let exception = vm.take_exception(raised);
    // SAFETY: as the caller says.
    unsafe { nlr::jump(exception.bits()) }
}

/// The global variables of the machine code that runs on top of `frame`, if such code runs and has set them.
pub(crate) fn globals(frame: &Frame) -> Option<Gc<Dict>> {
    let thread = current();
    if ptr::eq(thread.below.get(), frame) { thread.globals.get() } else { None }
}

/// Makes `globals` the variables of the machine code that runs on top of `frame`, until the code returns.
pub(super) fn set_globals(globals: Gc<Dict>, frame: &Frame) {
    current().globals.set(Some(globals));
    current().below.set(frame);
}
