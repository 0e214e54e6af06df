//! In place of `open.rs` where there are no files: none can be opened.

use core::ops::Deref;

use crate::errno;
use crate::model::error::{Raise, Res};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// Opens no file.
///
/// # Errors
/// `OSError`.
pub(crate) fn open_to_read(vm: &Vm, _: &[u8]) -> Res<Reader> {
    Err(vm.os_error(errno::NO_DEVICE))
}

/// What came of reading a piece.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // nothing is read
pub(crate) enum Piece {
    Full,
    Short,
    None,
}

/// A file that is open to be read, of which there is none.
pub(crate) enum Reader {}

impl Reader {
    pub fn file(&self) -> Obj {
        match *self {}
    }

    pub fn take_all<'v>(&self, _: &'v Vm) -> Res<Content<'v>> {
        match *self {}
    }

    pub fn take_piece(&self, _: &mut Content<'_>) -> Res<Piece> {
        match *self {}
    }

    pub fn close(self, _: &Vm) -> Res<()> {
        match self {}
    }
}

/// What was read of a file: nothing.
pub struct Content<'v>(core::marker::PhantomData<&'v Vm>);

impl<'v> Content<'v> {
    pub(crate) fn new(_: &'v Vm) -> Content<'v> {
        Content(core::marker::PhantomData)
    }
}

impl Deref for Content<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &[]
    }
}
