//! Whatever a file holds, as long as it can be read: every byte is accounted for once, and every view can be shown.

use std::fs;
use std::path::Path;

use berus_mpy::Module;
use berus_mpy::account::Account;
use berus_testkit::damage::{any_damages, cases, damaged};
use proptest::prelude::*;
use proptest::sample::Index;

use super::{File, hex, json, listing, size};

fn fixtures() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fs::read_dir(folder).expect("fixtures are there").map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "mpy")).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a fixture can be read")).collect()
}

/// Checks the account of `bytes` and shows all views, if they hold a module. Returns whether they do.
fn check(bytes: &[u8]) -> bool {
    let Ok((module, _)) = Module::from_bytes(bytes) else { return false };
    let file = File { name: "file", bytes, account: Account::of(&module, bytes.len()) };

    let mut next = 0;
    for field in file.account.fields() {
        assert_eq!(field.offset, next);
        assert!(field.len > 0);
        next += field.len;
    }
    assert_eq!(next, bytes.len());

    let mut next = 0;
    for row in hex::rows(&file) {
        assert_eq!(row.offset, next);
        next += row.len;
        assert!(!row.meaning.contains(char::is_control) && !row.name.contains(char::is_control));
    }
    assert_eq!(next, bytes.len());

    let sizes = size::sizes(&file);
    assert_eq!(sizes.kinds.iter().map(|kind| kind.1).sum::<usize>(), bytes.len());
    assert_eq!(sizes.owners.iter().map(|owner| owner.1).sum::<usize>(), bytes.len());

    let mut text = Vec::new();
    listing::write(&file, &mut text).unwrap();
    hex::write(&file, &mut text).unwrap();
    size::write(&file, &mut text).unwrap();
    let text = anstream::adapter::strip_bytes(&text).into_vec();
    let text = String::from_utf8(text).expect("text is UTF-8");
    assert!(text.lines().all(|line| !line.contains(char::is_control)));

    for view in [json::View::Listing, json::View::Hex, json::View::Size] {
        let mut text = Vec::new();
        json::write(&file, view, &mut text).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(value["size"], bytes.len());
    }
    true
}

#[test]
fn fixtures_are_accounted_for() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 12);
    assert!(fixtures.iter().all(|bytes| check(bytes)));
}

#[test]
fn what_follows_a_module_is_accounted_for() {
    for mut bytes in fixtures() {
        bytes.extend(b"\x1b[31mand more");
        assert!(check(&bytes));
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn damaged_files_are_accounted_for(fixture in any::<Index>(), damages in any_damages()) {
        let fixtures = fixtures();
        let bytes = damaged(&fixtures[fixture.index(fixtures.len())], &damages, &fixtures);
        check(&bytes);
    }

    #[test]
    fn any_bytecode_is_accounted_for(
        code in prop::collection::vec(any::<u8>(), 1..200),
        children in 0u8..3,
    ) {
        let mut bytes = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f".to_vec();
        let head = |len: usize, parent: bool| (len as u32) << 3 | u32::from(parent) << 2;
        berus_mpy::vuint::write(&mut bytes, head(code.len(), children > 0));
        bytes.extend(&code);
        if children > 0 {
            bytes.push(children);
            for _ in 0..children {
                berus_mpy::vuint::write(&mut bytes, head(code.len(), false));
                bytes.extend(&code);
            }
        }
        prop_assert!(check(&bytes));
    }

    #[test]
    fn any_machine_code_is_accounted_for(
        arch in 1u8..=12,
        code in prop::collection::vec(any::<u8>(), 1..200),
        relocations in prop::collection::vec(any::<u8>(), 0..20),
        flags in prop::sample::select(vec![0u8, 0x10, 0x50, 0x30]),
    ) {
        let mut bytes = vec![b'M', 6, arch << 2 | 3, 31, 2, 0, 8];
        bytes.extend(b"x.py\x00\x0f");
        berus_mpy::vuint::write(&mut bytes, (code.len() as u32) << 3 | 2);
        bytes.extend(&code);
        bytes.push(flags);
        if flags & 0x60 != 0 {
            bytes.push(7);
        }
        if flags & 0x20 != 0 {
            bytes.extend(b"1234567");
        }
        bytes.extend(&relocations);
        check(&bytes);
    }
}
