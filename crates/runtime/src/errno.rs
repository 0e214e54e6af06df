//! Error numbers, those of Linux, as far as Berus itself gives them; the module `errno` names more for programs.
//!
//! ```
//! use berus_runtime::errno::{Errno, NO_ENTRY};
//!
//! assert_eq!(NO_ENTRY, Errno(2));
//! ```

/// An error number of the operating system, or of what stands for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub i32);

/// `EPERM`: the operation is not permitted, or not possible on the folder of all mounts or across file systems.
pub const NOT_PERMITTED: Errno = Errno(1);
/// `ENOENT`: there is no such file or folder.
pub const NO_ENTRY: Errno = Errno(2);
/// `EINTR`: something else came before what was waited for.
pub const INTERRUPTED: Errno = Errno(4);
/// `EIO`: the device failed to read or write.
pub const IO: Errno = Errno(5);
/// `EBADF`: the number is not one of an open file, or the file is not open for the operation.
pub const BAD_FILE: Errno = Errno(9);
/// `EAGAIN`: not possible now: nothing has come to read, there is no room to write, or no thread can be started.
pub const AGAIN: Errno = Errno(11);
/// `ENOMEM`: there is not enough memory.
pub const NO_MEMORY: Errno = Errno(12);
/// `EACCES`: the file is not the program's to use.
pub const NO_ACCESS: Errno = Errno(13);
/// `EBUSY`: somebody else uses the device or file system.
pub const BUSY: Errno = Errno(16);
/// `EEXIST`: a file or folder of that name exists.
pub const EXISTS: Errno = Errno(17);
/// `ENODEV`: nothing is mounted at the path, the device holds no file system, or the host has no files.
pub const NO_DEVICE: Errno = Errno(19);
/// `ENOTDIR`: the path leads through a file, or to one, where a folder is wanted.
pub const NOT_A_FOLDER: Errno = Errno(20);
/// `EISDIR`: the path is one of a folder, where a file is wanted.
pub const IS_FOLDER: Errno = Errno(21);
/// `EINVAL`: an argument is not valid.
pub const INVALID: Errno = Errno(22);
/// `EMFILE`: too many files are open.
pub const TOO_MANY_FILES: Errno = Errno(24);
/// `ENOSPC`: the device has no space left.
pub const NO_SPACE: Errno = Errno(28);
/// `EROFS`: the file system can only be read.
pub const READ_ONLY: Errno = Errno(30);
/// `ENAMETOOLONG`: a path is too long.
pub const NAME_TOO_LONG: Errno = Errno(36);
/// `ENOSYS`: the machine does not have the function asked for.
pub const NO_SYSTEM: Errno = Errno(38);
/// `ENOTEMPTY`: there is something in the folder.
pub const NOT_EMPTY: Errno = Errno(39);
/// `EAFNOSUPPORT`: there are no such addresses.
pub const NO_FAMILY: Errno = Errno(97);
/// `ETIMEDOUT`: the time that was given is over.
pub const TIMED_OUT: Errno = Errno(110);
/// `EINPROGRESS`: what was begun goes on.
pub const IN_PROGRESS: Errno = Errno(115);
/// `EOPNOTSUPP`: the operation is not supported.
pub const UNSUPPORTED: Errno = Errno(95);
