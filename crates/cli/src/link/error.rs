//! What keeps a module from being linked.

use std::fmt::{self, Display};

use berus_mpy::disasm::text::Name;

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file, or the member of an archive as `libm.a:s_sin.o`.
    pub file: String,
    /// What is wrong.
    pub message: String,
}

/// A result, or the errors that are to be told.
pub type Result<T> = std::result::Result<T, Vec<Error>>;

/// Errors of one kind that are told.
const MAX_TOLD: usize = 20;

/// Whether there are so many errors that more would not help.
pub fn enough(errors: &[Error]) -> bool {
    errors.len() >= MAX_TOLD
}

/// An error about a file, with a message like that of `format!`.
macro_rules! error {
    ($file:expr, $($message:tt)*) => {
        $crate::link::error::Error { file: $file.to_string(), message: format!($($message)*) }
    };
}
pub(super) use error;

/// The name of a symbol or section, as it can be printed.
pub fn name(bytes: &[u8]) -> impl Display + '_ {
    fmt::from_fn(move |f| match bytes {
        b"" => f.write_str("without a name"),
        _ if bytes.iter().all(u8::is_ascii_graphic) => f.write_str(&String::from_utf8_lossy(bytes)),
        _ => Name(bytes).fmt(f),
    })
}
