//! The command line of MicroPython's unix port.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal};

use berus_compiler::Emitter;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ValueHint};

use super::files::as_path;
use crate::output::describe;

/// What is to be run.
#[derive(Debug, PartialEq, Eq)]
pub enum Program {
    /// `-c`
    Command(Vec<u8>),
    /// `-m`
    Module(Vec<u8>),
    /// A file.
    File(Vec<u8>),
    /// `-`: standard input.
    Input,
    /// None is named: what is typed at a prompt, if there is a terminal, and else standard input.
    None,
}

/// A command line, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub program: Program,
    /// `sys.argv`
    pub arguments: Vec<Vec<u8>>,
    /// First entry of `sys.path`.
    pub folder: Vec<u8>,
    /// Its other entries.
    pub path: Vec<Vec<u8>>,
    /// Bytes that the heap may grow to.
    pub heap_size: usize,
    /// `-i`
    pub inspect: bool,
    /// How often `-v` is there.
    pub verbosity: u8,
    /// `-O`
    pub optimise: u8,
    /// `-X emit=`
    pub emitter: Emitter,
    /// `-X jit=`
    pub jit: Jit,
    /// `-X compile-only`
    pub compile_only: bool,
    /// `-X circuitpython`: modules of CircuitPython are loaded.
    pub circuitpython: bool,
    /// `-X romfs=`: a ROM image.
    pub rom: Option<Vec<u8>>,
}

impl Options {
    /// Whether no program is named, and somebody is there to type one.
    pub fn is_at_terminal(&self) -> bool {
        self.program == Program::None && io::stdin().is_terminal()
    }

    /// What to say if the program is a file that is not there.
    pub fn missing_file(&self) -> Option<String> {
        let Program::File(file) = &self.program else { return None };
        if self.rom.is_some() && file.starts_with(b"/rom/") {
            // Whether it is in the ROM image shows when that is mounted.
            return None;
        }
        let path = as_path(file);
        let error = fs::metadata(&path).err()?;
        let number = error.raw_os_error().unwrap_or_default();
        let mut message = format!("can't open file '{}': [Errno {number}] {}", path.display(), describe(&error));
        if !file.iter().any(|byte| b"./".contains(byte)) {
            message.push_str(", nor is there a command of that name; -h lists them");
        }
        Some(message)
    }
}

/// Whether bytecode is translated into machine code while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Jit {
    /// `-X jit=on`: what runs often; `-X jit=later`, the default: the same, once the program has run for a while;
    /// `-X jit=eager`: all that can be, when it first runs; `-X jit=off`: nothing.
    pub when: Option<JitWhen>,
    /// `-X jit=dump`: what is translated is printed, too.
    pub dump: bool,
}

/// When bytecode is translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JitWhen {
    Later,
    Often,
    First,
}

/// The heap's limit if none is given.
const HEAP_SIZE: usize = if usize::BITS >= 64 { 256 << 20 } else { 64 << 20 };

/// The options for programs, for help, completions and the manual: [`parse`] reads these options as MicroPython does.
pub fn options_for_programs() -> [Arg; 7] {
    let flag = |name: &'static str, help: &'static str| {
        let arg = Arg::new(name).short(name.chars().next()).help(help);
        arg.help_heading("Options for programs").action(ArgAction::SetTrue)
    };
    let value = |name: &'static str, value: &'static str, help: &'static str| {
        flag(name, help).action(ArgAction::Set).value_name(value)
    };
    let implementation =
        ["circuitpython", "compile-only", "emit=bytecode", "emit=native", "emit=viper", "heapsize=", "romfs="];
    let file = Arg::new("program").value_name("filename").value_hint(ValueHint::FilePath);
    [
        value("c", "command", "Run this text"),
        value("m", "module", "Run a module"),
        flag("i", "Go on with an interactive prompt after the command, module or file"),
        flag("v", "Print at the end how memory is used; given twice, print bytecode that is compiled, too"),
        value("O", "N", "Apply bytecode optimizations of level N").num_args(0..=1),
        value("X", "implopt", "Set an implementation specific option")
            .value_parser(PossibleValuesParser::new(implementation))
            .hide_possible_values(true),
        file.help("The program, a source or a .mpy file; - is standard input"),
    ]
}

