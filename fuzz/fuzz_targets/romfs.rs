//! Any bytes as a ROM image: walked through, and every path found again.
//!
//! `cargo fuzz run romfs`

#![no_main]

use berus_mpy::romfs::{Folder, Image, Node};
use libfuzzer_sys::fuzz_target;

fn walk(image: &Image<'_>) {
    let mut open: Vec<(Vec<u8>, Folder<'_>)> = vec![(Vec::new(), image.root())];
    while let Some((path, folder)) = open.pop() {
        for entry in folder.entries().map_while(Result::ok) {
            let path = [&path, &b"/"[..], entry.name].concat();
            let _ = image.find(&path);
            match entry.node {
                Node::File(file) => assert_eq!(image.bytes()[file.offset()..][..file.data().len()], *file.data()),
                Node::Folder(folder) => open.push((path, folder)),
            }
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Some(image) = Image::new(bytes) {
        walk(&image);
    }
});
