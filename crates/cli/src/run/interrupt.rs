//! Ctrl-C.

#[cfg(unix)]
use std::io::{self, Read, Write};
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::Arc;
#[cfg(unix)]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec, poll};
#[cfg(unix)]
use rustix::io::Errno;
use signal_hook::consts::SIGINT;

/// The exit status of a process that Ctrl-C has ended.
const STATUS: i32 = 130;

/// Whether the keyboard has interrupted.
pub struct Interrupt {
    is_pending: Arc<AtomicBool>,
    /// Has something to read after an interrupt, so that a wait ends. Made for the first wait: most programs do not wait.
    #[cfg(unix)]
    bell: OnceLock<Option<Bell>>,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// It was interrupted.
    Interrupted,
    /// What was waited for is there, or the time is over.
    Done,
}

impl Interrupt {
    /// Notes from now on when the keyboard interrupts. Where that is not possible Ctrl-C ends the process; it does so, too, if nobody has looked
    /// at the one before.
    pub fn new() -> Interrupt {
        let is_pending = Arc::new(AtomicBool::new(false));
        let _ = signal_hook::flag::register_conditional_shutdown(SIGINT, STATUS, Arc::clone(&is_pending));
        let _ = signal_hook::flag::register(SIGINT, Arc::clone(&is_pending));
        Interrupt {
            is_pending,
            #[cfg(unix)]
            bell: OnceLock::new(),
        }
    }

    /// One that never comes: the keyboard does what it does without this.
    pub fn never() -> Interrupt {
        Interrupt {
            is_pending: Arc::default(),
            #[cfg(unix)]
            bell: OnceLock::from(None),
        }
    }

    /// Whether there was an interrupt of which nobody has taken notice yet.
    #[cfg(unix)]
    pub fn is_pending(&self) -> bool {
        self.is_pending.load(Ordering::Relaxed)
    }

    /// Whether there was an interrupt since this was asked last.
    pub fn take(&self) -> bool {
        self.is_pending.swap(false, Ordering::Relaxed)
    }

    /// Waits for `time`, or less.
    #[cfg(unix)]
    pub fn sleep(&self, time: Duration) -> Waited {
        self.wait(None, Some(time))
    }

    /// Waits for input.
    #[cfg(unix)]
    pub fn wait_for_input(&self) -> Waited {
        self.wait_for(std::io::stdin().as_fd())
    }

    /// Waits until `file` has something to read, or has ended.
    #[cfg(unix)]
    pub fn wait_for(&self, file: BorrowedFd<'_>) -> Waited {
        self.wait(Some(PollFd::from_borrowed_fd(file, PollFlags::IN)), None)
    }

    /// Waits until `file` takes what is written to it, or never will.
    #[cfg(unix)]
    pub fn wait_for_room(&self, file: BorrowedFd<'_>) -> Waited {
        self.wait(Some(PollFd::from_borrowed_fd(file, PollFlags::OUT)), None)
    }

    #[cfg(unix)]
    fn wait(&self, file: Option<PollFd<'_>>, time: Option<Duration>) -> Waited {
        let time = time.and_then(|time| Timespec::try_from(time).ok());
        let bell = self.bell.get_or_init(|| Bell::new().ok()).as_ref();
        let n_wanted = file.iter().count();
        let heard = bell.map(|bell| PollFd::from_borrowed_fd(bell.hear.as_fd(), PollFlags::IN));
        let mut files: Vec<_> = file.into_iter().chain(heard).collect();
        loop {
            // The bell has not rung for an interrupt that came before it.
            if self.is_pending() {
                return Waited::Interrupted;
            }
            let result = poll(&mut files, time.as_ref());
            if self.is_pending() {
                return Waited::Interrupted;
            }
            // The interrupt that the bell rang for has been taken notice of.
            if let Some(bell) = bell
                && files[n_wanted..].iter().any(|heard| !heard.revents().is_empty())
            {
                bell.hush();
                // One that came meanwhile is for all that wait.
                if self.is_pending() {
                    bell.ring();
                }
            }
            // Another signal, or the bell, may end a wait for some time, but not one for a file.
            let is_ready = files[..n_wanted].iter().any(|file| !file.revents().is_empty());
            if time.is_some() || is_ready || result.is_err_and(|errno| errno != Errno::INTR) {
                return Waited::Done;
            }
        }
    }

    /// Waits for `time`.
    #[cfg(not(unix))]
    pub fn sleep(&self, time: Duration) -> Waited {
        std::thread::sleep(time);
        Waited::Done
    }

    /// Here it is reading that waits.
    #[cfg(not(unix))]
    pub fn wait_for_input(&self) -> Waited {
        Waited::Done
    }
}

/// A pair of sockets: an interrupt writes to one, and waits end when there is something to read from the other.
#[cfg(unix)]
struct Bell {
    hear: UnixStream,
    strike: UnixStream,
}

#[cfg(unix)]
impl Bell {
    fn new() -> io::Result<Bell> {
        let (hear, strike) = UnixStream::pair()?;
        hear.set_nonblocking(true)?;
        strike.set_nonblocking(true)?;
        signal_hook::low_level::pipe::register(SIGINT, strike.try_clone()?)?;
        Ok(Bell { hear, strike })
    }

    fn ring(&self) {
        // A bell that nobody has heard for long takes no more, and need not.
        let _ = (&self.strike).write(&[0]);
    }

    fn hush(&self) {
        let mut rings = [0; 16];
        while let Ok(1..) = (&self.hear).read(&mut rings) {}
    }
}
