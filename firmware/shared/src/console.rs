//! The board's console: bytes that wait to be read, and the byte that interrupts.

use core::cell::RefCell;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

use critical_section::Mutex;

use crate::chip::Chip;

/// Bytes that wait at most. If no byte interrupts, more are left on the wire; else they are lost, so that the one that
/// interrupts is seen.
const MOST: usize = 1024;

/// A window of raw paste, of which two fit where bytes wait.
pub const WINDOW: u16 = MOST as u16 / 2;

/// The one console.
static CONSOLE: Mutex<RefCell<Input>> = Mutex::new(RefCell::new(Input::EMPTY));

/// Whether the byte that interrupts has come, which is looked at often.
static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// What has come.
struct Input {
    bytes: [u8; MOST],
    first: usize,
    len: usize,
    interrupt_byte: Option<u8>,
}

impl Input {
    const EMPTY: Input = Input { bytes: [0; MOST], first: 0, len: 0, interrupt_byte: None };

    /// Takes what the receiver holds, as long as there is room for it.
    fn fill(&mut self, chip: &dyn Chip) {
        while self.len < MOST || self.interrupt_byte.is_some() {
            match chip.receive() {
                None => return chip.listen(true),
                byte if byte == self.interrupt_byte => IS_INTERRUPTED.store(true, Ordering::Relaxed),
                Some(byte) if self.len < MOST => {
                    self.bytes[(self.first + self.len) % MOST] = byte;
                    self.len += 1;
                }
                Some(_) => {}
            }
        }
        chip.listen(false);
    }

    /// Moves bytes into `buffer`: how many.
    fn take(&mut self, buffer: &mut [u8]) -> usize {
        let len = self.len.min(buffer.len());
        for place in &mut buffer[..len] {
            *place = self.bytes[self.first];
            self.first = (self.first + 1) % MOST;
        }
        self.len -= len;
        len
    }
}

fn with<T>(act: impl FnOnce(&mut Input) -> T) -> T {
    critical_section::with(|section| act(&mut CONSOLE.borrow_ref_mut(section)))
}

/// Takes what has come. A board's crate calls this when the receiver interrupts.
pub fn received(chip: &dyn Chip) {
    with(|input| input.fill(chip));
}

/// Takes bytes that have come: how many.
pub fn read(chip: &dyn Chip, buffer: &mut [u8]) -> usize {
    with(|input| {
        let len = input.take(buffer);
        if len > 0 {
            input.fill(chip);
        }
        len
    })
}

/// Lets other threads run: how long the processor may doze then, which is as long as it likes without others.
#[cfg(feature = "threads")]
fn others() -> Option<Duration> {
    crate::threads::pause()
}

#[cfg(not(feature = "threads"))]
fn others() -> Option<Duration> {
    None
}

/// Waits for input or an interrupt, up to `end` if that is given: whether there is input.
pub fn wait(chip: &dyn Chip, end: Option<Duration>, for_input: bool) -> bool {
    loop {
        let nap = others();
        let now = chip.now();
        let is_over = end.is_some_and(|end| now >= end);
        let end = nap.map(|nap| now.saturating_add(nap)).into_iter().chain(end).min();
        let ended = with(|input| {
            let has_input = input.len > 0;
            if is_over || has_input && for_input || IS_INTERRUPTED.load(Ordering::Relaxed) {
                return Some(has_input);
            }
            if nap != Some(Duration::ZERO) {
                chip.doze(end);
            }
            None
        });
        // What has interrupted is done now.
        if let Some(has_input) = ended {
            return has_input;
        }
    }
}

/// Has `byte` interrupt from now on, or none.
pub fn set_interrupt_byte(chip: &dyn Chip, byte: Option<u8>) {
    with(|input| {
        input.interrupt_byte = byte;
        input.fill(chip);
    });
}

/// Whether there was an interrupt since this was asked last.
pub fn take_interrupt() -> bool {
    let was_interrupted = IS_INTERRUPTED.load(Ordering::Relaxed);
    if was_interrupted {
        IS_INTERRUPTED.store(false, Ordering::Relaxed);
    }
    was_interrupted
}

/// Writes all of `bytes`, unless whoever reads them interrupts meanwhile.
pub fn write(chip: &dyn Chip, bytes: &[u8]) {
    gather(chip, bytes);
    chip.flush();
}

/// Gives the transmitter all of `bytes`, unless whoever reads them interrupts meanwhile.
fn gather(chip: &dyn Chip, bytes: &[u8]) {
    for byte in bytes {
        while !chip.transmit(*byte) {
            if IS_INTERRUPTED.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}

/// Writes lines of text, which end with `\r\n` on a terminal.
pub fn write_text(chip: &dyn Chip, text: &[u8]) {
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                gather(chip, line);
                gather(chip, b"\r\n");
            }
            None => gather(chip, line),
        }
    }
    chip.flush();
}
