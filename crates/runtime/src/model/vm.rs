//! The interpreter state.
//!
//! Everything that an interpreter knows hangs on one [`Vm`], which is a parameter of all code that needs it and never a
//! global: a process holds as many as it likes. Built-ins reach it through few entry points: allocate
//! ([`memory`](crate::model::memory)), intern ([`Vm::intern`]), raise ([`Raise`]) and call
//! ([`Call`](crate::ops::call::Call)).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::Any;
use core::cell::Cell;

use crate::errno::Errno;
use crate::heap::{Collection, Heap};
use crate::host::Host;
#[cfg(feature = "threads")]
use crate::host::Threads;
use crate::model::dispatch::{Dispatch, Steps};
use crate::model::embedder::Embedder;
use crate::model::emergency::Emergency;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Events;
pub use crate::model::events::{Budget, NoClock};
use crate::model::frame::Frame;
use crate::model::frozen::Frozen;
use crate::model::layout::{Dict, List};
use crate::model::lookups::Lookups;
use crate::model::machine::State;
use crate::model::module_def::ModuleDef;
use crate::model::mounts::Mounts;
use crate::model::object::Gc;
use crate::model::printer::Printer;
use crate::model::thread::Thread;
#[cfg(berus_tier)]
use crate::model::tier::Tier;
#[cfg(feature = "threads")]
use crate::model::turns::{ThreadsEnd, Turns};
use crate::model::watchers::Watchers;
use crate::model::word::Obj;
use crate::qstr::{Pool, Qstr};

/// Sizes and limits of an interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Words of the value stack, on which arguments and local variables lie.
    pub value_stack: usize,
    /// Words of the frame stack: a call takes ten at most, and four at most for each exception block that its function may
    /// have open at once.
    pub frame_stack: usize,
    /// Bytes of the machine stack that built-ins may use, from where the interpreter is entered. The thread must have
    /// these bytes, and 64 KiB more for the calls that built-ins make without a check of the depth: a stack that ends
    /// sooner ends the process.
    pub machine_stack: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        let words = if usize::BITS >= 64 { 1 << 17 } else { 1 << 11 };
        Limits { value_stack: words, frame_stack: words, machine_stack: 512 << 10 }
    }
}

/// The host that an interpreter has.
pub(crate) enum World {
    /// A host that only the thread uses that made the interpreter.
    Own(Box<dyn Host>),
    /// A host that the threads of the interpreter's programs share.
    #[cfg(feature = "threads")]
    Shared(Box<dyn Threads>),
}

impl World {
    pub(crate) fn new(host: Box<dyn Host>) -> World {
        #[cfg(feature = "threads")]
        if let Some(shared) = host.threads() {
            return World::Shared(shared);
        }
        World::Own(host)
    }

    fn host(&self) -> &dyn Host {
        match self {
            World::Own(host) => &**host,
            #[cfg(feature = "threads")]
            World::Shared(host) => &**host,
        }
    }
}

/// Reads lines that somebody types on the console and edits, for [`Vm::set_line_editor`].
pub trait EditLines {
    /// Shows `prompt`, and reads a line into `line`, without its end: `false` if input has ended.
    ///
    /// # Errors
    /// `KeyboardInterrupt`, `OSError` if the console cannot be read, and `MemoryError`.
    fn edit_line(&self, vm: &Vm, prompt: &[u8], line: &mut dyn Printer) -> Res<bool>;

    /// Calls `found` with each text that may stand for the end of `line`, a line of Python; answers how many bytes of
    /// `line` each stands for.
    ///
    /// # Errors
    /// What computing attributes raises, and `MemoryError`.
    fn complete(&self, vm: &Vm, line: &[u8], found: &mut dyn FnMut(&[u8])) -> Res<usize>;
}

