//! What goes wrong, as a value.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::error::Error as StdError;
use core::fmt;

use berus_compiler::CompileError;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::data::instance::Instance;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::{Dict, Tuple};
use berus_runtime::model::printer::Style;
use berus_runtime::model::protocols::{Classes, Strs};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::exception;
use berus_runtime::ops::attr::Attributes;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::print::Print;

use crate::Shared;
use crate::convert::Text;
use crate::foreign;
use crate::python::Python;
use crate::source;
use crate::value::Value;

/// The result of most functions of this crate.
pub type Result<T = (), E = Error> = core::result::Result<T, E>;

/// An error of Rust's that goes through Python.
type Cause = Shared<dyn StdError + Send + Sync>;

/// An exception that a program has raised and not handled, or an error of Rust's that has ended it.
///
/// ```
/// let py = berus::Interpreter::new()?;
/// let error = py.run("def f(x):\n    return 1 / x\n\nf(0)\n").unwrap_err();
/// assert_eq!(error.type_name(), "ZeroDivisionError");
/// assert_eq!(error.message(), "divide by zero");
/// let frame = &error.frames()[0];
/// assert_eq!((frame.line, frame.function.as_str()), (2, "f"));
/// assert_eq!(frame.source.as_deref(), Some("    return 1 / x"));
/// # Ok::<(), berus::Error>(())
/// ```
#[derive(Clone)]
pub struct Error(Box<Facts>);

#[derive(Clone)]
struct Facts {
    type_name: String,
    message: String,
    frames: Vec<Frame>,
    exception: Option<Value>,
    cause: Option<Cause>,
    limit: Option<Limit>,
}

/// A call that an exception has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// The name of the source file.
    pub file: String,
    /// The line in the source file, from 1.
    pub line: u32,
    /// The name of the function, `<module>` for none.
    pub function: String,
    /// The line of the source with its indentation, where the source is known: of programs and expressions that were
    /// given as text, of a [`Program`](crate::Program) compiled from text, and of modules imported from the interpreter's
    /// [files](crate::Builder::files).
    pub source: Option<String>,
}

/// A limit of an interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Instructions and work: [`Builder::instructions`](crate::Builder::instructions).
    Instructions,
    /// Time: [`Builder::time`](crate::Builder::time).
    Time,
    /// Memory: [`Builder::memory`](crate::Builder::memory).
    Memory,
    /// Nested calls: [`Builder::stack`](crate::Builder::stack).
    Depth,
}

impl Error {
    fn with(type_name: &str, message: String) -> Error {
        let type_name = type_name.to_string();
        Error(Box::new(Facts { type_name, message, frames: Vec::new(), exception: None, cause: None, limit: None }))
    }

    /// An error for a host function to return: in Python an exception of the built-in type `type_name`, or a
    /// `RuntimeError` if there is no such type.
    pub fn new(type_name: &str, message: impl fmt::Display) -> Error {
        Error::with(type_name, message.to_string())
    }

    /// A `TypeError` for a host function to return.
    pub fn type_error(message: impl fmt::Display) -> Error {
        Error::new("TypeError", message)
    }

    /// A `ValueError` for a host function to return.
    pub fn value_error(message: impl fmt::Display) -> Error {
        Error::new("ValueError", message)
    }

    /// The error for a value of another interpreter, or of one that has ended.
    pub(crate) fn of_another() -> Error {
        Error::with("RuntimeError", "the value is one of another interpreter".into())
    }

    /// The error for an interpreter that a panic has left.
    pub(crate) fn abandoned() -> Error {
        Error::with("RuntimeError", "a panic has left this interpreter in the middle of its work".into())
    }

    /// The error for a host function that has left the machine stack on which it was called, or used all of it.
    pub(crate) fn off_the_stack() -> Error {
        let message = "the machine stack is used up, or is another than the one on which the interpreter runs";
        let mut error = Error::with("RuntimeError", message.into());
        error.0.limit = Some(Limit::Depth);
        error
    }

    /// The error for a limit of time without a clock.
    pub(crate) fn no_clock() -> Error {
        Error::with("RuntimeError", "there is no clock to limit time by".into())
    }

    /// The error that the compiler has found in the source `text`, which is called `name`.
    pub(crate) fn of_compiler(error: &CompileError, name: &str, text: &str) -> Error {
        let mut made = Error::with(error.kind.name(), error.message.clone().into());
        let function =
            error.block.as_ref().map_or("<module>".into(), |block| String::from_utf8_lossy(block).into_owned());
        let frame = |line| Frame { file: name.into(), line, function, source: source::line(text, line) };
        made.0.frames = error.line.map(frame).into_iter().collect();
        made
    }

