//! `berus extract`: the parts of a module as files; and flags of an architecture, set anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use berus_mpy::Module;
use berus_testkit::temp_dir;

fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).to_str().unwrap().to_owned()
}

fn berus(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_berus")).args(args).current_dir(folder).output().unwrap()
}

/// The files of a folder, by their names.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

#[test]
fn parts_become_files() {
    let folder = temp_dir();
    let source = "x = (1.5, 'a longer text/of words', b'\\0bytes', (10**30,))\ndef area(w):\n    return w\n";
    fs::write(folder.path().join("m.py"), source).unwrap();
    assert!(berus(folder.path(), &["compile", "m.py"]).status.success());
    let output = berus(folder.path(), &["extract", "-v", "-o", "parts", "m.mpy"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = files(&folder.path().join("parts"));
    let bytes = fs::read(folder.path().join("m.mpy")).unwrap();
    let (module, _) = Module::from_bytes(&bytes).unwrap();
    let expected: [(&str, &[u8]); 9] = [
        ("code-0-_module_.bin", &module.codes[0].code),
        ("code-1-area.bin", &module.codes[1].code),
        ("constant-0.0-float.txt", b"1.5"),
        ("constant-0.1-a_longer_text_of_words.txt", b"a longer text/of words"),
        ("constant-0.2-bytes.bin", b"\0bytes"),
        ("constant-0.3.0-int.txt", b"1000000000000000000000000000000"),
        ("name-0-m.py.txt", b"m.py"),
        ("name-2-area.txt", b"area"),
        ("name-4-w.txt", b"w"),
    ];
    let expected: BTreeMap<_, _> = expected.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into();
    assert_eq!(
        found.keys().filter(|name| !name.ends_with("x.txt")).collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    assert!(expected.iter().all(|(name, bytes)| &found[name] == bytes));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.lines().any(|line| line == "parts/constant-0.0-float.txt (3 bytes)"), "{told}");
}

#[test]
fn machine_code_and_its_data_come_alone() {
    let folder = temp_dir();
    let output = berus(folder.path(), &["extract", "--only", "code,data", &fixture("natmod-x64.mpy")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = files(folder.path());
    assert!(
        !found.is_empty() && found.keys().all(|name| name.starts_with("code-") || name.starts_with("data-")),
        "{found:?}"
    );
    let bytes = fs::read(fixture("natmod-x64.mpy")).unwrap();
    assert!(found.values().all(|part| bytes.windows(part.len()).any(|window| window == part)));
}

#[test]
fn flags_of_an_architecture_are_set() {
    let folder = temp_dir();
    let with_flags = fixture("machine-rv32imc-zcmp.mpy");
    let run = |args: &[&str]| {
        let output = berus(folder.path(), args);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let flags = |file: &str| {
        let bytes = fs::read(folder.path().join(file)).unwrap();
        Module::from_bytes(&bytes).unwrap().0.header.arch_flags
    };
    for (given, set) in [("zba", Some(1)), ("3", Some(3)), ("0", None), ("zcmp,zba", Some(3))] {
        assert_eq!(run(&["convert", "--arch-flags", given, "-o", "new.mpy", &with_flags]), (Some(0), String::new()));
        assert_eq!(flags("new.mpy"), set, "{given}");
    }
    fs::write(folder.path().join("a.py"), "x = 1\n").unwrap();
    assert_eq!(run(&["compile", "a.py"]).0, Some(0));
    assert_eq!(run(&["merge", "a.mpy", &with_flags, "-o", "both.mpy"]).0, Some(0));
    let kept = flags("both.mpy");
    assert!(kept.is_some());
    assert_eq!(run(&["merge", "--arch-flags", "zba", "a.mpy", &with_flags, "-o", "both.mpy"]).0, Some(0));
    assert_eq!(flags("both.mpy"), Some(1));
    for (args, why) in [
        (&["convert", "--arch-flags", "zba", "a.mpy"][..], "without machine code it needs no extensions"),
        (&["convert", "--arch-flags", "zba", &fixture("machine-x64.mpy")], "x64, which has no extensions with flags"),
        (&["convert", "--arch-flags", "4", &with_flags], "4 has bits beyond those of zba and zcmp"),
        (&["convert", "--arch-flags", "sse", &with_flags], "\"sse\" is none of the extensions zba, zcmp"),
    ] {
        let (status, said) = run(args);
        assert!(status != Some(0) && said.contains(why), "{args:?}: {said}");
    }
}
