//! What the tests that compare with mpy-cross share.

use std::path::Path;

use berus_compiler::memory::Quota;
use berus_compiler::{CompileError, Emitter, Options, compile_with_listing};
use berus_mpy::arch::Arch;
use berus_mpy::verify::failures;

/// Options for both compilers.
pub struct Flags {
    pub ours: Options<'static>,
    pub peers: Vec<String>,
}

impl Flags {
    fn new(ours: Options<'static>, peers: &[&str]) -> Flags {
        Flags { ours, peers: peers.iter().map(|&flag| flag.into()).collect() }
    }
}

/// The options that change what is made, with the machine code of one machine after the other.
pub fn all_flags() -> Vec<Flags> {
    let mut all = bytecode_flags();
    all.extend(machine_code_flags());
    all
}

/// Those that change bytecode.
pub fn bytecode_flags() -> Vec<Flags> {
    let options = Options::default;
    vec![
        Flags::new(options(), &[]),
        Flags::new(Options { optimise: 1, ..options() }, &["-O1"]),
        Flags::new(Options { optimise: 3, ..options() }, &["-O3"]),
        Flags::new(Options { small_int_bits: 15, ..options() }, &["-msmall-int-bits=15"]),
        Flags::new(Options { small_int_bits: 63, ..options() }, &["-msmall-int-bits=63"]),
        Flags::new(Options { source_lines: false, ..options() }, &["-X", "no-source-lines"]),
    ]
}

/// Those that let machine code be made, for each machine.
pub fn machine_code_flags() -> Vec<Flags> {
    MACHINES.into_iter().flat_map(|(arch, arch_flags)| flags_for(arch, arch_flags)).collect()
}

/// The machines that there is code for, and the extensions that change the code.
pub const MACHINES: [(Arch, u32); 15] = [
    (Arch::X64, 0),
    (Arch::X86, 0),
    (Arch::Armv6, 0),
    (Arch::Armv6m, 0),
    (Arch::Armv7m, 0),
    (Arch::Armv7em, 0),
    (Arch::Armv7emsp, 0),
    (Arch::Armv7emdp, 0),
    (Arch::Xtensa, 0),
    (Arch::Xtensawin, 0),
    (Arch::Rv32imc, 0),
    (Arch::Rv32imc, 1),
    (Arch::Rv32imc, 2),
    (Arch::Rv32imc, 3),
    (Arch::Debug, 0),
];

/// Those that let machine code be made for one machine.
pub fn flags_for(arch: Arch, arch_flags: u32) -> Vec<Flags> {
    let machine = || Options { arch: Some(arch), arch_flags, ..Options::default() };
    let flags = |ours: Options<'static>, peers: &[&str]| {
        let mut all = Flags::new(ours, &[&format!("-march={arch}")]);
        if arch_flags != 0 {
            all.peers.push(format!("-march-flags={arch_flags}"));
        }
        all.peers.extend(peers.iter().map(|&flag| flag.into()));
        all
    };
    vec![
        flags(machine(), &[]),
        flags(Options { emitter: Emitter::Native, ..machine() }, &["-X", "emit=native"]),
        flags(Options { emitter: Emitter::Viper, ..machine() }, &["-X", "emit=viper"]),
        flags(Options { optimise: 3, small_int_bits: 63, ..machine() }, &["-O3", "-msmall-int-bits=63"]),
    ]
}

/// Compiles `source`, the text of the file `path`, with both compilers. What differs, if anything: bytes, with a listing behind them, or the
/// traceback; or why ours is not safe to run.
pub fn difference(mpy_cross: &Path, path: &Path, source: &[u8], flags: &Flags) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let mut listing = Vec::new();
    let options = Options { source_name: name.as_bytes(), ..flags.ours.clone() };
    let ours = compile_with_listing(source, &options, &Quota::default(), &mut listing);
    if let Some(error) = ours.as_ref().ok().and_then(|module| failures(module, &Quota::default()).next()) {
        return Some(format!("not safe to run: {error}"));
    }
    let ours = ours.map(|module| [module.to_bytes(), listing].concat()).map_err(|error| traceback(&error, name, path));
    let arguments: Vec<_> = flags.peers.iter().map(String::as_str).chain(["-s", name]).collect();
    let theirs = berus_testkit::mpy_cross_listed(mpy_cross, &arguments, path);
    let theirs = theirs.map(|(module, listing)| [module, listing].concat());
    let what = match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            let at = ours.iter().zip(&theirs).position(|(a, b)| a != b);
            let at = at.or((ours.len() != theirs.len()).then_some(ours.len().min(theirs.len())))?;
            format!("{} bytes, not {}, from offset {at} on", ours.len(), theirs.len())
        }
        (Err(ours), Err(theirs)) if ours == theirs => return None,
        // mpy-cross stops at assertions of its own, and dies at inline assembler for its debug machine, which are no answers.
        (_, Err(theirs)) if theirs.contains("Assertion") || theirs.is_empty() => return None,
        (Err(ours), Err(theirs)) => format!("{ours}\nnot {theirs}"),
        (Ok(_), Err(theirs)) => format!("accepted, not {theirs}"),
        (Err(ours), Ok(_)) => format!("{ours}\nnot accepted"),
    };
    Some(format!("{}: {what}", flags.peers.join(" ")))
}

/// What mpy-cross would print of an error.
fn traceback(error: &CompileError, name: &str, path: &Path) -> String {
    let Some(line) = error.line else { return format!("{error}\n") };
    // The parser knows the file, the compiler the name that the source goes by.
    let (file, block) = match &error.block {
        Some(block) => (name.into(), format!(", in {}", String::from_utf8_lossy(block))),
        None => (path.to_string_lossy(), String::new()),
    };
    format!("Traceback (most recent call last):\n  File \"{file}\", line {line}{block}\n{error}\n")
}
