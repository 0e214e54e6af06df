//! How programs end.

use super::Vm;
use crate::error::{Raised, Res};
use crate::obj::exception::{KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use crate::ops::print::{Printer, Stderr, Style};
use crate::word::Obj;

impl Vm {
    /// Whether `exception` ends the program wherever it is raised: `SystemExit`, or one from [`Vm::abort`].
    pub fn is_end(&self, exception: Obj) -> bool {
        self.is_abort(exception) || self.matches(exception, &SYSTEM_EXIT)
    }

    /// Reports an exception that nobody has handled, and that has ended a program: the exit status that it means.
    ///
    /// That is, for a `SystemExit`, 0 if it has no code or `None`, the low eight bits of an int, and 1 for anything else, which is then printed to
    /// the console's error output. Of other exceptions the traceback is printed there; the status is 130 for
    /// `KeyboardInterrupt`, as shells have it, and 1 for the others.
    pub fn report_end(&self, raised: Raised) -> u8 {
        let exception = self.take_exception(raised);
        self.status_of(exception).unwrap_or_else(|raised| {
            // What printing raises is not printed again.
            self.take_exception(raised);
            1
        })
    }

    fn status_of(&self, exception: Obj) -> Res<u8> {
        if !self.matches(exception, &SYSTEM_EXIT) {
            self.print_exception(&mut Stderr, exception)?;
            return Ok(if self.matches(exception, &KEYBOARD_INTERRUPT) { 130 } else { 1 });
        }
        let code = self.as_exception(exception).map_or(Obj::NONE, |exception| exception.value());
        if code == Obj::NONE {
            return Ok(0);
        }
        if self.is_int_or_bool(code) {
            return Ok(self.int_truncated(code)? as u8);
        }
        self.print(&mut Stderr, code, Style::Str)?;
        Stderr.write(self, b"\n")?;
        Ok(1)
    }

    /// Sets the function to call at the end of the program; answers the one before.
    pub fn set_at_exit(&self, function: Obj) -> Option<Obj> {
        self.at_exit.replace(Some(function))
    }

    /// Calls the function that [`Vm::set_at_exit`] set, if there is one.
    ///
    /// # Errors
    /// What it raises.
    pub fn call_at_exit(&self) -> Res<()> {
        match self.at_exit.take() {
            Some(function) if self.is_callable(function) => self.call(function, &[]).map(|_| ()),
            _ => Ok(()),
        }
    }
}
