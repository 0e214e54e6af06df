//! What `sub` puts in place of a match.

use berus_runtime::data::builder::Builder;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::Dict;
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::exception::INDEX_ERROR;

use super::run::Place;

/// Adds `template` to `out`, with groups of the match where it names them, as `\1`, `\g<1>` or `\g<name>`, and characters where it
/// has escapes. `places` are those of the groups in the subject; one that has not matched is empty.
///
/// # Errors
/// `IndexError` if there is no such group, `ValueError` for an escape that stands for nothing, `MemoryError`.
pub fn expand(
    vm: &Vm,
    mut template: &[u8],
    names: &Dict,
    subject: &[u8],
    places: &[Place],
    out: &mut Builder,
) -> Res<()> {
    while let Some(backslash) = template.iter().position(|&byte| byte == b'\\') {
        out.extend(vm, &template[..backslash])?;
        let rest = &template[backslash + 1..];
        let (named, number) = match rest.strip_prefix(b"g<") {
            Some(number) => (true, number),
            None => (false, rest),
        };
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if named && digits == 0 {
            let len = number.iter().position(|byte| *byte == b'>').unwrap_or(number.len());
            let name = vm.new_str_checked(&number[..len])?;
            let Some(group) = names.map.get(vm, name)?.and_then(Obj::as_small_int) else {
                return Err(vm.error_with(&INDEX_ERROR, &[name]));
            };
            if let Some(&[Some(start), Some(end)]) = places.chunks_exact(2).nth(group as usize) {
                out.extend(vm, &subject[start..end])?;
            }
            template = number.get(len + 1..).unwrap_or_default();
            continue;
        }
        if digits > 0 {
            let add = |number: usize, digit: &u8| number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
            let group = number[..digits].iter().fold(0, add);
            template = &number[digits..];
            if named {
                template = template.strip_prefix(b">").unwrap_or(template);
            }
            match places.chunks_exact(2).nth(group) {
                Some(&[Some(start), Some(end)]) => out.extend(vm, &subject[start..end])?,
                Some(_) => {}
                None => return Err(vm.error_with(&INDEX_ERROR, &[vm.new_uint(group)?])),
            }
            continue;
        }
        let byte = match rest.first() {
            Some(b'\\') => b'\\',
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'f') => 0x0c,
            Some(b'v') => 0x0b,
            Some(b'a') => 0x07,
            Some(b'b') => 0x08,
            Some(byte) if !byte.is_ascii_alphabetic() => {
                out.extend(vm, &[b'\\', *byte])?;
                template = &rest[1..];
                continue;
            }
            _ => return Err(vm.value_error(format_args!("bad escape"))),
        };
        out.push(vm, byte)?;
        template = &rest[1..];
    }
    out.extend(vm, template)
}
