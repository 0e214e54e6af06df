//! Threads of Python, on threads of the standard library.
#![cfg(feature = "threads")]

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, LazyLock, Mutex};
use std::time::{Duration, Instant};

use berus_compiler::Mode;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::errno::{AGAIN, Errno};
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::{Host, Monitor, Threads};
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::events::Poll;
use berus_runtime::model::vm::{Budget, Limits, Vm};
use berus_runtime::ops::print::Stdout;
use berus_testkit::programs::new_vm;

/// When the clock of the hosts began.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A host with threads, which keeps what is written.
#[derive(Clone, Default)]
struct Kept {
    output: Arc<Mutex<Vec<u8>>>,
    /// Whether it starts no threads.
    refuses: bool,
}

impl Host for Kept {
    fn write_stdout(&self, bytes: &[u8]) {
        self.output.lock().unwrap().extend_from_slice(bytes);
    }

    fn monotonic(&self) -> Option<Duration> {
        Some(START.elapsed())
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn threads(&self) -> Option<Box<dyn Threads>> {
        Some(Box::new(self.clone()))
    }
}

thread_local! {
    static NUMBER: Cell<usize> = const { Cell::new(1) };
}

static LAST: AtomicUsize = AtomicUsize::new(1);

// SAFETY: the threads and the monitors are those of the standard library.
unsafe impl Threads for Kept {
    fn spawn(&self, stack_size: usize, run: Box<dyn FnOnce() + Send>) -> Result<usize, Errno> {
        if self.refuses {
            return Err(AGAIN);
        }
        let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        let work = move || {
            NUMBER.set(number);
            run();
        };
        std::thread::Builder::new().stack_size(stack_size).spawn(work).map_err(|_| AGAIN)?;
        Ok(number)
    }

    fn current(&self) -> usize {
        NUMBER.get()
    }

    fn monitor(&self) -> Box<dyn Monitor> {
        Box::new(StdMonitor::default())
    }
}

#[derive(Default)]
struct StdMonitor(Mutex<()>, Condvar);

impl Monitor for StdMonitor {
    fn wait_until(&self, timeout: Option<Duration>, ready: &mut dyn FnMut() -> bool) -> bool {
        let end = Instant::now() + timeout.unwrap_or(Duration::from_secs(60));
        let mut guard = self.0.lock().unwrap();
        while !ready() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                assert!(timeout.is_some(), "a deadlock");
                return false;
            }
            guard = self.1.wait_timeout(guard, left).unwrap().0;
        }
        true
    }

    fn update(&self, change: &mut dyn FnMut()) {
        let guard = self.0.lock().unwrap();
        change();
        drop(guard);
        self.1.notify_all();
    }
}

fn new(kept: &Kept) -> Box<Vm> {
    let heap = Heap::growing(&GlobalRegions, 64 << 20);
    let limits = Limits { machine_stack: 1 << 20, ..Limits::default() };
    new_vm(heap, Box::new(kept.clone()), limits).expect("the heap has room")
}

/// Runs `source`; what it raises is printed.
fn run(vm: &Vm, source: &str, stress: bool) {
    vm.enter(|vm| {
        let run = || {
            let body = vm.compile(source.as_bytes(), b"test.py", Mode::File, vm.main())?;
            vm.heap().set_stress(stress);
            vm.run_body(body, vm.main())
        };
        if let Err(raised) = run() {
            let exception = vm.take_exception(raised);
            let _ = vm.print_exception(&mut Stdout, exception).map_err(|raised| vm.take_exception(raised));
        }
    });
}

fn printed(source: &str, stress: bool) -> String {
    let kept = Kept::default();
    run(&new(&kept), source, stress);
    let bytes = kept.output.lock().unwrap().clone();
    String::from_utf8(bytes).expect("programs print text")
}

/// What `source` prints, plainly and with a collection at every allocation, which must be the same.
fn output(source: &str) -> String {
    let outputs = [false, true].map(|stress| printed(source, stress));
    assert_eq!(outputs[0], outputs[1]);
    outputs.into_iter().next().unwrap_or_default()
}

