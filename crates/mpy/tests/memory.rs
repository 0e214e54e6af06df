//! Reading and verifying take no more memory than is granted, end in an error where there is none, and ask whether to
//! go on.

mod support {
    #[allow(dead_code)] // other tests use more
    pub mod fixtures;
}

use std::cell::Cell;

use berus_mpy::error::ErrorKind;
use berus_mpy::memory::{Allowance, Grantor, Quota, Stop};
use berus_mpy::module::Module;
use berus_mpy::verify::{Facts, Reason, verify_within};
use berus_testkit::allocator::{Allocator, failing_at, peak_during};
use support::fixtures::FIXTURES;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// What comes of a file that is valid, or why that is not known.
fn facts(file: &[u8], quota: &Quota<'_>) -> Result<Vec<Option<Facts>>, Stop> {
    let (module, _) = Module::from_bytes_within(file, quota).map_err(|error| match error.kind {
        ErrorKind::Stopped(stop) => stop,
        _ => panic!("{error}"),
    })?;
    verify_within(&module, quota).map_err(|error| match error.reason {
        Reason::Stopped(stop) => stop,
        _ => panic!("{error}"),
    })
}

#[test]
fn an_allocation_that_fails_ends_in_an_error() {
    for fixture in FIXTURES {
        let file = fixture.bytes();
        let whole = facts(&file, &Quota::default());
        assert!(whole.is_ok());
        let mut n = 0;
        while let (result, true) = failing_at(n, || facts(&file, &Quota::default())) {
            assert!(result == Err(Stop::OutOfMemory) || result == whole, "{n} allocations");
            n += 1 + n / 50;
        }
        assert!(n > 5);
    }
}

#[test]
fn what_is_wrong_is_told_without_memory() {
    // A jump into the middle of an instruction, of which a box would tell.
    let file = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x30\x00\x02\x01\x42\x40\x51\x63";
    let (module, _) = Module::from_bytes(file).unwrap();
    let refused = |quota: &Quota<'_>| verify_within(&module, quota).unwrap_err().reason;
    let whole = refused(&Quota::default());
    let mut n = 0;
    while let (reason, true) = failing_at(n, || refused(&Quota::default())) {
        assert!(reason == Reason::Stopped(Stop::OutOfMemory) || reason == whole, "{n} allocations");
        n += 1;
    }
    assert!(n > 5);
}

#[test]
fn what_is_taken_is_granted() {
    for fixture in FIXTURES {
        let file = fixture.bytes();
        let mut limit = 64;
        loop {
            let allowance = Allowance::new(limit);
            let (result, peak) = peak_during(|| facts(&file, &Quota::new(&allowance)));
            assert_eq!(allowance.left(), limit);
            assert!(peak <= limit + 512, "{peak} bytes within {limit}");
            if result.is_ok() {
                break;
            }
            assert_eq!(result, Err(Stop::OutOfMemory));
            limit += 1 + limit / 3;
        }
    }
}

/// Goes on so many times when it is asked.
struct Patience(Cell<u32>);

impl Grantor for Patience {
    fn goes_on(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }
}

#[test]
fn work_can_be_ended_at_any_time() {
    let mut asked = 0;
    for fixture in FIXTURES {
        let file = fixture.bytes();
        let whole = facts(&file, &Quota::default());
        for n in 0.. {
            match facts(&file, &Quota::new(&Patience(Cell::new(n)))) {
                Err(stop) => assert_eq!(stop, Stop::Interrupted),
                result => {
                    assert!(result == whole);
                    asked += n;
                    break;
                }
            }
        }
    }
    assert!(asked > 0);
}

#[test]
fn writing_allocates_once_for_the_file_and_once_for_what_is_open() {
    for fixture in FIXTURES {
        let file = fixture.bytes();
        let (module, len) = Module::from_bytes(&file).unwrap();
        let written = || module.to_bytes_within(&Quota::default());
        assert_eq!(failing_at(2, written), (Ok(file[..len].to_vec()), false));
        for n in 0..2 {
            assert_eq!(failing_at(n, written), (Err(Stop::OutOfMemory), true));
        }
    }
}
