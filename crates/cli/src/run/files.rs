//! The files of the machine, for programs.

use std::collections::HashMap;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use berus_runtime::errno::{BAD_FILE, Errno, INVALID, IO};
use berus_runtime::host::{Entry, Files, Open, Stat};

/// The files of the machine; those that are open, by their number.
#[derive(Default)]
pub struct StdFiles {
    open: Mutex<HashMap<i32, Arc<File>>>,
}

impl StdFiles {
    fn table(&self) -> MutexGuard<'_, HashMap<i32, Arc<File>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open file `file`, which others may close meanwhile.
    pub fn get(&self, file: i32) -> Result<Arc<File>, Errno> {
        self.table().get(&file).cloned().ok_or(BAD_FILE)
    }

    fn insert(&self, file: File) -> i32 {
        let mut table = self.table();
        #[cfg(unix)]
        let number = std::os::fd::AsRawFd::as_raw_fd(&file);
        #[cfg(not(unix))]
        let number = (3..).find(|number| !table.contains_key(number)).unwrap_or(i32::MAX);
        table.insert(number, Arc::new(file));
        number
    }
}

impl Files for StdFiles {
    fn open(&self, path: &[u8], how: &Open) -> Result<i32, Errno> {
        let mut options = OpenOptions::new();
        options.read(how.read).write(how.write && !how.append).append(how.append);
        options.create(how.create).truncate(how.truncate);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
        options.open(as_path(path)).map(|file| self.insert(file)).map_err(|error| number(&error))
    }

    fn close(&self, file: i32) -> Result<(), Errno> {
        self.table().remove(&file).map(drop).ok_or(BAD_FILE)
    }

    fn read(&self, file: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
        (&*self.get(file)?).read(buffer).map_err(|error| number(&error))
    }

    fn write(&self, file: i32, bytes: &[u8]) -> Result<usize, Errno> {
        (&*self.get(file)?).write(bytes).map_err(|error| number(&error))
    }

    fn seek(&self, file: i32, offset: i64, whence: u8) -> Result<u64, Errno> {
        let from = match whence {
            0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| INVALID)?),
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _ => return Err(INVALID),
        };
        (&*self.get(file)?).seek(from).map_err(|error| number(&error))
    }

    fn sync(&self, file: i32) -> Result<(), Errno> {
        self.get(file)?.sync_all().map_err(|error| number(&error))
    }

    fn stat(&self, path: &[u8]) -> Result<Stat, Errno> {
        fs::metadata(as_path(path)).map(|metadata| stat(&metadata)).map_err(|error| number(&error))
    }

    fn list(&self, path: &[u8], each: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), Errno> {
        for entry in fs::read_dir(as_path(path)).map_err(|error| number(&error))? {
            let entry = entry.map_err(|error| number(&error))?;
            let name = entry.file_name();
            #[cfg(unix)]
            let inode = std::os::unix::fs::DirEntryExt::ino(&entry);
            #[cfg(not(unix))]
            let inode = 0;
            let kind = entry.file_type().map_or(0, kind);
            if !each(&Entry { name: name.as_encoded_bytes(), kind, inode }) {
                break;
            }
        }
        Ok(())
    }

    fn getcwd(&self) -> Result<Vec<u8>, Errno> {
        let folder = std::env::current_dir().map_err(|error| number(&error))?;
        Ok(folder.into_os_string().into_encoded_bytes())
    }

    fn chdir(&self, path: &[u8]) -> Result<(), Errno> {
        std::env::set_current_dir(as_path(path)).map_err(|error| number(&error))
    }

    fn mkdir(&self, path: &[u8]) -> Result<(), Errno> {
        fs::create_dir(as_path(path)).map_err(|error| number(&error))
    }

    fn rmdir(&self, path: &[u8]) -> Result<(), Errno> {
        fs::remove_dir(as_path(path)).map_err(|error| number(&error))
    }

    fn remove(&self, path: &[u8]) -> Result<(), Errno> {
        fs::remove_file(as_path(path)).map_err(|error| number(&error))
    }

    fn rename(&self, old: &[u8], new: &[u8]) -> Result<(), Errno> {
        fs::rename(as_path(old), as_path(new)).map_err(|error| number(&error))
    }

    #[cfg(unix)]
    fn statvfs(&self, path: &[u8]) -> Result<[u64; 10], Errno> {
        let answer = rustix::fs::statvfs(&*as_path(path)).map_err(|errno| Errno(errno.raw_os_error()))?;
        Ok([
            answer.f_bsize,
            answer.f_frsize,
            answer.f_blocks,
            answer.f_bfree,
            answer.f_bavail,
            answer.f_files,
            answer.f_ffree,
            answer.f_favail,
            answer.f_flag.bits(),
            answer.f_namemax,
        ])
    }
}

/// The bits of a mode that say what a file is.
fn kind(kind: fs::FileType) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let others = [
            (kind.is_symlink(), 0xa000),
            (kind.is_fifo(), 0x1000),
            (kind.is_char_device(), 0x2000),
            (kind.is_block_device(), 0x6000),
            (kind.is_socket(), 0xc000),
        ];
        if let Some((_, bits)) = others.into_iter().find(|(is_it, _)| *is_it) {
            return bits;
        }
    }
    if kind.is_dir() { Stat::FOLDER } else { Stat::FILE }
}

#[cfg(unix)]
fn stat(metadata: &Metadata) -> Stat {
    use std::os::unix::fs::MetadataExt;
    Stat {
        mode: metadata.mode(),
        inode: metadata.ino(),
        device: metadata.dev(),
        links: metadata.nlink(),
        user: metadata.uid(),
        group: metadata.gid(),
        size: metadata.size(),
        accessed: metadata.atime(),
        modified: metadata.mtime(),
        changed: metadata.ctime(),
    }
}

#[cfg(not(unix))]
fn stat(metadata: &Metadata) -> Stat {
    let seconds = |time: std::io::Result<std::time::SystemTime>| {
        let since = time.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        since.map_or(0, |since| since.as_secs() as i64)
    };
    Stat {
        mode: kind(metadata.file_type()),
        size: metadata.len(),
        accessed: seconds(metadata.accessed()),
        modified: seconds(metadata.modified()),
        ..Stat::default()
    }
}

/// The error number of an error; `EIO` if it has none.
pub fn number(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(IO, Errno)
}

/// A path as the standard library has it.
pub fn as_path(path: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Path::new(std::ffi::OsStr::from_bytes(path)).to_path_buf()
    }
    #[cfg(not(unix))]
    {
        Path::new(&*String::from_utf8_lossy(path)).to_path_buf()
    }
}