/// What the help says below the options.
pub const HELP: &str = "\
Implementation specific options (-X):
  circuitpython                 Import compiled modules of CircuitPython, too
  compile-only                  Parse and compile only
  emit={bytecode,native,viper}  Set the default code emitter
  jit={off,later,on,eager}      Translate loops that run often, or all, into machine code (x86-64; default later)
  jit=dump                      Print the machine code, too
  heapsize=<n>[w][K|M]          Set how far the heap may grow (default 256M)
  romfs=<image>                 Mount a ROM image at /rom, and import from it

Environment:
  MICROPYPATH     Folders to import from, with ':' between them
  MICROPYINSPECT  If not empty, the same as -i";

/// What to say of a wrong command line: what is wrong there, and MicroPython's words.
fn invalid(what: &[u8], why: &str) -> String {
    format!("berus: {}: {why}\nInvalid command line arguments. Use -h option for help.", what.escape_ascii())
}

/// Takes apart the arguments behind the program's name.
pub fn parse(args: &[OsString]) -> Result<Options, String> {
    let mut options = Options {
        program: Program::None,
        arguments: Vec::new(),
        folder: Vec::new(),
        path: library_path(),
        heap_size: HEAP_SIZE,
        inspect: false,
        verbosity: 0,
        optimise: 0,
        emitter: Emitter::Bytecode,
        jit: Jit { when: Some(JitWhen::Later), dump: false },
        compile_only: false,
        circuitpython: false,
        rom: None,
    };
    let mut rest = args.iter().map(|arg| arg.as_encoded_bytes());
    while let Some(arg) = rest.next() {
        let mut value = || rest.next().map(<[u8]>::to_vec).ok_or_else(|| invalid(arg, "a value must follow"));
        let (program, name) = match arg {
            b"-i" => {
                options.inspect = true;
                continue;
            }
            b"-v" => {
                options.verbosity = options.verbosity.saturating_add(1);
                continue;
            }
            b"-X" => {
                implementation_option(&mut options, &value()?)?;
                continue;
            }
            [b'-', b'O', level @ ..] => {
                options.optimise = match level {
                    [digit @ b'0'..=b'9', ..] => digit - b'0',
                    _ => 1 + level.iter().take_while(|byte| **byte == b'O').take(8).count() as u8,
                };
                continue;
            }
            b"-c" => (Program::Command(value()?), arg.to_vec()),
            b"-m" => {
                let module = value()?;
                (Program::Module(module.clone()), module)
            }
            b"-" => (Program::Input, arg.to_vec()),
            [b'-', ..] => return Err(invalid(arg, "there is no such option")),
            file => {
                options.folder = folder_of(file);
                (Program::File(file.to_vec()), file.to_vec())
            }
        };
        options.program = program;
        options.arguments = std::iter::once(name).chain(rest.map(<[u8]>::to_vec)).collect();
        break;
    }
    Ok(options)
}

/// The folder that the file really is in, links followed, so that it stays the same when the current folder changes.
fn folder_of(file: &[u8]) -> Vec<u8> {
    let real = fs::canonicalize(as_path(file)).unwrap_or_else(|_| as_path(file));
    let folder = real.parent().map(std::path::Path::to_owned);
    folder.map_or_else(Vec::new, |folder| folder.into_os_string().into_encoded_bytes())
}

fn implementation_option(options: &mut Options, option: &[u8]) -> Result<(), String> {
    match option {
        b"circuitpython" => options.circuitpython = true,
        b"compile-only" => options.compile_only = true,
        b"emit=bytecode" => options.emitter = Emitter::Bytecode,
        b"emit=native" => options.emitter = Emitter::Native,
        b"jit=off" => options.jit.when = None,
        b"jit=later" => options.jit.when = Some(JitWhen::Later),
        b"jit=on" => options.jit.when = Some(JitWhen::Often),
        b"jit=eager" => options.jit.when = Some(JitWhen::First),
        b"jit=dump" => {
            let when = options.jit.when.filter(|when| *when != JitWhen::Later);
            options.jit = Jit { when: when.or(Some(JitWhen::Often)), dump: true };
        }
        b"emit=viper" => options.emitter = Emitter::Viper,
        [b'r', b'o', b'm', b'f', b's', b'=', image @ ..] => options.rom = Some(image.to_vec()),
        option => {
            let Some(size) = option.strip_prefix(b"heapsize=") else {
                return Err(invalid(&[b"-X ", option].concat(), "there is no such option"));
            };
            let size = core::str::from_utf8(size).ok().and_then(heap_size);
            options.heap_size = size.ok_or_else(|| invalid(&[b"-X ", option].concat(), "that is no size of a heap"))?;
        }
    }
    Ok(())
}

