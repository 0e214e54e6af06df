//! The type `socket`.

use core::cell::Cell;
use core::time::Duration;

use berus_runtime::data::builder::Builder;
use berus_runtime::data::bytes::Bytes;
use berus_runtime::errno::{AGAIN, Errno, IN_PROGRESS, INTERRUPTED, INVALID, TIMED_OUT, TOO_MANY_FILES};
use berus_runtime::host::network::{Address, End as Side, Network};
use berus_runtime::host::{Events, Polled};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::stream::{Failure, Outcome, Request, StreamSlots};
use berus_runtime::model::types::Type;
use berus_runtime::model::unlock::Unlock;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::array::Array;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::float::Floats;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::stream;
use berus_runtime::ops::truth::Truth;

use super::address::{V4, parse, to_bytes};
use super::wait::{End, network, retry, wait};
use super::{file, line, option};

/// The kind of sockets that are streams.
pub const STREAM: i32 = 1;

/// The flag for not to wait.
pub const DO_NOT_WAIT: i32 = 0x40;

/// Connections that wait to be accepted, where a program does not say how many.
const BACKLOG: i32 = 2;

/// The most that is received from a stream at once, in bytes.
const MOST: usize = 1 << 20;

/// A socket.
pub struct Socket {
    /// The socket's number at the host; negative if the socket is closed.
    number: Cell<i32>,
    family: i32,
    is_stream: bool,
    /// How long operations wait; `None` for as long as it takes.
    timeout: Cell<Option<Duration>>,
}

berus_runtime::custom_type! {
    /// The type.
    pub static SOCKET: Type<Socket> =
        "socket".make_new(make_new).print(print).stream(&SLOTS).finalise(finalise).locals(METHODS);
}

static SLOTS: StreamSlots = StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: false };

berus_runtime::members! {
    static METHODS = {
        "fileno" => f1(fileno),
        "makefile" => var(1, 3, file::makefile),
        "read" => var(1, 2, stream::read),
        "readinto" => var(2, 3, stream::readinto),
        "readline" => var(1, 2, line::readline),
        "write" => var(2, 4, stream::write),
        "connect" => f2(connect),
        "bind" => f2(bind),
        "listen" => var(1, 2, listen),
        "accept" => f1(accept),
        "recv" => var(2, 3, recv),
        "recv_into" => var(2, 4, recv_into),
        "recvfrom" => var(2, 3, recvfrom),
        "send" => var(2, 3, send),
        "sendall" => var(2, 3, sendall),
        "sendto" => var(3, 4, sendto),
        "setsockopt" => var(4, 4, option::set),
        "getsockopt" => var(3, 4, option::get),
        "setblocking" => f2(setblocking),
        "settimeout" => f2(settimeout),
        "gettimeout" => f1(gettimeout),
        "shutdown" => f2(shutdown),
        "getsockname" => f1(getsockname),
        "getpeername" => f1(getpeername),
        "close" => f1(stream::close),
        "__enter__" => f1(stream::enter),
        "__exit__" => var(4, 4, stream::exit),
    }
}

/// The socket that `object` is.
pub fn of(vm: &Vm, object: Obj) -> Res<Gc<Custom<Socket>>> {
    vm.this(object)
}

impl Socket {
    /// A socket that is not open yet, so that none can be open which nobody closes.
    fn closed(vm: &Vm, family: i32, is_stream: bool) -> Res<Gc<Custom<Socket>>> {
        vm.new_custom(Socket { number: Cell::new(-1), family, is_stream, timeout: Cell::new(None) })
    }

    /// The socket's number at the host. The host refuses that of a closed one.
    pub fn number(&self) -> i32 {
        self.number.get()
    }

    /// Whether it is one end of a stream of bytes.
    pub fn is_stream(&self) -> bool {
        self.is_stream
    }

    /// When an operation with `flags` that begins now has waited long enough.
    fn end(&self, vm: &Vm, flags: i32) -> Res<End> {
        if flags & DO_NOT_WAIT == 0 { End::after(vm, self.timeout.get()) } else { Ok(End::Now) }
    }

    fn waits(&self) -> bool {
        self.timeout.get() != Some(Duration::ZERO)
    }

