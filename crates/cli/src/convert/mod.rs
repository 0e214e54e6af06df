//! `berus convert`: a module of one version for boards of another.

use std::io::{self, Write};
use std::path::PathBuf;

use berus_mpy::header::{Flavour, VERSION};
use berus_mpy::memory::Quota;
use berus_mpy::module::Kind;
use berus_mpy::prelude::scope_flag;
use berus_mpy::verify::failures;
use berus_mpy::{Module, circuit, v5};

use crate::extensions;
use crate::input::{self, Input};
use crate::output::style::{ERROR, STRONG};
use crate::output::{Output, Status, file};
use crate::target::{Claims, Neighbours, Target, judge};

/// Convert a module of bytecode so that another board loads it, when its source is not at hand
///
/// Between MicroPython and CircuitPython, and from version 5 (MicroPython 1.12 to 1.18, CircuitPython 7 and 8) to version 6. The module is
/// verified before and after. Machine code cannot be converted.
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// The target: as for `berus verify --for`
    #[arg(long = "for", value_name = "TARGET", default_value = "micropython")]
    target: Target,
    /// The extensions of rv32imc that the machine code needs, in place of those that the module says: their names, or the sum of their
    /// numbers, 0 for none
    #[arg(long, visible_alias = "march-flags", value_name = "FLAGS", value_parser = extensions::parse)]
    arch_flags: Option<u32>,
    /// The module to write; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// The module to convert; `-` is standard input
    #[arg(value_name = "MODULE")]
    module: PathBuf,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  the module was written
  1  the file is not a valid .mpy file, or cannot be converted
  2  a file cannot be read or written, or the command line is wrong";

/// Converts the module.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    input::for_each(std::slice::from_ref(&args.module), output, |input, output| {
        let Some(mut module) = read(&input, output) else { return Ok(()) };
        let flags = args.arch_flags.map_or(Ok(()), |flags| extensions::set(&mut module.header, flags));
        match flags.and_then(|()| convert(&mut module, &args.target)) {
            Ok(remarks) => {
                for remark in remarks {
                    // If standard error is closed there is nobody to tell.
                    let _ = writeln!(
                        anstream::stderr(),
                        "{ERROR}berus{ERROR:#}: {STRONG}{}{STRONG:#}: {remark}",
                        input.name
                    );
                }
                file::write_or_print(&args.output, &module.to_bytes(), output).map(drop)
            }
            Err(why) => {
                output.complain(Status::Invalid, &input.name, &why);
                Ok(())
            }
        }
    })
}

/// The module in a file of version 5 or 6, verified. If there is none, complains.
fn read<'i>(input: &'i Input, output: &mut Output) -> Option<Module<'i>> {
    let claims = Claims::read(&input.bytes);
    let module = match claims {
        Some(Claims { version: v5::VERSION, .. }) => match v5::read(&input.bytes) {
            Ok(module) => module,
            Err(error) => {
                output.complain(Status::Invalid, &input.name, &error);
                return None;
            }
        },
        Some(Claims { version, .. }) if version < v5::VERSION => {
            let message =
                format!("of version {version}, whose bytecode is another: only versions 5 and 6 can be converted");
            output.complain(Status::Invalid, &input.name, &message);
            return None;
        }
        _ => input.module(output)?,
    };
    let error = failures(&module, &Quota::default()).next().map(|error| error.to_string());
    if let Some(error) = error {
        output.complain(Status::Invalid, &input.name, &error);
        return None;
    }
    Some(module)
}

/// Makes `module` one for `target`. Returns what may be different there, or why it cannot be done.
fn convert(module: &mut Module<'_>, target: &Target) -> Result<Vec<&'static str>, String> {
    if target.readers.version != VERSION {
        return Err(format!(
            "{} reads version {} of the format, and only version {VERSION} can be written: compile its source for that",
            target.name, target.readers.version
        ));
    }
    let from = module.header.flavour;
    let is_for_another = from != target.readers.magic || module.header.sub_version != target.readers.sub_version;
    if let (Some(arch), true) = (module.header.arch, is_for_another) {
        return Err(format!(
            "it has machine code for {arch}, which cannot be converted: compile its source for {}",
            target.name
        ));
    }
    let is_from_circuitpython = (from, target.readers.magic) == (Flavour::CircuitPython, Flavour::MicroPython);
    if is_from_circuitpython {
        circuit::to_micropython(module);
    }
    module.header.flavour = target.readers.magic;
    let claims = Claims::read(&module.to_bytes()).ok_or("it has no header that can be written")?;
    let verdict = judge(&claims, None, target, &Neighbours::default());
    if let Some(reason) = verdict.reasons.first() {
        return Err(reason.clone());
    }
    let bytes = module.to_bytes();
    let (again, _) = Module::from_bytes(&bytes).map_err(|error| error.to_string())?;
    if let Some(error) = failures(&again, &Quota::default()).next() {
        return Err(format!("what it would become is not sound: {error}"));
    }
    Ok(remarks(module, from))
}

/// What is different at the Python that the module is for now: CircuitPython awaits only coroutines that say that they are such, or have
/// `__await__`, and the code of a coroutine of MicroPython is that of a generator.
fn remarks(module: &Module<'_>, from: Flavour) -> Vec<&'static str> {
    let is_generator = |flags: u32| flags & scope_flag::GENERATOR != 0 && flags & scope_flag::ASYNC == 0;
    let mut preludes = module.codes.iter().filter(|code| code.kind == Kind::Bytecode).filter_map(|code| code.prelude());
    let has_generators =
        preludes.any(|prelude| prelude.is_ok_and(|prelude| is_generator(prelude.signature.scope_flags)));
    match (from, module.header.flavour) {
        (Flavour::MicroPython, Flavour::CircuitPython) if has_generators => {
            vec!["its coroutines, if it has some, are plain generators there, which cannot be awaited"]
        }
        _ => Vec::new(),
    }
}
