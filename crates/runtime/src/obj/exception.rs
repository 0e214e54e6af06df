//! Exceptions: the built-in types, their objects and tracebacks.

use crate::data::emergency::{emergency_args, emergency_exception};
use crate::data::exception::Exceptions;
use crate::data::instance::NativeBase;
use crate::model::args::Args;
use crate::model::builtins::Builtins;
use crate::model::error::{Raise, Raised, Res};
use crate::model::layout::{Exception, Tuple};
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::Classes;
use crate::model::types::{Attr, AttrResult, Type, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
#[cfg(feature = "python")]
use crate::obj::exception_attr;
use crate::obj::notes;
use crate::ops::call::Call;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, q};

// SAFETY: `Exception` is `repr(C)` and starts with a header. Only exceptions of types with `exception_new` have the
// layout of `Exception`; `downcast` for other types than `BaseException` goes through `as_exception`.
unsafe impl Object for Exception {
    const TYPE: &'static Type = &BASE_EXCEPTION;
}

fn exception_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    if args.n_kw() > 0 {
        return Err(vm.type_error(format_args!("function doesn't take keyword arguments")));
    }
    #[cfg(feature = "python")]
    if ty == Gc::from_static(&OS_ERROR)
        && let Some(ty) = exception_attr::type_for_errno(args.pos())
    {
        return Ok(vm.new_exception(Gc::from_static(ty), args.pos()));
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
            [code, rest @ ..] if rest.len() <= 1 && is_os_error(vm, ty) => {
                if let Some(number) = code.as_small_int()
                    && let Some(name) = errno_name(number)
                {
                    vm.print_fmt(out, format_args!("[Errno {number}] {name}"))?;
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

/// Whether exceptions of this type have an error number.
fn is_os_error(vm: &Vm, ty: Gc<Type>) -> bool {
    ty == Gc::from_static(&OS_ERROR) || cfg!(feature = "python") && vm.is_subtype(ty, &OS_ERROR)
}

/// The name of an error number, if it is one that MicroPython prints by name.
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
            #[cfg(feature = "python")]
            if let Some(value) = exception_attr::given(vm, &exception, name) {
                return Ok(AttrResult::Value(value));
            }
            let value = if name == q!("args") {
                exception.args.get().obj()
            } else if name == q!("value") || name == q!("errno") {
                // MicroPython does not ask which type the exception has, and its programs ask for the value of any.
                exception.value()
            } else if name == q!("__traceback__") {
                Obj::NONE
            } else {
                return more_attr(vm, object, exception, name, request);
            };
            Ok(AttrResult::Value(value))
        }
        Attr::Store(value) if name == q!("__traceback__") && value == Obj::NONE => {
            exception.clear_trace();
            Ok(AttrResult::Done)
        }
        Attr::Store(_) if name == q!("__traceback__") => Ok(AttrResult::Done),
        // MicroPython lets programs write `__cause__` and `__context__`, too, to no effect.
        Attr::Store(_) if !cfg!(feature = "python") && [q!("__cause__"), q!("__context__")].contains(&name) => {
            Ok(AttrResult::Done)
        }
        _ => more_attr(vm, object, exception, name, request),
    }
}

/// An attribute that MicroPython's exceptions do not have.
fn more_attr(vm: &Vm, object: Obj, exception: Gc<Exception>, name: Qstr, request: Attr) -> Res<AttrResult> {
    let answer = notes::notes_attr(vm, object, name, request);
    #[cfg(feature = "python")]
    if let (AttrResult::Missing, false) = (answer, vm.spelling(name) == b"__notes__") {
        return exception_attr::more_attr(vm, object, exception, name, request);
    }
    let _ = exception;
    Ok(answer)
}

macro_rules! exceptions {
    ($all:ident $($name:ident $spelling:literal $parent:ident,)*) => {
        $(
            #[doc = concat!("The type `", $spelling, "`.")]
            pub static $name: Type = define!(Type::new(q!($spelling))
                .layout_flags(flag::EXCEPTION)
                .make_new(exception_new)
                .print(exception_print)
                .attr(exception_attr)
                .parent(&$parent));
        )*
        /// Built-in exception types, for the module `builtins`.
        pub static $all: &[&Type] = &[&BASE_EXCEPTION $(, &$name)*];
    };
}

/// The type `BaseException`.
pub static BASE_EXCEPTION: Type = define!(notes::with_methods(
    Type::new(q!("BaseException"))
        .layout_flags(flag::EXCEPTION)
        .make_new(exception_new)
        .print(exception_print)
        .attr(exception_attr)
));

/// The type of exceptions that end a program and that no handler of the program sees. No built-in name leads to the
/// type, so that no program has it.
pub static ABORT: Type = define!(
    Type::new(q!("Abort"))
        .layout_flags(flag::EXCEPTION)
        .make_new(exception_new)
        .print(exception_print)
        .attr(exception_attr)
        .parent(&BASE_EXCEPTION)
);

