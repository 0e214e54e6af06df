//! The type `SSLSocket`: a stream over another one.

use core::cell::Cell;
use core::time::Duration;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::errno::INVALID;
use berus_runtime::host::Events;
use berus_runtime::host::tls::Failed;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::stream::{Failure, Outcome, Request, StreamSlots};
use berus_runtime::model::unlock::Unlock;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::exception::OS_ERROR;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::stream::{self, Streams};
use berus_runtime::ops::truth::Truth;

use super::context::{self, Context, spelling};
use super::{failure, host};

/// Bytes that are moved at once.
const PIECE: usize = 2048;

/// How long to leave a stream alone that is not ready while the ends agree.
const PAUSE: Duration = Duration::from_millis(1);

/// What a connection is wanted for.
pub struct Wish {
    /// The stream that records go over.
    pub stream: Obj,
    /// Whether to wait until the ends agree.
    pub waits: bool,
    /// The other end's name.
    pub name: Option<Obj>,
}

struct Socket {
    context: Obj,
    stream: Obj,
    /// The connection's number at the host; negative if it is closed.
    number: Cell<i32>,
    /// Why the connection is over.
    failed: Cell<Option<Failed>>,
    /// What the connection waits for from the stream, if that is not what the program wants.
    wanted: Cell<Events>,
    /// Whether the program has been asked about the other end's certificates.
    is_checked: Cell<bool>,
}

berus_runtime::custom_type! {
    static SOCKET: Type<Socket> = "SSLSocket".print(print).stream(&SLOTS).finalise(finalise).locals(METHODS);
}

static SLOTS: StreamSlots = StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: false };

berus_runtime::members! {
    static METHODS = {
        "read" => var(1, 2, stream::read),
        "readinto" => var(2, 3, stream::readinto),
        "readline" => var(1, 2, stream::readline),
        "write" => var(2, 4, stream::write),
        "recv" => var(1, 2, stream::read1),
        "recv_into" => var(2, 3, stream::readinto),
        "send" => var(2, 4, stream::write),
        "sendall" => var(2, 4, stream::write),
        "setblocking" => f2(setblocking),
        "close" => f1(stream::close),
        "__del__" => f1(stream::close),
        "ioctl" => f3(ask),
        "getpeercert" => f2(getpeercert),
        "cipher" => f1(cipher),
        "selected_alpn_protocol" => f1(selected_alpn_protocol),
    }
}

