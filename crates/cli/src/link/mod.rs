//! `berus link`: object files to a native `.mpy` module.
//!
//! Objects are read ([`elf`]) and those of libraries that they need added ([`library`]) to one [`program`]. Then names are
//! resolved ([`symbols`]), what relocations refer to is understood ([`references`]), the linker's own parts are added
//! ([`got`], [`literals`], [`stubs`]), everything gets its place ([`layout`]) and then the addresses of what it refers to ([`relocate`]).
//! What differs from one architecture to another is in [`arch`].
//!
//! The result is that of MicroPython's `tools/mpy_ld.py`, byte for byte, where that one has a result.

mod arch;
mod elf;
mod error;
mod externs;
mod got;
mod layout;
mod library;
mod literals;
mod program;
mod qstrs;
mod references;
mod relocate;
mod report;
mod stubs;
mod symbols;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::header::{Header, SUB_VERSION};
use berus_mpy::module::{Kind, Qstr, RawCode};
use berus_mpy::prelude::scope_flag;
use clap::ArgAction;

use crate::extensions;
use crate::input::{self, Input, displayed};
use crate::output::{Output, Status, describe, file};
use arch::Machine;
use error::{Error, Result};
use got::Got;
use layout::{Layout, Part};
use literals::Literals;
use program::Program;
use relocate::Linked;
use report::Report;
use symbols::{Externs, Symbols};

/// Link object files, compiled from C, Rust or the like, to a native .mpy module
///
/// A module starts with the function mpy_init, must be compiled as position-independent code, and uses the runtime by way
/// of mp_fun_table. The options and the result are those of MicroPython's mpy_ld.py.
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// The architecture to link for
    #[arg(long, value_name = "ARCH", default_value = "x64", value_parser = parse_arch)]
    arch: Arch,
    /// The extensions of rv32imc that the code needs: their names, or the sum of their numbers
    #[arg(long, value_name = "FLAGS", value_parser = extensions::parse)]
    arch_flags: Option<u32>,
    /// The name that the module goes by in tracebacks; by default that of the output
    #[arg(long, value_name = "NAME")]
    source_name: Option<String>,
    /// Make a header with the numbers of all names (MP_QSTR_…) in source files, instead of linking
    ///
    /// If the output is to be called .rs it is Rust, with a function for each name.
    #[arg(long, conflicts_with_all = ["qstrs", "libs", "externs", "gc_sections"])]
    preprocess: bool,
    /// The header with the numbers of names that the objects were compiled with
    #[arg(long, value_name = "HEADER")]
    qstrs: Option<PathBuf>,
    /// A library, of which those objects are linked that are needed, or a linker script that names some
    ///
    /// May be given more than once.
    #[arg(short = 'l', long, value_name = "ARCHIVE")]
    libs: Vec<PathBuf>,
    /// What to write; by default the name of the first file with another extension
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A linker script with symbols that are at fixed addresses of the target's memory
    #[arg(short, long, value_name = "SCRIPT")]
    externs: Option<PathBuf>,
    /// Leave out sections that nothing refers to
    #[arg(long)]
    gc_sections: bool,
    /// Tell sizes; twice: also sections and the global offset table; three times: also relocations
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
    /// Object files and archives; with --preprocess, source files
    ///
    /// Of an archive those objects are linked that are needed, the one with mpy_init among them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  the module was written
  1  a file is not what it should be, or the objects cannot be linked
  2  a file cannot be read or written, or the command line is wrong";

fn parse_arch(name: &str) -> std::result::Result<Arch, String> {
    let known: Vec<_> = arch::all().map(Arch::name).collect();
    let arch = name.parse().ok().filter(|&arch| arch::machine(arch).is_some());
    arch.ok_or_else(|| format!("there is {}", known.join(", ")))
}

/// Links, or makes the header.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    let mut files = Vec::new();
    input::for_each(&args.files, output, |input, _| {
        files.push(input);
        Ok(())
    })?;
    let all_read = files.len() == args.files.len();
    let Some(inputs) = Inputs::read(args, files, output).filter(|_| all_read) else {
        // What is wrong has been said.
        return Ok(());
    };
    let path = args
        .output
        .clone()
        .unwrap_or_else(|| args.files[0].with_extension(if args.preprocess { "config.h" } else { "mpy" }));
    let bytes = if args.preprocess {
        let sources = inputs.files.iter().map(|file| &file.bytes[..]);
        match path.extension() {
            Some(extension) if extension == "rs" => qstrs::rust(sources).into_bytes(),
            _ => qstrs::header(sources).into_bytes(),
        }
    } else {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match link(args, &inputs, args.source_name.as_deref().unwrap_or(&name), output)? {
            Some(module) => module.to_bytes(),
            None => return Ok(()),
        }
    };
    if file::write_or_print(&path, &bytes, output)? && path != Path::new("-") {
        // Make wants what it makes to be newer than what it is made of, even if it stays the same.
        let _ = File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
    }
    Ok(())
}

