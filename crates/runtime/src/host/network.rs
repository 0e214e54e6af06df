//! The network of a host: sockets.
//!
//! A socket is one of the host's open files, so that [`Host::poll`](super::Host::poll) waits for sockets too. No
//! function here waits for the other end. Where an operation is not possible now, the answer is `EAGAIN`, and the
//! interpreter waits by `poll` before the operation is tried again: so a stack that has to be polled, as `smoltcp` on a
//! board, fits as well as that of an operating system, and an interrupt ends every wait.

use alloc::string::String;
use alloc::vec::Vec;
pub use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::errno::{Errno, NO_ACCESS};

/// The sockets of a host. Families, kinds, protocols, flags, levels and options are Linux's numbers.
pub trait Network {
    /// Makes a socket of a family, a kind and a protocol (0 for the kind's usual one): the open file's number.
    ///
    /// # Errors
    /// An error number; `EAFNOSUPPORT` for a family that the host does not have.
    fn open(&self, family: i32, kind: i32, protocol: i32) -> Result<i32, Errno>;

    /// Closes a socket.
    ///
    /// # Errors
    /// `EBADF` if the socket is not open.
    fn close(&self, socket: i32) -> Result<(), Errno>;

    /// Gives a socket the address `address` of this machine.
    ///
    /// # Errors
    /// An error number.
    fn bind(&self, socket: i32, address: &Address) -> Result<(), Errno>;

    /// Has a socket wait for connections, of which up to `backlog` may come before they are accepted.
    ///
    /// # Errors
    /// An error number.
    fn listen(&self, socket: i32, backlog: i32) -> Result<(), Errno>;

    /// Accepts a connection: a new socket's number, and the address at the other end.
    ///
    /// # Errors
    /// An error number; `EAGAIN` if none has come.
    fn accept(&self, socket: i32) -> Result<(i32, Address), Errno>;

    /// Connects a socket to `address`.
    ///
    /// # Errors
    /// An error number; `EINPROGRESS` if that takes time. The socket can be written to when it is over, and
    /// [`take_error`](Network::take_error) says how it ended.
    fn connect(&self, socket: i32, address: &Address) -> Result<(), Errno>;

    /// What went wrong with a socket since this was asked last.
    ///
    /// # Errors
    /// That, as an error number.
    fn take_error(&self, socket: i32) -> Result<(), Errno>;

    /// Receives into `buffer`: how many bytes came, 0 if the other end has no more to send, and from where, if the
    /// socket is none of a connection. The `flags` are those of POSIX; with 2 (`MSG_PEEK`) bytes are left to be received
    /// again.
    ///
    /// # Errors
    /// An error number; `EAGAIN` if nothing has come.
    fn receive(&self, socket: i32, buffer: &mut [u8], flags: i32) -> Result<(usize, Option<Address>), Errno>;

    /// Sends `bytes`, to an address or to the other end of the connection: how many bytes were taken.
    ///
    /// # Errors
    /// An error number; `EAGAIN` if there is no room now.
    fn send(&self, socket: i32, bytes: &[u8], flags: i32, to: Option<&Address>) -> Result<usize, Errno>;

    /// Ends what a socket receives (`how` 0), sends (1) or both (2).
    ///
    /// # Errors
    /// An error number.
    fn shutdown(&self, socket: i32, how: i32) -> Result<(), Errno>;

    /// The address of the socket at this machine, or of its other end.
    ///
    /// # Errors
    /// An error number; `ENOTCONN` if there is no other end.
    fn address(&self, socket: i32, end: End) -> Result<Address, Errno>;

    /// Sets an option of a socket to `value`, the bytes of what C code would hand over.
    ///
    /// # Errors
    /// An error number; `ENOPROTOOPT` for an option that the host does not have.
    fn set_option(&self, socket: i32, level: i32, option: i32, value: &[u8]) -> Result<(), Errno> {
        let _ = (socket, level, option, value);
        Err(NO_OPTION)
    }

    /// Reads an option of a socket into `value`: how many bytes the option has.
    ///
    /// # Errors
    /// As [`set_option`](Network::set_option).
    fn option(&self, socket: i32, level: i32, option: i32, value: &mut [u8]) -> Result<usize, Errno> {
        let _ = (socket, level, option, value);
        Err(NO_OPTION)
    }

    /// Looks up the addresses of a service at a machine, both by their names or numbers, as `getaddrinfo` of POSIX.
    ///
    /// # Errors
    /// Why there is no answer.
    fn look_up(&self, machine: &str, service: &str, wanted: &Wanted) -> Result<Vec<Found>, LookUpError>;
}

