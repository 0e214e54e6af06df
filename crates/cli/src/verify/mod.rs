//! `berus verify`: are these files good?

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::path::PathBuf;

use berus_mpy::Module;
use berus_mpy::account::Account;
use berus_mpy::memory::Quota;
use berus_mpy::module::Kind;
use berus_mpy::verify::{Error, failures};

use crate::input::{self, Input};
use crate::output::style::GOOD;
use crate::output::{EXIT_STATUS, Output, Status};
use crate::text::{count, shortened};

/// Check that .mpy files are valid and that their bytecode is safe to run
///
/// Of files that are good it says so on standard output, of others what is wrong, where and in which function, on
/// standard error. Machine code cannot be checked.
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

/// Failures of one file that are told.
const MAX_TOLD: usize = 20;
/// Characters of a function's path.
const MAX_PATH: usize = 100;

/// Checks the files.
///
/// # Errors
/// If writing fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    input::for_each(&args.files, output, |input, output| {
        let Some(module) = input.module(output) else { return Ok(()) };
        let mut found: Vec<_> = failures(&module, &Quota::default()).take(MAX_TOLD + 1).collect();
        if found.is_empty() {
            return if args.quiet { Ok(()) } else { praise(&input, &module, output) };
        }
        let more = found.len() > MAX_TOLD;
        found.truncate(MAX_TOLD);
        found.reverse();
        let account = Account::of(&module, input.bytes.len());
        for error in &found {
            output.complain(Status::Invalid, &input.name, &described(&account, error));
        }
        if more {
            output.complain(Status::Invalid, &input.name, &"and more");
        }
        Ok(())
    })
}

fn praise(input: &Input, module: &Module<'_>, output: &mut Output) -> io::Result<()> {
    let functions = module.codes.len();
    let native = module.codes.iter().filter(|code| code.kind != Kind::Bytecode).count();
    write!(output, "{}: {GOOD}good{GOOD:#}, {}", input.name, count(functions, "function"))?;
    match native {
        0 => writeln!(output),
        _ => writeln!(output, ", of them {native} machine code that cannot be checked"),
    }
}

/// A failure with the offset in the file and the function.
fn described<'a>(account: &'a Account<'_>, error: &'a Error) -> impl Display + 'a {
    let start = account.code_start(error.code).unwrap_or_default();
    let offset = start + error.offset.unwrap_or_default();
    fmt::from_fn(move |f| {
        let path = shortened(account.outline().path(error.code), MAX_PATH);
        write!(f, "offset {offset:#06x}, in {path} (code {}): {}", error.code, error.reason)
    })
}
