//! Reading the files that a command is given.

mod mistaken;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use berus_mpy::disasm::text::Str;
use berus_mpy::{Error, Module, v5};
use walkdir::WalkDir;

use crate::output::{Output, Status, describe, walked};

/// A file that was read.
pub struct Input {
    /// What to call it.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Input {
    /// The module in it. If there is none that is valid, complains and returns `None`.
    pub fn module(&self, output: &mut Output) -> Option<Module<'_>> {
        match Module::from_bytes(&self.bytes) {
            Ok((module, _)) => Some(module),
            Err(error) => {
                match mistaken::described(&self.bytes) {
                    Some(what) => output.complain(Status::Invalid, &self.name, &what),
                    None => {
                        let advice = if is_convertible(&self.bytes) { ": berus convert makes that of it" } else { "" };
                        output.complain(Status::Invalid, &self.name, &format!("{}{advice}", unreadable(&error)));
                    }
                }
                None
            }
        }
    }
}

/// Whether bytes begin as a module of version 5 does that has no machine code.
fn is_convertible(bytes: &[u8]) -> bool {
    matches!(bytes, [b'M' | b'C', v5::VERSION, feature, ..] if feature >> 2 == 0)
}

/// Why bytes are no module, with the place.
pub fn unreadable(error: &Error) -> String {
    format!("offset {:#06x}: {}", error.offset, error.kind)
}

/// What bytes are that are no module, if that is known.
pub fn mistaken(bytes: &[u8]) -> Option<String> {
    mistaken::described(bytes)
}

/// Bytes that a file may have: no module, object or image is larger, and what has no end is not read for ever.
const MOST: u64 = 1 << 30;

/// All that comes of `reader`.
fn read(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match reader.take(MOST + 1).read_to_end(&mut bytes)? as u64 {
        0..=MOST => Ok(bytes),
        _ => Err(io::Error::other("there is more than a GiB of it")),
    }
}

/// The files that are meant by `given`: for a folder all modules below it, but for those in hidden folders, in the order of their names.
pub fn modules(given: &[PathBuf], output: &mut Output) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let others = files.len();
        let hidden = |name: &OsStr| name.as_encoded_bytes().starts_with(b".");
        let walk = WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    let file = entry.into_path();
                    files.extend(file.extension().is_some_and(|end| end == "mpy").then_some(file.clone()));
                }
                Ok(_) => {}
                Err(error) => {
                    let place = error.path().map_or_else(|| displayed(path), displayed);
                    output.complain(Status::Unusable, &place, &describe(&walked(error)));
                }
            }
        }
        if files.len() == others {
            output.complain(Status::Invalid, &displayed(path), &"there are no .mpy files in it");
        }
    }
    files
}

/// Reads each of `files` in turn, `-` from standard input, and passes it on. Complains of those that cannot be read.
///
/// # Errors
/// Those of `each`: writing fails.
pub fn for_each(
    files: &[PathBuf],
    output: &mut Output,
    mut each: impl FnMut(Input, &mut Output) -> io::Result<()>,
) -> io::Result<()> {
    for path in files {
        let (name, bytes) = if path == Path::new("-") {
            ("standard input".to_owned(), read(io::stdin().lock()))
        } else {
            (displayed(path), File::open(path).and_then(read))
        };
        match bytes {
            Ok(bytes) if bytes.is_empty() => output.complain(Status::Invalid, &name, &"the file is empty"),
            Ok(bytes) => each(Input { name, bytes }, output)?,
            Err(error) => output.complain(Status::Unusable, &name, &describe(&error)),
        }
    }
    Ok(())
}

/// A path as it can be printed: as it is, or quoted if there is more in it than text.
pub fn displayed(path: &Path) -> String {
    match path.to_str() {
        Some(text) if !text.contains(char::is_control) => text.to_owned(),
        _ => Str(path.as_os_str().as_encoded_bytes()).to_string(),
    }
}
