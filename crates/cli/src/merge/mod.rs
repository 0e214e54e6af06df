//! `berus merge`: several modules into one.

use std::io;
use std::path::PathBuf;

use berus_mpy::Module;
use berus_mpy::merge::merge;

use crate::extensions;
use crate::input::{self, Input};
use crate::output::{Output, Status, file};

/// Merge modules into one, which runs them one after another with the same global variables
///
/// The result is that of `mpy-tool.py --merge`. Functions of all modules but the first lose their line numbers.
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// The module to write; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// The extensions of rv32imc that the machine code needs, in place of those that the modules say: their names, or the sum of their
    /// numbers, 0 for none
    #[arg(long, visible_alias = "march-flags", value_name = "FLAGS", value_parser = extensions::parse)]
    arch_flags: Option<u32>,
    /// Modules in the order in which they are to run; one with machine code runs first
    #[arg(required = true, value_name = "MODULE")]
    modules: Vec<PathBuf>,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  the module was written
  1  a file is not a valid .mpy file, or they cannot be merged
  2  a file cannot be read or written, or the command line is wrong";

/// Merges the modules.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    let mut inputs: Vec<Input> = Vec::new();
    input::for_each(&args.modules, output, |input, _| {
        inputs.push(input);
        Ok(())
    })?;
    let modules: Vec<Module<'_>> = inputs.iter().filter_map(|input| input.module(output)).collect();
    if modules.len() < args.modules.len() {
        // What is wrong has been said.
        return Ok(());
    }
    let merged = merge(&modules).map_err(|error| error.to_string()).and_then(|mut merged| {
        args.arch_flags.map_or(Ok(()), |flags| extensions::set(&mut merged.header, flags))?;
        Ok(merged.to_bytes())
    });
    let merged = match merged {
        Ok(merged) => merged,
        Err(error) => {
            let names: Vec<_> = inputs.iter().map(|input| input.name.as_str()).collect();
            output.complain(Status::Invalid, &names.join(", "), &error);
            return Ok(());
        }
    };
    file::write_or_print(&args.output, &merged, output).map(drop)
}