/// An interpreter, with all that built-ins and embedders do with raw words.
///
/// # The contract of raw words
///
/// A value is a machine word ([`Obj`]), a pointer to an object is one, too ([`Gc`]), and nothing keeps the collector or
/// another interpreter from what either points to. So whoever makes an interpreter by [`Vm::new`] promises for all code
/// that is then given a `&Vm`, be it a function of the embedder's or one of a module that is registered:
///
/// 1. A value is used where the collector sees it: in local variables of code that [`Vm::enter`] has called, in objects
///    that other objects or the interpreter lead to. It is not kept in memory of Rust's allocator (a `Vec`, a `Box`) over
///    anything that may allocate, and not from one `enter` to the next.
/// 2. Values, and names ([`Qstr`]), stay with their interpreter, and are not used after its end.
/// 3. What is lent from an object (its items, its entries, its bytes, a [`Buffer`](crate::model::buffer::Buffer)) is
///    used only while the object is held, and not after anything that may change the object's size: a call of Python
///    code, a change by the same function. Memory that was asked for to be read is not written.
/// 4. Instances of a type are made as the type's module makes them, and [collections](Vm::heap) are left to the
///    interpreter.
/// 5. What a sort of table asks for in its documentation holds: of [`Type`](crate::model::types::Type),
///    [`ModuleDef`], [`custom_type!`](crate::custom_type).
///
/// In return the functions that take a `&Vm` need no `unsafe`. A program that does not want to promise uses the crate
/// `berus`, whose handles keep this contract by themselves.
pub struct Vm {
    pub(crate) heap: Heap,
    pub(crate) qstrs: Pool,
    pub(crate) world: World,
    pub(crate) events: Events,
    #[cfg(feature = "threads")]
    pub(crate) turns: Turns,
    pub(crate) thread: Thread,
    pub(crate) dispatch: Dispatch,
    pub(crate) steps: Steps,
    #[cfg(berus_tier)]
    pub(crate) tier: Tier<Vm>,
    pub(crate) lookups: Lookups,
    pub(crate) mounts: Mounts,
    pub(crate) frozen: Vec<&'static dyn Frozen>,
    pub(crate) modules: Cell<Option<Gc<Dict>>>,
    /// The modules written in Rust that a program has imported, and `__main__`.
    pub(crate) registered_modules: Cell<Option<Gc<Dict>>>,
    pub(crate) main: Cell<Option<Gc<Dict>>>,
    /// The variables of the module `builtins`, once a program has imported it.
    pub(crate) builtins: Cell<Option<Gc<Dict>>>,
    pub(crate) path: Cell<Option<Obj>>,
    pub(crate) argv: Cell<Option<Obj>>,
    /// The function given to `sys.atexit`, which is called at the end of the program.
    pub(crate) at_exit: Cell<Option<Obj>>,
    /// Objects that were stored as numbers, by their words.
    pub(crate) exposed: Cell<Option<Gc<Dict>>>,
    /// The objects of [`Vm::shared_objects`].
    pub(crate) shared: Cell<Option<Gc<List>>>,
    /// The exception that is raised when there is no memory for another.
    pub(crate) emergency: Emergency,
    pub(crate) native: State,
    pub(crate) gc_enabled: Cell<bool>,
    pub(crate) watchers: Watchers,
    /// How many callers have put off finalisers.
    pub(crate) finalisers_put_off: Cell<usize>,
    pub(crate) optimise: Cell<u8>,
    /// The emitter that compiles functions which do not name one themselves.
    #[cfg(feature = "compiler")]
    pub(crate) emitter: Cell<berus_compiler::Emitter>,
    #[cfg(feature = "compiler")]
    pub(crate) verbosity: Cell<u8>,
    pub(crate) errno: Cell<Errno>,
    /// What a method of a program was told the address of: see `obj/io_base.rs`.
    pub(crate) lent_fields: Cell<Option<Obj>>,
    /// The state of the embedder, if there is any.
    pub(crate) embedder: Option<Box<dyn Embedder>>,
    /// Who reads lines for `input()`, if somebody edits them.
    pub(crate) line_editor: Option<Box<dyn EditLines>>,
    pub(crate) limits: Limits,
    /// Whether a panic has left the interpreter in the middle of its work.
    pub(crate) abandoned: Cell<bool>,
    /// The modules that are written in Rust, in the order of their registration.
    pub(crate) registry: Vec<&'static [ModuleDef]>,
}

/// How many bytes of a machine stack are left for the host, and for what built-ins do without asking how much is free.
pub(crate) const STACK_LEFT: usize = 64 << 10;

/// Marks an interpreter as abandoned when a panic passes.
struct Abandon<'a>(&'a Vm);

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        self.0.abandoned.set(true);
    }
}

