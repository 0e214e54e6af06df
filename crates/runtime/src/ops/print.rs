//! Printing: `str()`, `repr()` and `print()`.

use alloc::vec::Vec;

use crate::error::Res;
use crate::vm::Vm;
use crate::word::Obj;

/// Where text is printed to.
pub trait Printer {
    /// Prints `bytes`.
    ///
    /// # Errors
    /// What writing raises.
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()>;
}

impl Printer for Vec<u8> {
    fn write(&mut self, _: &Vm, bytes: &[u8]) -> Res<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// Prints to the host's standard output.
pub struct Stdout;

impl Printer for Stdout {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        vm.host().write_stdout(bytes);
        Ok(())
    }
}

/// Prints to the host's standard error.
pub struct Stderr;

impl Printer for Stderr {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        vm.host().write_stderr(bytes);
        Ok(())
    }
}

/// How an object is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As `str()` does.
    Str,
    /// As `repr()` does.
    Repr,
    /// As the last line of a traceback.
    Exception,
    /// As JSON.
    Json,
}

impl Vm {
    /// Prints `object`.
    ///
    /// # Errors
    /// What its type or `out` raises; `RuntimeError` if objects are nested too deep.
    pub fn print(&self, out: &mut dyn Printer, object: Obj, style: Style) -> Res<()> {
        self.check_depth()?;
        if let (Style::Str, Some(text)) = (style, self.as_str(object)) {
            return out.write(self, text);
        }
        match self.type_of(object).print {
            Some(print) => print(self, object, out, style),
            None => out.write(self, alloc::format!("<{}>", self.type_name(object)).as_bytes()),
        }
    }

    /// The text that printing `object` gives.
    ///
    /// # Errors
    /// What printing raises.
    pub fn text(&self, object: Obj, style: Style) -> Res<Vec<u8>> {
        let mut text = Vec::new();
        self.print(&mut text, object, style)?;
        Ok(text)
    }
}
