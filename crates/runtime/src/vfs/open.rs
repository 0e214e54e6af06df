//! Opening files: the built-in function `open`, and files that the interpreter itself reads.

use alloc::vec::Vec;
use core::cell::Cell;
use core::ops::Deref;

use berus_mpy::memory::Quota;

use crate::data::bytes::Bytes;
use crate::model::args::Args;
use crate::model::builtin::Builtin;
use crate::model::error::{Raise, Res};
use crate::model::protocols::Strs;
use crate::model::stream::Request;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::convert::Convert;
use crate::ops::stream::{Streams, unsupported_stream};
use crate::q;
use crate::qstr::Qstr;
use crate::vfs::file::{HostPath, OpenHostFile};
use crate::vfs::{call_at, look_up_object};

/// The built-in function `open(file, mode="r", buffering=-1, encoding=None)`. Buffering and encoding make no
/// difference.
pub static OPEN: Builtin = Builtin::kw(0, open);

fn open(vm: &Vm, args: Args<'_>) -> Res {
    const NAMES: [Qstr; 4] = [q!("file"), q!("mode"), q!("buffering"), q!("encoding")];
    if args.n_pos() > NAMES.len() {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    }
    let keywords = NAMES.iter().skip(args.n_pos()).filter(|name| args.keyword(**name).is_some()).count();
    let argument = |n: usize| args.pos().get(n).copied().or_else(|| args.keyword(NAMES[n]));
    let Some(file) = argument(0) else { return Err(vm.type_error(format_args!("'file' argument required"))) };
    if keywords < args.n_kw() {
        return Err(vm.type_error(format_args!("extra keyword arguments given")));
    }
    let mode = argument(1).unwrap_or(Obj::qstr(q!("r")));
    if let Some(buffering) = argument(2) {
        vm.int(buffering)?;
    }
    match file.as_small_int() {
        // As an `int` of C, which may have fewer bits.
        Some(number) => vm.open_host_file(HostPath::Number(number as i32), mode),
        None => vm.open(file, mode),
    }
}

/// Files opened by their paths.
pub trait OpenFiles {
    /// Opens the file that the path `path`, a string or bytes, leads to, in `mode`.
    ///
    /// # Errors
    /// `OSError`, and what the file system raises.
    fn open(&self, path: Obj, mode: Obj) -> Res;
}

impl OpenFiles for Vm {
    fn open(&self, path: Obj, mode: Obj) -> Res {
        let place = look_up_object(self, path)?;
        call_at(self, place, q!("open"), Some(mode))
    }
}

/// Opens a file to read all of it.
///
/// # Errors
/// `OSError`, also if the file system answers an object that cannot be read, and what the file system raises.
pub(crate) fn open_to_read(vm: &Vm, path: &[u8]) -> Res<Reader> {
    // Names of files need not be text.
    let name = match vm.first_invalid(path)? {
        Some(_) => Bytes::new(vm, path)?.obj(),
        None => vm.new_str(path)?,
    };
    let file = vm.open(name, Obj::qstr(q!("rb")))?;
    if vm.stream(file)?.read.is_none() {
        return Err(unsupported_stream(vm));
    }
    let wish = match vm.stream_ioctl(file, Request::Other(GET_BUFFER_SIZE, 0)) {
        Ok(0) => None,
        Ok(size) => Some(size.clamp(MIN_CHUNK, MAX_CHUNK)),
        Err(failure) => {
            failure.errno()?;
            None
        }
    };
    Ok(Reader { file, wish, is_ending: Cell::new(false) })
}

/// The number of the request for the size of the pieces that a file likes to be read in, in bytes (MicroPython:
/// `py/stream.h`).
const GET_BUFFER_SIZE: usize = 11;
/// The least and the largest piece that a file's wish is granted for, in bytes.
const MIN_CHUNK: usize = 16;
const MAX_CHUNK: usize = 4096;
/// Bytes to ask for at first where the file has no wish, and at most.
const FIRST_CHUNK: usize = 512;
const LAST_CHUNK: usize = 1 << 16;

/// What came of reading a piece.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As many bytes as were asked for.
    Full,
    /// Fewer bytes than were asked for. Mostly they are the file's last.
    Short,
    /// No bytes: the file has ended.
    None,
}

/// A file that is open to be read once.
pub(crate) struct Reader {
    file: Obj,
    /// How many bytes the file likes to be asked for at once, if it says so.
    wish: Option<usize>,
    /// Whether the last piece was short, so that most likely no more bytes come.
    is_ending: Cell<bool>,
}

impl Reader {
    /// The file, a stream.
    pub fn file(&self) -> Obj {
        self.file
    }

    /// All bytes of the file, without room for more.
    ///
    /// # Errors
    /// As [`Reader::take_piece`].
    pub fn take_all<'v>(&self, vm: &'v Vm) -> Res<Content<'v>> {
        let mut content = Content::new(vm);
        while self.take_piece(&mut content)? != Piece::None {}
        content.quota.shrink(&mut content.bytes);
        Ok(content)
    }

    /// Reads another piece of the file, and puts it behind the bytes in `content`. A large file takes few turns, since
    /// pieces grow until one is short.
    ///
    /// # Errors
    /// `OSError`, what the file raises, and `MemoryError`.
    pub fn take_piece(&self, content: &mut Content<'_>) -> Res<Piece> {
        let vm = content.vm;
        let start = content.len();
        let most = if self.is_ending.get() { FIRST_CHUNK } else { LAST_CHUNK };
        let wanted = self.wish.unwrap_or(start.clamp(FIRST_CHUNK, most));
        content.resize(start + wanted)?;
        let outcome = vm.stream_read(self.file, &mut content.bytes[start..]);
        let count = outcome.map_err(|failure| failure.raise(vm))?;
        content.bytes.truncate(start + count);
        self.is_ending.set(count < wanted);
        Ok(match count {
            0 => Piece::None,
            _ if count < wanted => Piece::Short,
            _ => Piece::Full,
        })
    }

    /// Closes the file.
    ///
    /// # Errors
    /// `OSError`, and what the file raises.
    pub fn close(self, vm: &Vm) -> Res<()> {
        vm.stream_ioctl(self.file, Request::Close).map(drop).map_err(|failure| failure.raise(vm))
    }
}

/// What was read of a file. The bytes are not for long, so that they do not lie in Python's heap, but count to the
/// heap's limit.
pub struct Content<'v> {
    vm: &'v Vm,
    bytes: Vec<u8>,
    quota: Quota<'v>,
}

impl<'v> Content<'v> {
    /// No bytes yet.
    pub(crate) fn new(vm: &'v Vm) -> Content<'v> {
        Content { vm, bytes: Vec::new(), quota: Quota::new(vm) }
    }

    /// Makes the content `len` bytes long.
    fn resize(&mut self, len: usize) -> Res<()> {
        self.quota.resize(&mut self.bytes, len, 0).map_err(|_| self.vm.memory_error(len))
    }
}

impl Deref for Content<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}