/// `ENOPROTOOPT`: the protocol has no such option.
const NO_OPTION: Errno = Errno(92);

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The one at this machine.
    Near,
    /// The other one.
    Far,
}

/// The address of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An address and a port of the internet.
    Internet(SocketAddr),
    /// A path of this machine, or a name that begins with a zero byte; empty for a socket without a name.
    Local(Vec<u8>),
}

/// What a look-up is limited to; 0 for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The family of the addresses.
    pub family: i32,
    /// The kind of sockets.
    pub kind: i32,
    /// The protocol of the sockets.
    pub protocol: i32,
    /// Flags of `getaddrinfo`.
    pub flags: i32,
}

/// What a look-up has found: a socket that can be connected, and to where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The family of the socket.
    pub family: i32,
    /// The kind of the socket.
    pub kind: i32,
    /// The protocol of the socket.
    pub protocol: i32,
    /// The machine's proper name, if that was asked for.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
}

/// Why a look-up has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookUpError {
    /// An error number; `EINTR` if pending events must be looked at, after which the interpreter asks again.
    Errno(Errno),
    /// A number of `getaddrinfo`, negative on Linux: -2 if there is no such machine or service.
    Code(i32),
}

/// What a program wants of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// To have the address at this machine.
    Bind,
    /// To connect or send to the address.
    Reach,
    /// To look up the addresses of a machine by its name.
    LookUp,
}

/// A network of which only some addresses are granted.
///
/// A sandbox hands this out in place of the network itself: `may` is asked before an address is bound, connected to or
/// sent to. A look-up by name, which tells a server what a program asks for, is granted or not for all names
/// ([`Use::LookUp`], with the address `0.0.0.0:0`).
///
/// ```
/// use berus_runtime::host::network::{Address, Network, Restricted, Use};
///
/// fn only_this_machine(network: impl Network) -> impl Network {
///     Restricted::new(network, |_: Use, address: &Address| {
///         matches!(address, Address::Internet(address) if address.ip().is_loopback())
///     })
/// }
/// ```
pub struct Restricted<N, F> {
    network: N,
    may: F,
}

impl<N: Network, F: Fn(Use, &Address) -> bool> Restricted<N, F> {
    /// The part of `network` that `may` grants.
    pub const fn new(network: N, may: F) -> Restricted<N, F> {
        Restricted { network, may }
    }

    fn check(&self, purpose: Use, address: &Address) -> Result<(), Errno> {
        if (self.may)(purpose, address) { Ok(()) } else { Err(NO_ACCESS) }
    }
}

/// The kinds of sockets that reach addresses by the functions of [`Network`] alone: `SOCK_STREAM` and `SOCK_DGRAM`.
const ADDRESSED: core::ops::RangeInclusive<i32> = 1..=2;

/// The level of options that change nothing about which addresses a socket reaches: `SOL_SOCKET`.
const SOCKET_LEVEL: i32 = 1;

impl<N: Network, F: Fn(Use, &Address) -> bool> Network for Restricted<N, F> {
    fn open(&self, family: i32, kind: i32, protocol: i32) -> Result<i32, Errno> {
        // A raw socket has its addresses in what it sends.
        if ADDRESSED.contains(&kind) { self.network.open(family, kind, protocol) } else { Err(NO_ACCESS) }
    }

    fn close(&self, socket: i32) -> Result<(), Errno> {
        self.network.close(socket)
    }

    fn bind(&self, socket: i32, address: &Address) -> Result<(), Errno> {
        self.check(Use::Bind, address)?;
        self.network.bind(socket, address)
    }

    fn listen(&self, socket: i32, backlog: i32) -> Result<(), Errno> {
        // A socket that was not bound gets an address by this.
        self.check(Use::Bind, &self.network.address(socket, End::Near)?)?;
        self.network.listen(socket, backlog)
    }

    fn accept(&self, socket: i32) -> Result<(i32, Address), Errno> {
        self.network.accept(socket)
    }

    fn connect(&self, socket: i32, address: &Address) -> Result<(), Errno> {
        self.check(Use::Reach, address)?;
        self.network.connect(socket, address)
    }

    fn take_error(&self, socket: i32) -> Result<(), Errno> {
        self.network.take_error(socket)
    }

    fn receive(&self, socket: i32, buffer: &mut [u8], flags: i32) -> Result<(usize, Option<Address>), Errno> {
        self.network.receive(socket, buffer, flags)
    }

    fn send(&self, socket: i32, bytes: &[u8], flags: i32, to: Option<&Address>) -> Result<usize, Errno> {
        to.map_or(Ok(()), |to| self.check(Use::Reach, to))?;
        self.network.send(socket, bytes, flags, to)
    }

