//! The share of a program's work that goes to making regions. What counts is work done, not time by a clock: so a program
//! is translated alike whenever it runs, however busy the machine is.

use core::cell::Cell;

/// How many calls and backward jumps pay for an instruction that is translated. Translating one takes about four thousand
/// machine instructions, for which the interpreter gets through some twenty calls and jumps: making regions takes five eighths
/// of the program's own time at most.
const PASSED: u64 = 32;
/// How many instructions may be translated at first.
const FREE: u64 = 1000;
/// What a region costs besides its instructions, in instructions: memory that can be executed, and links.
const REGION: u64 = 20;

/// How many instructions have been translated.
#[derive(Default)]
pub struct Share {
    spent: Cell<u64>,
}

impl Share {
    /// Counts that a region of `instructions` was made.
    pub fn count(&self, instructions: usize) {
        self.spent.set(self.spent.get() + REGION + instructions as u64);
    }

    /// Whether a region may be made, after `passed` calls and backward jumps.
    pub fn has_room(&self, passed: u64) -> bool {
        self.spent.get() <= FREE + passed / PASSED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many instructions count in a program of `end` calls and jumps that wants a region of `each` every `pause`.
    fn spent(each: usize, pause: usize, end: u64) -> u64 {
        let share = Share::default();
        for passed in (0..end).step_by(pause) {
            if share.has_room(passed) {
                share.count(each);
            }
        }
        share.spent.get()
    }

    #[test]
    fn regions_take_a_share_of_the_work_and_no_more() {
        let end = 1 << 20;
        let most = FREE + end / PASSED;
        for (each, pause) in [(5, 10), (200, 300), (60, 1)] {
            let spent = spent(each, pause, end);
            let region = REGION + each as u64;
            assert!(spent <= most + region, "{spent} for regions of {each}");
            assert!(spent >= most - region, "{spent} for regions of {each}");
        }
    }

    #[test]
    fn who_wants_little_gets_all() {
        assert_eq!(spent(10, 1 << 16, 1 << 20), 16 * (REGION + 10));
    }

    #[test]
    fn regions_that_cannot_be_made_count() {
        let share = Share::default();
        let tries = (0..1000).filter(|_| share.has_room(0)).inspect(|_| share.count(0)).count();
        assert_eq!(tries as u64, FREE / REGION + 1);
    }
}
