//! The interpreter state.
//!
//! Everything that an interpreter knows hangs on one [`Vm`], which is a parameter of all code that needs it and never a
//! global: a process holds as many as it likes. Built-ins reach it through few entry points: allocate
//! ([`memory`]), intern ([`Vm::intern`]), raise ([`raise`]) and call ([`Vm::call`](crate::ops::call)).

mod cache;
mod emergency;
mod expose;
mod finalise;
pub(crate) mod frame;
pub mod memory;
pub(crate) mod op;
pub mod raise;
pub(crate) mod registers;
pub(crate) mod run;
pub mod weak;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

use crate::error::{Raised, Res};
use crate::heap::{Collection, Heap};
use crate::host::Host;
use crate::import::Frozen;
use crate::modules::{MODULES, ModuleDef};
use crate::native;
use crate::obj::dict::Dict;
use crate::obj::exception;
use crate::obj::list::List;
use crate::object::Gc;
use crate::qstr::{Pool, Qstr};
use crate::vfs::Mounts;
use crate::word::Obj;

use cache::Lookups;
use emergency::Emergency;
use frame::Stacks;
use weak::Watchers;

/// Calls and backward jumps between two looks at pending events.
const TICKS: u32 = 1024;

/// Most calls that wait at once.
const MAX_SCHEDULED: usize = 4;

/// Sizes and limits of an interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Words of the value stack, on which arguments and local variables lie.
    pub value_stack: usize,
    /// Bytes of the machine stack that built-ins may use, from where the interpreter is entered.
    pub machine_stack: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { value_stack: if usize::BITS >= 64 { 1 << 17 } else { 1 << 11 }, machine_stack: 512 << 10 }
    }
}

/// An interpreter.
pub struct Vm {
    pub(crate) heap: Heap,
    pub(crate) qstrs: Pool,
    host: Box<dyn Host>,
    pub(crate) stacks: Stacks,
    pub(crate) lookups: Lookups,
    /// The exception that waits to be handled, while a [`Raised`] is on its way.
    exception: Cell<Option<Obj>>,
    /// What the iterator that ended last returned.
    returned: Cell<Option<Obj>>,
    /// What the function that Rust called has returned or yielded.
    result: Cell<Option<Obj>>,
    /// Calls and backward jumps until the host is asked for events.
    ticks: Cell<u32>,
    /// The variables of the module or class body that runs.
    locals: Cell<Option<Gc<Dict>>>,
    pub(crate) mounts: Mounts,
    pub(crate) frozen: Vec<&'static dyn Frozen>,
    modules: Cell<Option<Gc<Dict>>>,
    /// Those modules written in Rust that a program has imported, and `__main__`.
    registered_modules: Cell<Option<Gc<Dict>>>,
    main: Cell<Option<Gc<Dict>>>,
    /// The variables of the module `builtins`, once a program has imported it.
    builtins: Cell<Option<Gc<Dict>>>,
    path: Cell<Option<Obj>>,
    argv: Cell<Option<Obj>>,
    /// Called at the end of the program, from `sys.atexit`.
    at_exit: Cell<Option<Obj>>,
    /// Calls that `micropython.schedule` asked for: a list of pairs.
    scheduled: Cell<Option<Gc<List>>>,
    /// Objects that were stored as numbers, by their words.
    exposed: Cell<Option<Gc<Dict>>>,
    /// What [`Vm::shared`] has made.
    shared: Cell<Option<Gc<List>>>,
    /// Raised when there is no memory for another exception.
    emergency: Emergency,
    pub(crate) native: native::State,
    pub(crate) gc_enabled: Cell<bool>,
    pub(crate) watchers: Watchers,
    pub(crate) optimise: Cell<u8>,
    /// What makes the code of functions that do not say so themselves.
    #[cfg(feature = "compiler")]
    pub(crate) emitter: Cell<berus_compiler::Emitter>,
    errno: Cell<i32>,
    /// The address of the machine stack where the interpreter was entered; 0 outside.
    pub(crate) stack_base: Cell<usize>,
    stack_limit: Cell<usize>,
    limits: Limits,
    /// The modules that are written in Rust, in the order of their registration.
    pub(crate) registry: Vec<&'static [ModuleDef]>,
}

impl Vm {
    /// An interpreter that has run nothing. `None` if `heap` has no room for what every interpreter needs.
    pub fn new(heap: Heap, host: Box<dyn Host>, limits: Limits) -> Option<Vm> {
        let vm = Vm {
            heap,
            qstrs: Pool::default(),
            host,
            stacks: Stacks::new(limits.value_stack),
            lookups: Lookups::default(),
            exception: Cell::new(None),
            returned: Cell::new(None),
            result: Cell::new(None),
            ticks: Cell::new(TICKS),
            locals: Cell::new(None),
            mounts: Mounts::default(),
            frozen: Vec::new(),
            modules: Cell::new(None),
            registered_modules: Cell::new(None),
            main: Cell::new(None),
            builtins: Cell::new(None),
            path: Cell::new(None),
            argv: Cell::new(None),
            at_exit: Cell::new(None),
            scheduled: Cell::new(None),
            exposed: Cell::new(None),
            emergency: Emergency::default(),
            shared: Cell::new(None),
            native: native::State::default(),
            gc_enabled: Cell::new(false),
            watchers: Watchers::default(),
            optimise: Cell::new(0),
            #[cfg(feature = "compiler")]
            emitter: Cell::new(berus_compiler::Emitter::Bytecode),
            errno: Cell::new(0),
            stack_base: Cell::new(0),
            stack_limit: Cell::new(0),
            limits,
            registry: vec![MODULES],
        };
        vm.fill_in().ok()?;
        vm.gc_enabled.set(true);
        Some(vm)
    }

