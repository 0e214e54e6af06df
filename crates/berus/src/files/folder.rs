//! A folder of the machine.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use berus_runtime::errno::{Errno, INVALID, IO, IS_FOLDER, NO_ACCESS, NO_SPACE, READ_ONLY, UNSUPPORTED};
use berus_runtime::host::{Entry, Open, Stat};
use cap_std::fs::{Dir, FileType, Metadata, OpenOptions};

use super::Files;
use super::mounted::{Tree, Whence};

/// A folder of the machine, which is `/` to programs, with the files in the folder.
///
/// Nothing leads out of the folder: `..` ends at `/`, and links are followed only to what is in the folder, whoever
/// renames or replaces folders meanwhile. Programs use files and folders, and nothing else that has a path (devices,
/// pipes, sockets). Interpreters that are given the same folder see what others of them write. Programs change nothing
/// unless the folder is [writable](Folder::writable).
///
/// ```
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("prices.txt"), "tea 3.5\n")?;
/// let files = berus::Folder::open(folder.path())?.writable(1 << 20);
/// let py = berus::Interpreter::builder().files(files).build()?;
/// py.run("with open('/prices.txt') as f: text = f.read()\nwith open('seen', 'w') as f: f.write(text)")?;
/// assert_eq!(std::fs::read_to_string(folder.path().join("seen"))?, "tea 3.5\n");
/// assert_eq!(py.run("open('../../etc/passwd')").unwrap_err().to_string(), "OSError: [Errno 2] ENOENT");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Folder {
    folder: Arc<Dir>,
    /// Bytes that programs may still write; `None` if they may change nothing.
    room: Option<Arc<AtomicU64>>,
}

/// Bytes of room that a new file or folder takes, which costs the machine something even if it is empty.
const ENTRY: u64 = 4096;

