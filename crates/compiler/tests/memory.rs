//! Compiling takes no more memory than is granted, ends in an error where there is none, and asks whether to go on.

use std::cell::Cell;
use std::fs;

use berus_compiler::memory::{Allowance, Grantor, Quota};
use berus_compiler::{CompileError, Emitter, ErrorKind, Options, compile, compile_within};
use berus_mpy::arch::Arch;
use berus_testkit::allocator::{Allocator, failing_at, peak_during};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// The names of programs, their texts, and how to compile them.
fn programs() -> Vec<(String, Vec<u8>, Options<'static>)> {
    let folder = berus_testkit::workspace().join("crates/compiler/tests/programs");
    let machine_code = || Options { arch: Some(Arch::X64), ..Options::default() };
    let mut all = Vec::new();
    for (folder, options) in [(folder.clone(), Options::default()), (folder.join("machine_code"), machine_code())] {
        for path in berus_testkit::python_files(&folder) {
            all.push((path.display().to_string(), fs::read(&path).unwrap(), options.clone()));
        }
    }
    for errors in [include_str!("errors.txt"), include_str!("machine_code_errors.txt")] {
        for program in errors.split("####\n") {
            all.push((program.to_owned(), program.into(), machine_code()));
        }
    }
    all.retain(|(_, source, _)| !has_long_numbers(source));
    assert!(all.len() > 50);
    all
}

/// Whether there may be numbers of more than two words, whose memory is in the hands of another crate.
fn has_long_numbers(source: &[u8]) -> bool {
    let has_long_digits =
        source.split(|byte| !byte.is_ascii_alphanumeric()).any(|word| word.len() > 30 && word[0].is_ascii_digit());
    has_long_digits || source.windows(2).any(|pair| [b"<<", b"**"].contains(&pair.try_into().unwrap()))
}

fn bytes(source: &[u8], options: &Options<'_>, quota: &Quota<'_>) -> Result<Vec<u8>, CompileError> {
    compile_within(source, options, quota).map(|module| module.to_bytes())
}

#[test]
fn an_allocation_that_fails_ends_in_an_error() {
    // Which of the allocations fail: all, if it is asked for, else about so many in a program.
    let about = if std::env::var_os("BERUS_ALL_FAILURES").is_some() { u64::MAX } else { 60 };
    for (name, source, options) in programs() {
        let options = Options { arch: None, ..options };
        let whole = compile(&source, &options);
        let compile = || compile_within(&source, &options, &Quota::default());
        let mut n = 0;
        while let (result, true) = failing_at(n, compile) {
            match result {
                Err(error) if error.kind == ErrorKind::Memory => {}
                other => assert!(other == whole, "{name}: {n} allocations"),
            }
            n += 1 + n / (about / 8).max(1);
        }
        assert!(n > 0);
    }
}

#[test]
fn what_is_taken_is_granted() {
    for (name, source, options) in programs() {
        let whole = compile(&source, &options).map(|module| module.to_bytes());
        let mut limit = 1 << 10;
        loop {
            let allowance = Allowance::new(limit);
            let (result, peak) = peak_during(|| compile_within(&source, &options, &Quota::new(&allowance)));
            assert_eq!(allowance.left(), limit, "{name}");
            assert!(peak <= limit + 2048, "{name}: {peak} bytes within {limit}");
            match result.map(|module| module.to_bytes()) {
                Err(error) if error.kind == ErrorKind::Memory => limit += limit / 3,
                result => {
                    assert!(result == whole, "{name}");
                    break;
                }
            }
        }
    }
}

