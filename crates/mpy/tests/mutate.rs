//! Files that are broken in any way are refused, or accepted, but never with a panic, for long, or with much memory.
//!
//! `PROPTEST_CASES` says how many broken files are tried.

mod support {
    #[allow(dead_code)] // other tests use more
    pub mod fixtures;
}

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use berus_mpy::module::Module;
use berus_mpy::verify::verify;
use berus_mpy::vuint;
use berus_testkit::allocator::{Allocator, peak_during};
use berus_testkit::damage::{any_damages, cases, damaged};
use proptest::prelude::*;
use support::fixtures::FIXTURES;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| FIXTURES.iter().map(|fixture| fixture.bytes()).collect());

/// Bytes of memory for a byte of a file: the most are needed by tables of tiny entries.
const BYTES_PER_BYTE: usize = 400;
/// And for any file.
const BYTES_AT_LEAST: usize = 4096;
/// A debug build on a busy machine takes some milliseconds.
const TIME: Duration = Duration::from_secs(5);

/// Reads and verifies a file. Whether it is valid, the result says.
fn survive(bytes: &[u8]) -> bool {
    let start = Instant::now();
    let (is_valid, peak) = peak_during(|| match Module::from_bytes(bytes) {
        Ok((module, _)) => verify(&module).map_err(|error| error.to_string()).is_ok(),
        Err(error) => {
            assert!(error.offset <= bytes.len());
            false
        }
    });
    let limit = bytes.len() * BYTES_PER_BYTE + BYTES_AT_LEAST;
    assert!(peak <= limit, "{peak} bytes of memory for a file of {}", bytes.len());
    assert!(start.elapsed() < TIME);
    is_valid
}

#[test]
fn whole_files() {
    for file in FILES.iter() {
        assert!(survive(file));
    }
}

#[test]
fn cut_off_at_every_length() {
    for file in FILES.iter() {
        for len in 0..file.len() {
            survive(&file[..len]);
        }
    }
}

#[test]
fn each_bit_of_small_files_flipped() {
    for file in FILES.iter().filter(|file| file.len() < 900) {
        let mut file = file.clone();
        for bit in 0..file.len() * 8 {
            file[bit / 8] ^= 1 << (bit % 8);
            survive(&file);
            file[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn tables_of_tiny_entries() {
    const N: u32 = 20_000;
    let file = |n_names: u32, n_constants: u32, rest: &[u8]| {
        let mut file = b"M\x06\x03\x1f".to_vec();
        vuint::write(&mut file, n_names);
        vuint::write(&mut file, n_constants);
        file.extend(rest);
        file
    };
    let children = |n: u32, each: &[u8]| {
        let mut code = vec![4];
        vuint::write(&mut code, n);
        (0..n).for_each(|_| code.extend(each));
        code
    };
    let (empty_name, static_name, none) = (&[0, 0], &[3], &[1]);
    survive(&file(N, 0, &empty_name.repeat(N as usize)));
    survive(&file(N, 0, &static_name.repeat(N as usize)));
    survive(&file(0, N, &none.repeat(N as usize)));
    survive(&file(0, 1, &[&[10, 0x81, 0x9c, 0x20][..], &none.repeat(N as usize)].concat()));
    // Codes beside each other, and in each other.
    survive(&file(0, 0, &children(N, &[0])));
    survive(&file(0, 0, &[4, 1].repeat(N as usize)));
    survive(&file(0, 0, &[&[4, 1].repeat(N as usize)[..], &[0]].concat()));
    // Tuples in each other.
    survive(&file(0, 1, &[10, 1].repeat(N as usize)));
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn broken_files(which in any::<usize>(), damages in any_damages()) {
        survive(&damaged(&FILES[which % FILES.len()], &damages, &FILES));
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        survive(&[&b"M\x06\x0b\x1f"[..], &bytes].concat());
    }
}
