//! The tasks in Lua 5.4.

use mlua::{Function, Lua};

use crate::Task;

pub fn idle() -> Box<dyn std::any::Any> {
    let lua = Lua::new();
    assert_eq!(lua.load("1 + 1").eval::<i64>().expect("it is a number"), 2);
    Box::new(lua)
}

pub fn tasks() -> [Task; 4] {
    let calls = Lua::new();
    calls.load("function f(a, b, c) return a + b + c end").exec().expect("it is a program");
    let f: Function = calls.globals().get("f").expect("the program defines it");
    let host = Lua::new();
    let add = host.create_function(|_, (a, b): (i64, i64)| Ok(a + b)).expect("there is memory");
    host.globals().set("add", add).expect("there is memory");
    host.load("function loop(n) for i = 1, n do add(i, 1) end end").exec().expect("it is a program");
    let run: Function = host.globals().get("loop").expect("the program defines it");
    let lua = Lua::new();
    lua.load("function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end")
        .exec()
        .expect("a program");
    let fib: Function = lua.globals().get("fib").expect("the program defines it");
    [
        Box::new(|times| {
            for _ in 0..times {
                assert_eq!(Lua::new().load("1 + 1").eval::<i64>().expect("it is a number"), 2);
            }
        }),
        Box::new(move |times| {
            for n in 0..i64::from(times) {
                assert_eq!(f.call::<i64>((n, 2, 3)).expect("it is a number"), n + 5);
            }
            let _ = &calls;
        }),
        Box::new(move |times| {
            run.call::<()>(times).expect("it returns");
            let _ = &host;
        }),
        Box::new(move |times| {
            for _ in 0..times {
                assert_eq!(fib.call::<i64>(27).expect("it is a number"), 196_418);
            }
            let _ = &lua;
        }),
    ]
}
