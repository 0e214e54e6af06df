//! Two programs that run alternately, ask the host questions, and may wait for the answers as long as it takes.

use berus::{Execution, Interpreter, Output, Progress, Result};

const PROGRAM: &str = "
def negotiate(name, price):
    while True:
        offer = ask(name, price)
        if offer >= price:
            return '%s buys for %d' % (name, offer)
        price = (price + offer + 1) // 2
print(negotiate(buyer, 100))
";

fn main() -> Result {
    let output = Output::new();
    let py = Interpreter::builder().output(output.clone()).build()?;
    py.external("ask(name, price)")?;

    let mut running: Vec<Execution> = Vec::new();
    for buyer in ["Ada", "Grace"] {
        let variables = py.namespace()?;
        variables.set(&py, "buyer", buyer)?;
        variables.set(&py, "ask", py.get::<berus::Function>("ask")?)?;
        running.push(variables.start(&py, PROGRAM)?);
    }
    let mut budget = 40;
    while !running.is_empty() {
        for mut execution in std::mem::take(&mut running) {
            match execution.resume(&py, 10)? {
                Progress::Done(_) => continue,
                Progress::Asked(request) => {
                    // The answer could as well come tomorrow.
                    let (name, price): (String, u32) = request.get(&py)?;
                    println!("{name} is asked {price}, and offers {budget}");
                    execution.answer(&py, budget)?;
                    budget += 5;
                }
                _ => {}
            }
            running.push(execution);
        }
    }
    print!("{}", output.text());
    Ok(())
}