/// Begins a connection.
pub fn begin(vm: &Vm, context: Gc<Custom<Context>>, wish: &Wish) -> Res {
    let slots = vm.stream(wish.stream)?;
    if slots.read.is_none() || slots.write.is_none() || slots.ioctl.is_none() {
        return Err(vm.error(&OS_ERROR, format_args!("stream operation not supported")));
    }
    let socket = vm.new_custom(Socket {
        context: context.obj(),
        stream: wish.stream,
        number: Cell::new(-1),
        failed: Cell::new(None),
        wanted: Cell::new(Events::empty()),
        is_checked: Cell::new(false),
    })?;
    socket.number.set(context.open(vm, wish.name)?);
    if wish.waits {
        socket.wait(vm)?;
    }
    Ok(socket.obj())
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Custom<Socket>>> {
    vm.this(object)
}

impl Socket {
    /// Gives the connection up, without a word.
    fn forget(&self, vm: &Vm) {
        if let (number @ 0.., Some(tls)) = (self.number.replace(-1), vm.host().tls()) {
            tls.close(number);
        }
    }

    /// The connection's number, if nothing went wrong so far.
    fn number(&self, vm: &Vm) -> Result<i32, Failure> {
        match (self.number.get(), self.failed.get()) {
            (number @ 0.., None) => Ok(number),
            (_, Some(failed)) => Err(failure(vm, failed)),
            _ => Err(failure(vm, Failed::CLOSED)),
        }
    }

    /// Notes why the connection is over, if it is.
    fn note<T>(&self, vm: &Vm, outcome: Result<T, Failed>) -> Result<T, Failure> {
        outcome.map_err(|failed| {
            if failed != Failed::Again {
                self.failed.set(Some(failed));
            }
            failure(vm, failed)
        })
    }

    /// Writes the records that are to be sent.
    fn flush(&self, vm: &Vm) -> Result<(), Failure> {
        let mut records = [0; PIECE];
        loop {
            let number = self.number.get();
            let count = host(vm)?.peek(number, &mut records);
            if count == 0 {
                return Ok(());
            }
            match vm.stream_write(self.stream, &records[..count])? {
                0 => return Err(Failure::AGAIN),
                written => host(vm)?.sent(number, written),
            }
        }
    }

    /// Reads records, and hands them over.
    fn fill(&self, vm: &Vm) -> Result<(), Failure> {
        let mut records = [0; PIECE];
        let count = vm.stream_read(self.stream, &mut records)?;
        let put = host(vm)?.put(self.number(vm)?, &records[..count.min(PIECE)]);
        // The other end is told what is wrong, if it still listens.
        if put.is_err()
            && let Err(Failure::Raised(raised)) = self.flush(vm)
        {
            return Err(Failure::Raised(raised));
        }
        self.note(vm, put)
    }

    /// Goes on until the ends agree.
    fn agree(&self, vm: &Vm) -> Result<(), Failure> {
        loop {
            let number = self.number(vm)?;
            self.flush(vm).inspect_err(|_| self.wanted.set(Events::WRITE))?;
            if !host(vm)?.state(number).is_beginning {
                break;
            }
            self.fill(vm).inspect_err(|_| self.wanted.set(Events::READ))?;
        }
        self.wanted.set(Events::empty());
        if self.is_checked.replace(true) { Ok(()) } else { self.ask_program(vm) }
    }

    /// Waits until the ends agree. Where they do not, the connection is given up.
    fn wait(&self, vm: &Vm) -> Res<()> {
        loop {
            match self.agree(vm) {
                Ok(()) => return Ok(()),
                Err(failure) if failure.is_again() => {
                    vm.poll()?;
                    vm.unlocked(|host| host.sleep(PAUSE));
                }
                Err(failure) => {
                    let raised = failure.raise(vm);
                    self.forget(vm);
                    return Err(raised);
                }
            }
        }
    }

    /// Asks the program about the other end's certificates, from the last one to the end's own.
    fn ask_program(&self, vm: &Vm) -> Result<(), Failure> {
        let callback = context::of(vm, self.context)?.verify_callback.get();
        if callback == Obj::NONE {
            return Ok(());
        }
        let count = (0..).take_while(|number| self.certificate(vm, *number).is_some()).count();
        for number in (0..count).rev() {
            let Some(certificate) = self.certificate(vm, number) else { break };
            let certificate = Bytes::new(vm, &certificate)?.obj();
            let answer = vm.call(callback, &[certificate, vm.new_uint(number)?])?;
            if vm.int(answer)? != 0 {
                return self.note(vm, Err(Failed::Protocol(-0x3000, "MBEDTLS_ERR_X509_FATAL_ERROR")));
            }
        }
        Ok(())
    }

    fn certificate(&self, vm: &Vm, number: usize) -> Option<alloc::vec::Vec<u8>> {
        vm.host().tls()?.certificate(self.number.get(), number)
    }
}

fn read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let socket = of(vm, object)?;
    socket.agree(vm)?;
    loop {
        vm.work(1)?;
        match host(vm)?.read(socket.number(vm)?, buffer) {
            Err(Failed::Again) => socket.fill(vm)?,
            outcome => return socket.note(vm, outcome),
        }
    }
}

