//! `berus romfs`: images of files that microcontrollers read, and run modules from, where they lie in flash.

mod build;
mod extract;
pub mod list;

use std::io;

use berus_mpy::romfs::Image;
use clap::{Args as ClapArgs, Subcommand};

use crate::input::Input;
use crate::output::{Output, Status};

/// Make ROM images for MicroPython's VfsRom, and look into them
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Build(build::Args),
    List(list::Args),
    Extract(extract::Args),
}

/// Does what is asked for.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    match &args.command {
        Command::Build(args) => build::run(args, output),
        Command::List(args) => list::run(args, output),
        Command::Extract(args) => extract::run(args, output),
    }
}

/// The image in a file. If there is none, complains and returns `None`.
fn image<'a>(input: &'a Input, output: &mut Output) -> Option<Image<'a>> {
    let image = Image::new(&input.bytes);
    if image.is_none() {
        output.complain(Status::Invalid, &input.name, &"not a ROM image, or not all of it");
    }
    image
}
