//! `mpy-cross`: MicroPython's compiler program, option for option, with Berus's compiler in it.
//!
//! What it prints, where, and how it exits are facts of MicroPython's `mpy-cross/main.c`, so that build systems cannot tell
//! the two apart. The friendlier program is `berus compile`.

mod heap;
mod options;
mod report;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use berus_compiler::memory::Quota;
use berus_compiler::{ErrorKind, compile_with_listing, to_file};
use berus_mpy::release::Release;

use heap::Heap;
use options::{Job, Refusal, Request};

fn main() -> ExitCode {
    let mut args = std::env::args_os().map(OsString::into_encoded_bytes);
    let program = args.next().unwrap_or_default();
    let args: Vec<Vec<u8>> = args.collect();
    let result = match options::parse(&args) {
        Ok(Request::Version) => report::version(),
        Ok(Request::Compile(job)) => run(&job),
        Err(Refusal::Usage) => {
            report::usage(&program);
            Err(None)
        }
        Err(Refusal::Message(message)) => Err(Some(message.into())),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            if let Some(message) = message {
                // If standard error is closed there is nobody to tell.
                let _ = io::stderr().write_all(&message);
            }
            ExitCode::FAILURE
        }
    }
}

/// Why the program fails: what to say on standard error, if anything.
type Failure = Option<Vec<u8>>;

fn run(job: &Job) -> Result<(), Failure> {
    let source = read(&job.input).map_err(Some)?;
    let mut listing = Vec::new();
    let heap = Heap::new(job.heap_size);
    // The module belongs to the quota.
    let quota = Quota::new(&heap);
    let options = job.options();
    let module = compile_with_listing(&source, &options, &quota, &mut listing);
    io::stdout().write_all(&listing).map_err(|error| Some(report::os_error(&error, None)))?;
    let module = module.map_err(|error| match error.kind {
        ErrorKind::Memory if error.message.is_empty() => Some(report::memory_error(heap.asked())),
        _ => Some(report::traceback(&error, job)),
    })?;
    let bytes = match options.release < Release(1, 19, 0) {
        true => to_file(&module, &options).map_err(|error| Some(report::traceback(&error, job)))?,
        false => module.to_bytes_within(&quota).map_err(|_| Some(report::memory_error(heap.asked())))?,
    };
    write(job, &bytes).map_err(Some)
}

fn read(input: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let mut source = Vec::new();
    if input == b"-" {
        io::stdin().read_to_end(&mut source).map_err(|error| report::os_error(&error, None))?;
    } else {
        let mut file = File::open(path(input)).map_err(|error| report::os_error(&error, Some(input)))?;
        file.read_to_end(&mut source).map_err(|error| report::os_error(&error, None))?;
    }
    Ok(source)
}

fn write(job: &Job, bytes: &[u8]) -> Result<(), Vec<u8>> {
    match job.output() {
        None => io::stdout().write_all(bytes).map_err(|error| report::os_error(&error, None)),
        Some(name) => {
            let mut file = File::create(path(&name)).map_err(|error| report::os_error(&error, Some(&name)))?;
            file.write_all(bytes).map_err(|error| report::os_error(&error, None))
        }
    }
}

/// A file name as the system has it.
#[cfg(unix)]
fn path(name: &[u8]) -> &std::path::Path {
    use std::os::unix::ffi::OsStrExt;
    std::path::Path::new(std::ffi::OsStr::from_bytes(name))
}

/// A file name as the system has it.
#[cfg(not(unix))]
fn path(name: &[u8]) -> std::path::PathBuf {
    String::from_utf8_lossy(name).into_owned().into()
}
