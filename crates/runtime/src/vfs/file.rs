//! Files of the host as objects: `FileIO` and `TextIOWrapper`, and the streams of the console, which are the files 0, 1
//! and 2.
//!
//! Nothing is buffered here; each operation is one of the host.

use core::cell::Cell;
use core::time::Duration;

use crate::errno::Errno;
use crate::host::{Events, Files, Open, Polled};
use crate::model::error::{Raise, Res};
use crate::model::events::{NAP, Poll};
use crate::model::finalise::Finalise;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Strs};
use crate::model::stream::{Failure, Outcome, Request, StreamSlots};
use crate::model::types::{Attr, AttrResult, Definition, Type};
use crate::model::unlock::Unlock;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::convert::wrong_type;
use crate::ops::print::Print;
use crate::ops::stream;
use crate::qstr::Qstr;
use crate::services::console::{Console, wait_outside};
use crate::{define, errno, q};

/// The type `TextIOWrapper`: files of text.
pub static TEXT_IO: Type = define!(table(q!("TextIOWrapper"), &slots(true)).attr(attr));

/// The type `FileIO`: files of bytes.
pub static FILE_IO: Type = define!(table(q!("FileIO"), &slots(false)));

const fn table(name: Qstr, slots: &'static StreamSlots) -> Definition {
    Type::new(name).print(print).next(stream::next).stream(slots).finalise(finalise).locals(METHODS)
}

const fn slots(is_text: bool) -> StreamSlots {
    StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text }
}

crate::members! {
    static METHODS = {
        ..stream::METHODS,
        "fileno" => f1(fileno),
        "__del__" => f1(stream::close),
    }
}

/// A file of the host.
#[repr(C)]
pub struct File {
    header: Header,
    /// The file's number at the host; negative if the file is closed.
    number: Cell<i32>,
}

// SAFETY: `File` is `repr(C)` and starts with a header; only files have this type, or the type `FileIO`, of which `of`
// knows.
unsafe impl Object for File {
    const TYPE: &'static Type = &TEXT_IO;
    const SCAN: bool = false;
}

// SAFETY: the files that are constants are the console's, whose numbers are never changed.
unsafe impl Sync for File {}

impl File {
    const fn console(ty: &'static Type, number: i32) -> File {
        File { header: Header::of(ty), number: Cell::new(number) }
    }

    fn is_console(&self) -> bool {
        (0..=2).contains(&self.number.get())
    }
}

/// Input, output and error output of the console, as text.
pub static CONSOLE: [File; 3] = [File::console(&TEXT_IO, 0), File::console(&TEXT_IO, 1), File::console(&TEXT_IO, 2)];

/// Input, output and error output of the console, as bytes.
static CONSOLE_BUFFERS: [File; 3] =
    [File::console(&FILE_IO, 0), File::console(&FILE_IO, 1), File::console(&FILE_IO, 2)];

/// What a mode, as of `open`, means: how to open, and whether for text.
fn parse_mode(mode: &[u8]) -> (Open, bool) {
    let mut how = Open { read: true, ..Open::default() };
    let mut is_text = true;
    for letter in mode {
        match letter {
            b'r' => (how.read, how.write) = (true, false),
            b'w' => how = Open { write: true, create: true, truncate: true, ..Open::default() },
            b'a' => how = Open { write: true, create: true, append: true, ..Open::default() },
            b'+' => (how.read, how.write) = (true, true),
            b'b' => is_text = false,
            b't' => is_text = true,
            _ => {}
        }
    }
    (how, is_text)
}

