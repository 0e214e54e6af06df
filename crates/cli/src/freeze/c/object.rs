//! Constants, as objects in C.

use std::fmt::Write;

use berus_mpy::constant::Constant;

use super::names::Names;
use super::{hash, literal};

/// Appends what `constant` takes, under `name`, and answers what to write in a table of objects.
///
/// # Errors
/// Why there is no such object.
pub fn write(out: &mut String, name: &str, constant: &Constant<'_>, names: &Names<'_>) -> Result<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(match constant {
        Constant::FunctionTable => "MP_ROM_PTR(&mp_fun_table)".into(),
        Constant::None => "MP_ROM_NONE".into(),
        Constant::False => "MP_ROM_FALSE".into(),
        Constant::True => "MP_ROM_TRUE".into(),
        Constant::Ellipsis => "MP_ROM_PTR(&mp_const_ellipsis_obj)".into(),
        Constant::Str(data) => match names.find(data) {
            Some(identifier) => format!("MP_ROM_QSTR({identifier})"),
            None => string(out, name, "str", data),
        },
        Constant::Bytes(data) if data.is_empty() => "MP_ROM_PTR(&mp_const_empty_bytes_obj)".into(),
        Constant::Bytes(data) => string(out, name, "bytes", data),
        Constant::Int(digits) => integer(out, name, &text(digits))?,
        Constant::Float(digits) => float(out, name, number(&text(digits))?),
        Constant::Complex(digits) => complex(out, name, &text(digits))?,
        Constant::Tuple(items) if items.is_empty() => "MP_ROM_PTR(&mp_const_empty_tuple_obj)".into(),
        Constant::Tuple(items) => {
            let item = |(n, item)| write(out, &format!("{name}_{n}"), item, names);
            let items: Vec<_> = items.iter().enumerate().map(item).collect::<Result<_, _>>()?;
            let _ = writeln!(
                out,
                "static const mp_rom_obj_tuple_t {name} = {{{{&mp_type_tuple}}, {}, {{{}}}}};",
                items.len(),
                items.join(", ")
            );
            format!("MP_ROM_PTR(&{name})")
        }
    })
}

fn string(out: &mut String, name: &str, kind: &str, data: &[u8]) -> String {
    let _ = writeln!(
        out,
        "static const mp_obj_str_t {name} = {{{{&mp_type_{kind}}}, FROZEN_HASH({}), {}, (const byte *){}}};",
        hash(data),
        data.len(),
        literal(data)
    );
    format!("MP_ROM_PTR(&{name})")
}

/// An integer, which is a small one if it is that on all machines.
fn integer(out: &mut String, name: &str, digits: &str) -> Result<String, String> {
    let value = digits.parse::<i64>().ok();
    if let Some(small) = value.filter(|value| (-0x2000..0x2000).contains(value)) {
        return Ok(format!("MP_ROM_INT({small})"));
    }
    let (sign, magnitude) = match digits.strip_prefix('-') {
        Some(magnitude) => (1, magnitude),
        None => (0, digits),
    };
    let words = words(magnitude).ok_or("an integer that is no number")?;
    let halves: Vec<_> = words.iter().map(|word| format!("0x{word:x}")).collect();
    let whole: Vec<_> = words
        .chunks(2)
        .map(|pair| format!("0x{:x}", u32::from(pair[0]) | u32::from(pair.get(1).copied().unwrap_or_default()) << 16))
        .collect();
    let mpz = |bits: u32, digits: &[String]| {
        format!(
            "static const mp_obj_int_t {name} = {{{{&mp_type_int}}, {{.neg = {sign}, .fixed_dig = 1, .alloc = {1}, .len = {1}, .dig = \
             (uint{bits}_t *)(const uint{bits}_t[]){{{0}}}}}}};",
            digits.join(", "),
            digits.len()
        )
    };
    let long = match value {
        // C has no sign in its numbers.
        Some(value) => format!("static const mp_obj_int_t {name} = {{{{&mp_type_int}}, (long long)0x{value:x}ULL}};"),
        None => "#error \"an integer has more than 64 bits\"".into(),
    };
    let _ = writeln!(
        out,
        "#if MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_LONGLONG\n{long}\n#elif MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_MPZ && \
         MPZ_DIG_SIZE == 16\n{}\n#elif MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_MPZ && MPZ_DIG_SIZE == 32\n{}\n#else\n#error \"integers \
         of this kind are not known\"\n#endif",
        mpz(16, &halves),
        mpz(32, &whole)
    );
    Ok(format!("MP_ROM_PTR(&{name})"))
}

