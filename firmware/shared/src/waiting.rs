//! Bytes that a serial line has received, and a program has not read yet: the line itself has room for few.

use core::cell::RefCell;

use critical_section::Mutex;
use heapless::Deque;

/// Bytes that wait at most. More are lost.
const MOST: usize = 256;

/// The bytes that wait.
pub struct Waiting(Mutex<RefCell<Deque<u8, MOST>>>);

impl Waiting {
    /// No bytes.
    pub const fn new() -> Waiting {
        Waiting(Mutex::new(RefCell::new(Deque::new())))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Deque<u8, MOST>) -> T) -> T {
        critical_section::with(|section| act(&mut self.0.borrow_ref_mut(section)))
    }

    /// Takes all that `receive` yields, with interrupts held off.
    pub fn fill(&self, mut receive: impl FnMut() -> Option<u8>) {
        self.with(|bytes| {
            while let Some(byte) = receive() {
                // One that there is no room for is lost.
                let _ = bytes.push_back(byte);
            }
        });
    }

    /// Moves bytes into `buffer`: how many.
    pub fn take(&self, buffer: &mut [u8]) -> usize {
        self.with(|bytes| {
            let len = buffer.len().min(bytes.len());
            for place in &mut buffer[..len] {
                *place = bytes.pop_front().unwrap_or_default();
            }
            len
        })
    }

    /// How many bytes wait.
    pub fn len(&self) -> usize {
        self.with(|bytes| bytes.len())
    }

    /// Whether no byte waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Default for Waiting {
    fn default() -> Waiting {
        Waiting::new()
    }
}
