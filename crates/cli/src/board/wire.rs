//! What is at the other end of a board's console, one client after another: a pseudo-terminal, or TCP.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::io::{Errno, FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// How often a pseudo-terminal that nobody has opened is looked at.
const PERIOD: Duration = Duration::from_millis(5);

/// The other end.
pub enum Wire {
    /// The side of a pseudo-terminal that is not a terminal.
    Terminal { side: OwnedFd, path: String },
    /// Where clients come from, and the one that is there.
    Network { listener: TcpListener, client: Mutex<Option<Arc<TcpStream>>> },
}

/// What has come of waiting for bytes.
pub enum Read {
    /// So many came.
    Bytes(usize),
    /// Nobody is there, or not any more.
    Nobody,
}

impl Wire {
    /// A new pseudo-terminal, which passes bytes on as they are.
    pub fn pseudo_terminal() -> io::Result<Wire> {
        let side = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        // Not every system takes that as a flag.
        fcntl_setfd(&side, FdFlags::CLOEXEC)?;
        grantpt(&side)?;
        unlockpt(&side)?;
        let path = ptsname(&side, Vec::new())?.to_string_lossy().into_owned();
        let terminal = open(path.as_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        let mut modes = tcgetattr(&terminal)?;
        modes.make_raw();
        tcsetattr(&terminal, OptionalActions::Now, &modes)?;
        set_nonblocking(side.as_fd())?;
        Ok(Wire::Terminal { side, path })
    }

    /// Waits for connections at `address`.
    pub fn listen(address: &str) -> io::Result<Wire> {
        Ok(Wire::Network { listener: TcpListener::bind(address)?, client: Mutex::default() })
    }

    /// Where to connect to, as mpremote has it.
    pub fn address(&self) -> String {
        match self {
            Wire::Terminal { path, .. } => path.clone(),
            Wire::Network { listener, .. } => match listener.local_addr() {
                Ok(address) => format!("socket://{address}"),
                Err(_) => "socket://".to_owned(),
            },
        }
    }

    /// Waits for bytes, or for somebody to be there.
    pub fn read(&self, buffer: &mut [u8]) -> Read {
        match self {
            Wire::Terminal { side, .. } => {
                let read = read_from(side.as_fd(), buffer);
                if matches!(read, Read::Nobody) {
                    // There is no event for an opened terminal.
                    std::thread::sleep(PERIOD);
                }
                read
            }
            Wire::Network { listener, client } => {
                let Some(stream) = current(client).clone() else {
                    if let Ok((stream, _)) = listener.accept() {
                        // A key is answered at once.
                        let _ = stream.set_nodelay(true);
                        let _ = set_nonblocking(stream.as_fd());
                        *current(client) = Some(Arc::new(stream));
                    }
                    return Read::Nobody;
                };
                let read = read_from(stream.as_fd(), buffer);
                if matches!(read, Read::Nobody) {
                    *current(client) = None;
                }
                read
            }
        }
    }

    /// Waits up to `time` for whoever is there to take some of `bytes`: how many were taken, all if nobody is there.
    pub fn write(&self, bytes: &[u8], time: Duration) -> usize {
        match self {
            Wire::Terminal { side, .. } => write_to(side.as_fd(), bytes, time),
            Wire::Network { client, .. } => match current(client).clone() {
                Some(stream) => write_to(stream.as_fd(), bytes, time),
                None => bytes.len(),
            },
        }
    }
}

fn current(client: &Mutex<Option<Arc<TcpStream>>>) -> MutexGuard<'_, Option<Arc<TcpStream>>> {
    client.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set_nonblocking(file: BorrowedFd<'_>) -> io::Result<()> {
    let flags = fcntl_getfl(file)?;
    Ok(fcntl_setfl(file, flags | OFlags::NONBLOCK)?)
}

fn read_from(file: BorrowedFd<'_>, buffer: &mut [u8]) -> Read {
    loop {
        let mut files = [PollFd::from_borrowed_fd(file, PollFlags::IN)];
        let _ = poll(&mut files, None);
        match rustix::io::read(file, &mut *buffer) {
            Ok(len @ 1..) => return Read::Bytes(len),
            Err(Errno::AGAIN | Errno::INTR) => {}
            // A terminal that nobody has open answers with an error.
            Ok(0) | Err(_) => return Read::Nobody,
        }
    }
}

fn write_to(file: BorrowedFd<'_>, bytes: &[u8], time: Duration) -> usize {
    let mut files = [PollFd::from_borrowed_fd(file, PollFlags::OUT)];
    let _ = poll(&mut files, Timespec::try_from(time).ok().as_ref());
    if files[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) {
        return bytes.len();
    }
    match rustix::io::write(file, bytes) {
        Ok(len) => len,
        Err(Errno::AGAIN | Errno::INTR) => 0,
        Err(_) => bytes.len(),
    }
}