/// Files of the host as objects.
pub trait OpenHostFile {
    /// Opens the host's file at a path, or takes the open file with a number, in `mode`, as of `open`.
    ///
    /// # Errors
    /// `OSError` if the host refuses, `TypeError` if the mode is no string.
    fn open_host_file(&self, path: HostPath<'_>, mode: Obj) -> Res;
}

impl OpenHostFile for Vm {
    fn open_host_file(&self, path: HostPath<'_>, mode: Obj) -> Res {
        let (how, is_text) = parse_mode(self.str_or_bytes(mode)?);
        let ty = if is_text { &TEXT_IO } else { &FILE_IO };
        // The object is made first, so that no file can be open that nobody closes.
        let file = self.alloc_finalised(File { header: Header::of(ty), number: Cell::new(-1) })?;
        let number = match path {
            HostPath::Number(number) => number,
            HostPath::Path(path) => open_outside(self, path, &how).map_err(|failure| failure.raise(self))?,
        };
        file.number.set(number);
        Ok(file.obj())
    }
}

/// Opens a file of the host. Where too many are open, those that nothing leads to any more are closed first.
fn open_outside(vm: &Vm, path: &[u8], how: &Open) -> Result<i32, Failure> {
    let open = || wait_outside(vm, |host| host.files().ok_or(errno::NO_DEVICE)?.open(path, how));
    match open() {
        Err(Failure::Errno(errno::TOO_MANY_FILES)) => {
            vm.collect();
            open()
        }
        opened => opened,
    }
}

/// How a file of the host is named.
#[derive(Clone, Copy, Debug)]
pub enum HostPath<'p> {
    /// By the file's path.
    Path(&'p [u8]),
    /// By the number that the file has because it is open.
    Number(i32),
}

fn host_files(vm: &Vm) -> Result<&dyn Files, Errno> {
    vm.host().files().ok_or(errno::NO_DEVICE)
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<File>> {
    let as_file = |object: Obj| {
        let header = object.as_header()?;
        // SAFETY: a pointer word points to a live object; objects of either type have the layout of `File`.
        unsafe {
            let ty = header.as_ref().ty();
            (ty == Gc::from_static(&TEXT_IO) || ty == Gc::from_static(&FILE_IO))
                .then(|| Gc::<File>::from_ptr(header.cast()))
        }
    };
    as_file(object).ok_or_else(|| wrong_type(vm))
}

/// The open file that `object` is.
fn open(vm: &Vm, object: Obj) -> Res<Gc<File>> {
    let file = of(vm, object)?;
    if file.number.get() < 0 {
        return Err(vm.value_error(format_args!("I/O operation on closed file")));
    }
    Ok(file)
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let number = of(vm, object)?.number.get();
    let name = vm.type_name(object);
    vm.print_fmt(out, format_args!("<io.{name} {number}>"))
}

fn attr(_: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    if name == q!("buffer")
        && let Attr::Load | Attr::LoadMethod = request
        && let Some(which) = CONSOLE.iter().position(|stream| Obj::from_static(stream) == object)
    {
        return Ok(AttrResult::Value(Obj::from_static(&CONSOLE_BUFFERS[which])));
    }
    Ok(AttrResult::Missing)
}

fn fileno(vm: &Vm, object: Obj) -> Res {
    Ok(Obj::small_int_wrapping(open(vm, object)?.number.get() as isize))
}

fn read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let file = open(vm, object)?;
    if file.is_console() {
        let count = vm.read_console(buffer)?;
        // On a board, the key Enter sends `\r`, which text has as the end of a line.
        if vm.host().board().is_some() && vm.type_of(object) == Gc::from_static(&TEXT_IO) {
            buffer[..count].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        return Ok(count);
    }
    let (number, len) = (file.number.get(), buffer.len());
    let read = wait_outside(vm, |host| host.files().ok_or(errno::NO_DEVICE)?.read(number, buffer))?;
    Ok(read.min(len))
}

fn write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let file = open(vm, object)?;
    match file.number.get() {
        0 | 1 if Obj::from_static(&CONSOLE_BUFFERS[1]) == object => vm.host().write_stdout_bytes(bytes),
        0 | 1 => vm.host().write_stdout(bytes),
        2 => vm.host().write_stderr(bytes),
        number => {
            return Ok(write_in_turns(vm, number, bytes)?.min(bytes.len()));
        }
    }
    match vm.host().lost_output() {
        Some(errno) if file.number.get() != 2 => Err(Failure::Errno(errno)),
        _ => Ok(bytes.len()),
    }
}

/// Writes to the file `number` of the host. While it takes nothing, other threads run, and pending events are looked at.
fn write_in_turns(vm: &Vm, number: i32, bytes: &[u8]) -> Outcome {
    loop {
        match host_files(vm).and_then(|files| files.write(number, bytes)) {
            Err(errno::INTERRUPTED) => {}
            written => return written.map_err(Failure::Errno),
        }
        let mut file = [Polled::new(number, Events::WRITE)];
        // What is wrong with the file, writing will tell.
        let _ = vm.unlocked(|host| host.poll(&mut file, NAP));
        vm.poll()?;
    }
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    if request == Request::Close {
        let file = of(vm, object)?;
        if !file.is_console() {
            vm.forget_finaliser(file);
        }
        return Ok(close(vm, &file)?);
    }
    let file = open(vm, object)?;
    let number = file.number.get();
    if file.is_console() {
        if request == Request::Flush {
            vm.host().flush();
            return Ok(0);
        }
    } else {
        match request {
            Request::Flush => {
                host_files(vm)?.sync(number)?;
                return Ok(0);
            }
            Request::Seek { offset, whence } => {
                let position = host_files(vm)?.seek(number, offset as i64, whence)?;
                return Ok(usize::try_from(position).unwrap_or(usize::MAX));
            }
            _ => {}
        }
    }
    match request {
        Request::Poll(events) => Ok(poll(vm, number, events)?.bits()),
        Request::FILE_NUMBER => Ok(number as usize),
        _ => Err(errno::INVALID.into()),
    }
}

/// Which events of the open file `number` have come by now.
fn poll(vm: &Vm, number: i32, events: Events) -> Result<Events, Errno> {
    let mut file = [Polled::new(number, events)];
    vm.host().poll(&mut file, Duration::ZERO)?;
    Ok(file[0].ready)
}

/// Closes a file, if it is open. The console stays open.
fn close(vm: &Vm, file: &File) -> Result<usize, Errno> {
    if file.is_console() {
        vm.host().flush();
        return Ok(0);
    }
    match file.number.replace(-1) {
        number @ 0.. => host_files(vm)?.close(number).map(|()| 0),
        _ => Ok(0),
    }
}

fn finalise(vm: &Vm, object: Obj) {
    if let Some(header) = object.as_header() {
        // SAFETY: this function is the slot of the two types of files, and of no other.
        let file = unsafe { header.cast::<File>().as_ref() };
        // Nobody is left whom an error could be told.
        let _ = close(vm, file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_a_mode_add_up() {
        let read = Open { read: true, ..Open::default() };
        let write = Open { write: true, create: true, truncate: true, ..Open::default() };
        assert_eq!(parse_mode(b""), (read, true));
        assert_eq!(parse_mode(b"rb"), (read, false));
        assert_eq!(parse_mode(b"w"), (write, true));
        assert_eq!(parse_mode(b"w+b"), (Open { read: true, ..write }, false));
        assert_eq!(parse_mode(b"r+"), (Open { write: true, ..read }, true));
        assert_eq!(parse_mode(b"a"), (Open { write: true, create: true, append: true, ..Open::default() }, true));
    }
}