    fn shutdown(&self, socket: i32, how: i32) -> Result<(), Errno> {
        self.network.shutdown(socket, how)
    }

    fn address(&self, socket: i32, end: End) -> Result<Address, Errno> {
        self.network.address(socket, end)
    }

    fn set_option(&self, socket: i32, level: i32, option: i32, value: &[u8]) -> Result<(), Errno> {
        // Options of protocols send to groups, and by other machines.
        if level == SOCKET_LEVEL { self.network.set_option(socket, level, option, value) } else { Err(NO_ACCESS) }
    }

    fn option(&self, socket: i32, level: i32, option: i32, value: &mut [u8]) -> Result<usize, Errno> {
        self.network.option(socket, level, option, value)
    }

    fn look_up(&self, machine: &str, service: &str, wanted: &Wanted) -> Result<Vec<Found>, LookUpError> {
        let nowhere = Address::Internet(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0));
        self.check(Use::LookUp, &nowhere).map_err(LookUpError::Errno)?;
        self.network.look_up(machine, service, wanted)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use core::cell::RefCell;

    use super::*;

    /// A network that does nothing, and notes what it was asked to do.
    #[derive(Default)]
    struct Noted(RefCell<Vec<&'static str>>);

    impl Noted {
        fn note<T>(&self, what: &'static str, answer: T) -> Result<T, Errno> {
            self.0.borrow_mut().push(what);
            Ok(answer)
        }
    }

    fn address(ip: [u8; 4]) -> Address {
        Address::Internet(SocketAddr::from((ip, 80)))
    }

    impl Network for &Noted {
        fn open(&self, _: i32, _: i32, _: i32) -> Result<i32, Errno> {
            self.note("open", 3)
        }

        fn close(&self, _: i32) -> Result<(), Errno> {
            self.note("close", ())
        }

        fn bind(&self, _: i32, _: &Address) -> Result<(), Errno> {
            self.note("bind", ())
        }

        fn listen(&self, _: i32, _: i32) -> Result<(), Errno> {
            self.note("listen", ())
        }

        fn accept(&self, _: i32) -> Result<(i32, Address), Errno> {
            self.note("accept", (4, address([1, 2, 3, 4])))
        }

        fn connect(&self, _: i32, _: &Address) -> Result<(), Errno> {
            self.note("connect", ())
        }

        fn take_error(&self, _: i32) -> Result<(), Errno> {
            self.note("take_error", ())
        }

        fn receive(&self, _: i32, _: &mut [u8], _: i32) -> Result<(usize, Option<Address>), Errno> {
            self.note("receive", (0, None))
        }

        fn send(&self, _: i32, bytes: &[u8], _: i32, _: Option<&Address>) -> Result<usize, Errno> {
            self.note("send", bytes.len())
        }

        fn shutdown(&self, _: i32, _: i32) -> Result<(), Errno> {
            self.note("shutdown", ())
        }

        fn address(&self, _: i32, _: End) -> Result<Address, Errno> {
            Ok(address([0, 0, 0, 0]))
        }

        fn look_up(&self, _: &str, _: &str, _: &Wanted) -> Result<Vec<Found>, LookUpError> {
            self.note("look_up", vec![]).map_err(LookUpError::Errno)
        }
    }

    #[test]
    fn only_what_is_granted_reaches_the_network() {
        let noted = Noted::default();
        let (mine, other) = (address([127, 0, 0, 1]), address([192, 0, 2, 1]));
        let network = Restricted::new(&noted, |purpose, address: &Address| purpose == Use::Reach && *address == mine);
        let refused = Err(NO_ACCESS);
        assert_eq!(network.open(2, 1, 0), Ok(3));
        assert_eq!(network.open(2, 3, 0), Err(NO_ACCESS));
        assert_eq!(network.connect(3, &mine), Ok(()));
        assert_eq!(network.connect(3, &other), refused);
        assert_eq!(network.bind(3, &mine), refused);
        assert_eq!(network.listen(3, 1), refused);
        assert_eq!(network.send(3, b"abc", 0, Some(&mine)), Ok(3));
        assert_eq!(network.send(3, b"abc", 0, Some(&other)), Err(NO_ACCESS));
        assert_eq!(network.set_option(3, 0, 35, &[]), refused);
        assert_eq!(network.look_up("a.example", "80", &Wanted::default()), Err(LookUpError::Errno(NO_ACCESS)));
        assert_eq!(*noted.0.borrow(), ["open", "connect", "send"]);
    }
}
