//! Generators of machine code.
//!
//! Machine code keeps the state of a generator in the generator object, in a structure that machine code knows
//! (MicroPython: `py/bc.h`, `mp_code_state_native_t`). To let the generator go on is to call its code with that
//! structure and an exception to be raised in it, or null; the code answers whether it has returned, yielded or raised.

use core::cell::Cell;
use core::hint::black_box;
use core::ptr;

use crate::data::exception::Exceptions;
use crate::model::args::Args;
use crate::model::error::{Raise, Res};
use crate::model::layout::Dict;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::Classes;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::function::NativeFunction;
use crate::native::{border, function};
use crate::obj::{exception, generator};
use crate::ops::print::Print;
use crate::services::raise::unset_local;
use crate::{define, q};

/// The type of generators of machine code, which programs see as the type of other generators.
pub(crate) static TYPE: Type =
    define!(Type::new(q!("generator")).parent(&generator::TYPE).print(print).iter(|_, object| Ok(object)).next(next));

/// The state of a function of machine code.
#[repr(C)]
pub(super) struct CodeState {
    pub function: Cell<Option<Gc<NativeFunction>>>,
    /// Where a generator goes on; null once it has ended.
    ip: Cell<*const u8>,
    /// The slot that a sent value goes to, and that holds a yielded or returned value.
    sp: Cell<*mut Slot>,
    n_state: Cell<u16>,
    _exception_index: Cell<u16>,
    _old_globals: Cell<Option<Gc<Dict>>>,
}

impl CodeState {
    /// The slots of variables and stack, which follow the structure.
    pub fn slots(&self) -> *mut Slot {
        ptr::from_ref(self).wrapping_add(1).cast_mut().cast()
    }

    /// How many slots of variables and stack follow.
    pub fn len(&self) -> usize {
        self.n_state.get().into()
    }

    /// Notes that nothing is on the stack, so that nothing can be sent.
    pub fn begin(&self) {
        self.sp.set(self.slots().wrapping_sub(1));
    }
}

/// A generator of machine code.
#[repr(C)]
pub(crate) struct NativeGenerator {
    header: Header,
    /// The exception to be raised when the generator goes on, `None` if there is no such exception, or null while the
    /// generator runs.
    pending: Cell<Slot>,
    /// The exception that waits for the end of a `finally` block that has yielded.
    waiting: Cell<Slot>,
    state: CodeState,
}

// SAFETY: `NativeGenerator` is `repr(C)` and starts with a header; only such generators have this type.
unsafe impl Object for NativeGenerator {
    const TYPE: &'static Type = &TYPE;
}

/// The answers of machine code after a generator has gone on.
const RETURNED: usize = 0;
const YIELDED: usize = 1;

impl NativeGenerator {
    /// The generator of machine code that `object` is, if it is one.
    pub(crate) fn of(object: Obj) -> Option<Gc<NativeGenerator>> {
        object.downcast()
    }

    /// A generator of `function`, called with `args`.
    ///
    /// # Errors
    /// `TypeError` if the function takes other arguments, and `MemoryError`.
    pub(super) fn make(vm: &Vm, function: Gc<NativeFunction>, args: Args<'_>) -> Res {
        let Some(code) = function.signature() else { return Ok(Obj::NONE) };
        let n_state = usize::from(code.n_state);
        let state = CodeState {
            function: Cell::new(Some(function)),
            ip: Cell::new(function.generator_entries().0),
            sp: Cell::new(ptr::null_mut()),
            n_state: Cell::new(n_state as u16),
            _exception_index: Cell::new(u16::MAX),
            _old_globals: Cell::new(None),
        };
        let object = NativeGenerator {
            header: Header::of(&TYPE),
            pending: Cell::new(Some(Obj::NONE)),
            waiting: Cell::new(None),
            state,
        };
        let generator = vm.alloc_tail(object, n_state * size_of::<Slot>())?;
        let state = &generator.state;
        state.begin();
        // SAFETY: the tail has room for as many slots, and is zeroed before anything else is allocated.
        let slots = unsafe {
            state.slots().write_bytes(0, n_state);
            core::slice::from_raw_parts_mut(state.slots(), n_state)
        };
        function::setup(vm, function, args, slots)?;
        Ok(generator.obj())
    }

    fn has_begun(&self) -> bool {
        self.state.sp.get() != self.state.slots().wrapping_sub(1)
    }

    /// Checks that the generator is not running.
    pub(crate) fn check(&self, vm: &Vm) -> Res<()> {
        match self.pending.get() {
            Some(_) => Ok(()),
            None => Err(vm.value_error(format_args!("generator already executing"))),
        }
    }

