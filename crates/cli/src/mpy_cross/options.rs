//! The command line of mpy-cross.

use std::borrow::Cow;

use berus_compiler::{Emitter, Options};
use berus_mpy::arch::Arch;
use berus_mpy::header::{Flavour, SUB_VERSION};
use berus_mpy::release::{Readers, Release};
use berus_mpy::v5;

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Request {
    Version,
    Compile(Job),
}

/// Why a command line is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is not understood.
    Usage,
    /// It is understood, but asks for what cannot be.
    Message(&'static str),
}

/// A source to compile.
#[derive(Debug)]
pub(crate) struct Job {
    /// The file, or `-`.
    pub input: Vec<u8>,
    /// The file to write, or `-`.
    pub output: Option<Vec<u8>>,
    pub source_name: Option<Vec<u8>>,
    pub optimise: u8,
    pub small_int_bits: u8,
    pub source_lines: bool,
    pub emitter: Emitter,
    pub arch: Option<Arch>,
    pub arch_flags: u32,
    /// The Python and the release of its compiler whose bytes to make.
    pub compat: (Flavour, Release),
    /// Whether bytecode of version 5 has bytes for a cache.
    pub cache_lookups: bool,
    /// Bytes that compiling may take; none for as many as there are.
    pub heap_size: Option<usize>,
}

impl Job {
    /// The name of the file as error messages have it.
    pub fn input_name(&self) -> &[u8] {
        if self.input == b"-" { b"<stdin>" } else { &self.input }
    }

    /// The name of the source that the module carries.
    pub fn source_name(&self) -> &[u8] {
        self.source_name.as_deref().unwrap_or(self.input_name())
    }

    /// The file to write; none for standard output.
    pub fn output(&self) -> Option<Cow<'_, [u8]>> {
        match &self.output {
            Some(output) if output == b"-" => None,
            Some(output) => Some(output.into()),
            None if self.input == b"-" => None,
            None => {
                // The ending is taken to be "py", whatever it is.
                let stem = &self.input[..self.input.len().saturating_sub(2)];
                Some([stem, b"mpy"].concat().into())
            }
        }
    }

    /// The options of the compiler.
    pub fn options(&self) -> Options<'_> {
        Options {
            python: self.compat.0,
            release: self.compat.1.base(self.compat.0),
            source_name: self.source_name(),
            optimise: self.optimise,
            small_int_bits: self.small_int_bits,
            source_lines: self.source_lines,
            emitter: self.emitter,
            arch: self.arch,
            arch_flags: self.arch_flags,
            cache_lookups: self.cache_lookups,
            ..Options::default()
        }
    }
}

/// Understands a command line, without the program's name.
///
/// # Errors
/// If it is not one of mpy-cross.
pub(crate) fn parse(args: &[Vec<u8>]) -> Result<Request, Refusal> {
    let mut job = Job {
        input: Vec::new(),
        output: None,
        source_name: None,
        optimise: 0,
        small_int_bits: 31,
        source_lines: true,
        emitter: Emitter::Bytecode,
        arch: None,
        arch_flags: 0,
        compat: (Flavour::MicroPython, Options::NEWEST),
        cache_lookups: false,
        heap_size: None,
    };
    implementation_options(args, &mut job)?;

    let mut input = None;
    let mut arch_flags = None;
    let mut options_end = false;
    let mut args = args.iter().map(Vec::as_slice);
    while let Some(arg) = args.next() {
        if options_end || arg == b"-" || !arg.starts_with(b"-") {
            if input.replace(forward_slashes(arg)).is_some() {
                return Err(Refusal::Message("multiple input files\n"));
            }
        } else if arg == b"-X" {
            args.next();
        } else if arg == b"--version" {
            return Ok(Request::Version);
        } else if arg == b"-v" {
            // It says nothing more than without.
        } else if let Some(level) = arg.strip_prefix(b"-O") {
            job.optimise = match level.first() {
                Some(digit) if digit.is_ascii_digit() => digit - b'0',
                _ => 1 + level.iter().take_while(|&&c| c == b'O').count().min(254) as u8,
            };
        } else if arg == b"-o" {
            job.output = Some(args.next().ok_or(Refusal::Usage)?.to_vec());
        } else if arg == b"-s" {
            job.source_name = Some(forward_slashes(args.next().ok_or(Refusal::Usage)?));
        } else if let Some(bits) = arg.strip_prefix(b"-msmall-int-bits=") {
            job.small_int_bits = integer(bits).ok_or(Refusal::Usage)? as u8;
        } else if let Some(arch) = arg.strip_prefix(b"-march=") {
            job.arch = Some(arch_named(arch)?);
        } else if let Some(flags) = arg.strip_prefix(b"-march-flags=") {
            arch_flags = Some(flags);
        } else if arg == b"--compat" {
            job.compat = compat(args.next().ok_or(Refusal::Usage)?)?;
        } else if let Some(name) = arg.strip_prefix(b"--compat=") {
            job.compat = compat(name)?;
        } else if arg == b"-mcache-lookup-bc" {
            job.cache_lookups = true;
        } else if arg == b"--" {
            options_end = true;
        } else {
            return Err(Refusal::Usage);
        }
    }

    if let Some(flags) = arch_flags.filter(|_| job.arch.is_some()) {
        let flags = rv32_flags(flags).filter(|_| job.arch == Some(Arch::Rv32imc));
        job.arch_flags = flags.ok_or(Refusal::Message("unrecognised arch flags\n"))?;
    }
    if job.emitter != Emitter::Bytecode && job.arch.is_none() {
        return Err(Refusal::Message("arch not specified\n"));
    }
    let reads_machine_code = |(python, release)| {
        python == Flavour::MicroPython
            && Readers::of(python, release).is_some_and(|readers| readers.sub_version == SUB_VERSION)
    };
    if job.arch.is_some() && !reads_machine_code(job.compat) {
        return Err(Refusal::Message("machine code is made for MicroPython 1.23 and up only\n"));
    }
    // As those releases, which have the option, and no other.
    if job.cache_lookups && !(job.compat.0 == Flavour::MicroPython && job.compat.1 < Release(1, 18, 0)) {
        return Err(Refusal::Usage);
    }
    job.input = input.ok_or(Refusal::Message("no input file\n"))?;
    Ok(Request::Compile(job))
}

