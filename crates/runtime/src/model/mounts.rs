//! Where file systems are mounted, and what a type offers as a file system.

use core::cell::Cell;

use crate::heap::Collection;
use crate::model::error::Res;
use crate::model::layout::{List, Tuple};
use crate::model::object::Gc;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// What a type of file systems offers besides methods. File systems whose type has none of this are asked by the method
/// `stat`.
pub struct FileSystem {
    /// The function that says what a path within the file system leads to, `None` if to nothing.
    pub kind: fn(&Vm, Obj, &[u8]) -> Res<Option<Kind>>,
    /// The function that says which of several paths that start alike is the first that leads to what is wanted, if the
    /// type answers this faster than by the kind of each path.
    pub first: Option<First>,
}

/// The type of [`FileSystem::first`]. Its arguments are the start of all the paths, which goes beyond their last slash,
/// and for each path its end and what it is to lead to. The answer is the path's place among them.
pub type First = fn(&Vm, Obj, &[u8], &[(&[u8], Kind)]) -> Res<Option<usize>>;

/// The mounts of an interpreter.
#[derive(Default)]
pub(crate) struct Mounts {
    /// A list of pairs: file system and mount point, as the program gave it. The mount at `/` is last.
    pub(crate) table: Cell<Option<Gc<List>>>,
    /// The mount that the current folder is in; `None` if the current folder is the one of all mounts.
    pub(crate) current: Cell<Option<Mount>>,
}

impl Mounts {
    pub(crate) fn all(&self) -> impl Iterator<Item = Mount> + '_ {
        let table = self.table.get();
        let mut at = 0;
        core::iter::from_fn(move || {
            let mount = table.as_ref()?.get(at)?;
            at += 1;
            mount.downcast::<Tuple>().map(Mount)
        })
    }

    pub(crate) fn keep(&self, collection: &mut Collection<'_>) {
        if let Some(table) = self.table.get() {
            collection.keep(table.obj().bits());
        }
        if let Some(current) = self.current.get() {
            collection.keep(current.0.obj().bits());
        }
    }
}

/// The pair of a file system and its mount point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mount(pub(crate) Gc<Tuple>);
