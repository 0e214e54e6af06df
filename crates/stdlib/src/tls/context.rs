//! The type `SSLContext`: how connections are to be.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::host::tls::{Failed, Part, Settings, Side};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::List;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Classes, Strs};
use berus_runtime::model::types::{Attr, AttrResult, Type};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::truth::Truth;
use berus_runtime::qstr::Qstr;

use super::socket::{self, Wish};
use super::{failure, host, raise};

/// `PROTOCOL_TLS_CLIENT`, `PROTOCOL_TLS_SERVER` and `CERT_REQUIRED`.
pub const CLIENT: isize = 0;
pub const SERVER: isize = 1;
pub const REQUIRED: isize = 2;

/// The most suites and protocols to choose from.
const MOST: usize = 64;

/// How connections are to be.
pub struct Context {
    /// Whether this is the end that answers.
    is_server: bool,
    verify_mode: Cell<isize>,
    /// What is called with each certificate of the other end; `None` for nothing.
    pub verify_callback: Cell<Obj>,
    /// This end's certificates and key, and the certificates that are believed: bytes, or `None`.
    chain: Cell<Obj>,
    key: Cell<Obj>,
    roots: Cell<Obj>,
    /// Lists of the suites and of the protocols to choose from, or `None`.
    suites: Cell<Obj>,
    protocols: Cell<Obj>,
}

berus_runtime::custom_type! {
    /// The type.
    pub static CONTEXT: Type<Context> = "SSLContext".make_new(make_new).attr(attr).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "get_ciphers" => f1(get_ciphers),
        "set_ciphers" => f2(set_ciphers),
        "set_alpn_protocols" => f2(set_alpn_protocols),
        "load_cert_chain" => f3(load_cert_chain),
        "load_verify_locations" => f2(load_verify_locations),
        "wrap_socket" => kw(2, wrap_socket),
        "__del__" => f1(delete),
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    let is_server = match vm.int(args.pos()[0])? {
        CLIENT => false,
        SERVER => true,
        // Over datagrams.
        _ => return Err(raise(vm, Failed::SETTINGS)),
    };
    let nothing = || Cell::new(Obj::NONE);
    let context = Context {
        is_server,
        verify_mode: Cell::new(if is_server { 0 } else { REQUIRED }),
        verify_callback: nothing(),
        chain: nothing(),
        key: nothing(),
        roots: nothing(),
        suites: nothing(),
        protocols: nothing(),
    };
    Ok(vm.new_custom(context)?.obj())
}

/// The context that `object` is.
pub fn of(vm: &Vm, object: Obj) -> Res<Gc<Custom<Context>>> {
    vm.this(object)
}

fn delete(_: &Vm, _: Obj) -> Res {
    Ok(Obj::NONE)
}

fn attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let context = of(vm, object)?;
    match (vm.name_str(name), request) {
        ("verify_mode", Attr::Load | Attr::LoadMethod) => {
            Ok(AttrResult::Value(Obj::small_int_wrapping(context.verify_mode.get())))
        }
        ("verify_mode", Attr::Store(mode)) => {
            let mode = vm.int(mode)?;
            if !(0..=REQUIRED).contains(&mode) {
                return Err(vm.value_error(format_args!("invalid value for verify_mode")));
            }
            context.verify_mode.set(mode);
            Ok(AttrResult::Done)
        }
        ("verify_callback", Attr::Load | Attr::LoadMethod) => Ok(AttrResult::Value(context.verify_callback.get())),
        ("verify_callback", Attr::Store(callback)) => {
            context.verify_callback.set(callback);
            Ok(AttrResult::Done)
        }
        _ => Ok(AttrResult::Missing),
    }
}

/// A suite's name as programs have it, from the name that IANA has.
pub fn spelling(suite: &str) -> String {
    suite.replace('_', "-").replace("TLS13-", "TLS1-3-")
}

fn get_ciphers(vm: &Vm, _: Obj) -> Res {
    let list = List::new(vm, &[])?;
    for suite in host(vm).map_err(|failure| failure.raise(vm))?.suites() {
        list.append(vm, vm.new_str(spelling(suite).as_bytes())?)?;
    }
    Ok(list.obj())
}

/// A list of the items of `object`, of which `is_good` holds.
fn list_of(vm: &Vm, object: Obj, is_good: impl Fn(&[u8]) -> bool) -> Res {
    let (items, list) = (vm.items(object)?, List::new(vm, &[])?);
    for number in 0..items.len() {
        let Some(item) = items.get(number) else { break };
        if number == MOST || !is_good(vm.str_or_bytes(item)?) {
            return Err(raise(vm, Failed::SETTINGS));
        }
        list.append(vm, item)?;
    }
    Ok(list.obj())
}