impl Folder {
    /// The folder at `path`, which stays the same one when somebody renames it.
    ///
    /// # Errors
    /// What keeps the folder from being opened.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Folder> {
        let folder = Arc::new(Dir::open_ambient_dir(path, cap_std::ambient_authority())?);
        Ok(Folder { folder, room: None })
    }

    /// The folder, in which programs may change everything, and write `bytes` bytes in all: those of all interpreters
    /// that are given this folder or a clone of it. Each file or folder that a program makes counts as 4096 bytes, and what
    /// is removed does not count back, so that programs cannot wear out a disk. Beyond the bound is `ENOSPC`.
    #[must_use]
    pub fn writable(mut self, bytes: u64) -> Folder {
        self.room = Some(Arc::new(AtomicU64::new(bytes)));
        self
    }

    /// # Errors
    /// `EROFS` if nothing may be changed.
    fn to_change(&self) -> Result<&Dir, Errno> {
        if self.room.is_some() { Ok(&self.folder) } else { Err(READ_ONLY) }
    }

    /// Takes room for at most `bytes` bytes: how many there was room for.
    ///
    /// # Errors
    /// `EROFS` if nothing may be changed, `ENOSPC` if there is no room for any.
    fn take(&self, bytes: u64) -> Result<u64, Errno> {
        let room = self.room.as_ref().ok_or(READ_ONLY)?;
        let take = |left: u64| Some(left - left.min(bytes));
        let left = room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or(0);
        if left == 0 && bytes != 0 { Err(NO_SPACE) } else { Ok(left.min(bytes)) }
    }

    /// Takes room for a new file or folder.
    ///
    /// # Errors
    /// As [`Folder::take`].
    fn take_entry(&self) -> Result<(), Errno> {
        let taken = self.take(ENTRY)?;
        if taken == ENTRY { Ok(()) } else { Err(NO_SPACE) }
    }

    fn give_back(&self, bytes: u64) {
        if let Some(room) = &self.room {
            room.fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

impl From<Folder> for Files {
    fn from(folder: Folder) -> Files {
        Files::new(folder, 0)
    }
}

impl Tree for Folder {
    type File = File;

    fn open(&self, path: &[u8], how: &Open) -> Result<File, Errno> {
        if how.write || how.append || how.create || how.truncate {
            self.to_change()?;
        }
        let makes = how.create && matches!(self.folder.try_exists(os(path)?), Ok(false));
        if makes {
            self.take_entry()?;
        }
        let mut options = OpenOptions::new();
        options.read(how.read).write(how.write && !how.append).append(how.append);
        options.create(how.create).truncate(how.truncate);
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt;
            // A pipe would wait for its other end.
            options.mode(0o644).custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
        }
        let opened = done(self.folder.open_with(os(path)?, &options));
        let file = opened.inspect_err(|_| self.give_back(if makes { ENTRY } else { 0 }))?.into_std();
        let metadata = done(file.metadata())?;
        match metadata.is_file() {
            true => Ok(file),
            false if metadata.is_dir() => Err(IS_FOLDER),
            false => Err(NO_ACCESS),
        }
    }

    fn read(&self, mut file: &File, buffer: &mut [u8]) -> Result<usize, Errno> {
        done(file.read(buffer))
    }

    fn write(&self, mut file: &File, bytes: &[u8]) -> Result<usize, Errno> {
        let room = self.take(bytes.len() as u64)?;
        let written = done(file.write(&bytes[..room as usize]));
        self.give_back(room - *written.as_ref().unwrap_or(&0) as u64);
        written
    }

    fn seek(&self, mut file: &File, offset: i64, whence: Whence) -> Result<u64, Errno> {
        done(file.seek(match whence {
            Whence::Start => SeekFrom::Start(u64::try_from(offset).map_err(|_| INVALID)?),
            Whence::Position => SeekFrom::Current(offset),
            Whence::End => SeekFrom::End(offset),
        }))
    }

    fn sync(&self, file: &File) -> Result<(), Errno> {
        done(file.sync_all())
    }

    fn stat(&self, path: &[u8]) -> Result<Stat, Errno> {
        done(match path {
            b"" => self.folder.dir_metadata(),
            path => self.folder.metadata(os(path)?),
        })
        .map(|metadata| stat(&metadata))
    }

    fn list(&self, path: &[u8], each: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), Errno> {
        let entries = match path {
            b"" => self.folder.entries(),
            path => self.folder.read_dir(os(path)?),
        };
        for entry in done(entries)? {
            let entry = done(entry)?;
            let name = entry.file_name();
            #[cfg(unix)]
            let inode = entry.metadata().map_or(0, |metadata| cap_std::fs::MetadataExt::ino(&metadata));
            #[cfg(not(unix))]
            let inode = 0;
            let kind = entry.file_type().map_or(0, kind);
            if !each(&Entry { name: name.as_encoded_bytes(), kind, inode }) {
                break;
            }
        }
        Ok(())
    }

    fn mkdir(&self, path: &[u8]) -> Result<(), Errno> {
        let folder = self.to_change()?;
        self.take_entry()?;
        done(folder.create_dir(os(path)?)).inspect_err(|_| self.give_back(ENTRY))
    }

    fn rmdir(&self, path: &[u8]) -> Result<(), Errno> {
        done(self.to_change()?.remove_dir(os(path)?))
    }

    fn remove(&self, path: &[u8]) -> Result<(), Errno> {
        done(self.to_change()?.remove_file(os(path)?))
    }

    fn rename(&self, old: &[u8], new: &[u8]) -> Result<(), Errno> {
        let folder = self.to_change()?;
        done(folder.rename(os(old)?, folder, os(new)?))
    }

    #[cfg(unix)]
    fn statvfs(&self, path: &[u8]) -> Result<[u64; 10], Errno> {
        self.stat(path)?;
        let answer = rustix::fs::fstatvfs(&*self.folder).map_err(|errno| Errno(errno.raw_os_error()))?;
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

    #[cfg(not(unix))]
    fn statvfs(&self, _: &[u8]) -> Result<[u64; 10], Errno> {
        Err(UNSUPPORTED)
    }
}

/// A path in the folder as the machine has it.
///
/// # Errors
/// `EINVAL` for the folder itself, which is nowhere in itself, and for what is no path of the machine's.
fn os(path: &[u8]) -> Result<&OsStr, Errno> {
    if path.is_empty() {
        return Err(INVALID);
    }
    #[cfg(unix)]
    return Ok(std::os::unix::ffi::OsStrExt::from_bytes(path));
    #[cfg(not(unix))]
    core::str::from_utf8(path).map(OsStr::new).map_err(|_| INVALID)
}

/// The result, or its error's number.
fn done<T>(result: io::Result<T>) -> Result<T, Errno> {
    result.map_err(|error| match (error.raw_os_error(), error.kind()) {
        (Some(number), _) => Errno(number),
        // Where a path leads out of the folder.
        (None, io::ErrorKind::PermissionDenied) => NO_ACCESS,
        (None, io::ErrorKind::InvalidInput) => INVALID,
        (None, io::ErrorKind::Unsupported) => UNSUPPORTED,
        _ => IO,
    })
}

/// The bits of a mode that say what a file is; 0 for what programs do not use.
fn kind(kind: FileType) -> u32 {
    match (kind.is_dir(), kind.is_file()) {
        (true, _) => Stat::FOLDER,
        (_, true) => Stat::FILE,
        _ if kind.is_symlink() => 0xa000,
        _ => 0,
    }
}

fn stat(metadata: &Metadata) -> Stat {
    #[cfg(unix)]
    {
        use cap_std::fs::MetadataExt;
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
    Stat { mode: kind(metadata.file_type()), size: metadata.len(), ..Stat::default() }
}
