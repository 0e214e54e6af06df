//! Lines for `input()`, where somebody edits them, and what may follow in one.

use crate::model::error::Res;
use crate::model::printer::Printer;
use crate::model::vm::Vm;

/// Reads lines that somebody types on the console and edits, for [`Vm::set_line_editor`].
pub trait EditLines {
    /// Shows `prompt`, and reads a line into `line`, without its end: `false` if input has ended.
    ///
    /// # Errors
    /// `KeyboardInterrupt`, `OSError` if the console cannot be read, and `MemoryError`.
    fn edit_line(&self, vm: &Vm, prompt: &[u8], line: &mut dyn Printer) -> Res<bool>;

    /// Calls `found` with each text that may stand for the end of `line`, a line of Python; answers how many bytes of
    /// `line` each stands for.
    ///
    /// # Errors
    /// What computing attributes raises, and `MemoryError`.
    fn complete(&self, vm: &Vm, line: &[u8], found: &mut dyn FnMut(&[u8])) -> Res<usize>;
}