/// A number of decimal digits in words of 16 bits, the lowest first.
fn words(digits: &str) -> Option<Vec<u16>> {
    let mut words: Vec<u16> = Vec::new();
    for digit in digits.chars() {
        let mut carry = digit.to_digit(10)?;
        for word in &mut words {
            let value = u32::from(*word) * 10 + carry;
            (*word, carry) = (value as u16, value >> 16);
        }
        if carry > 0 {
            words.push(carry as u16);
        }
    }
    Some(words)
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("a float that is no number: {text}"))
}

/// A number of C.
fn in_c(value: f64) -> String {
    match value {
        value if value.is_nan() => "__builtin_nan(\"\")".into(),
        value if value.is_infinite() => format!("{}__builtin_inf()", if value < 0.0 { "-" } else { "" }),
        value => format!("{value:e}"),
    }
}

/// A float, which is an object of its own or in a word, depending on the build.
fn float(out: &mut String, name: &str, value: f64) -> String {
    let single = ((value as f32).to_bits() & !3 | 2).wrapping_add(0x8080_0000);
    let double = value.to_bits().wrapping_add(0x8004_0000_0000_0000);
    let _ = writeln!(
        out,
        "#if MICROPY_OBJ_REPR == MICROPY_OBJ_REPR_C\n#define {name}_word ((mp_rom_obj_t)0x{single:08x})\n#elif MICROPY_OBJ_REPR == \
         MICROPY_OBJ_REPR_D\n#define {name}_word ((mp_rom_obj_t)0x{double:016x})\n#else\nstatic const frozen_float_t {name} = \
         {{{{&mp_type_float}}, (mp_float_t){}}};\n#define {name}_word MP_ROM_PTR(&{name})\n#endif",
        in_c(value)
    );
    format!("{name}_word")
}

/// A complex number: `2j`, or `(1+2j)`.
fn complex(out: &mut String, name: &str, text: &str) -> Result<String, String> {
    let imaginary = text.trim_matches(['(', ')']).trim_end_matches('j');
    let sign = |(at, c): (usize, char)| matches!(c, '+' | '-') && at > 0 && !imaginary[..at].ends_with(['e', 'E']);
    let split = imaginary.char_indices().rev().find(|&place| sign(place)).map_or(0, |(at, _)| at);
    let real = if split == 0 { 0.0 } else { number(&imaginary[..split])? };
    let imaginary = number(&imaginary[split..])?;
    let _ = writeln!(
        out,
        "static const frozen_complex_t {name} = {{{{&mp_type_complex}}, (mp_float_t){}, (mp_float_t){}}};",
        in_c(real),
        in_c(imaginary)
    );
    Ok(format!("MP_ROM_PTR(&{name})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_numbers() {
        assert_eq!(words("0"), Some(vec![]));
        assert_eq!(words("65536"), Some(vec![0, 1]));
        assert_eq!(words("18446744073709551617"), Some(vec![1, 0, 0, 0, 1]));
        assert_eq!(words("1x"), None);
    }

    #[test]
    fn parts_of_complex_numbers() {
        for (text, expected) in
            [("2j", "(mp_float_t)0e0, (mp_float_t)2e0"), ("(1e-05-1.5j)", "(mp_float_t)1e-5, (mp_float_t)-1.5e0")]
        {
            let mut out = String::new();
            complex(&mut out, "x", text).unwrap();
            assert!(out.contains(expected), "{out}");
        }
    }
}
