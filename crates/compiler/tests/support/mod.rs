//! What the tests that compare with mpy-cross share.

use std::path::Path;

use berus_compiler::{CompileError, Emitter, Options, compile};
use berus_mpy::arch::Arch;
use berus_mpy::verify::failures;

/// Options for both compilers.
pub struct Flags {
    pub ours: Options<'static>,
    pub peers: &'static [&'static str],
}

/// The options that change what is made.
pub fn all_flags() -> Vec<Flags> {
    let options = Options::default;
    let mut all = vec![
        Flags { ours: options(), peers: &[] },
        Flags { ours: Options { optimise: 1, ..options() }, peers: &["-O1"] },
        Flags { ours: Options { optimise: 3, ..options() }, peers: &["-O3"] },
        Flags { ours: Options { small_int_bits: 15, ..options() }, peers: &["-msmall-int-bits=15"] },
        Flags { ours: Options { small_int_bits: 63, ..options() }, peers: &["-msmall-int-bits=63"] },
        Flags { ours: Options { source_lines: false, ..options() }, peers: &["-X", "no-source-lines"] },
    ];
    all.extend(machine_code_flags());
    all
}

/// Those that let machine code be made.
pub fn machine_code_flags() -> Vec<Flags> {
    let x64 = || Options { arch: Some(Arch::X64), ..Options::default() };
    vec![
        Flags { ours: x64(), peers: &["-march=x64"] },
        Flags { ours: Options { emitter: Emitter::Native, ..x64() }, peers: &["-march=x64", "-X", "emit=native"] },
        Flags { ours: Options { emitter: Emitter::Viper, ..x64() }, peers: &["-march=x64", "-X", "emit=viper"] },
        Flags {
            ours: Options { optimise: 3, small_int_bits: 63, ..x64() },
            peers: &["-march=x64", "-O3", "-msmall-int-bits=63"],
        },
    ]
}

/// Compiles `source`, the text of the file `path`, with both compilers. What differs, if anything: bytes, or the
/// traceback; or why ours is not safe to run.
pub fn difference(mpy_cross: &Path, path: &Path, source: &[u8], flags: &Flags) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let ours = compile(source, &Options { source_name: name.as_bytes(), ..flags.ours.clone() });
    if let Some(error) = ours.as_ref().ok().and_then(|module| failures(module).next()) {
        return Some(format!("not safe to run: {error}"));
    }
    let ours = ours.map(|module| module.to_bytes()).map_err(|error| traceback(&error, name, path));
    let theirs = berus_testkit::mpy_cross(mpy_cross, &[flags.peers, &["-s", name]].concat(), path);
    let what = match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            let at = ours.iter().zip(&theirs).position(|(a, b)| a != b);
            let at = at.or((ours.len() != theirs.len()).then_some(ours.len().min(theirs.len())))?;
            format!("{} bytes, not {}, from offset {at} on", ours.len(), theirs.len())
        }
        (Err(ours), Err(theirs)) if ours == theirs => return None,
        // mpy-cross stops at assertions of its own, which are no answer.
        (_, Err(theirs)) if theirs.contains("Assertion") => return None,
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