fn write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let socket = of(vm, object)?;
    socket.agree(vm)?;
    let written = socket.note(vm, host(vm)?.write(socket.number(vm)?, bytes))?;
    match socket.flush(vm) {
        // What has been taken is sent with what comes next.
        Err(failure) if !failure.is_again() => Err(failure),
        _ => Ok(written),
    }
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let socket = of(vm, object)?;
    match request {
        Request::Close if socket.number.get() < 0 => Ok(0),
        Request::Close => {
            let number = socket.number.get();
            let tls = host(vm)?;
            if socket.failed.get().is_none() && !tls.state(number).is_beginning {
                tls.end(number);
            }
            // Whoever has gone away need not be told.
            let told = socket.flush(vm);
            socket.forget(vm);
            vm.forget_finaliser(socket);
            if let Err(Failure::Raised(raised)) = told {
                return Err(Failure::Raised(raised));
            }
            vm.stream_ioctl(socket.stream, Request::Close)
        }
        Request::Poll(events) => poll(vm, &socket, events),
        _ => Err(INVALID.into()),
    }
}

/// What the connection is ready for. Where the ends have to agree before, what that waits for stands for all.
fn poll(vm: &Vm, socket: &Socket, events: Events) -> Outcome {
    const BOTH: Events = Events::READ.union(Events::WRITE);
    let (mut ready, mut asked) = (Events::empty(), events);
    if socket.number.get() < 0 || socket.failed.get().is_some() {
        return Ok(Events::INVALID.bits());
    }
    let state = host(vm)?.state(socket.number.get());
    if !state.is_beginning && events.contains(Events::READ) && state.has_data {
        ready |= Events::READ;
        asked -= Events::READ;
        if asked.is_empty() {
            return Ok(ready.bits());
        }
    }
    let wanted = socket.wanted.get();
    if state.is_beginning && !wanted.is_empty() && events.intersects(BOTH) {
        asked = (asked - BOTH) | wanted;
    }
    let answer = Events::from_bits_retain(vm.stream_ioctl(socket.stream, Request::Poll(asked))?);
    ready |= match answer.intersects(wanted) {
        true if state.is_beginning => (answer - wanted) | (events & BOTH),
        _ => answer,
    };
    Ok(ready.bits())
}

fn print(vm: &Vm, _: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    vm.print_fmt(out, format_args!("<SSLSocket>"))
}

fn finalise(vm: &Vm, object: Obj) {
    if let Some(socket) = object.downcast::<Custom<Socket>>() {
        socket.forget(vm);
    }
}

fn setblocking(vm: &Vm, object: Obj, flag: Obj) -> Res {
    vm.call_method(of(vm, object)?.stream, vm.to_name(vm.new_str(b"setblocking")?)?, &[flag])
}

/// `ioctl(request, argument)`
fn ask(vm: &Vm, object: Obj, request: Obj, argument: Obj) -> Res {
    let argument = vm.int(argument)? as usize;
    let request = match vm.int(request)? {
        3 => Request::Poll(Events::from_bits_retain(argument)),
        4 => Request::Close,
        number => Request::Other(number as usize, argument),
    };
    vm.new_uint(ioctl(vm, object, request).map_err(|failure| failure.raise(vm))?)
}

/// `getpeercert(binary)`
fn getpeercert(vm: &Vm, object: Obj, binary: Obj) -> Res {
    if !vm.truth(binary)? {
        return Err(vm.not_implemented(format_args!("")));
    }
    of(vm, object)?.certificate(vm, 0).map_or(Ok(Obj::NONE), |bytes| Ok(Bytes::new(vm, &bytes)?.obj()))
}

/// What the ends have agreed on; `None` before.
fn agreed(vm: &Vm, object: Obj) -> Res<Option<berus_runtime::host::tls::Agreed>> {
    let number = of(vm, object)?.number.get();
    Ok(host(vm).map_err(|failure| failure.raise(vm))?.agreed(number))
}

fn cipher(vm: &Vm, object: Obj) -> Res {
    let Some(agreed) = agreed(vm, object)? else { return Ok(Obj::NONE) };
    let suite = vm.new_str(spelling(agreed.suite).as_bytes())?;
    Ok(Tuple::new(vm, &[suite, vm.new_str(agreed.version.as_bytes())?])?.obj())
}

fn selected_alpn_protocol(vm: &Vm, object: Obj) -> Res {
    match agreed(vm, object)?.and_then(|agreed| agreed.protocol) {
        Some(protocol) => vm.new_str_checked(&protocol),
        None => Ok(Obj::NONE),
    }
}
