//! A board's console: bytes that wait to be read, and the byte that interrupts.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::wire::{Read, Wire};

/// Bytes that wait at most. If no byte interrupts, more are not taken off the wire; else they are lost, as on a serial
/// line, so that the one that interrupts is seen.
const MOST: usize = 1 << 20;
/// Bytes that are read at once.
const CHUNK: usize = 4096;
/// What no byte is.
const NONE: u16 = 256;
/// How long somebody who reads nothing is waited for. From then on, until something is read, output is lost.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a write waits before it looks whether it was interrupted.
const NAP: Duration = Duration::from_millis(20);

/// The console.
pub struct Line {
    wire: Wire,
    input: Mutex<VecDeque<u8>>,
    /// Something has come, or been taken.
    changed: Condvar,
    interrupt_byte: AtomicU16,
    is_interrupted: AtomicBool,
    /// Whether nobody reads what is written.
    is_stuck: AtomicBool,
}

impl Line {
    /// On a new pseudo-terminal.
    pub fn pseudo_terminal() -> io::Result<Line> {
        Wire::pseudo_terminal().map(Line::new)
    }

    /// Over TCP.
    pub fn listen(address: &str) -> io::Result<Line> {
        Wire::listen(address).map(Line::new)
    }

    fn new(wire: Wire) -> Line {
        Line {
            wire,
            input: Mutex::default(),
            changed: Condvar::new(),
            interrupt_byte: AtomicU16::new(NONE),
            is_interrupted: AtomicBool::new(false),
            is_stuck: AtomicBool::new(false),
        }
    }

    /// Where to connect to.
    pub fn address(&self) -> String {
        self.wire.address()
    }

    /// Takes what comes, for ever.
    pub fn read(&self) {
        let mut chunk = [0; CHUNK];
        loop {
            if let Read::Bytes(len) = self.wire.read(&mut chunk) {
                chunk[..len].iter().for_each(|byte| self.take(*byte));
            }
        }
    }

    fn input(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.input.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, byte: u8) {
        let mut input = self.input();
        loop {
            // Changes only while the input is locked.
            if self.interrupt_byte.load(Ordering::Relaxed) == u16::from(byte) {
                self.is_interrupted.store(true, Ordering::Relaxed);
                break;
            }
            if input.len() < MOST {
                input.push_back(byte);
                break;
            }
            if self.interrupt_byte.load(Ordering::Relaxed) != NONE {
                break;
            }
            input = self.changed.wait(input).unwrap_or_else(PoisonError::into_inner);
        }
        self.changed.notify_all();
    }

    /// Waits for input or an interrupt, up to `time` if that is limited: whether there is input.
    pub fn wait(&self, time: Option<Duration>, for_input: bool) -> bool {
        let end = time.and_then(|time| Instant::now().checked_add(time));
        let mut input = self.input();
        loop {
            if for_input && !input.is_empty() || self.is_interrupted.load(Ordering::Relaxed) {
                return !input.is_empty();
            }
            input = match end {
                None => self.changed.wait(input).unwrap_or_else(PoisonError::into_inner),
                Some(end) => {
                    let left = end.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return !input.is_empty();
                    }
                    self.changed.wait_timeout(input, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Takes bytes that have come: how many.
    pub fn receive(&self, buffer: &mut [u8]) -> usize {
        let mut input = self.input();
        let len = buffer.len().min(input.len());
        for (byte, taken) in buffer.iter_mut().zip(input.drain(..len)) {
            *byte = taken;
        }
        self.changed.notify_all();
        len
    }

    /// Has `byte` interrupt from now on, or none.
    pub fn set_interrupt_byte(&self, byte: Option<u8>) {
        let _input = self.input();
        self.interrupt_byte.store(byte.map_or(NONE, u16::from), Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// Whether there was an interrupt since this was asked last.
    pub fn take_interrupt(&self) -> bool {
        self.is_interrupted.load(Ordering::Relaxed) && self.is_interrupted.swap(false, Ordering::Relaxed)
    }

    /// Writes bytes to whoever is there. Who does not read loses them, as does who interrupts meanwhile.
    pub fn send(&self, mut bytes: &[u8]) {
        let end = Instant::now() + PATIENCE;
        while !bytes.is_empty() {
            let nap = if self.is_stuck.load(Ordering::Relaxed) { Duration::ZERO } else { NAP };
            let taken = self.wire.write(bytes, nap);
            bytes = &bytes[taken..];
            if taken > 0 {
                self.is_stuck.store(false, Ordering::Relaxed);
            } else if self.is_stuck.load(Ordering::Relaxed) || Instant::now() >= end {
                self.is_stuck.store(true, Ordering::Relaxed);
                return;
            } else if self.is_interrupted.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}
