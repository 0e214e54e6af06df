//! Files of the file systems that lie in memory or on block devices: `TextIOWrapper` and `FileIO`.

use core::cell::Cell;
use core::ops::Deref;

use berus_runtime::errno::INVALID;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::Res;
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::Classes;
use berus_runtime::model::stream::{Failure, Outcome, Request, StreamSlots};
use berus_runtime::model::types::flag;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::stream;

/// Writes bytes: how many were taken.
pub type Write = fn(&Vm, &File, &[u8]) -> Outcome;

/// What a file system does with its files. A file is not open any more when its [owner](File::owner) is `None`.
pub struct FileOps {
    /// Reads: how many bytes came.
    pub read: fn(&Vm, &File, &mut [u8]) -> Outcome,
    /// Writes: how many bytes were taken.
    pub write: Option<Write>,
    /// Moves by an offset from the start (0), from here (1) or from the end (2): the new position.
    pub seek: fn(&Vm, &File, isize, u8) -> Outcome,
    /// Has what was written be there after a loss of power.
    pub flush: Option<fn(&Vm, &File) -> Outcome>,
    /// Closes the file, which has just lost its owner: that is given.
    pub close: fn(&Vm, &File, Obj) -> Outcome,
    /// The memory of the file, if it is in memory.
    pub memory: fn(&Vm, &File, Access) -> Res<Option<Buffer>>,
}

/// A file.
pub struct File {
    ops: &'static FileOps,
    /// What it belongs to, a file system or memory; `None` once it is closed.
    pub owner: Cell<Obj>,
    /// What its file system knows it by.
    pub words: [Cell<usize>; 3],
}

struct Text(File);
struct Binary(File);

berus_runtime::custom_type! {
    static TEXT: Type<Text> = "TextIOWrapper".print(print).next(stream::next).stream(&slots(true)).finalise(finalise).locals(METHODS);
}
berus_runtime::custom_type! {
    static BINARY: Type<Binary> = "FileIO"
        .print(print).next(stream::next).stream(&slots(false)).finalise(finalise).locals(METHODS).buffer(buffer).flags(flag::LENDS);
}

const fn slots(is_text: bool) -> StreamSlots {
    StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text }
}

berus_runtime::members! {
    static METHODS = {
        ..stream::METHODS,
        "__del__" => f1(stream::close),
    }
}

/// A file of text or bytes.
pub fn new(vm: &Vm, is_text: bool, ops: &'static FileOps, owner: Obj, words: [usize; 3]) -> Res {
    let file = File { ops, owner: Cell::new(owner), words: words.map(Cell::new) };
    if is_text { Ok(vm.new_custom(Text(file))?.obj()) } else { Ok(vm.new_custom(Binary(file))?.obj()) }
}

/// A file of either type.
enum Either {
    Text(Gc<Custom<Text>>),
    Binary(Gc<Custom<Binary>>),
}

impl Deref for Either {
    type Target = File;

    fn deref(&self) -> &File {
        match self {
            Either::Text(file) => &file.0,
            Either::Binary(file) => &file.0,
        }
    }
}

fn file(vm: &Vm, object: Obj) -> Res<Either> {
    match object.downcast::<Custom<Text>>() {
        Some(file) => Ok(Either::Text(file)),
        None => vm.this(object).map(Either::Binary),
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    vm.print_fmt(out, format_args!("<io.{}>", vm.type_name(object)))
}

fn read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let file = file(vm, object)?;
    (file.ops.read)(vm, &file, buffer)
}

fn write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let file = file(vm, object)?;
    match file.ops.write {
        Some(write) => write(vm, &file, bytes),
        None => Err(INVALID.into()),
    }
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let file = file(vm, object)?;
    match request {
        Request::Seek { offset, whence } => (file.ops.seek)(vm, &file, offset, whence),
        Request::Flush => match file.ops.flush {
            Some(flush) => flush(vm, &file),
            None => Err(INVALID.into()),
        },
        Request::Close => match file.owner.replace(Obj::NONE) {
            owner if owner == Obj::NONE => Ok(0),
            owner => {
                match &file {
                    Either::Text(file) => vm.forget_finaliser(*file),
                    Either::Binary(file) => vm.forget_finaliser(*file),
                }
                (file.ops.close)(vm, &file, owner)
            }
        },
        _ => Err(INVALID.into()),
    }
}

fn buffer(vm: &Vm, object: Obj, access: Access) -> Res<Option<Buffer>> {
    let file = file(vm, object)?;
    (file.ops.memory)(vm, &file, access)
}

fn finalise(vm: &Vm, object: Obj) {
    if let Err(Failure::Raised(raised)) = ioctl(vm, object, Request::Close) {
        // Nobody is left whom it could be told.
        vm.take_exception(raised);
    }
}
