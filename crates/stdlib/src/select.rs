//! The module `select`: waiting for streams, and for files of the host by their numbers (facts:
//! `docs/library/select.rst` and `extmod/modselect.c` of MicroPython).
//!
//! What is a file of the host, the host waits for. Other streams can only be asked, again and again.

use alloc::vec::Vec;
use core::cell::Cell;
use core::time::Duration;

use berus_mpy::memory::Quota;
use berus_runtime::errno::NO_ENTRY;
use berus_runtime::host::{Events, Polled};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll as _;
use berus_runtime::model::layout::{List, Tuple};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::stream::Request;
use berus_runtime::model::unlock::Unlock;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::exception::VALUE_ERROR;
use berus_runtime::obj::float::Floats;
use berus_runtime::ops::arithmetic::Arithmetic;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::stream::Streams;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("select", MEMBERS).extensible();

/// Events as a number among the members.
const fn number(events: Events) -> Obj {
    Obj::small_int_wrapping(events.bits() as isize)
}

berus_runtime::members! {
    static MEMBERS = {
        "poll" => f0(new_poll),
        "select" => var(3, 4, select),
        "POLLIN" => value(number(Events::READ)),
        "POLLOUT" => value(number(Events::WRITE)),
        "POLLERR" => value(number(Events::ERROR)),
        "POLLHUP" => value(number(Events::HANG_UP)),
    }
}

/// The time between two questions to streams that are no files, and how long files are waited for without a look at
/// pending events.
const PERIOD: Duration = Duration::from_millis(1);
const NAP: Duration = Duration::from_millis(20);

/// The flag of `ipoll` for asking for each event once.
const ONE_SHOT: isize = 1;

/// Something that is waited for.
struct Entry {
    object: Obj,
    /// Its number, if it is a file of the host.
    file: Option<i32>,
    /// The events that are wanted.
    events: Cell<Events>,
    /// The events that were there when the thing was asked last.
    ready: Cell<Events>,
    /// What `poll` has answered for it, to be answered again without making another one.
    answer: Cell<Option<Gc<Tuple>>>,
}

berus_runtime::custom_type! {
    static ENTRY: Type<Entry> = "entry";
}

/// A set of things that are waited for.
struct Poll {
    entries: Gc<List>,
    /// The entry that an iteration looks at next.
    at: Cell<usize>,
    one_shot: Cell<bool>,
}

berus_runtime::custom_type! {
    static POLL: Type<Poll> = "poll".next(next).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "register" => var(2, 3, register),
        "unregister" => f2(unregister),
        "modify" => f3(modify),
        "poll" => var(1, 2, poll_list),
        "ipoll" => var(1, 3, ipoll),
    }
}

impl Entry {
    /// The object and its events, if there are any.
    fn answer(&self, vm: &Vm) -> Res<Option<Obj>> {
        if self.ready.get().is_empty() {
            return Ok(None);
        }
        let ready = Obj::small_int_wrapping(self.ready.get().bits() as isize);
        if let Some(known) = self.answer.get()
            && known.items()[1] == ready
        {
            return Ok(Some(known.obj()));
        }
        let answer = Tuple::new(vm, &[self.object, ready])?;
        self.answer.set(Some(answer));
        Ok(Some(answer.obj()))
    }
}

impl Poll {
    fn new(vm: &Vm) -> Res<Gc<Custom<Poll>>> {
        let entries = List::new(vm, &[])?;
        vm.new_custom(Poll { entries, at: Cell::new(0), one_shot: Cell::new(false) })
    }

