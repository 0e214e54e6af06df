//! `berus extract`: the parts of a module, each as a file.

use std::io::{self, Write};
use std::path::PathBuf;

use berus_mpy::Module;
use berus_mpy::constant::Constant;
use berus_mpy::disasm::Outline;
use berus_mpy::module::{Kind, Qstr};

use crate::input::{self, displayed};
use crate::output::{EXIT_STATUS, Output, Status, describe, file};

/// Write the names, constants and code of a module into files of their own, for other tools to look at
///
/// A file has the bytes of one part as the module has them, without length and closing zero: machine code for a disassembler, say. Its name
/// tells the kind, the number by which `berus dump` lists the part, and what the part is called.
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// The folder to write to; by default the current one
    #[arg(short, long, value_name = "FOLDER", default_value = ".")]
    output: PathBuf,
    /// Only parts of these kinds, with commas between
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    only: Vec<What>,
    /// Say of each file that it was written
    #[arg(short, long)]
    verbose: bool,
    /// The module, or `-` for standard input
    #[arg(value_name = "MODULE")]
    module: PathBuf,
}

/// The kinds of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Names that the module spells out; others stand in it by their numbers
    Names,
    /// Constants: text and bytes as they are, numbers in decimal, the items of tuples one by one
    Constants,
    /// Code of functions: a prelude and bytecode, or machine code
    Code,
    /// Read-only data of machine code
    Data,
}

impl What {
    /// The kind of one part.
    const fn singular(self) -> &'static str {
        match self {
            What::Names => "name",
            What::Constants => "constant",
            What::Code => "code",
            What::Data => "data",
        }
    }
}

/// A part of a module.
struct Part<'m> {
    what: What,
    /// The number in the table of the module; of what is in a tuple the numbers that lead there.
    number: Vec<usize>,
    called: &'m [u8],
    bytes: &'m [u8],
    /// Whether the bytes are text.
    is_text: bool,
}

/// Writes the parts.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    input::for_each(std::slice::from_ref(&args.module), output, |input, output| {
        let Some(module) = input.module(output) else { return Ok(()) };
        let outline = Outline::of(&module);
        for part in parts(&module, &outline) {
            if !args.only.is_empty() && !args.only.contains(&part.what) {
                continue;
            }
            let path = args.output.join(part.file_name(&module));
            if let Err((path, error)) = file::write(&path, part.bytes) {
                output.complain(Status::Unusable, &displayed(&path), &describe(&error));
            } else if args.verbose {
                writeln!(output, "{} ({} bytes)", displayed(&path), part.bytes.len())?;
            }
        }
        Ok(())
    })
}

/// The parts of a module, in the order of the file.
fn parts<'m>(module: &'m Module<'_>, outline: &Outline<'m>) -> Vec<Part<'m>> {
    let mut parts = Vec::new();
    for (number, name) in module.qstrs.iter().enumerate() {
        if let Qstr::Own(name) = name {
            parts.push(Part { what: What::Names, number: vec![number], called: name, bytes: name, is_text: true });
        }
    }
    let mut constants: Vec<_> =
        module.constants.iter().enumerate().map(|(number, constant)| (vec![number], constant)).collect();
    constants.reverse();
    while let Some((number, constant)) = constants.pop() {
        let (called, bytes, is_text): (&[u8], &[u8], _) = match constant {
            Constant::Str(text) => (text, text, true),
            Constant::Bytes(bytes) => (b"bytes", bytes, false),
            Constant::Int(digits) => (b"int", digits, true),
            Constant::Float(digits) => (b"float", digits, true),
            Constant::Complex(digits) => (b"complex", digits, true),
            Constant::Tuple(items) => {
                let items = items.iter().enumerate().rev();
                constants.extend(items.map(|(n, item)| ([&*number, &[n]].concat(), item)));
                continue;
            }
            _ => continue,
        };
        parts.push(Part { what: What::Constants, number, called, bytes, is_text });
    }
    for (id, code) in (0..).zip(&module.codes) {
        let (number, called) = (vec![id as usize], outline.name(id).0);
        parts.push(Part { what: What::Code, number: number.clone(), called, bytes: &code.code, is_text: false });
        if let Kind::Viper { rodata: Some(bytes), .. } = &code.kind {
            parts.push(Part { what: What::Data, number, called, bytes, is_text: false });
        }
    }
    parts
}

/// The most characters of what a part is called that go into the name of a file.
const MOST: usize = 40;

impl Part<'_> {
    /// The file's name, with numbers of as many digits as `module` needs, so that files are listed in their order.
    fn file_name(&self, module: &Module<'_>) -> String {
        let count = match self.what {
            What::Names => module.qstrs.len(),
            What::Constants => module.constants.len(),
            What::Code | What::Data => module.codes.len(),
        };
        let width = count.saturating_sub(1).to_string().len();
        let mut name = self.what.singular().to_owned();
        for (depth, number) in self.number.iter().enumerate() {
            let width = if depth == 0 { width } else { 1 };
            name += &format!("{}{number:0width$}", if depth == 0 { '-' } else { '.' });
        }
        let called: String = self.called.iter().take(MOST).map(|&byte| harmless(byte)).collect();
        let end = if self.is_text { "txt" } else { "bin" };
        format!("{name}-{called}.{end}")
    }
}

/// A byte as a character that names of files may have everywhere.
fn harmless(byte: u8) -> char {
    if byte.is_ascii_alphanumeric() || b"_.-".contains(&byte) { byte.into() } else { '_' }
}
