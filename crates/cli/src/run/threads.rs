//! Threads, by way of the standard library.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use berus_runtime::host::Monitor;

thread_local! {
    /// The number of this thread; 0 until somebody asks.
    static NUMBER: Cell<usize> = const { Cell::new(0) };
}

/// A number that no thread has had.
fn new_number() -> usize {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// The number of the thread that asks.
pub fn current() -> usize {
    NUMBER.with(|number| {
        if number.get() == 0 {
            number.set(new_number());
        }
        number.get()
    })
}

/// Starts a thread that calls `run`: its number.
pub fn spawn(stack_size: usize, run: Box<dyn FnOnce() + Send>) -> io::Result<usize> {
    let number = new_number();
    Builder::new().stack_size(stack_size).spawn(move || {
        NUMBER.set(number);
        run();
    })?;
    Ok(number)
}

/// A monitor.
#[derive(Default)]
pub struct StdMonitor {
    lock: Mutex<()>,
    changed: Condvar,
}

impl Monitor for StdMonitor {
    fn wait_until(&self, timeout: Option<Duration>, ready: &mut dyn FnMut() -> bool) -> bool {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while !ready() {
            guard = match end {
                None => self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner),
                Some(end) => {
                    let left = end.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    self.changed.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        true
    }

    fn update(&self, change: &mut dyn FnMut()) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        change();
        drop(guard);
        self.changed.notify_all();
    }
}
