//! Exceptions: the built-in types, their objects and tracebacks.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::args::Args;
use crate::define;
use crate::error::Res;
use crate::obj::tuple::Tuple;
use crate::object::{Gc, Header, Object};
use crate::ops::print::{Printer, Style};
use crate::q;
use crate::qstr::Qstr;
use crate::types::{Attr, AttrResult, Type, flag};
use crate::vm::Vm;
use crate::word::Obj;

/// An exception of a built-in type.
#[repr(C)]
pub struct Exception {
    header: Header,
    /// The arguments it was made with.
    pub args: Cell<Gc<Tuple>>,
    /// A block of traceback entries, innermost first.
    trace: Cell<Option<NonNull<TraceEntry>>>,
    trace_len: Cell<u16>,
    /// How many entries the block has room for.
    trace_room: Cell<u16>,
}

// SAFETY: `Exception` is `repr(C)` and starts with a header. Only exceptions of types with `exception_new` have its layout;
// `downcast` for other types than `BaseException` goes through `as_exception`.
unsafe impl Object for Exception {
    const TYPE: &'static Type = &BASE_EXCEPTION;
}

/// A call that an exception passed.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct TraceEntry {
    /// The source file.
    pub file: Qstr,
    /// The line in it.
    pub line: u32,
    /// The function.
    pub function: Qstr,
}

/// Most entries of a traceback; outer calls are left out.
const MAX_TRACE: u16 = 64;

impl Exception {
    /// An exception of type `ty` without arguments, not yet an object.
    pub(crate) fn empty(ty: Gc<Type>) -> Exception {
        Exception {
            header: Header::new(ty),
            args: Cell::new(Tuple::EMPTY),
            trace: Cell::new(None),
            trace_len: Cell::new(0),
            trace_room: Cell::new(0),
        }
    }

    /// Makes `exception` another one, of type `ty` with arguments `args`, without room for a traceback.
    ///
    /// # Safety
    /// Nobody has a reference to it at hand.
    pub(crate) unsafe fn become_other(exception: Gc<Exception>, ty: Gc<Type>, args: Gc<Tuple>) {
        let other = Exception::empty(ty);
        other.args.set(args);
        // SAFETY: the memory holds an exception, which nobody looks at meanwhile.
        unsafe { exception.as_ptr().write(other) };
    }

    /// Gives it memory for a traceback of `entries` calls.
    ///
    /// # Safety
    /// There is that memory at `block`, for as long as the exception lives.
    pub(crate) unsafe fn set_trace_room(&self, block: NonNull<TraceEntry>, entries: usize) {
        self.trace.set(Some(block));
        self.trace_len.set(0);
        self.trace_room.set(entries as u16);
    }

    /// The calls that it passed, innermost first.
    pub fn trace(&self) -> &[TraceEntry] {
        match self.trace.get() {
            // SAFETY: the block holds `trace_len` entries.
            Some(block) => unsafe { core::slice::from_raw_parts(block.as_ptr(), self.trace_len.get().into()) },
            None => &[],
        }
    }

    /// Forgets the calls that it passed.
    pub fn clear_trace(&self) {
        self.trace_len.set(0);
    }

    /// Adds a call that it passed, if there is memory to note it.
    pub fn add_trace(&self, vm: &Vm, entry: TraceEntry) {
        let len = self.trace_len.get();
        if len >= MAX_TRACE {
            return;
        }
        if len == self.trace_room.get() {
            // Allocating must not replace the exception under way by a `MemoryError`.
            let room = len + 4;
            let bytes = usize::from(room) * size_of::<TraceEntry>();
            let kind = crate::heap::Kind::NoScan;
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
        // SAFETY: the block has room for more entries than there are.
        unsafe { block.add(len.into()).write(entry) };
        self.trace_len.set(len + 1);
    }

    /// The value that a `StopIteration` carries, the code of a `SystemExit`: the first argument.
    pub fn value(&self) -> Obj {
        self.args.get().items().first().copied().unwrap_or(Obj::NONE)
    }
}

fn exception_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    if args.n_kw() > 0 {
        return Err(vm.type_error(format_args!("function doesn't take keyword arguments")));
    }
    Ok(vm.new_exception(ty, args.pos()))
}

fn exception_print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let Some(exception) = vm.as_exception(object) else { return Ok(()) };
    let ty = vm.type_of(object);
    let args = exception.args.get();
    if style == Style::Repr {
        out.write(vm, ty.name().spelling(vm))?;
    } else if style == Style::Exception {
        out.write(vm, ty.name().spelling(vm))?;
        out.write(vm, b": ")?;
    }
    if style != Style::Repr {
        match args.items() {
            [] => return Ok(()),
            [code, rest @ ..] if rest.len() <= 1 && ty == Gc::from_static(&OS_ERROR) => {
                if let Some(number) = code.as_small_int()
                    && let Some(name) = errno_name(number)
                {
                    out.write(vm, alloc::format!("[Errno {number}] {name}").as_bytes())?;
                    if let [more] = rest {
                        out.write(vm, b": ")?;
                        vm.print(out, *more, Style::Str)?;
                    }
                    return Ok(());
                }
            }
            _ => {}
        }
        if let [only] = args.items() {
            return vm.print(out, *only, Style::Str);
        }
    }
    // The arguments as a tuple.
    out.write(vm, b"(")?;
    for (i, item) in args.items().iter().enumerate() {
        if i > 0 {
            out.write(vm, b", ")?;
        }
        vm.print(out, *item, Style::Repr)?;
    }
    if args.items().len() == 1 {
        out.write(vm, b",")?;
    }
    out.write(vm, b")")
}

