//! Days and dates of the Gregorian calendar.

/// Days from 1970-01-01 to the first of March of a year that starts in March, by the Gregorian calendar.
fn days_before(year: i64) -> i64 {
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) - 719_468
}

/// Year, month and day of a day counted from 1970-01-01.
pub fn date(days: i64) -> (i64, i64, i64) {
    let mut year = (days + 719_468) * 400 / 146_097;
    while days_before(year + 1) <= days {
        year += 1;
    }
    while days_before(year) > days {
        year -= 1;
    }
    let day = days - days_before(year);
    // Months from March on have 31, 30, 31, 30, 31 days, and again.
    let month = (5 * day + 2) / 153;
    let month_day = day - (153 * month + 2) / 5 + 1;
    if month < 10 { (year, month + 3, month_day) } else { (year + 1, month - 9, month_day) }
}

/// The day of a date, counted from 1970-01-01; a month beyond the year's is one of another year.
pub fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let months = year.saturating_mul(12) + month - 3;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    days_before(year) + (153 * month + 2) / 5 + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(-1), (1969, 12, 31));
        for days in -800_000..800_000 {
            let (year, month, day) = date(days);
            assert_eq!(day_number(year, month, day), days);
        }
        assert_eq!(day_number(2000, 14, 1), day_number(2001, 2, 1));
    }
}
