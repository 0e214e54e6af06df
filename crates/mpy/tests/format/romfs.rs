//! ROM images: what is written is read, by MicroPython too, and broken images are refused without a panic.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use berus_mpy::romfs::{Corrupt, Folder, Image, InsertError, Node, Tree};
use berus_testkit::{peer, process, temp_dir};
use proptest::prelude::*;

type Files = BTreeMap<String, Vec<u8>>;

/// All files of an image, by path.
fn files(image: &Image<'_>) -> Result<Files, Corrupt> {
    let mut files = Files::new();
    let mut open = vec![(String::new(), image.root())];
    while let Some((path, folder)) = open.pop() {
        for entry in folder.entries() {
            let entry = entry?;
            let path = format!("{path}/{}", String::from_utf8_lossy(entry.name));
            match entry.node {
                Node::File(file) => drop(files.insert(path, file.data().to_vec())),
                Node::Folder(folder) => open.push((path, folder)),
            }
        }
    }
    Ok(files)
}

fn tree(files: &Files) -> Tree<'_> {
    let mut tree = Tree::default();
    for (path, data) in files {
        // A path may lead through a file.
        let _ = tree.insert(path.trim_start_matches('/'), data.as_slice());
    }
    tree
}

fn small() -> Files {
    let big: Vec<u8> = (0..1000).map(|n| (n * 7) as u8).collect();
    let pairs = [
        ("/a.py", b"a = 1".to_vec()),
        ("/lib/b/c.mpy", big),
        ("/lib/d.txt", Vec::new()),
        ("/z/a.py", b"a = 1".to_vec()),
    ];
    pairs.map(|(path, data)| (path.to_owned(), data)).into()
}

#[test]
fn paths_lead_to_files_and_folders() {
    let files = small();
    let bytes = tree(&files).to_image();
    let image = Image::new(&bytes).unwrap();
    for (path, data) in &files {
        let Some(Node::File(file)) = image.find(path.as_bytes()) else { panic!("{path}") };
        assert_eq!(file.data(), data);
        assert_eq!(&bytes[file.offset()..][..data.len()], data);
    }
    for folder in ["", "/", "lib", "/lib/", "lib/b"] {
        assert!(matches!(image.find(folder.as_bytes()), Some(Node::Folder(_))), "{folder}");
    }
    for nothing in ["a", "a.py/", "a.py/x", "li", "lib/x", "//lib", "lib//b"] {
        assert!(image.find(nothing.as_bytes()).is_none(), "{nothing}");
    }
}

/// What mpremote 1.29 makes of a folder of `a.py` and `lib/b.txt`, which hold `a = 1` and nothing.
const OF_MPREMOTE: &[u8] = b"\xd2\xcd\x31\x1e\x05\x0c\x04a.py\x02\x05a = 1\x04\x0e\x03lib\x05\x08\x05b.txt\x02\x00";

#[test]
fn images_are_those_of_mpremote() {
    let files = [("a.py", b"a = 1".to_vec()), ("lib/b.txt", Vec::new())].map(|(path, data)| (path.to_owned(), data));
    assert_eq!(tree(&files.into()).to_image(), OF_MPREMOTE);
}

#[test]
fn data_is_aligned_and_shared() {
    let files = small();
    for align in [1, 2, 4, 8, 64, 4096] {
        let bytes = tree(&files).to_aligned_image(align);
        assert!(bytes.len().is_multiple_of(2));
        let image = Image::new(&bytes).unwrap();
        let offset = |path: &str| match image.find(path.as_bytes()) {
            Some(Node::File(file)) => file.offset(),
            _ => panic!("{path}"),
        };
        assert!(files.keys().all(|path| offset(path).is_multiple_of(align)), "{align}");
        assert_eq!(offset("/a.py"), offset("/z/a.py"));
    }
}

