//! The module `time`. Local time is that of the host's time zone.

use core::time::Duration;

use berus_runtime::host::LocalTime;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::float::Floats;
use berus_runtime::ops::convert::Convert;

use crate::calendar::{DAY, Moment, seconds};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("time", MEMBERS).extensible();

berus_runtime::members! {
    /// What the module has.
    static MEMBERS = {
        "gmtime" => var(0, 1, gmtime),
        "localtime" => var(0, 1, localtime),
        "mktime" => f1(mktime),
        "time" => f0(time),
        "time_ns" => f0(time_ns),
        "sleep" => f1(sleep),
        "sleep_ms" => f1(sleep_ms),
        "sleep_us" => f1(sleep_us),
        "ticks_ms" => f0(ticks_ms),
        "ticks_us" => f0(ticks_us),
        "ticks_cpu" => f0(ticks_us),
        "ticks_add" => f2(ticks_add),
        "ticks_diff" => f2(ticks_diff),
        "clock" => f0(clock),
    }
}

/// Ticks count from 0 to before this, and then again: as many as there are small integers from 0 on.
const PERIOD: usize = Obj::SMALL_INT_MAX as usize + 1;

fn wall_clock(vm: &Vm) -> Duration {
    vm.host().wall_clock().unwrap_or_default()
}

fn time(vm: &Vm) -> Res {
    vm.new_float(wall_clock(vm).as_secs_f64())
}

fn time_ns(vm: &Vm) -> Res {
    vm.new_u64(u64::try_from(wall_clock(vm).as_nanos()).unwrap_or(u64::MAX))
}

fn clock(vm: &Vm) -> Res {
    vm.new_float(vm.now().as_secs_f64())
}

fn pause(vm: &Vm, time: Duration) -> Res {
    vm.sleep(time)?;
    Ok(Obj::NONE)
}

fn sleep(vm: &Vm, seconds: Obj) -> Res {
    let seconds = vm.float(seconds)?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) => pause(vm, time),
        Err(_) => Err(vm.value_error(format_args!("sleep length must be non-negative"))),
    }
}

fn sleep_ms(vm: &Vm, time: Obj) -> Res {
    let time = vm.int(time)?.max(0) as u64;
    pause(vm, Duration::from_millis(time))
}

fn sleep_us(vm: &Vm, time: Obj) -> Res {
    let time = vm.int(time)?.max(0) as u64;
    pause(vm, Duration::from_micros(time))
}

fn ticks(count: u128) -> Res {
    Ok(Obj::small_int_wrapping((count % PERIOD as u128) as isize))
}

/// The time now as `ticks_ms` has it.
#[cfg(feature = "asyncio")]
pub(crate) fn ticks_now(vm: &Vm) -> isize {
    (vm.now().as_millis() % PERIOD as u128) as isize
}

/// Milliseconds or microseconds from `start` to `end`, to the nearer side, so that a wrap in between does not matter.
pub(crate) fn ticks_between(end: isize, start: isize) -> isize {
    let difference = end.wrapping_sub(start).wrapping_add(PERIOD as isize / 2) & (PERIOD as isize - 1);
    difference - PERIOD as isize / 2
}

fn ticks_ms(vm: &Vm) -> Res {
    ticks(vm.now().as_millis())
}

fn ticks_us(vm: &Vm) -> Res {
    ticks(vm.now().as_micros())
}

fn ticks_add(vm: &Vm, ticks: Obj, delta: Obj) -> Res {
    let (ticks, delta) = (vm.int(ticks)?, vm.int(delta)?);
    // `ticks_diff` cannot tell more, to either side.
    if delta.unsigned_abs() >= PERIOD / 2 {
        return Err(vm.overflow_error(format_args!("ticks interval overflow")));
    }
    vm.new_uint(ticks.wrapping_add(delta) as usize & (PERIOD - 1))
}

fn ticks_diff(vm: &Vm, end: Obj, start: Obj) -> Res {
    vm.new_int(ticks_between(vm.int(end)?, vm.int(start)?))
}

/// The moment that an argument gives in seconds since 1970, or now.
fn moment(vm: &Vm, args: &[Obj]) -> Res<i64> {
    let seconds = match args.first() {
        Some(&seconds) if seconds != Obj::NONE => vm.float(seconds)? as i64,
        _ => wall_clock(vm).as_secs() as i64,
    };
    // A billion years either way.
    if seconds.unsigned_abs() > 1 << 55 {
        return Err(vm.overflow_error(format_args!("timestamp out of range")));
    }
    Ok(seconds)
}

