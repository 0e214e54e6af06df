//! `berus diff`: what is different between two modules.

use std::fs;
use std::path::Path;
use std::process::Command;

use berus_testkit::{TempDir, temp_dir};

/// The exit status, and both outputs of `berus ARGS` in `folder`.
fn berus(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_berus")).args(args).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A folder with modules of `sources`, which all go by the name `x.py`.
fn modules(sources: &[(&str, &str, &[&str])]) -> TempDir {
    let folder = temp_dir();
    for (name, source, options) in sources {
        fs::write(folder.path().join("x.py"), source).unwrap();
        let args = [&["compile", "x.py", "-o", name][..], options].concat();
        assert_eq!(berus(folder.path(), &args), (Some(0), String::new(), String::new()), "{name}");
    }
    folder
}

const OLD: &str = "\
def gone(x):
    return x

def f(a, b):
    for i in a:
        if i:
            print(i, 'one')
            break
        b.append(i)
    return b

def same():
    return f([1], [2])
";

const NEW: &str = "\
def f(a, b, c=1.5):
    for i in a:
        if i:
            print(i, 'two')
            continue
        b.append(i)
    return b

def same():
    return f([1], [2])

come = lambda: None
";

#[test]
fn modules_that_are_the_same() {
    let folder = modules(&[("a.mpy", OLD, &[]), ("b.mpy", OLD, &[])]);
    assert_eq!(berus(folder.path(), &["diff", "a.mpy", "b.mpy"]), (Some(0), String::new(), String::new()));
}

#[test]
fn all_that_is_different() {
    let folder = modules(&[("a.mpy", OLD, &[]), ("b.mpy", NEW, &[])]);
    let (status, out, err) = berus(folder.path(), &["diff", "a.mpy", "b.mpy", "-U1"]);
    assert_eq!((status, &*err), (Some(1), ""));
    let expected = include_str!("../golden/diff.txt");
    if std::env::var_os("BERUS_BLESS").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/diff.txt"), &out).unwrap();
        return;
    }
    assert_eq!(out, expected);
    assert_eq!(berus(folder.path(), &["diff", "-q", "a.mpy", "b.mpy"]), (Some(1), String::new(), String::new()));
    // All rows, and one.
    let shown = |context: &str| berus(folder.path(), &["diff", "-U", context, "a.mpy", "b.mpy"]).1.lines().count();
    assert!(shown("0") < shown("1") && shown("1") < shown("18446744073709551615"));
}

#[test]
fn lines_and_the_order_of_names() {
    let folder = modules(&[
        ("a.mpy", "x = a + b\n", &[]),
        ("b.mpy", "\n\nx = a + b\n", &[]),
        ("c.mpy", "x = b + a\n", &[]),
        ("d.mpy", "x = a + b\n", &["--small-int-bits", "63"]),
        ("e.mpy", "x = a + b\n", &["--for", "rp2 1.18"]),
        ("f.mpy", "x = a + b\n", &["-O3"]),
    ]);
    let diff = |other: &str| {
        let (status, out, _) = berus(folder.path(), &["diff", "a.mpy", other]);
        assert_eq!(status, Some(1), "{other}");
        out.lines().skip(2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        diff("b.mpy"),
        ["@@ <module>", "  the same code, of other lines: LOAD_NAME a was of no line and is of line 3"]
    );
    assert_eq!(
        diff("c.mpy"),
        [
            "@@ names",
            "  the same, in another order",
            "@@ <module>",
            "+             0003  LOAD_NAME               b",
            "              0005  LOAD_NAME               a",
            "-             0005  LOAD_NAME               b",
            "              0007  BINARY_OP               +",
            "              0008  STORE_NAME              x",
            "              000a  LOAD_CONST_NONE",
        ]
    );
    assert_eq!(diff("d.mpy"), ["@@ header", "-small ints    31 bits", "+small ints    63 bits"]);
    let of_version_5 = diff("e.mpy");
    assert_eq!(of_version_5[..2], ["@@ header", "-format        MicroPython .mpy, version 6.0"]);
    assert!(!of_version_5.iter().any(|line| line.contains("LOAD_NAME")), "{of_version_5:?}");
    // Code on the first line has no lines anyway.
    assert_eq!(berus(folder.path(), &["diff", "a.mpy", "f.mpy"]).0, Some(0));
}

#[test]
fn machine_code_is_compared_as_instructions() {
    let source = |n: i32| format!("@micropython.viper\ndef f(x: int) -> int:\n    return x + {n}\n");
    let folder = modules(&[("a.mpy", &source(1), &["--arch", "x64"]), ("b.mpy", &source(2), &["--arch", "x64"])]);
    let (status, out, _) = berus(folder.path(), &["diff", "a.mpy", "b.mpy"]);
    assert_eq!(status, Some(1));
    let changed: Vec<_> = out.lines().skip(2).filter(|line| line.starts_with(['-', '+'])).collect();
    assert_eq!(changed.len(), 2, "{out}");
}

#[test]
fn what_is_no_module_is_an_error() {
    let folder = modules(&[("a.mpy", OLD, &[])]);
    fs::write(folder.path().join("half.mpy"), &fs::read(folder.path().join("a.mpy")).unwrap()[..20]).unwrap();
    fs::write(folder.path().join("empty.mpy"), "").unwrap();
    for (other, why) in [
        ("half.mpy", "half.mpy: offset 0x0014: "),
        ("empty.mpy", "empty.mpy: the file is empty"),
        ("absent.mpy", "absent.mpy: "),
        ("x.py", "x.py: not an .mpy file, but Python source"),
    ] {
        for args in [["diff", "a.mpy", other], ["diff", other, "a.mpy"]] {
            let (status, out, err) = berus(folder.path(), &args);
            assert_eq!((status, &*out), (Some(2), ""), "{other}");
            assert!(err.starts_with(&format!("berus: {why}")), "{err}");
        }
    }
}
