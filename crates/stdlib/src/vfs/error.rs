//! Why operations of file systems on block devices fail, and how that reaches Python.

use alloc::collections::TryReserveError;

use berus_runtime::errno::{Errno, NO_MEMORY};
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::stream::{Failure, Outcome};
use berus_runtime::model::vm::Vm;
use berus_runtime::obj::exception::MEMORY_ERROR;

/// Why an operation fails.
#[derive(Debug)]
pub enum Error {
    /// For the reason with this error number.
    Errno(Errno),
    /// The device raised an exception.
    Raised(Raised),
    /// There is no memory.
    Memory,
}

impl Error {
    /// `ENOENT`: there is nothing of that name.
    pub const NO_ENTRY: Error = Error::Errno(Errno(2));
    /// `EIO`: what is on the device makes no sense.
    #[cfg(any(feature = "fat", test))]
    pub const BROKEN: Error = Error::Errno(Errno(5));
    /// `EBADF`: the file is not open that way.
    pub const BAD_FILE: Error = Error::Errno(Errno(9));
    /// `EACCES`: a folder is not empty, or full, or in the way.
    #[cfg(any(feature = "fat", test))]
    pub const DENIED: Error = Error::Errno(Errno(13));
    /// `EEXIST`
    pub const EXISTS: Error = Error::Errno(Errno(17));
    /// `ENODEV`: there is no file system.
    #[cfg(any(feature = "fat", test))]
    pub const NO_DEVICE: Error = Error::Errno(Errno(19));
    /// `ENOTDIR`
    pub const NOT_FOLDER: Error = Error::Errno(Errno(20));
    /// `EISDIR`
    pub const IS_FOLDER: Error = Error::Errno(Errno(21));
    /// `EINVAL`
    pub const INVALID: Error = Error::Errno(Errno(22));
    /// `EFBIG`
    pub const TOO_BIG: Error = Error::Errno(Errno(27));
    /// `ENOSPC`
    pub const NO_SPACE: Error = Error::Errno(Errno(28));
    /// `EROFS`
    pub const READ_ONLY: Error = Error::Errno(Errno(30));
    /// `ENAMETOOLONG`
    pub const NAME_TOO_LONG: Error = Error::Errno(Errno(36));
    /// `ENOTEMPTY`
    pub const NOT_EMPTY: Error = Error::Errno(Errno(39));
    /// littlefs's own: what is on the device makes no sense, or a block does not keep what is written to it.
    pub const CORRUPT: Error = Error::Errno(Errno(84));

    /// Whether it is [`Error::CORRUPT`].
    pub fn is_corrupt(&self) -> bool {
        matches!(self, Error::Errno(Errno(84)))
    }

    /// Whether it is [`Error::NO_SPACE`].
    pub fn is_no_space(&self) -> bool {
        matches!(self, Error::Errno(Errno(28)))
    }
}

impl From<TryReserveError> for Error {
    fn from(_: TryReserveError) -> Error {
        Error::Memory
    }
}

impl From<Raised> for Error {
    fn from(raised: Raised) -> Error {
        Error::Raised(raised)
    }
}

impl From<Errno> for Error {
    fn from(errno: Errno) -> Error {
        Error::Errno(errno)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::Errno(errno) => Error::Errno(errno),
            Failure::Raised(raised) => Error::Raised(raised),
        }
    }
}

/// The result of an operation.
pub type Result<T = ()> = core::result::Result<T, Error>;

/// What a file system or the host answered, with its error as an exception.
pub fn done<T>(vm: &Vm, result: core::result::Result<T, impl Into<Error>>) -> Res<T> {
    result.map_err(|error| match error.into() {
        Error::Errno(errno) => vm.os_error(errno),
        Error::Raised(raised) => raised,
        Error::Memory => vm.error_with(&MEMORY_ERROR, &[]),
    })
}

/// What a file system answered, as the outcome of an operation on a stream.
pub fn outcome(result: Result<usize>) -> Outcome {
    result.map_err(|error| match error {
        Error::Errno(errno) => Failure::Errno(errno),
        Error::Raised(raised) => Failure::Raised(raised),
        Error::Memory => Failure::Errno(NO_MEMORY),
    })
}