    /// Replaces the exception to be raised when the generator goes on; answers the one before. `None` stands for no
    /// exception.
    ///
    /// # Errors
    /// `ValueError` if the generator is running.
    pub(crate) fn replace_pending(&self, vm: &Vm, exception: Obj) -> Res {
        self.check(vm)?;
        Ok(self.pending.replace(Some(exception)).unwrap_or(Obj::NONE))
    }

    /// Lets the generator go on: see [`Generator::resume`](crate::obj::generator::Generator::resume).
    ///
    /// # Errors
    /// Whatever the generator raises; `ValueError` if it is running.
    pub(crate) fn resume(&self, vm: &Vm, sent: Obj, thrown: Slot) -> Res<Option<Obj>> {
        let state = &self.state;
        let (Some(function), false) = (state.function.get(), state.ip.get().is_null()) else {
            if let Some(thrown) = thrown {
                let exception = vm.make_exception(thrown)?;
                return Err(vm.raise(exception));
            }
            vm.set_returned(Obj::NONE);
            return Ok(None);
        };
        self.check(vm)?;
        let pending = self.pending.get().filter(|pending| *pending != Obj::NONE);
        let thrown = pending.or(thrown);
        if !self.has_begun() {
            if sent != Obj::NONE {
                return Err(vm.type_error(format_args!("can't send non-None value to a just-started generator")));
            }
        } else {
            // SAFETY: a generator that has begun has a slot at `sp` for the value that is sent.
            unsafe { state.sp.get().write(Some(sent)) };
        }
        let mut thrown = thrown;
        loop {
            self.pending.set(None);
            let outcome = self.run_on(vm, function, thrown);
            self.pending.set(Some(Obj::NONE));
            let outcome = match outcome {
                Ok(outcome) => outcome,
                Err(raised) => {
                    state.ip.set(ptr::null());
                    return Err(raised);
                }
            };
            let is_unset = outcome == YIELDED && self.handed_out().is_none();
            if !is_unset {
                return self.outcome(vm, outcome);
            }
            // The generator has yielded a local variable that is not set, which its code does not notice.
            let raised = unset_local(vm);
            thrown = Some(vm.take_exception(raised));
        }
    }

    /// The value that the generator's code has yielded or returned; null for a local variable that is not set.
    fn handed_out(&self) -> Slot {
        // SAFETY: the code has put the value into the slot at `sp`.
        unsafe { self.state.sp.get().read() }
    }

    /// The result of [`NativeGenerator::resume`] after the generator's code has answered `outcome`.
    fn outcome(&self, vm: &Vm, outcome: usize) -> Res<Option<Obj>> {
        let state = &self.state;
        match outcome {
            YIELDED => {
                // SAFETY: the code has put the value into the slot at `sp`.
                let value = unsafe { state.sp.get().replace(Some(Obj::NONE)) };
                Ok(value)
            }
            RETURNED => {
                state.ip.set(ptr::null());
                let value = self.handed_out().ok_or_else(|| unset_local(vm))?;
                vm.set_returned(value);
                Ok(None)
            }
            _ => {
                state.ip.set(ptr::null());
                // SAFETY: the code has put the exception into the first slot, and every function has one.
                let exception = unsafe { state.slots().read() }.unwrap_or(Obj::NONE);
                if vm.matches(exception, &exception::STOP_ITERATION) {
                    return Err(vm.runtime_error(format_args!("generator raised StopIteration")));
                }
                Err(vm.raise(exception))
            }
        }
    }

    /// Calls the generator's code.
    fn run_on(&self, vm: &Vm, function: Gc<NativeFunction>, thrown: Slot) -> Res<usize> {
        let (globals, entry) = (function.globals(), function.generator_entries().1);
        let parameters = [ptr::from_ref(&self.state).expose_provenance(), thrown.map_or(0, Obj::bits)];
        // SAFETY: a generator's code is entered at `entry`. This object keeps the function, and so the code.
        let outcome = unsafe { border::call_generator(vm, globals, entry, parameters, &self.waiting) };
        black_box(self);
        outcome
    }
}

fn next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    match object.downcast::<NativeGenerator>() {
        Some(generator) => generator.resume(vm, Obj::NONE, None),
        None => Ok(None),
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let generator = object.downcast::<NativeGenerator>();
    let code = generator.and_then(|generator| generator.state.function.get()?.signature());
    let name = code.map_or("?", |code| vm.name_str(code.name()));
    vm.print_fmt(out, format_args!("<generator object '{name}' at {:x}>", object.bits()))
}
