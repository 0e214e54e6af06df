//! `berus romfs`: images of folders, what is in them, and getting it out again.

use std::fs;
use std::path::Path;
use std::process::Command;

use berus_mpy::romfs::{Image, Node, Tree};
use berus_testkit::{TempDir, peer, process, temp_dir};

/// Standard output, standard error and exit status of `berus romfs`.
fn run(folder: &Path, args: &[&str]) -> (String, String, i32) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_berus")).arg("romfs").args(args).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn app() -> TempDir {
    let folder = temp_dir();
    for (name, text) in [
        ("app/main.py", "from lib import greet\nprint(greet('rom'), open('/rom/data/note.txt').read())\n"),
        ("app/lib/__init__.py", "def greet(name):\n    return 'hello ' + name\n"),
        ("app/data/note.txt", "as it is"),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn a_folder_becomes_an_image() {
    let folder = app();
    let (out, err, status) = run(folder.path(), &["build", "app"]);
    assert_eq!((err.as_str(), status), ("", 0));
    let bytes = fs::read(folder.path().join("app.romfs")).unwrap();
    let image = Image::new(&bytes).unwrap();
    let names = ["data/note.txt", "lib/__init__.mpy", "main.mpy"];
    for name in names {
        assert!(matches!(image.find(name.as_bytes()), Some(Node::File(_))), "{name}");
    }
    let listed: Vec<_> = out.lines().filter_map(|line| line.split("  ").last()).collect();
    assert_eq!(listed[0], format!("app.romfs: {} bytes", bytes.len()));
    assert_eq!(listed[3..6], names);
    let (listed_again, err, status) = run(folder.path(), &["list", "app.romfs"]);
    assert_eq!((listed_again, err.as_str(), status), (out, "", 0));
}

#[test]
fn programs_run_with_an_image() {
    let folder = app();
    assert_eq!(run(folder.path(), &["build", "-q", "app"]), (String::new(), String::new(), 0));
    let program = "import sys, vfs, gc
import main
image = vfs.rom_ioctl(2, 0)
print(sys.path[-2:], main.__file__, len(image), bytes(image[:3]), vfs.rom_ioctl(1), vfs.rom_ioctl(2, 1), vfs.rom_ioctl(3, 0, 0))
";
    let berus = |image: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_berus"));
        command.args(["-X", &format!("romfs={image}"), "-c", program]).current_dir(folder.path());
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr), output.status.code().unwrap())
    };
    let size = fs::metadata(folder.path().join("app.romfs")).unwrap().len();
    let printed = format!("hello rom as it is\n['/rom', '/rom/lib'] /rom/main.mpy {size} b'\\xd2\\xcd1' 1 -22 -22\n");
    assert_eq!(berus("app.romfs"), (printed, String::new(), 0));
    let mut command = Command::new(env!("CARGO_BIN_EXE_berus"));
    command.args(["-X", "romfs=app.romfs", "/rom/main.mpy"]).current_dir(folder.path());
    assert_eq!(String::from_utf8(command.output().unwrap().stdout).unwrap(), "hello rom as it is\n");
    let missing = String::from("berus: none: No such file or directory\n");
    assert_eq!(berus("none"), (String::new(), missing, 2));
    let wrong = String::from("berus: app/main.py: not a ROM image, or not all of it\n");
    assert_eq!(berus("app/main.py"), (String::new(), wrong, 2));
}

#[test]
fn options_of_build() {
    let folder = app();
    let args = ["build", "app", "--keep-source", "--align", "64", "-q", "-o", "out/x.img"];
    assert_eq!(run(folder.path(), &args), (String::new(), String::new(), 0));
    let bytes = fs::read(folder.path().join("out/x.img")).unwrap();
    let image = Image::new(&bytes).unwrap();
    let Some(Node::File(file)) = image.find(b"main.py") else { panic!() };
    assert!(file.data().starts_with(b"from lib") && file.offset() % 64 == 0);
}

#[test]
fn a_program_with_an_error_makes_no_image() {
    let folder = app();
    fs::write(folder.path().join("app/bad.py"), "x = (\n").unwrap();
    let (out, err, status) = run(folder.path(), &["build", "app"]);
    assert_eq!((out.as_str(), status), ("", 1));
    assert!(err.contains("bad.py:2") && err.contains("SyntaxError"), "{err}");
    assert!(!folder.path().join("app.romfs").exists());
    assert_eq!(run(folder.path(), &["build", "nothing"]).2, 2);
}