#[test]
fn there_is_one_file_at_a_path() {
    let mut tree = Tree::default();
    assert_eq!(tree.insert("a/b", b"".as_slice()), Ok(()));
    assert_eq!(tree.insert("a/b", b"".as_slice()), Err(InsertError::Taken));
    assert_eq!(tree.insert("a/b/c", b"".as_slice()), Err(InsertError::Taken));
    assert_eq!(tree.insert("a", b"".as_slice()), Err(InsertError::Taken));
    for path in ["", "/a", "a//b", "a/", "../a", "."] {
        assert_eq!(tree.insert(path, b"".as_slice()), Err(InsertError::Name), "{path}");
    }
    assert_eq!(tree.insert(&["a"; 100].join("/"), b"".as_slice()), Err(InsertError::Depth));
}

/// An image of raw records.
fn image_of(records: &[u8]) -> Vec<u8> {
    [&[0xd2, 0xcd, 0x31, records.len() as u8][..], records].concat()
}

fn entries(folder: Folder<'_>) -> Vec<Result<Vec<u8>, Corrupt>> {
    folder.entries().map(|entry| entry.map(|entry| entry.name.to_vec())).collect()
}

#[test]
fn records_of_unknown_kinds_are_skipped() {
    let bytes = image_of(b"\x01\x02xx\x07\x01x\x05\x0b\x01f\x80\x80\x01\x00\x80\x02\x80\x01d");
    assert_eq!(files(&Image::new(&bytes).unwrap()), Ok(Files::from([("/f".into(), b"d".to_vec())])));
}

#[test]
fn what_is_outside_its_bounds_is_corrupt() {
    for (records, name) in [
        (&b"\x05\x10\x01f\x02\x01d"[..], "a record longer than its folder"),
        (b"\x05\x05\x09f\x02\x01d", "a name longer than its record"),
        (b"\x05\x05\x01f\x02\x09d", "data longer than its file"),
        (b"\x05\x06\x01f\x03\x02\x09\x01", "data beyond the image"),
        (b"\x05\x06\x01f\x03\x01\x01\x00", "half a pointer"),
        (b"\x05\x02\x01f", "a file without data"),
        (b"\x00\x00\x00", "erased memory"),
        (b"\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01f", "a length beyond all memory"),
    ] {
        let bytes = image_of(records);
        let image = Image::new(&bytes).unwrap();
        let found = entries(image.root());
        assert!(matches!(found[..], [Err(_)]), "{name}: {found:?}");
        assert!(image.find(b"f").is_none(), "{name}");
    }
    assert!(Image::new(b"\xd2\xcd\x31").is_none());
    assert!(Image::new(b"\xd2\xcd\x31\x03\x00\x00").is_none());
    assert!(Image::new(b"\xd2\xcd\x32\x00").is_none());
}

#[test]
fn deep_nesting_is_no_danger() {
    let len = |records: &[u8]| {
        let len = records.len();
        [0x80 | (len >> 14) as u8, 0x80 | (len >> 7) as u8, len as u8 & 0x7f]
    };
    let mut records = Vec::new();
    for _ in 0..2000 {
        records.insert(0, 0);
        records = [&[4][..], &len(&records), &records].concat();
    }
    let bytes = [&[0xd2, 0xcd, 0x31][..], &len(&records), &records].concat();
    let image = Image::new(&bytes).unwrap();
    assert_eq!(files(&image), Ok(Files::new()));
    assert!(image.find(b"x").is_none());
}

/// Prints all that MicroPython finds in an image, as Python reads and writes it.
const MICROPYTHON_READS: &str = "
import os, sys, vfs
with open(sys.argv[1], 'rb') as f:
    vfs.mount(vfs.VfsRom(f.read()), '/rom')
def walk(path):
    for name in os.listdir(path):
        name = path + '/' + name
        if os.stat(name)[0] & 0x4000:
            walk(name)
        else:
            with open(name, 'rb') as f:
                print(name[4:], f.read().hex())
walk('/rom')
";

