//! Quotes prices by a script: structs in, a struct out, a function with state for the script, limits, and errors shown.

use std::collections::HashMap;

use rhai::serde::{from_dynamic, to_dynamic};
use rhai::{Dynamic, Engine, EvalAltResult, Scope};
use serde::{Deserialize, Serialize};

const SCRIPT: &str = "
fn quote(items) {
    let count = 0;
    let total = 0.0;
    for item in items {
        count += item.count;
        total += rate(item.name) * item.count;
    }
    while count > 1000 {}
    #{ count: count, total: if count > 10 { total * 0.9 } else { total } }
}
";

#[derive(Clone, Serialize)]
struct Item {
    name: &'static str,
    count: u32,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Quote {
    count: u32,
    total: f64,
}

fn main() -> Result<(), Box<EvalAltResult>> {
    let rates = HashMap::from([("tea", 3.5), ("cake", 4.25)]);
    let mut engine = Engine::new();
    // There is no limit of memory, but of the size of each value.
    engine.set_max_operations(100_000).set_max_string_size(1 << 20).set_max_array_size(1 << 16).set_max_map_size(1 << 16);
    engine.register_fn("rate", move |name: &str| -> Result<f64, Box<EvalAltResult>> {
        rates.get(name).copied().ok_or_else(|| format!("no rate for {name}").into())
    });
    let script = engine.compile(SCRIPT)?;
    for (name, count) in [("tea", 2), ("cake", 20), ("gold", 1), ("tea", 2000)] {
        let items = to_dynamic(vec![Item { name: "tea", count: 1 }, Item { name, count }])?;
        let quote = engine.call_fn::<Dynamic>(&mut Scope::new(), &script, "quote", (items,));
        match quote.and_then(|quote| from_dynamic::<Quote>(&quote)) {
            Ok(quote) => println!("{quote:?}"),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}
