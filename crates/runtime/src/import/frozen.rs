//! Frozen modules: those that are part of the program that runs the interpreter.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use berus_mpy::romfs::{Image, Node};

use crate::vfs::Kind;
use crate::vm::Vm;

/// A set of frozen modules. They are found below `.frozen` in `sys.path`, and run where they lie.
pub trait Frozen: Sync {
    /// The file `path`, as `package/module.py`, if there is one.
    fn file(&self, path: &[u8]) -> Option<FrozenFile>;

    /// Whether there are files in the folder `path`.
    fn is_folder(&self, path: &[u8]) -> bool;

    /// Shows the path of each file to `each`, for `help('modules')`.
    fn for_each_path(&self, each: &mut dyn FnMut(&str));
}

/// A frozen file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrozenFile {
    /// Source.
    Source(&'static [u8]),
    /// An `.mpy` file. Its name may end in `.py` or `.mpy`.
    Compiled(&'static [u8]),
}

/// Frozen `.mpy` files in a table of paths and contents.
///
/// ```
/// use berus_runtime::import::FrozenTable;
///
/// static MODULES: FrozenTable = FrozenTable(&[
///     // What `include_bytes!("blink.mpy")` would be.
///     ("blink.mpy", b"M\x06\x00\x1f"),
/// ]);
///
/// # use berus_runtime::heap::{GlobalRegions, Heap};
/// # use berus_runtime::host::Silent;
/// # use berus_runtime::vm::Vm;
/// let mut vm = Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Default::default()).unwrap();
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
/// use berus_runtime::import::FrozenImage;
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
            Node::File(file) if path.ends_with(b".mpy") => Some(FrozenFile::Compiled(file.data())),
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

impl Vm {
    /// Makes `modules` known to `import`. Those made known later come first.
    pub fn freeze(&mut self, modules: &'static dyn Frozen) {
        self.frozen.push(modules);
    }

    /// The frozen file `path`.
    pub(super) fn frozen_file(&self, path: &[u8]) -> Option<FrozenFile> {
        self.frozen.iter().rev().find_map(|modules| modules.file(path))
    }

    pub(super) fn frozen_kind(&self, path: &[u8]) -> Option<Kind> {
        if self.frozen_file(path).is_some() {
            return Some(Kind::File);
        }
        self.frozen.iter().any(|modules| modules.is_folder(path)).then_some(Kind::Folder)
    }
}