/// Defines `start(function, *args, **kwargs)` and `join()`.
const JOIN: &str = "
import _thread
pending = 0
done = _thread.allocate_lock()
done.acquire()
def start(function, *args, **kwargs):
    global pending
    pending += 1
    def work():
        global pending
        try:
            function(*args, **kwargs)
        finally:
            pending -= 1
            if pending == 0: done.release()
    _thread.start_new_thread(work, ())
def join():
    done.acquire()
";

fn joined(source: &str) -> String {
    output(&format!("{JOIN}{source}"))
}

#[test]
fn threads_make_objects_of_their_own() {
    let source = "
results = {}
def work(name, n=0):
    made = []
    for i in range(n):
        made.append([name] * i)
        d = {'key': made[-1], i: str(i)}
        made[-1] = sum(len(k) for k in (d['key'], d[i]))
    results[name] = sum(made)
start(work, 'a', 60)
start(work, 'b', n=60)
work('c', 60)
join()
print(sorted(results.items()))
";
    assert_eq!(joined(source), "[('a', 1880), ('b', 1880), ('c', 1880)]\n");
}

#[test]
fn a_lock_is_held_by_one() {
    let source = "
lock = _thread.allocate_lock()
count = 0
def work(n):
    global count
    for i in range(n):
        with lock:
            before = count
            for j in range(20): pass
            count = before + 1
for i in range(4): start(work, 50)
join()
print(count, lock.locked())
";
    assert_eq!(joined(source), "200 False\n");
}

#[test]
fn locks_can_be_tried_and_waited_for_with_a_timeout() {
    let source = "
import _thread
lock = _thread.allocate_lock()
print(lock.acquire(), lock.acquire(False), lock.acquire(True, 0.01), lock.acquire(1, 0.0), lock.locked())
lock.release()
print(lock.locked(), type(lock) is _thread.LockType)
try: lock.release()
except RuntimeError as e: print(repr(e))
with lock: print(lock.locked())
print(lock.locked())
";
    assert_eq!(output(source), "True False False False True\nFalse True\nRuntimeError()\nTrue\nFalse\n");
}

#[test]
fn what_a_thread_raises_is_reported_unless_it_exits() {
    let source = "
def fails(): raise ValueError('in thread')
start(_thread.exit)
start(fails)
join()
for i in range(50000): pass
";
    let printed = printed(&format!("{JOIN}{source}"), true);
    assert!(printed.starts_with("Unhandled exception in thread started by <closure work at 0x"), "{printed}");
    assert!(printed.ends_with(", in fails\nValueError: in thread\n"), "{printed}");
}

#[test]
fn threads_have_numbers_and_stacks_of_their_own() {
    let source = "
numbers = {_thread.get_ident()}
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
def endless(): endless()
def work():
    numbers.add(_thread.get_ident())
    print(deep(50))
    try: endless()
    except RuntimeError as e: print(e)
print(_thread.stack_size(300000), _thread.stack_size(0))
start(work)
join()
print(len(numbers), 0 in numbers)
";
    assert_eq!(joined(source), "0 300000\n50\nmaximum recursion depth exceeded\n2 False\n");
}

#[test]
fn each_thread_locks_the_heap_for_itself() {
    let source = "
import micropython
a, b = _thread.allocate_lock(), _thread.allocate_lock()
a.acquire()
b.acquire()
def work():
    a.acquire()
    print([1, 2, 3])
    b.release()
_thread.start_new_thread(work, ())
micropython.heap_lock()
a.release()
b.acquire()
micropython.heap_unlock()
";
    assert_eq!(joined(source), "[1, 2, 3]\n");
}

#[test]
fn each_thread_is_traced_for_itself() {
    let source = "
import sys
def f(): pass
def work(): f()
def show(frame, event, arg): print(frame.f_code.co_name)
sys.settrace(show)
sys.settrace(show)
_thread.start_new_thread(work, ())
for i in range(50000): pass
f()
sys.settrace(None)
";
    assert_eq!(joined(source), "f\n");
}

#[test]
fn arguments_are_checked() {
    let source = "
import _thread
for args in ((len,), (len, 5), (len, (), [])):
    try: _thread.start_new_thread(*args)
    except TypeError as e: print(e)
try: _thread.stack_size(-1)
except ValueError as e: print(e)
";
    let expected = "function missing 1 required positional arguments\nobject 'int' isn't a tuple or list\n\
                    expecting a dict for keyword args\nsize not valid\n";
    assert_eq!(output(source), expected);
}