    /// Makes the objects that every interpreter has; nothing is collected meanwhile.
    fn fill_in(&self) -> Res<()> {
        self.prepare_emergency()?;
        self.modules.set(Some(Dict::new(self)?));
        let main = Dict::new(self)?;
        main.store(self, crate::q!("__name__"), Obj::qstr(crate::q!("__main__")))?;
        self.main.set(Some(main));
        self.locals.set(Some(main));
        self.path.set(Some(List::new(self, &[])?.obj()));
        self.argv.set(Some(List::new(self, &[])?.obj()));
        Ok(())
    }

    /// Runs `work` with the interpreter entered: all use of objects by an embedder happens inside. Values that `work` holds in its
    /// local variables are safe from collection; those held outside are not.
    pub fn enter<R>(&self, work: impl FnOnce(&Vm) -> R) -> R {
        let marker = 0usize;
        let here = (&raw const marker).expose_provenance();
        let outer = self.stack_base.get();
        if outer == 0 {
            self.stack_base.set(here);
            self.stack_limit.set(here.saturating_sub(self.limits.machine_stack));
        }
        let result = self.work(work);
        self.stack_base.set(outer);
        result
    }

    /// `work` in a machine frame below the one whose address [`Vm::enter`] takes.
    #[inline(never)]
    fn work<R>(&self, work: impl FnOnce(&Vm) -> R) -> R {
        work(self)
    }

    /// Checks that a built-in may call deeper.
    ///
    /// # Errors
    /// `RuntimeError`: "maximum recursion depth exceeded".
    #[inline]
    pub fn check_depth(&self) -> Res<()> {
        if self.is_deep() { Err(self.recursion_error()) } else { Ok(()) }
    }

    /// Whether built-ins may not call deeper.
    #[inline(always)]
    pub(crate) fn is_deep(&self) -> bool {
        let marker = 0u8;
        (&raw const marker).addr() < self.stack_limit.get()
    }

    /// Bytes of the machine stack in use since the interpreter was entered.
    pub fn stack_use(&self) -> usize {
        let marker = 0u8;
        self.stack_base.get().saturating_sub((&raw const marker).addr())
    }

    /// Bytes of the machine stack that may be in use.
    pub fn stack_size(&self) -> usize {
        self.stack_base.get().saturating_sub(self.stack_limit.get())
    }

    /// The outside world.
    pub fn host(&self) -> &dyn Host {
        &*self.host
    }

    /// Sets the optimisation level with which source is compiled, as `-O` and `micropython.opt_level` do.
    pub fn set_optimisation(&self, level: u8) {
        self.optimise.set(level);
    }

    /// The error number with which [`Vm::os_error`] was called last, if none has been set since.
    pub fn errno(&self) -> i32 {
        self.errno.get()
    }

    /// Sets what [`Vm::errno`] answers.
    pub fn set_errno(&self, number: i32) {
        self.errno.set(number);
    }

    /// The heap.
    pub fn heap(&self) -> &Heap {
        &self.heap
    }

