//! Programs that use the machine: each runs in an empty folder, and prints what is expected.

use std::path::Path;
use std::process::Command;

use berus_testkit::{python_files, temp_dir};

/// What `berus` prints for `args`, in `folder`.
fn printed(folder: &Path, args: &[&str], path: Option<&str>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_berus"));
    command.args(args).current_dir(folder).env_remove("MICROPYPATH").env("HOME", "/home/me");
    path.map(|path| command.env("MICROPYPATH", path));
    let output = command.output().expect("berus starts");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).expect("programs print text")
}

#[test]
fn modules_are_looked_for_beside_the_program_and_in_micropypath() {
    let folder = temp_dir();
    let root = folder.path().canonicalize().expect("it is there");
    let show = "import sys; print(sys.path[0], sys.path[1:], sys.argv, __name__)";
    std::fs::create_dir(root.join("pkg")).expect("it can be written to");
    for (name, text) in [
        ("a.py", show),
        ("pkg/__main__.py", show),
        ("pkg/b.py", "from .c import d\nprint(d, __name__)"),
        ("pkg/c.py", "d = 1"),
    ] {
        std::fs::write(root.join(name), text).expect("it can be written to");
    }
    let libraries = "['.frozen', '/home/me/.micropython/lib', '/usr/lib/micropython']";
    let here = root.display();
    assert_eq!(printed(&root, &["a.py", "x"], None), format!("{here} {libraries} ['a.py', 'x'] __main__\n"));
    assert_eq!(printed(&root, &["pkg/../a.py"], None), format!("{here} {libraries} ['pkg/../a.py'] __main__\n"));
    assert_eq!(printed(&root, &["-m", "a", "x"], None), format!(" {libraries} ['a', 'x'] __main__\n"));
    assert_eq!(printed(&root, &["-m", "pkg"], None), format!(" {libraries} ['pkg'] __main__\n"));
    assert_eq!(printed(&root, &["-m", "pkg.b"], None), "1 __main__\n");
    assert_eq!(printed(&root, &["-c", show], Some("")), " [] ['-c'] __main__\n");
    assert_eq!(printed(&root, &["-c", show], Some(":/x:~/y")), " ['/x', '/home/me/y'] ['-c'] __main__\n");
    assert_eq!(printed(&root, &["-c", "import c; print(c)"], Some("pkg")), "<module 'c' from 'pkg/c.py'>\n");
}

#[test]
fn programs_know_what_runs_them() {
    let folder = temp_dir();
    let show = "import sys\nprint(sys.executable)\nprint(sys.implementation._machine)";
    let berus = Path::new(env!("CARGO_BIN_EXE_berus")).canonicalize().expect("it is there");
    let machine = concat!("linux [Berus ", env!("CARGO_PKG_VERSION"), "] version");
    assert_eq!(printed(folder.path(), &["-c", show], None), format!("{}\n{machine}\n", berus.display()));
}

#[test]
fn programs_print_what_is_expected() {
    let programs = python_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs"));
    assert!(!programs.is_empty());
    for program in programs {
        let folder = temp_dir();
        let output = Command::new(env!("CARGO_BIN_EXE_berus"))
            .arg(&program)
            .current_dir(folder.path())
            .env_remove("MICROPYPATH")
            .output()
            .expect("berus starts");
        let expected = std::fs::read_to_string(program.with_extension("out")).expect("it has an expected output");
        let printed = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(printed, expected, "{}: {errors}", program.display());
        assert!(output.status.success(), "{}: {errors}", program.display());
    }
}
