//! `berus dump`: what is in these files?
//!
//! There are three views of a file, each as text and as JSON: the listing of its code, every byte explained, and where
//! the bytes go.

mod hex;
mod html;
mod json;
mod listing;
mod size;
#[cfg(test)]
mod tests;
pub mod words;

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use berus_mpy::account::Account;
use berus_mpy::disasm::SignatureText;
use berus_mpy::module::CodeId;
use clap::error::ErrorKind;

use crate::input;
use crate::output::{EXIT_STATUS, Output, Status, describe};
use crate::text::shortened;

/// Show what is in .mpy files: header, tables, functions and their code
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// Explain every byte instead
    #[arg(short = 'x', long, conflicts_with = "size")]
    hex: bool,
    /// Show where the bytes go instead, by kind and by function, largest first
    #[arg(short, long)]
    size: bool,
    /// Print JSON for programs: one object a line for each file
    ///
    /// docs/dump-json.md in Berus's repository describes it. --hex and --size work as without it.
    #[arg(short, long)]
    json: bool,
    /// Print a page for a browser, which shows all of this and needs nothing else: `berus dump --html x.mpy > x.html`
    #[arg(long, conflicts_with_all = ["hex", "size", "json"])]
    html: bool,
    /// The source of the module, to show beside the bytecode
    #[arg(long, value_name = "FILE", requires = "html")]
    source: Option<PathBuf>,
    /// .mpy files, folders to search for them, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// A file to show.
struct File<'m> {
    name: &'m str,
    bytes: &'m [u8],
    account: Account<'m>,
}

/// Names may be long, and many functions may have the same ones. So what is shown of them is limited.
const MAX_SIGNATURE: usize = 300;
const MAX_PATH: usize = 100;

impl File<'_> {
    /// The head of a function: `def f(a, b)`.
    fn signature(&self, id: CodeId) -> String {
        shortened(SignatureText::new(self.account.module(), self.account.outline(), id), MAX_SIGNATURE)
    }

    /// The name of a function after those of the ones that it stands in.
    fn path(&self, id: CodeId) -> String {
        shortened(self.account.outline().path(id), MAX_PATH)
    }
}

/// Shows the files on standard output.
///
/// # Errors
/// If writing fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    let mut first = true;
    let files = input::modules(&args.files, output);
    if args.html && files.len() > 1 {
        crate::misused("dump", ErrorKind::TooManyValues, "--html makes a page of one module");
    }
    let source = match args.source.as_deref().map(|path| (path, fs::read(path))) {
        Some((path, Err(error))) => {
            output.complain(Status::Unusable, &input::displayed(path), &describe(&error));
            return Ok(());
        }
        Some((_, Ok(source))) => Some(source),
        None => None,
    };
    input::for_each(&files, output, |input, output| {
        let Some(module) = input.module(output) else { return Ok(()) };
        let account = Account::of(&module, input.bytes.len());
        let file = File { name: &input.name, bytes: &input.bytes, account };
        if !std::mem::take(&mut first) && !args.json {
            writeln!(output)?;
        }
        if args.html {
            return html::write(&file, source.as_deref(), output);
        }
        match (args.json, args.hex, args.size) {
            (false, true, _) => hex::write(&file, output),
            (false, _, true) => size::write(&file, output),
            (false, ..) => listing::write(&file, output),
            (true, hex, size) => json::write(&file, json::View::new(hex, size), output),
        }
    })
}
