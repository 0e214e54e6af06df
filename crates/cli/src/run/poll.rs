//! Waiting for files of the machine.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use berus_runtime::errno::{Errno, INVALID, NO_MEMORY};
use berus_runtime::host::{Events, Polled};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Resource, getrlimit};

use super::files::StdFiles;

/// `_POSIX_OPEN_MAX`.
const ALWAYS_OPEN: usize = 20;

/// As [`Host::poll`](berus_runtime::host::Host::poll), for the console and open `files`. With `has_input`, some of the console's input is there already.
pub fn poll(files: &StdFiles, polled: &mut [Polled], timeout: Duration, has_input: bool) -> Result<usize, Errno> {
    // POSIX wants no more than can be open, and says that so many always can.
    if polled.len() > ALWAYS_OPEN && getrlimit(Resource::Nofile).current.is_some_and(|most| polled.len() as u64 > most)
    {
        return Err(INVALID);
    }
    let (input, output, errors) = (io::stdin(), io::stdout(), io::stderr());
    let (mut open, mut places, mut asked) = (Vec::new(), Vec::new(), Vec::new());
    let reserved = open.try_reserve_exact(polled.len()).and_then(|()| places.try_reserve_exact(polled.len()));
    reserved.and_then(|()| asked.try_reserve_exact(polled.len())).map_err(|_| NO_MEMORY)?;
    open.extend(polled.iter().map(|polled| files.get(polled.file).ok()));
    for (place, (polled, open)) in polled.iter_mut().zip(&open).enumerate() {
        let file = match (polled.file, open) {
            (0, _) if has_input && polled.wanted.contains(Events::READ) => {
                polled.ready = Events::READ;
                continue;
            }
            (0, _) => input.as_fd(),
            (1, _) => output.as_fd(),
            (2, _) => errors.as_fd(),
            (_, Some(file)) => file.as_fd(),
            (_, None) => {
                polled.ready = Events::INVALID;
                continue;
            }
        };
        polled.ready = Events::empty();
        places.push(place);
        // The bits are those of POSIX.
        asked.push(PollFd::from_borrowed_fd(file, PollFlags::from_bits_truncate(polled.wanted.bits() as _)));
    }
    // What is not open is an answer already.
    let timeout = if asked.len() == polled.len() { timeout } else { Duration::ZERO };
    match rustix::event::poll(&mut asked, Some(&Timespec::try_from(timeout).map_err(|_| INVALID)?)) {
        // A signal came.
        Err(rustix::io::Errno::INTR) => return Ok(0),
        Err(errno) => return Err(Errno(errno.raw_os_error())),
        Ok(_) => {}
    }
    for (place, asked) in places.into_iter().zip(asked) {
        polled[place].ready = Events::from_bits_retain(asked.revents().bits() as usize);
    }
    Ok(polled.iter().filter(|polled| !polled.ready.is_empty()).count())
}