    /// The entries there are now, from number 0 on. Streams may change them while they are asked.
    fn entries(&self) -> impl Iterator<Item = Gc<Custom<Entry>>> + '_ {
        (0..).map_while(|number| self.entries.get(number)?.downcast())
    }

    fn find(&self, vm: &Vm, object: Obj) -> Res<Option<(usize, Gc<Custom<Entry>>)>> {
        vm.work(self.entries.len() / 4)?;
        Ok(self.entries().enumerate().find(|(_, entry)| entry.object == object))
    }

    /// Waits for `events` of `object` too, besides those that it is waited for.
    fn add(&self, vm: &Vm, object: Obj, events: Events) -> Res<()> {
        if let Some((_, entry)) = self.find(vm, object)? {
            entry.events.set(entry.events.get() | events);
            return Ok(());
        }
        let file = if vm.is_int(object) {
            let Ok(number) = i32::try_from(vm.int(object)?) else {
                return Err(vm.error_with(&VALUE_ERROR, &[]));
            };
            if number < 0 {
                return Err(vm.error_with(&VALUE_ERROR, &[]));
            }
            Some(number)
        } else {
            match vm.stream_ioctl(object, Request::FILE_NUMBER) {
                Ok(number) => i32::try_from(number).ok(),
                Err(failure) => {
                    failure.errno()?;
                    None
                }
            }
        };
        let (events, ready) = (Cell::new(events), Cell::new(Events::empty()));
        let entry = vm.new_custom(Entry { object, file, events, ready, answer: Cell::new(None) })?;
        self.entries.append(vm, entry.obj())
    }

    /// Asks the host, which waits no longer than `timeout`: how many files are ready.
    fn ask_files(&self, vm: &Vm, timeout: Duration) -> Res<usize> {
        let polled = |entry: Gc<Custom<Entry>>| Some(Polled::new(entry.file?, entry.events.get()));
        let mut files = Vec::new();
        let grants = vm.grants();
        let quota = Quota::new(&grants);
        for file in self.entries().filter_map(polled) {
            quota.push(&mut files, file).map_err(|stop| grants.raise(stop))?;
        }
        vm.unlocked(|host| host.poll(&mut files, timeout)).map_err(|errno| vm.os_error(errno))?;
        let mut answers = files.iter().peekable();
        let mut count = 0;
        for entry in self.entries() {
            let Some(file) = entry.file else { continue };
            // Another thread may have changed the entries meanwhile. What it has added is asked the next time.
            let answer = answers.next_if(|answer| answer.file == file);
            entry.ready.set(answer.map_or(Events::empty(), |answer| answer.ready));
            count += usize::from(!entry.ready.get().is_empty());
        }
        Ok(count)
    }

    /// Asks the streams that are no files: how many are ready.
    fn ask_streams(&self, vm: &Vm) -> Res<usize> {
        let mut count = 0;
        for entry in self.entries().filter(|entry| entry.file.is_none()) {
            vm.work(1)?;
            let ready = vm.stream_ioctl(entry.object, Request::Poll(entry.events.get()));
            entry.ready.set(Events::from_bits_retain(ready.map_err(|failure| failure.raise(vm))?));
            count += usize::from(!entry.ready.get().is_empty());
        }
        Ok(count)
    }

    /// Waits until something is ready, no longer than `timeout`: how many things are.
    fn wait(&self, vm: &Vm, timeout: Option<Duration>) -> Res<usize> {
        let mut left = timeout.unwrap_or(Duration::MAX);
        if timeout.is_some_and(|time| !time.is_zero()) {
            vm.check_clock()?;
        }
        let end = vm.now().saturating_add(left);
        loop {
            vm.poll()?;
            vm.work(1)?;
            // Streams come first, since asking them takes no time.
            let streams = self.ask_streams(vm)?;
            let only_files = self.entries().all(|entry| entry.file.is_some());
            let nap = if streams > 0 { Duration::ZERO } else { left.min(if only_files { NAP } else { PERIOD }) };
            let count = streams + self.ask_files(vm, nap)?;
            if count > 0 || left.is_zero() {
                return Ok(count);
            }
            left = end.saturating_sub(vm.now());
        }
    }
}

