//! What a board's own crate tells of its processor.

use core::time::Duration;

use berus_runtime::host::{Hardware, Identity};

/// A processor with a console, a timer and a way to start anew. The one of a board is known for as long as the board runs.
pub trait Chip: Sync {
    /// What the board is called.
    fn identity(&self) -> &'static Identity;

    /// What programs reach of the hardware.
    fn hardware(&self) -> Option<&dyn Hardware> {
        None
    }

    /// Time since the start of 1970, if the board has a clock that goes on without power.
    fn wall_clock(&self) -> Option<Duration> {
        None
    }

    /// Time since the board was started.
    fn now(&self) -> Duration;

    /// Stops the processor until something interrupts it, which may be at once, or it is `until`. Interrupts are held off
    /// when this is called: one that waits already ends it.
    fn doze(&self, until: Option<Duration>);

    /// Gives the console's transmitter a byte: `false` if it takes none now.
    fn transmit(&self, byte: u8) -> bool;

    /// Has what the transmitter was given be sent, if that gathers bytes.
    fn flush(&self) {}

    /// The byte that the console's receiver holds, which it then holds no more.
    fn receive(&self) -> Option<u8>;

    /// Has the console's receiver interrupt when it holds a byte, or not.
    fn listen(&self, is_wanted: bool);

    /// Fills `buffer` with entropy; `false` if there is none.
    fn entropy(&self, buffer: &mut [u8]) -> bool {
        let _ = buffer;
        false
    }

    /// Starts the board anew, as its button does.
    fn reset(&self) -> !;

    /// Starts what takes another firmware, or the board anew if there is no such thing.
    fn bootloader(&self) -> ! {
        self.reset()
    }
}