    /// The name spelled `bytes`, interned.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn intern(&self, bytes: &[u8]) -> Res<Qstr> {
        self.qstrs.intern(self, bytes)
    }

    /// The name spelled `bytes`, interned. It is spelled where the bytes are, which are lent: they never change, and stay as long as
    /// something that the collector sees points to them.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn intern_lent(&self, bytes: &'static [u8]) -> Res<Qstr> {
        self.qstrs.intern_lent(self, bytes)
    }

    /// The spelling of `name`.
    pub fn spelling(&self, name: Qstr) -> &[u8] {
        self.qstrs.bytes(name)
    }

    /// Makes `exception` the one that is being raised.
    pub fn raise(&self, exception: Obj) -> Raised {
        self.exception.set(Some(exception));
        Raised::new()
    }

    /// Takes the exception that `raised` stands for, to handle it.
    pub fn take_exception(&self, raised: Raised) -> Obj {
        let Raised { .. } = raised;
        self.exception.take().unwrap_or(Obj::NONE)
    }

    /// The exception that `raised` stands for.
    pub fn peek_exception(&self, raised: &Raised) -> Obj {
        let Raised { .. } = raised;
        self.exception.get().unwrap_or(Obj::NONE)
    }

    /// Takes the exception that an instruction has left waiting.
    pub(crate) fn waiting_exception(&self) -> Obj {
        self.exception.take().unwrap_or(Obj::NONE)
    }

    /// What the generator or iterator that ended last returned: the value of its `StopIteration`.
    pub fn take_returned(&self) -> Obj {
        self.returned.take().unwrap_or(Obj::NONE)
    }

    /// Sets what [`Vm::take_returned`] answers, for an iterator that ends with a value.
    pub fn set_returned(&self, value: Obj) {
        self.returned.set(if value == Obj::NONE { None } else { Some(value) });
    }

    pub(crate) fn set_result(&self, value: Obj) {
        self.result.set(Some(value));
    }

    pub(crate) fn take_result(&self) -> Obj {
        self.result.take().unwrap_or(Obj::NONE)
    }

    /// Counts a call or backward jump: whether it is time to [`poll`](Vm::poll).
    #[inline(always)]
    pub(crate) fn tick(&self) -> bool {
        match self.ticks.get() {
            0 => true,
            left => {
                self.ticks.set(left - 1);
                false
            }
        }
    }

    /// Looks at pending events.
    ///
    /// # Errors
    /// `KeyboardInterrupt`, if the host was interrupted.
    #[cold]
    #[inline(never)]
    pub fn poll(&self) -> Res<()> {
        self.ticks.set(TICKS);
        if self.host.interrupted() {
            return Err(self.error_with(&exception::KEYBOARD_INTERRUPT, &[]));
        }
        self.tell_watchers()?;
        match self.scheduled.take() {
            Some(calls) => self.run_scheduled(&calls),
            None => Ok(()),
        }
    }

    /// Has [`Vm::poll`] called at the next call or backward jump.
    pub(crate) fn poll_soon(&self) {
        self.ticks.set(0);
    }

    /// Has `function` called with `arg` soon, between two instructions.
    ///
    /// # Errors
    /// `RuntimeError` if too many calls wait, and `MemoryError`.
    pub fn schedule(&self, function: Obj, arg: Obj) -> Res<()> {
        let calls = match self.scheduled.get() {
            Some(calls) => calls,
            None => List::new(self, &[])?,
        };
        if calls.len() >= 2 * MAX_SCHEDULED {
            return Err(self.runtime_error(format_args!("schedule queue full")));
        }
        calls.append(self, function)?;
        calls.append(self, arg)?;
        self.scheduled.set(Some(calls));
        self.ticks.set(0);
        Ok(())
    }

    fn run_scheduled(&self, calls: &List) -> Res<()> {
        let mut at = 0;
        while let (Some(function), Some(arg)) = (calls.get(at), calls.get(at + 1)) {
            at += 2;
            if let Err(raised) = self.call(function, &[arg]) {
                let exception = self.take_exception(raised);
                self.print_exception(&mut crate::ops::print::Stderr, exception)?;
            }
        }
        Ok(())
    }

    /// Sets the function to call at the end of the program; answers the one before.
    pub fn set_at_exit(&self, function: Obj) -> Option<Obj> {
        self.at_exit.replace(Some(function))
    }

    /// Calls the function that [`Vm::set_at_exit`] set, if there is one.
    ///
    /// # Errors
    /// What it raises.
    pub fn call_at_exit(&self) -> Res<()> {
        match self.at_exit.take() {
            Some(function) if function != Obj::NONE => self.call(function, &[]).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// What library modules keep for this interpreter.
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

    /// Those modules written in Rust that a program has imported, and `__main__`.
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

    /// The variables of the module `builtins`, once it is imported.
    #[inline]
    pub(crate) fn builtins(&self) -> Option<Gc<Dict>> {
        self.builtins.get()
    }

    pub(crate) fn set_builtins(&self, globals: Gc<Dict>) {
        self.builtins.set(Some(globals));
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
        self.locals.get().unwrap_or_else(|| self.main())
    }

    /// Makes `locals` the variables of a module or class body that is about to run; answers those before, to be set again.
    pub fn swap_locals(&self, locals: Gc<Dict>) -> Gc<Dict> {
        self.locals.replace(Some(locals)).unwrap_or_else(|| self.main())
    }

    /// Keeps what the interpreter state refers to.
    fn keep_roots(&self, collection: &mut Collection<'_>) {
        let objects = [
            self.exception.get(),
            self.returned.get(),
            self.result.get(),
            self.path.get(),
            self.argv.get(),
            self.at_exit.get(),
        ];
        let dicts = [
            self.exposed.get(),
            self.locals.get(),
            self.modules.get(),
            self.main.get(),
            self.builtins.get(),
            self.registered_modules.get(),
        ];
        for word in objects.into_iter().flatten().map(Obj::bits) {
            collection.keep(word);
        }
        for list in [self.scheduled.get(), self.shared.get()].into_iter().flatten() {
            collection.keep(list.obj().bits());
        }
        self.native.keep(collection);
        for dict in dicts.into_iter().flatten() {
            collection.keep(dict.as_ptr().addr().get());
        }
        self.emergency.keep(collection);
        self.mounts.keep(collection);
        self.stacks.keep(collection);
    }
}
