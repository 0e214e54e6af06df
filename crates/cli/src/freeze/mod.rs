//! `berus freeze`: the modules that a manifest names, as one image that runs where it lies.
//!
//! The image is a ROM image ([`berus_mpy::romfs`]): it lends its memory, has folders as packages do, and every tool that looks into
//! ROM images, MicroPython among them, looks into it. For MicroPython's own builds it is C instead ([`c`]).

mod c;
mod manifest;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use berus_compiler::Options;
use berus_mpy::arch::Arch;
use berus_mpy::romfs::Tree;
use clap::value_parser;
use manifest::{Failure, Named};

use crate::compile::{architectures, compile};
use crate::input::{Input, displayed};
use crate::output::{Output, Status, describe, file};
use crate::romfs;

/// Freeze modules into one image, which a program embeds and runs in place
///
/// A manifest is a Python file as for MicroPython's builds: it names modules by `module`, `package`, `include`, `require` and so on.
/// It runs in an interpreter that reaches no files but by these functions.
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// The image to write, or `-` for standard output
    #[arg(short, long, value_name = "PATH", default_value = "frozen.romfs")]
    output: PathBuf,
    /// Also write Rust that embeds the image, to be included by a program on `berus-runtime`
    #[arg(long, value_name = "PATH")]
    rust: Option<PathBuf>,
    /// Write C for a build of MicroPython instead, which compiles it as its `frozen_content.c`
    #[arg(long, value_name = "PATH", requires = "names", conflicts_with_all = ["output", "rust", "align"])]
    c: Option<PathBuf>,
    /// The names that the build has: its `genhdr/qstrdefs.generated.h`
    #[arg(long, value_name = "HEADER", requires = "c")]
    names: Option<PathBuf>,
    /// A folder in which `require` looks for packages; may be given several times
    #[arg(short, long, value_name = "FOLDER")]
    library: Vec<String>,
    /// What `$(NAME)` in paths stands for; `MPY_LIB_DIR` is where `require` finds the packages of micropython-lib
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = variable)]
    var: Vec<(String, String)>,
    /// Optimise: from 1 on without `assert` and with `__debug__` false, from 3 on without line numbers
    ///
    /// The manifest may say otherwise by `opt`.
    #[arg(short = 'O', long, value_name = "LEVEL", default_value_t = 0, value_parser = value_parser!(u8).range(0..=3))]
    optimise: u8,
    /// The architecture to make machine code for, where functions ask for it with `@micropython.native` or `viper`
    #[arg(long, value_name = "ARCH", value_parser = architectures())]
    arch: Option<Arch>,
    /// Put each module at a multiple of so many bytes
    #[arg(long, value_name = "BYTES", value_parser = value_parser!(u32).range(1..=1 << 20))]
    align: Option<u32>,
    /// Say nothing of what is in the image
    #[arg(short, long)]
    quiet: bool,
    /// A manifest, or a folder: by its `manifest.py`, or else with all modules in it
    #[arg(value_name = "MANIFEST")]
    manifest: String,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  the image was written
  1  the manifest or a program has an error
  2  a file cannot be read or written, or the command line is wrong";

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    // Paths in manifests are seen from the manifest, those given here from where the command runs.
    let path = Path::new(value);
    let value = if path.exists() { std::path::absolute(path).unwrap_or(path.into()) } else { path.into() };
    Ok((name.to_owned(), value.to_string_lossy().into_owned()))
}

/// Freezes the modules.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    if let Err(error) = fs::metadata(&args.manifest) {
        output.complain(Status::Unusable, &args.manifest, &describe(&error));
        return Ok(());
    }
    let named = match manifest::evaluate(&args.manifest, &args.var, &args.library) {
        Ok(named) => named,
        Err(Failure { place, message, is_unusable }) => {
            let status = if is_unusable { Status::Unusable } else { Status::Invalid };
            output.complain(status, place.as_deref().unwrap_or(&args.manifest), &message);
            return Ok(());
        }
    };
    if named.is_empty() {
        output.complain(Status::Good, &args.manifest, &"it names no files, so that nothing will be in the image");
    }
    let Some(files) = files(args, named, output) else { return Ok(()) };
    if let (Some(path), Some(names)) = (&args.c, &args.names) {
        return write_c(path, names, &files, output);
    }
    let Some(tree) = tree(files, output) else { return Ok(()) };
    let bytes = match args.align {
        Some(align) => tree.to_aligned_image(align as usize),
        None => tree.to_image(),
    };
    if !romfs::may_be_written(&args.output, output) || !file::write_or_print(&args.output, &bytes, output)? {
        return Ok(());
    }
    if let Some(path) = &args.rust
        && !file::write_or_print(path, snippet(&args.output, path).as_bytes(), output)?
    {
        return Ok(());
    }
    if !args.quiet && args.output != Path::new("-") {
        romfs::list::write(&Input { name: displayed(&args.output), bytes }, output)?;
    }
    Ok(())
}

