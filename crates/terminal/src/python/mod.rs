//! The interpreter behind a prompt.

mod names;

use alloc::vec::Vec;

use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::{Compile, Mode};
use berus_runtime::model::error::Res;
use berus_runtime::model::importing::Import;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::attr::Attributes;
use berus_runtime::repl;

use crate::complete::Completer;
use crate::output::Output;
use crate::protocol::{Interpreter, Source};

/// An interpreter, as a [`Prompt`](crate::Prompt) wants one.
pub struct Python<'a>(pub &'a Vm);

impl Completer for Python<'_> {
    fn complete(&mut self, input: &[u8], found: &mut dyn FnMut(&[u8])) -> usize {
        names::complete(self.0, input, found).unwrap_or_else(|raised| {
            // Who has only asked does not want to know.
            self.0.take_exception(raised);
            0
        })
    }
}

impl Interpreter for Python<'_> {
    fn banner(&mut self, out: &mut dyn Output) {
        for line in repl::BANNER.lines() {
            out.write(line.as_bytes());
            out.write(b"\r\n");
        }
    }

    fn prompts(&mut self) -> [Vec<u8>; 2] {
        // Nobody else could unlock what an input before has left locked.
        while self.0.heap().lock_depth() > 0 {
            self.0.heap().unlock();
        }
        [(b"ps1", b">>> "), (b"ps2", b"... ")].map(|(name, usual)| self.prompt(name, usual))
    }
}

impl Python<'_> {
    /// A variable of `sys` that is text before an input. What is no string is no text.
    fn prompt(&self, name: &[u8], usual: &[u8]) -> Vec<u8> {
        let vm = self.0;
        let find = || -> Res<Option<Obj>> {
            let sys = vm.import(b"sys", vm.main(), true, 0)?;
            vm.find_attr_quietly(sys, vm.intern(name)?)
        };
        match find() {
            Ok(Some(text)) => vm.as_str(text).unwrap_or_default().to_vec(),
            Ok(None) => usual.to_vec(),
            Err(raised) => {
                vm.take_exception(raised);
                usual.to_vec()
            }
        }
    }

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
        let vm = self.0;
        if source.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let body = vm.compile(source, b"<stdin>", mode, vm.main())?;
        vm.run_body(body, vm.main())
    }
}
