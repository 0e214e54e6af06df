//! Files that programs see: those of a folder, or in memory.

#[cfg(feature = "folder")]
mod folder;
mod memory;
mod mounted;

use alloc::boxed::Box;

use berus_runtime::host;

#[cfg(feature = "folder")]
pub use folder::Folder;
pub use memory::MemoryFiles;

/// The files that an interpreter is given: made of a [`Folder`] or of [`MemoryFiles`], as
/// [`Builder::files`](crate::Builder::files) does by itself.
pub struct Files {
    host: Box<HostFiles>,
    /// Bytes of the interpreter's memory that the files may take.
    pub(crate) bound: usize,
}

type HostFiles = dyn host::Files + Send + Sync;

impl Files {
    fn new(tree: impl mounted::Tree + 'static, bound: usize) -> Files {
        Files { host: Box::new(mounted::Mounted::new(tree)), bound }
    }

    pub(crate) fn host(&self) -> &dyn host::Files {
        &*self.host
    }

    /// The files as hosts of the runtime have them.
    #[doc(hidden)]
    pub fn into_host(self) -> Box<HostFiles> {
        self.host
    }
}