/// The `-X` options, which are looked for before all others and anywhere.
fn implementation_options(args: &[Vec<u8>], job: &mut Job) -> Result<(), Refusal> {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg != b"-X" {
            continue;
        }
        match args.next().ok_or(Refusal::Usage)?.as_slice() {
            b"emit=bytecode" => job.emitter = Emitter::Bytecode,
            b"emit=native" => job.emitter = Emitter::Native,
            b"emit=viper" => job.emitter = Emitter::Viper,
            b"source-lines" => job.source_lines = true,
            b"no-source-lines" => job.source_lines = false,
            [b'h', b'e', b'a', b'p', b's', b'i', b'z', b'e', b'=', size @ ..] => job.heap_size = Some(heap_size(size)),
            _ => return Err(Refusal::Usage),
        }
    }
    Ok(())
}

/// A size as `heapsize=` has it: a number, then `w` to scale it by the words of this machine, then `k` or `m`. What follows does not count.
fn heap_size(text: &[u8]) -> usize {
    let digits = (0..=text.len()).rev().find_map(|end| Some((integer(&text[..end])?, &text[end..])));
    let (number, unit) = digits.unwrap_or((0, text));
    let (scale, unit) = match unit {
        [b'w' | b'W', unit @ ..] => (size_of::<usize>() / 4, unit),
        unit => (1, unit),
    };
    let unit = match unit.first() {
        Some(b'k' | b'K') => 1 << 10,
        Some(b'm' | b'M') => 1 << 20,
        _ => 1,
    };
    // What is less than nothing is the largest size of all.
    usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(unit).saturating_mul(scale)
}

/// A release, of MicroPython or with `circuitpython-` before it, whose files are of the version that is written.
fn compat(name: &[u8]) -> Result<(Flavour, Release), Refusal> {
    let text = str::from_utf8(name).map_err(|_| Refusal::Usage)?;
    let (python, number) = match text.strip_prefix("circuitpython-") {
        Some(number) => (Flavour::CircuitPython, number),
        None => (Flavour::MicroPython, text),
    };
    let release = number.parse().map_err(|_| Refusal::Usage)?;
    match Readers::of(python, release) {
        Some(readers) if readers.version >= v5::VERSION && !release.is_future(python) => Ok((python, release)),
        _ => Err(Refusal::Message("files are written for MicroPython 1.12 and up, or circuitpython-7 and up\n")),
    }
}

/// The architecture called `name`.
fn arch_named(name: &[u8]) -> Result<Arch, Refusal> {
    match name {
        b"debug" => Ok(Arch::Debug),
        b"host" => host(),
        _ => str::from_utf8(name).ok().and_then(|name| name.parse().ok()).ok_or(Refusal::Usage),
    }
}

fn host() -> Result<Arch, Refusal> {
    match std::env::consts::ARCH {
        "x86" => Ok(Arch::X86),
        "x86_64" => Ok(Arch::X64),
        "arm" => Ok(Arch::Armv6),
        "riscv64" => Ok(Arch::Rv64imc),
        _ => Err(Refusal::Message("unable to determine host architecture for -march=host\n")),
    }
}

/// Flags for rv32imc: a number, or names with commas between.
fn rv32_flags(text: &[u8]) -> Option<u32> {
    let known = Arch::Rv32imc.extensions();
    if let Some(number) = prefixed_number(text) {
        return u32::try_from(number).ok().filter(|number| number >> known.len() == 0);
    }
    let names = text.strip_suffix(b",").unwrap_or(text);
    let flag = |name: &[u8]| known.iter().position(|known| known.as_bytes() == name).map(|bit| 1 << bit);
    names.split(|&c| c == b',').try_fold(0, |flags, name| Some(flags | flag(name)?))
}

