//! Short ways to say that code is accepted, or refused and why.

use berus_mpy::prelude::Signature;
use berus_mpy::verify::{Error, Facts, Kind, Reason, verify};

use super::assembler::{Function, function, module};

pub const RETURN: &str = "LOAD_CONST_NONE\n RETURN_VALUE\n";

pub fn facts(body: &str) -> Facts {
    let module = module(&function(body), &[]);
    verify(&module).unwrap_or_else(|error| panic!("{error}\n{body}"))[0].expect("bytecode")
}

pub fn accept(body: &str) {
    facts(body);
}

pub fn error(function: &Function<'_>, children: &[Function<'_>]) -> Error {
    verify(&module(function, children)).expect_err(function.body)
}

pub fn refuse(body: &str, reason: Reason) {
    assert_eq!(error(&function(body), &[]).reason, reason, "{body}");
}

/// Refuses `body` in a function with this signature.
pub fn refuse_with(signature: Signature, body: &str, reason: Reason) {
    assert_eq!(error(&Function { signature, ..function(body) }, &[]).reason, reason, "{body}");
}

pub fn small() -> Signature {
    Signature { n_state: 4, ..Signature::default() }
}

pub fn needs(what: &'static str, kind: Kind) -> Reason {
    Reason::Needs(what, kind)
}
