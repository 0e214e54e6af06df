//! What programs see of a tree of files: a current folder, and open files by number.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use berus_runtime::errno::{BAD_FILE, Errno, INVALID, NAME_TOO_LONG, NO_ENTRY, TOO_MANY_FILES};
use berus_runtime::host::{Entry, Files, Open, Stat};

/// The longest path that is looked at, in bytes: Linux has none longer.
pub(super) const MAX_PATH: usize = 4096;

/// How many files an interpreter has open at most: the process shares its own number among all.
const MAX_OPEN: usize = 64;

/// The number of the first open file, behind those of the console.
const FIRST_NUMBER: i32 = 3;

/// Files in folders, by paths from the outermost folder on: names with `/` between them, none of which is empty, `.` or
/// `..`. The path of the outermost folder is empty. Functions do what those of [`Files`] with the same names do.
pub(super) trait Tree: Send + Sync {
    /// An open file.
    type File: Send + Sync;

    fn open(&self, path: &[u8], how: &Open) -> Result<Self::File, Errno>;
    fn read(&self, file: &Self::File, buffer: &mut [u8]) -> Result<usize, Errno>;
    fn write(&self, file: &Self::File, bytes: &[u8]) -> Result<usize, Errno>;
    fn seek(&self, file: &Self::File, offset: i64, whence: Whence) -> Result<u64, Errno>;
    fn sync(&self, file: &Self::File) -> Result<(), Errno>;
    fn stat(&self, path: &[u8]) -> Result<Stat, Errno>;
    fn list(&self, path: &[u8], each: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), Errno>;
    fn mkdir(&self, path: &[u8]) -> Result<(), Errno>;
    fn rmdir(&self, path: &[u8]) -> Result<(), Errno>;
    fn remove(&self, path: &[u8]) -> Result<(), Errno>;
    fn rename(&self, old: &[u8], new: &[u8]) -> Result<(), Errno>;
    fn statvfs(&self, path: &[u8]) -> Result<[u64; 10], Errno>;
}

/// Where an offset starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whence {
    Start,
    Position,
    End,
}

/// A tree as one interpreter sees the tree, where the outermost folder is `/`, and what `..` of `/` leads to.
pub(super) struct Mounted<T: Tree> {
    tree: T,
    /// The current folder's path in the tree.
    current: Mutex<Vec<u8>>,
    open: Mutex<BTreeMap<i32, Arc<T::File>>>,
}

impl<T: Tree> Mounted<T> {
    pub fn new(tree: T) -> Mounted<T> {
        Mounted { tree, current: Mutex::default(), open: Mutex::default() }
    }

    /// The path in the tree for what a program calls `path`.
    fn path(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        if path.len() > MAX_PATH {
            return Err(NAME_TOO_LONG);
        }
        let inner = join(if path.starts_with(b"/") { Vec::new() } else { lock(&self.current).clone() }, path);
        if inner.len() > MAX_PATH { Err(NAME_TOO_LONG) } else { Ok(inner) }
    }

    /// The open file `file`, which others may close meanwhile.
    fn file(&self, file: i32) -> Result<Arc<T::File>, Errno> {
        lock(&self.open).get(&file).cloned().ok_or(BAD_FILE)
    }
}

/// The path that `path` leads to from the folder `current`.
pub(super) fn join(mut current: Vec<u8>, path: &[u8]) -> Vec<u8> {
    for name in path.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => current.truncate(current.iter().rposition(|byte| *byte == b'/').unwrap_or(0)),
            _ => {
                if !current.is_empty() {
                    current.push(b'/');
                }
                current.extend_from_slice(name);
            }
        }
    }
    current
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Tree> Files for Mounted<T> {
    fn open(&self, path: &[u8], how: &Open) -> Result<i32, Errno> {
        if lock(&self.open).len() >= MAX_OPEN {
            return Err(TOO_MANY_FILES);
        }
        let file = self.tree.open(&self.path(path)?, how)?;
        let mut open = lock(&self.open);
        let number = (FIRST_NUMBER..).find(|number| !open.contains_key(number)).ok_or(TOO_MANY_FILES)?;
        open.insert(number, Arc::new(file));
        Ok(number)
    }

    fn close(&self, file: i32) -> Result<(), Errno> {
        let closed = lock(&self.open).remove(&file);
        closed.map(drop).ok_or(BAD_FILE)
    }

    fn read(&self, file: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.tree.read(&*self.file(file)?, buffer)
    }

    fn write(&self, file: i32, bytes: &[u8]) -> Result<usize, Errno> {
        self.tree.write(&*self.file(file)?, bytes)
    }

    fn seek(&self, file: i32, offset: i64, whence: u8) -> Result<u64, Errno> {
        let whence = match whence {
            0 => Whence::Start,
            1 => Whence::Position,
            2 => Whence::End,
            _ => return Err(INVALID),
        };
        self.tree.seek(&*self.file(file)?, offset, whence)
    }

    fn sync(&self, file: i32) -> Result<(), Errno> {
        self.tree.sync(&*self.file(file)?)
    }

    fn stat(&self, path: &[u8]) -> Result<Stat, Errno> {
        self.tree.stat(&self.path(path)?)
    }

    fn list(&self, path: &[u8], each: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), Errno> {
        self.tree.list(&self.path(path)?, each)
    }

    fn getcwd(&self) -> Result<Vec<u8>, Errno> {
        Ok([b"/", &lock(&self.current)[..]].concat())
    }

    fn chdir(&self, path: &[u8]) -> Result<(), Errno> {
        let path = self.path(path)?;
        if self.tree.stat(&path)?.mode & Stat::KIND != Stat::FOLDER {
            return Err(NO_ENTRY);
        }
        *lock(&self.current) = path;
        Ok(())
    }

    fn mkdir(&self, path: &[u8]) -> Result<(), Errno> {
        self.tree.mkdir(&self.path(path)?)
    }

    fn rmdir(&self, path: &[u8]) -> Result<(), Errno> {
        self.tree.rmdir(&self.path(path)?)
    }

    fn remove(&self, path: &[u8]) -> Result<(), Errno> {
        self.tree.remove(&self.path(path)?)
    }

    fn rename(&self, old: &[u8], new: &[u8]) -> Result<(), Errno> {
        self.tree.rename(&self.path(old)?, &self.path(new)?)
    }

    fn statvfs(&self, path: &[u8]) -> Result<[u64; 10], Errno> {
        self.tree.statvfs(&self.path(path)?)
    }
}
