//! `berus diff`: what is different between two modules?
//!
//! Modules are compared by what they say, not by their bytes: names and constants as sets, functions by their paths, bytecode instruction by
//! instruction with names instead of indices and labels instead of distances ([`parts`]). What is different is shown as `diff -u` shows it
//! ([`show`]).

mod align;
mod parts;
mod show;

use std::io;
use std::path::{Path, PathBuf};

use berus_mpy::{Module, v5};

use crate::input::{self, Input, unreadable};
use crate::output::{Output, Status};
use crate::target::Claims;
use parts::Side;

/// Show what is different between two modules: header, names, constants, functions and their code
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// Say nothing, and only give the exit status
    #[arg(short, long)]
    quiet: bool,
    /// Lines of code to show around each difference
    #[arg(short = 'U', long, value_name = "LINES", default_value_t = 3)]
    context: usize,
    /// The one module; `-` is standard input
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The other one
    #[arg(value_name = "NEW")]
    new: PathBuf,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  the files are the same
  1  they are different
  2  a file cannot be read or is not a valid .mpy file, or the command line is wrong";

/// Compares the modules.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    let (Some(old), Some(new)) = (input(&args.old, output)?, input(&args.new, output)?) else { return Ok(()) };
    let (Some(old_module), Some(new_module)) = (module(&old, output), module(&new, output)) else { return Ok(()) };
    if old.bytes == new.bytes {
        return Ok(());
    }
    output.remember(Status::Invalid);
    if args.quiet {
        return Ok(());
    }
    show::write(&Side::of(&old, &old_module), &Side::of(&new, &new_module), args.context, output)
}

/// The file at `path`. If it cannot be read, complains.
fn input(path: &Path, output: &mut Output) -> io::Result<Option<Input>> {
    let mut found = None;
    input::for_each(&[path.to_owned()], output, |input, _| {
        found = Some(input);
        Ok(())
    })?;
    if found.is_none() {
        output.remember(Status::Unusable);
    }
    Ok(found)
}

/// The module in a file of version 5 or 6. If there is none that is valid, complains.
fn module<'i>(input: &'i Input, output: &mut Output) -> Option<Module<'i>> {
    let is_old = Claims::read(&input.bytes).is_some_and(|claims| claims.version == v5::VERSION);
    let module = match is_old {
        true => v5::read(&input.bytes).map_err(|error| error.to_string()),
        false => Module::from_bytes(&input.bytes)
            .map(|(module, _)| module)
            .map_err(|error| input::mistaken(&input.bytes).unwrap_or_else(|| unreadable(&error))),
    };
    module.map_err(|why| output.complain(Status::Unusable, &input.name, &why)).ok()
}
