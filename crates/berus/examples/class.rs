//! Gives programs a class in Rust: a constructor, methods, properties, operators.

use berus::{Interpreter, Object, Result};

#[derive(Clone, Copy)]
struct Vector {
    x: f64,
    y: f64,
}

fn main() -> Result {
    let py = Interpreter::new()?;
    let class = py
        .class::<Vector>("Vector")?
        .constructor(&py, "(x=0.0, y=0.0)", |_, (x, y)| Vector { x, y })?
        .property(&py, "x", |_, v| v.x, |_, v, x: f64| v.x = x)?
        .property(&py, "y", |_, v| v.y, |_, v, y: f64| v.y = y)?
        .method(&py, "length()", |_, v, ()| v.x.hypot(v.y))?
        .method(&py, "__repr__()", |_, v, ()| format!("Vector({}, {})", v.x, v.y))?;
    let made = class.clone();
    class.method(&py, "__add__(other)", move |py, v, (other,): (Object<Vector>,)| {
        let other = other.with(py, |other| *other)?;
        made.instance(py, Vector { x: v.x + other.x, y: v.y + other.y })
    })?;
    py.run("v = Vector(3) + Vector(y=4)\nlength = v.length()\nv.x += 1\ntext = repr(v)")?;
    println!("{} {}", py.get::<f64>("length")?, py.get::<String>("text")?);
    println!("{}", py.get::<Object<Vector>>("v")?.with(&py, |v| v.x)?);
    Ok(())
}