/// The name of an error number that MicroPython prints.
pub fn errno_name(number: isize) -> Option<&'static str> {
    const NAMES: [(isize, &str); 23] = [
        (1, "EPERM"),
        (2, "ENOENT"),
        (5, "EIO"),
        (9, "EBADF"),
        (11, "EAGAIN"),
        (12, "ENOMEM"),
        (13, "EACCES"),
        (17, "EEXIST"),
        (19, "ENODEV"),
        (21, "EISDIR"),
        (22, "EINVAL"),
        (95, "EOPNOTSUPP"),
        (98, "EADDRINUSE"),
        (103, "ECONNABORTED"),
        (104, "ECONNRESET"),
        (105, "ENOBUFS"),
        (107, "ENOTCONN"),
        (110, "ETIMEDOUT"),
        (111, "ECONNREFUSED"),
        (113, "EHOSTUNREACH"),
        (114, "EALREADY"),
        (115, "EINPROGRESS"),
        (125, "ECANCELED"),
    ];
    NAMES.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

fn exception_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let Some(exception) = vm.as_exception(object) else { return Ok(AttrResult::Missing) };
    match request {
        Attr::Load | Attr::LoadMethod => {
            let value = if name == q!("args") {
                exception.args.get().obj()
            } else if name == q!("value") || name == q!("errno") {
                // MicroPython does not ask what exception it is.
                exception.value()
            } else if name == q!("__traceback__") {
                Obj::NONE
            } else {
                return Ok(AttrResult::Missing);
            };
            Ok(AttrResult::Value(value))
        }
        Attr::Store(value) if name == q!("__traceback__") && value == Obj::NONE => {
            exception.clear_trace();
            Ok(AttrResult::Done)
        }
        // MicroPython lets programs write `__traceback__`, `__cause__` and `__context__`, to no effect.
        Attr::Store(_) if [q!("__traceback__"), q!("__cause__"), q!("__context__")].contains(&name) => {
            Ok(AttrResult::Done)
        }
        _ => Ok(AttrResult::Missing),
    }
}

/// The value that a `StopIteration` carries.
pub fn stop_value(vm: &Vm, exception: Obj) -> Obj {
    vm.as_exception(exception).map_or(Obj::NONE, |exception| exception.value())
}

macro_rules! exceptions {
    ($($name:ident $spelling:literal $parent:ident,)*) => {
        $(
            #[doc = concat!("The type `", $spelling, "`.")]
            pub static $name: Type = define!(Type::new(q!($spelling))
                .flags(flag::EXCEPTION)
                .make_new(exception_new)
                .print(exception_print)
                .attr(exception_attr)
                .parent(&$parent));
        )*
        /// All built-in exception types, for the module `builtins`.
        pub static ALL: &[&Type] = &[&BASE_EXCEPTION $(, &$name)*];
    };
}

/// The type `BaseException`.
pub static BASE_EXCEPTION: Type = define!(
    Type::new(q!("BaseException"))
        .flags(flag::EXCEPTION)
        .make_new(exception_new)
        .print(exception_print)
        .attr(exception_attr)
);

/// The type of exceptions that end a program and that no handler of it sees: not one of the built-in names, so that no program has it.
pub static ABORT: Type = define!(
    Type::new(q!("Abort"))
        .flags(flag::EXCEPTION)
        .make_new(exception_new)
        .print(exception_print)
        .attr(exception_attr)
        .parent(&BASE_EXCEPTION)
);

exceptions! {
    SYSTEM_EXIT "SystemExit" BASE_EXCEPTION,
    KEYBOARD_INTERRUPT "KeyboardInterrupt" BASE_EXCEPTION,
    GENERATOR_EXIT "GeneratorExit" BASE_EXCEPTION,
    EXCEPTION "Exception" BASE_EXCEPTION,
    STOP_ASYNC_ITERATION "StopAsyncIteration" EXCEPTION,
    STOP_ITERATION "StopIteration" EXCEPTION,
    ARITHMETIC_ERROR "ArithmeticError" EXCEPTION,
    OVERFLOW_ERROR "OverflowError" ARITHMETIC_ERROR,
    ZERO_DIVISION_ERROR "ZeroDivisionError" ARITHMETIC_ERROR,
    ASSERTION_ERROR "AssertionError" EXCEPTION,
    ATTRIBUTE_ERROR "AttributeError" EXCEPTION,
    EOF_ERROR "EOFError" EXCEPTION,
    IMPORT_ERROR "ImportError" EXCEPTION,
    LOOKUP_ERROR "LookupError" EXCEPTION,
    INDEX_ERROR "IndexError" LOOKUP_ERROR,
    KEY_ERROR "KeyError" LOOKUP_ERROR,
    MEMORY_ERROR "MemoryError" EXCEPTION,
    NAME_ERROR "NameError" EXCEPTION,
    OS_ERROR "OSError" EXCEPTION,
    RUNTIME_ERROR "RuntimeError" EXCEPTION,
    NOT_IMPLEMENTED_ERROR "NotImplementedError" RUNTIME_ERROR,
    SYNTAX_ERROR "SyntaxError" EXCEPTION,
    INDENTATION_ERROR "IndentationError" SYNTAX_ERROR,
    TYPE_ERROR "TypeError" EXCEPTION,
    VALUE_ERROR "ValueError" EXCEPTION,
    UNICODE_ERROR "UnicodeError" VALUE_ERROR,
    VIPER_TYPE_ERROR "ViperTypeError" TYPE_ERROR,
}

