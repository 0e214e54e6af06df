//! Inputs of sessions before.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use berus_terminal::History;

/// Bytes of a file of which the older half is dropped.
const MOST: u64 = 1 << 20;

/// The file where inputs are kept.
pub struct HistoryFile {
    path: PathBuf,
    /// The last input that is in the file.
    last: Vec<u8>,
}

impl HistoryFile {
    /// The file of the user: `BERUS_HISTORY`, which is empty if there shall be none, or `berus/history` where the user's programs keep their state.
    pub fn of_user() -> Option<HistoryFile> {
        let path = match env::var_os("BERUS_HISTORY") {
            Some(path) => Some(PathBuf::from(path)).filter(|path| !path.as_os_str().is_empty()),
            None => state_folder().map(|folder| folder.join("berus/history")),
        };
        path.map(|path| HistoryFile { path, last: Vec::new() })
    }

    /// Adds what is in the file to `history`.
    pub fn read(&mut self, history: &mut History) {
        let Ok(kept) = fs::read(&self.path) else { return };
        history.read(&kept);
        self.last = history.get(1).unwrap_or_default().to_vec();
        if kept.len() as u64 > MOST {
            let half = kept.len() / 2;
            let newer =
                kept[half..].split_inclusive(|byte| *byte == b'\n').skip(1).flatten().copied().collect::<Vec<u8>>();
            let _ = replace(&self.path, &newer);
        }
    }

    /// Adds the newest input to the file. A file that cannot be written keeps nothing.
    pub fn add(&mut self, history: &History) {
        let Some(newest) = history.get(1).filter(|newest| *newest != self.last) else { return };
        self.last = newest.to_vec();
        let mut line = Vec::new();
        History::write(newest, &mut line);
        let _ = append(&self.path, &line);
    }
}

fn state_folder() -> Option<PathBuf> {
    let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")))
}

/// Appends a line in one write, so that sessions at the same time leave each other's whole.
fn append(path: &Path, line: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    options().append(true).open(path)?.write_all(line)
}

/// Puts `bytes` in the place of what is in the file, at once.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.persist(path).map(|_: File| ()).map_err(|error| error.error)
}

/// What is typed may be secret.
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    options
}