    pub(crate) fn no_memory() -> Error {
        let mut error = Error::with("MemoryError", "there is no memory for an interpreter".into());
        error.0.limit = Some(Limit::Memory);
        error
    }

    /// The error that a host function has returned.
    pub(crate) fn of_host(error: Box<dyn StdError + Send + Sync>) -> Error {
        match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => {
                let mut made = Error::with("RuntimeError", error.to_string());
                made.0.cause = Some(Cause::from(error));
                made
            }
        }
    }

    /// The error for what has been raised, which is not being raised any more.
    pub(crate) fn of_raised(vm: &Vm, raised: Raised) -> Error {
        let object = vm.take_exception(raised);
        let mut error = Error::with(vm.type_name(object), text_of(vm, object));
        let facts = &mut *error.0;
        if let Some(exception) = vm.as_exception(object) {
            let name = |name| String::from_utf8_lossy(vm.spelling(name)).into_owned();
            let mut lines = source::Lines::new(vm);
            let frames = exception.trace().iter().map(|entry| {
                let (file, line) = (name(entry.file), entry.line);
                Frame { source: lines.line(&file, line), file, line, function: name(entry.function) }
            });
            facts.frames = frames.collect();
            let value = exception.value();
            facts.cause = cause_of(vm, object);
            facts.limit = limit_of(vm, object, value);
        }
        facts.exception = Some(Python::of(vm).root(object));
        error
    }

    /// The error of converting a value, of which the part called `name` could not be converted. Exceptions of the program's own
    /// code and limits stay what they are.
    #[cfg(any(feature = "derive", feature = "serde"))]
    pub(crate) fn in_part(mut self, name: &str) -> Error {
        let facts = &mut *self.0;
        let is_of_conversion = ["TypeError", "ValueError", "OverflowError"].contains(&&*facts.type_name);
        if is_of_conversion && facts.frames.is_empty() && facts.limit.is_none() {
            facts.message = alloc::format!("{name}: {}", facts.message);
            facts.exception = None;
        }
        self
    }

    /// Raises this error in Python.
    pub(crate) fn raise(self, vm: &Vm) -> Raised {
        let facts = *self.0;
        if let Some(exception) = facts.exception
            && let Ok(object) = Python::of(vm).word(&exception)
        {
            return vm.raise(object);
        }
        let ty = exception_type(vm, &facts.type_name);
        match facts.cause {
            Some(cause) => raise_cause(vm, &facts.message, cause).unwrap_or_else(|raised| raised),
            None => vm.error(ty, format_args!("{}", facts.message)),
        }
    }

    /// The name of the exception's type: `"ValueError"`.
    pub fn type_name(&self) -> &str {
        &self.0.type_name
    }

    /// What the exception says, as `str()` has it.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The calls that the exception has passed, the innermost first.
    pub fn frames(&self) -> &[Frame] {
        &self.0.frames
    }

    /// The error as Python prints an exception that nobody has handled: the calls with their lines, and what the
    /// exception says.
    ///
    /// ```
    /// let py = berus::Interpreter::new()?;
    /// let program = berus::Program::compile("def half(x):\n    return x / 2\n", "shop.py")?;
    /// py.run(&program)?;
    /// let error = py.run("for item in [4, 'tea']:\n    half(item)").unwrap_err();
    /// assert_eq!(
    ///     error.traceback().to_string(),
    ///     "\
    /// Traceback (most recent call last):
    ///   File \"<program>\", line 2, in <module>
    ///     half(item)
    ///   File \"shop.py\", line 2, in half
    ///     return x / 2
    /// TypeError: unsupported types for __truediv__: 'str', 'int'"
    /// );
    /// # Ok::<(), berus::Error>(())
    /// ```
    pub fn traceback(&self) -> Traceback<'_> {
        Traceback(self)
    }

    /// The exception itself, if there is one.
    pub fn exception(&self) -> Option<&Value> {
        self.0.exception.as_ref()
    }

    /// The limit that has ended the program, if one has.
    ///
    /// ```
    /// use berus::{Interpreter, Limit};
    ///
    /// let py = Interpreter::builder().instructions(100_000).build()?;
    /// assert_eq!(py.run("while True: pass").unwrap_err().limit(), Some(Limit::Instructions));
    /// assert_eq!(py.run("[0] * 10**9").unwrap_err().limit(), Some(Limit::Memory));
    /// # Ok::<(), berus::Error>(())
    /// ```
    pub fn limit(&self) -> Option<Limit> {
        self.0.limit
    }

    /// The error of Rust's that a host function has returned and that came through Python, if it is an `E`.
    ///
    /// ```
    /// let py = berus::Interpreter::new()?;
    /// py.function("parse(text)", |_, (text,): (String,)| text.parse::<u8>())?;
    /// let error = py.run("parse('300')").unwrap_err();
    /// assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    /// # Ok::<(), berus::Error>(())
    /// ```
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.cause.as_deref()?.downcast_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.type_name())?;
        if !self.message().is_empty() {
            write!(f, ": {}", self.message())?;
        }
        Ok(())
    }
}

