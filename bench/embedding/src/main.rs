//! What embedding costs: Berus, rhai, Lua 5.4 by mlua, and with the feature `rustpython`, which takes minutes to build,
//! RustPython, in one run.
//!
//! The languages take turns at a task for three seconds; the figure is the least time of a turn. Memory is what a thousand
//! interpreters add to a process that has run one, each having computed `1 + 1`.

use std::any::Any;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

mod berus;
mod lua;
mod rhai;
#[cfg(feature = "rustpython")]
mod rustpython;

/// A task in one language: runs it as many times as it is told.
type Task = Box<dyn FnMut(u32)>;

/// A language: its name, its tasks in the order of [`TASKS`], and a new interpreter that has computed something.
type Language = (&'static str, fn() -> [Task; TASKS.len()], fn() -> Box<dyn Any>);

/// How many interpreters take memory.
const IDLE: usize = 1000;

const TASKS: [(&str, u32); 4] = [
    ("new interpreter, 1 + 1", 100),
    ("call into a script, three arguments, and back", 10_000),
    ("host function called from a script", 100_000),
    ("fib(27)", 1),
];

fn main() {
    let languages: Vec<Language> = vec![
        ("berus", berus::tasks, berus::idle),
        ("rhai", rhai::tasks, rhai::idle),
        ("lua", lua::tasks, lua::idle),
        #[cfg(feature = "rustpython")]
        ("rustpython", rustpython::tasks, rustpython::idle),
    ];
    if let Some(asked) = std::env::args().nth(1) {
        let idle = languages.iter().find(|(name, ..)| *name == asked).expect("a language").2;
        return println!("{}", memory_of_one(idle));
    }
    let mut tasks: Vec<_> = languages.iter().map(|(_, make, _)| make()).collect();
    print!("{:48}", "");
    for (name, ..) in &languages {
        print!("{name:>14}");
    }
    println!();
    for (number, (name, times)) in TASKS.into_iter().enumerate() {
        print!("{name:48}");
        let mut least = vec![Duration::MAX; languages.len()];
        let start = Instant::now();
        let mut turns = 0;
        while turns < 3 || start.elapsed() < Duration::from_secs(3) {
            for (tasks, least) in tasks.iter_mut().zip(&mut least) {
                let start = Instant::now();
                tasks[number](black_box(times));
                *least = (*least).min(start.elapsed() / times);
            }
            turns += 1;
        }
        for least in least {
            print!("{:>11.3} µs", least.as_secs_f64() * 1e6);
        }
        println!();
    }
    print!("{:48}", "memory of an idle interpreter");
    for (name, ..) in &languages {
        // Each in a process of its own.
        let program = std::env::current_exe().expect("the program has a path");
        let run = Command::new(program).arg(name).output().expect("the program runs again");
        let bytes: usize = String::from_utf8_lossy(&run.stdout).trim().parse().expect("a number");
        print!("{:>10.1} KiB", bytes as f64 / 1024.0);
    }
    println!();
}

/// Bytes of memory that each of a thousand interpreters takes.
fn memory_of_one(idle: fn() -> Box<dyn Any>) -> usize {
    drop(idle());
    let before = resident();
    let all: Vec<_> = (0..IDLE).map(|_| idle()).collect();
    let after = resident();
    drop(all);
    after.saturating_sub(before) / IDLE
}

/// Bytes of memory that the process has.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("a Linux");
    let pages = statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.expect("a number") * 4096
}
