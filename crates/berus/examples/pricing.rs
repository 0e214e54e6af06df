//! Quotes prices by a script: structs in, a struct out, a function with state for the script, limits, and errors shown.

use std::collections::HashMap;

use berus::{FromPython, Interpreter, Result, ToPython};

const SCRIPT: &str = "
def quote(items):
    count = sum(item['count'] for item in items)
    total = sum(rate(item['name']) * item['count'] for item in items)
    while count > 1000:
        pass
    return {'count': count, 'total': total * 0.9 if count > 10 else total}
";

#[derive(Clone, ToPython)]
struct Item {
    name: &'static str,
    count: u32,
}

#[derive(Debug, FromPython)]
#[allow(dead_code)]
struct Quote {
    count: u32,
    total: f64,
}

fn main() -> Result {
    let rates = HashMap::from([("tea", 3.5), ("cake", 4.25)]);
    let py = Interpreter::builder().memory(1 << 20).instructions(100_000).build()?;
    py.function("rate(name)", move |_, (name,): (String,)| {
        rates.get(&*name).copied().ok_or_else(|| format!("no rate for {name}"))
    })?;
    py.run(SCRIPT)?;
    for (name, count) in [("tea", 2), ("cake", 20), ("gold", 1), ("tea", 2000)] {
        let items = vec![Item { name: "tea", count: 1 }, Item { name, count }];
        match py.call::<Quote>("quote", (items,)) {
            Ok(quote) => println!("{quote:?}"),
            Err(error) => println!("{}", error.traceback()),
        }
    }
    Ok(())
}
