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

/// `EPERM`: not on the folder of all mounts, not across file systems.
pub const NOT_PERMITTED: Errno = Errno(1);
/// `ENOENT`
pub const NO_ENTRY: Errno = Errno(2);
/// `EINTR`: something else came before the end of the wait.
pub const INTERRUPTED: Errno = Errno(4);
/// `EIO`
pub const IO: Errno = Errno(5);
/// `EBADF`
pub const BAD_FILE: Errno = Errno(9);
/// `EAGAIN`: nothing there now.
pub const AGAIN: Errno = Errno(11);
/// `ENOMEM`
pub const NO_MEMORY: Errno = Errno(12);
/// `EBUSY`
pub const BUSY: Errno = Errno(16);
/// `EEXIST`
pub const EXISTS: Errno = Errno(17);
/// `ENODEV`: nothing is mounted there, or there is no file system.
pub const NO_DEVICE: Errno = Errno(19);
/// `EISDIR`
pub const IS_FOLDER: Errno = Errno(21);
/// `EINVAL`
pub const INVALID: Errno = Errno(22);
/// `ENOSPC`
pub const NO_SPACE: Errno = Errno(28);
/// `EROFS`
pub const READ_ONLY: Errno = Errno(30);
/// `ENOSYS`: the machine has nothing of the kind.
pub const NO_SYSTEM: Errno = Errno(38);
/// `EOPNOTSUPP`
pub const UNSUPPORTED: Errno = Errno(95);
