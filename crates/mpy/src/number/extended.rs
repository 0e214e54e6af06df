//! Floating-point numbers with a significand of 64 bits, as the x87 has them.

use core::cmp::Ordering;

/// A number of 0 or more: `significand * 2^exponent`, with the top bit of the significand set, or zero.
///
/// The exponent does not overflow within the few dozen operations that text needs.
#[derive(Clone, Copy)]
pub(super) struct Extended {
    significand: u64,
    exponent: i64,
}

impl Extended {
    const ZERO: Extended = Extended { significand: 0, exponent: 0 };

    pub(super) fn from_u64(value: u64) -> Extended {
        Extended::normal(value, 0)
    }

    /// The magnitude of a finite `value`.
    pub(super) fn from_f64(value: f64) -> Extended {
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        match bits >> 52 & 0x7ff {
            0 => Extended::normal(fraction, -1074),
            exponent => Extended::normal(fraction | 1 << 52, exponent as i64 - 1075),
        }
    }

    /// Whether this number, which is not zero, is less than `other`, which is not zero either.
    pub(super) fn is_less(self, other: Extended) -> bool {
        (self.exponent, self.significand) < (other.exponent, other.significand)
    }

    fn normal(significand: u64, exponent: i64) -> Extended {
        if significand == 0 {
            return Extended::ZERO;
        }
        let shift = significand.leading_zeros();
        Extended { significand: significand << shift, exponent: exponent - i64::from(shift) }
    }

    /// `wide * 2^exponent` with the part of `wide` above 64 bits rounded off, to even if it is a tie. `inexact` says
    /// that the number is really a little greater.
    fn rounded(wide: u128, exponent: i64, inexact: bool) -> Extended {
        let extra = (128 - wide.leading_zeros()).saturating_sub(64);
        if extra == 0 {
            return Extended::normal(wide as u64, exponent);
        }
        let significand = (wide >> extra) as u64;
        let rest = wide & ((1 << extra) - 1);
        let up = match rest.cmp(&(1 << (extra - 1))) {
            Ordering::Less => false,
            Ordering::Equal => inexact || significand & 1 == 1,
            Ordering::Greater => true,
        };
        let exponent = exponent + i64::from(extra);
        match significand.checked_add(u64::from(up)) {
            Some(significand) => Extended { significand, exponent },
            None => Extended { significand: 1 << 63, exponent: exponent + 1 },
        }
    }

    pub(super) fn mul(self, other: Extended) -> Extended {
        let product = u128::from(self.significand) * u128::from(other.significand);
        Extended::rounded(product, self.exponent + other.exponent, false)
    }

    /// The quotient; `other` is not zero.
    pub(super) fn div(self, other: Extended) -> Extended {
        // Two bits more than are kept, so that the remainder only matters as a tie-break.
        let (high, divisor) = (u128::from(self.significand) << 64, u128::from(other.significand));
        let Some(quotient) = high.checked_div(divisor) else { return Extended::ZERO };
        let rest = (high % divisor) << 2;
        let wide = (quotient << 2) | (rest / divisor);
        Extended::rounded(wide, self.exponent - other.exponent - 66, rest % divisor != 0)
    }

    /// The number times the power `power` of ten, by repeated squaring.
    pub(super) fn scale10(self, power: i64) -> Extended {
        let mut result = self;
        let mut factor = Extended::from_u64(10);
        let mut left = power.unsigned_abs();
        while left > 0 && result.significand != 0 {
            if left & 1 == 1 {
                result = if power < 0 { result.div(factor) } else { result.mul(factor) };
            }
            left >>= 1;
            factor = factor.mul(factor);
        }
        result
    }

    /// The nearest double, to even if it is a tie; infinity if there is none.
    pub(super) fn to_f64(self) -> f64 {
        // The last bit of a double of this size, which is never below the last of the subnormal numbers.
        let last = (self.exponent + 11).max(-1074);
        let shift = last - self.exponent;
        if self.significand == 0 || shift > 64 {
            return 0.0;
        }
        let wide = u128::from(self.significand);
        let half = 1_u128 << (shift - 1);
        let kept = wide >> shift;
        let rest = wide & ((1 << shift) - 1);
        let up = rest > half || rest == half && kept & 1 == 1;
        if last > 971 {
            return f64::INFINITY;
        }
        // The first of the 53 bits that a normal number keeps adds one to the exponent field, as does a 54th from
        // rounding up.
        f64::from_bits((((last + 1074) as u64) << 52) + kept as u64 + u64::from(up))
    }

    /// The nearest integer, from rounding the number plus one half to 64 bits and dropping its fraction.
    pub(super) fn to_u64(self) -> u64 {
        match self.exponent {
            0 => self.significand.saturating_add(self.significand & 1),
            1.. => u64::MAX,
            -64..0 => {
                let shift = -self.exponent as u32;
                ((u128::from(self.significand) + (1 << (shift - 1))) >> shift) as u64
            }
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_survive() {
        for value in [0.0, 5e-324, 2.2250738585072014e-308, 1.0, 0.1, 1e23, f64::MAX] {
            assert_eq!(Extended::from_f64(value).to_f64(), value);
        }
    }

    #[test]
    fn arithmetic_rounds_to_64_bits() {
        let third = Extended::from_u64(1).div(Extended::from_u64(3));
        assert_eq!((third.significand, third.exponent), (0xaaaa_aaaa_aaaa_aaab, -65));
        assert_eq!(third.to_f64(), 1.0 / 3.0);
        let one = third.mul(Extended::from_u64(3));
        assert_eq!((one.significand, one.exponent), (1 << 63, -63));
        assert_eq!(Extended::from_u64(u64::MAX).mul(Extended::from_u64(2)).to_f64(), 3.6893488147419103e19);
    }

    #[test]
    fn powers_of_ten_reach_every_double() {
        assert_eq!(Extended::from_u64(1).scale10(308).to_f64(), 1e308);
        assert_eq!(Extended::from_u64(1).scale10(309).to_f64(), f64::INFINITY);
        assert_eq!(Extended::from_u64(5).scale10(-324).to_f64(), 5e-324);
        assert_eq!(Extended::from_u64(1).scale10(-400).to_f64(), 0.0);
        assert_eq!(Extended::from_u64(1).scale10(1 << 31).to_f64(), f64::INFINITY);
        assert_eq!(Extended::from_u64(1).scale10(-(1 << 31)).to_f64(), 0.0);
        assert_eq!(Extended::from_u64(12345).scale10(2).to_u64(), 1_234_500);
    }
}
