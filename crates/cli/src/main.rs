//! The `berus` program: run Python programs, look into `.mpy` files, and more.
//!
//! What is no subcommand is a program to [`run`], as with MicroPython. Each subcommand is a folder with its arguments
//! and a `run` function. They share [`input`], which reads files, and [`output`], which knows about colours, closed
//! pipes and exit statuses.

#[cfg(unix)]
mod board;
mod compile;
mod convert;
mod diff;
mod dump;
mod extensions;
mod extract;
mod freeze;
mod input;
mod link;
mod machine;
mod manual;
mod merge;
mod output;
mod romfs;
mod run;
mod target;
mod text;
mod verify;

use std::fmt::Display;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use run::Request;

/// MicroPython in Rust: runs programs, and has tools for .mpy modules
#[derive(Parser)]
#[command(name = "berus", version, long_version = LONG_VERSION, override_usage = USAGE, after_help = run::HELP, styles = output::style::HELP)]
struct Cli {
    #[command(flatten)]
    color: colorchoice_clap::Color,
    #[command(subcommand)]
    command: Command,
}

/// What `--version` says below the version.
const LONG_VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\nMicroPython 1.29, modules of version 6.3\nbuilt for ",
    env!("BERUS_TARGET"),
    ", profile ",
    env!("BERUS_PROFILE"),
    ", features: ",
    env!("BERUS_FEATURES"),
);

const USAGE: &str = "\
berus [<opts>] [-X <implopt>] [-c <command> | -m <module> | <filename>] [<args>]
       berus [OPTIONS] <COMMAND>";

#[derive(Subcommand)]
enum Command {
    #[cfg(unix)]
    Board(board::Args),
    Compile(compile::Args),
    Completions(manual::CompletionsArgs),
    Convert(convert::Args),
    Diff(diff::Args),
    Dump(dump::Args),
    Extract(extract::Args),
    Freeze(freeze::Args),
    Link(link::Args),
    Man(manual::ManArgs),
    Merge(merge::Args),
    Romfs(romfs::Args),
    Verify(verify::Args),
}

/// The command line, with the options for programs, which [`run`] reads by itself.
fn command_line() -> clap::Command {
    Cli::command().args(run::options_for_programs())
}

/// Ends the program, because what is asked of `command` does not go together, which the command line's definition does not know.
fn misused(command: &str, kind: ErrorKind, message: impl Display) -> ! {
    let mut all = Cli::command();
    all.build();
    match all.find_subcommand_mut(command) {
        Some(command) => command.error(kind, message).exit(),
        None => all.error(kind, message).exit(),
    }
}

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    let is_subcommand = |name: &str| Cli::command().get_subcommands().any(|command| command.get_name() == name);
    let matches = match run::request(&args, is_subcommand) {
        Request::Program => return run::run(args),
        Request::Help => command_line().get_matches_from(["berus", "--help"]),
        Request::Version => command_line().get_matches_from(["berus", "--version"]),
        Request::Subcommand => command_line().get_matches(),
    };
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    cli.color.write_global();
    match cli.command {
        #[cfg(unix)]
        Command::Board(args) => output::run(|output| board::run(&args, output)),
        Command::Compile(args) => output::run(|output| compile::run(&args, output)),
        Command::Completions(args) => output::run(|output| manual::completions(&args, command_line(), output)),
        Command::Convert(args) => output::run(|output| convert::run(&args, output)),
        Command::Diff(args) => output::run(|output| diff::run(&args, output)),
        Command::Dump(args) => output::run(|output| dump::run(&args, output)),
        Command::Extract(args) => output::run(|output| extract::run(&args, output)),
        Command::Freeze(args) => output::run(|output| freeze::run(&args, output)),
        Command::Link(args) => output::run(|output| link::run(&args, output)),
        Command::Man(args) => output::run(|output| manual::man(&args, command_line(), output)),
        Command::Merge(args) => output::run(|output| merge::run(&args, output)),
        Command::Romfs(args) => output::run(|output| romfs::run(&args, output)),
        Command::Verify(args) => output::run(|output| verify::run(&args, output)),
    }
}
