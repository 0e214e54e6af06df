//! `berus verify`: are these files good?

use std::io::{self, Write};
use std::path::PathBuf;

use berus_mpy::Module;

use crate::input;
use crate::output::style::GOOD;
use crate::output::{EXIT_STATUS, Output, Status};

/// Check that .mpy files are valid and safe to run
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// Say nothing of files that are good
    #[arg(short, long)]
    quiet: bool,
    /// .mpy files; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Checks the files. Of each that is good it says so on standard output, of others what is wrong on standard error.
///
/// # Errors
/// If writing fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    input::for_each(&args.files, output, |input, output| {
        match Module::from_bytes(&input.bytes) {
            Err(error) => output.complain(Status::Invalid, &input.name, &error),
            Ok((module, _)) if !args.quiet => {
                writeln!(output, "{}: {GOOD}good{GOOD:#}, {} code objects", input.name, module.codes.len())?;
            }
            Ok(_) => {}
        }
        Ok(())
    })
}