/// The parts of the time `seconds` after 1970 by the clock whose time differs from that of Greenwich by `clock`.
fn parts_of(vm: &Vm, seconds: i64, clock: LocalTime) -> Res {
    let at = Moment::at(seconds + i64::from(clock.offset));
    let parts =
        [at.year, at.month, at.day, at.hour, at.minute, at.second, at.week_day(), at.year_day(), clock.is_dst.into()];
    let parts = parts.map(|part| Obj::small_int_wrapping(part as isize));
    Ok(Tuple::new(vm, &parts)?.obj())
}

fn gmtime(vm: &Vm, args: &[Obj]) -> Res {
    parts_of(vm, moment(vm, args)?, LocalTime::default())
}

fn localtime(vm: &Vm, args: &[Obj]) -> Res {
    let seconds = moment(vm, args)?;
    parts_of(vm, seconds, vm.host().local_time(seconds))
}

fn mktime(vm: &Vm, parts: Obj) -> Res {
    let items = vm.items(parts)?;
    if !(8..=9).contains(&items.len()) {
        return Err(vm.type_error(format_args!("mktime needs a tuple of length 8 or 9")));
    }
    let part = |index: usize| match items.get(index) {
        Some(part) => Ok((vm.int(part)? as i64).clamp(-(1 << 30), 1 << 30)),
        None => Ok(-1),
    };
    let local = seconds([part(0)?, part(1)?, part(2)?], [part(3)?, part(4)?, part(5)?]);
    let is_dst = match part(8)? {
        0 => Some(false),
        flag => (flag > 0).then_some(true),
    };
    vm.new_i64(local - i64::from(offset_of_local(local, is_dst, |seconds| vm.host().local_time(seconds))))
}

/// By how much local clocks are ahead where they show `local`, in seconds since 1970, and it is daylight saving time if
/// `is_dst` says so. Where clocks show a time twice and nothing is said, the first counts; a time that they leave out
/// is counted on from before the gap.
fn offset_of_local(local: i64, is_dst: Option<bool>, at: impl Fn(i64) -> LocalTime) -> i32 {
    // Clocks differ by less than a day from those of Greenwich, so that one of these is the moment's own, unless they
    // are put on twice.
    let (before, after) = (at(local - DAY), at(local + DAY));
    let is_right = |clock: &LocalTime| at(local - i64::from(clock.offset)).offset == clock.offset;
    let own = [before, after].into_iter().find(is_right).unwrap_or(before);
    let Some(is_dst) = is_dst.filter(|is_dst| before.is_dst != after.is_dst || before.is_dst != *is_dst) else {
        return own.offset;
    };
    // Who says something else than the zone means the clocks of the nearest season, or where there are none, an hour's
    // difference.
    let weeks = (0..SEASONS).flat_map(|week| [local - week * 7 * DAY, local + week * 7 * DAY]);
    let nearest = [before, after].into_iter().chain(weeks.map(&at)).find(|clock| clock.is_dst == is_dst);
    nearest.map_or(own.offset + if is_dst { 3600 } else { -3600 }, |clock| clock.offset)
}

/// For so many weeks either way, seasons with other clocks are looked for: zones that have given up daylight saving
/// time longer ago have none.
const SEASONS: i64 = 379;

#[cfg(test)]
mod tests {
    use super::*;

    /// Central Europe: an hour ahead, in summer two. The clocks change at the same moment of 1970 and of all years,
    /// which have 365 days.
    fn central_europe(seconds: i64) -> LocalTime {
        let is_dst = (89 * 86_400 + 3600..303 * 86_400 + 3600).contains(&seconds.rem_euclid(365 * 86_400));
        LocalTime { offset: if is_dst { 7200 } else { 3600 }, is_dst }
    }

    #[test]
    fn local_times_have_one_offset() {
        let offset =
            |day: i64, hour: i64, is_dst| offset_of_local(day * 86_400 + hour * 3600 + 1800, is_dst, central_europe);
        for (day, hour, by_zone, standard, summer) in [
            (10, 12, 3600, 3600, 7200),
            (200, 12, 7200, 3600, 7200),
            // The hour that is left out, and those around.
            (89, 1, 3600, 3600, 7200),
            (89, 2, 3600, 3600, 7200),
            (89, 3, 7200, 3600, 7200),
            // The hour that is there twice, and those around.
            (303, 1, 7200, 3600, 7200),
            (303, 2, 7200, 3600, 7200),
            (303, 3, 3600, 3600, 7200),
        ] {
            let found = [None, Some(false), Some(true)].map(|is_dst| offset(day, hour, is_dst));
            assert_eq!(found, [by_zone, standard, summer], "day {day}, hour {hour}");
        }
        let greenwich = |_| LocalTime::default();
        assert_eq!([None, Some(false), Some(true)].map(|is_dst| offset_of_local(0, is_dst, greenwich)), [0, 0, 3600]);
    }
}
