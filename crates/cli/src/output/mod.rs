//! Standard output, standard error and the exit status of commands.

pub mod file;
pub mod style;

use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};
use std::process::ExitCode;

use anstream::AutoStream;

use style::{ERROR, STRONG};

/// What the exit statuses mean, for the help of commands.
pub const EXIT_STATUS: &str = "\
Exit status:
  0  all files are good
  1  a file is not a valid .mpy file
  2  a file cannot be read, or the command line is wrong";

/// How a command went. The worst counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// All is well.
    #[default]
    Good = 0,
    /// The content of a file is not valid.
    Invalid = 1,
    /// A file cannot be read, or the output cannot be written.
    Unusable = 2,
}

/// Where a command writes.
pub struct Output {
    out: BufWriter<AutoStream<StdoutLock<'static>>>,
    status: Status,
}

/// Runs a command and turns how it went into an exit status.
///
/// When nobody reads the output any more, the command ends quietly: that is how `berus dump x.mpy | head` is meant.
pub fn run(command: impl FnOnce(&mut Output) -> io::Result<()>) -> ExitCode {
    let out = BufWriter::new(AutoStream::auto(io::stdout().lock()));
    let mut output = Output { out, status: Status::Good };
    let result = command(&mut output).and_then(|()| output.out.flush());
    if let Err(error) = result
        && error.kind() != ErrorKind::BrokenPipe
    {
        output.complain(Status::Unusable, "standard output", &describe(&error));
    }
    let status = output.status;
    // What could not be written is not tried again.
    let _ = output.out.into_parts();
    ExitCode::from(status as u8)
}

impl Output {
    /// Remembers how something went that there is nothing to say of.
    pub fn remember(&mut self, status: Status) {
        self.status = self.status.max(status);
    }

    /// Says on standard error what is wrong with a file, and remembers that something is.
    pub fn complain(&mut self, status: Status, file: &str, message: &dyn Display) {
        self.status = self.status.max(status);
        // The two outputs are often the same terminal, so keep them in order. Errors of standard output show when
        // the command goes on writing; if standard error is closed there is nobody to tell.
        let _ = self.out.flush();
        let _ = writeln!(anstream::stderr(), "{ERROR}berus{ERROR:#}: {STRONG}{file}{STRONG:#}: {message}");
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Why a folder could not be searched.
pub fn walked(error: walkdir::Error) -> io::Error {
    let text = error.to_string();
    error.into_io_error().unwrap_or_else(|| io::Error::other(text))
}

/// What went wrong, in the words of the operating system.
pub fn describe(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
