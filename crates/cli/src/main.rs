//! The berus program.
fn main() {}
