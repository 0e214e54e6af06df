//! Types of Rust's as classes of Python's.

use std::sync::Arc;

use berus::{Error, Function, Interpreter, Object, Result, Value};

#[derive(Clone, Copy, Debug, PartialEq)]
struct Vector(f64, f64);

fn with_vectors() -> Result<Interpreter> {
    let py = Interpreter::new()?;
    let class = py
        .class::<Vector>("Vector")?
        .constructor(&py, "(x=0.0, y=0.0)", |_, (x, y)| Vector(x, y))?
        .property(&py, "x", |_, v| v.0, |_, v, x: f64| v.0 = x)?
        .getter(&py, "y", |_, v| v.1)?
        .method(&py, "__repr__()", |_, v, ()| format!("Vector({}, {})", v.0, v.1))?
        .method(&py, "__getitem__(index)", |_, v, (index,): (usize,)| match index {
            0 => Ok(v.0),
            1 => Ok(v.1),
            _ => Err(Error::new("IndexError", "index out of range")),
        })?
        .method(&py, "length()", |_, v, ()| v.0.hypot(v.1))?
        .method(&py, "panics()", |_, _, ()| -> i64 { panic!("in a method") })?;
    let made = class.clone();
    class.method(&py, "__add__(other)", move |py, v, (other,): (Object<Vector>,)| {
        let Vector(x, y) = other.with(py, |other| *other)?;
        made.instance(py, Vector(v.0 + x, v.1 + y))
    })?;
    Ok(py)
}

#[test]
fn instances_do_what_classes_of_python_do() -> Result {
    let py = with_vectors()?;
    for (expression, text) in [
        ("Vector(3, 4)", "Vector(3, 4)"),
        ("Vector(y=1.5)", "Vector(0, 1.5)"),
        ("Vector(1, 2) + Vector(3, 4)", "Vector(4, 6)"),
        ("(lambda v: v + v)(Vector(1, 2))", "Vector(2, 4)"),
        ("list(Vector(5, 6))", "[5.0, 6.0]"),
        ("isinstance(Vector(), Vector), type(Vector()) is Vector", "(True, True)"),
        ("Vector(3, 4).length()", "5.0"),
    ] {
        assert_eq!(py.eval::<Value>(expression)?.repr(&py)?, text, "{expression}");
    }
    py.run("v = Vector(1, 2)\nv.x = 7\nv.x += 1")?;
    assert_eq!(py.get::<Object<Vector>>("v")?.with(&py, |v| *v)?, Vector(8.0, 2.0));
    for (program, error) in [
        ("v.x = 'far'", "TypeError"),
        ("v.y = 1", "AttributeError"),
        ("v[2]", "IndexError"),
        ("v + 1", "TypeError"),
        ("Vector(1, 2, 3)", "TypeError"),
        ("Vector.length(3)", "TypeError"),
        ("v.panics()", "RuntimeError"),
    ] {
        assert_eq!(py.run(program).unwrap_err().type_name(), error, "{program}");
    }
    assert_eq!(py.eval::<f64>("v.x")?, 8.0);
    assert_eq!(py.eval::<Object<Vector>>("3").unwrap_err().type_name(), "TypeError");
    Ok(())
}

#[test]
fn classes_of_python_derive_from_those_of_rust() -> Result {
    let py = with_vectors()?;
    py.run(
        "
class Named(Vector):
    def __init__(self, name, *place):
        super().__init__(*place)
        self.name = name
    def shout(self):
        return self.name.upper() + str(self.length())
class Careless(Vector):
    def __init__(self):
        pass
",
    )?;
    assert_eq!(py.eval::<String>("Named('n', 3, 4).shout()")?, "N5.0");
    assert_eq!(py.eval::<Object<Vector>>("Named('n', 3, 4)")?.with(&py, |v| *v)?, Vector(3.0, 4.0));
    assert_eq!(py.run("Careless().length()").unwrap_err().type_name(), "TypeError");
    Ok(())
}

#[test]
fn values_are_dropped_with_their_instances() -> Result {
    let alive = Arc::new(());
    let py = Interpreter::new()?;
    let given = Arc::clone(&alive);
    py.class::<Arc<()>>("Guard")?.constructor(&py, "()", move |_, ()| Arc::clone(&given))?;
    py.run("for _ in range(1000): Guard()\nlast = Guard()")?;
    py.collect_garbage();
    py.run("pass")?;
    assert!(Arc::strong_count(&alive) < 100, "{}", Arc::strong_count(&alive));
    drop(py);
    assert_eq!(Arc::strong_count(&alive), 1);
    Ok(())
}

#[test]
fn nobody_has_a_value_that_is_changed() -> Result {
    let py = Interpreter::new()?;
    py.class::<Vec<i64>>("Numbers")?
        .constructor(&py, "(*items)", |_, (items,): (Vec<i64>,)| items)?
        .method_mut(&py, "extend(other)", |py, numbers, (other,): (Object<Vec<i64>>,)| {
            other.with(py, |other| numbers.extend(other))
        })?
        .method(&py, "each(call)", |py, numbers, (call,): (Function,)| {
            numbers.iter().try_for_each(|number| call.call::<()>(py, (*number,)))
        })?
        .method(&py, "__len__()", |_, numbers, ()| numbers.len())?;
    py.run("n = Numbers(1, 2)\nn.extend(Numbers(3))\nseen = []\nn.each(lambda k: seen.append((k, len(n))))")?;
    assert_eq!(py.get::<Vec<(i64, usize)>>("seen")?, [(1, 3), (2, 3), (3, 3)]);
    for program in ["n.extend(n)", "n.each(lambda k: n.extend(Numbers(k)))"] {
        let error = py.run(program).unwrap_err();
        assert_eq!(error.to_string(), "RuntimeError: the object is in use", "{program}");
    }
    let numbers = py.get::<Object<Vec<i64>>>("n")?;
    numbers.with_mut(&py, |numbers| numbers.push(4))?;
    let inside = numbers.with(&py, |_| numbers.with_mut(&py, Vec::clear));
    assert!(inside?.is_err());
    assert_eq!(numbers.with(&py, Vec::len)?, 4);
    Ok(())
}

#[test]
fn constructors_may_fail() -> Result {
    let py = Interpreter::new()?;
    py.class::<u8>("Digit")?.constructor(&py, "(text)", |_, (text,): (String,)| text.parse::<u8>())?.getter(
        &py,
        "number",
        |_, digit| *digit,
    )?;
    assert_eq!(py.eval::<u8>("Digit('7').number")?, 7);
    let error = py.run("Digit('seven')").unwrap_err();
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    Ok(())
}
