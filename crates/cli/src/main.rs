//! The `berus` program: run Python programs, look into `.mpy` files, and more.
//!
//! What is no subcommand is a program to [`run`], as with MicroPython. Each subcommand is a folder with its arguments
//! and a `run` function. They share [`input`], which reads files, and [`output`], which knows about colours, closed
//! pipes and exit statuses.

#[cfg(unix)]
mod board;
mod compile;
mod convert;
mod dump;
mod freeze;
mod input;
mod link;
mod machine;
mod merge;
mod output;
mod romfs;
mod run;
mod target;
mod text;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use run::Request;

/// MicroPython in Rust: runs programs, and has tools for .mpy modules
#[derive(Parser)]
#[command(name = "berus", version, override_usage = USAGE, after_help = run::HELP, styles = output::style::HELP)]
struct Cli {
    #[command(flatten)]
    color: colorchoice_clap::Color,
    #[command(subcommand)]
    command: Command,
}

const USAGE: &str = "\
berus [<opts>] [-X <implopt>] [-c <command> | -m <module> | <filename>] [<args>]
       berus [OPTIONS] <COMMAND>";

#[derive(Subcommand)]
enum Command {
    #[cfg(unix)]
    Board(board::Args),
    Compile(compile::Args),
    Convert(convert::Args),
    Dump(dump::Args),
    Freeze(freeze::Args),
    Link(link::Args),
    Merge(merge::Args),
    Romfs(romfs::Args),
    Verify(verify::Args),
}

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    let is_subcommand = |name: &str| Cli::command().get_subcommands().any(|command| command.get_name() == name);
    let cli = match run::request(&args, is_subcommand) {
        Request::Program => return run::run(args),
        Request::Help => Cli::parse_from(["berus", "--help"]),
        Request::Version => Cli::parse_from(["berus", "--version"]),
        Request::Subcommand => Cli::parse(),
    };
    cli.color.write_global();
    match cli.command {
        #[cfg(unix)]
        Command::Board(args) => output::run(|output| board::run(&args, output)),
        Command::Compile(args) => output::run(|output| compile::run(&args, output)),
        Command::Convert(args) => output::run(|output| convert::run(&args, output)),
        Command::Dump(args) => output::run(|output| dump::run(&args, output)),
        Command::Freeze(args) => output::run(|output| freeze::run(&args, output)),
        Command::Link(args) => output::run(|output| link::run(&args, output)),
        Command::Merge(args) => output::run(|output| merge::run(&args, output)),
        Command::Romfs(args) => output::run(|output| romfs::run(&args, output)),
        Command::Verify(args) => output::run(|output| verify::run(&args, output)),
    }
}
