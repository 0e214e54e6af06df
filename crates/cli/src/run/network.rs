//! The network of the machine. Sockets are open files as others are, and never wait.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use berus_runtime::errno::{Errno, INTERRUPTED, INVALID, IO, NO_FAMILY, NO_MEMORY};
use berus_runtime::host::Files;
use berus_runtime::host::network::{Address, End, Found, LookUpError, Network, Wanted};
use dns_lookup::AddrInfoHints;
use rustix::net::{AddressFamily, Protocol, RecvFlags, SendFlags, Shutdown, SocketAddrAny, SocketAddrUnix, SocketType};

use super::files::{OpenFile, StdFiles};
use super::sockets;

/// How long to wait for a look-up without a look at the keyboard.
const NAP: Duration = Duration::from_millis(5);

/// The number of `getaddrinfo` for a machine or service that nobody knows.
const NOBODY: LookUpError = LookUpError::Code(libc::EAI_NONAME);

impl Network for StdFiles {
    fn open(&self, family: i32, kind: i32, protocol: i32) -> Result<i32, Errno> {
        let family = u16::try_from(family).map(AddressFamily::from_raw).map_err(|_| NO_FAMILY)?;
        if ![AddressFamily::UNIX, AddressFamily::INET, AddressFamily::INET6].contains(&family) {
            return Err(NO_FAMILY);
        }
        let kind = SocketType::from_raw(u32::try_from(kind).map_err(|_| INVALID)?);
        let protocol = u32::try_from(protocol).map_err(|_| INVALID)?;
        let protocol = NonZeroU32::new(protocol).map(Protocol::from_raw);
        let socket = sockets::open(family, kind, protocol).map_err(number)?;
        Ok(self.insert_socket(socket))
    }

    fn close(&self, socket: i32) -> Result<(), Errno> {
        Files::close(self, socket)
    }

    fn bind(&self, socket: i32, address: &Address) -> Result<(), Errno> {
        let socket = self.get(socket)?;
        match address {
            Address::Internet(address) => rustix::net::bind(&socket, address),
            Address::Local(name) => rustix::net::bind(&socket, &local(name)?),
        }
        .map_err(number)
    }

    fn listen(&self, socket: i32, backlog: i32) -> Result<(), Errno> {
        rustix::net::listen(self.get(socket)?, backlog).map_err(number)
    }

    fn accept(&self, socket: i32) -> Result<(i32, Address), Errno> {
        let (socket, from) = sockets::accept(self.get(socket)?).map_err(number)?;
        let from = from.map_or(Ok(Address::Local(Vec::new())), as_address)?;
        Ok((self.insert_socket(socket), from))
    }

    fn connect(&self, socket: i32, address: &Address) -> Result<(), Errno> {
        let socket = self.get(socket)?;
        match address {
            Address::Internet(address) => rustix::net::connect(&socket, address),
            Address::Local(name) => rustix::net::connect(&socket, &local(name)?),
        }
        .map_err(number)
    }

