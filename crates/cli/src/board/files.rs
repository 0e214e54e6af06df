//! A folder of the machine that programs of a board may use.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use berus_runtime::errno::{Errno, NO_ACCESS, NO_ENTRY};
use berus_runtime::host::{Entry, Files, Open, Stat};

use crate::run::StdFiles;

/// The files in a folder, which is `/` to programs. Nothing leads out of it: `..` ends at `/`, and links are followed only
/// to what is in the folder.
pub struct SharedFiles {
    files: StdFiles,
    /// The folder, by a path without links.
    root: PathBuf,
    /// The current folder, which begins with `/`.
    current: Mutex<Vec<u8>>,
}

impl SharedFiles {
    /// The files in `folder`.
    pub fn new(folder: &Path) -> io::Result<SharedFiles> {
        let root = folder.canonicalize()?;
        if !root.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(SharedFiles { files: StdFiles::default(), root, current: Mutex::new(b"/".to_vec()) })
    }

    fn current(&self) -> Vec<u8> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The path of a program from `/`, without `.` and `..`.
    fn inner(&self, path: &[u8]) -> Vec<u8> {
        let whole = if path.starts_with(b"/") { path.to_vec() } else { [&self.current()[..], b"/", path].concat() };
        let mut names: Vec<&[u8]> = Vec::new();
        for name in whole.split(|byte| *byte == b'/') {
            match name {
                b"" | b"." => {}
                b".." => drop(names.pop()),
                _ => names.push(name),
            }
        }
        names.iter().fold(Vec::new(), |mut path, name| {
            path.push(b'/');
            path.extend_from_slice(name);
            path
        })
    }

    /// The machine's path for what a program calls `path`, with links followed; the last name may be a new one.
    fn outer(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let inner = self.inner(path);
        if inner.is_empty() {
            return Ok(self.root.as_os_str().as_bytes().to_vec());
        }
        let whole = self.root.join(OsStr::from_bytes(&inner[1..]));
        let real = match whole.canonicalize() {
            Ok(real) => real,
            // A link that leads nowhere may come to lead out.
            Err(_) if whole.is_symlink() => return Err(NO_ACCESS),
            Err(_) => {
                let (folder, name) = (whole.parent().ok_or(NO_ENTRY)?, whole.file_name().ok_or(NO_ENTRY)?);
                folder.canonicalize().map_err(|_| NO_ENTRY)?.join(name)
            }
        };
        if real.starts_with(&self.root) { Ok(real.into_os_string().as_bytes().to_vec()) } else { Err(NO_ACCESS) }
    }
}

impl Files for SharedFiles {
    fn open(&self, path: &[u8], how: &Open) -> Result<i32, Errno> {
        self.files.open(&self.outer(path)?, how)
    }

    fn close(&self, file: i32) -> Result<(), Errno> {
        self.files.close(file)
    }

    fn read(&self, file: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.files.read(file, buffer)
    }

    fn write(&self, file: i32, bytes: &[u8]) -> Result<usize, Errno> {
        self.files.write(file, bytes)
    }

    fn seek(&self, file: i32, offset: i64, whence: u8) -> Result<u64, Errno> {
        self.files.seek(file, offset, whence)
    }

    fn sync(&self, file: i32) -> Result<(), Errno> {
        self.files.sync(file)
    }

    fn stat(&self, path: &[u8]) -> Result<Stat, Errno> {
        self.files.stat(&self.outer(path)?)
    }

    fn list(&self, path: &[u8], each: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), Errno> {
        self.files.list(&self.outer(path)?, each)
    }

    fn getcwd(&self) -> Result<Vec<u8>, Errno> {
        Ok(self.current())
    }

    fn chdir(&self, path: &[u8]) -> Result<(), Errno> {
        if self.stat(path)?.mode & Stat::KIND != Stat::FOLDER {
            return Err(NO_ENTRY);
        }
        let inner = self.inner(path);
        let inner = if inner.is_empty() { b"/".to_vec() } else { inner };
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = inner;
        Ok(())
    }

    fn mkdir(&self, path: &[u8]) -> Result<(), Errno> {
        self.files.mkdir(&self.outer(path)?)
    }

    fn rmdir(&self, path: &[u8]) -> Result<(), Errno> {
        self.files.rmdir(&self.outer(path)?)
    }

    fn remove(&self, path: &[u8]) -> Result<(), Errno> {
        self.files.remove(&self.outer(path)?)
    }

    fn rename(&self, old: &[u8], new: &[u8]) -> Result<(), Errno> {
        self.files.rename(&self.outer(old)?, &self.outer(new)?)
    }

    fn statvfs(&self, path: &[u8]) -> Result<[u64; 10], Errno> {
        self.files.statvfs(&self.outer(path)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_the_folder() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "no").unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        std::fs::write(folder.path().join("inner/file"), "yes").unwrap();
        for (link, target) in [("out", outside.path()), ("in", Path::new("inner")), ("up", Path::new(".."))] {
            std::os::unix::fs::symlink(target, folder.path().join(link)).unwrap();
        }
        std::os::unix::fs::symlink(outside.path().join("new"), folder.path().join("nowhere")).unwrap();
        let files = SharedFiles::new(folder.path()).unwrap();
        let write = Open { write: true, create: true, ..Open::default() };
        assert_eq!(files.stat(b"/in/file").unwrap().size, 3);
        files.chdir(b"/inner").unwrap();
        assert_eq!(files.stat(b"../../../inner/./file").unwrap().size, 3);
        assert_eq!(files.getcwd().unwrap(), b"/inner");
        for path in ["/out/secret", "/out", "/up", "/up/x", "/out/new", "/nowhere"] {
            assert_eq!(files.open(path.as_bytes(), &write), Err(NO_ACCESS), "{path}");
            assert_eq!(files.stat(path.as_bytes()), Err(NO_ACCESS), "{path}");
        }
        let secret = outside.path().join("secret");
        assert_eq!(files.stat(secret.to_str().unwrap().as_bytes()), Err(NO_ENTRY));
        assert!(files.remove(b"/../../etc/passwd").is_err());
        assert_eq!(files.open(b"/inner/new", &write).map(drop), Ok(()));
        assert!(!outside.path().join("new").exists());
    }
}
