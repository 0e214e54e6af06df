//! Generators and coroutines.
//!
//! A generator has the slots of its frame in itself, so that it is resumed without copying them; exception blocks that
//! are open while the generator is suspended, mostly none, are kept behind the slots.

use core::cell::Cell;

use crate::data::exception::Exceptions;
use crate::model::code::Code;
use crate::model::dispatch::Exit;
use crate::model::error::{Raise, Res};
use crate::model::execute::Execute;
use crate::model::frame::{Block, Entry, Frame, Start};
use crate::model::machine::Machine;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Iterate};
use crate::model::registers::{Ip, Sp};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::exception;
use crate::ops::attr::Attributes;
use crate::ops::call::Call;
use crate::ops::iterate::none_at_stop;
use crate::ops::print::Print;
use crate::{define, q};

crate::members! {
    pub(crate) static METHODS = {
        "close" => f1(generator_close),
        "send" => send(generator_send),
        "throw" => var(2, 4, generator_throw),
        "pend_throw" => f2(generator_pend_throw),
        #[cfg(feature = "python")]
        "__await__" => f1(itself),
    }
}

/// The type `generator`.
pub static TYPE: Type = define!(
    Type::new(q!("generator")).print(generator_print).iter(generator_iter).next(generator_next).locals(METHODS)
);

/// What a generator is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The generator has not begun.
    New,
    /// The generator has yielded, and waits to go on.
    Suspended,
    /// The generator runs.
    Running,
    /// The generator has ended.
    Ended,
}

/// A generator. Its frame's slots, then room for the frame's exception blocks, follow the structure.
#[repr(C)]
pub struct Generator {
    header: Header,
    code: Gc<Code>,
    ip: Cell<*const u8>,
    sp: Cell<*mut Slot>,
    /// The exception from `pend_throw` that is to be raised when the generator goes on.
    pending: Cell<Slot>,
    n_blocks: Cell<u16>,
    state: Cell<State>,
}

// SAFETY: `Generator` is `repr(C)` and starts with a header; only generators have this type.
unsafe impl Object for Generator {
    const TYPE: &'static Type = &TYPE;
}

