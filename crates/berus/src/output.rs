//! What programs print, kept in memory.

use alloc::string::String;
use alloc::vec::Vec;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::host::Sink;

/// What programs have printed, kept in memory: as many bytes as there is room for, 16 MiB unless another number is
/// given. What is printed beyond is lost.
///
/// ```
/// use berus::{Interpreter, Output};
///
/// let output = Output::with_room(8);
/// let py = Interpreter::builder().output(output.clone()).build()?;
/// py.run("print('how much is there?')")?;
/// assert_eq!((output.lost(), output.take().as_str()), (11, "how much"));
/// # Ok::<(), berus::Error>(())
/// ```
#[derive(Clone)]
pub struct Output(Arc<Mutex<Printed>>);

struct Printed {
    bytes: Vec<u8>,
    room: usize,
    lost: usize,
}

impl Default for Output {
    fn default() -> Output {
        Output::with_room(16 << 20)
    }
}

impl Output {
    /// No output yet.
    pub fn new() -> Output {
        Output::default()
    }

    /// No output yet, and room for `bytes` bytes.
    pub fn with_room(bytes: usize) -> Output {
        Output(Arc::new(Mutex::new(Printed { bytes: Vec::new(), room: bytes, lost: 0 })))
    }

    /// What has been printed so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.printed().bytes).into_owned()
    }

    /// Takes what has been printed so far, which makes room again.
    pub fn take(&self) -> String {
        let bytes = {
            let mut printed = self.printed();
            printed.lost = 0;
            core::mem::take(&mut printed.bytes)
        };
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How many bytes there was no room for since output was [taken](Output::take) last.
    pub fn lost(&self) -> usize {
        self.printed().lost
    }

    fn printed(&self) -> MutexGuard<'_, Printed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Output> for Sink {
    fn from(output: Output) -> Sink {
        Sink::from(move |bytes: &[u8]| {
            let mut printed = output.printed();
            let fits = bytes.len().min(printed.room - printed.bytes.len());
            printed.bytes.extend_from_slice(&bytes[..fits]);
            printed.lost = printed.lost.saturating_add(bytes.len() - fits);
        })
    }
}
