//! How long a console's transmitter waits for somebody to read.

use core::time::Duration;

/// How long whoever reads may take, before what is written is lost.
const MOST: Duration = Duration::from_millis(500);

/// Whether somebody reads, as far as the transmitter has seen.
#[derive(Default)]
pub struct Patience {
    /// When there was no room for a byte first, since there was room last.
    full_since: Option<Duration>,
}

impl Patience {
    /// Nobody has waited yet.
    pub const fn new() -> Patience {
        Patience { full_since: None }
    }

    /// There was room for a byte.
    pub fn renew(&mut self) {
        self.full_since = None;
    }

    /// Whether a byte that there is no room for at `now` is to be given up.
    pub fn is_over(&mut self, now: Duration) -> bool {
        now.saturating_sub(*self.full_since.get_or_insert(now)) > MOST
    }
}
