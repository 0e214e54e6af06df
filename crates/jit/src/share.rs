//! The share of a program's time that goes to making regions.

use core::cell::Cell;
use core::time::Duration;

/// What part of the time since the first region may go to making regions, and how much of it at first.
const PART: u32 = 8;
const AT_FIRST: Duration = Duration::from_micros(500);

/// How often there is no time again, without a look at the clock, when there was none.
const WAITS: u32 = 32;

/// How much time has been taken, by a clock that shows the time since some moment.
#[derive(Default)]
pub struct Share {
    /// When the first region was begun.
    begun: Cell<Option<Duration>>,
    /// How long it has taken to make all.
    spent: Cell<Duration>,
    waits: Cell<u32>,
}

impl Share {
    /// Counts that a region was made from `begun` to `ended`.
    pub fn count(&self, begun: Duration, ended: Duration) {
        self.begun.set(self.begun.get().or(Some(begun)));
        self.spent.set(self.spent.get() + ended.saturating_sub(begun));
    }

    /// Whether a region may be made, at the time that `now` answers; without a clock always.
    pub fn has_time(&self, now: impl FnOnce() -> Option<Duration>) -> bool {
        if let Some(left) = self.waits.get().checked_sub(1) {
            self.waits.set(left);
            return false;
        }
        let (Some(begun), Some(now)) = (self.begun.get(), now()) else { return true };
        let has_time = self.spent.get() <= AT_FIRST + now.saturating_sub(begun) / PART;
        self.waits.set(if has_time { 0 } else { WAITS });
        has_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long is spent on regions, each of which takes `each`, in ten seconds in which a region is wanted every `pause`.
    fn spent(each: Duration, pause: Duration) -> Duration {
        let (share, mut now) = (Share::default(), Duration::from_secs(1));
        let end = now + Duration::from_secs(10);
        while now < end {
            if share.has_time(|| Some(now)) {
                share.count(now, now + each);
                now += each;
            }
            now += pause;
        }
        share.spent.get()
    }

    #[test]
    fn regions_take_a_share_of_the_time_and_no_more() {
        let most = AT_FIRST + Duration::from_secs(10) / PART;
        for (each, pause) in [(20, 1), (50, 3), (300, 20), (5000, 100)] {
            let (each, pause) = (Duration::from_micros(each), Duration::from_micros(pause));
            let spent = spent(each, pause);
            assert!(spent <= most + 2 * each, "{spent:?} for regions of {each:?}");
            assert!(spent >= most * 9 / 10, "{spent:?} for regions of {each:?}");
        }
        // Who wants little gets all of it.
        let (each, pause) = (Duration::from_micros(10), Duration::from_millis(1));
        assert!(spent(each, pause) >= Duration::from_millis(95));
    }

    #[test]
    fn without_a_clock_there_is_no_limit() {
        let share = Share::default();
        assert!((0..100).all(|_| share.has_time(|| None)));
    }

    #[test]
    fn the_clock_is_not_looked_at_while_there_is_no_time() {
        let (share, begun) = (Share::default(), Duration::ZERO);
        share.count(begun, Duration::from_secs(1));
        let looks = Cell::new(0);
        let look = || {
            looks.set(looks.get() + 1);
            Some(Duration::from_secs(1))
        };
        assert!((0..100).all(|_| !share.has_time(look)));
        assert_eq!(looks.get(), 4);
    }
}
