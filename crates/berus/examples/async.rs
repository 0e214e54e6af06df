//! Programs that call async functions of Rust: each is written as if the function answered at once, and all wait together
//! on one thread.

use berus::{Function, Interpreter, Result};
use futures_lite::future::{block_on, yield_now, zip};

const PROGRAM: &str = "
def total(urls):
    size = 0
    for url in urls:
        try:
            size += len(fetch(url))
        except RuntimeError as error:
            print('skipped:', error)
    return size
";

fn main() -> Result {
    let py = Interpreter::builder().output(|bytes: &[u8]| print!("{}", String::from_utf8_lossy(bytes))).build()?;
    py.async_function("fetch(url, retries=3)", |(url, retries): (String, u32)| async move {
        for _ in 0..retries {
            // Here a client would be awaited.
            yield_now().await;
        }
        if url.starts_with("https:") { Ok(format!("<html>{url}</html>")) } else { Err(format!("no {url} without TLS")) }
    })?;
    py.run(PROGRAM)?;
    let total: Function = py.get("total")?;

    let first = total.start(&py, (["https://a.example", "http://b.example"],))?;
    let second = total.start(&py, (["https://c.example"; 3],))?;
    let (first, second) = block_on(zip(first.finish::<usize>(&py), second.finish::<usize>(&py)));
    println!("{} and {}", first?, second?);
    Ok(())
}