impl Generator {
    /// A generator that runs `code`, whose slots are all unset.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn new(vm: &Vm, code: Gc<Code>) -> Res<Gc<Generator>> {
        let tail = usize::from(code.n_state) * size_of::<Slot>() + usize::from(code.n_exc) * size_of::<Block>();
        let object = Generator {
            header: Header::of(&TYPE),
            code,
            ip: Cell::new(code.start),
            sp: Cell::new(core::ptr::null_mut()),
            pending: Cell::new(None),
            n_blocks: Cell::new(0),
            state: Cell::new(State::New),
        };
        let generator = vm.alloc_tail(object, tail)?;
        // SAFETY: the tail was just allocated.
        unsafe { generator.slots().cast::<u8>().write_bytes(0, tail) };
        generator.sp.set(generator.slots().wrapping_add(usize::from(code.n_locals)));
        Ok(generator)
    }

    /// The generator's slots, which start with local variable 0.
    pub(crate) fn slots(&self) -> *mut Slot {
        core::ptr::from_ref(self).wrapping_add(1).cast_mut().cast()
    }

    fn blocks(&self) -> *mut Block {
        self.slots().wrapping_add(usize::from(self.code.n_state)).cast()
    }

    /// Keeps what the generator needs to go on from its frame, which is about to go.
    pub(crate) fn suspend(&self, frame: &Frame, ip: Ip, sp: Sp) {
        self.ip.set(ip.0);
        self.sp.set(sp.0);
        self.state.set(State::Suspended);
        if frame.has_open_blocks() {
            self.keep_blocks(frame);
        } else {
            self.n_blocks.set(0);
        }
    }

    #[cold]
    #[inline(never)]
    fn keep_blocks(&self, frame: &Frame) {
        let open = frame.open_blocks();
        // SAFETY: the tail has room for as many blocks as can be open.
        unsafe { self.blocks().copy_from_nonoverlapping(open.as_ptr(), open.len()) };
        self.n_blocks.set(open.len() as u16);
    }

    fn object(&self) -> Obj {
        Obj::from_header(core::ptr::NonNull::from_ref(self).cast())
    }

    /// Notes that the generator has ended.
    pub(crate) fn end(&self) {
        self.state.set(State::Ended);
    }

    /// Pushes the generator's frame, in which the `yield` that it waits at has the value `sent`.
    #[cfg_attr(not(feature = "small"), inline)]
    fn push(&self, vm: &Vm, entry: Entry, sent: Obj) -> Res<()> {
        let mut sp = Sp(self.sp.get());
        if self.state.get() == State::Suspended {
            sp.push(sent);
        }
        vm.push_frame_at(self.code, self.slots(), Start { ip: self.ip.get(), sp: sp.0 }, entry, Some(self.object()))?;
        if self.n_blocks.get() > 0 {
            self.open_blocks(vm.frame());
        }
        self.state.set(State::Running);
        Ok(())
    }

    /// Opens the blocks that were open when the generator was suspended.
    #[cold]
    #[inline(never)]
    fn open_blocks(&self, frame: &Frame) {
        for n in 0..usize::from(self.n_blocks.get()) {
            // SAFETY: `suspend` has kept that many blocks.
            frame.push_block(unsafe { self.blocks().add(n).read() });
        }
    }

    /// Checks that the generator is not running.
    fn check(&self, vm: &Vm) -> Res<()> {
        if self.state.get() == State::Running {
            return Err(vm.value_error(format_args!("generator already executing")));
        }
        Ok(())
    }

    /// Pushes the generator's frame, with `entry`, so that the generator goes on with `sent`. `false` if there is more to
    /// do than that, or less: then [`Generator::resume`] does it.
    ///
    /// Not inlined into handlers, which then could not end in a jump.
    #[inline(never)]
    pub(crate) fn enter(&self, vm: &Vm, entry: Entry, sent: Obj) -> Res<bool> {
        self.check(vm)?;
        let is_plain = match self.state.get() {
            State::New => sent == Obj::NONE,
            State::Suspended => true,
            State::Running | State::Ended => false,
        };
        if !is_plain || self.pending.get().is_some() {
            return Ok(false);
        }
        self.push(vm, entry, sent)?;
        Ok(true)
    }

    /// Pushes the generator's frame for the `for` loop of the running frame; `false` if the generator has ended.
    pub(crate) fn enter_loop(&self, vm: &Vm) -> Res<bool> {
        self.check(vm)?;
        if self.pending.get().is_some() {
            return match self.resume(vm, Obj::NONE, None)? {
                // The value yielded after a pending exception was caught is one that no loop asks for, and is dropped
                // here.
                Some(_) => self.enter_loop(vm),
                None => Ok(false),
            };
        }
        if self.state.get() == State::Ended {
            return Ok(false);
        }
        self.push(vm, Entry::Loop, Obj::NONE)?;
        Ok(true)
    }

    /// As [`Generator::resume`] with `None`, for code that has checked the depth of the machine stack.
    #[cfg_attr(not(feature = "small"), inline)]
    fn next(&self, vm: &Vm) -> Res<Option<Obj>> {
        let is_plain = self.pending.get().is_none() && matches!(self.state.get(), State::New | State::Suspended);
        if cfg!(feature = "small") || !is_plain {
            return self.resume(vm, Obj::NONE, None);
        }
        self.push(vm, Entry::Rust, Obj::NONE)?;
        let exit = vm.run()?;
        self.outcome(vm, exit)
    }

    /// Lets the generator go on with `sent`, or with `thrown` raised: the value that it yields, or `None` at its end;
    /// then [`Vm::take_returned`] has the value that it returned.
    ///
    /// # Errors
    /// Whatever the generator raises; `ValueError` if it is running.
    pub fn resume(&self, vm: &Vm, sent: Obj, thrown: Option<Obj>) -> Res<Option<Obj>> {
        self.check(vm)?;
        vm.check_depth()?;
        let thrown = thrown.or_else(|| self.pending.take());
        if self.state.get() == State::Suspended
            && let Some(thrown) = thrown
            && vm.is_delegating(self.ip.get())
        {
            return self.throw_into_delegate(vm, thrown);
        }
        // For an object that cannot be raised, a `TypeError` is raised in the generator instead.
        let thrown = thrown.map(|thrown| vm.make_exception(thrown).unwrap_or_else(|raised| vm.take_exception(raised)));
        match (self.state.get(), thrown) {
            (State::Ended, Some(exception)) => return Err(vm.raise(exception)),
            (State::Ended, None) => {
                vm.set_returned(Obj::NONE);
                return Ok(None);
            }
            (State::New, Some(exception)) => {
                self.end();
                return Err(vm.raise(exception));
            }
            (State::New, None) if sent != Obj::NONE => {
                return Err(vm.type_error(format_args!("can't send non-None value to a just-started generator")));
            }
            _ => {}
        }
        self.push(vm, Entry::Rust, sent)?;
        let exit = match thrown {
            Some(exception) => {
                let _ = vm.raise(exception);
                vm.run_raising()?
            }
            None => vm.run()?,
        };
        self.outcome(vm, exit)
    }

    fn outcome(&self, vm: &Vm, exit: Exit) -> Res<Option<Obj>> {
        let value = vm.take_result();
        if exit == Exit::Yielded {
            return Ok(Some(value));
        }
        vm.set_returned(value);
        Ok(None)
    }

    /// Throws into the iterator that the generator waits for; the iterator's value or exception is the generator's own.
    fn throw_into_delegate(&self, vm: &Vm, exception: Obj) -> Res<Option<Obj>> {
        let delegate = Sp(self.sp.get()).top();
        self.state.set(State::Running);
        let thrown = vm.throw(delegate, exception);
        self.state.set(State::Suspended);
        match thrown {
            Ok(Some(value)) => Ok(Some(value)),
            Ok(None) => {
                // The delegate has returned: the value returned takes the delegate's place, and the next instruction
                // runs.
                let value = vm.take_returned();
                self.ip.set(self.ip.get().wrapping_add(1));
                self.sp.set(self.sp.get().wrapping_sub(1));
                self.push(vm, Entry::Rust, value)?;
                let exit = vm.run()?;
                self.outcome(vm, exit)
            }
            Err(raised) => {
                let exception = vm.take_exception(raised);
                self.ip.set(self.ip.get().wrapping_add(1));
                self.push(vm, Entry::Rust, Obj::NONE)?;
                let _ = vm.raise(exception);
                let exit = vm.run_raising()?;
                self.outcome(vm, exit)
            }
        }
    }
}