    fn take_error(&self, socket: i32) -> Result<(), Errno> {
        match rustix::net::sockopt::socket_error(self.get(socket)?) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(errno)) | Err(errno) => Err(number(errno)),
        }
    }

    fn receive(&self, socket: i32, buffer: &mut [u8], flags: i32) -> Result<(usize, Option<Address>), Errno> {
        let flags = RecvFlags::from_bits_retain(flags as u32);
        let (len, _, from) = rustix::net::recvfrom(self.get(socket)?, &mut *buffer, flags).map_err(number)?;
        Ok((len, from.map(as_address).transpose()?))
    }

    fn send(&self, socket: i32, bytes: &[u8], flags: i32, to: Option<&Address>) -> Result<usize, Errno> {
        let socket = self.get(socket)?;
        let flags = SendFlags::from_bits_retain(flags as u32) | sockets::NO_SIGNAL;
        match to {
            None => rustix::net::send(&socket, bytes, flags),
            Some(Address::Internet(address)) => rustix::net::sendto(&socket, bytes, flags, address),
            Some(Address::Local(name)) => rustix::net::sendto(&socket, bytes, flags, &local(name)?),
        }
        .map_err(number)
    }

    fn shutdown(&self, socket: i32, how: i32) -> Result<(), Errno> {
        let how = match how {
            0 => Shutdown::Read,
            1 => Shutdown::Write,
            2 => Shutdown::Both,
            _ => return Err(INVALID),
        };
        rustix::net::shutdown(self.get(socket)?, how).map_err(number)
    }

    fn address(&self, socket: i32, end: End) -> Result<Address, Errno> {
        let socket = self.get(socket)?;
        match end {
            End::Near => as_address(rustix::net::getsockname(&socket).map_err(number)?),
            End::Far => match rustix::net::getpeername(&socket).map_err(number)? {
                Some(address) => as_address(address),
                None => Ok(Address::Local(Vec::new())),
            },
        }
    }

    fn set_option(&self, socket: i32, level: i32, option: i32, value: &[u8]) -> Result<(), Errno> {
        let socket = self.get(socket)?;
        let len = libc::socklen_t::try_from(value.len()).map_err(|_| INVALID)?;
        // SAFETY: the kernel reads `len` bytes from `value`, which has so many, for a file that is open.
        let answer = unsafe { libc::setsockopt(descriptor(&socket), level, option, value.as_ptr().cast(), len) };
        answered(answer)
    }

    fn option(&self, socket: i32, level: i32, option: i32, value: &mut [u8]) -> Result<usize, Errno> {
        let socket = self.get(socket)?;
        let mut len = libc::socklen_t::try_from(value.len()).map_err(|_| INVALID)?;
        // SAFETY: the kernel writes no more than `len` bytes to `value`, which has so many, and the number that it has
        // written to `len`; the file is open.
        let answer =
            unsafe { libc::getsockopt(descriptor(&socket), level, option, value.as_mut_ptr().cast(), &raw mut len) };
        answered(answer)?;
        Ok(value.len().min(len as usize))
    }

    fn look_up(&self, machine: &str, service: &str, wanted: &Wanted) -> Result<Vec<Found>, LookUpError> {
        let (machine, service) = (machine.to_owned(), service.to_owned());
        let hints = AddrInfoHints {
            flags: wanted.flags,
            address: wanted.family,
            socktype: wanted.kind,
            protocol: wanted.protocol,
        };
        let (sender, receiver) = channel();
        // The C library waits for servers, and nothing ends that. Who asked may go away meanwhile.
        let look_up = move || sender.send(look_up(&machine, &service, hints));
        thread::Builder::new().spawn(look_up).map_err(|_| LookUpError::Errno(NO_MEMORY))?;
        loop {
            match receiver.recv_timeout(NAP) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Timeout) if !self.is_interrupted() => {}
                Err(RecvTimeoutError::Timeout) => return Err(LookUpError::Errno(INTERRUPTED)),
                Err(RecvTimeoutError::Disconnected) => return Err(LookUpError::Errno(IO)),
            }
        }
    }
}

fn number(errno: rustix::io::Errno) -> Errno {
    Errno(errno.raw_os_error())
}

/// The answer of a function of the C library.
fn answered(answer: i32) -> Result<(), Errno> {
    match answer {
        0 => Ok(()),
        _ => Err(super::files::number(&std::io::Error::last_os_error())),
    }
}

fn descriptor(socket: &Arc<OpenFile>) -> i32 {
    socket.as_fd().as_raw_fd()
}

/// A name of this machine, as the kernel has it.
fn local(name: &[u8]) -> Result<SocketAddrUnix, Errno> {
    match name {
        #[cfg(target_os = "linux")]
        [] => Ok(SocketAddrUnix::new_unnamed()),
        #[cfg(target_os = "linux")]
        [0, name @ ..] => SocketAddrUnix::new_abstract_name(name).map_err(number),
        path => SocketAddrUnix::new(path).map_err(number),
    }
}

fn as_address(address: SocketAddrAny) -> Result<Address, Errno> {
    if let Ok(address) = SocketAddr::try_from(address.clone()) {
        return Ok(Address::Internet(address));
    }
    let address = SocketAddrUnix::try_from(address).map_err(number)?;
    #[cfg(target_os = "linux")]
    if let Some(name) = address.abstract_name() {
        return Ok(Address::Local([&[0], name].concat()));
    }
    Ok(Address::Local(address.path_bytes().unwrap_or_default().to_vec()))
}

/// Asks the C library.
fn look_up(machine: &str, service: &str, hints: AddrInfoHints) -> Result<Vec<Found>, LookUpError> {
    let found = dns_lookup::getaddrinfo(Some(machine), Some(service), Some(hints));
    let found = found.map_err(|error| match error.error_num() {
        // A name with a zero byte.
        0 => NOBODY,
        number => LookUpError::Code(number),
    })?;
    // Addresses of other families are none for sockets.
    Ok(found
        .filter_map(Result::ok)
        .map(|found| Found {
            family: found.address,
            kind: found.socktype,
            protocol: found.protocol,
            name: found.canonname,
            address: Address::Internet(found.sockaddr),
        })
        .collect())
}
