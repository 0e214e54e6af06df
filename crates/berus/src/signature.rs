//! Signatures of host functions: a name and parameters, as Python has them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::{Error, Result};

/// What takes an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By its place or by its name.
    Plain,
    /// By its name only.
    Keyword,
    /// All other places: `*items`.
    Items,
    /// All other names: `**options`.
    Options,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub name: String,
    pub kind: Kind,
    /// The expression behind `=`, if there is one.
    pub default: Option<String>,
}

/// The signature of a function. A name without parentheses leaves its parameters unnamed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub name: String,
    pub parameters: Option<Vec<Parameter>>,
}

impl Signature {
    /// Reads a signature, such as `price(item, count=1, *, discount=0.0)`.
    ///
    /// # Errors
    /// `ValueError` if the text is no signature.
    pub fn parse(text: &str) -> Result<Signature> {
        let (name, rest) = match text.split_once('(') {
            Some((name, rest)) => (name, Some(rest)),
            None => (text, None),
        };
        let name = identifier(name).ok_or_else(|| signature_error(text, "no name"))?;
        let Some(rest) = rest else { return Ok(Signature { name, parameters: None }) };
        let inner = rest.trim_end().strip_suffix(')').ok_or_else(|| signature_error(text, "no closing parenthesis"))?;
        let mut parameters = Vec::new();
        let mut kind = Kind::Plain;
        for part in split(inner) {
            if part.trim() == "*" {
                kind = Kind::Keyword;
                continue;
            }
            let parameter = parameter(part, kind).ok_or_else(|| signature_error(text, "a wrong parameter"))?;
            if parameter.kind == Kind::Items {
                kind = Kind::Keyword;
            }
            parameters.push(parameter);
        }
        check(&parameters).ok_or_else(|| signature_error(text, "parameters in a wrong order"))?;
        Ok(Signature { name, parameters: Some(parameters) })
    }
}

/// Reads a parameter; those without a star are of the kind `kind`.
fn parameter(text: &str, kind: Kind) -> Option<Parameter> {
    let (name, default) = match text.split_once('=') {
        Some((name, default)) => (name, Some(default.trim().to_string())),
        None => (text, None),
    };
    let name = name.trim();
    let (name, kind) = match (name.strip_prefix("**"), name.strip_prefix('*')) {
        (Some(name), _) => (name, Kind::Options),
        (None, Some(name)) => (name, Kind::Items),
        (None, None) => (name, kind),
    };
    let has_star = matches!(kind, Kind::Items | Kind::Options);
    if has_star && default.is_some() {
        return None;
    }
    Some(Parameter { name: identifier(name)?, kind, default })
}

/// Checks that no parameter without a default follows one with a default, that there is one of each sort of stars, and
/// that names differ.
fn check(parameters: &[Parameter]) -> Option<()> {
    let mut has_default = false;
    for (n, parameter) in parameters.iter().enumerate() {
        let before = &parameters[..n];
        if before.iter().any(|other| other.name == parameter.name || other.kind == Kind::Options) {
            return None;
        }
        match parameter.kind {
            Kind::Plain if has_default && parameter.default.is_none() => return None,
            Kind::Plain => has_default |= parameter.default.is_some(),
            Kind::Items if before.iter().any(|other| other.kind != Kind::Plain) => return None,
            _ => {}
        }
    }
    Some(())
}

fn identifier(text: &str) -> Option<String> {
    let text = text.trim();
    let is_name = |c: char| c == '_' || c.is_alphanumeric();
    let is_identifier =
        !text.is_empty() && text.chars().all(is_name) && !text.starts_with(|c: char| c.is_ascii_digit());
    is_identifier.then(|| text.to_string())
}

/// The parts of `text` between commas that are in neither brackets nor quotes.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start) = (0_usize, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        parts.push(&text[start..]);
    }
    parts
}

/// The error for a text that is no signature.
fn signature_error(signature: &str, what: &str) -> Error {
    Error::value_error(alloc::format!("{what} in the signature `{signature}`"))
}

/// The error for a closure that takes another number of parameters than its signature.
pub(crate) fn wrong_count(signature: &str, named: usize, taken: usize) -> Error {
    Error::value_error(alloc::format!("`{signature}` has {named} parameters, and the closure takes {taken}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(String, Kind, Option<String>)> {
        let signature = Signature::parse(text).unwrap();
        signature.parameters.unwrap().into_iter().map(|p| (p.name, p.kind, p.default)).collect()
    }

    #[test]
    fn parameters_of_all_kinds_are_read() {
        let found = kinds("price(item, count=1, *rest, discount = (0, ','), **options)");
        let wanted = [
            ("item", Kind::Plain, None),
            ("count", Kind::Plain, Some("1")),
            ("rest", Kind::Items, None),
            ("discount", Kind::Keyword, Some("(0, ',')")),
            ("options", Kind::Options, None),
        ];
        let found: Vec<_> = found.iter().map(|(n, k, d)| (n.as_str(), *k, d.as_deref())).collect();
        assert_eq!(found, wanted);
        assert_eq!(kinds("f(*, key)"), [("key".to_string(), Kind::Keyword, None)]);
        assert_eq!(kinds("f()"), []);
        assert_eq!(Signature::parse("now").unwrap(), Signature { name: "now".into(), parameters: None });
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        for text in
            ["", "(x)", "f(", "f(x", "f(1)", "f(x=1, y)", "f(x, x)", "f(**k, x)", "f(*a, *b)", "f(*a=1)", "f g(x)"]
        {
            assert!(Signature::parse(text).is_err(), "{text}");
        }
    }
}
