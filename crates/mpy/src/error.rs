//! What can be wrong with the structure of a file.

use core::fmt;

use crate::header::Flavour;
use crate::memory::Stop;
use crate::release::{READERS, who_reads};

/// A file that is not a valid `.mpy` file: what is wrong with it, and where.
///
/// As text it names both: `offset 0: not an .mpy file (first byte 0x7f, expected 0x4d)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// The offset of the byte at which the error shows, from the start of the file.
    pub offset: usize,
    /// What is wrong.
    pub kind: ErrorKind,
}

/// What is wrong with a file. The fields that errors name are those of the format's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The first byte is this one, neither `M` nor `C`.
    Magic(u8),
    /// The file is for this Python, and its version is this one, not [`crate::header::VERSION`].
    Version(Flavour, u8),
    /// No architecture has the number in this feature byte.
    Arch(u8),
    /// The file ends in the middle of the named field.
    CutOff(&'static str),
    /// The named number does not fit 32 bits.
    TooBig(&'static str),
    /// The named number is not in its shortest form.
    Overlong(&'static str),
    /// There are this many of the named things, more than the rest of the file can hold.
    TooMany(&'static str, u32),
    /// The named text does not end with a zero byte.
    NotTerminated(&'static str),
    /// There is no static qstr of this number.
    StaticQstr(u32),
    /// There is no kind of constant of this number.
    ConstantKind(u8),
    /// Tuples are nested more than [`crate::constant::MAX_TUPLE_DEPTH`] deep.
    TupleDepth,
    /// The code is said to have children but has none.
    NoChildren,
    /// The file has machine code, but its header names no architecture.
    NoArch,
    /// A native function's prelude is not where the file says: outside the code, or cut off by its end.
    PreludeOffset(u32),
    /// The first relocation names no place.
    RelocationPlace,
    /// Something else: the crate was built without the feature `reasons`.
    Untold,
    /// Nothing is wrong as far as the file was read, but there was no memory to read more, or somebody ended the work.
    Stopped(Stop),
}

impl Error {
    /// The text of the `ValueError` that MicroPython raises on importing such a file.
    ///
    /// MicroPython looks only at the header; a file with another error Berus refuses with the message for the header.
    pub fn value_error(&self) -> &'static str {
        match self.kind {
            ErrorKind::Arch(_) => INCOMPATIBLE_ARCH,
            _ => INCOMPATIBLE_FILE,
        }
    }
}

/// MicroPython's message for a file that it cannot load.
pub const INCOMPATIBLE_FILE: &str = "incompatible .mpy file";
/// MicroPython's message for machine code of another architecture.
pub const INCOMPATIBLE_ARCH: &str = "incompatible .mpy arch";
/// MicroPython's message for machine code where none can run.
pub const NATIVE_UNSUPPORTED: &str = "native code in .mpy unsupported";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "offset {}: {}", self.offset, self.kind)
    }
}

impl core::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        match *self {
            Magic(byte) => write!(f, "not an .mpy file (first byte {byte:#04x}, expected 0x4d)"),
            Version(magic, version) => {
                write!(f, "version {version} of the .mpy format")?;
                if READERS.iter().any(|readers| (readers.magic, readers.version) == (magic, version)) {
                    write!(f, ", which is for {}", who_reads(magic, version, None))?;
                } else if version > crate::header::VERSION {
                    f.write_str(", newer than all that are known")?;
                }
                f.write_str("; expected 6")
            }
            Arch(feature) => write!(f, "unknown architecture in feature byte {feature:#04x}"),
            CutOff(field) => write!(f, "the file ends inside {field}"),
            TooBig(field) => write!(f, "{field} does not fit 32 bits"),
            Overlong(field) => write!(f, "{field} is not in its shortest form"),
            TooMany(things, n) => write!(f, "{n} {things}, more than the rest of the file can hold"),
            NotTerminated(field) => write!(f, "{field} does not end with a zero byte"),
            StaticQstr(id) => write!(f, "no static qstr has number {id}"),
            ConstantKind(kind) => write!(f, "no kind of constant has number {kind}"),
            TupleDepth => write!(f, "tuples nested more than {} deep", crate::constant::MAX_TUPLE_DEPTH),
            NoChildren => f.write_str("said to have children but has none"),
            NoArch => f.write_str("machine code, but the header names no architecture"),
            PreludeOffset(offset) => write!(f, "no prelude at offset {offset} of the native code"),
            RelocationPlace => f.write_str("the first relocation names no place"),
            Untold => f.write_str("not as it should be"),
            Stopped(stop) => write!(f, "{stop}"),
        }
    }
}