impl Vm {
    /// Runs `work` with the interpreter entered: all use of objects by an embedder happens inside. Values that `work`
    /// holds in its local variables are safe from collection; values held outside are not, nor are values in memory of
    /// Rust's allocator (a `Vec`, a `Box`). Outside of `enter` nothing is collected. Threads that a program has started
    /// end when `work` does.
    ///
    /// A value that is to stay from one call of `enter` to the next belongs into a variable of the program, here one of
    /// `__main__`:
    ///
    /// ```
    /// use berus_runtime::model::protocols::Strs;
    /// use berus_runtime::heap::{GlobalRegions, Heap};
    /// use berus_runtime::host::Silent;
    /// use berus_runtime::model::vm::{Limits, Vm};
    ///
    /// // SAFETY: the code below keeps the contract of raw words.
    /// let vm = unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()) }.unwrap();
    /// vm.enter(|vm| {
    ///     let greeting = vm.new_str(b"hello").unwrap();
    ///     vm.main().store(vm, vm.intern(b"greeting").unwrap(), greeting).unwrap();
    /// });
    /// vm.enter(|vm| {
    ///     let greeting = vm.main().load(vm, vm.intern(b"greeting").unwrap()).unwrap();
    ///     assert_eq!(vm.as_str(greeting), Some(&b"hello"[..]));
    /// });
    /// ```
    ///
    /// # Panics
    /// If a panic has left this interpreter before: an interpreter that was left in the middle of its work is not to be
    /// used again, only dropped. See [`Vm::is_abandoned`]. If the interpreter was entered on another machine stack: see
    /// [`Vm::is_on_its_stack`].
    pub fn enter<R>(&self, work: impl FnOnce(&Vm) -> R) -> R {
        assert!(!self.is_abandoned(), "a panic has left this interpreter in the middle of its work");
        if self.is_entered() {
            assert!(self.is_on_its_stack(), "the interpreter was entered on another machine stack");
            let abandon = Abandon(self);
            let result = work(self);
            core::mem::forget(abandon);
            return result;
        }
        self.on_machine_stack(self.limits.machine_stack, |vm| {
            #[cfg(feature = "threads")]
            let _end = ThreadsEnd(vm);
            work(vm)
        })
    }

    /// Runs `work` on the running thread's machine stack, of which built-ins may use `bytes` bytes from here. This
    /// function is not inlined into its caller, in whose machine frame the interpreter itself may lie: words of the
    /// interpreter's caches must not keep objects alive.
    #[inline(never)]
    pub(crate) fn on_machine_stack<R>(&self, bytes: usize, work: impl FnOnce(&Vm) -> R) -> R {
        let marker = 0usize;
        let here = (&raw const marker).expose_provenance();
        self.thread.stack_base.set(here);
        self.thread.stack_limit.set(here.saturating_sub(bytes));
        let abandon = Abandon(self);
        let result = self.run_below(work);
        core::mem::forget(abandon);
        self.thread.stack_base.set(0);
        result
    }

    /// Whether code runs that [`Vm::enter`] has called.
    pub fn is_entered(&self) -> bool {
        self.thread.stack_base.get() != 0
    }

    /// Whether the caller runs on the machine stack on which the interpreter was entered, in the part that built-ins may use
    /// or a little below. The collector looks at what lies between, so that a function which built-ins call
    /// does not enter the interpreter from a stack that it has made (a coroutine's, or one more for deep recursion).
    #[inline]
    pub fn is_on_its_stack(&self) -> bool {
        let marker = 0u8;
        let (here, low) = ((&raw const marker).addr(), self.thread.stack_limit.get());
        (low.saturating_sub(STACK_LEFT)..=self.thread.stack_base.get()).contains(&here)
    }

    /// Whether a panic has left the interpreter in the middle of its work, which leaves nothing to do but to drop it.
    pub fn is_abandoned(&self) -> bool {
        self.abandoned.get()
    }

    /// Runs `work` in a machine frame below the one of [`Vm::on_machine_stack`], whose address is the upper end of the
    /// stack.
    #[inline(never)]
    fn run_below<R>(&self, work: impl FnOnce(&Vm) -> R) -> R {
        work(self)
    }

