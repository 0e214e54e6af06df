//! Finding the file of a module.

use alloc::vec::Vec;

use crate::error::Res;
use crate::ops::convert::Items;
use crate::q;
use crate::vfs::Kind;
use crate::vm::Vm;
use crate::word::Obj;

/// What a path in `.frozen` starts with: it leads to a frozen module.
pub(super) const FROZEN: &[u8] = b".frozen/";

/// A module that was found.
pub(super) struct Found {
    /// The folder, if it is a package.
    pub package: Option<Vec<u8>>,
    /// What runs; a package need not have such a file.
    pub file: Option<Vec<u8>>,
}

impl Vm {
    /// The folders of `sys.path`.
    pub(super) fn search_path(&self) -> Res<Items> {
        let sys = self.registered_modules()?.load(self, q!("sys"));
        let assigned = sys.and_then(|sys| sys.downcast::<crate::obj::module::Module>());
        let path = assigned.and_then(|sys| sys.globals.load(self, q!("path")));
        self.items(path.unwrap_or(self.path()))
    }

    /// Looks for the module `part` in each folder of `path`.
    pub(super) fn find_in_path(&self, path: Items, part: &[u8]) -> Res<Option<Found>> {
        let mut at = 0;
        // Looking may run Python code that changes the path.
        while let Some(folder) = path.get(at) {
            if let Some(found) = self.find_in(folder, part)? {
                return Ok(Some(found));
            }
            at += 1;
        }
        Ok(None)
    }

    /// Looks for the module `part` in `folder`: a package, source, or a compiled file.
    pub(super) fn find_in(&self, folder: Obj, part: &[u8]) -> Res<Option<Found>> {
        let folder = self.str_or_bytes(folder)?;
        let separator: &[u8] = if folder.is_empty() { b"" } else { b"/" };
        let base = [folder, separator, part].concat();
        if self.kind(&base)? == Some(Kind::Folder) {
            let file = self.source_or_compiled(&[&base, &b"/__init__"[..]].concat())?;
            return Ok(Some(Found { package: Some(base), file }));
        }
        let file = self.source_or_compiled(&base)?;
        Ok(file.map(|file| Found { package: None, file: Some(file) }))
    }

    /// `base` with the ending of source or of a compiled file, if there is such a file.
    fn source_or_compiled(&self, base: &[u8]) -> Res<Option<Vec<u8>>> {
        for ending in [&b".py"[..], b".mpy"] {
            let file = [base, ending].concat();
            if self.kind(&file)? == Some(Kind::File) {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    fn kind(&self, path: &[u8]) -> Res<Option<Kind>> {
        match path.strip_prefix(FROZEN) {
            Some(path) => Ok(self.frozen_kind(path)),
            None => self.kind_of_path(path),
        }
    }
}
