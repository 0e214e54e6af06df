//! `berus convert`: modules of version 5, and of CircuitPython, print the same where they are loaded after.

use std::fs;
use std::process::Command;

use berus_testkit::{peer, temp_dir};

use crate::{berus, fixtures};

#[test]
fn converted_modules_print_the_same() {
    let folder = temp_dir();
    let expected = fs::read_to_string(fixtures().join("versions/features.out")).unwrap();
    for name in ["features-1.12", "features-1.12-cache", "features-1.18", "features-1.18-O3"] {
        let module = folder.path().join("m.mpy");
        let (status, _, err) = berus(&["convert", "-o", module.to_str().unwrap(), &format!("versions/{name}.mpy")]);
        assert_eq!((status, &*err), (Some(0), ""), "{name}");
        let (status, out, err) = berus(&[module.to_str().unwrap()]);
        assert_eq!((status, &*err), (Some(0), ""), "{name}");
        assert_eq!(out, expected, "{name}");
        if let Some(micropython) = peer("micropython") {
            let output =
                Command::new(micropython).args(["-c", "import m"]).current_dir(folder.path()).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name} in MicroPython");
        }
    }
}

#[test]
fn between_micropython_and_circuitpython() {
    let folder = temp_dir();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let small = fs::read(fixtures().join("small.mpy")).unwrap();
    for release in ["9", "9.2", "10"] {
        let circuit = path("circuit.mpy");
        assert_eq!(
            berus(&["convert", "--for", &format!("circuitpython {release}"), "-o", &circuit, "small.mpy"]).0,
            Some(0)
        );
        let bytes = fs::read(&circuit).unwrap();
        assert_eq!((bytes[0], &bytes[1..]), (b'C', &small[1..]));
        assert_eq!(berus(&["verify", "--for", &format!("circuitpython {release}"), &circuit]).0, Some(0));
        assert_eq!(berus(&["convert", "--for", "rp2 1.19", "-o", &path("back.mpy"), &circuit]).0, Some(0));
        assert_eq!(fs::read(path("back.mpy")).unwrap(), small);
    }
    // From version 5 of one to version 6 of the other.
    let mut old = fs::read(fixtures().join("versions/features-1.18.mpy")).unwrap();
    old[0] = b'C';
    fs::write(path("old.mpy"), old).unwrap();
    assert_eq!(berus(&["convert", "-o", &path("new.mpy"), &path("old.mpy")]).0, Some(0));
    let expected = fs::read_to_string(fixtures().join("versions/features.out")).unwrap();
    assert_eq!(berus(&[&path("new.mpy")]).1, expected);
}

#[test]
fn what_cannot_be_converted_says_why() {
    for (target, file, why) in [
        (
            "micropython",
            "versions/machine-1.18.mpy",
            "offset 0x0003: machine code of version 5 runs on no later release",
        ),
        ("micropython", "versions/small-1.11.mpy", "of version 4, whose bytecode is another"),
        ("rp2 1.18", "small.mpy", "rp2 1.18 reads version 5 of the format, and only version 6 can be written"),
        ("circuitpython 9", "machine-x64.mpy", "it has machine code for x64, which cannot be converted"),
        ("unix 1.22", "machine-x64.mpy", "it has machine code for x64, which cannot be converted"),
        ("micropython", "small.py", "not an .mpy file, but Python source"),
    ] {
        let (status, out, err) = berus(&["convert", "--for", target, file]);
        assert_eq!((status, &*out), (Some(1), ""), "{file} for {target}");
        assert!(err.starts_with(&format!("berus: {file}: {why}")), "{err}");
    }
}

#[test]
fn coroutines_of_circuitpython_and_micropython() {
    let folder = temp_dir();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let source = "async def f(x):\n    return x + 1\n\nasync def g(x):\n    return await f(x) * await f(x + 1)\n\n\
                  try:\n    g(5).send(None)\nexcept StopIteration as e:\n    print(e.value)\n";
    fs::write(path("a.py"), source).unwrap();
    assert_eq!(berus(&["compile", "--for", "circuitpython 9.2", "-o", &path("c.mpy"), &path("a.py")]).0, Some(0));
    let (_, listing, _) = berus(&["dump", &path("c.mpy")]);
    assert_eq!(listing.matches("LOAD_METHOD             __await__").count(), 2, "{listing}");
    let (status, _, err) = berus(&["convert", "-o", &path("m.mpy"), &path("c.mpy")]);
    assert_eq!((status, &*err), (Some(0), ""));
    assert_eq!(berus(&[&path("m.mpy")]).1, "42\n");
    if let Some(micropython) = peer("micropython") {
        let output = Command::new(micropython).args(["-c", "import m"]).current_dir(folder.path()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "42\n");
    }
    let (status, _, err) = berus(&["convert", "--for", "circuitpython 9", "-o", &path("back.mpy"), &path("m.mpy")]);
    assert_eq!(status, Some(0));
    assert!(
        err.ends_with("its coroutines, if it has some, are plain generators there, which cannot be awaited\n"),
        "{err}"
    );
}
