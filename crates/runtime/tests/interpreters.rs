//! Interpreters: their limits, and their independence of each other.

use berus_testkit::programs::{How, Interpreter};

#[test]
fn running_out_of_memory_loses_nothing_else() {
    let source = b"l = [1, 2]\ntry:\n  l = l * 100000000\nexcept MemoryError:\n  print('none left')\nprint(l)\n";
    assert_eq!(Interpreter::new(1 << 20, &[]).run(source, How::Source), "none left\n[1, 2]\n");
}

#[test]
fn deep_recursion_is_an_error_like_others() {
    let source = b"def f(n): return f(n + 1)\ntry: f(0)\nexcept RuntimeError as e: print(e)\n";
    assert_eq!(Interpreter::new(64 << 20, &[]).run(source, How::Source), "maximum recursion depth exceeded\n");
}

#[test]
fn a_hundred_interpreters_know_nothing_of_each_other() {
    let interpreters: Vec<_> = (0..100).map(|n| (n, Interpreter::new(1 << 20, &[]))).collect();
    for (n, interpreter) in &interpreters {
        assert_eq!(interpreter.run(format!("x = {n}").as_bytes(), How::Source), "");
    }
    for (n, interpreter) in &interpreters {
        assert_eq!(interpreter.run(b"print(x)", How::Source), format!("{n}\n"));
    }
}
