//! Each target runs on its good inputs, on every part of them from the start, and on damaged ones.
//!
//! `PROPTEST_CASES` says how many damaged ones are tried for each.

use std::process::ExitCode;

use berus_fuzz_targets::{TARGETS, Target};
use berus_testkit::damage::{any_damages, cases, damaged};
use libtest_mimic::{Arguments, Failed, Trial};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Damaged inputs for a target; a debug build takes a millisecond or more for one.
const CASES: u32 = 100;
/// Lengths that an input is cut off at.
const CUTS: usize = 50;

fn main() -> ExitCode {
    let trials = TARGETS.iter().map(|target| Trial::test(target.name, || check(target)));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn check(target: &'static Target) -> Result<(), Failed> {
    let seeds = (target.seeds)();
    for seed in &seeds {
        (target.run)(seed);
        for cut in 0..CUTS.min(seed.len()) {
            (target.run)(&seed[..cut * seed.len() / CUTS.min(seed.len())]);
        }
    }
    let mut runner = TestRunner::new(cases(CASES));
    let inputs = (any::<prop::sample::Index>(), any_damages());
    let tried = runner.run(&inputs, |(which, damages)| {
        (target.run)(&damaged(&seeds[which.index(seeds.len())], &damages, &seeds));
        Ok(())
    });
    Ok(tried.map_err(|error| error.to_string())?)
}