/// All that is read.
#[derive(Default)]
struct Inputs {
    files: Vec<Input>,
    libraries: Vec<Input>,
    qstrs: Vec<u8>,
    externs: Externs,
}

impl Inputs {
    /// Reads what `args` names beside the object files. If something cannot be read, complains and gives `None`.
    fn read(args: &Args, files: Vec<Input>, output: &mut Output) -> Option<Inputs> {
        let (mut libraries, files) = files.into_iter().partition::<Vec<_>, _>(Input::is_archive);
        let mut all_read = true;
        for path in &args.libs {
            match library::read(path) {
                Ok(inputs) => libraries.extend(inputs),
                Err((path, error)) => {
                    output.complain(Status::Unusable, &displayed(&path), &describe(&error));
                    all_read = false;
                }
            }
        }
        let mut text = |path: Option<&PathBuf>| match path.map(|path| (path, fs::read(path))) {
            None => Some(Vec::new()),
            Some((_, Ok(bytes))) => Some(bytes),
            Some((path, Err(error))) => {
                output.complain(Status::Unusable, &displayed(path), &describe(&error));
                None
            }
        };
        let (qstrs, script) = (text(args.qstrs.as_ref())?, text(args.externs.as_ref())?);
        let externs = match externs::parse(&String::from_utf8_lossy(&script)) {
            Ok(externs) => externs,
            Err(message) => {
                let path = args.externs.as_deref().unwrap_or(Path::new("-"));
                output.complain(Status::Invalid, &displayed(path), &message);
                return None;
            }
        };
        all_read.then_some(Inputs { files, libraries, qstrs, externs })
    }
}

/// How to link.
struct Options<'a> {
    machine: &'static Machine,
    arch_flags: Option<u32>,
    gc_sections: bool,
    /// The name that the module goes by.
    name: &'a str,
}

/// Links the objects. If they cannot be linked, complains and gives `None`.
fn link(args: &Args, inputs: &Inputs, name: &str, output: &mut Output) -> io::Result<Option<Module<'static>>> {
    let Args { arch, arch_flags, gc_sections, .. } = *args;
    let machine = arch::machine(arch).unwrap_or(&arch::X64);
    match link_objects(&Options { machine, arch_flags, gc_sections, name }, inputs) {
        Ok((module, report)) => {
            report.write(args.verbose, output)?;
            Ok(Some(module))
        }
        Err(errors) => {
            errors.iter().for_each(|error| output.complain(Status::Invalid, &error.file, &error.message));
            if let Some(last) = errors.last().filter(|_| error::enough(&errors)) {
                output.complain(Status::Invalid, &last.file, &"there may be more");
            }
            Ok(None)
        }
    }
}

fn link_objects(options: &Options<'_>, inputs: &Inputs) -> Result<(Module<'static>, Report)> {
    let one = |error: Error| vec![error];
    let machine = options.machine;
    let mut program = Program { machine, objects: Vec::new(), sections: Vec::new(), order: Vec::new() };
    let errors: Vec<_> =
        inputs.files.iter().filter_map(|file| program.add_object(&file.name, &file.bytes).err()).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let members = library::add_needed(&mut program, &inputs.libraries).map_err(one)?;

    let symbols = Symbols::collect(&program, inputs.externs.clone())?;
    let first = inputs.files.first().or(inputs.libraries.first()).map_or("", |input| input.name.as_str());
    let entry = symbols.entry(&program, first).map_err(one)?;
    let references = references::collect(&mut program, &symbols, options.gc_sections.then_some(entry.0))?;
    let got = Got::collect(&mut program, &references);
    let literals = Literals::collect(&mut program, &references, &got);
    let stubs = stubs::add(&mut program, &references)?;
    let layout = Layout::new(&program, entry).map_err(one)?;
    let linked = Linked {
        program: &program,
        references: &references,
        got: &got,
        literals: &literals,
        stubs: &stubs,
        layout: &layout,
    };
    let image = relocate::relocate(&linked)?;

    let report = Report::new(&linked, members);
    let bss = layout.lens[Part::Bss as usize] as u32;
    let flag = |there: bool, flag: u32| if there { flag } else { 0 };
    let scope_flags = scope_flag::VIPERRELOC
        | flag(!image.rodata.is_empty(), scope_flag::VIPERRODATA)
        | flag(bss > 0, scope_flag::VIPERBSS);
    let kind = Kind::Viper {
        scope_flags,
        rodata: (!image.rodata.is_empty()).then(|| image.rodata.into()),
        bss: (bss > 0).then_some(bss),
        relocations: Some(image.relocations),
    };
    let names = std::iter::once(options.name).chain(qstrs::of_header(&inputs.qstrs));
    let module = Module {
        header: Header {
            arch: Some(machine.arch),
            sub_version: SUB_VERSION,
            arch_flags: options.arch_flags.filter(|&flags| flags != 0),
            ..Header::default()
        },
        qstrs: names.map(|name| Qstr::new(name.as_bytes().to_vec())).collect(),
        constants: Vec::new(),
        codes: vec![RawCode { code: image.text.into(), kind, children: Vec::new() }],
    };
    Ok((module, report))
}
