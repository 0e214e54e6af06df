//! The module `tls`: encrypted connections over streams (facts: `docs/library/ssl.rst` and `extmod/modtls_mbedtls.c` of
//! MicroPython). The host encrypts; this module moves records between it and the stream.

mod context;
mod socket;

use berus_runtime::errno::NO_DEVICE;
use berus_runtime::host::tls::{Failed, Tls};
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::stream::Failure;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::exception::OS_ERROR;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("tls", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "SSLContext" => value(Obj::from_static(&context::CONTEXT)),
        "PROTOCOL_TLS_CLIENT" => value(Obj::small_int_wrapping(context::CLIENT)),
        "PROTOCOL_TLS_SERVER" => value(Obj::small_int_wrapping(context::SERVER)),
        "CERT_NONE" => value(Obj::small_int_wrapping(0)),
        "CERT_OPTIONAL" => value(Obj::small_int_wrapping(1)),
        "CERT_REQUIRED" => value(Obj::small_int_wrapping(context::REQUIRED)),
    }
}

/// The TLS of the host.
fn host(vm: &Vm) -> Result<&dyn Tls, Failure> {
    vm.host().tls().ok_or(Failure::Errno(NO_DEVICE))
}

/// What failed, as an exception.
fn raise(vm: &Vm, failed: Failed) -> Raised {
    let with_name = |code: i32, name: &str| -> Res<Raised> {
        Ok(vm.error_with(&OS_ERROR, &[vm.new_int(code as isize)?, vm.new_str(name.as_bytes())?]))
    };
    match failed {
        Failed::Again => Failure::AGAIN.raise(vm),
        Failed::Key => vm.value_error(format_args!("invalid key")),
        Failed::Certificate => vm.value_error(format_args!("invalid cert")),
        Failed::Disbelief(reason) => vm.value_error(format_args!("{reason}")),
        Failed::Protocol(code, name) => with_name(code, name).unwrap_or_else(|raised| raised),
    }
}

/// As a failure of a stream.
fn failure(vm: &Vm, failed: Failed) -> Failure {
    match failed {
        Failed::Again => Failure::AGAIN,
        failed => Failure::Raised(raise(vm, failed)),
    }
}
