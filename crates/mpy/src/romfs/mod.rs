//! ROM images: folders and files in one piece of memory, for modules that run where they lie.
//!
//! MicroPython's `VfsRom` mounts such an image. An image is a tree of records, each a kind, a length and a payload;
//! file data lies in one piece, so that whoever holds the image can lend it ([`read`]). [`mod@write`] makes images from
//! files. Facts about the format come from MicroPython's `extmod/vfs_rom.c` and `docs/reference/romfs.rst`.
//!
//! ```
//! use berus_mpy::romfs::{Image, Node, Tree};
//!
//! let mut tree = Tree::default();
//! tree.insert("lib/hello.py", b"print('hello')".as_slice())?;
//! let bytes = tree.to_image();
//!
//! let image = Image::new(&bytes).unwrap();
//! let Some(Node::File(file)) = image.find(b"/lib/hello.py") else { panic!() };
//! assert_eq!(file.data(), b"print('hello')");
//! # Ok::<(), berus_mpy::romfs::InsertError>(())
//! ```

pub mod read;
pub mod write;

pub use read::{Corrupt, Entry, File, Folder, Image, Node};
pub use write::{InsertError, Tree};

/// The first bytes of an image: the kind of its outermost record.
pub const MAGIC: [u8; 3] = [0x80 | b'R', 0x80 | b'M', b'1'];

/// Kinds of records. Readers skip those that they do not know.
mod kind {
    /// No record: what erased or overwritten memory may look like.
    pub const UNUSED: usize = 0;
    /// Bytes without meaning.
    pub const PADDING: usize = 1;
    /// The data of a file.
    pub const DATA: usize = 2;
    /// The size of a file's data, and where in the payload of the image it is.
    pub const DATA_POINTER: usize = 3;
    /// A folder: its name, then records.
    pub const FOLDER: usize = 4;
    /// A file: its name, then records.
    pub const FILE: usize = 5;
}
