//! `berus compile`: which modules are made of which sources, and what is said of errors.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use berus_mpy::arch::Arch;
use berus_testkit::{TempDir, temp_dir};

/// A folder of sources.
fn sources() -> TempDir {
    let folder = temp_dir();
    for (name, text) in [
        ("main.py", "import lib\nprint(lib.f(1))\n"),
        ("lib/__init__.py", "from .a import f\n"),
        ("lib/a.py", "def f(x):\n    return x + 1\n"),
        ("lib/data.txt", "no program\n"),
        ("lib/.hidden/a.py", "(\n"),
        ("broken/parse.py", "x = 1\ny = (1 +)\n"),
        ("broken/return.py", "class C:\n    def f(self):\n        x = 1\n\n    return f\n"),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What a command says: standard output, standard error, exit status.
fn run_with(folder: &Path, args: &str, input: &str) -> (Vec<u8>, String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_berus"))
        .arg("compile")
        .args(args.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    (output.stdout, String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

fn run(folder: &Path, args: &str) -> (String, String, i32) {
    let (out, err, status) = run_with(folder, args, "");
    (String::from_utf8(out).unwrap(), err, status)
}

#[track_caller]
fn succeeds(folder: &Path, args: &str) {
    assert_eq!(run(folder, args), (String::new(), String::new(), 0), "{args}");
}

/// The name of the source that a module carries.
fn source_name(path: impl AsRef<Path>) -> String {
    let bytes = fs::read(path).unwrap();
    let (module, _) = berus_mpy::Module::from_bytes(&bytes).unwrap();
    String::from_utf8(module.source_name().to_vec()).unwrap()
}

#[test]
fn modules_go_beside_their_sources() {
    let folder = sources();
    let folder = folder.path();
    succeeds(folder, "main.py lib");
    assert_eq!(source_name(folder.join("main.mpy")), "main.py");
    assert_eq!(source_name(folder.join("lib/__init__.mpy")), "__init__.py");
    assert_eq!(source_name(folder.join("lib/a.mpy")), "a.py");
    assert_eq!(fs::read_dir(folder.join("lib")).unwrap().count(), 6);
}

#[test]
fn a_tree_of_sources_becomes_a_tree_of_modules() {
    let folder = sources();
    let folder = folder.path();
    fs::remove_dir_all(folder.join("broken")).unwrap();
    succeeds(folder, ". --output build/out");
    assert_eq!(source_name(folder.join("build/out/main.mpy")), "main.py");
    assert_eq!(source_name(folder.join("build/out/lib/a.mpy")), "lib/a.py");
    assert!(!folder.join("main.mpy").exists() && !folder.join("build/out/lib/.hidden").exists());
}

#[test]
fn one_source_can_become_a_file() {
    let folder = sources();
    let folder = folder.path();
    succeeds(folder, "lib/a.py -o a.mpy");
    succeeds(folder, "lib/a.py -o out -s other.py");
    succeeds(folder, "lib/a.py -o new.d/");
    assert_eq!(source_name(folder.join("a.mpy")), "lib/a.py");
    assert_eq!(source_name(folder.join("out/a.mpy")), "other.py");
    assert!(folder.join("new.d/a.mpy").exists());
    let (module, _, status) = run_with(folder, "lib/a.py -o -", "");
    assert_eq!((module, status), (fs::read(folder.join("a.mpy")).unwrap(), 0));
}

#[test]
fn several_modules_go_to_a_folder_only() {
    let folder = sources();
    let folder = folder.path();
    fs::write(folder.join("out"), "").unwrap();
    for (args, path) in
        [("main.py lib/a.py -o x.mpy", "x.mpy"), ("lib -o x.mpy", "x.mpy"), ("main.py lib -o out", "out")]
    {
        let message = format!(
            "berus: {path}: takes one module only; for a module of each source name a folder, for one of all of them compile to a \
             folder, then: berus merge -o {path} FOLDER/*.mpy\n"
        );
        assert_eq!(run(folder, args), (String::new(), message, 2), "{args}");
    }
    assert!(!folder.join("x.mpy").exists());
    fs::create_dir(folder.join("old.mpy")).unwrap();
    succeeds(folder, "main.py lib/a.py -o old.mpy");
    succeeds(folder, "main.py lib/a.py -o new.mpy/");
    assert!(folder.join("old.mpy/a.mpy").exists() && folder.join("new.mpy/a.mpy").exists());
}

#[test]
fn standard_input_becomes_standard_output() {
    let folder = sources();
    let (module, err, status) = run_with(folder.path(), "-", "x = 1\n");
    assert!(module.starts_with(b"M\x06") && err.is_empty() && status == 0);
    let (_, err, status) = run_with(folder.path(), "-", "x = \n");
    assert_eq!((&*err, status), ("berus: standard input:1:5: SyntaxError: invalid syntax\n1 | x = \n  |     ^\n", 1));
}

#[test]
fn modules_that_are_as_they_should_be_are_left_alone() {
    let folder = sources();
    let folder = folder.path();
    let tell = |args| run(folder, args).0;
    assert_eq!(
        tell("main.py lib -o out -v"),
        "written   out/main.mpy\nwritten   out/__init__.mpy\nwritten   out/a.mpy\n"
    );
    let time = || fs::metadata(folder.join("out/a.mpy")).unwrap().modified().unwrap();
    let before = time();
    fs::write(folder.join("main.py"), "x = 1\n").unwrap();
    assert_eq!(
        tell("main.py lib -o out -v"),
        "written   out/main.mpy\nunchanged out/__init__.mpy\nunchanged out/a.mpy\n"
    );
    assert_eq!(time(), before);
    // Other options make another module of the same source.
    assert_eq!(tell("lib/a.py -o out -v -O3"), "written   out/a.mpy\n");
}

#[test]
fn all_errors_are_told_with_their_lines() {
    let folder = sources();
    let folder = folder.path();
    let told = "\
berus: broken/parse.py:2:9: SyntaxError: invalid syntax
2 | y = (1 +)
  |         ^
berus: broken/return.py:5: SyntaxError: 'return' outside function in C
5 |     return f
  |     ^^^^^^^^
";
    for jobs in ["", " -j1"] {
        let (out, err, status) = run(folder, &format!("broken main.py -o out{jobs}"));
        assert_eq!((&*out, &*err, status), ("", told, 1));
    }
    // The others are compiled, and nothing is left of those that are not.
    let made: Vec<_> = fs::read_dir(folder.join("out")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(made, ["main.mpy"]);
}

#[test]
fn machine_code_is_made_on_request() {
    let folder = sources();
    let folder = folder.path();
    let kinds = || {
        let bytes = fs::read(folder.join("a.mpy")).unwrap();
        let (module, _) = berus_mpy::Module::from_bytes(&bytes).unwrap();
        let kinds: Vec<_> = module.codes.iter().map(|code| code.kind.name()).collect();
        (module.header.arch, kinds.join(" "))
    };
    succeeds(folder, "--arch x64 lib/a.py -o a.mpy");
    assert_eq!(kinds(), (None, "bytecode bytecode".into()));
    for arch in Arch::ALL.into_iter().filter(|&arch| arch != Arch::Rv64imc) {
        succeeds(folder, &format!("--arch {arch} --emit native lib/a.py -o a.mpy"));
        assert_eq!(kinds(), (Some(arch), "native native".into()));
    }

    succeeds(folder, "--arch rv32imc --arch-flags zba,zcmp --emit native lib/a.py -o a.mpy");
    assert_eq!(kinds(), (Some(Arch::Rv32imc), "native native".into()));
    let flags = berus_mpy::Module::from_bytes(&fs::read(folder.join("a.mpy")).unwrap()).unwrap().0.header.arch_flags;
    assert_eq!(flags, Some(3));
    for wrong in ["--arch rv32imc --arch-flags zbb", "--arch x64 --arch-flags zba", "--arch-flags zba"] {
        let (_, err, status) = run(folder, &format!("{wrong} lib/a.py"));
        assert_eq!(status, 2);
        assert!(err.contains("--arch-flags"), "{err}");
    }

    let (_, err, status) = run(folder, "--emit native lib/a.py");
    assert_eq!(status, 2);
    assert!(err.contains("--arch <ARCH>"), "{err}");
    let (_, err, status) = run(folder, "--arch rv64imc --emit native lib/a.py");
    assert_eq!(status, 1);
    assert!(err.contains("NotImplementedError: cannot emit native code for this architecture"), "{err}");
}

#[test]
fn checking_writes_nothing() {
    let folder = sources();
    let folder = folder.path();
    succeeds(folder, "--check main.py lib");
    assert_eq!(run(folder, "--check .").2, 1);
    assert!(!folder.join("main.mpy").exists());
}

#[test]
fn what_cannot_be_read_or_written_is_told() {
    let folder = sources();
    let folder = folder.path();
    fs::write(folder.join("file"), "").unwrap();
    let (_, err, status) = run(folder, "absent.py main.py -o out");
    assert_eq!((&*err, status), ("berus: absent.py: No such file or directory\n", 2));
    assert!(folder.join("out/main.mpy").exists());
    let (_, err, status) = run(folder, "main.py -o file/main.mpy");
    assert_eq!((&*err, status), ("berus: file: Not a directory\n", 2));
}

#[test]
fn modules_do_not_overwrite_each_other() {
    let folder = sources();
    let folder = folder.path();
    fs::write(folder.join("a.py"), "x = 1\n").unwrap();
    let (_, err, status) = run(folder, "a.py lib -o out");
    assert_eq!((&*err, status), ("berus: out/a.mpy: would be made of both a.py and lib/a.py\n", 2));
    assert!(!folder.join("out").exists());
    let (_, err, status) = run(folder, "a.py main.py -o -");
    assert_eq!((&*err, status), ("berus: standard output: takes one module only\n", 2));
    assert_eq!(run(folder, "a.py main.py -s name.py").2, 2);
}

#[test]
#[cfg(unix)]
fn files_keep_their_nature() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = sources();
    let folder = folder.path();
    fs::write(folder.join("real"), "").unwrap();
    symlink("real", folder.join("link.mpy")).unwrap();
    succeeds(folder, "main.py -o link.mpy");
    assert!(fs::symlink_metadata(folder.join("link.mpy")).unwrap().is_symlink());
    assert_eq!(source_name(folder.join("real")), "main.py");
    succeeds(folder, "main.py -o /dev/null");
    succeeds(folder, "main.py");
    let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("main.mpy"), mode("main.py"));
}

#[test]
fn a_folder_without_programs_is_told() {
    let folder = temp_dir();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let told = "berus: empty: there are no Python files in it\n";
    assert_eq!(run_with(folder.path(), "empty", ""), (Vec::new(), told.into(), 0));
}

#[test]
fn no_source_is_overwritten() {
    let folder = sources();
    for args in ["main.py -o main.py", "main.py lib/a.py -o lib/../main.py"] {
        let (out, err, status) = run(folder.path(), args);
        assert_eq!((&*out, status), ("", 2), "{args}: {err}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("main.py", folder.path().join("link.mpy")).unwrap();
        let (_, err, status) = run(folder.path(), "main.py -o link.mpy");
        assert_eq!((&*err, status), ("berus: link.mpy: is a source, which the module would overwrite\n", 2));
    }
    assert_eq!(fs::read(folder.path().join("main.py")).unwrap(), b"import lib\nprint(lib.f(1))\n");
}

#[test]
fn a_chip_names_its_architecture() {
    let folder = temp_dir();
    fs::write(folder.path().join("n.py"), "@micropython.native\ndef f():\n    return 1\n").unwrap();
    let (_, err, status) = run(folder.path(), "n.py");
    assert!(status == 1 && err.contains("invalid arch: name the board's by --arch, or the board by --for"), "{err}");
    let (_, err, status) = run(folder.path(), "--for esp32 n.py");
    assert!(status == 1 && err.contains("invalid arch"), "the port has chips of two: {err}");
    run(folder.path(), "--for pico n.py -o for.mpy");
    run(folder.path(), "--arch armv6m n.py -o arch.mpy");
    let [by_board, by_name] = ["for.mpy", "arch.mpy"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert_eq!(by_board, by_name);
}

#[test]
fn a_module_is_no_source() {
    let folder = sources();
    succeeds(folder.path(), "main.py");
    let (_, err, status) = run(folder.path(), "main.mpy -o again.mpy");
    assert_eq!(
        (&*err, status),
        ("berus: main.mpy: this is an .mpy module already: berus verify and dump read it\n", 1)
    );
}