/// A number as Python spells it: decimal without leading zero, or with the prefix of its base.
fn prefixed_number(text: &[u8]) -> Option<u64> {
    let (digits, base) = match text {
        [b'0', x, rest @ ..] => match x | 0x20 {
            b'x' => (rest, 16),
            b'o' => (rest, 8),
            b'b' => (rest, 2),
            _ => return None,
        },
        _ => (text, 10),
    };
    let digits = str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u64::from_str_radix(digits, base).ok()
}

/// A number as C's `strtol` takes it with base 0, to the end of the text; nothing counts as 0.
fn integer(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii_start();
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (digits, base) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (rest, 16),
        [b'0', rest @ ..] => (rest, 8),
        _ => (text, 10),
    };
    let value = digits.iter().try_fold(0_i64, |value, &digit| {
        let digit = char::from(digit).to_digit(base)?;
        Some(value.saturating_mul(base.into()).saturating_add(digit.into()))
    })?;
    Some(if negative { -value } else { value })
}

fn forward_slashes(path: &[u8]) -> Vec<u8> {
    path.iter().map(|&c| if c == b'\\' { b'/' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(line: &str) -> Job {
        match parse(&line.split(' ').map(Vec::from).collect::<Vec<_>>()) {
            Ok(Request::Compile(job)) => job,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn refusal(line: &str) -> Refusal {
        parse(&line.split(' ').map(Vec::from).collect::<Vec<_>>()).err().unwrap()
    }

    #[test]
    fn defaults() {
        let job = job("dir/spam.py");
        assert_eq!(job.source_name(), b"dir/spam.py");
        assert_eq!(job.output().unwrap(), &b"dir/spam.mpy"[..]);
        assert_eq!((job.optimise, job.small_int_bits, job.source_lines), (0, 31, true));
    }

    #[test]
    fn standard_input_goes_to_standard_output() {
        assert_eq!(job("-").output(), None);
        assert_eq!(job("-").source_name(), b"<stdin>");
        assert_eq!(job("- -o spam.mpy").output().unwrap(), &b"spam.mpy"[..]);
        assert_eq!(job("spam.py -o -").output(), None);
        assert_eq!(job("-- -x.py").input, b"-x.py");
    }

    #[test]
    fn levels_of_optimisation() {
        for (option, level) in [("-O", 1), ("-OO", 2), ("-O0", 0), ("-O3", 3), ("-O25", 2), ("-Ox", 1)] {
            assert_eq!(job(&format!("{option} a.py")).optimise, level, "{option}");
        }
    }

    #[test]
    fn numbers_are_those_of_c() {
        for (text, value) in [("63", 63), ("0x1f", 31), ("017", 15), ("", 0), (" -1", -1)] {
            assert_eq!(integer(text.as_bytes()), Some(value), "{text}");
        }
        assert_eq!(integer(b"3x"), None);
        assert_eq!(integer(b"09"), None);
    }

    #[test]
    fn sizes_of_a_heap() {
        let words = size_of::<usize>() / 4;
        let sizes = [
            ("20000", 20_000),
            ("0x10k", 16 << 10),
            ("2M", 2 << 20),
            ("100wk", (100 << 10) * words),
            ("3w", 3 * words),
        ];
        for (text, size) in sizes {
            assert_eq!(job(&format!("a.py -X heapsize={text}")).heap_size, Some(size), "{text}");
        }
        assert_eq!(job("a.py -X heapsize=1kw").heap_size, Some(1 << 10));
        assert_eq!(job("a.py -X heapsize=many").heap_size, Some(0));
        assert_eq!(job("a.py -X heapsize=-1").heap_size, Some(usize::MAX));
        assert_eq!(job("a.py").heap_size, None);
    }

    #[test]
    fn what_is_refused() {
        let message = |line| match refusal(line) {
            Refusal::Message(message) => message,
            Refusal::Usage => "usage",
        };
        assert_eq!(message("a.py b.py"), "multiple input files\n");
        assert_eq!(message("-v"), "no input file\n");
        assert_eq!(message("-vv a.py"), "usage");
        assert_eq!(message("a.py -o"), "usage");
        assert_eq!(message("a.py -X"), "usage");
        assert_eq!(message("a.py -X emit=asm"), "usage");
        assert_eq!(message("a.py -march=z80"), "usage");
        assert_eq!(message("a.py -X emit=native"), "arch not specified\n");
        assert_eq!(message("a.py -march=x64 -march-flags=zba"), "unrecognised arch flags\n");
        assert_eq!(message("a.py -march=rv32imc -march-flags=4"), "unrecognised arch flags\n");
        assert_eq!(message("a.py -march=rv32imc -march-flags=zbb"), "unrecognised arch flags\n");
    }

    #[test]
    fn flags_of_an_architecture() {
        for (text, flags) in [("3", 3), ("0x1", 1), ("zba", 1), ("zcmp,zba", 3), ("zba,", 1), ("0b0", 0)] {
            assert_eq!(job(&format!("a.py -march=rv32imc -march-flags={text}")).arch_flags, flags, "{text}");
        }
        // Without an architecture there are no flags to check.
        assert_eq!(job("a.py -march-flags=nonsense").arch, None);
    }
}
