//! Addresses, as Linux has them in memory (`sockaddr`) and as Python has them.

use alloc::vec::Vec;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::errno::{INVALID, NO_FAMILY};
use berus_runtime::host::network::{Address, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;

use super::look_up::look_up_one;

/// The family of paths and names of this machine.
pub const LOCAL: i32 = 1;
/// The family of the internet's addresses of 32 bits.
pub const V4: i32 = 2;
/// The family of the internet's addresses of 128 bits.
pub const V6: i32 = 10;

/// The longest path of a socket, in bytes.
const MAX_PATH: usize = 108;

/// The bytes of `address`: family, port (most significant byte first), address; for [`V6`] the label of the flow before
/// the address, and the interface behind it.
pub fn to_bytes(address: &Address) -> Vec<u8> {
    let family = |family: i32| (family as u16).to_ne_bytes();
    match address {
        Address::Internet(SocketAddr::V4(address)) => {
            [&family(V4)[..], &address.port().to_be_bytes(), &address.ip().octets(), &[0; 8]].concat()
        }
        Address::Internet(SocketAddr::V6(address)) => [
            &family(V6)[..],
            &address.port().to_be_bytes(),
            &address.flowinfo().to_be_bytes(),
            &address.ip().octets(),
            &address.scope_id().to_ne_bytes(),
        ]
        .concat(),
        Address::Local(name) => {
            // A path ends in a zero byte, where there is room.
            let is_path = !matches!(name[..], [] | [0, ..]) && name.len() < MAX_PATH;
            [&family(LOCAL)[..], name, if is_path { &[0] } else { &[] }].concat()
        }
    }
}

/// The address that `bytes` are, if they are one. More bytes than an address has make no difference.
pub fn from_bytes(bytes: &[u8]) -> Option<Address> {
    let (family, rest) = bytes.split_first_chunk()?;
    match i32::from(u16::from_ne_bytes(*family)) {
        V4 => {
            let (port, rest) = rest.split_first_chunk()?;
            let ip = Ipv4Addr::from(*rest.first_chunk::<4>()?);
            Some(Address::Internet(SocketAddrV4::new(ip, u16::from_be_bytes(*port)).into()))
        }
        V6 => {
            let (port, rest) = rest.split_first_chunk()?;
            let (flow, rest) = rest.split_first_chunk()?;
            let (ip, rest) = rest.split_first_chunk::<16>()?;
            let scope = rest.first_chunk().map_or(0, |scope| u32::from_ne_bytes(*scope));
            let (port, flow) = (u16::from_be_bytes(*port), u32::from_be_bytes(*flow));
            Some(Address::Internet(SocketAddrV6::new(Ipv6Addr::from(*ip), port, flow, scope).into()))
        }
        LOCAL => {
            // The first zero byte ends a path, but begins a name.
            let end = rest.iter().position(|byte| *byte == 0).filter(|end| *end > 0);
            Some(Address::Local(rest[..end.unwrap_or(rest.len()).min(MAX_PATH)].to_vec()))
        }
        _ => None,
    }
}

/// The address that a program has given for a socket of `family`.
pub fn parse(vm: &Vm, family: i32, object: Obj) -> Res<Address> {
    if family == LOCAL
        && let Some(path) = vm.as_str(object)
    {
        if path.len() > MAX_PATH {
            return Err(vm.os_error(INVALID));
        }
        return Ok(Address::Local(path.to_vec()));
    }
    let Some(items) = vm.as_items(object) else {
        let bytes = vm.buffer(object, Access::Read)?.bytes();
        return from_bytes(bytes).ok_or_else(|| vm.os_error(if bytes.len() < 2 { INVALID } else { NO_FAMILY }));
    };
    let (Some(machine), Some(port)) = (items.get(0), items.get(1)) else { return Err(vm.os_error(INVALID)) };
    let number = |index: usize| match items.get(index) {
        Some(number) => u32::try_from(vm.int(number)?).map_err(|_| vm.os_error(INVALID)),
        None => Ok(0),
    };
    let (flow, scope) = (number(2)?, number(3)?);
    let port = self::port(vm, port)?;
    let address = match look_up_one(vm, family, machine, port)? {
        SocketAddr::V6(address) => SocketAddrV6::new(*address.ip(), port, flow, scope).into(),
        address => address,
    };
    Ok(Address::Internet(address))
}

/// The port that a program has given as a number.
///
/// # Errors
/// `OSError` for a number that no port has.
pub fn port(vm: &Vm, object: Obj) -> Res<u16> {
    u16::try_from(vm.int(object)?).map_err(|_| vm.os_error(INVALID))
}

/// The address that the text `text` is.
pub fn parse_ip(text: &[u8]) -> Option<IpAddr> {
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// `inet_pton(family, text)`
pub fn inet_pton(vm: &Vm, family: Obj, text: Obj) -> Res {
    let family = vm.int(family)?;
    let ip = parse_ip(vm.str_or_bytes(text)?);
    let bytes = match (i32::try_from(family), ip) {
        (Ok(V4), Some(IpAddr::V4(ip))) => Bytes::new(vm, &ip.octets())?,
        (Ok(V6), Some(IpAddr::V6(ip))) => Bytes::new(vm, &ip.octets())?,
        (Ok(V4 | V6), _) => return Err(vm.os_error(INVALID)),
        _ => return Err(vm.os_error(NO_FAMILY)),
    };
    Ok(bytes.obj())
}

/// `inet_ntop(family, bytes)`
pub fn inet_ntop(vm: &Vm, family: Obj, bytes: Obj) -> Res {
    let family = vm.int(family)?;
    let bytes = vm.buffer(bytes, Access::Read)?.bytes();
    let ip = match i32::try_from(family) {
        Ok(V4) => bytes.first_chunk::<4>().map(|octets| IpAddr::from(*octets)),
        Ok(V6) => bytes.first_chunk::<16>().map(|octets| IpAddr::from(*octets)),
        _ => return Err(vm.os_error(NO_FAMILY)),
    };
    let ip = ip.ok_or_else(|| vm.os_error(INVALID))?;
    vm.new_str(alloc::format!("{ip}").as_bytes())
}

/// `sockaddr(bytes)`: what the bytes of an address say.
pub fn sockaddr(vm: &Vm, object: Obj) -> Res {
    let bytes = vm.buffer(object, Access::Read)?.bytes();
    let small = |number: u32| vm.new_uint(number as usize);
    let Some((family, rest)) = bytes.split_first_chunk() else { return Err(vm.os_error(INVALID)) };
    let items = match from_bytes(bytes) {
        Some(Address::Internet(SocketAddr::V4(address))) => {
            let ip = Bytes::new(vm, &address.ip().octets())?.obj();
            return Ok(Tuple::new(vm, &[small(V4 as u32)?, ip, small(address.port().into())?])?.obj());
        }
        Some(Address::Internet(SocketAddr::V6(address))) => [
            small(V6 as u32)?,
            Bytes::new(vm, &address.ip().octets())?.obj(),
            small(address.port().into())?,
            small(address.flowinfo())?,
            small(address.scope_id())?,
        ],
        _ => {
            let family = small(u16::from_ne_bytes(*family).into())?;
            return Ok(Tuple::new(vm, &[family, Bytes::new(vm, rest)?.obj()])?.obj());
        }
    };
    Ok(Tuple::new(vm, &items)?.obj())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_an_address_are_the_address() {
        let addresses = [
            Address::Internet(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 7), 8080).into()),
            Address::Internet(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 443, 5, 2).into()),
            Address::Local(b"/tmp/socket".to_vec()),
            Address::Local(b"\0name".to_vec()),
            Address::Local(Vec::new()),
        ];
        for address in addresses {
            assert_eq!(from_bytes(&to_bytes(&address)), Some(address));
        }
    }

    #[test]
    fn addresses_that_are_cut_off_are_none() {
        let address = to_bytes(&Address::Internet(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 1).into()));
        assert_eq!(address, [2, 0, 0, 1, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        for len in 0..8 {
            assert_eq!(from_bytes(&address[..len]), None);
        }
    }
}
