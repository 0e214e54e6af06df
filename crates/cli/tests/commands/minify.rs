//! `berus compile --minify`: programs print the same, and the report tells what is different.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use berus_testkit::programs::ENDLESS;
use berus_testkit::{TempDir, peer, process, python_files, temp_dir, workspace};

fn berus(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_berus")).args(args).current_dir(folder).output().expect("berus starts")
}

/// Compiles, and gives what that says.
fn compile(folder: &Path, args: &[&str]) -> String {
    let output = berus(folder, &[&["compile"], args].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("reports are text")
}

/// The programs of the runtime's and the library's tests.
fn programs() -> Vec<PathBuf> {
    ["runtime", "stdlib"]
        .iter()
        .flat_map(|of| python_files(&workspace().join("crates").join(of).join("tests/programs")))
        .collect()
}

/// What a module prints on `interpreter`, output and errors alike, without the names that tracebacks have for sources and functions, and
/// without addresses.
fn printed(interpreter: &Path, folder: &Path, module: &str) -> String {
    let stem = module.strip_suffix(".mpy").expect("it is a module");
    let mut command = Command::new(interpreter);
    command.args(["-c", &format!("import {stem}")]).current_dir(folder).env("MICROPYPATH", ".").stdin(Stdio::null());
    let output = process::output(&mut command).expect("the program ends");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().map(|line| match line.split_once("File \"").zip(line.split_once("\", line ")) {
        Some(((before, _), (_, after))) => {
            format!("{before}File, line {}", after.split(',').next().unwrap_or_default())
        }
        None => without_addresses(line),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A line whose words behind `at` are gone, as in `<Thing object at 7f00a0>`.
fn without_addresses(line: &str) -> String {
    let mut parts = line.split(" at ");
    let first = parts.next().unwrap_or_default().to_owned();
    let behind = parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == 'x'));
    behind.fold(first, |line, part| line + " at " + part)
}

/// How often programs are run at most that print something else at each run: file systems whose devices lie, by the time that files have.
const RUNS: usize = 20;

/// Whether the two of a pair are alike: in the first pair, or in a later one. The last pair if not.
fn one_alike<T: PartialEq>(pairs: impl Iterator<Item = (T, T)>) -> Result<(), (T, T)> {
    let mut last = Ok(());
    for (one, other) in pairs {
        if one == other {
            return Ok(());
        }
        last = Err((one, other));
    }
    last
}

/// Compares what `programs` print as they are with what they print when names are shorter.
fn same_with_short_names(interpreter: &Path, programs: impl Iterator<Item = PathBuf>) {
    let mut different = Vec::new();
    let mut smaller = 0;
    for program in programs {
        let folder = temp_dir();
        let folder = folder.path();
        let path = program.to_str().expect("paths are text");
        let name = program.file_stem().and_then(|name| name.to_str()).expect("it has a name");
        compile(folder, &["-o", "plain.mpy", "-s", name, path]);
        compile(folder, &["-o", "small.mpy", "-s", name, "--minify=names", path]);
        let size = |name: &str| fs::read(folder.join(name)).expect("it was written").len();
        assert!(size("small.mpy") <= size("plain.mpy"), "{name}");
        smaller += usize::from(size("small.mpy") < size("plain.mpy"));
        // Modules of one name, since programs print theirs.
        let run = |module: &str| {
            fs::copy(folder.join(module), folder.join("module.mpy")).expect("it is there");
            printed(interpreter, folder, "module.mpy")
        };
        let pairs = (0..RUNS).map(|_| (run("plain.mpy"), run("small.mpy")));
        if let Err((plain, small)) = one_alike(pairs) {
            let line = plain.lines().zip(small.lines()).find(|(plain, small)| plain != small);
            different.push(format!("{name}: {line:?}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(smaller > 100, "{smaller} modules are smaller");
}

#[test]
fn programs_print_the_same_with_short_names() {
    same_with_short_names(Path::new(env!("CARGO_BIN_EXE_berus")), programs().into_iter());
}

#[test]
fn programs_print_the_same_with_short_names_on_micropython() {
    let Some(micropython) = peer("micropython") else { return };
    let ends = |program: &PathBuf| !fs::read_to_string(program).expect("it is there").contains(ENDLESS);
    same_with_short_names(&micropython, programs().into_iter().filter(ends));
}

#[test]
fn tables_change_nothing_that_programs_print() {
    let (plain, small) = (temp_dir(), temp_dir());
    for of in ["runtime", "stdlib"] {
        let sources = workspace().join("crates").join(of).join("tests/programs");
        let sources = sources.to_str().expect("paths are text");
        compile(plain.path(), &["-o", ".", sources]);
        let report = compile(small.path(), &["-o", ".", "--minify", sources]);
        assert!(report.trim_end().ends_with("modules"), "{report}");
    }
    for program in programs() {
        let name = program.with_extension("mpy");
        let name = name.file_name().and_then(|name| name.to_str()).expect("it has a name");
        let print = |folder: &Path| {
            let output = berus(folder, &[name]);
            (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
        };
        // What addresses and times are printed differs from run to run.
        let alike = one_alike((0..RUNS).map(|_| (print(plain.path()), print(small.path()))));
        assert!(alike.is_ok() || print(plain.path()) != print(plain.path()), "{name}: {alike:?}");
    }
}

/// A folder with a package and a program that uses it.
fn sources() -> TempDir {
    let folder = temp_dir();
    for (name, text) in [
        (
            "main.py",
            "from lib import Counter\ncounter = Counter(start=5)\ncounter.add(2)\nprint(counter._value_so_far)\n",
        ),
        (
            "lib/__init__.py",
            "class Counter:\n    def __init__(self, start=0):\n        self._value_so_far = start\n    def add(self, amount_to_add):\n        \
             self._value_so_far += amount_to_add\n",
        ),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }
    folder
}

#[test]
fn the_report_says_what_is_different() {
    let folder = sources();
    let report = compile(folder.path(), &["--minify=names", "-v", "-o", "out", "."]);
    for part in ["2 modules", "  _a is _value_so_far", "Keywords: 3 of 4 parameters", "lib/__init__.py", "__qualname__"]
    {
        assert!(report.contains(part), "{part}: {report}");
    }
    let output = berus(&folder.path().join("out"), &["main.mpy"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "7\n");
    let kept = compile(folder.path(), &["--minify=names", "--keep=_value_so_far,amount_to_add", "-o", "out", "."]);
    assert!(kept.contains("1 as before: --keep names them") && kept.contains("Keywords: 2 of 4"), "{kept}");
}

#[test]
fn a_set_that_is_not_whole_decides_nothing() {
    let folder = sources();
    fs::write(folder.path().join("broken.py"), "x = (1 +)\n").expect("it can be written");
    let output = berus(folder.path(), &["compile", "--minify=names", "-o", "out", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("broken.py:1:9: SyntaxError"));
    assert!(!folder.path().join("out").exists());
    let output = berus(folder.path(), &["compile", "--minify=names", "--for", "circuitpython 9", "main.py"]);
    assert_eq!(output.status.code(), Some(2));
}