    /// `errno`, as `read`, `write` and `accept` tell of it: that the time is over is not the same as that nothing is there
    /// at once.
    pub fn or_timed_out(&self, failure: Failure) -> Failure {
        if failure.is_again() && self.waits() { TIMED_OUT.into() } else { failure }
    }

    /// Does `work` when it is possible.
    pub fn when_ready<R>(
        &self,
        vm: &Vm,
        events: Events,
        flags: i32,
        mut work: impl FnMut(&dyn Network, i32) -> Result<R, Errno>,
    ) -> Result<R, Failure> {
        let end = self.end(vm, flags)?;
        retry(vm, self.number(), events, end, |network| work(network, self.number()))
    }

    /// Sends the bytes of `data`: how many were taken. A stream takes all of them, if the socket waits.
    fn send(&self, vm: &Vm, data: Obj, flags: i32, to: Option<&Address>) -> Outcome {
        let end = self.end(vm, flags)?;
        let takes_all = self.is_stream && !matches!(end, End::Now);
        let mut taken = 0;
        loop {
            // Anew each time, since other code may run meanwhile.
            let bytes = vm.buffer(data, Access::Read)?.bytes();
            match network(vm)?.send(self.number(), bytes.get(taken..).unwrap_or_default(), flags, to) {
                Ok(count) => {
                    vm.work_on_bytes(count)?;
                    taken += count;
                    if taken >= bytes.len() || !takes_all {
                        return Ok(taken);
                    }
                }
                Err(INTERRUPTED) => vm.poll()?,
                Err(AGAIN) if wait(vm, self.number(), Events::WRITE, end)? => {}
                Err(_) if taken > 0 => return Ok(taken),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Receives up to `size` bytes: these, and the address that they come from.
    fn receive(&self, vm: &Vm, size: Obj, flags: i32) -> Res<(Builder, Option<Address>)> {
        let Ok(size) = usize::try_from(vm.int(size)?) else { return Err(vm.os_error(INVALID)) };
        let mut received = Builder::with_capacity(vm, if self.is_stream { size.min(MOST) } else { size })?;
        received.fill(vm, 0, received.capacity())?;
        received.truncate(size);
        let buffer = received.bytes_mut();
        let answer = self.when_ready(vm, Events::READ, flags, |network, number| network.receive(number, buffer, flags));
        let (len, from) = answer.map_err(|failure| failure.raise(vm))?;
        received.truncate(len);
        Ok((received, from))
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 3, false)?;
    let number = |index: usize, usual: i32| match args.pos().get(index) {
        Some(&number) => Ok(vm.int(number)? as i32),
        None => Ok(usual),
    };
    let (family, kind, protocol) = (number(0, V4)?, number(1, STREAM)?, number(2, 0)?);
    let socket = Socket::closed(vm, family, kind == STREAM)?;
    let opened = with_room(vm, || network(vm)?.open(family, kind, protocol));
    socket.number.set(opened.map_err(|errno| vm.os_error(errno))?);
    Ok(socket.obj())
}

/// Opens a file. Where too many are open, those that nothing leads to any more are closed first.
fn with_room<R>(vm: &Vm, open: impl Fn() -> Result<R, Errno>) -> Result<R, Errno> {
    match open() {
        Err(TOO_MANY_FILES) => {
            vm.collect();
            open()
        }
        opened => opened,
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    vm.print_fmt(out, format_args!("<_socket {}>", of(vm, object)?.number()))
}

fn finalise(vm: &Vm, object: Obj) {
    if let Some(socket) = object.downcast::<Custom<Socket>>() {
        // Nobody is left whom an error could be told.
        let _ = close(vm, &socket);
    }
}

fn close(vm: &Vm, socket: &Socket) -> Result<usize, Errno> {
    match socket.number.replace(-1) {
        number @ 0.. => network(vm)?.close(number).map(|()| 0),
        _ => Ok(0),
    }
}

fn read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let socket = of(vm, object)?;
    let received = socket.when_ready(vm, Events::READ, 0, |network, number| network.receive(number, buffer, 0));
    received.map(|(len, _)| len).map_err(|failure| socket.or_timed_out(failure))
}

fn write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let socket = of(vm, object)?;
    let sent = socket.when_ready(vm, Events::WRITE, 0, |network, number| network.send(number, bytes, 0, None));
    sent.map_err(|failure| socket.or_timed_out(failure))
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let socket = of(vm, object)?;
    match request {
        Request::Close => {
            vm.forget_finaliser(socket);
            Ok(close(vm, &socket)?)
        }
        Request::FILE_NUMBER => Ok(socket.number() as usize),
        Request::Poll(events) => {
            let mut polled = [Polled::new(socket.number(), events)];
            vm.host().poll(&mut polled, Duration::ZERO)?;
            Ok(polled[0].ready.bits())
        }
        Request::Flush => Ok(0),
        _ => Err(INVALID.into()),
    }
}

fn fileno(vm: &Vm, object: Obj) -> Res {
    Ok(Obj::small_int_wrapping(of(vm, object)?.number() as isize))
}

/// The answer to Python for an operation that has none.
fn done<E: Into<Failure>>(vm: &Vm, outcome: Result<(), E>) -> Res {
    outcome.map(|()| Obj::NONE).map_err(|failure| failure.into().raise(vm))
}

fn connect(vm: &Vm, object: Obj, address: Obj) -> Res {
    /// How long to leave a listener alone that has no room for another connection, of which no event tells.
    const PAUSE: Duration = Duration::from_millis(1);
    let socket = of(vm, object)?;
    let address = parse(vm, socket.family, address)?;
    let end = socket.end(vm, 0)?;
    loop {
        match network(vm).and_then(|network| network.connect(socket.number(), &address)) {
            Err(INTERRUPTED) => vm.poll()?,
            Err(AGAIN) if !end.is_over(vm) => {
                vm.poll()?;
                vm.unlocked(|host| host.sleep(PAUSE));
            }
            Err(IN_PROGRESS) if !matches!(end, End::Now) => {
                return match wait(vm, socket.number(), Events::WRITE, end)? {
                    true => done(vm, network(vm).and_then(|network| network.take_error(socket.number()))),
                    false => Err(vm.os_error(TIMED_OUT)),
                };
            }
            outcome => return done(vm, outcome.map_err(|errno| socket.or_timed_out(errno.into()))),
        }
    }
}

fn bind(vm: &Vm, object: Obj, address: Obj) -> Res {
    let socket = of(vm, object)?;
    let address = parse(vm, socket.family, address)?;
    done(vm, network(vm).and_then(|network| network.bind(socket.number(), &address)))
}

/// `listen([backlog])`
fn listen(vm: &Vm, args: &[Obj]) -> Res {
    let socket = of(vm, args[0])?;
    let backlog = match args.get(1) {
        Some(&backlog) => (vm.int(backlog)? as i32).max(0),
        None => BACKLOG,
    };
    done(vm, network(vm).and_then(|network| network.listen(socket.number(), backlog)))
}

/// `accept()`: a socket and the address at its other end.
fn accept(vm: &Vm, object: Obj) -> Res {
    let socket = of(vm, object)?;
    let accepted = Socket::closed(vm, socket.family, socket.is_stream)?;
    let answer = socket.when_ready(vm, Events::READ, 0, |network, number| with_room(vm, || network.accept(number)));
    let (number, from) = answer.map_err(|failure| socket.or_timed_out(failure).raise(vm))?;
    accepted.number.set(number);
    let address = Array::bytearray(vm, &to_bytes(&from))?.obj();
    Ok(Tuple::new(vm, &[accepted.obj(), address])?.obj())
}

/// The number that is the argument `index` of a method; 0 if there is none.
fn flags(vm: &Vm, args: &[Obj], index: usize) -> Res<i32> {
    args.get(index).map_or(Ok(0), |&flags| Ok(vm.int(flags)? as i32))
}

/// `recv(size[, flags])`
fn recv(vm: &Vm, args: &[Obj]) -> Res {
    of(vm, args[0])?.receive(vm, args[1], flags(vm, args, 2)?)?.0.into_bytes(vm)
}

/// `recvfrom(size[, flags])`: bytes, and the address that they come from.
fn recvfrom(vm: &Vm, args: &[Obj]) -> Res {
    let (received, from) = of(vm, args[0])?.receive(vm, args[1], flags(vm, args, 2)?)?;
    let from = from.map_or(Ok(Bytes::EMPTY), |from| Bytes::new(vm, &to_bytes(&from)))?;
    Ok(Tuple::new(vm, &[received.into_bytes(vm)?, from.obj()])?.obj())
}

/// `recv_into(buffer[, size[, flags]])`: how many bytes came.
fn recv_into(vm: &Vm, args: &[Obj]) -> Res {
    let len = vm.buffer(args[1], Access::Write)?.len();
    let size = match args.get(2) {
        Some(&size) if vm.int(size)? != 0 => size,
        _ => vm.new_uint(len)?,
    };
    // By way of a block of their own, because other code may change the buffer while they are waited for.
    let (received, _) = of(vm, args[0])?.receive(vm, size, flags(vm, args, 3)?)?;
    let target = vm.buffer(args[1], Access::Write)?;
    target.write(0, Buffer::of(vm, received.bytes()));
    vm.new_uint(received.bytes().len().min(target.len()))
}

/// `send(data[, flags])`: how many bytes were taken.
fn send(vm: &Vm, args: &[Obj]) -> Res {
    let sent = of(vm, args[0])?.send(vm, args[1], flags(vm, args, 2)?, None);
    vm.new_uint(sent.map_err(|failure| failure.raise(vm))?)
}

/// `sendall(data[, flags])`. Where not all is taken at once by a socket that does not wait, that is an error.
fn sendall(vm: &Vm, args: &[Obj]) -> Res {
    let len = vm.buffer(args[1], Access::Read)?.len();
    let sent = of(vm, args[0])?.send(vm, args[1], flags(vm, args, 2)?, None);
    match sent.map_err(|failure| failure.raise(vm))? {
        sent if sent < len => Err(vm.os_error(INTERRUPTED)),
        _ => Ok(Obj::NONE),
    }
}

/// `sendto(data, address)` or `sendto(data, flags, address)`: how many bytes were taken.
fn sendto(vm: &Vm, args: &[Obj]) -> Res {
    let socket = of(vm, args[0])?;
    let (flags, address) = match args {
        [_, _, flags, address] => (vm.int(*flags)? as i32, *address),
        _ => (0, args[2]),
    };
    let address = parse(vm, socket.family, address)?;
    vm.new_uint(socket.send(vm, args[1], flags, Some(&address)).map_err(|failure| failure.raise(vm))?)
}

fn setblocking(vm: &Vm, object: Obj, flag: Obj) -> Res {
    let timeout = if vm.truth(flag)? { None } else { Some(Duration::ZERO) };
    of(vm, object)?.timeout.set(timeout);
    Ok(Obj::NONE)
}

fn settimeout(vm: &Vm, object: Obj, seconds: Obj) -> Res {
    let timeout = if seconds == Obj::NONE {
        None
    } else {
        let timeout = Duration::try_from_secs_f64(vm.float(seconds)?);
        Some(timeout.map_err(|_| vm.value_error(format_args!("timeout value out of range")))?)
    };
    of(vm, object)?.timeout.set(timeout);
    Ok(Obj::NONE)
}

fn gettimeout(vm: &Vm, object: Obj) -> Res {
    of(vm, object)?.timeout.get().map_or(Ok(Obj::NONE), |timeout| vm.new_float(timeout.as_secs_f64()))
}

fn shutdown(vm: &Vm, object: Obj, how: Obj) -> Res {
    let (socket, how) = (of(vm, object)?, vm.int(how)? as i32);
    done(vm, network(vm).and_then(|network| network.shutdown(socket.number(), how)))
}

fn address_of(vm: &Vm, object: Obj, side: Side) -> Res {
    let socket = of(vm, object)?;
    let address = network(vm).and_then(|network| network.address(socket.number(), side));
    Ok(Array::bytearray(vm, &to_bytes(&address.map_err(|errno| vm.os_error(errno))?))?.obj())
}

fn getsockname(vm: &Vm, object: Obj) -> Res {
    address_of(vm, object, Side::Near)
}

fn getpeername(vm: &Vm, object: Obj) -> Res {
    address_of(vm, object, Side::Far)
}
