//! Modules of version 5 of the format, read as modules of version 6, and written.
//!
//! Version 5 is that of MicroPython 1.12 to 1.18 and of CircuitPython 7 and 8. Its opcodes and static names are those of version 6, but
//! a file has no tables: names stand in the code, spelled out at their first use and later as a place among the last 32; each function has
//! its own constants, which the code numbers together with its arguments and children; jumps always take two bytes; and a call with starred
//! arguments has one sequence and one dict on top of all other arguments (MicroPython 1.18: `py/persistentcode.c`, `py/bc0.h`, `py/bc.h`,
//! `py/compile.c`).
//!
//! Machine code is made against another table of functions and cannot be converted.

mod calls;
mod decode;
mod layout;
mod read;
mod window;
mod write;

use core::fmt;

use crate::bytecode::DecodeError;

pub use read::{VERSION, read};
pub use write::{WriteError, WriteErrorKind, write};

/// Why a file of version 5 cannot be converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// The offset of the byte at which the error shows, from the start of the file.
    pub offset: usize,
    /// What is wrong.
    pub kind: ErrorKind,
}

/// What is wrong with a file of version 5, or stands in the way of converting it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file does not begin as one of version 5 does.
    Header,
    /// The file ends in the middle of the named field.
    CutOff(&'static str),
    /// The named number is too big or not in its shortest form.
    Number(&'static str),
    /// There are more of the named things than the rest of the file can hold.
    TooMany(&'static str),
    /// No static name has this number, or none of the last names is at this place.
    Name(u32),
    /// No kind of constant has this letter.
    Constant(u8),
    /// The file has machine code.
    MachineCode,
    /// The prelude does not fit the code.
    Prelude,
    /// The bytes are no instruction.
    Instruction(DecodeError),
    /// An instruction refers to a constant or child that is not there.
    Index,
    /// A jump leads to no instruction.
    Target,
    /// A jump would lead farther than an instruction of version 6 can say.
    TooFar,
    /// A call with starred arguments has too many arguments for version 6, or its arguments cannot be told apart.
    Call,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "offset {:#06x}: {}", self.offset, self.kind)
    }
}

impl core::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::Header => f.write_str("not a file of version 5"),
            ErrorKind::CutOff(field) => write!(f, "the file ends inside {field}"),
            ErrorKind::Number(field) => write!(f, "{field} is too big or not in its shortest form"),
            ErrorKind::TooMany(things) => write!(f, "more {things} than the rest of the file can hold"),
            ErrorKind::Name(number) => write!(f, "there is no name number {number}"),
            ErrorKind::Constant(kind) => write!(f, "no kind of constant has the letter {kind:#04x}"),
            ErrorKind::MachineCode => {
                f.write_str("machine code of version 5 runs on no later release: it takes its source to convert it")
            }
            ErrorKind::Prelude => f.write_str("the prelude does not fit the code"),
            ErrorKind::Instruction(error) => error.fmt(f),
            ErrorKind::Index => f.write_str("a constant or function that is not there"),
            ErrorKind::Target => f.write_str("a jump leads to no instruction"),
            ErrorKind::TooFar => f.write_str("a jump would lead too far"),
            ErrorKind::Call => {
                f.write_str("a call with starred arguments has too many others, or they cannot be told apart")
            }
        }
    }
}