impl Vm {
    /// An exception of type `ty` with arguments `args`. Without memory for that it is the exception of last resort; see `vm/emergency.rs`.
    pub fn new_exception(&self, ty: Gc<Type>, args: &[Obj]) -> Obj {
        let made = match self.try_alloc(Exception::empty(ty)) {
            Some(exception) => {
                let args = Tuple::try_new(self, args).or_else(|| self.emergency_args(args));
                exception.args.set(args.unwrap_or(Tuple::EMPTY));
                Some(exception)
            }
            None => self.emergency_exception(ty, args),
        };
        made.map_or(Obj::NONE, Gc::obj)
    }

    /// The exception that `object` is, or that an instance of a class derived from an exception type has inside.
    pub fn as_exception(&self, object: Obj) -> Option<Gc<Exception>> {
        let ty = self.type_of(object);
        if ty.has(flag::HEAP) {
            return self.native_base(object).and_then(|base| self.as_exception(base));
        }
        if !ty.has(flag::EXCEPTION) {
            return None;
        }
        let header = object.as_header()?;
        // SAFETY: a built-in type with this flag has objects with the layout of `Exception`.
        Some(unsafe { Gc::from_ptr(header.cast()) })
    }

    /// Whether `object` is an exception.
    pub fn is_exception(&self, object: Obj) -> bool {
        self.as_exception(object).is_some()
    }

    /// Whether the exception `object` is of type `ty`, or one derived from it.
    pub fn matches(&self, object: Obj, ty: &'static Type) -> bool {
        self.is_subtype(self.type_of(object), ty)
    }

    /// Whether `object`, a type, is one of exceptions.
    pub fn is_exception_type(&self, object: Obj) -> bool {
        object.downcast::<Type>().is_some_and(|ty| self.is_subtype(ty, &BASE_EXCEPTION))
    }

    /// Whether the exception `object` is of the type `types`, or of one of a tuple of types.
    ///
    /// # Errors
    /// `TypeError` if they are no types.
    pub fn exception_matches(&self, object: Obj, types: Obj) -> Res<bool> {
        if self.is_exception_type(types) {
            // An exception type, as itself stands for any of its exceptions.
            let ty = object.downcast::<Type>().unwrap_or_else(|| self.type_of(object));
            return self.is_subclass_of(ty, types);
        }
        let not_types = || self.type_error(format_args!("issubclass() arg 2 must be a class or a tuple of classes"));
        if let Some(tuple) = types.downcast::<Tuple>() {
            for ty in tuple.items() {
                if !self.is_exception_type(*ty) {
                    return Err(not_types());
                }
                if self.exception_matches(object, *ty)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if types.downcast::<Type>().is_some() { Ok(false) } else { Err(not_types()) }
    }

    /// What raising `object` raises: an instance, made now if it is a type.
    ///
    /// # Errors
    /// What making the instance raises.
    pub fn make_exception(&self, object: Obj) -> Res {
        let object = if self.is_exception_type(object) { self.call(object, &[])? } else { object };
        if self.is_exception(object) {
            return Ok(object);
        }
        Err(self.type_error(format_args!("exceptions must derive from BaseException")))
    }

    /// Writes an exception with its traceback, in MicroPython's form.
    ///
    /// # Errors
    /// What printing raises.
    pub fn print_exception(&self, out: &mut dyn Printer, object: Obj) -> Res<()> {
        if let Some(exception) = self.as_exception(object)
            && !exception.trace().is_empty()
            && let limit = crate::modules::sys::traceback_limit(self).unwrap_or(usize::MAX)
            && limit > 0
        {
            out.write(self, b"Traceback (most recent call last):\n")?;
            for at in (0..exception.trace().len()).rev().take(limit) {
                let Some(entry) = exception.trace().get(at).copied() else { break };
                out.write(self, b"  File \"")?;
                out.write(self, self.spelling(entry.file))?;
                out.write(self, alloc::format!("\", line {}", entry.line).as_bytes())?;
                if entry.function != Qstr::NULL {
                    out.write(self, b", in ")?;
                    out.write(self, self.spelling(entry.function))?;
                }
                out.write(self, b"\n")?;
            }
        }
        self.print(out, object, Style::Exception)?;
        out.write(self, b"\n")
    }
}
