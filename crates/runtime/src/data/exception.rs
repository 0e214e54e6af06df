//! Exceptions: their layout and tracebacks.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::heap::Kind;
use crate::model::error::{Raised, Res};
use crate::model::layout::{Exception, TraceEntry, Tuple};
use crate::model::object::{Gc, Header};
use crate::model::printer::Printer;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::q;
use crate::qstr::Qstr;

/// The most entries of a traceback; outer calls beyond these are left out.
pub(crate) const MAX_TRACE: u16 = 64;

impl Exception {
    /// Whether an attribute that a program gives an instance of a class of exceptions is the exception's, and not one of the
    /// instance around the exception.
    pub(crate) fn keeps(vm: &Vm, name: Qstr) -> bool {
        let is_exceptions = || [q!("args"), q!("__traceback__"), q!("__cause__"), q!("__context__")].contains(&name);
        !cfg!(feature = "python") || is_exceptions() || vm.spelling(name) == b"__notes__"
    }

    /// An exception of type `ty` without arguments, not yet an object.
    pub(crate) fn empty(ty: Gc<Type>) -> Exception {
        Exception {
            header: Header::new(ty),
            args: Cell::new(Tuple::EMPTY),
            trace: Cell::new(None),
            trace_len: Cell::new(0),
            trace_room: Cell::new(0),
            #[cfg(feature = "notes")]
            notes: Cell::new(None),
            #[cfg(feature = "python")]
            attributes: Cell::new(None),
            #[cfg(feature = "python")]
            context: Cell::new(None),
        }
    }

    /// Notes that the exception, which is `object` or inside it, was raised while another was handled, if it was and
    /// nothing is noted yet.
    #[cfg(feature = "python")]
    pub(crate) fn note_context(&self, vm: &Vm, object: Obj) {
        let Some(handled) = vm.handled().filter(|handled| *handled != object) else { return };
        if self.context.get().is_some() {
            return;
        }
        // What was raised before is not its own context by way of others. The chain is followed no further than this.
        const MOST: usize = 64;
        let mut other = Some(handled);
        for _ in 0..MOST {
            let Some(exception) = other.and_then(|other| vm.as_exception(other)) else { break };
            other = exception.context.get();
            if other == Some(object) {
                exception.context.set(None);
            }
        }
        self.context.set(Some(handled));
    }

    /// Makes `exception` an exception of type `ty` with arguments `args`, without room for a traceback.
    ///
    /// # Safety
    /// Nobody holds a reference into the exception.
    pub(crate) unsafe fn become_other(exception: Gc<Exception>, ty: Gc<Type>, args: Gc<Tuple>) {
        let other = Exception::empty(ty);
        other.args.set(args);
        // SAFETY: the memory is an exception's, and nobody holds a reference into it, as the caller says.
        unsafe { exception.as_ptr().write(other) };
    }

    /// Gives the exception memory for a traceback of `entries` calls.
    ///
    /// # Safety
    /// `block` has room for `entries` entries, for as long as the exception lives.
    pub(crate) unsafe fn set_trace_room(&self, block: NonNull<TraceEntry>, entries: usize) {
        self.trace.set(Some(block));
        self.trace_len.set(0);
        self.trace_room.set(entries as u16);
    }

    /// The calls that the exception passed, innermost first.
    pub fn trace(&self) -> &[TraceEntry] {
        match self.trace.get() {
            // SAFETY: the block holds `trace_len` entries.
            Some(block) => unsafe { core::slice::from_raw_parts(block.as_ptr(), self.trace_len.get().into()) },
            None => &[],
        }
    }

    /// Forgets the calls that the exception passed.
    pub fn clear_trace(&self) {
        self.trace_len.set(0);
    }

    /// Adds a call that the exception passed, if there is memory to note the call.
    pub fn add_trace(&self, vm: &Vm, entry: TraceEntry) {
        let len = self.trace_len.get();
        if len >= MAX_TRACE {
            return;
        }
        if len == self.trace_room.get() {
            // Allocating must not replace the exception under way by a `MemoryError`.
            let room = len + 4;
            let bytes = usize::from(room) * size_of::<TraceEntry>();
            let kind = Kind::NoScan;
            let Some(block) = vm.heap.alloc(bytes, kind).or_else(|| vm.heap.alloc_anyway(bytes, kind)) else { return };
            let block = block.cast::<TraceEntry>();
            if let Some(old) = self.trace.get() {
                // SAFETY: both blocks have room for `len` entries.
                unsafe { block.copy_from_nonoverlapping(old, len.into()) };
            }
            self.trace.set(Some(block));
            self.trace_room.set(room);
        }
        let Some(block) = self.trace.get() else { return };
        // SAFETY: the block has room for more than `len` entries.
        unsafe { block.add(len.into()).write(entry) };
        self.trace_len.set(len + 1);
    }

    /// The first argument, or `None` without arguments: the value that a `StopIteration` carries, the code of a
    /// `SystemExit`.
    pub fn value(&self) -> Obj {
        self.args.get().items().first().copied().unwrap_or(Obj::NONE)
    }
}

/// The value that `exception`, a `StopIteration`, carries.
pub fn stop_value(vm: &Vm, exception: Obj) -> Obj {
    vm.as_exception(exception).map_or(Obj::NONE, |exception| exception.value())
}

/// Exceptions as objects: making, matching and printing them.
pub trait Exceptions {
    /// An exception of type `ty` with arguments `args`. If there is no memory for a new exception, the answer is the
    /// exception of last resort; see `data/emergency.rs`.
    fn new_exception(&self, ty: Gc<Type>, args: &[Obj]) -> Obj;

    /// The exception that `object` is, or that an instance of a class derived from an exception type has inside.
    fn as_exception(&self, object: Obj) -> Option<Gc<Exception>>;

    /// Whether `object` is an exception.
    fn is_exception(&self, object: Obj) -> bool;

    /// Whether the exception `object` is of type `ty` or of a type that derives from it.
    fn matches(&self, object: Obj, ty: &'static Type) -> bool;

    /// Forgets what was raised, if that is an `Exception`. What ends a program or interrupts one is for its handlers.
    ///
    /// # Errors
    /// What was raised, if it is not forgotten.
    fn dismiss(&self, raised: Raised) -> Res<()>;

    /// Whether `object` is a type of exceptions.
    fn is_exception_type(&self, object: Obj) -> bool;

    /// Whether the exception `object` is of a type that is or derives from `types`, or from one of them: a type or a
    /// tuple of types.
    ///
    /// # Errors
    /// `TypeError` if `types` is neither.
    fn exception_matches(&self, object: Obj, types: Obj) -> Res<bool>;

    /// The exception that `raise object` raises: `object` itself or, if that is a type, a new instance of it.
    ///
    /// # Errors
    /// What making the instance raises.
    fn make_exception(&self, object: Obj) -> Res;

    /// Writes an exception with its traceback, in MicroPython's form.
    ///
    /// # Errors
    /// What printing raises.
    fn print_exception(&self, out: &mut dyn Printer, object: Obj) -> Res<()>;
}
