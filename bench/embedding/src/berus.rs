//! The tasks in Berus.

use berus::{Function, Interpreter, Program};

use crate::Task;

pub fn idle() -> Box<dyn std::any::Any> {
    let py = Interpreter::new().expect("there is memory");
    assert_eq!(py.eval::<i64>("1 + 1").expect("it is a number"), 2);
    Box::new(py)
}

pub fn tasks() -> [Task; 4] {
    let unlimited = || Interpreter::builder().endless().build().expect("there is memory");
    let calls = unlimited();
    calls.run("def f(a, b, c): return a + b + c").expect("it is a program");
    let f: Function = calls.get("f").expect("the program defines it");
    let host = unlimited();
    host.function("add(a, b)", |_, (a, b): (i64, i64)| a + b).expect("it is a signature");
    host.run("def loop(n):\n  for i in range(n): add(i, 1)").expect("it is a program");
    let fib = unlimited();
    let source = "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)";
    fib.run(Program::compile(source, "fib.py").expect("it is a program")).expect("it is a program");
    [
        Box::new(|times| {
            for _ in 0..times {
                assert_eq!(Interpreter::new().and_then(|py| py.eval::<i64>("1 + 1")).expect("it is a number"), 2);
            }
        }),
        Box::new(move |times| {
            for n in 0..i64::from(times) {
                assert_eq!(f.call::<i64>(&calls, (n, 2, 3)).expect("it is a number"), n + 5);
            }
        }),
        Box::new(move |times| host.call("loop", (times,)).expect("it returns")),
        Box::new(move |times| {
            for _ in 0..times {
                assert_eq!(fib.call::<i64>("fib", (27,)).expect("it is a number"), 196_418);
            }
        }),
    ]
}
