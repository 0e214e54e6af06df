//! ROM images that programs run with.

use berus_mpy::romfs::Image;

use super::files::as_path;
use crate::input::displayed;
use crate::output::describe;

/// Reads a ROM image into memory that never changes, in which modules run where they lie.
///
/// The file is not mapped: whoever can write to it would change code that has been verified, and whoever cuts it short would end the process.
///
/// # Errors
/// What to say.
pub fn read(path: &[u8]) -> Result<&'static [u8], String> {
    let path = &as_path(path);
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {}", displayed(path), describe(&error)))?;
    match Image::new(&bytes) {
        Some(_) => Ok(bytes.leak()),
        None => Err(format!("{}: not a ROM image, or not all of it", displayed(path))),
    }
}
