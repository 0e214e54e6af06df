//! Modules that are refused: with MicroPython's message, and a note of what is wrong and where.

use core::fmt;

#[cfg(feature = "verify")]
use berus_mpy::Module;
#[cfg(feature = "verify")]
use berus_mpy::error::INCOMPATIBLE_FILE;
use berus_mpy::error::{Error, ErrorKind};
use berus_mpy::header::Unfit;
use berus_mpy::memory::Stop;
#[cfg(feature = "verify")]
use berus_mpy::verify::{self, Reason};

use crate::model::error::{Raise, Raised};
use crate::model::quota::Grants;
use crate::obj::notes;

/// A file that is loaded: what work on it is granted, and what notes tell of it.
#[derive(Clone, Copy)]
pub(super) struct Origin<'o> {
    /// Memory and time for the work.
    pub grants: &'o Grants<'o>,
    /// The file's name, if it has one.
    pub name: &'o [u8],
    /// The file's bytes, if they are at hand.
    #[cfg_attr(not(feature = "verify"), allow(dead_code))] // what is refused in them is known to the verifier only
    pub file: &'o [u8],
}

impl Origin<'_> {
    /// Raises what reading the file has ended with.
    #[cold]
    pub fn unreadable(self, error: Error) -> Raised {
        match error.kind {
            ErrorKind::Stopped(stop) => self.stopped(stop),
            _ => self.refused(error.value_error(), format_args!("offset {:#06x}: {}", error.offset, error.kind)),
        }
    }

    /// Raises that the file is not for this interpreter.
    #[cold]
    pub fn unfit(self, unfit: Unfit) -> Raised {
        self.refused(unfit.value_error(), format_args!("{unfit}"))
    }

    /// Raises what verifying `module`, which was read from the file, has ended with.
    #[cfg(feature = "verify")]
    #[cold]
    pub fn unsound(self, module: &Module<'_>, error: &verify::Error) -> Raised {
        if let Reason::Stopped(stop) = error.reason {
            return self.stopped(stop);
        }
        let start = module.codes.get(error.code as usize).and_then(|raw| offset_in(self.file, &raw.code));
        let Some(start) = start else { return self.refused(INCOMPATIBLE_FILE, format_args!("{error}")) };
        let verify::Error { code, path, offset, reason } = error;
        let at = start + offset.unwrap_or_default();
        self.refused(INCOMPATIBLE_FILE, format_args!("offset {at:#06x}, in {path} (code {code}): {reason}"))
    }

    /// Raises that the quota has ended the work.
    pub fn stopped(self, stop: Stop) -> Raised {
        self.grants.raise(stop)
    }

    /// Raises `ValueError` with MicroPython's message, and `reason` as a note.
    fn refused(self, message: &str, reason: fmt::Arguments<'_>) -> Raised {
        let raised = self.grants.vm().value_error(format_args!("{message}"));
        notes::annotated(self.grants.vm(), raised, self.name, reason)
    }
}

/// Where in `file` the bytes `part` are that it has lent.
#[cfg(feature = "verify")]
fn offset_in(file: &[u8], part: &[u8]) -> Option<usize> {
    let at = part.as_ptr().addr().wrapping_sub(file.as_ptr().addr());
    (at < file.len()).then_some(at)
}
