//! Images of file systems go from MicroPython to Berus and back.

use std::path::Path;
use std::process::Command;

use berus_testkit::{peer, process, temp_dir};

/// What a program prints that makes, changes or looks at the image of a file system.
fn run(program: &Path, action: &str, kind: &str, image: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images/exchange.py");
    let output = process::output(Command::new(program).arg(script).args([action, kind]).arg(image)).unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert!(output.status.success(), "{program:?} {action} {kind}: {}{}", text(output.stdout), text(output.stderr));
    text(output.stdout)
}

/// One makes an image, and both see the same in it, also after each has changed it.
fn exchange(kind: &str) {
    let Some(peer) = peer("micropython") else { return };
    let ours = Path::new(env!("CARGO_BIN_EXE_berus"));
    let folder = temp_dir();
    let image = folder.path().join("image");
    let mut seen = Vec::new();
    for programs in [[ours, &peer], [&peer, ours]] {
        for (program, action) in programs.into_iter().zip(["make", "change"]) {
            run(program, action, kind, &image);
            let looks = programs.map(|program| run(program, "look", kind, &image));
            assert_eq!(looks[0], looks[1], "{kind}: {action} by {program:?}");
            seen.push(looks[0].clone());
        }
    }
    assert!(seen[0] == seen[2] && seen[1] == seen[3] && seen[0] != seen[1]);
    assert!(seen[1].contains("/new/moved/another name for it, longer 40 "), "{}", seen[1]);
}

#[test]
fn fat() {
    exchange("VfsFat");
}

#[test]
fn littlefs_version_1() {
    exchange("VfsLfs1");
}

#[test]
fn littlefs_version_2() {
    exchange("VfsLfs2");
}
