//! `berus romfs build`: from a folder to an image.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use berus_compiler::Options;
use berus_mpy::arch::Arch;
use berus_mpy::romfs::Tree;
use clap::value_parser;
use walkdir::WalkDir;

use super::list;
use crate::compile::{architectures, compile};
use crate::input::{Input, displayed};
use crate::output::{Output, Status, describe, file, walked};

/// Make an image of a folder, with its Python files compiled
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// The image to write, or `-` for standard output; by default the name of the folder and `.romfs`
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Leave Python files as they are
    #[arg(long)]
    keep_source: bool,
    /// Put the data of each file at a multiple of so many bytes; files of the same data then share it
    #[arg(long, value_name = "BYTES", value_parser = value_parser!(u32).range(1..=1 << 20))]
    align: Option<u32>,
    /// Optimise: from 1 on without `assert` and with `__debug__` false, from 3 on without line numbers
    #[arg(short = 'O', long, value_name = "LEVEL", default_value_t = 0, value_parser = value_parser!(u8).range(0..=3))]
    optimise: u8,
    /// The architecture to make machine code for, where functions ask for it with `@micropython.native` or `viper`
    #[arg(long, value_name = "ARCH", value_parser = architectures())]
    arch: Option<Arch>,
    /// Say nothing of what is in the image
    #[arg(short, long)]
    quiet: bool,
    /// The folder
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  the image was written
  1  a program has an error
  2  a file cannot be read or written, or the command line is wrong";

/// Makes the image.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    if fs::metadata(&args.folder).is_ok_and(|found| !found.is_dir()) {
        output.complain(Status::Unusable, &displayed(&args.folder), &"this is no folder");
        return Ok(());
    }
    let Some(tree) = tree(args, output) else { return Ok(()) };
    let bytes = match args.align {
        Some(align) => tree.to_aligned_image(align as usize),
        None => tree.to_image(),
    };
    let path = args.output.clone().unwrap_or_else(|| beside(&args.folder));
    let printed = path == Path::new("-");
    if super::may_be_written(&path, output) && file::write_or_print(&path, &bytes, output)? && !printed && !args.quiet {
        list::write(&Input { name: displayed(&path), bytes }, output)?;
    }
    Ok(())
}

/// The image of a folder if none is named: beside the folder, or in it if that is the current one or above.
fn beside(folder: &Path) -> PathBuf {
    let named = |name: &OsStr| PathBuf::from(name).with_added_extension("romfs");
    match folder.file_name() {
        Some(name) => folder.with_file_name(named(name)),
        None => {
            folder.canonicalize().ok().and_then(|real| Some(named(real.file_name()?))).unwrap_or("rom.romfs".into())
        }
    }
}

/// Reads and compiles what goes into the image. Complains of what cannot; then there is no image.
fn tree(args: &Args, output: &mut Output) -> Option<Tree<'static>> {
    let mut tree = Tree::default();
    let mut whole = true;
    for entry in WalkDir::new(&args.folder).follow_links(true).min_depth(1).sort_by_file_name() {
        let result = match entry {
            Ok(entry) if entry.file_type().is_dir() => continue,
            Ok(entry) if !entry.file_type().is_file() => {
                Err((Status::Unusable, displayed(entry.path()), "this is neither a file nor a folder".into()))
            }
            Ok(entry) => insert(args, entry.path(), &mut tree),
            Err(error) => {
                let place = error.path().map_or_else(|| displayed(&args.folder), displayed);
                Err((Status::Unusable, place, describe(&walked(error))))
            }
        };
        if let Err((status, place, message)) = result {
            output.complain(status, &place, &message);
            whole = false;
        }
    }
    whole.then_some(tree)
}

/// Puts a file into the image, or says of what to complain.
fn insert(args: &Args, path: &Path, tree: &mut Tree<'static>) -> Result<(), (Status, String, String)> {
    let unusable = |message: String| (Status::Unusable, displayed(path), message);
    let below = path.strip_prefix(&args.folder).unwrap_or(path);
    let Some(mut name) = below.to_str().map(|name| name.replace(std::path::MAIN_SEPARATOR, "/")) else {
        return Err(unusable("the name is not UTF-8".into()));
    };
    let mut data = fs::read(path).map_err(|error| unusable(describe(&error)))?;
    // A module that is there already is taken rather than made.
    if !args.keep_source && name.ends_with(".py") && !path.with_extension("mpy").is_file() {
        let (optimise, arch) = (args.optimise, args.arch);
        let options = Options { source_name: name.as_bytes(), optimise, arch, ..Options::default() };
        let compiled = compile(&displayed(path), &data, &options);
        data = compiled.map_err(|(place, message)| (Status::Invalid, place, message))?;
        name.replace_range(name.len() - 3.., ".mpy");
    }
    tree.insert(&name, data).map_err(|error| unusable(error.to_string()))
}
