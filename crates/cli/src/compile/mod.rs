//! `berus compile`: Python files, or whole folders of them, to `.mpy` modules.
//!
//! What is to be compiled and where each module goes is settled first ([`plan`]), so that files that would overwrite each
//! other are found before anything is written. Then all is compiled on as many threads as there are processors ([`work`]).
//! A module that is there already with the same content is left alone, so that tools that look at times see what has
//! changed; compiling is too fast for it to be worth asking the times of the sources.

mod minify;
mod plan;
mod snippet;
mod work;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use berus_compiler::{Emitter, Minify, Options, to_file};
use berus_mpy::arch::Arch;
use berus_mpy::header::{Flavour, SUB_VERSION};
use berus_mpy::release::Release;
use berus_mpy::v5;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::value_parser;

use crate::extensions;
use crate::output::{Output, file};
use crate::target::{Claims, Neighbours, Target, judge};
use crate::text::count;
use minify::{Smaller, What};
use work::Outcome;

/// Compile Python files to .mpy modules, the same bytes that mpy-cross makes of them
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub struct Args {
    /// Where the modules go: a folder, or for one source also a file, or `-` for standard output
    ///
    /// Below the folder they lie as their sources lie below the folders that were given. Without this option each goes
    /// beside its source, and that of standard input to standard output.
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Only look for errors, and write nothing
    #[arg(long, conflicts_with = "output")]
    check: bool,
    /// Optimise: from 1 on without `assert` and with `__debug__` false, from 3 on without line numbers
    #[arg(short = 'O', long, value_name = "LEVEL", default_value_t = 0, value_parser = value_parser!(u8).range(0..=3))]
    optimise: u8,
    /// The board that the modules are for: as for `berus verify --for`, with MicroPython from 1.12 or CircuitPython from 7 on
    #[arg(long = "for", value_name = "TARGET")]
    target: Option<Target>,
    /// Bits of a small integer on the target
    #[arg(long, value_name = "BITS", default_value_t = 31, value_parser = value_parser!(u8).range(2..=64))]
    small_int_bits: u8,
    /// The architecture to make machine code for, where functions ask for it with `@micropython.native`, `viper`, or the
    /// architecture's inline assembler
    #[arg(long, visible_alias = "march", value_name = "ARCH", value_parser = architectures())]
    arch: Option<Arch>,
    /// Extensions of the architecture that the machine code may use and the module then needs, with commas between
    #[arg(long, visible_alias = "march-flags", value_name = "FLAGS", default_value = "0", hide_default_value = true)]
    #[arg(value_parser = extensions::parse, requires = "arch")]
    arch_flags: u32,
    /// What to make of functions that do not ask for something else
    #[arg(long, value_name = "WHAT", default_value = "bytecode", value_parser = emitters())]
    #[arg(requires_ifs = [("native", "arch"), ("viper", "arch")])]
    emit: Emitter,
    /// Leave out line numbers
    #[arg(long)]
    no_source_lines: bool,
    /// Make the modules smaller than mpy-cross does: with `tables`, the default, by what no program can notice, about one percent;
    /// with `names` by names, too, about six percent. A report says what is different then
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "tables")]
    minify: Option<What>,
    /// Names that `--minify=names` leaves as they are, with commas between
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "minify")]
    keep: Vec<String>,
    /// The name that the source goes by in tracebacks
    ///
    /// By default it is the path of the file as given, or below the folder that was given.
    #[arg(short, long, value_name = "NAME")]
    source_name: Option<String>,
    /// How many files to compile at once; by default as many as there are processors
    #[arg(short, long, value_name = "COUNT", value_parser = value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Say of each module whether it was written
    #[arg(short, long)]
    verbose: bool,
    /// Python files, folders to search for them, or `-` for standard input
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<PathBuf>,
}

/// The architectures, by their names.
pub fn architectures() -> impl TypedValueParser<Value = Arch> {
    let unknown = |_| "there is no such architecture";
    PossibleValuesParser::new(Arch::ALL.map(Arch::name)).try_map(move |name| name.parse::<Arch>().map_err(unknown))
}

/// The emitters, by the names that mpy-cross has for them.
fn emitters() -> impl TypedValueParser<Value = Emitter> {
    PossibleValuesParser::new(["bytecode", "native", "viper"]).map(|name| match &*name {
        "native" => Emitter::Native,
        "viper" => Emitter::Viper,
        _ => Emitter::Bytecode,
    })
}

const EXIT_STATUS: &str = "\
Exit status:
  0  all files were compiled
  1  a program has an error
  2  a file cannot be read or written, or the command line is wrong";

/// Ends the program, because options do not go together.
fn misused(message: &str) -> ! {
    crate::misused("compile", ErrorKind::ArgumentConflict, message)
}

