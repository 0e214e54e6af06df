//! What the tests that compare with mpy-cross share.

use std::path::Path;

use berus_compiler::{CompileError, Options, compile};

/// Options for both compilers.
pub struct Flags {
    pub ours: Options<'static>,
    pub peers: &'static [&'static str],
}

/// The options that change what is made.
pub fn all_flags() -> [Flags; 6] {
    let options = Options::default;
    [
        Flags { ours: options(), peers: &[] },
        Flags { ours: Options { optimise: 1, ..options() }, peers: &["-O1"] },
        Flags { ours: Options { optimise: 3, ..options() }, peers: &["-O3"] },
        Flags { ours: Options { small_int_bits: 15, ..options() }, peers: &["-msmall-int-bits=15"] },
        Flags { ours: Options { small_int_bits: 63, ..options() }, peers: &["-msmall-int-bits=63"] },
        Flags { ours: Options { source_lines: false, ..options() }, peers: &["-X", "no-source-lines"] },
    ]
}

/// Compiles `source`, the text of the file `path`, with both compilers. What differs, if anything.
pub fn difference(mpy_cross: &Path, path: &Path, source: &[u8], flags: &Flags) -> Option<String> {
    let name = path.file_name()?.as_encoded_bytes();
    let ours = compile(source, &Options { source_name: name, ..flags.ours.clone() });
    let ours = ours.map(|module| module.to_bytes()).map_err(|error| last_line(&error));
    let peers = [flags.peers, &["-s", str::from_utf8(name).ok()?]].concat();
    let theirs = berus_testkit::mpy_cross(mpy_cross, &peers, path);
    let theirs = theirs.map_err(|text| text.lines().last().unwrap_or_default().to_string());
    let flags = flags.peers.join(" ");
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) if ours == theirs => None,
        (Ok(ours), Ok(theirs)) => {
            let at = ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
            Some(format!("{flags}: {} bytes, not {}, which differ at {at}", ours.len(), theirs.len()))
        }
        (Err(ours), Err(theirs)) if ours == theirs => None,
        (Err(ours), Err(theirs)) => Some(format!("{flags}: {ours}, not {theirs}")),
        (Ok(_), Err(theirs)) => Some(format!("{flags}: accepted, not {theirs}")),
        (Err(ours), Ok(_)) => Some(format!("{flags}: {ours}, not accepted")),
    }
}

fn last_line(error: &CompileError) -> String {
    error.to_string()
}
