//! Functions of Rust's that programs call.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use berus::{Error, Function, Interpreter, Result, Value};

fn interpreter() -> Interpreter {
    Interpreter::new().expect("there is memory")
}

#[test]
fn arguments_are_bound_as_python_binds_them() -> Result {
    let py = interpreter();
    py.function("f(a, b=2, *, c=3)", |_, (a, b, c): (i64, i64, i64)| format!("{a} {b} {c}"))?;
    py.function("g(*items, **options)", |_, (items, options): (Vec<i64>, BTreeMap<String, i64>)| {
        format!("{items:?} {options:?}")
    })?;
    py.function("h", |_, (a, b): (i64, i64)| a * b)?;
    for (call, result) in [
        ("f(1)", "1 2 3"),
        ("f(1, 5, c=6)", "1 5 6"),
        ("f(b=7, a=8)", "8 7 3"),
        ("g()", "[] {}"),
        ("g(1, 2, x=3)", "[1, 2] {\"x\": 3}"),
        ("str(h(6, 7))", "42"),
    ] {
        assert_eq!(py.eval::<String>(call)?, result, "{call}");
    }
    for (call, message) in [
        ("f()", "TypeError: f() missing required argument 'a'"),
        ("f(1, 2, 3)", "TypeError: f() takes 2 positional arguments but 3 were given"),
        ("f(1, a=2)", "TypeError: f() got multiple values for argument 'a'"),
        ("f(1, d=2)", "TypeError: f() got an unexpected keyword argument 'd'"),
        ("f('x')", "TypeError: can't convert str to int"),
    ] {
        assert_eq!(py.eval::<Value>(call).unwrap_err().to_string(), message, "{call}");
    }
    Ok(())
}

#[test]
fn signatures_that_do_not_fit_are_refused() {
    let py = interpreter();
    let made = py.function("f(a)", |_, (_, _): (i64, i64)| ());
    assert_eq!(made.unwrap_err().to_string(), "ValueError: `f(a)` has 1 parameters, and the closure takes 2");
    assert!(py.function("f(a", |_, (_,): (i64,)| ()).is_err());
    assert_eq!(py.function("f(a=nothing)", |_, (_,): (i64,)| ()).unwrap_err().type_name(), "NameError");
}

#[test]
fn functions_have_state_and_call_back() -> Result {
    let py = interpreter();
    let calls = Cell::new(0);
    py.function("count()", move |_, ()| {
        calls.set(calls.get() + 1);
        calls.get()
    })?;
    py.function("twice(f, x)", |py, (f, x): (Function, Value)| {
        let once: Value = f.call(py, (x,))?;
        f.call::<Value>(py, (once,))
    })?;
    assert_eq!(py.eval::<(i64, i64)>("count(), count()")?, (1, 2));
    assert_eq!(py.eval::<i64>("twice(lambda x: x * x, 3)")?, 81);
    Ok(())
}

#[test]
fn errors_of_rust_come_back_as_themselves() -> Result {
    let py = interpreter();
    py.function("parse(text)", |_, (text,): (String,)| text.parse::<i32>())?;
    py.function("refuse(what)", |_, (what,): (String,)| Err::<(), _>(Error::new(&what, "no")))?;
    let error = py.run("def f():\n  try:\n    parse('x')\n  finally:\n    print('end')\nf()").unwrap_err();
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    assert_eq!(error.to_string(), "HostError: invalid digit found in string");
    assert_eq!(error.frames().iter().map(|frame| frame.line).collect::<Vec<_>>(), [3, 6]);
    let text = "try: parse('y')\nexcept RuntimeError as e: said = str(e)";
    py.run(text)?;
    assert_eq!(py.get::<String>("said")?, "invalid digit found in string");
    assert_eq!(py.run("refuse('KeyError')").unwrap_err().to_string(), "KeyError: no");
    assert_eq!(py.run("refuse('Nonsense')").unwrap_err().type_name(), "RuntimeError");
    // An exception that passes through Rust stays the same object.
    py.function("pass_on(f)", |py, (f,): (Function,)| f.call::<Value>(py, ()))?;
    py.run("mine = ValueError('mine')\ndef raises(): raise mine\ntry: pass_on(raises)\nexcept ValueError as e: same = e is mine")?;
    assert!(py.get::<bool>("same")?);
    Ok(())
}

#[test]
fn panics_are_exceptions() -> Result {
    let py = interpreter();
    py.function("panics()", |_, ()| -> i64 { panic!("at the disco") })?;
    py.function("nested(f)", |py, (f,): (Function,)| -> Result<Value> { f.call(py, ()) })?;
    let error = py.run("nested(lambda: [panics() for _ in range(3)])").unwrap_err();
    assert_eq!(error.to_string(), "RuntimeError: host function panicked: at the disco");
    assert_eq!(py.eval::<i64>("sum([n for n in range(10)])")?, 45);
    Ok(())
}

#[test]
fn a_panic_through_the_runtime_abandons_the_interpreter() {
    let panics = |_: &[u8]| panic!("no paper");
    let py = Interpreter::builder().output(panics).build().expect("there is memory");
    assert!(catch_unwind(AssertUnwindSafe(|| py.run("print(1)"))).is_err());
    let error = py.eval::<i64>("1").unwrap_err();
    assert_eq!(error.to_string(), "RuntimeError: a panic has left this interpreter in the middle of its work");
}

#[test]
fn a_host_function_cannot_hide_that_the_interpreter_is_abandoned() {
    let panics = |_: &[u8]| panic!("no paper");
    let py = Interpreter::builder().output(panics).build().expect("there is memory");
    let hides = |py: &berus::Python, ()| {
        let _ = catch_unwind(AssertUnwindSafe(|| py.run("def f(n): print(n)\nf(1)")));
    };
    py.function("hides()", hides).expect("there is memory");
    assert!(catch_unwind(AssertUnwindSafe(|| py.run("x = [1]\nhides()\nprint(x)"))).is_err());
    assert!(py.run("1").is_err());
}

/// Counts how many are alive.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Counted {
        count.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn closures_are_dropped_with_their_functions() -> Result {
    let count = Arc::new(AtomicUsize::new(0));
    let py = interpreter();
    for _ in 0..1000 {
        let counted = Counted::new(&count);
        py.function("f()", move |_, ()| Arc::strong_count(&counted.0) as i64)?;
        py.run("f()\nlast = [None] * 1000")?;
    }
    py.collect_garbage();
    py.run("pass")?;
    assert!(count.load(Ordering::Relaxed) < 100, "{}", count.load(Ordering::Relaxed));
    drop(py);
    assert_eq!(count.load(Ordering::Relaxed), 0);
    Ok(())
}