/// Compiles the sources.
///
/// # Errors
/// If writing to standard output fails.
pub fn run(args: &Args, output: &mut Output) -> io::Result<()> {
    let start = Instant::now();
    let Some(mut tasks) = plan::plan(args, output) else { return Ok(()) };
    if args.source_name.is_some() && tasks.len() > 1 {
        let message = "--source-name is for one source, and there are several";
        misused(message);
    }
    if args.arch_flags != 0 && args.arch != Some(Arch::Rv32imc) {
        misused("--arch-flags are those of rv32imc");
    }
    let release = args.target.as_ref().map_or(Ok(Options::NEWEST), |target| release(target, args));
    let release = release.unwrap_or_else(|why| misused(&why));
    let options = Options {
        release,
        cache_lookups: args.target.as_ref().is_some_and(Target::caches_in_bytecode),
        python: args.target.as_ref().map_or(Flavour::MicroPython, |target| target.python),
        optimise: args.optimise,
        small_int_bits: args.small_int_bits,
        source_lines: !args.no_source_lines,
        emitter: args.emit,
        arch: args.arch.or_else(|| args.target.as_ref()?.only_arch()),
        arch_flags: args.arch_flags,
        ..Options::default()
    };
    if args.minify == Some(What::Names) && options.python != Flavour::MicroPython {
        let message = "--minify=names knows the names of MicroPython only";
        misused(message);
    }
    let smaller = match args.minify {
        None => None,
        Some(what) => match Smaller::new(what, &tasks, &args.keep, &options, output) {
            None => return Ok(()),
            smaller => smaller,
        },
    };
    let is_numbered = args.minify == Some(What::Names) && args.source_name.is_none();
    if is_numbered {
        for (task, number) in tasks.iter_mut().zip(1..) {
            task.name = format!("{number}").into();
        }
    }
    let options = Options { minify: smaller.as_ref().map(|smaller| &smaller.minify), ..options };
    let mut tally = Tally::default();
    let (outcomes, sizes): (Vec<_>, Vec<_>) = work::run(&tasks, &options, args.jobs).into_iter().unzip();
    let prints = tasks.iter().any(|task| task.target == plan::Target::Stdout);
    if let Some(Smaller { report, .. }) = smaller.filter(|_| !prints) {
        report.tell(&sizes, is_numbered, args.verbose, output)?;
    }
    for (task, outcome) in tasks.iter().zip(outcomes) {
        match outcome {
            Outcome::Written | Outcome::Unchanged => {
                let written = matches!(outcome, Outcome::Written);
                *(if written { &mut tally.written } else { &mut tally.unchanged }) += 1;
                if args.verbose
                    && let Some(path) = task.target.path()
                {
                    writeln!(output, "{} {}", if written { "written  " } else { "unchanged" }, path.display())?;
                }
            }
            Outcome::Checked => tally.checked += 1,
            Outcome::Printed(module) => {
                file::write_or_print(Path::new("-"), &module, output)?;
            }
            Outcome::Failed { place, message, status } => {
                tally.failed += 1;
                output.complain(status, &place, &message);
            }
        }
    }
    if io::stderr().is_terminal() && tasks.len() > 1 {
        tally.tell(start);
    }
    Ok(())
}

/// The release of mpy-cross to compile as, so that the modules fit `target`. If they cannot, why.
fn release(target: &Target, args: &Args) -> Result<Release, String> {
    let version = target.readers.version;
    if version < v5::VERSION {
        return Err(format!(
            "{} reads version {version} of the format, and modules are of version {} and up",
            target.name,
            v5::VERSION
        ));
    }
    if let (v5::VERSION, Some(arch)) = (version, args.arch) {
        return Err(format!(
            "{} reads version {version} of the format, for which no code for {arch} is made",
            target.name
        ));
    }
    let claims = Claims {
        magic: target.readers.magic,
        version,
        sub_version: SUB_VERSION,
        arch: args.arch,
        arch_flags: args.arch_flags,
        small_int_bits: args.small_int_bits,
        caches: target.caches_in_bytecode(),
        unicode: true,
    };
    if let Some(reason) = judge(&claims, None, target, &Neighbours::default()).reasons.first() {
        return Err(format!("a module would not fit {}: {reason}", target.name));
    }
    Ok(target.compiler())
}

/// Compiles a source to the bytes of a module.
///
/// # Errors
/// The place of the program's error, in which the source goes by `name`, and what is wrong there.
pub fn compile(name: &str, source: &[u8], options: &Options<'_>) -> Result<Vec<u8>, (String, String)> {
    let make = |options: &Options<'_>| {
        let module = berus_compiler::compile(source, options)?;
        to_file(&module, options)
    };
    let plain = make(options);
    // Where the names of parameters stand for other things, too, it costs to have none.
    let other = options.minify.filter(|minify| minify.keywords.is_some()).map(|minify| {
        let minify = Minify { keywords: None, ..minify.clone() };
        make(&Options { minify: Some(&minify), ..options.clone() })
    });
    let shortest = match (plain, other) {
        (Ok(plain), Some(Ok(other))) if other.len() < plain.len() => Ok(other),
        (plain, _) => plain,
    };
    shortest.map_err(|error| snippet::describe(name, source, &error))
}

/// What became of the sources.
#[derive(Default)]
struct Tally {
    written: usize,
    unchanged: usize,
    checked: usize,
    failed: usize,
}

impl Tally {
    /// Tells it to the person at the terminal.
    fn tell(&self, start: Instant) {
        let all = self.written + self.unchanged + self.checked + self.failed;
        let parts = [
            (self.written, "written"),
            (self.unchanged, "unchanged"),
            (self.checked, "without errors"),
            (self.failed, "failed"),
        ];
        let parts: Vec<_> =
            parts.iter().filter(|part| part.0 > 0).map(|part| format!("{} {}", part.0, part.1)).collect();
        // If standard error is closed there is nobody to tell.
        let _ = writeln!(
            anstream::stderr(),
            "{} in {:.2} s: {}",
            count(all, "source"),
            start.elapsed().as_secs_f64(),
            parts.join(", ")
        );
    }
}