#[test]
fn what_was_built_is_extracted() {
    let folder = app();
    run(folder.path(), &["build", "app", "--keep-source"]);
    assert_eq!(run(folder.path(), &["extract", "app.romfs", "-o", "all"]), (String::new(), String::new(), 0));
    for name in ["main.py", "lib/__init__.py", "data/note.txt"] {
        let read = |root: &str| fs::read(folder.path().join(root).join(name)).unwrap();
        assert_eq!(read("all"), read("app"), "{name}");
    }
    let (_, err, status) = run(folder.path(), &["extract", "app.romfs", "-o", "some", "lib", "li"]);
    assert_eq!((err.as_str(), status), ("berus: li: not in the image\n", 2));
    assert!(folder.path().join("some/lib/__init__.py").exists() && !folder.path().join("some/main.py").exists());
}

#[test]
fn broken_and_hostile_images() {
    let folder = temp_dir();
    let write = |bytes: &[u8]| fs::write(folder.path().join("bad.romfs"), bytes).unwrap();
    write(b"no image");
    let (_, err, status) = run(folder.path(), &["list", "bad.romfs"]);
    assert_eq!((err.as_str(), status), ("berus: bad.romfs: not a ROM image, or not all of it\n", 1));
    write(b"\xd2\xcd\x31\x05\x05\x09\x01f\x02");
    assert_eq!(run(folder.path(), &["list", "bad.romfs"]).2, 1);
    // Names that would lead out of the folder.
    let mut tree = Tree::default();
    tree.insert("xx/xx/file", b"data".as_slice()).unwrap();
    tree.insert("xxtmpxfile", b"data".as_slice()).unwrap();
    let mut bytes = tree.to_image();
    for at in 0..bytes.len() {
        match bytes.get(at..at + 10) {
            Some(b"xxtmpxfile") => bytes[at..at + 10].copy_from_slice(b"../tmp/fil"),
            _ if bytes[at..].starts_with(b"\x02xx") => bytes[at + 1..at + 3].copy_from_slice(b".."),
            _ => {}
        }
    }
    write(&bytes);
    let (_, err, status) = run(folder.path(), &["extract", "bad.romfs", "-o", "deep/out"]);
    assert_eq!((err.matches("leads out of the folder").count(), status), (2, 1), "{err}");
    assert!(!folder.path().join("deep").exists());
}

#[test]
fn micropython_runs_an_image_in_place() {
    let Some(micropython) = peer("micropython") else { return };
    let folder = app();
    run(folder.path(), &["build", "app"]);
    run(folder.path(), &["build", "app", "--align", "8", "-o", "aligned.romfs"]);
    for image in ["app.romfs", "aligned.romfs"] {
        let program = format!(
            "import sys, vfs; vfs.mount(vfs.VfsRom(open('{image}', 'rb').read()), '/rom'); sys.path.append('/rom'); import main"
        );
        let output = process::output(Command::new(&micropython).args(["-c", &program]).current_dir(&folder)).unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "hello rom as it is\n");
    }
}

#[test]
fn the_image_of_a_folder_is_named_after_it() {
    let folder = temp_dir();
    let app = folder.path().join("app.v1");
    fs::create_dir(&app).unwrap();
    for (from, path, image) in [(folder.path(), "app.v1/", "app.v1.romfs"), (&app, ".", "app.v1/app.v1.romfs")] {
        assert_eq!(run(from, &["build", "-q", path]), (String::new(), String::new(), 0));
        fs::remove_file(folder.path().join(image)).unwrap();
    }
    let (_, err, status) = run(folder.path(), &["build", "none"]);
    assert_eq!((err.as_str(), status), ("berus: none: No such file or directory\n", 2));
}

#[test]
fn what_is_no_folder_makes_no_image() {
    let folder = app();
    let (out, err, status) = run(folder.path(), &["build", "app/main.py"]);
    assert_eq!((&*out, &*err, status), ("", "berus: app/main.py: this is no folder\n", 2));
    assert!(!folder.path().join("app/main.romfs").exists());
    let (_, err, status) = run(folder.path(), &["build", "app", "-o", "app/main.py/x"]);
    assert_eq!((&*err, status), ("berus: app/main.py: Not a directory\n", 2));
}

#[test]
fn only_images_are_overwritten() {
    let folder = app();
    assert_eq!(run(folder.path(), &["build", "-q", "app"]).2, 0);
    assert_eq!(run(folder.path(), &["build", "-q", "app"]).2, 0, "an image is");
    let (_, err, status) = run(folder.path(), &["build", "app", "-o", "app/main.py"]);
    let message = "berus: app/main.py: is there, and no ROM image: nothing else is overwritten\n";
    assert_eq!((&*err, status), (message, 2));
    assert!(fs::read(folder.path().join("app/main.py")).unwrap().starts_with(b"from lib"));
}
