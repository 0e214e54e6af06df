//! A hundred tenants with an interpreter each, served by two threads, which share one compiled program.

use berus::{Function, Interpreter, Program, Result};

const HANDLER: &str = "
seen = {}
def handle(path):
    seen[path] = seen.get(path, 0) + 1
    return '%s has seen %s %d times' % (tenant, path, seen[path])
";

fn main() -> Result {
    let program = Program::compile(HANDLER, "handler.py")?;
    let mut tenants = Vec::new();
    for number in 0..100 {
        let py = Interpreter::builder().memory(256 << 10).instructions(100_000).build()?;
        py.set("tenant", format!("tenant {number}"))?;
        py.run(&program)?;
        let handle: Function = py.get("handle")?;
        tenants.push((py, handle));
    }
    std::thread::scope(|scope| {
        let workers: Vec<_> = tenants
            .chunks_mut(50)
            .map(|tenants| {
                scope.spawn(move || -> Result<String> {
                    let mut last = String::new();
                    for _ in 0..10 {
                        for (py, handle) in &mut *tenants {
                            last = handle.call(py, ("/index",))?;
                        }
                    }
                    Ok(last)
                })
            })
            .collect();
        for worker in workers {
            println!("{}", worker.join().expect("no thread panics")?);
        }
        Ok(())
    })
}
