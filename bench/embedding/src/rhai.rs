//! The tasks in rhai.

use rhai::{Engine, Scope};

use crate::Task;

pub fn idle() -> Box<dyn std::any::Any> {
    let engine = Engine::new();
    assert_eq!(engine.eval::<i64>("1 + 1").expect("it is a number"), 2);
    Box::new(engine)
}

pub fn tasks() -> [Task; 4] {
    let engine = Engine::new();
    let ast = engine.compile("fn f(a, b, c) { a + b + c }").expect("it is a program");
    let mut host = Engine::new();
    host.register_fn("add", |a: i64, b: i64| a + b);
    let host_ast = host.compile("fn repeat(n) { for i in 0..n { add(i, 1); } }").expect("it is a program");
    let fib = Engine::new();
    let fib_ast =
        fib.compile("fn fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }").expect("it is a program");
    [
        Box::new(|times| {
            for _ in 0..times {
                assert_eq!(Engine::new().eval::<i64>("1 + 1").expect("it is a number"), 2);
            }
        }),
        Box::new(move |times| {
            let mut scope = Scope::new();
            for n in 0..i64::from(times) {
                let sum: i64 = engine.call_fn(&mut scope, &ast, "f", (n, 2_i64, 3_i64)).expect("it is a number");
                assert_eq!(sum, n + 5);
            }
        }),
        Box::new(move |times| {
            host.call_fn::<()>(&mut Scope::new(), &host_ast, "repeat", (i64::from(times),)).expect("it returns");
        }),
        Box::new(move |times| {
            for _ in 0..times {
                let value: i64 = fib.call_fn(&mut Scope::new(), &fib_ast, "fib", (27_i64,)).expect("it is a number");
                assert_eq!(value, 196_418);
            }
        }),
    ]
}
