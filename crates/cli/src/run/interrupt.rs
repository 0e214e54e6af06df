//! Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::SIGINT;

/// The exit status of a process that Ctrl-C has ended.
const STATUS: i32 = 130;

/// Whether the keyboard has interrupted.
pub struct Interrupt {
    is_pending: Arc<AtomicBool>,
    /// Has something to read after an interrupt, so that a wait ends. Made for the first wait: most programs do not wait.
    #[cfg(unix)]
    bell: std::sync::OnceLock<Option<std::os::unix::net::UnixStream>>,
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
            bell: std::sync::OnceLock::new(),
        }
    }

    /// Whether there was an interrupt since this was asked last.
    pub fn take(&self) -> bool {
        let was_pending = self.is_pending.swap(false, Ordering::Relaxed);
        #[cfg(unix)]
        if was_pending && let Some(Some(mut bell)) = self.bell.get().map(Option::as_ref) {
            let mut rings = [0; 16];
            while let Ok(1..) = std::io::Read::read(&mut bell, &mut rings) {}
        }
        was_pending
    }

    /// Waits for `time`.
    #[cfg(unix)]
    pub fn sleep(&self, time: Duration) -> Waited {
        self.wait(None, Some(time))
    }

    /// Waits for input.
    #[cfg(unix)]
    pub fn wait_for_input(&self) -> Waited {
        use std::os::fd::AsFd;
        self.wait(Some(std::io::stdin().as_fd()), None)
    }

    #[cfg(unix)]
    fn wait(&self, input: Option<std::os::fd::BorrowedFd<'_>>, time: Option<Duration>) -> Waited {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        use std::os::fd::AsFd;
        let time = time.and_then(|time| Timespec::try_from(time).ok());
        let bell = self.bell.get_or_init(|| bell().ok()).as_ref().map(AsFd::as_fd);
        // The bell has not rung for an interrupt that came before it.
        if self.is_pending.load(Ordering::Relaxed) {
            return Waited::Interrupted;
        }
        let mut files: Vec<_> =
            [input, bell].into_iter().flatten().map(|file| PollFd::from_borrowed_fd(file, PollFlags::IN)).collect();
        loop {
            let result = poll(&mut files, time.as_ref());
            if self.is_pending.load(Ordering::Relaxed) {
                return Waited::Interrupted;
            }
            // Another signal may end a wait for some time, but not one for input.
            if time.is_some() || result != Err(rustix::io::Errno::INTR) {
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

/// The end to wait at of a pipe into which an interrupt writes.
#[cfg(unix)]
fn bell() -> std::io::Result<std::os::unix::net::UnixStream> {
    let (wait, ring) = std::os::unix::net::UnixStream::pair()?;
    wait.set_nonblocking(true)?;
    signal_hook::low_level::pipe::register(SIGINT, ring)?;
    Ok(wait)
}
