//! Results are those of `dashu`, for numbers of every kind and length, in memory that holds anything before.

use berus_integer::{
    Number, Operation, Stopped, Word, Work, bit_len, float_words, power_modulo, power_modulo_room, radix, read_bytes,
    trim, write_bytes,
};
use dashu_int::ops::{BitTest, DivRem};
use dashu_int::{IBig, Sign, UBig};
use proptest::prelude::*;

const ANYTHING: Word = 0x5555_5555;

/// Magnitudes up to `len` words long, in which many words are all zeros or ones.
fn magnitude(len: usize) -> impl Strategy<Value = Vec<Word>> {
    let word =
        prop_oneof![2 => Just(0), 2 => Just(Word::MAX), 1 => Just(1), 1 => Just(Word::MAX << 1), 4 => any::<Word>()];
    let runs = prop::collection::vec((word, 1..8_usize), 0..10).prop_map(|runs| {
        runs.into_iter().flat_map(|(word, count)| core::iter::repeat_n(word, count)).collect::<Vec<_>>()
    });
    let plain = (0..=len).prop_flat_map(|len| prop::collection::vec(any::<Word>(), len));
    prop_oneof![runs, plain, prop::collection::vec(any::<Word>(), 0..6)].prop_map(|words| trim(&words).to_vec())
}

fn number(len: usize) -> impl Strategy<Value = (bool, Vec<Word>)> {
    magnitude(len).prop_flat_map(|words| {
        (if words.is_empty() { Just(false).boxed() } else { any::<bool>().boxed() }, Just(words))
    })
}

fn of(number: &(bool, Vec<Word>)) -> Number<'_> {
    Number { negative: number.0, words: &number.1 }
}

fn big(number: Number<'_>) -> IBig {
    IBig::from_parts(Sign::from(number.negative), UBig::from_words(number.words))
}

fn compute(operation: Operation, a: Number<'_>, b: Number<'_>) -> IBig {
    let room = operation.room(a, b);
    let (mut result, mut scratch) = (vec![ANYTHING; room.result], vec![ANYTHING; room.scratch]);
    let mut look = |_| Ok(());
    let negative = operation.compute(a, b, &mut result, &mut scratch, &mut Work::new(&mut look)).unwrap();
    big(Number { negative, words: trim(&result) })
}

fn floor_div_rem(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let (quotient, remainder) = a.div_rem(b);
    if remainder != IBig::ZERO && (remainder < IBig::ZERO) != (*b < IBig::ZERO) {
        (quotient - 1, remainder + b)
    } else {
        (quotient, remainder)
    }
}

/// Both sides of every operation that has no limit.
fn check(a: Number<'_>, b: Number<'_>) {
    let (x, y) = (&big(a), &big(b));
    for (operation, expected) in [
        (Operation::Add, x + y),
        (Operation::Subtract, x - y),
        (Operation::Multiply, x * y),
        (Operation::And, x & y),
        (Operation::Or, x | y),
        (Operation::Xor, x ^ y),
    ] {
        assert_eq!(compute(operation, a, b), expected, "{x} {operation:?} {y}");
    }
    assert_eq!(compute(Operation::Multiply, a, a), x * x, "{x} squared");
    let mut look = |_| Ok(());
    assert_eq!(a.compare(b, &mut Work::new(&mut look)), Ok(x.cmp(y)));
    if !b.is_zero() {
        let (quotient, remainder) = floor_div_rem(x, y);
        assert_eq!(compute(Operation::FloorDivide, a, b), quotient, "{x} // {y}");
        assert_eq!(compute(Operation::Modulo, a, b), remainder, "{x} % {y}");
    }
}

fn text(words: &[Word], base: u32) -> String {
    let (len, scratch) = radix::write_room(words, base);
    let (mut text, mut scratch) = (vec![b'?'; len], vec![ANYTHING; scratch]);
    let mut look = |_| Ok(());
    let start = radix::write(words, base, &mut text, &mut scratch, &mut Work::new(&mut look)).unwrap();
    String::from_utf8(text[start..].to_vec()).unwrap()
}

