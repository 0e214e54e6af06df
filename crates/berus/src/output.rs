//! What programs print, kept in memory.

use alloc::string::String;
use alloc::vec::Vec;
use std::sync::{Arc, Mutex, PoisonError};

use crate::host::Sink;

/// What programs have printed, kept in memory.
#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    /// No output yet.
    pub fn new() -> Output {
        Output::default()
    }

    /// What has been printed so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Takes what has been printed so far.
    pub fn take(&self) -> String {
        let bytes = core::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl From<Output> for Sink {
    fn from(output: Output) -> Sink {
        Sink::from(move |bytes: &[u8]| {
            output.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        })
    }
}
