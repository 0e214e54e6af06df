//! Looking up the addresses of machines.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use berus_runtime::errno::{INTERRUPTED, NO_DEVICE};
use berus_runtime::host::network::{Address, Found, IpAddr, LookUpError, SocketAddr, Wanted};
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::{List, Tuple};
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::unlock::Unlock;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::array::Array;
use berus_runtime::obj::exception::OS_ERROR;
use berus_runtime::ops::arithmetic::Arithmetic;
use berus_runtime::ops::convert::Convert;

use super::address::{V4, V6, parse_ip, to_bytes};
use super::object::STREAM;

/// The longest name of a machine or service that is looked up, in bytes; names of the internet have up to 253.
const MAX_NAME: usize = 1024;

/// The number of `getaddrinfo` for a name that nobody has.
const NOBODY: i32 = -2;

/// Kinds of sockets and the protocols that these have on the internet: streams, datagrams, raw ones.
const KINDS: [(i32, i32); 3] = [(STREAM, 6), (2, 17), (3, 0)];

fn failed(vm: &Vm, code: i32) -> Raised {
    vm.error(&OS_ERROR, format_args!("[addrinfo error {code}]"))
}

/// A name that a program has given.
fn name(vm: &Vm, object: Obj) -> Res<String> {
    let name = core::str::from_utf8(vm.str_or_bytes(object)?).ok().filter(|name| name.len() <= MAX_NAME);
    name.map(ToString::to_string).ok_or_else(|| failed(vm, NOBODY))
}

fn look_up(vm: &Vm, machine: &str, service: &str, wanted: &Wanted) -> Res<Vec<Found>> {
    loop {
        let answer = vm.unlocked(|host| match host.network() {
            Some(network) => network.look_up(machine, service, wanted),
            None => Err(LookUpError::Errno(NO_DEVICE)),
        });
        match answer {
            Ok(found) => return Ok(found),
            Err(LookUpError::Errno(INTERRUPTED)) => vm.poll()?,
            Err(LookUpError::Errno(errno)) => return Err(vm.os_error(errno)),
            Err(LookUpError::Code(code)) => return Err(failed(vm, code)),
        }
    }
}

/// The first address of `machine`, a name or an address as text, for a socket of `family`.
pub fn look_up_one(vm: &Vm, family: i32, machine: Obj, port: u16) -> Res<SocketAddr> {
    let given = vm.str_or_bytes(machine)?;
    // No name is every address of this machine.
    let text: &[u8] = match (given, family) {
        (b"", V6) => b"::",
        (b"", _) => b"0.0.0.0",
        (given, _) => given,
    };
    if let Some(ip) = parse_ip(text) {
        return Ok(SocketAddr::new(ip, port));
    }
    let wanted = Wanted { family, kind: STREAM, ..Wanted::default() };
    let found = look_up(vm, &name(vm, machine)?, &port.to_string(), &wanted)?;
    let addresses = found.into_iter().filter_map(|found| match found.address {
        Address::Internet(address) => Some(address),
        Address::Local(_) => None,
    });
    addresses.into_iter().next().ok_or_else(|| failed(vm, NOBODY))
}

/// What there is of an address that was given as text, which nobody needs to be asked about.
fn known(ip: IpAddr, port: u16, wanted: &Wanted) -> Result<Vec<Found>, i32> {
    const WRONG_FAMILY: i32 = -9;
    let family = if ip.is_ipv4() { V4 } else { V6 };
    if wanted.family != 0 && wanted.family != family {
        return Err(WRONG_FAMILY);
    }
    let kinds = KINDS.iter().filter(|(kind, protocol)| {
        (wanted.kind == 0 || wanted.kind == *kind)
            && (wanted.protocol == 0 || *protocol == 0 || wanted.protocol == *protocol)
    });
    let address = Address::Internet(SocketAddr::new(ip, port));
    Ok(kinds
        .map(|&(kind, protocol)| {
            let protocol = if protocol == 0 { wanted.protocol } else { protocol };
            Found { family, kind, protocol, name: None, address: address.clone() }
        })
        .collect())
}

/// `getaddrinfo(machine, service[, family[, kind[, protocol[, flags]]]])`
pub fn getaddrinfo(vm: &Vm, args: &[Obj]) -> Res {
    let number = |index: usize| match args.get(index) {
        Some(&number) => Ok(vm.int(number)? as i32),
        None => Ok(0),
    };
    let wanted = Wanted { family: number(2)?, kind: number(3)?, protocol: number(4)?, flags: number(5)? };
    let port = match vm.is_int_or_bool(args[1]) {
        true => Some(super::address::port(vm, args[1])?),
        false => None,
    };
    let machine = name(vm, args[0])?;
    let found = match (parse_ip(machine.as_bytes()), port) {
        (Some(ip), Some(port))
            if wanted.flags == 0 && KINDS.iter().any(|(kind, _)| [0, *kind].contains(&wanted.kind)) =>
        {
            known(ip, port, &wanted).map_err(|code| failed(vm, code))?
        }
        (_, Some(port)) => look_up(vm, &machine, &port.to_string(), &wanted)?,
        (_, None) => look_up(vm, &machine, &name(vm, args[1])?, &wanted)?,
    };
    let list = List::new(vm, &[])?;
    for found in found {
        vm.work(1)?;
        let number = |number: i32| Obj::small_int_wrapping(number as isize);
        let name = found.name.map_or(Ok(Obj::NONE), |name| vm.new_str(name.as_bytes()))?;
        let address = Array::bytearray(vm, &to_bytes(&found.address))?.obj();
        let items = [number(found.family), number(found.kind), number(found.protocol), name, address];
        list.append(vm, Tuple::new(vm, &items)?.obj())?;
    }
    Ok(list.obj())
}
