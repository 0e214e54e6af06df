//! Random programs do in Berus what they do in MicroPython and CPython.
//!
//! `BERUS_FUZZ` says how many programs to try, `BERUS_FUZZ_SEED` the number of the first. The programs that make a difference are printed.

mod calls;
mod flow;
mod judge;
mod loops;
mod random;
mod runner;
mod viper;

use std::env;
use std::fmt::Write;
use std::process::Command;

use berus_testkit::peer;
use flow::Code;
use judge::difference;
use random::Random;
use runner::Runner;

/// Programs that a process runs one after the other.
const BATCH: u64 = 200;

/// What each program begins with.
const NAMES: &str = "from prelude import failed, log, micropython, show, tick\n";

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A program.
struct Program {
    number: u64,
    source: String,
    /// Whether functions of it are machine code.
    is_machine_code: bool,
}

impl Program {
    fn new(number: u64) -> Program {
        let mut random = Random::new(number);
        let source = match number % 8 {
            0 | 4 => flow::case(&mut random, Code::Bytecode),
            1 | 5 => flow::case(&mut random, Code::Native),
            7 => viper::case(&mut random),
            _ => calls::case(&mut random),
        };
        Program { number, source: format!("{NAMES}{source}"), is_machine_code: matches!(number % 8, 1 | 5 | 7) }
    }

    /// A program for machine code: mostly one of loops.
    fn of_loops(number: u64) -> Program {
        if number.is_multiple_of(4) {
            return Program { number, ..Program::new(number / 4) };
        }
        let source = format!("{NAMES}{}", loops::case(&mut Random::new(number)));
        Program { number, source, is_machine_code: false }
    }
}

#[test]
fn random_programs_do_the_same() {
    let (Some(micropython), Some(mpy_cross)) = (peer("micropython"), peer("mpy-cross")) else { return };
    let runners = [
        Runner::new(env!("CARGO_BIN_EXE_berus").into(), &[]),
        Runner::new(micropython, &["-X", "heapsize=64M"]).with_compiler(mpy_cross),
        Runner::new("python3".into(), &["-BES", "-W", "ignore"]),
    ];
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(env::var_os("BERUS_REQUIRE_PEERS").is_none_or(|value| value != "1"), "python3 is not there");
        return;
    }
    let first = number("BERUS_FUZZ_SEED", 1);
    let last = first + number("BERUS_FUZZ", 400);
    let mut report = String::new();
    let (mut found, mut own_ways) = (0, 0);
    for start in (first..last).step_by(BATCH as usize) {
        let programs: Vec<_> = (start..last.min(start + BATCH)).map(Program::new).collect();
        let shown = runners.each_ref().map(|runner| runner.run(&programs));
        for Program { number, source, .. } in &programs {
            let shown = shown.each_ref().map(|shown| shown.get(number));
            own_ways += u64::from(shown[0] != shown[1]);
            if let Some(what) = difference(shown[0], shown[1], shown[2]) {
                found += 1;
                let [berus, micropython, cpython] = shown.map(|shown| shown.map_or("(it ends)", |text| text.as_str()));
                let _ = writeln!(
                    report,
                    "program {number} {what}\n  Berus       {berus}\n  MicroPython {micropython}\n  CPython     {cpython}"
                );
                let _ = writeln!(report, "{source}");
            }
        }
    }
    println!("{} programs, {own_ways} not as in MicroPython, {found} differences", last - first);
    assert!(found == 0, "{found} differences\n{report}");
}

/// Programs do in machine code, which is made before anything runs twice, what they do in the interpreter.
#[test]
fn machine_code_does_the_same() {
    let runners = [&["-X", "jit=off"], &["-X", "jit=eager"]].map(|options| {
        let berus = env!("CARGO_BIN_EXE_berus").into();
        Runner::new(berus, options)
    });
    let first = number("BERUS_FUZZ_SEED", 1);
    let last = first + number("BERUS_FUZZ", 400);
    let mut report = String::new();
    let mut found = 0;
    for start in (first..last).step_by(BATCH as usize) {
        let programs: Vec<_> = (start..last.min(start + BATCH)).map(Program::of_loops).collect();
        let [interpreted, translated] = runners.each_ref().map(|runner| runner.run(&programs));
        for Program { number, source, .. } in &programs {
            let (plain, machine) = (interpreted.get(number), translated.get(number));
            if plain != machine {
                found += 1;
                let _ =
                    writeln!(report, "program {number}\n  interpreted {plain:?}\n  translated  {machine:?}\n{source}");
            }
        }
    }
    assert!(found == 0, "{found} differences of {}\n{report}", last - first);
}
