//! Why operations of file systems on block devices fail, and how that reaches Python.

use alloc::collections::TryReserveError;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::stream::Outcome;
use berus_runtime::model::vm::Vm;
use berus_runtime::obj::exception::MEMORY_ERROR;

/// Why an operation fails.
#[derive(Debug)]
pub enum Error {
    /// For the reason with this `errno` number.
    Errno(i32),
    /// The device raised an exception.
    Raised(Raised),
    /// There is no memory.
    Memory,
}

impl Error {
    /// `ENOENT`: there is nothing of that name.
    pub const NO_ENTRY: Error = Error::Errno(2);
    /// `EIO`: what is on the device makes no sense.
    pub const BROKEN: Error = Error::Errno(5);
    /// `EBADF`: the file is not open that way.
    pub const BAD_FILE: Error = Error::Errno(9);
    /// `EACCES`: a folder is not empty, or full, or in the way.
    pub const DENIED: Error = Error::Errno(13);
    /// `EEXIST`
    pub const EXISTS: Error = Error::Errno(17);
    /// `ENODEV`: there is no file system.
    pub const NO_DEVICE: Error = Error::Errno(19);
    /// `ENOTDIR`
    pub const NOT_FOLDER: Error = Error::Errno(20);
    /// `EISDIR`
    pub const IS_FOLDER: Error = Error::Errno(21);
    /// `EINVAL`
    pub const INVALID: Error = Error::Errno(22);
    /// `EFBIG`
    pub const TOO_BIG: Error = Error::Errno(27);
    /// `ENOSPC`
    pub const NO_SPACE: Error = Error::Errno(28);
    /// `EROFS`
    pub const READ_ONLY: Error = Error::Errno(30);
    /// `ENAMETOOLONG`
    pub const NAME_TOO_LONG: Error = Error::Errno(36);
    /// `ENOTEMPTY`
    pub const NOT_EMPTY: Error = Error::Errno(39);
    /// littlefs's own: what is on the device makes no sense, or a block does not keep what is written to it.
    pub const CORRUPT: Error = Error::Errno(84);

    /// Whether it is [`Error::CORRUPT`].
    pub fn is_corrupt(&self) -> bool {
        matches!(self, Error::Errno(84))
    }

    /// Whether it is [`Error::NO_SPACE`].
    pub fn is_no_space(&self) -> bool {
        matches!(self, Error::Errno(28))
    }
}

/// `ENOMEM`
const NO_MEMORY: i32 = 12;

impl From<TryReserveError> for Error {
    fn from(_: TryReserveError) -> Error {
        Error::Memory
    }
}

/// The result of an operation.
pub type Result<T = ()> = core::result::Result<T, Error>;

/// What a file system answered, with its error as an exception.
pub fn done<T>(vm: &Vm, result: Result<T>) -> Res<T> {
    result.map_err(|error| match error {
        Error::Errno(errno) => vm.os_error(errno),
        Error::Raised(raised) => raised,
        Error::Memory => vm.error_with(&MEMORY_ERROR, &[]),
    })
}

/// What a file system answered, as the outcome of an operation on a stream.
pub fn outcome(result: Result<usize>) -> Outcome {
    match result {
        Ok(count) => Ok(Ok(count)),
        Err(Error::Errno(errno)) => Ok(Err(errno)),
        Err(Error::Raised(raised)) => Err(raised),
        Err(Error::Memory) => Ok(Err(NO_MEMORY)),
    }
}
