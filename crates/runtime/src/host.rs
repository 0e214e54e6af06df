//! The outside world: the one trait that a port implements.

#[cfg(feature = "threads")]
use alloc::{boxed::Box, sync::Arc};
use core::time::Duration;

/// What an interpreter needs from the machine that it runs on. Everything has a default that refuses or does
/// nothing, so that a sandbox implements just what it grants.
pub trait Host {
    /// Writes all of `bytes` to the console's output.
    fn write_stdout(&self, bytes: &[u8]);

    /// Writes all of `bytes` to the console's error output.
    fn write_stderr(&self, bytes: &[u8]) {
        self.write_stdout(bytes);
    }

    /// Writes what the host has kept of output so far.
    fn flush(&self) {}

    /// Reads from the console into `buffer`: how many bytes came, 0 at the end of input, or an error number.
    ///
    /// # Errors
    /// An `errno` number.
    fn read_stdin(&self, buffer: &mut [u8]) -> Result<usize, i32> {
        let _ = buffer;
        Ok(0)
    }

    /// Time since some fixed moment, never going back.
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    /// Time since 1970, if the host has a clock.
    fn wall_clock(&self) -> Option<Duration> {
        None
    }

    /// Waits.
    fn sleep(&self, time: Duration) {
        let _ = time;
    }

    /// Fills `buffer` with entropy; `false` if there is none.
    fn entropy(&self, buffer: &mut [u8]) -> bool {
        let _ = buffer;
        false
    }

    /// Whether a pending event (an interrupt from the keyboard, say) must be looked at. Cheap: it is asked often.
    fn interrupted(&self) -> bool {
        false
    }

    /// The files that programs may see, if any.
    fn files(&self) -> Option<&dyn Files> {
        None
    }

    /// Itself as one that programs may start threads on, if they may. A new interpreter asks once, and then uses the answer in place of
    /// this host.
    #[cfg(feature = "threads")]
    fn threads(&self) -> Option<Arc<dyn Threads>> {
        None
    }
}

/// A host with threads. One thread at a time runs an interpreter; others may be in [`Host::sleep`] or [`Host::read_stdin`] meanwhile.
#[cfg(feature = "threads")]
pub trait Threads: Host + Send + Sync {
    /// Starts a thread with a machine stack of `stack_size` bytes or more, which calls `run` and ends: its number.
    ///
    /// # Errors
    /// An `errno` number.
    fn spawn(&self, stack_size: usize, run: Box<dyn FnOnce() + Send>) -> Result<usize, i32>;

    /// The number of the thread that asks, not 0, and not that of any other that is alive.
    fn current(&self) -> usize;

    /// A new monitor.
    fn monitor(&self) -> Box<dyn Monitor>;
}

/// What threads wait on for each other: a lock with a condition. The functions that it is given run one at a time.
#[cfg(feature = "threads")]
pub trait Monitor: Send + Sync {
    /// Waits until `ready` answers `true`: asks now, after each [`update`](Monitor::update), and whenever it likes. Gives up when `timeout`
    /// has passed. The last answer of `ready`.
    fn wait_until(&self, timeout: Option<Duration>, ready: &mut dyn FnMut() -> bool) -> bool;

    /// Runs `change`, then has all that wait ask again.
    fn update(&self, change: &mut dyn FnMut());
}

/// Files of the host. Paths are bytes as the host has them; errors are `errno` numbers.
pub trait Files {
    /// Reads a whole file.
    ///
    /// # Errors
    /// An `errno` number.
    fn read(&self, path: &[u8]) -> Result<alloc::vec::Vec<u8>, i32>;

    /// What `path` is, if it is anything.
    fn kind(&self, path: &[u8]) -> Option<FileKind>;
}

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A file.
    File,
    /// A folder.
    Folder,
}
