//! The account of a file: what every byte of it is for.
//!
//! An [`Account`] lists the fields of a file in their order. Together the fields cover every byte exactly once, bytes
//! that follow the module included. Each field has a place, a name, a meaning, a kind ([`Category`]) and, if it belongs
//! to one, a code object; so bytes can be explained one by one or added up.
//!
//! ```
//! use berus_mpy::{Module, account::Account};
//!
//! let file = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63";
//! let (module, _) = Module::from_bytes(file).unwrap();
//! let account = Account::of(&module, file.len());
//! let field = account.fields().iter().find(|field| field.offset == 6).unwrap();
//! assert_eq!(field.len, 6);
//! assert_eq!(field.name(), "name");
//! assert_eq!(account.meaning(field).to_string(), "0: x.py, the source file");
//! ```

mod item;
mod meaning;
mod walk;

use alloc::vec::Vec;
use core::fmt;

pub use item::{Category, Item};

use crate::disasm::{Listing, Outline};
use crate::module::{CodeId, Module};

/// The account of a file.
#[derive(Clone, Debug)]
pub struct Account<'m> {
    module: &'m Module<'m>,
    outline: Outline<'m>,
    listings: Vec<Option<Listing<'m>>>,
    fields: Vec<Field<'m>>,
    starts: Vec<usize>,
}

/// Bytes of a file that belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field<'m> {
    /// The offset in the file of the first byte.
    pub offset: usize,
    /// How many bytes the field has; at least one.
    pub len: usize,
    /// The code object that the field belongs to; `None` if the field is the module's.
    pub owner: Option<CodeId>,
    /// What the bytes are.
    pub item: Item<'m>,
}

impl<'m> Account<'m> {
    /// The account of a file of `file_len` bytes from which `module` was read. A module that was not read is
    /// accounted for as it would be written.
    pub fn of(module: &'m Module<'m>, file_len: usize) -> Account<'m> {
        let outline = Outline::of(module);
        let ids = 0..module.codes.len() as CodeId;
        let listings: Vec<_> = ids.map(|id| Listing::with_outline(module, &outline, id).and_then(Result::ok)).collect();
        let (fields, starts) = walk::fields(module, &listings, file_len);
        Account { module, outline, listings, fields, starts }
    }

    /// The module.
    pub fn module(&self) -> &'m Module<'m> {
        self.module
    }

    /// The outline of the module.
    pub fn outline(&self) -> &Outline<'m> {
        &self.outline
    }

    /// The listing of code object `id`, if it is bytecode with a good prelude.
    pub fn listing(&self, id: CodeId) -> Option<&Listing<'m>> {
        self.listings.get(id as usize)?.as_ref()
    }

    /// The fields, in the order of the file, one right after another.
    pub fn fields(&self) -> &[Field<'m>] {
        &self.fields
    }

    /// The offset in the file of the code of code object `id`: of its prelude or machine code.
    pub fn code_start(&self, id: CodeId) -> Option<usize> {
        self.starts.get(id as usize).copied()
    }

    /// What the bytes of `field`, a field of this account, say: one line of text, safe to print, without the field's
    /// name.
    pub fn meaning<'a>(&'a self, field: &'a Field<'m>) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| meaning::write(f, self, field))
    }
}

impl Field<'_> {
    /// What the bytes are called: for an instruction the name of its opcode.
    pub fn name(&self) -> &'static str {
        self.item.name()
    }

    /// The category of the field's bytes.
    pub fn category(&self) -> Category {
        self.item.category()
    }
}
