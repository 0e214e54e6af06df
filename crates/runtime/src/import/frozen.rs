//! Frozen modules: those that are part of the program that runs the interpreter.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use berus_mpy::romfs::{Image, Node};

use crate::import::run::names_module;
use crate::model::frozen::{Frozen, FrozenFile};
use crate::model::mounts::Kind;
use crate::model::vm::Vm;

/// Frozen `.mpy` files in a table of paths and contents.
///
/// ```
/// use berus_runtime::import::frozen::Freeze;
/// use berus_runtime::import::frozen::FrozenTable;
///
/// static MODULES: FrozenTable = FrozenTable(&[
///     // What `include_bytes!("blink.mpy")` would be.
///     ("blink.mpy", b"M\x06\x00\x1f"),
/// ]);
///
/// # use berus_runtime::heap::{GlobalRegions, Heap};
/// # use berus_runtime::host::Silent;
/// # use berus_runtime::model::vm::Vm;
/// // SAFETY: the code below keeps the contract of raw words.
/// let mut vm = unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Default::default()) }.unwrap();
/// vm.freeze(&MODULES);
/// ```
pub struct FrozenTable(pub &'static [(&'static str, &'static [u8])]);

impl Frozen for FrozenTable {
    fn file(&self, path: &[u8]) -> Option<FrozenFile> {
        let (_, bytes) = self.0.iter().find(|(name, _)| name.as_bytes() == path)?;
        Some(FrozenFile::Compiled(bytes))
    }

    fn is_folder(&self, path: &[u8]) -> bool {
        self.0.iter().any(|(name, _)| matches!(name.as_bytes().strip_prefix(path), Some([b'/', ..])))
    }

    fn for_each_path(&self, each: &mut dyn FnMut(&str)) {
        self.0.iter().for_each(|(name, _)| each(name));
    }
}

/// Frozen modules in a ROM image, as `berus freeze` makes it.
///
/// ```
/// use berus_runtime::import::frozen::FrozenImage;
///
/// // What `include_bytes!("frozen.romfs")` would be.
/// static MODULES: FrozenImage = FrozenImage(b"\xd2\xcd\x31\x00");
/// ```
pub struct FrozenImage(pub &'static [u8]);

impl FrozenImage {
    fn find(&self, path: &[u8]) -> Option<Node<'static>> {
        Image::new(self.0)?.find(path)
    }
}

impl Frozen for FrozenImage {
    fn file(&self, path: &[u8]) -> Option<FrozenFile> {
        match self.find(path)? {
            Node::File(file) if names_module(path) => Some(FrozenFile::Compiled(file.data())),
            Node::File(file) => Some(FrozenFile::Source(file.data())),
            Node::Folder(_) => None,
        }
    }

    fn is_folder(&self, path: &[u8]) -> bool {
        matches!(self.find(path), Some(Node::Folder(_)))
    }

    fn for_each_path(&self, each: &mut dyn FnMut(&str)) {
        let mut open: Vec<_> = Image::new(self.0).map(|image| (String::new(), image.root())).into_iter().collect();
        while let Some((path, folder)) = open.pop() {
            for entry in folder.entries().map_while(Result::ok) {
                let path = format!("{path}{}", String::from_utf8_lossy(entry.name));
                match entry.node {
                    Node::File(_) => each(&path),
                    Node::Folder(folder) => open.push((path + "/", folder)),
                }
            }
        }
    }
}

/// Modules that are part of the program.
pub trait Freeze {
    /// Makes `modules` known to `import`. Modules made known later come first.
    fn freeze(&mut self, modules: &'static dyn Frozen);
}

impl Freeze for Vm {
    fn freeze(&mut self, modules: &'static dyn Frozen) {
        self.frozen.push(modules);
    }
}

/// The frozen file `path`.
pub(super) fn frozen_file(vm: &Vm, path: &[u8]) -> Option<FrozenFile> {
    vm.frozen.iter().rev().find_map(|modules| modules.file(path))
}

pub(super) fn frozen_kind(vm: &Vm, path: &[u8]) -> Option<Kind> {
    if frozen_file(vm, path).is_some() {
        return Some(Kind::File);
    }
    vm.frozen.iter().any(|modules| modules.is_folder(path)).then_some(Kind::Folder)
}
