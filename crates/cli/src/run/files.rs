//! The files of the machine, for programs.

use std::collections::HashMap;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

#[cfg(unix)]
use berus_runtime::errno::INTERRUPTED;
use berus_runtime::errno::{BAD_FILE, Errno, INVALID, IO, NAME_TOO_LONG};
use berus_runtime::host::{Entry, Files, Open, Stat};

#[cfg(unix)]
use super::fifo;
use super::interrupt::Interrupt;
#[cfg(unix)]
use super::interrupt::Waited;

/// The files of the machine; those that are open, by their number.
pub struct StdFiles {
    open: Mutex<HashMap<i32, Arc<OpenFile>>>,
    #[cfg(unix)]
    interrupt: Arc<Interrupt>,
}

/// A file that is open.
pub struct OpenFile {
    file: File,
    /// Whether reading and writing may wait for who is at the other end.
    #[cfg(unix)]
    waits: bool,
}

impl OpenFile {
    fn new(file: File) -> OpenFile {
        OpenFile {
            #[cfg(unix)]
            waits: fifo::waits(&file),
            file,
        }
    }

    /// A socket, which needs no question what it is.
    #[cfg(unix)]
    fn socket(socket: OwnedFd) -> OpenFile {
        OpenFile { waits: true, file: File::from(socket) }
    }
}

#[cfg(unix)]
impl AsFd for OpenFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Files whose waits nothing ends.
impl Default for StdFiles {
    fn default() -> StdFiles {
        StdFiles::new(Arc::new(Interrupt::never()))
    }
}

impl StdFiles {
    /// No open files; `interrupt` ends waits for what comes from elsewhere, where there are such files.
    #[cfg_attr(not(unix), allow(unused_variables))]
    pub fn new(interrupt: Arc<Interrupt>) -> StdFiles {
        StdFiles {
            open: Mutex::default(),
            #[cfg(unix)]
            interrupt,
        }
    }

    fn table(&self) -> MutexGuard<'_, HashMap<i32, Arc<OpenFile>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open file `file`, which others may close meanwhile.
    pub fn get(&self, file: i32) -> Result<Arc<OpenFile>, Errno> {
        self.table().get(&file).cloned().ok_or(BAD_FILE)
    }

    /// Whether an interrupt waits to be taken notice of.
    #[cfg(unix)]
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.is_pending()
    }

    /// Takes up `file`: its number.
    pub fn insert(&self, file: File) -> i32 {
        self.insert_open(OpenFile::new(file))
    }

    /// Takes up `socket`: its number.
    #[cfg(unix)]
    pub fn insert_socket(&self, socket: OwnedFd) -> i32 {
        self.insert_open(OpenFile::socket(socket))
    }

    fn insert_open(&self, open: OpenFile) -> i32 {
        let mut table = self.table();
        #[cfg(unix)]
        let number = std::os::fd::AsRawFd::as_raw_fd(&open.file);
        #[cfg(not(unix))]
        let number = (3..).find(|number| !table.contains_key(number)).unwrap_or(i32::MAX);
        table.insert(number, Arc::new(open));
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
        #[cfg(unix)]
        let opened = fifo::open(&options, &usable(path)?, &self.interrupt);
        #[cfg(not(unix))]
        let opened = options.open(usable(path)?);
        opened.map(|file| self.insert(file)).map_err(|error| number(&error))
    }

    fn close(&self, file: i32) -> Result<(), Errno> {
        self.table().remove(&file).map(drop).ok_or(BAD_FILE)
    }

    fn read(&self, file: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
        let open = self.get(file)?;
        #[cfg(unix)]
        if open.waits && self.interrupt.wait_for(open.as_fd()) == Waited::Interrupted {
            return Err(INTERRUPTED);
        }
        (&open.file).read(buffer).map_err(|error| number(&error))
    }

    fn write(&self, file: i32, bytes: &[u8]) -> Result<usize, Errno> {
        let open = self.get(file)?;
        #[cfg(unix)]
        let bytes = match open.waits {
            true if !fifo::has_room(open.as_fd()) => return Err(INTERRUPTED),
            true => &bytes[..bytes.len().min(fifo::ROOM)],
            false => bytes,
        };
        (&open.file).write(bytes).map_err(|error| number(&error))
    }

    fn seek(&self, file: i32, offset: i64, whence: u8) -> Result<u64, Errno> {
        let from = match whence {
            0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| INVALID)?),
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _ => return Err(INVALID),
        };
        (&self.get(file)?.file).seek(from).map_err(|error| number(&error))
    }

    fn sync(&self, file: i32) -> Result<(), Errno> {
        self.get(file)?.file.sync_all().map_err(|error| number(&error))
    }

    fn stat(&self, path: &[u8]) -> Result<Stat, Errno> {
        fs::metadata(usable(path)?).map(|metadata| stat(&metadata)).map_err(|error| number(&error))
    }

    fn list(&self, path: &[u8], each: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), Errno> {
        for entry in fs::read_dir(usable(path)?).map_err(|error| number(&error))? {
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
        std::env::set_current_dir(usable(path)?).map_err(|error| number(&error))
    }

    fn mkdir(&self, path: &[u8]) -> Result<(), Errno> {
        fs::create_dir(usable(path)?).map_err(|error| number(&error))
    }

    fn rmdir(&self, path: &[u8]) -> Result<(), Errno> {
        fs::remove_dir(usable(path)?).map_err(|error| number(&error))
    }

    fn remove(&self, path: &[u8]) -> Result<(), Errno> {
        fs::remove_file(usable(path)?).map_err(|error| number(&error))
    }

    fn rename(&self, old: &[u8], new: &[u8]) -> Result<(), Errno> {
        fs::rename(usable(old)?, usable(new)?).map_err(|error| number(&error))
    }

    #[cfg(unix)]
    fn statvfs(&self, path: &[u8]) -> Result<[u64; 10], Errno> {
        let answer = rustix::fs::statvfs(&*usable(path)?).map_err(|errno| Errno(errno.raw_os_error()))?;
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

/// What the file `path` holds if it is one on a disk, of `most` bytes or fewer.
pub fn read_small(path: &Path, most: u64) -> Option<Vec<u8>> {
    // Before it is opened, which may wait if it is something else.
    let metadata = path.metadata().ok()?;
    let mut bytes = Vec::new();
    if metadata.is_file() && metadata.len() <= most {
        File::open(path).ok()?.take(most).read_to_end(&mut bytes).ok()?;
    }
    metadata.is_file().then_some(bytes)
}

/// The longest path that is looked at, in bytes: Linux has none longer.
const MAX_PATH: usize = 4096;

/// A path that a program gave, if files may have it. The standard library copies paths.
fn usable(path: &[u8]) -> Result<PathBuf, Errno> {
    if path.len() > MAX_PATH { Err(NAME_TOO_LONG) } else { Ok(as_path(path)) }
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
