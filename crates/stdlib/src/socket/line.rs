//! Lines of sockets.
//!
//! A socket has no buffer: what comes behind a line is left where it is. So received bytes are looked at before they are taken.

use berus_runtime::data::builder::Builder;
use berus_runtime::host::Events;
use berus_runtime::model::error::Res;
use berus_runtime::model::events::Poll;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::stream;

use super::object::of;

/// How many bytes are looked at together.
const AHEAD: usize = 256;

/// The flag for to look at bytes and leave them where they are.
const PEEK: i32 = 2;

/// `readline([size])`: `None` if nothing has come to a socket that does not wait.
pub fn readline(vm: &Vm, args: &[Obj]) -> Res {
    let socket = of(vm, args[0])?;
    if !socket.is_stream() {
        return stream::readline(vm, args);
    }
    let size = match args.get(1) {
        Some(&size) if size != Obj::NONE => usize::try_from(vm.int(size)?).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let mut line = Builder::new();
    let mut buffer = [0; AHEAD];
    while line.bytes().last() != Some(&b'\n') && line.bytes().len() < size {
        let most = AHEAD.min(size - line.bytes().len());
        let seen = socket.when_ready(vm, Events::READ, 0, |network, number| {
            let seen = network.receive(number, &mut buffer[..most], PEEK)?.0.min(most);
            let end = buffer[..seen].iter().position(|&byte| byte == b'\n').map_or(seen, |end| end + 1);
            network.receive(number, &mut buffer[..end], 0).map(|(len, _)| len.min(end))
        });
        match seen.map_err(|failure| socket.or_timed_out(failure)) {
            Ok(0) => break,
            Ok(len) => {
                vm.work_on_bytes(len)?;
                line.extend(vm, &buffer[..len])?;
            }
            Err(failure) if failure.is_again() && line.bytes().is_empty() => return Ok(Obj::NONE),
            Err(failure) if failure.is_again() => break,
            Err(failure) => return Err(failure.raise(vm)),
        }
    }
    line.into_bytes(vm)
}