/// Generators resumed from Rust.
pub trait Resume {
    /// Sends `value` into `iterator`: the value that the iterator yields, or `None` at its end; then
    /// [`Vm::take_returned`] has the value that it returned.
    ///
    /// # Errors
    /// Whatever the iterator raises.
    fn send(&self, iterator: Obj, value: Obj) -> Res<Option<Obj>>;

    /// Throws `exception` into `iterator`, and answers as [`Vm::send`].
    ///
    /// # Errors
    /// Whatever the iterator raises.
    fn throw(&self, iterator: Obj, exception: Obj) -> Res<Option<Obj>>;
}

impl Resume for Vm {
    fn send(&self, iterator: Obj, value: Obj) -> Res<Option<Obj>> {
        if let Some(generator) = AnyGenerator::of(iterator) {
            return generator.resume(self, value, None);
        }
        if value == Obj::NONE && self.type_of(iterator).slots.next().is_some() {
            // An iterator that just ends returns nothing.
            self.set_returned(Obj::NONE);
            return none_at_stop(self, self.next(iterator));
        }
        let send = self.load_attr(iterator, q!("send"))?;
        self.end_at_stop(self.call(send, &[value]))
    }

    fn throw(&self, iterator: Obj, exception: Obj) -> Res<Option<Obj>> {
        if let Some(generator) = AnyGenerator::of(iterator) {
            if exits(self, exception) {
                close(self, generator)?;
                return raise_thrown(self, exception);
            }
            return generator.resume(self, Obj::NONE, Some(exception));
        }
        if exits(self, exception) {
            if let Some(method) = self.find_attr(iterator, q!("close"))? {
                self.call(method, &[])?;
            }
            return raise_thrown(self, exception);
        }
        match self.find_attr(iterator, q!("throw"))? {
            Some(method) => self.end_at_stop(self.call(method, &[exception])),
            None => raise_thrown(self, exception),
        }
    }
}

/// Whether throwing `thrown` asks a generator to end.
pub(crate) fn exits(vm: &Vm, thrown: Obj) -> bool {
    let ty = thrown.downcast::<Type>().unwrap_or_else(|| vm.type_of(thrown));
    vm.is_subtype(ty, &exception::GENERATOR_EXIT)
}

fn raise_thrown(vm: &Vm, thrown: Obj) -> Res<Option<Obj>> {
    let exception = vm.make_exception(thrown)?;
    Err(vm.raise(exception))
}

