//! Programs that are `.mpy` modules.

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::header::Host;
use berus_runtime::model::word::Obj;

use super::files::as_path;
use crate::input::displayed;
use crate::verify;

/// Whether the bytes are an `.mpy` module, which no source begins like.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"M\x06")
}

/// Says what is wrong with a file if it is a module with a defect, or one that does not run where machine code is for `arch`: the exception
/// that it raises does not.
pub fn explain(file: &[u8], arch: Option<Arch>) {
    let path = as_path(file);
    if !file.ends_with(b".mpy") {
        return;
    }
    let Ok(bytes) = std::fs::read(&path) else { return };
    let host = Host { arch, arch_flags: 0, small_int_bits: Obj::SMALL_INT_BITS as u8 };
    let is_foreign = || Module::from_bytes(&bytes).is_ok_and(|(module, _)| module.header.check(&host).is_err());
    let foreign = || is_foreign().then(|| "it was made for something else; `berus dump` tells for what".to_owned());
    if let Some(what) = verify::defect(&bytes).or_else(foreign) {
        eprintln!("berus: {}: {what}", displayed(&path));
    }
}
