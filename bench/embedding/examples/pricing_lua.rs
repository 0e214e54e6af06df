//! Quotes prices by a script: structs in, a struct out, a function with state for the script, limits, and errors shown.

use std::collections::HashMap;

use mlua::{Error, Function, HookTriggers, Lua, LuaSerdeExt, Result, Value};
use serde::{Deserialize, Serialize};

const SCRIPT: &str = "
function quote(items)
    local count, total = 0, 0
    for _, item in ipairs(items) do
        count = count + item.count
        total = total + rate(item.name) * item.count
    end
    while count > 1000 do end
    return {count = count, total = count > 10 and total * 0.9 or total}
end
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

fn main() -> Result<()> {
    let rates = HashMap::from([("tea", 3.5), ("cake", 4.25)]);
    let lua = Lua::new();
    lua.set_memory_limit(1 << 20)?;
    // The instructions of all runs count together: a run has what others have left.
    lua.set_hook(HookTriggers::new().every_nth_instruction(100_000), |_, _| Err(Error::runtime("too many instructions")))?;
    let rate = lua.create_function(move |_, name: String| {
        rates.get(&*name).copied().ok_or_else(|| Error::runtime(format!("no rate for {name}")))
    })?;
    lua.globals().set("rate", rate)?;
    lua.load(SCRIPT).set_name("script").exec()?;
    let quote: Function = lua.globals().get("quote")?;
    for (name, count) in [("tea", 2), ("cake", 20), ("gold", 1), ("tea", 2000)] {
        let items = lua.to_value(&vec![Item { name: "tea", count: 1 }, Item { name, count }])?;
        match quote.call::<Value>(items).and_then(|quote| lua.from_value::<Quote>(quote)) {
            Ok(quote) => println!("{quote:?}"),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}