#[test]
fn micropython_reads_what_is_written() {
    let Some(micropython) = peer("micropython") else { return };
    let files = small();
    let folder = temp_dir();
    let path = folder.path().join("image.romfs");
    for bytes in [tree(&files).to_image(), tree(&files).to_aligned_image(8), tree(&files).to_aligned_image(4096)] {
        fs::write(&path, bytes).unwrap();
        let script = folder.path().join("reads.py");
        fs::write(&script, MICROPYTHON_READS).unwrap();
        let run = process::output(Command::new(&micropython).arg(&script).arg(&path)).unwrap();
        let hex = |data: &[u8]| data.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let mut lines: Vec<_> = files.iter().map(|(path, data)| format!("{path} {}", hex(data))).collect();
        let printed = String::from_utf8(run.stdout).unwrap();
        let mut printed: Vec<_> = printed.lines().collect();
        lines.sort();
        printed.sort();
        assert_eq!(printed, lines, "{}", String::from_utf8_lossy(&run.stderr));
    }
}

fn fits(is_folder: &bool, node: &Node<'_>) -> bool {
    matches!(node, Node::Folder(_)) == *is_folder
}

#[test]
fn of_two_entries_with_one_name_the_first_is_found() {
    let image = Image::new(b"\xd2\xcd\x31\x0a\x05\x04\x01a\x02\x00\x04\x02\x01a").unwrap();
    assert!(matches!(image.find(b"/a"), Some(Node::File(_))));
    let wanted = [(&b""[..], true), (b"", false)];
    assert_eq!(image.find_first(b"/a", &wanted, fits), Some(1));
    assert_eq!(image.find_first(b"/a", &wanted[..1], fits), None);
}

fn any_files() -> impl Strategy<Value = Files> {
    let path = "(/[a-cé]{1,2}){1,4}";
    proptest::collection::btree_map(path, proptest::collection::vec(any::<u8>(), 0..300), 0..12)
}

proptest! {
    #[test]
    fn reading_inverts_writing(given in any_files(), align in 1usize..40) {
        let tree = tree(&given);
        let plain = tree.to_image();
        let found = files(&Image::new(&plain).unwrap()).unwrap();
        prop_assert!(found.iter().all(|(path, data)| given.get(path) == Some(data)));
        // All but what has a file where its folder should be.
        let inserted = |path: &str| !given.keys().any(|other| path.starts_with(&format!("{other}/")));
        prop_assert_eq!(found.len(), given.keys().filter(|path| inserted(path)).count());
        let aligned = tree.to_aligned_image(align);
        prop_assert_eq!(files(&Image::new(&aligned).unwrap()).unwrap(), found);
    }

    #[test]
    fn several_paths_are_found_as_one_by_one(given in any_files(), base in "/?([a-cé]{1,2}/){0,3}[a-cé]") {
        let bytes = tree(&given).to_image();
        let image = Image::new(&bytes).unwrap();
        for endings in [["", "a", "b"], ["c", "", "a"], ["é", "b", ""]] {
            for folders in [[true, false, false], [false, false, true], [false, true, true]] {
                let wanted = [0, 1, 2].map(|n| (endings[n].as_bytes(), folders[n]));
                let one_by_one = wanted.iter().position(|(ending, is_folder)| {
                    image.find(&[base.as_bytes(), ending].concat()).is_some_and(|node| fits(is_folder, &node))
                });
                prop_assert_eq!(image.find_first(base.as_bytes(), &wanted, fits), one_by_one);
            }
        }
    }

    #[test]
    fn broken_images_are_no_danger(given in any_files(), at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        let mut bytes = tree(&given).to_image();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let cut = cut.index(bytes.len());
        for bytes in [&bytes[..], &bytes[..cut]] {
            if let Some(image) = Image::new(bytes) {
                let _ = files(&image);
                for path in given.keys() {
                    let _ = image.find(path.as_bytes());
                    let _ = image.find_first(path.as_bytes(), &[(b"", true), (b"a", false)], fits);
                }
            }
        }
    }
}
