//! The outside world: the one trait that a port implements.

use alloc::boxed::Box;
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

    /// Memory for machine code, where modules may bring some. To grant it is to trust every module that programs can
    /// load as much as the host itself: machine code can do whatever the process can.
    fn machine_code(&self) -> Option<&dyn MachineCode> {
        None
    }
}

/// Memory that machine code runs from.
pub trait MachineCode {
    /// Makes memory of `len` bytes, has `fill` write all of them where they are to stay, and then makes them executable and no longer
    /// writable: they are never both. They go when the answer is dropped. `None` if the host has no such memory left.
    fn install(&self, len: usize, fill: &mut dyn FnMut(&mut [u8])) -> Option<Executable>;
}

/// Bytes that can be executed, and read, but not changed.
pub type Executable = Box<dyn AsRef<[u8]> + Send + Sync>;

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
