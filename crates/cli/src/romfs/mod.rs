//! `berus romfs`: images of files that microcontrollers read, and run modules from, where they lie in flash.

mod build;
mod extract;
pub mod list;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use berus_mpy::romfs::Image;
use clap::{Args as ClapArgs, Subcommand};

use crate::input::{Input, displayed};
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

/// Whether an image may be written to `path`: there is nothing yet, or an image, or no file that could be lost. Complains otherwise.
pub fn may_be_written(path: &Path, output: &mut Output) -> bool {
    let is_other = |file: File| {
        let mut start = Vec::new();
        file.take(MAGIC.len() as u64).read_to_end(&mut start).is_ok() && !start.is_empty() && start != MAGIC
    };
    let is_file = fs::metadata(path).is_ok_and(|there| there.is_file());
    if !is_file || path == Path::new("-") || !File::open(path).is_ok_and(is_other) {
        return true;
    }
    output.complain(Status::Unusable, &displayed(path), &"is there, and no ROM image: nothing else is overwritten");
    false
}

/// What images begin with.
const MAGIC: &[u8] = b"\xd2\xcd\x31";

/// The image in a file. If there is none, complains and returns `None`.
fn image<'a>(input: &'a Input, output: &mut Output) -> Option<Image<'a>> {
    let image = Image::new(&input.bytes);
    if image.is_none() {
        output.complain(Status::Invalid, &input.name, &"not a ROM image, or not all of it");
    }
    image
}
