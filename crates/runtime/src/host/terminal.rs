//! Terminals of the host.

use crate::errno::Errno;

/// How a terminal behaves, as POSIX's `termios` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalModes {
    /// The bits of input, output, control and local modes.
    pub bits: [u32; 4],
    /// The numbers of the speeds of input and output, which are the system's.
    pub speeds: [u32; 2],
    /// The control characters.
    pub characters: [u8; TerminalModes::CHARACTERS],
}

impl TerminalModes {
    /// How many control characters there are room for; those that a system does not have are 0.
    pub const CHARACTERS: usize = 32;
}

/// Terminals, as far as programs may change how they behave. Open files are numbers, as in [`Files`](super::Files).
pub trait Terminals {
    /// The system's names of speeds (`B9600`) and of when modes are set (`TCSANOW`), with their numbers.
    fn names(&self) -> &'static [(&'static str, i32)];

    /// Which of the control characters are no characters, but counts.
    fn counts(&self) -> [usize; 2];

    /// How a terminal behaves.
    ///
    /// # Errors
    /// An error number; `ENOTTY` if the file is no terminal.
    fn modes(&self, file: i32) -> Result<TerminalModes, Errno>;

    /// Changes how a terminal behaves, at the moment `when`.
    ///
    /// # Errors
    /// As [`Terminals::modes`].
    fn set_modes(&self, file: i32, when: i32, modes: &TerminalModes) -> Result<(), Errno>;

    /// Has a terminal hand on each byte as it comes, and print each as it is.
    ///
    /// # Errors
    /// As [`Terminals::modes`].
    fn set_raw(&self, file: i32) -> Result<(), Errno>;
}