fn new_poll(vm: &Vm) -> Res {
    Ok(Poll::new(vm)?.obj())
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Custom<Poll>>> {
    vm.this(object)
}

fn events(vm: &Vm, mask: Obj) -> Res<Events> {
    Ok(Events::from_bits_retain(vm.int(mask)? as usize))
}

fn register(vm: &Vm, args: &[Obj]) -> Res {
    let poll = of(vm, args[0])?;
    let events = match args.get(2) {
        Some(&mask) => events(vm, mask)?,
        None => Events::READ | Events::WRITE,
    };
    poll.add(vm, args[1], Events::empty())?;
    if let Some((_, entry)) = poll.find(vm, args[1])? {
        entry.events.set(events);
    }
    Ok(Obj::NONE)
}

fn unregister(vm: &Vm, object: Obj, registered: Obj) -> Res {
    let poll = of(vm, object)?;
    if let Some((number, _)) = poll.find(vm, registered)? {
        poll.entries.remove_at(vm, number);
        // An iteration goes on behind it.
        if number < poll.at.get() {
            poll.at.set(poll.at.get() - 1);
        }
    }
    Ok(Obj::NONE)
}

fn modify(vm: &Vm, object: Obj, registered: Obj, mask: Obj) -> Res {
    let Some((_, entry)) = of(vm, object)?.find(vm, registered)? else { return Err(vm.os_error(NO_ENTRY)) };
    entry.events.set(events(vm, mask)?);
    Ok(Obj::NONE)
}

/// The milliseconds that a method was given, if these are a limit.
fn timeout(vm: &Vm, args: &[Obj]) -> Res<Option<Duration>> {
    match args.get(1) {
        Some(&time) if time != Obj::NONE => Ok(u64::try_from(vm.int(time)?).ok().map(Duration::from_millis)),
        _ => Ok(None),
    }
}

fn poll_list(vm: &Vm, args: &[Obj]) -> Res {
    let poll = of(vm, args[0])?;
    poll.wait(vm, timeout(vm, args)?)?;
    let answers = List::new(vm, &[])?;
    for entry in poll.entries() {
        if let Some(answer) = entry.answer(vm)? {
            answers.append(vm, answer)?;
        }
    }
    Ok(answers.obj())
}

fn ipoll(vm: &Vm, args: &[Obj]) -> Res {
    let poll = of(vm, args[0])?;
    let flags = args.get(2).map_or(Ok(0), |&flags| vm.int(flags))?;
    poll.wait(vm, timeout(vm, args)?)?;
    poll.one_shot.set(flags & ONE_SHOT != 0);
    poll.at.set(0);
    Ok(args[0])
}

fn next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    let poll = of(vm, object)?;
    while let Some(entry) = poll.entries.get(poll.at.get()).and_then(Obj::downcast::<Custom<Entry>>) {
        poll.at.set(poll.at.get() + 1);
        if let Some(answer) = entry.answer(vm)? {
            entry.ready.set(Events::empty());
            if poll.one_shot.get() {
                entry.events.set(Events::empty());
            }
            return Ok(Some(answer));
        }
    }
    Ok(None)
}

/// `select(to_read, to_write, to_fail[, seconds])`
fn select(vm: &Vm, args: &[Obj]) -> Res {
    const WANTED: [Events; 3] = [Events::READ, Events::WRITE, Events::ERROR.union(Events::HANG_UP)];
    let timeout = match args.get(3) {
        Some(&seconds) if seconds != Obj::NONE => {
            let seconds = vm.float(seconds)?;
            if seconds.is_nan() || seconds < 0.0 {
                return Err(vm.error_with(&VALUE_ERROR, &[]));
            }
            Duration::try_from_secs_f64(seconds).ok()
        }
        _ => None,
    };
    let poll = Poll::new(vm)?;
    for (&objects, events) in args.iter().zip(WANTED) {
        let items = vm.items(objects)?;
        for number in 0..items.len() {
            if let Some(object) = items.get(number) {
                poll.add(vm, object, events)?;
            }
        }
    }
    poll.wait(vm, timeout)?;
    let [readable, writable, failed] = [List::new(vm, &[])?, List::new(vm, &[])?, List::new(vm, &[])?];
    for entry in poll.entries() {
        let (ready, wanted) = (entry.ready.get(), entry.events.get());
        // Who waits to read or write hears of a failure too, since neither would have to wait any more.
        let rest = ready & !(Events::READ | Events::WRITE);
        let answers = [ready & (rest | Events::READ), ready & (rest | Events::WRITE), rest];
        for ((list, events), want) in [readable, writable, failed].into_iter().zip(answers).zip(WANTED) {
            if !events.is_empty() && wanted.intersects(want) {
                list.append(vm, entry.object)?;
            }
        }
    }
    Ok(Tuple::new(vm, &[readable.obj(), writable.obj(), failed.obj()])?.obj())
}
