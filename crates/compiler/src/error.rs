//! What can be wrong with a program.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

/// The Python exception that an error would be raised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)] // the names of the exceptions
pub enum ErrorKind {
    Syntax,
    Indentation,
    Memory,
    NotImplemented,
    Overflow,
    Runtime,
    Type,
    Value,
    ViperType,
}

impl ErrorKind {
    /// The name of the exception.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorKind::Syntax => "SyntaxError",
            ErrorKind::Indentation => "IndentationError",
            ErrorKind::Memory => "MemoryError",
            ErrorKind::NotImplemented => "NotImplementedError",
            ErrorKind::Overflow => "OverflowError",
            ErrorKind::Runtime => "RuntimeError",
            ErrorKind::Type => "TypeError",
            ErrorKind::Value => "ValueError",
            ErrorKind::ViperType => "ViperTypeError",
        }
    }
}

/// Why a program does not compile, with MicroPython's exception, message and line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// The exception.
    pub kind: ErrorKind,
    /// Its message; may be empty.
    pub message: Cow<'static, str>,
    /// The line that MicroPython's traceback names, from 1. Errors that it raises without a traceback have none.
    pub line: Option<u32>,
    /// The function or class that the traceback names after "in", as the bytes of its name.
    pub block: Option<Box<[u8]>>,
    /// Where in the source the error was noticed, in bytes from its start.
    pub offset: Option<u32>,
}

impl CompileError {
    /// An error without a place.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> CompileError {
        CompileError { kind, message: message.into(), line: None, block: None, offset: None }
    }

    /// A `SyntaxError` without a place.
    pub fn syntax(message: impl Into<Cow<'static, str>>) -> CompileError {
        CompileError::new(ErrorKind::Syntax, message)
    }

    /// A `ViperTypeError` without a place.
    pub fn viper_type(message: impl Into<Cow<'static, str>>) -> CompileError {
        CompileError::new(ErrorKind::ViperType, message)
    }

    /// The error at line `line`.
    #[must_use]
    pub fn at_line(self, line: u32) -> CompileError {
        CompileError { line: Some(line), ..self }
    }

    /// The error at byte `offset` of the source.
    #[must_use]
    pub fn at_offset(self, offset: u32) -> CompileError {
        CompileError { offset: Some(offset), ..self }
    }
}

/// The last line of the traceback: exception and message.
impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)
    }
}

impl core::error::Error for CompileError {}
