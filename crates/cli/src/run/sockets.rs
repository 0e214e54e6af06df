//! Sockets that never wait, and that programs which this one starts do not get: on systems with flags for that, and on others.

#[cfg(target_vendor = "apple")]
pub use afterwards::{NO_SIGNAL, accept, open};
#[cfg(not(target_vendor = "apple"))]
pub use at_once::{NO_SIGNAL, accept, open};

#[cfg(not(target_vendor = "apple"))]
mod at_once {
    use std::os::fd::{AsFd, OwnedFd};

    use rustix::io::Result;
    use rustix::net::{
        AddressFamily, Protocol, SendFlags, SocketAddrAny, SocketFlags, SocketType, acceptfrom_with, socket_with,
    };

    const FLAGS: SocketFlags = SocketFlags::NONBLOCK.union(SocketFlags::CLOEXEC);

    /// For sending: that nobody is there to receive is an error, and no signal.
    pub const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;

    /// Opens a socket.
    pub fn open(family: AddressFamily, kind: SocketType, protocol: Option<Protocol>) -> Result<OwnedFd> {
        socket_with(family, kind, FLAGS, protocol)
    }

    /// Accepts a connection: its socket, and where that comes from.
    pub fn accept(listener: impl AsFd) -> Result<(OwnedFd, Option<SocketAddrAny>)> {
        acceptfrom_with(listener, FLAGS)
    }
}

#[cfg(target_vendor = "apple")]
mod afterwards {
    use std::os::fd::{AsFd, OwnedFd};

    use rustix::io::{FdFlags, Result, fcntl_setfd, ioctl_fionbio};
    use rustix::net::{AddressFamily, Protocol, SendFlags, SocketAddrAny, SocketType, acceptfrom, socket};

    /// For sending: nothing, since a signal that nobody is there to receive is ignored by every program in Rust.
    pub const NO_SIGNAL: SendFlags = SendFlags::empty();

    /// Opens a socket.
    pub fn open(family: AddressFamily, kind: SocketType, protocol: Option<Protocol>) -> Result<OwnedFd> {
        never_waiting(socket(family, kind, protocol)?)
    }

    /// Accepts a connection: its socket, and where that comes from.
    pub fn accept(listener: impl AsFd) -> Result<(OwnedFd, Option<SocketAddrAny>)> {
        let (socket, from) = acceptfrom(listener)?;
        Ok((never_waiting(socket)?, from))
    }

    fn never_waiting(socket: OwnedFd) -> Result<OwnedFd> {
        fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
        ioctl_fionbio(&socket, true)?;
        Ok(socket)
    }
}
