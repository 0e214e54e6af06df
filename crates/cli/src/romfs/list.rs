//! `berus romfs list`: what is in an image, where, and what it costs.

use std::io::{self, Write};
use std::path::PathBuf;

use berus_mpy::disasm::text::Str;
use berus_mpy::romfs::{Corrupt, Folder, Image, Node};

use super::image;
use crate::input::{self, Input};
use crate::output::style::{FAINT, STRONG};
use crate::output::{EXIT_STATUS, Output, Status};
use crate::text::count;

/// Show what is in images: the offset and size of each file's data
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// Images, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Shows the images.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    input::for_each(&args.files, output, |input, output| write(&input, output))
}

/// Shows the image in a file.
pub fn write(input: &Input, output: &mut Output) -> io::Result<()> {
    let Some(image) = image(input, output) else { return Ok(()) };
    let total = image.bytes().len();
    writeln!(output, "{STRONG}{}{STRONG:#}: {}", input.name, count(total, "byte"))?;
    writeln!(output, "\n{STRONG}  offset     bytes  file{STRONG:#}")?;
    let mut data = 0;
    for found in walk(&image) {
        match found {
            Ok((path, file)) => {
                writeln!(output, "{:>8}  {:>8}  {}", file.offset(), file.data().len(), text(&path))?;
                data += file.data().len();
            }
            Err(error) => output.complain(Status::Invalid, &input.name, &error),
        }
    }
    // Files may share data, and then there is more of it than of the image.
    if let Some(rest) = total.checked_sub(data) {
        writeln!(output, "{FAINT}{:>8}  {rest:>8}  names, records, padding{FAINT:#}", "")?;
    }
    writeln!(output, "{:>8}  {total:>8}  {STRONG}total{STRONG:#}", "")
}

/// A path in an image as it can be printed.
pub fn text(path: &[u8]) -> String {
    match std::str::from_utf8(path) {
        Ok(text) if !text.contains(char::is_control) => text.to_owned(),
        _ => Str(path).to_string(),
    }
}

/// Bytes of a path, from which on an image is not looked into: a small image can hold paths of any length.
const LONGEST_PATH: usize = 4096;

/// The files of an image with their paths, in the order of the image; and where it is corrupt.
pub fn walk<'a>(image: &Image<'a>) -> impl Iterator<Item = Result<(Vec<u8>, berus_mpy::romfs::File<'a>), Corrupt>> {
    type Entries<'a> = Box<dyn Iterator<Item = Result<berus_mpy::romfs::Entry<'a>, Corrupt>> + 'a>;
    let open = |folder: Folder<'a>| -> Entries<'a> { Box::new(folder.entries()) };
    let mut stack = vec![(Vec::new(), open(image.root()))];
    std::iter::from_fn(move || {
        loop {
            let (path, entries) = stack.last_mut()?;
            let Some(entry) = entries.next() else {
                stack.pop();
                continue;
            };
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return Some(Err(error)),
            };
            let path = if path.is_empty() { entry.name.to_vec() } else { [path, &b"/"[..], entry.name].concat() };
            match entry.node {
                Node::File(file) => return Some(Ok((path, file))),
                Node::Folder(folder) if path.len() > LONGEST_PATH => return Some(Err(Corrupt(folder.offset()))),
                Node::Folder(folder) => stack.push((path, open(folder))),
            }
        }
    })
}
