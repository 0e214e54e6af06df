//! Runs a program, calls one of its functions, and looks at what has become of its variables.

use berus::{Interpreter, Output, Result};

fn main() -> Result {
    let output = Output::new();
    let py = Interpreter::builder().output(output.clone()).build()?;
    py.run("greeted = []\ndef greet(name):\n    greeted.append(name)\n    print('hello', name)")?;
    for name in ["Ada", "Grace"] {
        py.call::<()>("greet", (name,))?;
    }
    print!("{}", output.text());
    println!("{:?}", py.get::<Vec<String>>("greeted")?);
    Ok(())
}
