//! `berus merge`: modules into one, to a file or standard output.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use berus_testkit::temp_dir;

fn run(folder: &Path, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_berus")).args(args.split(' ')).current_dir(folder).output().unwrap()
}

#[test]
fn modules_become_one() {
    let folder = temp_dir();
    let folder = folder.path();
    fs::write(folder.join("a.py"), "def f(x): return x + 1\nprint('a')\n").unwrap();
    fs::write(folder.join("b.py"), "print('b', f(1))\n").unwrap();
    assert!(run(folder, "compile a.py b.py").status.success());
    let merged = run(folder, "merge a.mpy b.mpy");
    assert!(merged.status.success());
    assert_eq!(run(folder, "merge a.mpy b.mpy -o out/both.mpy").stdout, b"");
    assert_eq!(fs::read(folder.join("out/both.mpy")).unwrap(), merged.stdout);
    assert_eq!(run(folder, "out/both.mpy").stdout, b"a\nb 2\n");
}

#[test]
fn what_is_no_module_is_refused() {
    let folder = temp_dir();
    let folder = folder.path();
    fs::write(folder.join("a.py"), "pass\n").unwrap();
    fs::write(folder.join("bad.mpy"), "no module").unwrap();
    run(folder, "compile a.py");
    for (args, status) in [("merge a.mpy bad.mpy", 1), ("merge a.mpy none.mpy", 2)] {
        let output = run(folder, args);
        assert_eq!((output.stdout.as_slice(), output.status.code()), (&b""[..], Some(status)), "{args}");
    }
}