/// Sources that take much memory or work for their size, of about `n` parts.
fn hostile(n: usize) -> Vec<Vec<u8>> {
    let all = |part: fn(usize) -> String| (0..n).map(part).collect::<String>();
    vec![
        "(".repeat(n).into(),
        format!("x={}", "(".repeat(n)).into(),
        "[".repeat(n).into(),
        "-".repeat(n).into(),
        "lambda:".repeat(n).into(),
        format!("{}0", "lambda:".repeat(n)).into(),
        format!("{}x{}", "f(".repeat(n), ")".repeat(n)).into(),
        format!("x = {}1{}", "(".repeat(n), ",)".repeat(n)).into(),
        format!("x = [{}]", "1,".repeat(n)).into(),
        format!("x = ({})", "1.5,".repeat(n)).into(),
        format!("f({})", "x,".repeat(n)).into(),
        format!("'{}'", "x".repeat(n)).into(),
        format!("x = b'{}'", "x".repeat(n)).into(),
        "'x' ".repeat(n).into(),
        format!("f'{}'", "{x}".repeat(n)).into(),
        format!("t'{}'", "{x}".repeat(n)).into(),
        format!("f'{{{}}}'", "(".repeat(n)).into(),
        "x\n".repeat(n).into(),
        ";".repeat(n).into(),
        "pass;".repeat(n).into(),
        format!("{}\n", "#".repeat(n)).into(),
        "\n".repeat(n).into(),
        all(|i| format!("name{i}\n")).into(),
        all(|i| format!("'string number {i}'; x = 'string number {i}'\n")).into(),
        all(|i| format!("_{i} = const({i})\n")).into(),
        all(|i| format!("def f{i}(): pass\n")).into(),
        all(|i| format!("class C{i}: pass\n")).into(),
        all(|i| format!("x = lambda a{i}: b{i}\n")).into(),
        all(|i| format!("assert x, {i}\n")).into(),
        all(|i| format!("{}def f():\n", " ".repeat(i % 1000))).into(),
        format!("def f({}): pass", all(|i| format!("a{i},"))).into(),
        format!("def f():\n {} = x\n def g(): return {}", all(|i| format!("a{i},")), all(|i| format!("a{i},"))).into(),
        format!("def f():\n global {}", all(|i| format!("a{i},")).trim_end_matches(',')).into(),
        format!("import {}a", "a.".repeat(n)).into(),
        format!("with {}x: pass", "x,".repeat(n)).into(),
        format!("try: pass\n{}", "except x: pass\n".repeat(n)).into(),
        format!("if x: pass\n{}", "elif x: pass\n".repeat(n)).into(),
        format!("x = {}x", "x if x else ".repeat(n)).into(),
        format!("x = {}1", "1+".repeat(n)).into(),
        format!("x = {}1", "x and ".repeat(n)).into(),
        format!("@micropython.native\ndef f():\n{}", " x = [x, 1]\n".repeat(n)).into(),
        format!("@micropython.viper\ndef f(x: int):\n{}", " x = x + 1\n".repeat(n)).into(),
        format!("@micropython.native\ndef f():\n return ({})", "x,".repeat(n)).into(),
    ]
}

#[test]
fn hostile_sources_take_no_more_than_is_granted() {
    const LIMIT: usize = 1 << 19;
    let options = Options { arch: Some(Arch::X64), ..Options::default() };
    let mut refused = 0;
    for source in hostile(50_000) {
        let allowance = Allowance::new(LIMIT);
        let (result, peak) = peak_during(|| compile_within(&source, &options, &Quota::new(&allowance)).map(drop));
        let start = String::from_utf8_lossy(&source[..source.len().min(40)]).into_owned();
        assert!(peak <= LIMIT + 4096, "{start}: {peak} bytes");
        assert_eq!(allowance.left(), LIMIT, "{start}");
        refused += u32::from(result.is_err_and(|error| error.kind == ErrorKind::Memory));
    }
    assert!(refused > 20);
}

#[test]
fn a_constant_that_would_never_end_is_refused() {
    let source: String = (1..100).map(|i| format!("a{i} = const((a{}, a{}))\n", i - 1, i - 1)).collect();
    let allowance = Allowance::new(1 << 20);
    let error = compile_within(
        format!("a0 = const((1, 2))\n{source}").as_bytes(),
        &Options::default(),
        &Quota::new(&allowance),
    );
    assert_eq!(error.unwrap_err().kind, ErrorKind::Memory);
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
    let options = Options { arch: Some(Arch::X64), emitter: Emitter::Native, ..Options::default() };
    let (mut ended, mut asked) = (0, 0);
    for source in hostile(2_000) {
        let whole = compile(&source, &options).map(|module| module.to_bytes());
        let mut n = 0;
        loop {
            match bytes(&source, &options, &Quota::new(&Patience(Cell::new(n)))) {
                Err(error) if error.kind == ErrorKind::Interrupted => {
                    ended += 1;
                    n += 1 + n / 2;
                }
                result => {
                    assert!(result == whole);
                    asked += u32::from(n > 0);
                    break;
                }
            }
        }
    }
    assert!(ended > 100 && asked > 20, "{ended} times ended, {asked} sources");
}
