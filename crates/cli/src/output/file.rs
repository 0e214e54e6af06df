//! Files that are written whole.

use std::fs::{self, File};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::{Output, Status, describe};
use crate::input::displayed;

/// Writes `bytes` to `path`, or to standard output if that is `-`. Whether that went well; if a file cannot be written, complains.
///
/// # Errors
/// If writing to standard output fails.
pub fn write_or_print(path: &Path, bytes: &[u8], output: &mut Output) -> io::Result<bool> {
    if path == Path::new("-") {
        if io::stdout().is_terminal() {
            let message = "a terminal cannot show this; name a file by --output, or send it elsewhere";
            output.complain(Status::Unusable, "standard output", &message);
            return Ok(false);
        }
        // Past what takes colours out of text.
        output.flush()?;
        return io::stdout().lock().write_all(bytes).map(|()| true);
    }
    let result = write(path, bytes);
    if let Err((path, error)) = &result {
        output.complain(Status::Unusable, &displayed(path), &describe(error));
    }
    Ok(result.is_ok())
}

/// Makes `path` a file with these bytes, at once or not at all, in a folder that is made if need be. Whether it was not
/// that already; or what cannot be written, and why.
pub fn write(path: &Path, bytes: &[u8]) -> Result<bool, (PathBuf, io::Error)> {
    // A link stays a link to the file.
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.into());
    let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        // What is there is something else.
        ErrorKind::AlreadyExists => (folder.into(), io::Error::new(ErrorKind::NotADirectory, "Not a directory")),
        _ => (folder.into(), error),
    })?;
    write_in(folder, &real, bytes).map_err(|error| (path.into(), error))
}

fn write_in(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(there) if there.is_file() => {
            if there.len() == bytes.len() as u64 && fs::read(path)? == bytes {
                return Ok(false);
            }
        }
        // A device or the like cannot be replaced.
        Ok(_) => {
            File::create(path)?.write_all(bytes)?;
            return Ok(true);
        }
        Err(_) => {}
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".berus-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(true)
}
