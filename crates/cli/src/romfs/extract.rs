//! `berus romfs extract`: from an image to files.

use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::{image, list};
use crate::input::{self, displayed};
use crate::output::{EXIT_STATUS, Output, Status, describe, file};

/// Write the files of an image into a folder
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// The folder to write to; by default the current one
    #[arg(short, long, value_name = "FOLDER", default_value = ".")]
    output: PathBuf,
    /// Say of each file that it was written
    #[arg(short, long)]
    verbose: bool,
    /// The image, or `-` for standard input
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// Files and folders in the image; by default all
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
}

/// Writes the files.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    input::for_each(std::slice::from_ref(&args.image), output, |input, output| {
        let Some(image) = image(&input, output) else { return Ok(()) };
        let mut found = vec![false; args.paths.len()];
        for file in list::walk(&image) {
            let (path, file) = match file {
                Ok(file) => file,
                Err(error) => {
                    output.complain(Status::Invalid, &input.name, &error);
                    continue;
                }
            };
            let mut wanted = args.paths.is_empty();
            for (found, asked) in found.iter_mut().zip(&args.paths) {
                let asked = asked.trim_matches('/').as_bytes();
                if path.strip_prefix(asked).is_some_and(|rest| matches!(rest, [] | [b'/', ..])) {
                    (*found, wanted) = (true, true);
                }
            }
            if wanted {
                write(args, &path, file.data(), output)?;
            }
        }
        for (found, asked) in found.iter().zip(&args.paths) {
            if !found {
                output.complain(Status::Unusable, asked, &"not in the image");
            }
        }
        Ok(())
    })
}

fn write(args: &Args, path: &[u8], data: &[u8], output: &mut Output) -> io::Result<()> {
    let Some(below) = harmless(path) else {
        output.complain(Status::Invalid, &list::text(path), &"the path leads out of the folder, or nowhere");
        return Ok(());
    };
    let path = args.output.join(below);
    if let Err((path, error)) = file::write(&path, data) {
        output.complain(Status::Unusable, &displayed(&path), &describe(&error));
    } else if args.verbose {
        writeln!(output, "{} ({} bytes)", displayed(&path), data.len())?;
    }
    Ok(())
}

/// A path that leads to something below where it starts.
fn harmless(path: &[u8]) -> Option<&Path> {
    let path = Path::new(std::str::from_utf8(path).ok().filter(|path| !path.contains('\0'))?);
    let mut parts = path.components().peekable();
    parts.peek()?;
    parts.all(|part| matches!(part, Component::Normal(_))).then_some(path)
}
