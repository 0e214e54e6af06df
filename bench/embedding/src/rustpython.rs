//! The tasks in RustPython.

use rustpython_vm::compiler::Mode;
use rustpython_vm::scope::Scope;
use rustpython_vm::{Interpreter, PyObjectRef, PyResult, VirtualMachine};

use crate::Task;

fn new() -> Interpreter {
    Interpreter::without_stdlib(Default::default())
}

/// Runs a program, or computes an expression.
fn run(vm: &VirtualMachine, scope: Scope, mode: Mode, source: &str) -> PyResult {
    let code = vm.compile(source, mode, "<embedded>".into()).expect("it is a program");
    vm.run_code_obj(code, scope)
}

/// Computes `1 + 1`.
fn two(python: &Interpreter) {
    let two = python.enter(|vm| {
        let two = run(vm, vm.new_scope_with_builtins(), Mode::Eval, "1 + 1").expect("it is a sum");
        two.try_into_value::<i64>(vm).expect("it is a number")
    });
    assert_eq!(two, 2);
}

pub fn idle() -> Box<dyn std::any::Any> {
    let python = new();
    two(&python);
    Box::new(python)
}

/// An interpreter that has run a program, and the program's function `name`.
fn with(source: &str, name: &str) -> (Interpreter, PyObjectRef) {
    let python = new();
    let function = python.enter(|vm| {
        let scope = vm.new_scope_with_builtins();
        let add = vm.new_function("add", |a: i64, b: i64| a + b);
        scope.globals.set_item("add", add.into(), vm).expect("there is memory");
        run(vm, scope.clone(), Mode::Exec, source).expect("it is a program");
        scope.globals.get_item(name, vm).expect("the program defines it")
    });
    (python, function)
}

pub fn tasks() -> [Task; 4] {
    let (calls, f) = with("def f(a, b, c): return a + b + c", "f");
    let (host, repeat) = with("def loop(n):\n  for i in range(n): add(i, 1)", "loop");
    let (fibs, fib) = with("def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)", "fib");
    [
        Box::new(|times| {
            for _ in 0..times {
                two(&new());
            }
        }),
        Box::new(move |times| {
            for n in 0..i64::from(times) {
                let sum = calls.enter(|vm| {
                    let sum = f.call((n, 2, 3), vm).expect("it returns");
                    sum.try_into_value::<i64>(vm).expect("it is a number")
                });
                assert_eq!(sum, n + 5);
            }
        }),
        Box::new(move |times| host.enter(|vm| drop(repeat.call((times,), vm).expect("it returns")))),
        Box::new(move |times| {
            for _ in 0..times {
                let value = fibs.enter(|vm| {
                    let value = fib.call((27,), vm).expect("it returns");
                    value.try_into_value::<i64>(vm).expect("it is a number")
                });
                assert_eq!(value, 196_418);
            }
        }),
    ]
}
