//! What conversions may make: small objects stand for any number of Rust's values.

use std::collections::BTreeMap;

use berus::{Bytes, FromPython, Interpreter, Limit, Output, Python, Result, Value};

/// Converts the variable `x`.
type Convert = dyn Fn(&Python) -> Result;

/// A value of lists in lists.
struct Tree {
    branches: Vec<Tree>,
}

impl FromPython for Tree {
    fn from_python(value: &Value, py: &Python) -> Result<Tree> {
        Ok(Tree { branches: value.to(py)? })
    }
}

impl Tree {
    fn size(&self) -> usize {
        1 + self.branches.iter().map(Tree::size).sum::<usize>()
    }
}

/// A value of dicts in dicts.
struct Node(#[expect(dead_code, reason = "this is never made")] BTreeMap<String, Node>);

impl FromPython for Node {
    fn from_python(value: &Value, py: &Python) -> Result<Node> {
        value.to(py).map(Node)
    }
}

fn interpreter(program: &str) -> Result<Interpreter> {
    let py = Interpreter::builder().memory(1 << 20).endless().build()?;
    py.run(program)?;
    Ok(py)
}

#[test]
fn conversions_make_no_more_than_the_memory() -> Result {
    let cases: &[(&str, &Convert)] = &[
        ("x = [1] * 1000\nx = [x] * 1000\nx = [x] * 1000", &|py| py.get::<Vec<Vec<Vec<i64>>>>("x").map(drop)),
        ("x = []\nfor _ in range(60): x = [x, x]", &|py| py.get::<Tree>("x").map(drop)),
        ("x = {}\nfor _ in range(60): x = {'a': x, 'b': x}", &|py| py.get::<Node>("x").map(drop)),
        ("x = ['a' * 100000] * 1000", &|py| py.get::<Vec<String>>("x").map(drop)),
        ("x = [b'a' * 100000] * 1000", &|py| py.get::<Vec<Bytes>>("x").map(drop)),
        ("x = range(10 ** 12)", &|py| py.get::<Vec<u64>>("x").map(drop)),
        ("x = range(10 ** 12)", &|py| py.get::<Vec<Value>>("x").map(drop)),
        ("x = range(10 ** 12)", &|py| py.get::<[u64; 4]>("x").map(drop)),
        ("def f():\n    while True: yield (1, 2)\nx = f()", &|py| py.get::<Vec<(i64, i64)>>("x").map(drop)),
        ("x = []\nfor _ in range(60): x = [x, x]", &|py| py.get::<Value>("x")?.repr(py).map(drop)),
    ];
    for (program, convert) in cases {
        let py = interpreter(program)?;
        for _ in 0..2 {
            assert_eq!(convert(&py).unwrap_err().limit(), Some(Limit::Memory), "{program}");
        }
        assert_eq!(py.eval::<Vec<u8>>("[1, 2]")?, [1, 2]);
    }
    Ok(())
}

/// What a conversion makes is free again when it is done, and a host function converts for itself.
#[test]
fn each_conversion_has_the_whole_memory() -> Result {
    let py = interpreter("text = 'a' * 200000\ndef texts():\n    for _ in range(20): yield size(text)")?;
    py.function("size(text)", |_, (text,): (String,)| text.len())?;
    for _ in 0..20 {
        assert_eq!(py.get::<String>("text")?.len(), 200_000);
    }
    assert_eq!(py.eval::<Vec<usize>>("texts()")?, [200_000; 20]);
    let tree: Tree = py.eval("[[], [[], []]]")?;
    assert_eq!(tree.size(), 5);
    Ok(())
}

/// Converting is work like any other.
#[test]
fn conversions_end_with_the_budget() -> Result {
    let py = Interpreter::builder().memory(1 << 20).instructions(100_000).build()?;
    py.run("x = []\nfor _ in range(60): x = [x, x]")?;
    assert_eq!(py.eval::<Vec<()>>("range(10 ** 12)").unwrap_err().limit(), Some(Limit::Instructions));
    py.function("count(items)", |_, (items,): (Vec<()>,)| items.len())?;
    assert_eq!(py.run("count(range(10 ** 12))").unwrap_err().limit(), Some(Limit::Instructions));
    assert_eq!(py.get::<Value>("x")?.repr(&py).unwrap_err().limit(), Some(Limit::Instructions));
    Ok(())
}

#[test]
fn messages_are_no_longer_than_the_memory() -> Result {
    let py = interpreter("x = []\nfor _ in range(60): x = [x, x]")?;
    let error = py.run("raise ValueError(x)").unwrap_err();
    assert_eq!(error.type_name(), "ValueError");
    assert!((1000..=1 << 20).contains(&error.message().len()));
    Ok(())
}

#[test]
fn output_is_no_longer_than_its_room() -> Result {
    let output = Output::with_room(1000);
    let py = Interpreter::builder().output(output.clone()).build()?;
    py.run("for _ in range(300): print('1234')")?;
    assert_eq!((output.text().len(), output.lost()), (1000, 500));
    assert_eq!(output.take().len(), 1000);
    py.run("print('again')")?;
    assert_eq!((output.text().as_str(), output.lost()), ("again\n", 0));
    Ok(())
}
