//! `berus completions` and `berus man`: what shells and `man` know of the command line.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Command;
use clap_complete::Shell;

use crate::output::{Output, Status, describe};

/// Print what a shell needs to complete options, commands and names of files
///
/// For bash: berus completions bash > ~/.local/share/bash-completion/completions/berus
#[derive(clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// The page of `mpy-cross`, whose command line is not one of `clap`.
const MPY_CROSS: &str = include_str!("mpy_cross/mpy-cross.1");

/// Write manual pages: of berus, of each command, and of mpy-cross
#[derive(clap::Args)]
pub struct ManArgs {
    /// The folder to write to, such as /usr/local/share/man/man1
    folder: PathBuf,
}

/// Prints the completions of `command` for a shell.
///
/// # Errors
/// If writing to standard output fails.
pub fn completions(args: &CompletionsArgs, mut command: Command, output: &mut Output) -> io::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, "berus", &mut text);
    output.write_all(&text)
}

/// Writes the manual pages of `command`.
///
/// # Errors
/// If writing to standard output fails.
pub fn man(args: &ManArgs, command: Command, output: &mut Output) -> io::Result<()> {
    let written = std::fs::create_dir_all(&args.folder)
        // The command that lists the others has no page: the pages do.
        .and_then(|()| clap_mangen::generate_to(command.disable_help_subcommand(true), &args.folder))
        .and_then(|()| std::fs::write(args.folder.join("mpy-cross.1"), MPY_CROSS));
    if let Err(error) = written {
        output.complain(Status::Unusable, &args.folder.display().to_string(), &describe(&error));
    }
    Ok(())
}