#[test]
fn threads_end_with_the_program() {
    let kept = Kept::default();
    let vm = new(&kept);
    // One runs, one waits for a lock, one sleeps; no handler of theirs sees the end.
    let source = format!(
        "{JOIN}
from micropython import schedule
lock = _thread.allocate_lock()
lock.acquire()
def runs():
    while True:
        try:
            while True: pass
        except BaseException: print('seen')
        finally: print('seen')
def waits():
    with lock: print('never')
_thread.start_new_thread(runs, ())
_thread.start_new_thread(waits, ())
for i in range(50000): pass
print('end')
"
    );
    run(&vm, &source, false);
    // The interpreter can be entered again, threads and all.
    run(
        &vm,
        "lock.release()\nwith lock: print('again')\n_thread.start_new_thread(print, ('thread',))\ndone.acquire(True, 0.05)",
        false,
    );
    assert_eq!(String::from_utf8_lossy(&kept.output.lock().unwrap()), "end\nagain\nthread\n");
}

#[test]
fn a_budget_is_for_all_threads() {
    let kept = Kept::default();
    let vm = new(&kept);
    vm.set_budget(Budget { instructions: Some(100_000), ..Budget::default() }).expect("the host has a clock");
    run(&vm, &format!("{JOIN}\ndef work():\n while True: pass\nstart(work)\njoin()"), false);
    assert_eq!(
        String::from_utf8_lossy(&kept.output.lock().unwrap()).lines().last(),
        Some("Abort: instruction limit exceeded")
    );
}

#[test]
fn a_host_may_refuse_threads() {
    let kept = Kept { refuses: true, ..Kept::default() };
    let vm = new(&kept);
    run(&vm, "import _thread\ntry: _thread.start_new_thread(print, ())\nexcept OSError as e: print(e)", false);
    assert_eq!(String::from_utf8_lossy(&kept.output.lock().unwrap()), "[Errno 11] EAGAIN\n");
}

#[test]
fn stacks_of_threads_count_to_the_limit_of_the_heap() {
    let kept = Kept::default();
    let vm = new_vm(Heap::growing(&GlobalRegions, 1 << 20), Box::new(kept.clone()), Limits::default()).unwrap();
    let source = "
import _thread
def started():
    gate = _thread.allocate_lock()
    gate.acquire()
    left = []
    def wait():
        with gate: left.pop()
    try:
        while len(left) < 1000:
            left.append(None)
            _thread.start_new_thread(wait, ())
    except MemoryError:
        left.pop()
    n = len(left)
    gate.release()
    while left:
        _thread.allocate_lock().acquire(True, 0.001)
        with gate: pass
    return n
first = started()
print(2 < first < 20)
# What has ended gives its stacks back.
print(all(started() > first // 2 for _ in range(5)))
";
    vm.enter(|vm| run(vm, source, false));
    assert_eq!(String::from_utf8(kept.output.lock().unwrap().clone()).unwrap(), "True\nTrue\n");
}

#[test]
fn machine_stacks_of_threads_are_within_the_limit_and_a_mebibyte() {
    const MIB: usize = 1 << 20;
    let started = |limit: usize, stack: usize| {
        let kept = Kept::default();
        let vm = new_vm(Heap::growing(&GlobalRegions, limit), Box::new(kept.clone()), Limits::default()).unwrap();
        let source = format!(
            "import _thread\n_thread.stack_size({stack})\ngate = _thread.allocate_lock()\ngate.acquire()\nn = 0\n\
             def wait():\n with gate: pass\n\
             try:\n while n < 50: _thread.start_new_thread(wait, ()); n += 1\nexcept MemoryError: pass\ngate.release()\nprint(n)\n"
        );
        vm.enter(|vm| run(vm, &source, false));
        let output = String::from_utf8(kept.output.lock().unwrap().clone()).unwrap();
        output.trim_end().parse::<usize>().unwrap()
    };
    if cfg!(target_os = "linux") {
        assert_eq!(started(8 * MIB, 16 * MIB), 0);
        assert!(started(8 * MIB, MIB) < 9);
    }
}