    /// Checks that the machine stack has room for a built-in to call deeper.
    ///
    /// # Errors
    /// `RuntimeError`: "maximum recursion depth exceeded".
    #[inline]
    pub fn check_depth(&self) -> Res<()> {
        if self.is_deep() { Err(self.recursion_error()) } else { Ok(()) }
    }

    /// Whether the machine stack has no room left for built-ins to call deeper.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn is_deep(&self) -> bool {
        let marker = 0u8;
        (&raw const marker).addr() < self.thread.stack_limit.get()
    }

    /// The frame that runs.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn frame(&self) -> &Frame {
        self.thread.stacks.frame()
    }

    /// Bytes of the machine stack in use since the interpreter was entered.
    pub fn stack_use(&self) -> usize {
        let marker = 0u8;
        self.thread.stack_base.get().saturating_sub((&raw const marker).addr())
    }

    /// Bytes of the machine stack that may be in use.
    pub fn stack_size(&self) -> usize {
        self.thread.stack_base.get().saturating_sub(self.thread.stack_limit.get())
    }

    /// The host, which is the outside world.
    pub fn host(&self) -> &dyn Host {
        self.world.host()
    }

    /// Sets the optimisation level with which source is compiled, as `-O` and `micropython.opt_level` do.
    pub fn set_optimisation(&self, level: u8) {
        self.optimise.set(level);
    }

    /// Gives the interpreter an embedder's state, in place of the one before.
    pub fn set_embedder(&mut self, embedder: Box<dyn Embedder>) {
        self.embedder = Some(embedder);
    }

    /// The state that the embedder has given the interpreter, if it is of the type `T`.
    #[inline]
    pub fn embedder<T: Embedder>(&self) -> Option<&T> {
        let embedder: &dyn Any = self.embedder.as_deref()?;
        embedder.downcast_ref()
    }

    /// As [`Vm::embedder`], without a look at the type.
    ///
    /// # Safety
    /// The embedder has given the interpreter a state of the type `T`.
    #[inline]
    pub unsafe fn embedder_unchecked<T: Embedder>(&self) -> &T {
        debug_assert!(self.embedder::<T>().is_some());
        // SAFETY: as this function asks of its caller.
        unsafe { &*core::ptr::from_ref(self.embedder.as_deref().unwrap_unchecked()).cast() }
    }

    /// Has `input()` read lines by way of `editor`, where the console's own are not edited.
    pub fn set_line_editor(&mut self, editor: Box<dyn EditLines>) {
        self.line_editor = Some(editor);
    }

    /// The error number with which [`Vm::os_error`] was called last, if no other has been set since.
    pub fn errno(&self) -> Errno {
        self.errno.get()
    }

    /// Sets the error number that [`Vm::errno`] answers.
    pub fn set_errno(&self, errno: Errno) {
        self.errno.set(errno);
    }

    /// The heap.
    pub fn heap(&self) -> &Heap {
        &self.heap
    }

    /// The name spelled `bytes`, interned.
    ///
    /// # Errors
    /// `MemoryError`, and `RuntimeError` if the name is too long.
    pub fn intern(&self, bytes: &[u8]) -> Res<Qstr> {
        self.qstrs.intern(self, bytes)
    }

    /// The name spelled `bytes`, interned without a copy. The bytes are lent: they never change, and stay as long as
    /// something that the collector sees points to them.
    ///
    /// # Errors
    /// `MemoryError`, and `RuntimeError` if the name is too long.
    pub(crate) fn intern_lent(&self, bytes: &'static [u8]) -> Res<Qstr> {
        self.qstrs.intern_lent(self, bytes)
    }

    /// The spelling of `name`.
    #[cfg_attr(not(feature = "small"), inline)]
    pub fn spelling(&self, name: Qstr) -> &[u8] {
        self.qstrs.bytes(name)
    }

    /// Makes `exception` the exception that is being raised.
    pub fn raise(&self, exception: Obj) -> Raised {
        self.thread.exception.set(Some(exception));
        Raised::new()
    }

    /// Takes the exception that `raised` stands for, to handle it.
    pub fn take_exception(&self, raised: Raised) -> Obj {
        let Raised { .. } = raised;
        self.thread.exception.take().unwrap_or(Obj::NONE)
    }

    /// The exception that `raised` stands for.
    pub fn peek_exception(&self, raised: &Raised) -> Obj {
        let Raised { .. } = raised;
        self.thread.exception.get().unwrap_or(Obj::NONE)
    }

    /// Takes the exception that an instruction has left waiting.
    pub(crate) fn waiting_exception(&self) -> Obj {
        self.thread.exception.take().unwrap_or(Obj::NONE)
    }

    /// Takes the value that the generator or iterator which ended last returned: the value of its `StopIteration`.
    pub fn take_returned(&self) -> Obj {
        self.thread.returned.take().unwrap_or(Obj::NONE)
    }

    /// Sets the value that [`Vm::take_returned`] answers, for an iterator that ends with a value.
    pub fn set_returned(&self, value: Obj) {
        self.thread.returned.set(if value == Obj::NONE { None } else { Some(value) });
    }

    pub(crate) fn set_result(&self, value: Obj) {
        self.thread.result.set(Some(value));
    }

    pub(crate) fn take_result(&self) -> Obj {
        self.thread.result.take().unwrap_or(Obj::NONE)
    }

    /// The objects that library modules keep for this interpreter, a list.
    pub(crate) fn shared_objects(&self) -> Res<Gc<List>> {
        if let Some(objects) = self.shared.get() {
            return Ok(objects);
        }
        let objects = List::new(self, &[])?;
        self.shared.set(Some(objects));
        Ok(objects)
    }

    /// `sys.modules`.
    pub fn modules(&self) -> Gc<Dict> {
        self.modules.get().expect("made with the interpreter")
    }

    /// The modules written in Rust that a program has imported, and `__main__`.
    pub(crate) fn registered_modules(&self) -> Res<Gc<Dict>> {
        match self.registered_modules.get() {
            Some(modules) => Ok(modules),
            None => {
                let modules = Dict::new(self)?;
                self.registered_modules.set(Some(modules));
                Ok(modules)
            }
        }
    }

    /// The variables of `__main__`.
    pub fn main(&self) -> Gc<Dict> {
        self.main.get().expect("made with the interpreter")
    }

    /// The variables of the module `builtins`, once a program has imported it.
    #[inline]
    pub(crate) fn builtins(&self) -> Option<Gc<Dict>> {
        self.builtins.get()
    }

    pub(crate) fn set_builtins(&self, globals: Gc<Dict>) {
        self.builtins.set(Some(globals));
        self.forget_builtins();
        self.note_hiding();
    }

    /// `sys.path`, a list.
    pub fn path(&self) -> Obj {
        self.path.get().expect("made with the interpreter")
    }

    /// `sys.argv`, a list.
    pub fn argv(&self) -> Obj {
        self.argv.get().expect("made with the interpreter")
    }

    /// The variables of the module or class body that runs.
    pub fn locals(&self) -> Gc<Dict> {
        self.thread.locals.get().unwrap_or_else(|| self.main())
    }

    /// Makes `locals` the variables of a module or class body that is about to run; answers the variables before, to be
    /// set again.
    pub fn swap_locals(&self, locals: Gc<Dict>) -> Gc<Dict> {
        self.thread.locals.replace(Some(locals)).unwrap_or_else(|| self.main())
    }

    /// Keeps what the interpreter state refers to.
    pub(crate) fn keep_roots(&self, collection: &mut Collection<'_>) {
        let objects = [self.path.get(), self.argv.get(), self.at_exit.get(), self.lent_fields.get()];
        let dicts = [
            self.exposed.get(),
            self.modules.get(),
            self.main.get(),
            self.builtins.get(),
            self.registered_modules.get(),
        ];
        for word in objects.into_iter().flatten().map(Obj::bits) {
            collection.keep(word);
        }
        if let Some(list) = self.shared.get() {
            collection.keep(list.obj().bits());
        }
        self.native.keep(collection);
        for dict in dicts.into_iter().flatten() {
            collection.keep(dict.as_ptr().addr().get());
        }
        self.events.keep(collection);
        self.thread.keep(collection);
        #[cfg(feature = "threads")]
        self.turns.keep(collection);
        self.emergency.keep(collection);
        #[cfg(berus_tier)]
        self.tier.keep(collection);
        self.mounts.keep(collection);
        if let Some(embedder) = &self.embedder {
            embedder.keep(collection);
        }
    }
}
