//! Runs programs that nobody trusts: each ends in its result or in the limit that it has met.

use std::time::Duration;

use berus::{Interpreter, Result};

const PROGRAMS: [(&str, &str); 6] = [
    ("fair", "result = sum(n * n for n in range(100))"),
    ("endless", "while True: pass"),
    ("stubborn", "while True:\n  try: 7 ** 100000\n  except BaseException: pass"),
    ("greedy", "x = [0]\nwhile True: x = x + x"),
    ("deep", "def f(): f()\nf()"),
    ("curious", "result = open('/etc/passwd').read()"),
];

fn main() -> Result {
    for (name, program) in PROGRAMS {
        let py = Interpreter::builder()
            .memory(1 << 20)
            .time(Duration::from_millis(50))
            .instructions(1_000_000)
            .modules(["math", "json", "re"])
            .build()?;
        match py.run(program).and_then(|()| py.get::<i64>("result")) {
            Ok(result) => println!("{name}: {result}"),
            Err(error) => match error.limit() {
                Some(limit) => println!("{name}: ended by the limit of {limit:?}"),
                None => println!("{name}: {error}"),
            },
        }
    }
    Ok(())
}