/// A size as `-X heapsize=` has it: a decimal number or, behind `0x`, a hexadecimal one, then `w` to scale by the words of this machine, then `K` or `M`.
fn heap_size(text: &str) -> Option<usize> {
    let (radix, text) = text.strip_prefix("0x").map_or((10, text), |text| (16, text));
    let digits = text.find(|c: char| !c.is_digit(radix)).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number = usize::from_str_radix(number, radix).ok()?;
    let (scale, unit) = match unit.strip_prefix('w') {
        Some(unit) => (size_of::<usize>() / 4, unit),
        None => (1, unit),
    };
    let unit = match unit {
        "" => 1,
        "k" | "K" => 1 << 10,
        "m" | "M" => 1 << 20,
        _ => return None,
    };
    number.checked_mul(scale)?.checked_mul(unit).filter(|size| *size >= 700)
}

/// Where modules are looked for: `MICROPYPATH`, or the folders of MicroPython.
fn library_path() -> Vec<Vec<u8>> {
    let path = env::var_os("MICROPYPATH").unwrap_or_else(|| ".frozen:~/.micropython/lib:/usr/lib/micropython".into());
    let home = env::var_os("HOME").unwrap_or_default();
    let path = path.as_encoded_bytes();
    // The current folder, which an empty name at the front stands for, comes first in any case.
    let path = path.strip_prefix(b":").unwrap_or(path);
    let folders = path.split(|byte| *byte == b':').filter(|_| !path.is_empty());
    folders
        .map(|folder| match folder.strip_prefix(b"~/") {
            Some(rest) => [home.as_encoded_bytes(), b"/", rest].concat(),
            None => folder.to_vec(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Options, String> {
        parse(&args.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_program_takes_the_arguments_behind_it() {
        let options = parsed(&["-O2", "dir/a.py", "-x", "y"]).unwrap();
        assert_eq!(options.program, Program::File(b"dir/a.py".to_vec()));
        assert_eq!(options.optimise, 2);
        assert_eq!(options.arguments, [&b"dir/a.py"[..], b"-x", b"y"]);
        assert_eq!(parsed(&["-c", "1", "-i"]).unwrap().arguments, [b"-c", b"-i"]);
        assert_eq!(parsed(&["-m", "a.b", "-c"]).unwrap().arguments, [&b"a.b"[..], b"-c"]);
        assert!(parsed(&["-i"]).unwrap().arguments.is_empty());
    }

    #[test]
    fn levels_are_numbers_or_repeated_letters() {
        for (option, level) in [("-O", 1), ("-O0", 0), ("-O3", 3), ("-OO", 2), ("-OOOO", 4), ("-O21", 2)] {
            assert_eq!(parsed(&[option]).unwrap().optimise, level, "{option}");
        }
        assert_eq!(parsed(&["-v", "-i", "-v"]).map(|options| (options.verbosity, options.inspect)), Ok((2, true)));
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(heap_size("2048"), Some(2048));
        assert_eq!(heap_size("1w"), None);
        assert_eq!(heap_size("3M"), Some(3 << 20));
        assert_eq!(heap_size("1wK"), Some(1024 * size_of::<usize>() / 4));
        assert_eq!(heap_size("12Q"), None);
        assert_eq!(heap_size("0x10k"), Some(16 << 10));
        assert_eq!(heap_size("0xk"), None);
    }

    #[test]
    fn unknown_options_are_refused() {
        for option in ["-Z", "--", "--x", "-vv", "-ii"] {
            assert!(parsed(&[option]).is_err(), "{option}");
        }
        assert!(parsed(&["-X", "nonsense"]).is_err());
        assert!(parsed(&["-c"]).is_err());
    }
}
