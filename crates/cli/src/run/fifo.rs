//! Files that wait for who is at their other end: named pipes when they are opened, these and others when they are read
//! and written.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use berus_runtime::errno::INTERRUPTED;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags};
use rustix::io::Errno;

use super::interrupt::Interrupt;

/// How long to wait without a look at the keyboard.
const NAP: Duration = Duration::from_millis(5);

/// Bytes that a pipe takes at once when it takes any.
pub const ROOM: usize = 4096;

/// Whether reading and writing `file` may wait.
pub fn waits(file: impl AsFd) -> bool {
    let kind = rustix::fs::fstat(file).map(|stat| FileType::from_raw_mode(stat.st_mode));
    kind.is_ok_and(|kind| kind != FileType::RegularFile && kind != FileType::Directory)
}

/// Whether `file` takes some bytes now, [`ROOM`] if it is a pipe, or never will.
pub fn has_room(file: BorrowedFd<'_>) -> bool {
    let mut files = [PollFd::from_borrowed_fd(file, PollFlags::OUT)];
    match poll(&mut files, Some(&Timespec::default())) {
        Ok(n_ready) => n_ready > 0,
        // A signal came before there was room.
        Err(errno) => errno != Errno::INTR,
    }
}

/// Opens the file `path`. The open of a named pipe waits until somebody has opened the other end, unless an interrupt ends
/// the wait.
pub fn open(options: &OpenOptions, path: &Path, interrupt: &Interrupt) -> io::Result<File> {
    if !path.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo()) {
        return options.open(path);
    }
    let (sender, receiver) = channel();
    let (options, own_path) = (options.clone(), path.to_owned());
    // Nothing but the other end lets a thread out that has begun to wait.
    thread::Builder::new().spawn(move || sender.send(options.open(own_path)))?;
    loop {
        match receiver.recv_timeout(NAP) {
            Err(RecvTimeoutError::Timeout) if !interrupt.is_pending() => {}
            // An interrupt that ends another thread's wait for the same pipe opens the pipe for this one, too.
            Ok(opened) if !interrupt.is_pending() => return opened,
            _ => {
                open_other_end(path);
                return Err(io::Error::from_raw_os_error(INTERRUPTED.0));
            }
        }
    }
}

/// Opens and closes both ends of the named pipe `path`, without waiting, for who waits at either.
fn open_other_end(path: &Path) {
    let flags = OFlags::NONBLOCK.bits() as i32;
    let _ = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path);
}
