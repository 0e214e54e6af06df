//! Error numbers, those of Linux, as far as Berus itself gives them; the module `errno` names more for programs.
//!
//! ```
//! assert_eq!(berus_runtime::errno::NO_ENTRY, 2);
//! ```

/// `EPERM`: not on the folder of all mounts, not across file systems.
pub const NOT_PERMITTED: i32 = 1;
/// `ENOENT`
pub const NO_ENTRY: i32 = 2;
/// `EINTR`: something else came before the end of the wait.
pub const INTERRUPTED: i32 = 4;
/// `EIO`
pub const IO: i32 = 5;
/// `EBADF`
pub const BAD_FILE: i32 = 9;
/// `EAGAIN`: nothing there now.
pub const AGAIN: i32 = 11;
/// `EBUSY`
pub const BUSY: i32 = 16;
/// `EEXIST`
pub const EXISTS: i32 = 17;
/// `ENODEV`: nothing is mounted there, or there is no file system.
pub const NO_DEVICE: i32 = 19;
/// `EISDIR`
pub const IS_FOLDER: i32 = 21;
/// `EINVAL`
pub const INVALID: i32 = 22;
/// `EROFS`
pub const READ_ONLY: i32 = 30;
/// `EOPNOTSUPP`
pub const UNSUPPORTED: i32 = 95;
