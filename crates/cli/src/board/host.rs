//! The machine that programs of a board run on.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use berus_runtime::errno::{Errno, INTERRUPTED, INVALID};
use berus_runtime::host::{Board, Events, Files, Flash, Host, Polled, Reset};

use super::flash::{Partition, Rom};
use super::line::Line;
use crate::run::entropy;

/// What a board is made of.
pub struct Parts {
    pub line: Arc<Line>,
    pub flash: Partition,
    pub roms: Vec<Rom>,
    /// The folder of the machine that programs may use.
    pub files: Option<Box<dyn Files + Send + Sync>>,
}

/// The host of a board's interpreters. Its copies are the same host.
#[derive(Clone)]
pub struct BoardHost(Arc<Machine>);

/// The board.
pub struct Machine {
    parts: Parts,
    start: Instant,
    output: Mutex<Vec<u8>>,
    is_reset: AtomicBool,
    /// By how many microseconds the board's clock is ahead of the machine's.
    ahead: AtomicI64,
}

/// Output is written when there is so much of it.
const BUFFER: usize = 4096;

impl BoardHost {
    /// The host of a board with these parts.
    pub fn new(parts: Parts) -> BoardHost {
        BoardHost(Arc::new(Machine {
            parts,
            start: Instant::now(),
            output: Mutex::default(),
            is_reset: AtomicBool::new(false),
            ahead: AtomicI64::new(0),
        }))
    }

    /// Whether a program has asked for a reset.
    pub fn is_reset(&self) -> bool {
        self.0.is_reset.load(Ordering::Relaxed)
    }

    /// Whether a program has asked for a reset, which is done with that.
    pub fn take_reset(&self) -> bool {
        self.0.is_reset.swap(false, Ordering::Relaxed)
    }

    fn line(&self) -> &Line {
        &self.0.parts.line
    }

    fn output(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to the output, which is written at once if it has become much.
    fn add(&self, add: impl FnOnce(&mut Vec<u8>)) {
        let mut output = self.output();
        add(&mut output);
        let is_much = output.len() >= BUFFER;
        drop(output);
        if is_much {
            self.flush();
        }
    }
}

impl Host for BoardHost {
    fn write_stdout(&self, bytes: &[u8]) {
        self.add(|output| {
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                match line.strip_suffix(b"\n") {
                    Some(text) => output.extend(text.iter().chain(b"\r\n")),
                    None => output.extend_from_slice(line),
                }
            }
        });
    }

    fn write_stdout_bytes(&self, bytes: &[u8]) {
        self.add(|output| output.extend_from_slice(bytes));
    }

    fn flush(&self) {
        let output = std::mem::take(&mut *self.output());
        self.line().send(&output);
    }

    fn read_stdin(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let len = self.line().receive(buffer);
            if len > 0 {
                return Ok(len);
            }
            self.flush();
            if !self.line().wait(None, true) {
                return Err(INTERRUPTED);
            }
        }
    }

    fn monotonic(&self) -> Option<Duration> {
        Some(self.0.start.elapsed())
    }

    fn wall_clock(&self) -> Option<Duration> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        let ahead = self.0.ahead.load(Ordering::Relaxed);
        let difference = Duration::from_micros(ahead.unsigned_abs());
        Some(if ahead < 0 { now.saturating_sub(difference) } else { now + difference })
    }

    fn sleep(&self, time: Duration) {
        self.flush();
        self.line().wait(Some(time), false);
    }

    fn entropy(&self, buffer: &mut [u8]) -> bool {
        entropy(buffer)
    }

    fn interrupted(&self) -> bool {
        // Asked often, so that whoever is at the other end sees what was written in time.
        if !self.output().is_empty() {
            self.flush();
        }
        self.line().take_interrupt()
    }

    fn set_interrupt_byte(&self, byte: Option<u8>) {
        self.line().set_interrupt_byte(byte);
    }

    fn files(&self) -> Option<&dyn Files> {
        self.0.parts.files.as_deref().map(|files| files as &dyn Files)
    }

    fn poll(&self, files: &mut [Polled], timeout: Duration) -> Result<usize, Errno> {
        self.flush();
        // The console can be written to at any time, and so can files.
        let waits = files.iter().all(|polled| polled.file == 0 && polled.wanted.contains(Events::READ));
        let has_input = self.line().wait(Some(if waits { timeout } else { Duration::ZERO }), !files.is_empty());
        for polled in &mut *files {
            polled.ready = match polled.file {
                0 if has_input => polled.wanted & Events::READ,
                0 => Events::empty(),
                _ => polled.wanted & (Events::READ | Events::WRITE),
            };
        }
        Ok(files.iter().filter(|polled| !polled.ready.is_empty()).count())
    }

    fn board(&self) -> Option<&dyn Board> {
        Some(&*self.0)
    }
}

impl Board for Machine {
    fn reset(&self, _: Reset) {
        self.is_reset.store(true, Ordering::Relaxed);
    }

    fn set_wall_clock(&self, since_1970: Duration) -> Result<(), Errno> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| INVALID)?;
        let ahead = since_1970.as_micros() as i128 - now.as_micros() as i128;
        self.ahead.store(i64::try_from(ahead).map_err(|_| INVALID)?, Ordering::Relaxed);
        Ok(())
    }

    fn flash(&self) -> Option<&dyn Flash> {
        Some(&self.parts.flash)
    }

    fn rom(&self, number: usize) -> Option<&dyn Flash> {
        self.parts.roms.get(number).map(|rom| rom as &dyn Flash)
    }
}
