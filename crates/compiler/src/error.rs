//! What can be wrong with a program.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use berus_mpy::memory::Stop;

/// The Python exception that an error would be raised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)] // the names of the exceptions
pub enum ErrorKind {
    Syntax,
    Indentation,
    /// Who granted memory has ended the compilation: what is raised is theirs to say.
    Interrupted,
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
            ErrorKind::Interrupted => "KeyboardInterrupt",
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

impl From<Stop> for CompileError {
    fn from(stop: Stop) -> CompileError {
        match stop {
            Stop::OutOfMemory => CompileError::new(ErrorKind::Memory, ""),
            Stop::Interrupted => CompileError::new(ErrorKind::Interrupted, ""),
        }
    }
}

/// Bytes as text, with a replacement character for what is no UTF-8.
pub(crate) struct Lossy<'a>(pub &'a [u8]);

impl fmt::Display for Lossy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_str("\u{fffd}")?;
            }
        }
        Ok(())
    }
}

/// The last line of the traceback: exception and message.
impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}

impl core::error::Error for CompileError {}
