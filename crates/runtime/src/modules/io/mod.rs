//! The module `io`: streams in memory, and streams that programs define.

mod memory;

use core::cell::Cell;

use crate::data::builder::Builder;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Res};
use crate::model::module_def::ModuleDef;
use crate::model::object::{Gc, Header, Object};
use crate::model::stream::{Failure, Outcome, StreamSlots};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::io_base::IO_BASE;
use crate::ops::convert::Convert;
use crate::ops::stream;
use crate::ops::stream::stream_write_counted;
use crate::{define, q};

/// The module `io` as a definition.
pub const MODULE: ModuleDef = ModuleDef::new("io", MEMBERS).extensible();

pub use crate::modules::io::memory::{BYTES_IO, STRING_IO};

crate::members! {
    /// The members of the module.
    static MEMBERS = {
        "StringIO" => value(Obj::from_static(&STRING_IO)),
        #[cfg(feature = "files")]
        "open" => value(Obj::from_static(&crate::vfs::OPEN)),
        "BytesIO" => value(Obj::from_static(&BYTES_IO)),
        "IOBase" => value(Obj::from_static(&IO_BASE)),
        "BufferedWriter" => value(Obj::from_static(&BUFFERED_WRITER)),
    }
}

/// The type `BufferedWriter`: collects bytes that are to be written to another stream.
pub static BUFFERED_WRITER: Type = define!(
    Type::new(q!("BufferedWriter"))
        .make_new(writer_new)
        .stream(&StreamSlots { read: None, write: Some(writer_write), ioctl: None, is_text: false })
        .locals(WRITER_METHODS)
);

crate::members! {
    static WRITER_METHODS = {
        "write" => var(2, 4, stream::write),
        "flush" => f1(writer_flush),
    }
}

#[repr(C)]
struct Writer {
    header: Header,
    stream: Obj,
    size: usize,
    data: Cell<Builder>,
}

// SAFETY: the structure is `repr(C)` and starts with a header; only such objects have this type.
unsafe impl Object for Writer {
    const TYPE: &'static Type = &BUFFERED_WRITER;
}

impl Writer {
    /// How many bytes wait to be written out.
    fn len(&self) -> usize {
        let data = self.data.take();
        let len = data.bytes().len();
        self.data.set(data);
        len
    }
}

fn writer_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 2, false)?;
    let Ok(size) = usize::try_from(vm.int(args.pos()[1])?) else { return Err(vm.memory_error(usize::MAX)) };
    let data = Cell::new(Builder::with_capacity(vm, size)?);
    Ok(vm.alloc(Writer { header: Header::of(&BUFFERED_WRITER), stream: args.pos()[0], size, data })?.obj())
}

/// Writes out what has been collected. Bytes that the stream does not take stay for the next time.
fn drain(vm: &Vm, writer: Gc<Writer>) -> Result<(), Failure> {
    let mut data = writer.data.take();
    let mut taken = 0;
    let outcome = stream_write_counted(vm, writer.stream, data.bytes(), &mut taken);
    data.bytes_mut().copy_within(taken.., 0);
    data.truncate(data.bytes().len() - taken);
    // The stream may itself have written to this writer.
    let added = writer.data.take();
    let kept = data.extend(vm, added.bytes());
    writer.data.set(data);
    kept?;
    outcome
}

/// Collects `bytes`, and writes the buffer out when it is full: how many bytes there was room for.
fn writer_write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let writer = vm.this::<Writer>(object)?;
    let size = writer.size.max(1);
    let mut done = 0;
    loop {
        let mut data = writer.data.take();
        let room = size.saturating_sub(data.bytes().len());
        let now = &bytes[done..bytes.len().min(done + room)];
        let result = data.extend(vm, now);
        writer.data.set(data);
        result?;
        done += now.len();
        if writer.len() < size {
            return Ok(done);
        }
        match drain(vm, writer) {
            Err(failure) if !failure.is_again() => return Err(failure),
            _ if done == bytes.len() => return Ok(done),
            _ if writer.len() < size => {}
            _ => return if done > 0 { Ok(done) } else { Err(Failure::AGAIN) },
        }
    }
}

/// `flush()`: writes out what has been collected; an error if any byte stays.
fn writer_flush(vm: &Vm, object: Obj) -> Res {
    let writer = vm.this::<Writer>(object)?;
    match drain(vm, writer) {
        Ok(()) if writer.len() == 0 => Ok(Obj::NONE),
        Ok(()) => Err(Failure::AGAIN.raise(vm)),
        Err(failure) => Err(failure.raise(vm)),
    }
}
