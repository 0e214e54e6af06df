//! The outside world of an interpreter: what its builder has granted.

use alloc::boxed::Box;
use core::cell::RefCell;
#[cfg(feature = "std")]
use core::time::Duration;

#[cfg(feature = "files")]
use crate::files::Files;

/// A function that is given bytes.
type Write = dyn FnMut(&[u8]) + Send;

/// Where a program's output goes: a closure that is given bytes, or an [`Output`](crate::Output).
pub struct Sink(Box<Write>);

impl<F: FnMut(&[u8]) + Send + 'static> From<F> for Sink {
    fn from(write: F) -> Sink {
        Sink(Box::new(write))
    }
}

/// The host of interpreters that the builder makes.
pub(crate) struct Host {
    sink: RefCell<Option<Sink>>,
    #[cfg(feature = "files")]
    files: Option<Files>,
    #[cfg(feature = "std")]
    start: std::time::Instant,
}

impl Host {
    pub fn new(sink: Option<Sink>, #[cfg(feature = "files")] files: Option<Files>) -> Host {
        Host {
            sink: RefCell::new(sink),
            #[cfg(feature = "files")]
            files,
            #[cfg(feature = "std")]
            start: std::time::Instant::now(),
        }
    }
}

impl berus_runtime::host::Host for Host {
    fn write_stdout(&self, bytes: &[u8]) {
        // The sink is taken while it writes, so that one which comes back here finds none.
        if let Some(mut sink) = self.sink.take() {
            (sink.0)(bytes);
            self.sink.replace(Some(sink));
        }
    }

    #[cfg(feature = "files")]
    fn files(&self) -> Option<&dyn berus_runtime::host::Files> {
        self.files.as_ref().map(Files::host)
    }

    #[cfg(feature = "std")]
    fn monotonic(&self) -> Option<Duration> {
        Some(self.start.elapsed())
    }

    #[cfg(feature = "std")]
    fn wall_clock(&self) -> Option<Duration> {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()
    }

    #[cfg(feature = "std")]
    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}
