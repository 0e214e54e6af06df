//! Streams in memory: `StringIO` and `BytesIO`.

use core::cell::Cell;

use crate::data::builder::Builder;
use crate::data::instance::NativeBase;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::buffer::Access;
use crate::model::error::{Raise, Res};
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Strs};
use crate::model::stream::{Outcome, Request, StreamSlots};
use crate::model::types::{Definition, Type};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::buffer::Buffers;
use crate::ops::convert::{Convert, wrong_type};
use crate::ops::print::Print;
use crate::ops::stream;
use crate::ops::stream::Streams;
use crate::qstr::Qstr;
use crate::{define, errno, q};

const fn table(name: Qstr, slots: &'static StreamSlots) -> Definition {
    Type::new(name).make_new(make_new).print(print).next(stream::next).stream(slots).locals(METHODS)
}

/// The type `StringIO`.
pub static STRING_IO: Type = define!(table(
    q!("StringIO"),
    &StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: true }
));

/// The type `BytesIO`.
pub static BYTES_IO: Type = define!(table(
    q!("BytesIO"),
    &StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: false }
));

crate::members! {
    static METHODS = {
        ..stream::METHODS,
        "getvalue" => f1(getvalue),
    }
}

/// A stream in memory.
#[repr(C)]
struct Memory {
    header: Header,
    data: Cell<Data>,
    at: Cell<usize>,
    closed: Cell<bool>,
}

// SAFETY: the structure is `repr(C)` and starts with a header; only `StringIO` objects have this type. `BytesIO`
// objects have the other type with this layout, of which `of` knows.
unsafe impl Object for Memory {
    const TYPE: &'static Type = &STRING_IO;
}

/// The bytes of a stream.
#[derive(Default)]
struct Data {
    /// The string or bytes object that has the stream's bytes, until something is written.
    shared: Option<Obj>,
    own: Builder,
}

impl Data {
    fn bytes<'a>(&'a self, vm: &'a Vm) -> Res<&'a [u8]> {
        match self.shared {
            Some(object) => vm.str_or_bytes(object),
            None => Ok(self.own.bytes()),
        }
    }

    /// The stream's own copy of the bytes, which may be changed.
    fn own(&mut self, vm: &Vm) -> Res<&mut Builder> {
        if let Some(object) = self.shared {
            self.own.extend(vm, vm.str_or_bytes(object)?)?;
            self.shared = None;
        }
        Ok(&mut self.own)
    }
}

impl Memory {
    /// Does `work` with the data of the stream.
    fn with<R>(&self, work: impl FnOnce(&mut Data) -> R) -> R {
        let mut data = self.data.take();
        let result = work(&mut data);
        self.data.set(data);
        result
    }
}

/// The open stream that `object` is.
fn of(vm: &Vm, object: Obj) -> Res<Gc<Memory>> {
    let as_memory = |object: Obj| {
        let header = object.as_header()?;
        // SAFETY: a pointer word points to a live object; objects of either type have the layout of `Memory`.
        unsafe {
            let ty = header.as_ref().ty();
            (ty == Gc::from_static(&STRING_IO) || ty == Gc::from_static(&BYTES_IO))
                .then(|| Gc::<Memory>::from_ptr(header.cast()))
        }
    };
    match as_memory(object).or_else(|| as_memory(vm.native_base(object)?)) {
        Some(memory) if memory.closed.get() => Err(vm.value_error(format_args!("I/O operation on closed file"))),
        Some(memory) => Ok(memory),
        None => Err(wrong_type(vm)),
    }
}

fn make_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    let ty = if ty == Gc::from_static(&STRING_IO) { &STRING_IO } else { &BYTES_IO };
    let mut data = Data::default();
    match args.pos().first() {
        Some(&room) if room.is_small_int() => data.own.reserve(vm, usize::try_from(vm.int(room)?).unwrap_or(0))?,
        Some(&bytes) if vm.as_str_or_bytes(bytes).is_some() => data.shared = Some(bytes),
        Some(&bytes) if bytes != Obj::NONE => data.own.extend(vm, vm.buffer(bytes, Access::Read)?.bytes())?,
        _ => {}
    }
    let memory = Memory { header: Header::of(ty), data: Cell::new(data), at: Cell::new(0), closed: Cell::new(false) };
    Ok(vm.alloc(memory)?.obj())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let name = vm.type_name(object);
    vm.print_fmt(out, format_args!("<io.{name} {:#x}>", object.bits()))
}

fn read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let memory = of(vm, object)?;
    let at = memory.at.get();
    let count = memory.with(|data| {
        let rest = data.bytes(vm)?.get(at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Res::Ok(count)
    })?;
    memory.at.set(at + count);
    Ok(count)
}

fn write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let memory = of(vm, object)?;
    let at = memory.at.get();
    memory.with(|data| {
        let data = data.own(vm)?;
        let end = at.saturating_add(bytes.len());
        let len = data.bytes().len();
        if end > len {
            data.fill(vm, 0, end - len)?;
        }
        data.bytes_mut()[at..end].copy_from_slice(bytes);
        Res::Ok(())
    })?;
    memory.at.set(at + bytes.len());
    Ok(bytes.len())
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let memory = of(vm, object)?;
    match request {
        Request::Flush => Ok(0),
        Request::Close => {
            memory.closed.set(true);
            memory.data.take();
            Ok(0)
        }
        Request::Seek { offset, whence } => {
            let from = match whence {
                0 => 0,
                1 => memory.at.get(),
                _ => memory.with(|data| data.bytes(vm).map(<[u8]>::len))?,
            };
            // A position before the start counts as the start.
            memory.at.set(from.saturating_add_signed(offset));
            Ok(memory.at.get())
        }
        _ => Err(errno::INVALID.into()),
    }
}

fn getvalue(vm: &Vm, object: Obj) -> Res {
    let memory = of(vm, object)?;
    let text = vm.stream(object)?.is_text;
    memory.with(|data| {
        let bytes = data.bytes(vm)?;
        let mut copy = Builder::with_capacity(vm, bytes.len())?;
        copy.extend(vm, bytes)?;
        if text { copy.into_str(vm) } else { copy.into_bytes(vm) }
    })
}
