//! Dates of the Gregorian calendar, and times of day.

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// A moment as calendar and clock show it.
pub struct Moment {
    /// The day, counted from 1970-01-01.
    pub day_number: i64,
    pub year: i64,
    /// From 1 on, as the day of the month.
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

impl Moment {
    /// The moment `seconds` after 1970 began.
    pub fn at(seconds: i64) -> Moment {
        let (day_number, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = date(day_number);
        Moment { day_number, year, month, day, hour: second / 3600, minute: second / 60 % 60, second: second % 60 }
    }

    /// The day of the week, from Monday on, which is 0.
    pub fn week_day(&self) -> i64 {
        (self.day_number + 3).rem_euclid(7)
    }

    /// The day of the year, from 1 on.
    #[cfg_attr(not(feature = "time"), allow(dead_code))]
    pub fn year_day(&self) -> i64 {
        self.day_number - day_number(self.year, 1, 1) + 1
    }
}

/// Seconds from the beginning of 1970 to a date, as [`day_number`] takes it, and a time of day.
pub fn seconds(date: [i64; 3], time: [i64; 3]) -> i64 {
    let ([year, month, day], [hour, minute, second]) = (date, time);
    day_number(year, month, day) * DAY + hour * 3600 + minute * 60 + second
}

/// Days from 1970-01-01 to the first of March of a year that starts in March, by the Gregorian calendar.
fn days_before(year: i64) -> i64 {
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) - 719_468
}

/// Year, month and day of a day counted from 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
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
fn day_number(year: i64, month: i64, day: i64) -> i64 {
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

    #[test]
    fn moments_are_taken_apart() {
        for at in [-86_401, -1, 0, 951_827_696, 253_402_300_799] {
            let Moment { year, month, day, hour, minute, second, .. } = Moment::at(at);
            assert_eq!(seconds([year, month, day], [hour, minute, second]), at);
        }
        let leap = Moment::at(951_827_696);
        assert_eq!([leap.year, leap.month, leap.day, leap.hour, leap.minute, leap.second], [2000, 2, 29, 12, 34, 56]);
        assert_eq!((leap.week_day(), leap.year_day()), (1, 60));
    }
}