exceptions! { ALL
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

#[cfg(feature = "python")]
exceptions! { MORE
    BUFFER_ERROR "BufferError" EXCEPTION,
    FLOATING_POINT_ERROR "FloatingPointError" ARITHMETIC_ERROR,
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" IMPORT_ERROR,
    UNBOUND_LOCAL_ERROR "UnboundLocalError" NAME_ERROR,
    RECURSION_ERROR "RecursionError" RUNTIME_ERROR,
    REFERENCE_ERROR "ReferenceError" EXCEPTION,
    BLOCKING_IO_ERROR "BlockingIOError" OS_ERROR,
    CHILD_PROCESS_ERROR "ChildProcessError" OS_ERROR,
    CONNECTION_ERROR "ConnectionError" OS_ERROR,
    BROKEN_PIPE_ERROR "BrokenPipeError" CONNECTION_ERROR,
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" CONNECTION_ERROR,
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" CONNECTION_ERROR,
    CONNECTION_RESET_ERROR "ConnectionResetError" CONNECTION_ERROR,
    FILE_EXISTS_ERROR "FileExistsError" OS_ERROR,
    FILE_NOT_FOUND_ERROR "FileNotFoundError" OS_ERROR,
    INTERRUPTED_ERROR "InterruptedError" OS_ERROR,
    IS_A_DIRECTORY_ERROR "IsADirectoryError" OS_ERROR,
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" OS_ERROR,
    PERMISSION_ERROR "PermissionError" OS_ERROR,
    PROCESS_LOOKUP_ERROR "ProcessLookupError" OS_ERROR,
    TIMEOUT_ERROR "TimeoutError" OS_ERROR,
    UNICODE_DECODE_ERROR "UnicodeDecodeError" UNICODE_ERROR,
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" UNICODE_ERROR,
    WARNING "Warning" EXCEPTION,
    DEPRECATION_WARNING "DeprecationWarning" WARNING,
    RUNTIME_WARNING "RuntimeWarning" WARNING,
    USER_WARNING "UserWarning" WARNING,
}

/// What is raised where calls are nested too deep.
#[cfg(feature = "python")]
pub(crate) const RECURSION: &Type = &RECURSION_ERROR;

/// What is raised where calls are nested too deep.
#[cfg(not(feature = "python"))]
pub(crate) const RECURSION: &Type = &RUNTIME_ERROR;

/// The exception types that Python has and MicroPython does not: none.
#[cfg(not(feature = "python"))]
pub static MORE: &[&Type] = &[];

impl Exceptions for Vm {
    fn new_exception(&self, ty: Gc<Type>, args: &[Obj]) -> Obj {
        let made = match self.try_alloc(Exception::empty(ty)) {
            Some(exception) => {
                let args = Tuple::try_new(self, args).or_else(|| emergency_args(self, args));
                exception.args.set(args.unwrap_or(Tuple::EMPTY));
                Some(exception)
            }
            None => emergency_exception(self, ty, args),
        };
        made.map_or(Obj::NONE, Gc::obj)
    }

    fn as_exception(&self, object: Obj) -> Option<Gc<Exception>> {
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

    fn is_exception(&self, object: Obj) -> bool {
        self.as_exception(object).is_some()
    }

    fn matches(&self, object: Obj, ty: &'static Type) -> bool {
        self.is_subtype(self.type_of(object), ty)
    }

    fn dismiss(&self, raised: Raised) -> Res<()> {
        if !self.matches(self.peek_exception(&raised), &EXCEPTION) {
            return Err(raised);
        }
        self.take_exception(raised);
        Ok(())
    }

    fn is_exception_type(&self, object: Obj) -> bool {
        object.downcast::<Type>().is_some_and(|ty| self.is_subtype(ty, &BASE_EXCEPTION))
    }

    fn exception_matches(&self, object: Obj, types: Obj) -> Res<bool> {
        if self.is_exception_type(types) {
            // An exception type stands for any of its exceptions.
            let ty = object.downcast::<Type>().unwrap_or_else(|| self.type_of(object));
            #[cfg(feature = "python")]
            if exception_attr::is_by_errno(self, object, types) {
                return Ok(true);
            }
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

    fn make_exception(&self, object: Obj) -> Res {
        let object = if self.is_exception_type(object) { self.call(object, &[])? } else { object };
        if self.is_exception(object) {
            return Ok(object);
        }
        Err(self.type_error(format_args!("exceptions must derive from BaseException")))
    }

    fn print_exception(&self, out: &mut dyn Printer, object: Obj) -> Res<()> {
        if let Some(exception) = self.as_exception(object)
            && !exception.trace().is_empty()
            && let limit = self.traceback_limit().unwrap_or(usize::MAX)
            && limit > 0
        {
            out.write(self, b"Traceback (most recent call last):\n")?;
            for at in (0..exception.trace().len()).rev().take(limit) {
                let Some(entry) = exception.trace().get(at).copied() else { break };
                out.write(self, b"  File \"")?;
                out.write(self, self.spelling(entry.file))?;
                self.print_fmt(out, format_args!("\", line {}", entry.line))?;
                if entry.function != Qstr::NULL {
                    out.write(self, b", in ")?;
                    out.write(self, self.spelling(entry.function))?;
                }
                out.write(self, b"\n")?;
            }
        }
        self.print(out, object, Style::Exception)?;
        out.write(self, b"\n")?;
        notes::print_notes(self, out, object)
    }
}