fn parsed(text: &str, base: u32) -> UBig {
    let room = radix::read_room(text.len(), base);
    let (mut result, mut scratch) = (vec![ANYTHING; room.result], vec![ANYTHING; room.scratch]);
    let mut look = |_| Ok(());
    radix::read(text.as_bytes(), base, &mut result, &mut scratch, &mut Work::new(&mut look)).unwrap();
    UBig::from_words(&result)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn operations_on_long_numbers(a in number(1200), b in number(400), c in number(40)) {
        for (a, b) in [(&a, &b), (&b, &a), (&a, &c), (&c, &b)] {
            check(of(a), of(b));
        }
    }

    #[test]
    fn powers_to_a_modulus(a in number(30), exponent in magnitude(2), modulus in number(60)) {
        let (a, modulus) = (of(&a), of(&modulus));
        prop_assume!(!modulus.is_zero());
        let room = power_modulo_room(a, &exponent, modulus);
        let (mut result, mut scratch) = (vec![ANYTHING; room.result], vec![ANYTHING; room.scratch]);
        let mut look = |_| Ok(());
        let negative = power_modulo(a, &exponent, modulus, &mut result, &mut scratch, &mut Work::new(&mut look)).unwrap();
        let (x, e, m) = (big(a), UBig::from_words(&exponent), big(modulus));
        let mut expected = floor_div_rem(&IBig::ONE, &m).1;
        for bit in (0..e.bit_len()).rev() {
            expected = floor_div_rem(&expected.sqr().into(), &m).1;
            if e.bit(bit) {
                expected = floor_div_rem(&(&expected * &x), &m).1;
            }
        }
        prop_assert_eq!(big(Number { negative, words: trim(&result) }), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn operations(a in number(60), b in number(60)) {
        check(of(&a), of(&b));
    }

    #[test]
    fn division_of_products(a in magnitude(200), b in magnitude(200), less in any::<bool>()) {
        prop_assume!(!b.is_empty());
        let product = UBig::from_words(&a) * UBig::from_words(&b);
        let dividend = if less && product != UBig::ZERO { product - UBig::ONE } else { product };
        check(Number::positive(dividend.as_words()), Number::positive(&b));
    }

    #[test]
    fn shifts(a in number(20), count in prop_oneof![0..200_usize, 1000..5000_usize]) {
        let count_words = [count as Word];
        let count_number = Number::positive(trim(&count_words));
        prop_assert_eq!(compute(Operation::ShiftLeft, of(&a), count_number), big(of(&a)) << count);
        prop_assert_eq!(compute(Operation::ShiftRight, of(&a), count_number), big(of(&a)) >> count);
    }

    #[test]
    fn powers(a in number(5), zeros in 0..150_usize, exponent in 0..60_usize) {
        let base = big(of(&a)) << zeros;
        let (sign, words) = base.as_sign_words();
        let base_number = Number { negative: sign == Sign::Negative, words };
        let words = [exponent as Word];
        let power = compute(Operation::Power, base_number, Number::positive(trim(&words)));
        prop_assert_eq!(power, base.pow(exponent));
    }

    #[test]
    fn texts(a in magnitude(300), base in 2..37_u32) {
        let value = UBig::from_words(&a);
        prop_assert_eq!(text(&a, 10), value.to_string());
        prop_assert_eq!(parsed(&value.to_string(), 10), value.clone());
        let digits = value.in_radix(base as u8).to_string();
        prop_assert_eq!(parsed(&digits, base), value.clone());
        prop_assert_eq!(parsed(&format!("000{}", digits.to_uppercase()), base), value);
        if base.is_power_of_two() {
            prop_assert_eq!(text(&a, base), digits);
        }
    }

    #[test]
    fn bytes(a in number(20), more in 0..20_usize) {
        let value = big(of(&a));
        let mut expected = value.to_le_bytes().into_vec();
        let fill = if a.0 { 0xff } else { 0 };
        expected.resize(expected.len() + more, fill);
        let mut found = vec![b'?'; expected.len()];
        let mut look = |_| Ok(());
        write_bytes(of(&a), &mut found, &mut Work::new(&mut look)).unwrap();
        prop_assert_eq!(&found, &expected);
        let mut words = vec![ANYTHING; found.len().div_ceil(size_of::<Word>())];
        read_bytes(&mut words, &found, true, a.0, &mut Work::new(&mut look)).unwrap();
        prop_assert_eq!(trim(&words), &a.1[..]);
        found.reverse();
        read_bytes(&mut words, &found, false, a.0, &mut Work::new(&mut look)).unwrap();
        prop_assert_eq!(trim(&words), &a.1[..]);
    }

    #[test]
    fn floats(a in number(20), value in any::<f64>()) {
        let float = of(&a).to_f64();
        prop_assert_eq!(float, big(of(&a)).to_f64().value());
        prop_assert_eq!(bit_len(&a.1), big(of(&a)).bit_len());
        if value.is_finite() {
            let expected = UBig::try_from(value.abs().trunc()).unwrap();
            prop_assert_eq!(UBig::from_words(&float_words(value)), expected);
        }
    }

    /// A calculation that is stopped at any point answers so, and is not asked again.
    #[test]
    fn stopping(a in magnitude(900), b in magnitude(900), after in 0..20_usize) {
        for operation in [Operation::Multiply, Operation::FloorDivide, Operation::Modulo] {
            let (a, b) = (Number::positive(&a), Number::positive(&b));
            if b.is_zero() {
                continue;
            }
            let room = operation.room(a, b);
            let (mut result, mut scratch) = (vec![ANYTHING; room.result], vec![ANYTHING; room.scratch]);
            let mut left = after;
            let mut look = |_| match left.checked_sub(1) {
                Some(less) => {
                    left = less;
                    Ok(())
                }
                None => Err(Stopped),
            };
            let found = operation.compute(a, b, &mut result, &mut scratch, &mut Work::new(&mut look));
            prop_assert!(found == Err(Stopped) && left == 0 || found.is_ok());
        }
    }
}

#[test]
fn exact_halves_round_to_even() {
    for (words, float) in [
        (&[1 as Word, 1 << (Word::BITS - 11)] as &[Word], 2_f64.powi(2 * Word::BITS as i32 - 11)),
        (&[Word::MAX; (1024 / Word::BITS) as usize], f64::INFINITY),
        (&[], 0.0),
    ] {
        assert_eq!(Number::positive(words).to_f64(), float);
    }
    let half = (1_u128 << 100) + (1_u128 << 47);
    for (value, expected) in
        [(half, 1_u128 << 100), (half + 1, (1 << 100) + (1 << 48)), (half + (1 << 48), (1 << 100) + (1 << 49))]
    {
        let words: Vec<Word> = (0..128 / Word::BITS).map(|at| (value >> (at * Word::BITS)) as Word).collect();
        assert_eq!(Number::positive(trim(&words)).to_f64(), expected as f64);
    }
}

#[test]
fn very_long_numbers() {
    let text_of_nines = "9".repeat(60_000);
    let value = parsed(&text_of_nines, 10);
    assert_eq!(value, UBig::from(10_u8).pow(60_000) - UBig::ONE);
    assert_eq!(text(value.as_words(), 10), text_of_nines);
    let power = UBig::from(7_u8).pow(30_001);
    assert_eq!(parsed(&text(power.as_words(), 10), 10), power);
    assert_eq!(text(power.as_words(), 10), power.to_string());
}
