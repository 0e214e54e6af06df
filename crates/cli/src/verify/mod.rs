//! `berus verify`: are these files good, and do they fit a board?

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::path::PathBuf;

use berus_mpy::account::Account;
use berus_mpy::header::VERSION;
use berus_mpy::memory::Quota;
use berus_mpy::module::Kind;
use berus_mpy::verify::{Error, failures};
use berus_mpy::{Module, v5};

use crate::input::{self, Input};
use crate::output::style::GOOD;
use crate::output::{Output, Status};
use crate::target::{Claims, Neighbours, Target, Verdict, judge};
use crate::text::{count, shortened};

/// Check that .mpy files are valid and that their bytecode is safe to run
///
/// Of files that are good it says so on standard output, of others what is wrong, where and in which function, on
/// standard error. Machine code cannot be checked. With --for it also says whether a board can load the files, and if not, why, and what
/// to do.
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// Whether the files fit this target: the number that its `sys.implementation._mpy` has, or a board, chip or port with a release or
    /// without: 'rp2 1.22', esp32, 'circuitpython 9', unix
    ///
    /// Without a release the newest is meant. docs/versions.md in Berus's repository lists all names.
    #[arg(long = "for", value_name = "TARGET")]
    target: Option<Target>,
    /// Say nothing of files that are good
    #[arg(short, long)]
    quiet: bool,
    /// .mpy files, folders to search for them, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  all files are good, and fit the target
  1  a file is not a valid .mpy file, or does not fit
  2  a file cannot be read, or the command line is wrong";

/// Failures of one file that are told.
const MAX_TOLD: usize = 20;
/// Characters of a function's path.
const MAX_PATH: usize = 100;

/// Checks the files.
///
/// # Errors
/// If writing fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    let files = input::modules(&args.files, output);
    let neighbours = Neighbours::of(files.iter().map(PathBuf::as_path));
    input::for_each(&files, output, |input, output| {
        let claims = Claims::read(&input.bytes);
        let is_old = claims.is_some_and(|claims| claims.version < VERSION);
        if let (Some(target), Some(claims), true) = (&args.target, &claims, is_old) {
            let module = match v5::read(&input.bytes) {
                Ok(module) => Some(module),
                // What is of another version, or machine code, is not checked.
                Err(v5::Error { kind: v5::ErrorKind::Header | v5::ErrorKind::MachineCode, .. }) => None,
                Err(error) => {
                    output.complain(Status::Invalid, &input.name, &error);
                    return Ok(());
                }
            };
            let failure = module.as_ref().and_then(|module| failures(module, &Quota::default()).next());
            if let Some(error) = failure {
                output.complain(Status::Invalid, &input.name, &error);
                return Ok(());
            }
            let verdict = judge(claims, module.as_ref(), target, &neighbours);
            return tell(args, &input, module.as_ref(), Some((target, &verdict)), output);
        }
        let Some(module) = input.module(output) else { return Ok(()) };
        if !is_sound(&input, &module, output) {
            return Ok(());
        }
        let verdict = args.target.as_ref().zip(claims.as_ref());
        let verdict = verdict.map(|(target, claims)| (target, judge(claims, Some(&module), target, &neighbours)));
        tell(args, &input, Some(&module), verdict.as_ref().map(|(target, verdict)| (*target, verdict)), output)
    })
}

/// Whether the bytecode is safe to run. If not, complains.
fn is_sound(input: &Input, module: &Module<'_>, output: &mut Output) -> bool {
    let mut found: Vec<_> = failures(module, &Quota::default()).take(MAX_TOLD + 1).collect();
    let more = found.len() > MAX_TOLD;
    found.truncate(MAX_TOLD);
    found.reverse();
    let account = (!found.is_empty()).then(|| Account::of(module, input.bytes.len()));
    for error in &found {
        if let Some(account) = &account {
            output.complain(Status::Invalid, &input.name, &described(account, error));
        }
    }
    if more {
        output.complain(Status::Invalid, &input.name, &"and more");
    }
    found.is_empty()
}

/// Says of a file without errors that it is good, and what `verdict` says of the target; `module` is what is in the file if that is known.
fn tell(
    args: &Args,
    input: &Input,
    module: Option<&Module<'_>>,
    verdict: Option<(&Target, &Verdict)>,
    output: &mut Output,
) -> io::Result<()> {
    if let Some((target, verdict)) = verdict
        && !verdict.fits()
    {
        output.complain(Status::Invalid, &input.name, &refusal(target, verdict));
        return Ok(());
    }
    if args.quiet {
        return Ok(());
    }
    write!(output, "{}: ", input.name)?;
    match module {
        Some(module) => praise(module, output)?,
        None => write!(output, "its code cannot be checked")?,
    }
    let Some((target, verdict)) = verdict else { return writeln!(output) };
    writeln!(output, "; {GOOD}fits{GOOD:#} {}", target.name)?;
    verdict.remarks.iter().try_for_each(|remark| writeln!(output, "  but {remark}"))
}

/// That the module does not fit, why, and what to do.
fn refusal(target: &Target, verdict: &Verdict) -> String {
    let mut text = format!("does not fit {}", target.name);
    for reason in &verdict.reasons {
        text += &format!("\n  {reason}");
    }
    for remedy in &verdict.remedies {
        text += &format!("\n  to do: {remedy}");
    }
    for remark in &verdict.remarks {
        text += &format!("\n  also, {remark}");
    }
    text
}

fn praise(module: &Module<'_>, output: &mut Output) -> io::Result<()> {
    let functions = module.codes.len();
    let native = module.codes.iter().filter(|code| code.kind != Kind::Bytecode).count();
    write!(output, "{GOOD}good{GOOD:#}, {}", count(functions, "function"))?;
    match native {
        0 => Ok(()),
        _ => write!(output, ", of them {native} machine code that cannot be checked"),
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
