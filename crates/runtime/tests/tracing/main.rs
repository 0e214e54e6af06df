//! Tracing of programs that are compiled from source, where the lines of definitions are known.

use berus_testkit::programs::{How, Interpreter};

fn check(how: How) {
    let printed = Interpreter::new(64 << 20, &[]).run(include_bytes!("tracing.py"), how);
    assert_eq!(printed, include_str!("tracing.out"));
}

#[test]
fn a_tracing_function_is_called_for_events() {
    check(How::Source);
}

#[test]
fn it_is_so_when_every_allocation_collects() {
    check(How::Stress);
}
