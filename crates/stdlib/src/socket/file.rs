//! What `socket.makefile` answers: a file of text or of bytes over a socket. Closing the file closes the socket, too.

use berus_runtime::model::error::Res;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::{Classes, Strs};
use berus_runtime::model::stream::{Outcome, Request, StreamSlots};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, CustomType, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::stream::{self, Streams};

use super::object::of;

/// A file of text.
struct Text(Obj);

/// A file of bytes.
struct Binary(Obj);

/// The socket that a file is over.
trait Over {
    fn socket(&self) -> Obj;
}

impl Over for Text {
    fn socket(&self) -> Obj {
        self.0
    }
}

impl Over for Binary {
    fn socket(&self) -> Obj {
        self.0
    }
}

berus_runtime::custom_type! {
    static TEXT: Type<Text> =
        "TextIOWrapper".print(print::<Text>).next(stream::next).stream(&TEXT_SLOTS).locals(TEXT_METHODS);
}

berus_runtime::custom_type! {
    static BINARY: Type<Binary> =
        "FileIO".print(print::<Binary>).next(stream::next).stream(&BINARY_SLOTS).locals(BINARY_METHODS);
}

static TEXT_SLOTS: StreamSlots = slots::<Text>(true);
static BINARY_SLOTS: StreamSlots = slots::<Binary>(false);

const fn slots<F: CustomType + Over>(is_text: bool) -> StreamSlots {
    StreamSlots { read: Some(read::<F>), write: Some(write::<F>), ioctl: Some(ioctl::<F>), is_text }
}

berus_runtime::members! {
    static TEXT_METHODS = {
        ..stream::METHODS,
        "fileno" => f1(fileno::<Text>),
    }
}

berus_runtime::members! {
    static BINARY_METHODS = {
        ..stream::METHODS,
        "fileno" => f1(fileno::<Binary>),
    }
}

/// `makefile([mode[, buffering]])`
pub fn makefile(vm: &Vm, args: &[Obj]) -> Res {
    let socket = of(vm, args[0])?.obj();
    let mode = args.get(1).map_or(Ok(&b"r"[..]), |&mode| vm.str_or_bytes(mode))?;
    Ok(if mode.contains(&b'b') { vm.new_custom(Binary(socket))?.obj() } else { vm.new_custom(Text(socket))?.obj() })
}

/// The socket that the file `object` is over.
fn socket<F: CustomType + Over>(vm: &Vm, object: Obj) -> Res {
    let file: Gc<Custom<F>> = vm.this(object)?;
    Ok(file.socket())
}

fn read<F: CustomType + Over>(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    vm.stream_read(socket::<F>(vm, object)?, buffer)
}

fn write<F: CustomType + Over>(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    vm.stream_write(socket::<F>(vm, object)?, bytes)
}

fn ioctl<F: CustomType + Over>(vm: &Vm, object: Obj, request: Request) -> Outcome {
    vm.stream_ioctl(socket::<F>(vm, object)?, request)
}

fn fileno<F: CustomType + Over>(vm: &Vm, object: Obj) -> Res {
    Ok(Obj::small_int_wrapping(of(vm, socket::<F>(vm, object)?)?.number() as isize))
}

fn print<F: CustomType + Over>(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let number = of(vm, socket::<F>(vm, object)?)?.number();
    vm.print_fmt(out, format_args!("<io.{} {number}>", vm.type_name(object)))
}