/// Writes C, for a build with the names in the file `names`.
fn write_c(path: &Path, names: &Path, files: &[Frozen], output: &mut Output) -> io::Result<()> {
    let header = match fs::read_to_string(names) {
        Ok(header) => header,
        Err(error) => {
            output.complain(Status::Unusable, &displayed(names), &describe(&error));
            return Ok(());
        }
    };
    let Some(known) = c::Known::read(&header) else {
        output.complain(
            Status::Invalid,
            &displayed(names),
            &"it lists no names as genhdr/qstrdefs.generated.h of a build does",
        );
        return Ok(());
    };
    let files: Vec<_> = files.iter().map(|file| (file.target.clone(), file.data.clone())).collect();
    match c::source(&files, &known) {
        Ok(source) => file::write_or_print(path, source.as_bytes(), output).map(drop),
        Err((place, why)) => {
            output.complain(Status::Invalid, &place, &why);
            Ok(())
        }
    }
}

/// A file as it is frozen.
struct Frozen {
    /// Where it comes from.
    path: PathBuf,
    /// Its path below the folder that becomes the image.
    target: String,
    data: Vec<u8>,
}

/// Compiles what is to be compiled. Complains of what cannot; then there is nothing to freeze.
fn files(args: &Args, named: Vec<Named>, output: &mut Output) -> Option<Vec<Frozen>> {
    let mut files = Vec::new();
    let mut seen = BTreeMap::new();
    let mut whole = true;
    for file in named {
        // Manifests may name a file twice, as when two packages require a third.
        if seen.insert(file.target.clone(), file.path.clone()).as_ref() == Some(&file.path) {
            continue;
        }
        match frozen(args, &file) {
            Ok(frozen) => files.push(frozen),
            Err((status, place, message)) => {
                output.complain(status, &place, &message);
                whole = false;
            }
        }
    }
    whole.then_some(files)
}

/// A file as it is frozen, or of what to complain.
fn frozen(args: &Args, file: &Named) -> Result<Frozen, (Status, String, String)> {
    let unusable = |error: io::Error| (Status::Unusable, displayed(&file.path), describe(&error));
    let mut data = fs::read(&file.path).map_err(unusable)?;
    let mut target = file.target.clone();
    if file.compile {
        add_version(&mut data, file.version.as_deref());
        let optimise = file.optimise.unwrap_or(args.optimise);
        let options = Options { source_name: file.target.as_bytes(), optimise, arch: args.arch, ..Options::default() };
        let compiled = compile(&displayed(&file.path), &data, &options);
        data = compiled.map_err(|(place, message)| (Status::Invalid, place, message))?;
        target = target.trim_end_matches(".py").to_owned() + ".mpy";
    }
    Ok(Frozen { path: file.path.clone(), target, data })
}

/// The files as a tree of folders. Complains of those that have no place in it.
fn tree(files: Vec<Frozen>, output: &mut Output) -> Option<Tree<'static>> {
    let mut tree = Tree::default();
    let mut whole = true;
    for Frozen { path, target, data } in files {
        if let Err(error) = tree.insert(&target, data) {
            output.complain(Status::Unusable, &displayed(&path), &error);
            whole = false;
        }
    }
    whole.then_some(tree)
}

/// Has a module know the version of its package, as MicroPython's builds do.
fn add_version(source: &mut Vec<u8>, version: Option<&str>) {
    let given = b"__version__ =";
    if let Some(version) = version
        && !source.windows(given.len()).any(|window| window == given)
    {
        let quoted: String = version.chars().filter(|c| !c.is_control() && !matches!(c, '\'' | '\\')).collect();
        source.extend_from_slice(format!("\n\n__version__ = '{quoted}'\n").as_bytes());
    }
}

/// Rust for the file `rust` that embeds the image.
fn snippet(image: &Path, rust: &Path) -> String {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or(path.into());
    let (image, rust) = (absolute(image), absolute(rust));
    // Rust looks for what is included beside the file that says so.
    let beside = image.parent() == rust.parent();
    let image = if beside { image.file_name().map_or(image.as_path(), Path::new) } else { image.as_path() };
    format!(
        "/// Modules that `berus freeze` has frozen. They run where they lie, once an interpreter knows them: `vm.freeze(&FROZEN)`.
pub static FROZEN: berus_runtime::import::frozen::FrozenImage =
    berus_runtime::import::frozen::FrozenImage(include_bytes!({:?}));
",
        image.display().to_string()
    )
}
