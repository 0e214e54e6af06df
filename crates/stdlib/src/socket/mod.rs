//! The module `socket` (facts: `docs/library/socket.rst` and `ports/unix/modsocket.c` of MicroPython).
//!
//! Addresses are what the unix port has, the bytes of C's `sockaddr`, and what Python has: tuples of a machine and a
//! port, and paths.

mod address;
mod file;
mod line;
mod look_up;
mod object;
mod option;
mod wait;

use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::word::Obj;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("socket", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "socket" => value(Obj::from_static(&object::SOCKET)),
        "getaddrinfo" => var(2, 6, look_up::getaddrinfo),
        "inet_pton" => f2(address::inet_pton),
        "inet_ntop" => f2(address::inet_ntop),
        "sockaddr" => f1(address::sockaddr),
        "AF_UNIX" => value(number(address::LOCAL)),
        "AF_INET" => value(number(address::V4)),
        "AF_INET6" => value(number(address::V6)),
        "SOCK_STREAM" => value(number(object::STREAM)),
        "SOCK_DGRAM" => value(number(2)),
        "SOCK_RAW" => value(number(3)),
        "IPPROTO_TCP" => value(number(6)),
        "IPPROTO_UDP" => value(number(17)),
        "TCP_NODELAY" => value(number(1)),
        "MSG_DONTROUTE" => value(number(4)),
        "MSG_DONTWAIT" => value(number(object::DO_NOT_WAIT)),
        "MSG_PEEK" => value(number(2)),
        "SHUT_RD" => value(number(0)),
        "SHUT_WR" => value(number(1)),
        "SHUT_RDWR" => value(number(2)),
        "SOL_SOCKET" => value(number(1)),
        "SO_BROADCAST" => value(number(6)),
        "SO_ERROR" => value(number(4)),
        "SO_KEEPALIVE" => value(number(9)),
        "SO_LINGER" => value(number(13)),
        "SO_RCVBUF" => value(number(8)),
        "SO_REUSEADDR" => value(number(2)),
        "SO_SNDBUF" => value(number(7)),
        "IP_ADD_MEMBERSHIP" => value(number(35)),
        "IP_DROP_MEMBERSHIP" => value(number(36)),
    }
}

const fn number(number: i32) -> Obj {
    Obj::small_int_wrapping(number as isize)
}
