//! Gives programs a module in Rust: functions with state, keywords, and errors.

use std::collections::HashMap;

use berus::{Error, FromPython, Interpreter, Result, ToPython};

#[derive(FromPython)]
struct Line {
    item: String,
    #[python(default)]
    count: Option<u32>,
}

#[derive(Debug, FromPython, ToPython)]
struct Bill {
    total: f64,
    lines: usize,
}

fn main() -> Result {
    let prices = HashMap::from([("tea", 3.5), ("cake", 4.25)]);
    let py = Interpreter::new()?;
    let shop = py.new_module("shop")?;
    shop.set(&py, "CURRENCY", "EUR")?;
    shop.function(&py, "bill(lines, *, discount=0.0)", move |_, (lines, discount): (Vec<Line>, f64)| {
        let mut total = 0.0;
        for line in &lines {
            let price = prices.get(&*line.item).ok_or_else(|| Error::new("KeyError", &line.item))?;
            total += price * f64::from(line.count.unwrap_or(1));
        }
        Ok::<_, Error>(Bill { total: total * (1.0 - discount), lines: lines.len() })
    })?;
    py.run(
        "
import shop
order = [{'item': 'tea', 'count': 2}, {'item': 'cake'}]
bill = shop.bill(order, discount=0.1)
try:
    shop.bill([{'item': 'gold'}])
except KeyError as missing:
    complaint = 'no %s for %s' % (missing, shop.CURRENCY)
",
    )?;
    println!("{:?}", py.get::<Bill>("bill")?);
    println!("{}", py.get::<String>("complaint")?);
    Ok(())
}
