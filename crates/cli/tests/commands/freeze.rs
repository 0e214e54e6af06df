//! `berus freeze`: which modules a manifest names, and what becomes of them.

use std::fs;
use std::path::Path;
use std::process::Command;

use berus_mpy::Module;
use berus_mpy::romfs::{Image, Node};
use berus_testkit::{TempDir, temp_dir};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = temp_dir();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Standard error and exit status of `berus freeze -q`.
fn run(folder: &Path, args: &str) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_berus"));
    let output = command.args(["freeze", "-q"]).args(args.split(' ')).current_dir(folder).output().unwrap();
    assert_eq!(output.stdout, b"");
    (String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

/// The files of an image and their data.
fn frozen(path: &Path) -> Vec<(String, Vec<u8>)> {
    let bytes = fs::read(path).unwrap();
    let image = Image::new(&bytes).unwrap();
    let mut files = Vec::new();
    let mut open = vec![(String::new(), image.root())];
    while let Some((path, folder)) = open.pop() {
        for entry in folder.entries().map(Result::unwrap) {
            let path = format!("{path}{}", String::from_utf8_lossy(entry.name));
            match entry.node {
                Node::File(file) => files.push((path, file.data().to_vec())),
                Node::Folder(folder) => open.push((path + "/", folder)),
            }
        }
    }
    files.sort();
    files
}

fn names(path: &Path) -> Vec<String> {
    frozen(path).into_iter().map(|(name, _)| name).collect()
}

#[track_caller]
fn freezes(files: &[(&str, &str)], args: &str, expected: &[&str]) -> TempDir {
    let folder = folder(files);
    assert_eq!(run(folder.path(), args), (String::new(), 0));
    assert_eq!(names(&folder.path().join("frozen.romfs")), expected);
    folder
}

#[test]
fn modules_and_packages() {
    let manifest = "
module('top.py', opt=3)
module('driver.py', base_path='src/drivers')
package('pkg')
package('part', files=['a.py', 'sub/b.py'], base_path='$(LIB)')
";
    let files = [
        ("app/manifest.py", manifest),
        ("app/top.py", "assert 0"),
        ("app/src/drivers/driver.py", ""),
        ("app/pkg/__init__.py", ""),
        ("app/pkg/deep/down.py", ""),
        ("app/pkg/note.txt", ""),
        ("lib/part/a.py", ""),
        ("lib/part/sub/b.py", ""),
        ("lib/part/c.py", ""),
    ];
    let expected = ["driver.mpy", "part/a.mpy", "part/sub/b.mpy", "pkg/__init__.mpy", "pkg/deep/down.mpy", "top.mpy"];
    freezes(&files, "app/manifest.py --var LIB=lib", &expected);
    // A folder stands for its manifest.
    let folder = freezes(&files, "app -v LIB=lib", &expected);
    let image = frozen(&folder.path().join("frozen.romfs"));
    let top = Module::from_bytes(&image[5].1).unwrap().0;
    assert_eq!(top.source_name(), b"top.py");
    assert_eq!(top.codes.len(), 1);
    assert!(top.qstrs.iter().all(|name| name.as_bytes() != b"AssertionError"), "optimised by the manifest");
}

#[test]
fn includes_pass_options_on_and_run_once() {
    let files = [
        ("manifest.py", "include('one', extra=True)\ninclude(('two/m.py', 'one'))\nmodule('own.py')\n"),
        (
            "one/manifest.py",
            "options.defaults(usual=True, extra=False)
assert options.usual and options.extra and options.other is None
module('a.py')
include('../two/m.py')
",
        ),
        ("one/a.py", ""),
        ("two/m.py", "module('b.py')"),
        ("two/b.py", ""),
        ("own.py", ""),
    ];
    freezes(&files, "manifest.py", &["a.mpy", "b.mpy", "own.mpy"]);
}

#[test]
fn packages_are_required_from_folders() {
    let files = [
        ("manifest.py", "add_library('extra', 'extra')\nrequire('first')\nrequire('third', library='extra')\n"),
        ("lib/python-stdlib/first/manifest.py", "metadata(version='1.2.3')\nrequire('second')\nmodule('first.py')\n"),
        ("lib/python-stdlib/first/first.py", "x = 1"),
        ("lib/micropython/net/second/manifest.py", "metadata(description='x')\npackage('second')\n"),
        ("lib/micropython/net/second/second/__init__.py", ""),
        ("extra/third/manifest.py", "require('second')\nmodule('third.py')"),
        ("extra/third/third.py", ""),
    ];
    let folder =
        freezes(&files, "manifest.py --var MPY_LIB_DIR=lib", &["first.mpy", "second/__init__.mpy", "third.mpy"]);
    let image = frozen(&folder.path().join("frozen.romfs"));
    let first = Module::from_bytes(&image[0].1).unwrap().0;
    assert!(first.qstrs.iter().any(|name| name.as_bytes() == b"1.2.3"), "{:?}", first.qstrs);
}

#[test]
fn the_kinds_of_freeze() {
    let source = "x = 1\n";
    let mpy = "M\x06\0\x1f\x01\0\x08a.py\0";
    let files = [
        (
            "manifest.py",
            "freeze('all')\nfreeze_as_str('text')\nfreeze_as_mpy('some', ('s.py', 'sub/t.py'))\nfreeze_mpy('ready')",
        ),
        ("all/a.py", source),
        ("all/b.mpy", mpy),
        ("text/c.py", source),
        ("some/s.py", source),
        ("some/sub/t.py", source),
        ("some/u.py", source),
        ("ready/d.mpy", mpy),
        ("ready/e.py", source),
    ];
    let folder = freezes(&files, "manifest.py", &["a.mpy", "b.mpy", "c.py", "d.mpy", "s.mpy", "sub/t.mpy"]);
    let image = frozen(&folder.path().join("frozen.romfs"));
    assert_eq!((image[1].1.as_slice(), image[2].1.as_slice()), (mpy.as_bytes(), source.as_bytes()));
}

#[test]
fn a_folder_without_manifest_is_frozen_whole() {
    freezes(&[("lib/a.py", ""), ("lib/b/c.py", ""), ("lib/d.txt", "")], "lib", &["a.mpy", "b/c.mpy"]);
}

#[test]
fn errors_say_where_they_are() {
    for (manifest, message, status) in [
        ("require('nothing')", "berus: manifest.py:1: no library to look for package 'nothing' in; give", 1),
        ("add_library('own', '.')\n\nrequire('nothing')", "berus: manifest.py:3: no package 'nothing' in .\n", 1),
        ("require('x', library='own')", "berus: manifest.py:1: no library 'own' for package 'x'", 1),
        ("\nmodule('none.py')", "berus: manifest.py:2: none.py: No such file or directory\n", 2),
        ("package('none')", "berus: manifest.py:1: none: No such file or directory\n", 2),
        ("include('none')", "berus: manifest.py:1: none: No such file or directory\n", 2),
        (
            "include('two/inner.py')",
            "berus: two/inner.py:2: NameError: name 'x' isn't defined\n  reached from manifest.py:1\n",
            1,
        ),
        ("module('none.mpy')", "berus: manifest.py:1: module 'none.mpy' is no .py file\n", 1),
        (
            "package('x', base_path='$(NONE)')",
            "no value is given for $(NONE) in '$(NONE)'; give one by --var NONE=VALUE\n",
            1,
        ),
        ("metadata(version='1')\nmetadata(version='2')", "berus: manifest.py:2: metadata() is called twice", 1),
        ("x = (\n", "berus: manifest.py:2: SyntaxError: invalid syntax\n", 1),
        ("module('bad.py')", "berus: bad.py:1:5: SyntaxError: invalid syntax", 1),
        ("module('native.py')", "berus: native.py:1: SyntaxError: invalid arch", 1),
        ("freeze('two')\nmodule('a.py')", "another of that name", 2),
        ("def f():\n f()\nf()", "RecursionError", 1),
        ("x = 'x'\nwhile True:\n x += x", "MemoryError", 1),
    ] {
        let files = [
            ("manifest.py", manifest),
            ("bad.py", "x = )"),
            ("native.py", "@micropython.native\ndef f(): pass"),
            ("a.py", ""),
            ("two/a.py", ""),
            ("two/inner.py", "\nx\n"),
        ];
        let folder = folder(&files);
        let (err, found) = run(folder.path(), "manifest.py");
        assert!(err.contains(message), "{manifest}: {err}");
        assert_eq!(found, status, "{manifest}: {err}");
        assert!(!folder.path().join("frozen.romfs").exists(), "{manifest}");
    }
    let missing = String::from("berus: none.py: No such file or directory\n");
    assert_eq!(run(temp_dir().path(), "none.py"), (missing, 2));
}

#[test]
fn machine_code_is_made_for_an_architecture() {
    let files = [("lib/fast.py", "@micropython.viper\ndef f(): pass\n")];
    let folder = folder(&files);
    assert_eq!(run(folder.path(), "lib --arch x64"), (String::new(), 0));
    let image = frozen(&folder.path().join("frozen.romfs"));
    let module = Module::from_bytes(&image[0].1).unwrap().0;
    assert_eq!(module.header.arch.map(|arch| arch.name()), Some("x64"));
}

#[test]
fn manifests_reach_nothing_else() {
    for manifest in ["open('manifest.py')", "import os", "import vfs", "import socket", "import top"] {
        let folder = folder(&[("manifest.py", manifest), ("top.py", "")]);
        let (err, status) = run(folder.path(), "manifest.py");
        assert!(status == 1 && err.contains("Error: "), "{manifest}: {err}");
    }
}

#[test]
fn rust_that_embeds_the_image() {
    let folder = folder(&[("lib/a.py", "")]);
    assert_eq!(run(folder.path(), "lib -o out/x.romfs --rust out/frozen.rs"), (String::new(), 0));
    let rust = fs::read_to_string(folder.path().join("out/frozen.rs")).unwrap();
    assert!(rust.contains("include_bytes!(\"x.romfs\")"), "{rust}");
}

#[test]
fn a_manifest_that_names_nothing_is_told() {
    let folder = folder(&[("manifest.py", "metadata(version='1')")]);
    let told = "berus: manifest.py: it names no files, so that nothing will be in the image\n";
    assert_eq!(run(folder.path(), "manifest.py"), (told.into(), 0));
    assert_eq!(names(&folder.path().join("frozen.romfs")), Vec::<String>::new());
}

/// What `genhdr/qstrdefs.generated.h` of a build looks like.
const HEADER: &str = "// This file was automatically generated by makeqstrdata.py\n\nQDEF0(MP_QSTR_, 5381, 0, \"\")\n\
                      QDEF0(MP_QSTR__0x0a_, 46511, 1, \"\\x0a\")\nQDEF1(MP_QSTR_print, 51228, 5, \"print\")\n";

#[test]
fn c_for_builds_of_micropython() {
    let source = "def f(a, *b):\n    print(a, (1 << 80, -70000, 5, 2.5, 3j, b'\\0x', 'a string that is longer than names', 'a', ()))\n    \
                  yield b\n\nclass C:\n    line = '\\n'\n";
    let files = [
        ("app/__init__.py", source),
        ("text/data.py", "x = 1\n"),
        ("names.h", HEADER),
        ("manifest.py", "package('app')\nfreeze_as_str('text')\n"),
    ];
    let folder = folder(&files);
    assert_eq!(run(folder.path(), "--c frozen.c --names names.h manifest.py"), (String::new(), 0));
    assert!(!folder.path().join("frozen.romfs").exists());
    let made = fs::read_to_string(folder.path().join("frozen.c")).unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/frozen.c");
    if std::env::var_os("BERUS_BLESS").is_some() {
        fs::write(golden, made).unwrap();
        return;
    }
    assert_eq!(made, fs::read_to_string(golden).unwrap());
    // A name of the build has its number there; others are in the order of their bytes.
    assert!(made.contains("    MP_QSTR_print,\n") && made.contains("MP_ROM_QSTR(FROZEN_QSTR_"), "{made}");
    assert!(made.contains("    MP_QSTR__0x0a_,\n"), "{made}");
}

#[test]
fn what_cannot_be_frozen_as_c() {
    let folder =
        folder(&[("a.py", "x = 1\n"), ("manifest.py", "module('a.py')\n"), ("names.h", HEADER), ("none.h", "\n")]);
    let complaint = "berus: none.h: it lists no names as genhdr/qstrdefs.generated.h of a build does\n";
    assert_eq!(run(folder.path(), "--c a.c --names none.h manifest.py"), (complaint.into(), 1));
    let (text, status) = run(folder.path(), "--c a.c --names absent.h manifest.py");
    assert!(status == 2 && text.starts_with("berus: absent.h: "), "{text}");
    assert_eq!(run(folder.path(), "--c a.c manifest.py").1, 2);
    let native = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/natmod-x64.mpy");
    fs::create_dir(folder.path().join("mpy")).unwrap();
    fs::copy(native, folder.path().join("mpy/natmod.mpy")).unwrap();
    fs::write(folder.path().join("manifest.py"), "freeze_mpy('mpy')\n").unwrap();
    let complaint = "berus: natmod.mpy: machine code with data or relocations cannot be frozen\n";
    assert_eq!(run(folder.path(), "--c a.c --names names.h manifest.py"), (complaint.into(), 1));
}
