//! The interpreter behind a prompt.

mod board;
#[cfg(feature = "docs")]
mod explain;
mod input;
mod names;
mod session;

use alloc::vec::Vec;

use berus_runtime::import::source::Mode;
use berus_runtime::model::error::Res;
use berus_runtime::model::vm::Vm;
use berus_runtime::repl::{BANNER, Prompt};

pub use board::Ending;
pub use input::{BoardLines, edit_line};
pub use session::{Port, Stop};

use crate::complete::Completer;
use crate::output::Output;
use crate::protocol::{Interpreter, Source};

/// An interpreter, as a [`Prompt`](crate::Prompt) wants one.
pub struct Python<'a>(pub &'a Vm);

impl Completer for Python<'_> {
    fn complete(&mut self, input: &[u8], found: &mut dyn FnMut(&[u8])) -> usize {
        quietly(self.0, names::complete(self.0, input, found))
    }

    #[cfg(feature = "docs")]
    fn explain(&mut self, input: &[u8], typed: &crate::History) -> Option<Vec<u8>> {
        quietly(self.0, explain::explain(self.0, input, typed))
    }
}

/// What `answer` is, where who has only asked does not want to know of errors.
fn quietly<T: Default>(vm: &Vm, answer: Res<T>) -> T {
    answer.unwrap_or_else(|raised| {
        vm.take_exception(raised);
        T::default()
    })
}

impl Interpreter for Python<'_> {
    fn banner(&mut self, out: &mut dyn Output) {
        for line in BANNER.lines() {
            out.write(line.as_bytes());
            out.write(b"\r\n");
        }
    }

    fn prompts(&mut self) -> [Vec<u8>; 2] {
        self.0.begin_input()
    }
}

impl Python<'_> {
    /// Runs what was typed or sent.
    ///
    /// # Errors
    /// What it raises.
    pub fn run(&self, source: &[u8], kind: Source) -> Res<()> {
        let mode = match kind {
            Source::Statement => Mode::Single,
            Source::Pasted => Mode::Pasted,
            Source::Program => Mode::File,
        };
        self.0.run_input(source, mode)
    }
}
