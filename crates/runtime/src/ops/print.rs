//! Printing: `str()`, `repr()`, `print()` and everything that makes text of values.

use alloc::vec::Vec;
use core::fmt;

use crate::error::Res;
use crate::obj::builder::Builder;
use crate::object::Gc;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// What a printed form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For people: `str()`.
    Str,
    /// As source where possible: `repr()`.
    Repr,
    /// As in a traceback: exceptions with their type.
    Exception,
    /// Bytes undecorated, as `b"%s"` wants them.
    Raw,
    /// As JSON.
    Json,
}

/// Where printed text goes.
pub trait Printer {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// Whatever goes wrong at the other end: `MemoryError`, `OSError`, an exception of a `write` method.
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()>;

    /// Takes what comes between two items.
    ///
    /// # Errors
    /// As [`write`](Printer::write).
    fn write_comma(&mut self, vm: &Vm) -> Res<()> {
        self.write(vm, b", ")
    }

    /// Takes what comes between a key and its value.
    ///
    /// # Errors
    /// As [`write`](Printer::write).
    fn write_colon(&mut self, vm: &Vm) -> Res<()> {
        self.write(vm, b": ")
    }
}

/// The console's output.
pub struct Stdout;

impl Printer for Stdout {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        vm.host().write_stdout(bytes);
        Ok(())
    }
}

/// The console's error output.
pub struct Stderr;

impl Printer for Stderr {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        vm.host().write_stderr(bytes);
        Ok(())
    }
}

impl Printer for Vec<u8> {
    fn write(&mut self, _: &Vm, bytes: &[u8]) -> Res<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// Lets the standard library's formatting write to a printer.
struct Adapter<'a> {
    vm: &'a Vm,
    printer: &'a mut dyn Printer,
    result: Res<()>,
}

impl fmt::Write for Adapter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.result = self.printer.write(self.vm, text.as_bytes());
        if self.result.is_ok() { Ok(()) } else { Err(fmt::Error) }
    }
}

impl Vm {
    /// Prints `object`.
    ///
    /// # Errors
    /// Those of the printer and of what classes define; `RuntimeError` if it is nested too deep.
    pub fn print(&self, printer: &mut dyn Printer, object: Obj, style: Style) -> Res<()> {
        if let Some(value) = object.as_small_int() {
            return printer.write(self, itoa::Buffer::new().format(value).as_bytes());
        }
        self.check_depth()?;
        self.work(1)?;
        let ty = self.type_of(object);
        if style == Style::Json && !self.has_json(ty) {
            let name = self.type_name(object);
            return Err(self.type_error(format_args!("object of type {name} is not JSON serializable")));
        }
        match ty.slots.print {
            Some(print) => print(self, object, printer, style),
            None => {
                printer.write(self, b"<")?;
                printer.write(self, ty.name().spelling(self))?;
                printer.write(self, b">")
            }
        }
    }

    /// Whether values of type `ty` can be JSON. Bytes are text there.
    fn has_json(&self, ty: Gc<Type>) -> bool {
        use crate::obj::{bool, bytes, dict, int, list, none, str, tuple};
        const TYPES: [&Type; 8] =
            [&str::TYPE, &int::TYPE, &dict::TYPE, &list::TYPE, &tuple::TYPE, &bytes::TYPE, &bool::TYPE, &none::TYPE];
        #[cfg(feature = "float")]
        if self.is_subtype(ty, &crate::obj::float::TYPE) {
            return true;
        }
        TYPES.iter().any(|base| self.is_subtype(ty, base))
    }

    /// Prints formatted text.
    ///
    /// # Errors
    /// Those of the printer.
    pub fn print_fmt(&self, printer: &mut dyn Printer, text: fmt::Arguments<'_>) -> Res<()> {
        if let Some(text) = text.as_str() {
            return printer.write(self, text.as_bytes());
        }
        let mut adapter = Adapter { vm: self, printer, result: Ok(()) };
        let _ = fmt::write(&mut adapter, text);
        adapter.result
    }

    /// The printed form of `object` as a string.
    ///
    /// # Errors
    /// As [`Vm::print`].
    pub fn printed(&self, object: Obj, style: Style) -> Res {
        let mut text = Builder::new();
        self.print(&mut text, object, style)?;
        text.into_str(self)
    }

    /// The printed form of `object`, for messages and other short-lived uses.
    ///
    /// # Errors
    /// As [`Vm::print`].
    pub fn text(&self, object: Obj, style: Style) -> Res<Vec<u8>> {
        let mut text = Vec::new();
        self.print(&mut text, object, style)?;
        Ok(text)
    }

    /// `str(object)`
    ///
    /// # Errors
    /// As [`Vm::print`].
    pub fn str(&self, object: Obj) -> Res {
        if self.as_str(object).is_some() { Ok(object) } else { self.printed(object, Style::Str) }
    }

    /// `repr(object)`
    ///
    /// # Errors
    /// As [`Vm::print`].
    pub fn repr(&self, object: Obj) -> Res {
        self.printed(object, Style::Repr)
    }

    /// Prints `open`, the items that `next` yields with commas between, and `close`.
    ///
    /// # Errors
    /// As [`Vm::print`].
    pub fn print_items(
        &self,
        printer: &mut dyn Printer,
        style: Style,
        (open, close): (&[u8], &[u8]),
        mut next: impl FnMut(usize) -> Option<Obj>,
    ) -> Res<()> {
        let style = if style == Style::Json { style } else { Style::Repr };
        printer.write(self, open)?;
        let mut index = 0;
        while let Some(item) = next(index) {
            if index > 0 {
                printer.write_comma(self)?;
            }
            self.print(printer, item, style)?;
            index += 1;
        }
        printer.write(self, close)
    }
}
