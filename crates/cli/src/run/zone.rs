//! The time zone of programs: that of their `TZ`, or the system's.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use berus_runtime::host::LocalTime;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::files::read_small;

/// Days, dates and rules of time zones are the same again after 400 years.
const PERIOD: i64 = 146_097 * 86_400;

/// The time zone for the value that `TZ` had when it was asked for last.
#[derive(Default)]
pub struct Zone(Mutex<Option<(Option<Vec<u8>>, TimeZone)>>);

impl Zone {
    /// How local time differs from that of Greenwich at the moment `seconds` after 1970, where `TZ` has the value `name`.
    pub fn local_time(&self, name: Option<Vec<u8>>, seconds: i64) -> LocalTime {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let zone = match &*known {
            Some((same, zone)) if *same == name => zone.clone(),
            _ => {
                let zone = zone(name.as_deref());
                *known = Some((name, zone.clone()));
                zone
            }
        };
        let info = zone.to_offset_info(timestamp(seconds));
        LocalTime { offset: info.offset().seconds(), is_dst: info.dst().is_dst() }
    }
}

/// The zone that `TZ` names, as POSIX and the C library read it: a file, a name of the database, or rules. What is none of them, and an
/// empty value, is the time of Greenwich.
fn zone(name: Option<&[u8]>) -> TimeZone {
    let Some(name) = name else { return TimeZone::system() };
    let Ok(name) = str::from_utf8(name.strip_prefix(b":").unwrap_or(name)) else { return TimeZone::UTC };
    let of_file = || TimeZone::tzif(name, &read_small(Path::new(name), MAX_FILE)?).ok();
    let found = if name.starts_with('/') { of_file() } else { TimeZone::get(name).ok() };
    let of_rules = || TimeZone::posix(name).or_else(|_| TimeZone::posix(&format!("{name}{RULES}"))).ok();
    found.or_else(of_rules).unwrap_or(TimeZone::UTC)
}

/// The largest file of a time zone that is read, in bytes. Those of the database have some thousands.
const MAX_FILE: u64 = 1 << 20;

/// When daylight saving time begins and ends where only its name is given, as in the C library: by the clocks of the United States.
const RULES: &str = ",M3.2.0,M11.1.0";

/// The moment `seconds` after 1970, or one with the same rules. Before the years that there are no zone has rules.
fn timestamp(seconds: i64) -> Timestamp {
    let last = Timestamp::MAX.as_second();
    let seconds = if seconds > last { last - PERIOD + (seconds - last).rem_euclid(PERIOD) } else { seconds };
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MIN)
}
