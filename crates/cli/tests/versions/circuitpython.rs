//! Modules of CircuitPython are loaded where that is asked for, and print what their sources print.

use std::fs;
use std::process::Command;

use berus_testkit::temp_dir;

use crate::fixtures;

const PROGRAM: &str = r#"
import asyncio

class Ready:
    def __await__(self):
        yield from asyncio.sleep_ms(1).__await__()
        return "ready"
    __iter__ = __await__

async def work(name, times):
    for n in range(times):
        await asyncio.sleep(0)
    return name, await Ready()

async def main():
    task = asyncio.create_task(work("task", 3))
    print(await work("own", 1), await task)
    event = asyncio.Event()
    asyncio.create_task(set_it(event))
    await event.wait()
    print(await asyncio.gather(work("a", 2), work("b", 1)))
    async with asyncio.Lock() as lock:
        print(lock)
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError:
        print("too late")

async def set_it(event):
    event.set()

asyncio.run(main())
print(work("never run", 0).__await__().__class__.__name__, [n * n for n in range(4)], f"{1.5:6.2f}")
"#;

#[test]
fn modules_of_circuitpython_are_loaded_where_asked_for() {
    let folder = temp_dir();
    fs::write(folder.path().join("source.py"), PROGRAM).unwrap();
    let run = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).current_dir(folder.path()).output().unwrap();
        (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let berus = env!("CARGO_BIN_EXE_berus");
    let (expected, errors) = run(berus, &["source.py"]);
    assert_eq!(errors, "");
    for release in ["circuitpython-9", "circuitpython-9.2", "circuitpython-10"] {
        let compiler = env!("CARGO_BIN_EXE_mpy-cross");
        assert_eq!(run(compiler, &["--compat", release, "-o", "circuit.mpy", "source.py"]).1, "");
        assert_eq!(fs::read(folder.path().join("circuit.mpy")).unwrap()[0], b'C');
        let import = ["-X", "circuitpython", "-c", "import circuit"];
        assert_eq!(run(berus, &import), (expected.clone(), String::new()), "{release}");
        let (printed, errors) = run(berus, &import[2..]);
        assert_eq!(printed, "");
        assert!(errors.contains("made for CircuitPython"), "{errors}");
    }
    // Machine code calls functions by numbers, which are not the same in both.
    let mut native = fs::read(fixtures().join("machine-x64.mpy")).unwrap();
    native[0] = b'C';
    fs::write(folder.path().join("native.mpy"), &native).unwrap();
    let (_, errors) = run(berus, &["-X", "circuitpython", "-c", "import native"]);
    assert!(errors.contains("made for CircuitPython"), "{errors}");
}