/// The traceback: what `main` shows of an error that it returns, and `unwrap` of one that it meets.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.traceback(), f)
    }
}

/// An error with its calls, shown as Python does: see [`Error::traceback`].
#[derive(Clone, Copy, Debug)]
pub struct Traceback<'e>(&'e Error);

impl fmt::Display for Traceback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frames = self.0.frames();
        if !frames.is_empty() {
            writeln!(f, "Traceback (most recent call last):")?;
        }
        for Frame { file, line, function, source } in frames.iter().rev() {
            writeln!(f, "  File \"{file}\", line {line}, in {function}")?;
            if let Some(source) = source {
                writeln!(f, "    {}", source.trim_start())?;
            }
        }
        fmt::Display::fmt(self.0, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

/// The attribute of an exception in which the error of Rust's is that the exception stands for.
const CAUSE: &[u8] = b"__rust_error__";

/// Raises an exception of the class `HostError` for an error of Rust's.
fn raise_cause(vm: &Vm, message: &str, cause: Cause) -> Res<Raised> {
    let class = host_error(vm)?;
    let exception = vm.call(class, &[vm.new_str(message.as_bytes())?])?;
    vm.store_attr(exception, vm.intern(CAUSE)?, foreign::new(vm, Rc::new(cause))?)?;
    Ok(vm.raise(exception))
}

/// The class of exceptions that stand for errors of Rust's, which derives from `RuntimeError`.
fn host_error(vm: &Vm) -> Res {
    let py = Python::of(vm);
    if let Some(class) = &*py.state().host_error.borrow()
        && let Ok(class) = py.state().roots.value(class)
    {
        return Ok(class);
    }
    let bases = Tuple::new(vm, &[Obj::from_static(&exception::RUNTIME_ERROR)])?;
    let class = vm.new_class(vm.intern(b"HostError")?, bases, Dict::new(vm)?)?.obj();
    *py.state().host_error.borrow_mut() = Some(py.state().roots.root(class));
    Ok(class)
}

fn cause_of(vm: &Vm, exception: Obj) -> Option<Cause> {
    let members = Instance::of(exception)?.members();
    let cause = members.get_name(vm, vm.intern(CAUSE).ok()?)?;
    Some((*foreign::get::<Cause>(vm, cause)?).clone())
}

/// What `str()` has of an exception, or as much as there is memory for.
fn text_of(vm: &Vm, exception: Obj) -> String {
    let mut text = Text::new(&Python::of(vm).state().bound);
    if let Err(raised) = vm.print(&mut text, exception, Style::Str) {
        let _ = vm.take_exception(raised);
        // Where calls are too deep to print, there is the message itself.
        if text.is_empty()
            && let Some(message) = message_of(vm, exception)
        {
            return message;
        }
    }
    text.into_string()
}

/// What an exception was made of, if that is a string alone.
fn message_of(vm: &Vm, exception: Obj) -> Option<String> {
    let message = vm.as_str(vm.as_exception(exception)?.value())?;
    Some(String::from_utf8_lossy(message).into_owned())
}

fn limit_of(vm: &Vm, exception: Obj, message: Obj) -> Option<Limit> {
    let says = |text: &str| vm.as_str(message) == Some(text.as_bytes());
    if vm.is_abort(exception) {
        return Some(if says("time limit exceeded") { Limit::Time } else { Limit::Instructions });
    }
    if vm.matches(exception, &exception::MEMORY_ERROR) {
        return Some(Limit::Memory);
    }
    says("maximum recursion depth exceeded").then_some(Limit::Depth)
}

/// The built-in type of exceptions that is called `name`.
fn exception_type(vm: &Vm, name: &str) -> &'static Type {
    let all = exception::ALL.iter().find(|ty| ty.name().as_str(vm) == name);
    all.copied().unwrap_or(&exception::RUNTIME_ERROR)
}