/// What CircuitPython's code awaits in place of a coroutine.
#[cfg(feature = "python")]
fn itself(_: &Vm, generator: Obj) -> Res {
    Ok(generator)
}

fn generator_iter(_: &Vm, object: Obj) -> Res {
    Ok(object)
}

fn generator_next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    match object.downcast::<Generator>() {
        Some(generator) => generator.next(vm),
        None => Ok(None),
    }
}

/// A generator of bytecode, or of machine code.
#[derive(Clone, Copy)]
enum AnyGenerator {
    Bytecode(Gc<Generator>),
    Machine(Obj),
}

impl AnyGenerator {
    fn of(object: Obj) -> Option<AnyGenerator> {
        if let Some(generator) = object.downcast::<Generator>() {
            return Some(AnyGenerator::Bytecode(generator));
        }
        Vm::is_machine_generator(object).then_some(AnyGenerator::Machine(object))
    }

    /// See [`Generator::resume`].
    fn resume(self, vm: &Vm, sent: Obj, thrown: Option<Obj>) -> Res<Option<Obj>> {
        match self {
            AnyGenerator::Bytecode(generator) => generator.resume(vm, sent, thrown),
            AnyGenerator::Machine(generator) => vm.resume_machine_generator(generator, sent, thrown),
        }
    }

    /// Replaces the exception that waits to be raised in the generator; answers the one before. `None` stands for no
    /// exception.
    fn replace_pending(self, vm: &Vm, exception: Obj) -> Res {
        match self {
            AnyGenerator::Bytecode(generator) => {
                generator.check(vm)?;
                let exception = if exception == Obj::NONE { None } else { Some(exception) };
                Ok(generator.pending.replace(exception).unwrap_or(Obj::NONE))
            }
            AnyGenerator::Machine(generator) => vm.replace_pending_of_machine_generator(generator, exception),
        }
    }
}

fn this(vm: &Vm, object: Obj) -> Res<AnyGenerator> {
    AnyGenerator::of(object).ok_or_else(|| {
        let name = vm.type_name(object);
        vm.type_error(format_args!("argument should be a 'generator' not a '{name}'"))
    })
}

/// The result of a method that lets a generator go on: the yielded value, else `StopIteration`.
fn item(vm: &Vm, yielded: Option<Obj>) -> Res {
    match yielded {
        Some(value) => Ok(value),
        None => Err(vm.stop_iteration(vm.take_returned())),
    }
}

fn generator_send(vm: &Vm, object: Obj, value: Obj) -> Res {
    let yielded = this(vm, object)?.resume(vm, value, None)?;
    item(vm, yielded)
}

fn generator_throw(vm: &Vm, args: &[Obj]) -> Res {
    // The call is `throw(exception)` or the old `throw(type, exception, traceback)`.
    let exception = match *args {
        [_, _, exception, ..] if exception != Obj::NONE => exception,
        [_, exception, ..] => exception,
        _ => Obj::NONE,
    };
    let yielded = this(vm, args[0])?.resume(vm, Obj::NONE, Some(exception))?;
    item(vm, yielded)
}

fn generator_pend_throw(vm: &Vm, object: Obj, exception: Obj) -> Res {
    this(vm, object)?.replace_pending(vm, exception)
}

fn generator_close(vm: &Vm, object: Obj) -> Res {
    close(vm, this(vm, object)?)?;
    Ok(Obj::NONE)
}

fn close(vm: &Vm, generator: AnyGenerator) -> Res<()> {
    let exit = vm.new_exception(Gc::from_static(&exception::GENERATOR_EXIT), &[]);
    match generator.resume(vm, Obj::NONE, Some(exit)) {
        Ok(Some(_)) => Err(vm.runtime_error(format_args!("generator ignored GeneratorExit"))),
        Ok(None) => Ok(()),
        Err(raised) => {
            let exception = vm.take_exception(raised);
            if vm.matches(exception, &exception::GENERATOR_EXIT) || vm.matches(exception, &exception::STOP_ITERATION) {
                return Ok(());
            }
            Err(vm.raise(exception))
        }
    }
}

fn generator_print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(generator) = object.downcast::<Generator>() else { return Ok(()) };
    let name = vm.name_str(generator.code.name());
    vm.print_fmt(out, format_args!("<generator object '{name}' at {:x}>", object.bits()))
}