fn set_ciphers(vm: &Vm, object: Obj, names: Obj) -> Res {
    let known = host(vm).map_err(|failure| failure.raise(vm))?.suites();
    let chosen = list_of(vm, names, |name| known.iter().any(|suite| spelling(suite).as_bytes() == name))?;
    of(vm, object)?.suites.set(chosen);
    Ok(Obj::NONE)
}

fn set_alpn_protocols(vm: &Vm, object: Obj, names: Obj) -> Res {
    let protocols = list_of(vm, names, |name| (1..=255).contains(&name.len()))?;
    of(vm, object)?.protocols.set(protocols);
    Ok(Obj::NONE)
}

/// A copy of the bytes that a program gave as `part`.
fn part(vm: &Vm, object: Obj, part: Part) -> Res {
    let bytes = vm.str_or_bytes(object)?;
    let wrong = if part == Part::Key { Failed::Key } else { Failed::Certificate };
    match host(vm).map_err(|failure| failure.raise(vm))?.is_usable(part, bytes) {
        true => Ok(Bytes::new(vm, bytes)?.obj()),
        false => Err(raise(vm, wrong)),
    }
}

/// `load_cert_chain(certificates, key)`
fn load_cert_chain(vm: &Vm, object: Obj, chain: Obj, key: Obj) -> Res {
    let context = of(vm, object)?;
    let key = part(vm, key, Part::Key)?;
    context.chain.set(part(vm, chain, Part::Certificates)?);
    context.key.set(key);
    Ok(Obj::NONE)
}

/// `load_verify_locations(certificates)`
fn load_verify_locations(vm: &Vm, object: Obj, roots: Obj) -> Res {
    of(vm, object)?.roots.set(part(vm, roots, Part::Certificates)?);
    Ok(Obj::NONE)
}

/// `wrap_socket(stream, *, server_side=False, do_handshake_on_connect=True, server_hostname=None)`
fn wrap_socket(vm: &Vm, args: Args<'_>) -> Res {
    let &[object, stream] = args.pos() else {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    };
    let mut wish = Wish { stream, waits: true, name: None };
    for (name, value) in args.kw() {
        match vm.str_or_bytes(name)? {
            // The context knows.
            b"server_side" => _ = vm.truth(value)?,
            b"do_handshake_on_connect" => wish.waits = vm.truth(value)?,
            b"server_hostname" if value == Obj::NONE => {}
            b"server_hostname" => wish.name = Some(value),
            _ => return Err(vm.type_error(format_args!("extra keyword arguments given"))),
        }
    }
    socket::begin(vm, of(vm, object)?, &wish)
}

/// The texts of a list, or none.
fn texts(vm: &Vm, list: Obj) -> Res<Vec<Vec<u8>>> {
    let Some(items) = vm.as_items(list) else { return Ok(Vec::new()) };
    (0..items.len()).filter_map(|number| items.get(number)).map(|item| Ok(vm.str_or_bytes(item)?.to_vec())).collect()
}

impl Context {
    /// Begins a connection to `name`: its number at the host.
    pub fn open(&self, vm: &Vm, name: Option<Obj>) -> Res<i32> {
        let name = match name {
            Some(name) => core::str::from_utf8(vm.str_or_bytes(name)?).map_or(Some(""), Some),
            None => None,
        };
        let is_verified = self.verify_mode.get() == REQUIRED;
        if is_verified && !self.is_server && name.is_none() {
            return Err(vm.value_error(format_args!("CERT_REQUIRED requires server_hostname")));
        }
        let bytes = |part: &Cell<Obj>| vm.as_str_or_bytes(part.get());
        let is_chosen = |suite: &&str| chosen_holds(vm, self.suites.get(), suite);
        let tls = host(vm).map_err(|failure| failure.raise(vm))?;
        let suites: Vec<String> = tls.suites().into_iter().filter(is_chosen).map(ToString::to_string).collect();
        let settings = Settings {
            side: if self.is_server { Side::Server } else { Side::Client },
            is_verified,
            name,
            identity: bytes(&self.chain).zip(bytes(&self.key)),
            roots: bytes(&self.roots).unwrap_or_default(),
            suites: &suites,
            protocols: &texts(vm, self.protocols.get())?,
        };
        tls.open(&settings).map_err(|failed| failure(vm, failed).raise(vm))
    }
}

/// Whether `suite` is among those that were chosen.
fn chosen_holds(vm: &Vm, chosen: Obj, suite: &str) -> bool {
    let name = spelling(suite);
    vm.as_items(chosen).is_some_and(|items| {
        (0..items.len()).filter_map(|number| items.get(number)).any(|item| vm.as_str(item) == Some(name.as_bytes()))
    })
}
