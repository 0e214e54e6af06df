//! Symbols at fixed addresses, from linker scripts that list the functions in the read-only memory of a chip.

use super::symbols::Externs;

/// The symbols of a script: lines `name = 0x1234;` or `PROVIDE ( name = 0x1234 );`. Other lines are left alone.
///
/// # Errors
/// If a symbol has two addresses: which one.
pub fn parse(script: &str) -> Result<Externs, String> {
    let mut externs = Externs::new();
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        if in_comment || line.starts_with("/*") {
            in_comment = !line.ends_with("*/");
            continue;
        }
        let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        let Some((name, address)) = definition(&line) else { continue };
        if externs.insert(name.into(), address).is_some_and(|other| other != address) {
            return Err(format!("symbol {name} has two addresses"));
        }
    }
    Ok(externs)
}

fn definition(line: &str) -> Option<(&str, u64)> {
    let line = match line.strip_prefix("PROVIDE(") {
        Some(rest) => rest.strip_suffix(");")?,
        None => line.strip_suffix(';')?,
    };
    let (name, address) = line.split_once("=0x")?;
    let first = name.chars().next()?;
    let plain = |c: char| c == '_' || c.is_ascii_alphanumeric();
    if first.is_ascii_digit() || !name.chars().all(plain) || address.len() > 8 {
        return None;
    }
    Some((name, u64::from_str_radix(address, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_have_addresses() {
        let script = "\
PROVIDE ( ets_delay_us = 0x40002ecc );
/* memcpy = 0x1; */
/* more
memcpy = 0x2;
*/
// memcpy = 0x3;
strlen = 0x4000bf4c;
ENTRY(start)
";
        let externs = parse(script).unwrap();
        assert_eq!(externs.len(), 2);
        assert_eq!(externs[&b"ets_delay_us"[..]], 0x4000_2ecc);
        assert_eq!(externs[&b"strlen"[..]], 0x4000_bf4c);
        assert_eq!(parse("a=0x1;\na=0x2;").unwrap_err(), "symbol a has two addresses");
    }
}
