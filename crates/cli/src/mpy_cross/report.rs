//! What mpy-cross prints.

use std::io::{self, Write};

use berus_compiler::CompileError;

use crate::Failure;
use crate::options::Job;

/// Prints the version, in a form that tools search for the version of the format.
pub(crate) fn version() -> Result<(), Failure> {
    let version = env!("CARGO_PKG_VERSION");
    let text = format!("MicroPython v1.29.0 (Berus {version}); mpy-cross emitting mpy v6.3\n");
    // If standard output is closed there is nobody to tell.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// Prints how to use the program.
pub(crate) fn usage(program: &[u8]) {
    let mut text = b"usage: ".to_vec();
    text.extend_from_slice(program);
    text.extend_from_slice(USAGE.as_bytes());
    // If standard output is closed there is nobody to tell.
    let _ = io::stdout().write_all(&text);
}

/// The options, in words of our own.
const USAGE: &str = " [options] [-X <option>] [--] <input file>
Options:
--version : print the version
-o : file to write (the input file with the ending .mpy, or standard output for standard input)
-s : name of the source that the module carries (the input file)
-v : be verbose (which adds nothing so far)
-O[N] : optimise at level N
--compat <release> : make the file that mpy-cross of this release makes: 1.12 and up, or
                     circuitpython-7 and up (-mcache-lookup-bc up to 1.17)

Options about the target:
-msmall-int-bits=number : bits of a small integer (31)
-march=<arch> : architecture to make machine code for:
                x86, x64, armv6, armv6m, armv7m, armv7em, armv7emsp,
                armv7emdp, xtensa, xtensawin, rv32imc, rv64imc, host,
                debug (print what the emitter does)
-march-flags=<flags> : extensions of the architecture, as a number or as names with commas between
                       for rv32imc: zba, zcmp

Options of the implementation:
  emit={bytecode,native,viper} -- how functions are compiled that do not say so themselves
  heapsize=<n>[w][k|m] -- how much memory compiling may take (as much as there is)
  source-lines    -- store line numbers (as by default)
  no-source-lines -- do not
";

/// A traceback with the place of a compile error.
///
/// Errors of the parser are in the file, those of the compiler in the source, which may have been given another name.
pub(crate) fn traceback(error: &CompileError, job: &Job) -> Vec<u8> {
    let mut text = Vec::new();
    if let Some(line) = error.line {
        let name = if error.block.is_some() { job.source_name() } else { job.input_name() };
        text.extend_from_slice(b"Traceback (most recent call last):\n  File \"");
        text.extend_from_slice(name);
        text.extend_from_slice(format!("\", line {line}").as_bytes());
        if let Some(block) = &error.block {
            text.extend_from_slice(b", in ");
            text.extend_from_slice(block);
        }
        text.push(b'\n');
    }
    text.extend_from_slice(format!("{error}\n").as_bytes());
    text
}

/// A `MemoryError`, for want of the `bytes` bytes that were asked for last.
pub(crate) fn memory_error(bytes: usize) -> Vec<u8> {
    format!("MemoryError: memory allocation failed, allocating {bytes} bytes\n").into_bytes()
}

/// An error of the system as MicroPython's `OSError`, with the name of the file that it is about; as a `MemoryError` if there is no memory for
/// what is in the file.
pub(crate) fn os_error(error: &io::Error, file: Option<&[u8]>) -> Vec<u8> {
    if error.kind() == io::ErrorKind::OutOfMemory {
        return b"MemoryError: \n".to_vec();
    }
    // What has no number is an input/output error.
    let number = error.raw_os_error().unwrap_or(5);
    let mut text = format!("OSError: {number}").into_bytes();
    if let Some(file) = file {
        text = format!("OSError: ({number}, ").into_bytes();
        text.extend(quoted(&[b"can't open ", file].concat()));
        text.push(b')');
    }
    text.push(b'\n');
    text
}

/// A string as Python's `repr` shows it.
fn quoted(text: &[u8]) -> Vec<u8> {
    let quote = if text.contains(&b'\'') && !text.contains(&b'"') { b'"' } else { b'\'' };
    let mut out = vec![quote];
    for &c in text {
        match c {
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            b'\\' => out.extend(b"\\\\"),
            _ if c == quote => out.extend([b'\\', c]),
            0..32 | 127 => out.extend(format!("\\x{c:02x}").bytes()),
            _ => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_quoted_as_python_quotes() {
        assert_eq!(quoted(b"can't open a.py"), b"\"can't open a.py\"");
        assert_eq!(quoted(b"can't \"\\\n\x01"), b"'can\\'t \"\\\\\\n\\x01'");
    }

    #[test]
    fn system_errors_have_a_number_and_perhaps_a_file() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!(os_error(&error, Some(b"a.py")), b"OSError: (2, \"can't open a.py\")\n");
        assert_eq!(os_error(&error, None), b"OSError: 2\n");
    }
}
