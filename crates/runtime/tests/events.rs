//! What happens between instructions: interrupts, scheduled calls and budgets.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use berus_compiler::Mode;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::{Host, Silent};
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::error::Res;
use berus_runtime::model::events::Poll;
use berus_runtime::model::printer::Style;
use berus_runtime::model::vm::{Budget, Limits, NoClock, Vm};
use berus_runtime::obj::exception::{KEYBOARD_INTERRUPT, MEMORY_ERROR, OS_ERROR};
use berus_runtime::ops::print::Print;
use berus_testkit::programs::new_vm;

/// A host whose clock goes on by a millisecond whenever it is looked at, and that may be interrupted.
#[derive(Clone, Default)]
struct Clock(Rc<State>);

#[derive(Default)]
struct State {
    output: RefCell<Vec<u8>>,
    now: Cell<Duration>,
    interrupted: Cell<bool>,
}

impl Host for Clock {
    fn write_stdout(&self, bytes: &[u8]) {
        self.0.output.borrow_mut().extend_from_slice(bytes);
    }

    fn monotonic(&self) -> Option<Duration> {
        self.0.now.set(self.0.now.get() + Duration::from_millis(1));
        Some(self.0.now.get())
    }

    fn interrupted(&self) -> bool {
        self.0.interrupted.take()
    }
}

fn new() -> (Box<Vm>, Clock) {
    with_heap(8 << 20)
}

fn with_heap(bytes: usize) -> (Box<Vm>, Clock) {
    let clock = Clock::default();
    let heap = Heap::growing(&GlobalRegions, bytes);
    let limits = Limits { machine_stack: 1 << 20, ..Limits::default() };
    (new_vm(heap, Box::new(clock.clone()), limits).expect("the heap has room"), clock)
}

fn run(vm: &Vm, source: &str) -> Res<()> {
    let body = vm.compile(source.as_bytes(), b"test.py", Mode::File, vm.main())?;
    vm.run_body(body, vm.main())
}

/// What `source` prints, if it ends well.
fn output(source: &str) -> String {
    let (vm, clock) = new();
    vm.enter(|vm| run(vm, source)).expect("it ends well");
    String::from_utf8(clock.0.output.take()).expect("programs print text")
}

/// Whether `source` is ended by `budget`, and what it printed.
fn ends(source: &str, budget: Budget) -> (bool, String) {
    let (vm, clock) = new();
    vm.set_budget(budget).expect("the host has a clock");
    let ended = vm.enter(|vm| match run(vm, source) {
        Ok(()) => false,
        Err(raised) => {
            let exception = vm.take_exception(raised);
            vm.is_abort(exception)
        }
    });
    (ended, String::from_utf8(clock.0.output.take()).expect("programs print text"))
}

const ENDLESS: [&str; 6] = [
    "while True: pass",
    "def f():\n while True:\n  try: f()\n  except: pass\nf()",
    "while True:\n try:\n  while True: pass\n except BaseException: print('seen')\n finally: print('seen')",
    "class C:\n def __enter__(self): pass\n def __exit__(self, *args): print('seen'); return True\nwhile True:\n with C():\n  while True: pass",
    "def g():\n while True:\n  try: yield\n  except: print('seen')\nfor x in g(): pass",
    "class I:\n def __iter__(self): return self\n def __next__(self): return 1\nsorted(I(), key=lambda x: x)",
];

#[test]
fn no_handler_sees_that_the_instructions_are_used_up() {
    for source in ENDLESS {
        let budget = Budget { instructions: Some(20_000), ..Budget::default() };
        assert_eq!(ends(source, budget), (true, String::new()), "{source}");
    }
}

#[test]
fn nor_that_the_time_is() {
    for source in ENDLESS {
        let budget = Budget { time: Some(Duration::from_millis(20)), ..Budget::default() };
        assert_eq!(ends(source, budget), (true, String::new()), "{source}");
    }
}

/// What a built-in never comes to the end of, though nothing of it is bytecode.
const ENDLESS_ITEMS: [&str; 24] = [
    "sum(E(int))",
    "sum(range(1 << 60))",
    "max(E(int))",
    "min(range(1 << 60))",
    "any(E(int))",
    "all(E(object))",
    "1 in E(int)",
    "list(E(int))",
    "tuple(E(int))",
    "set(E(int))",
    "sorted(E(int))",
    "bytes(E(int))",
    "bytearray().extend(E(int))",
    "[].extend(E(int))",
    "''.join(E(str))",
    "b''.join(E(bytes))",
    "dict(zip(E(int), E(int)))",
    "[1].index(sum(E(int)))",
    "print(*E(int))",
    "first, *rest = E(int)",
    "any(map(bool, E(int)))",
    "next(filter(None, E(int)))",
    "sum(x for x in filter(None, E(int)))",
    "import collections\ncollections.deque(E(int), 3)",
];

/// `E(make)` is an iterator whose items a built-in makes.
const ITERATOR: &str = "def E(make):
 class I:
  def __iter__(self): return self
  __next__ = staticmethod(make)
 return I()
";

#[test]
fn built_ins_that_take_items_without_end_are_ended() {
    let budgets = [
        Budget { instructions: Some(20_000), ..Budget::default() },
        Budget { time: Some(Duration::from_millis(20)), ..Budget::default() },
    ];
    for source in ENDLESS_ITEMS {
        for budget in budgets {
            let source =
                format!("{ITERATOR}try:\n {}\nexcept BaseException: print('seen')", source.replace('\n', "\n "));
            assert_eq!(ends(&source, budget), (true, String::new()), "{source}");
        }
        let (vm, clock) = new();
        vm.enter(|vm| {
            clock.0.interrupted.set(true);
            let raised = run(vm, &format!("{ITERATOR}{source}")).expect_err("it is interrupted");
            let exception = vm.take_exception(raised);
            assert!(vm.matches(exception, &KEYBOARD_INTERRUPT), "{source}");
        });
    }
}

#[test]
fn instructions_are_counted_exactly() {
    let source = "x = 0\nfor i in range(10):\n x += i\nprint(x)";
    let needed = (0..).find(|n| !ends(source, Budget { instructions: Some(*n), ..Budget::default() }).0).expect("some");
    let (ended, printed) = ends(source, Budget { instructions: Some(needed - 1), ..Budget::default() });
    assert_eq!((ended, printed.as_str()), (true, "45\n"), "only the return is left");
    assert_eq!(ends(source, Budget { instructions: Some(needed), ..Budget::default() }), (false, "45\n".to_owned()));
}

#[test]
fn a_new_budget_lets_programs_run_again() {
    let (vm, clock) = new();
    vm.enter(|vm| {
        vm.set_budget(Budget { instructions: Some(1000), ..Budget::default() }).expect("the host has a clock");
        for _ in 0..2 {
            let raised = run(vm, "while True: pass").expect_err("it is ended");
            let exception = vm.take_exception(raised);
            assert!(vm.is_abort(exception));
        }
        vm.set_budget(Budget::default()).expect("the host has a clock");
        run(vm, "for i in range(5000): pass\nprint(i)")
    })
    .expect("it ends well");
    assert_eq!(clock.0.output.take(), b"4999\n");
}

#[test]
fn the_host_interrupts() {
    let (vm, clock) = new();
    clock.0.interrupted.set(true);
    vm.enter(|vm| {
        let raised = run(vm, "while True: pass").expect_err("it is interrupted");
        let exception = vm.take_exception(raised);
        assert!(vm.matches(exception, &KEYBOARD_INTERRUPT));
        clock.0.interrupted.set(true);
        run(vm, "try:\n while True: pass\nexcept KeyboardInterrupt: print('caught')")
    })
    .expect("it ends well");
    assert_eq!(clock.0.output.take(), b"caught\n");
}

/// Calculations with large ints that take long.
const LONG: [&str; 16] = [
    "x * x",
    "x * y",
    "(x << 4000000) // y",
    "(x << 4000000) % y",
    "7 ** n",
    "pow(3, x, y >> n)",
    "str(x)",
    "repr(y)",
    "'%d' % x",
    "f'{x}'",
    "'{:,}'.format(x)",
    "print(x)",
    "int('9' * n)",
    "int('z' * n, 36)",
    "a, b = 0, 1\nwhile True: a, b = b, a + b",
    "divmod(x << 4000000, y)",
];

/// Calculations that are short for their length.
const LONG_ONLY_IF_REPEATED: [&str; 17] = [
    "x + y",
    "x - y",
    "x & y",
    "x | -y",
    "x ^ y",
    "x << 7",
    "x >> 7",
    "-x",
    "~x",
    "abs(-x)",
    "x * 3",
    "x // 3",
    "x % 3",
    "x == same",
    "hex(x)",
    "int.from_bytes(b, 'little')",
    "x.to_bytes(500000, 'big')",
];

#[test]
fn long_calculations_are_ended() {
    let budgets = [
        Budget { instructions: Some(200_000), ..Budget::default() },
        Budget { time: Some(Duration::from_millis(20)), ..Budget::default() },
    ];
    let repeated = LONG_ONLY_IF_REPEATED.map(|source| format!("for i in range(100): {source}"));
    for source in LONG.iter().copied().chain(repeated.iter().map(String::as_str)) {
        let given = "n = 2000000\nx = (1 << 2 * n) - 1\ny = x // 5\nsame = x + 1 - 1\nb = bytes(n // 4)\n";
        let source = format!("{given}try:\n {}\nexcept BaseException: print('seen')", source.replace('\n', "\n "));
        for budget in budgets {
            assert_eq!(ends(&source, budget), (true, String::new()), "{source}");
        }
    }
}

#[test]
fn long_calculations_are_interrupted() {
    // Memory is asked for before time is spent, so that there has to be enough for each.
    let (vm, clock) = with_heap(16 << 20);
    vm.enter(|vm| {
        run(vm, "n = 2000000\nx = (1 << 2 * n) - 1\ny = x // 5").expect("it ends well");
        for source in LONG {
            clock.0.interrupted.set(true);
            let raised = run(vm, source).expect_err("it is interrupted");
            let exception = vm.take_exception(raised);
            assert!(vm.matches(exception, &KEYBOARD_INTERRUPT), "{source}");
        }
        run(vm, "assert y * 5 == x and (x + 1) >> 2 * n == 1").expect("operands are as before");
    });
}

#[test]
fn a_number_that_cannot_fit_takes_no_time() {
    let (vm, _) = new();
    vm.enter(|vm| {
        for source in ["7 ** n", "1 << n", "x ** x", "pow(-2, n)", "(1 << 60) ** n"] {
            vm.set_budget(Budget { instructions: Some(1000), ..Budget::default() }).expect("the host has a clock");
            let raised = run(vm, &format!("n = 10 ** 8\nx = 1 << 62\n{source}")).expect_err("it does not fit");
            let exception = vm.take_exception(raised);
            assert!(vm.matches(exception, &MEMORY_ERROR), "{source}: {:?}", vm.text(exception, Style::Exception));
        }
    });
}

#[test]
fn scheduled_calls_run_one_at_a_time_and_in_order() {
    let source = "
from micropython import schedule
done = []
def inner(n):
    done.append(n)
def outer(n):
    schedule(inner, n + 1)
    for i in range(5000): pass
    done.append(n)
schedule(outer, 1)
schedule(inner, 5)
while len(done) < 3: pass
print(done)
def fails(n): raise ValueError(n)
schedule(fails, 7)
for i in range(5000): pass
def fill(n):
    try:
        for i in range(9): schedule(inner, i)
    except RuntimeError as e: print(i, e)
schedule(fill, 0)
for i in range(5000): pass
print(done)
";
    let expected = "[1, 5, 2]\nTraceback (most recent call last):\n  File \"test.py\", line 14, in fails\nValueError: 7\n\
                    4 schedule queue full\n[1, 5, 2, 0, 1, 2, 3]\n";
    assert_eq!(output(source), expected);
}

#[test]
fn an_interrupt_can_be_scheduled() {
    let source = "
from micropython import kbd_intr, schedule
try:
    schedule(kbd_intr, None); schedule(kbd_intr, None)
    while True: pass
except KeyboardInterrupt: print('caught')
for n in range(5000): pass
def callback(arg):
    schedule(kbd_intr, None)
    for n in range(5000): pass
    print('called')
schedule(callback, None)
try:
    while True: pass
except KeyboardInterrupt: print('caught')
";
    assert_eq!(output(source), "caught\ncalled\ncaught\n");
}

/// What takes 2 ** 40 steps, or as good as endless, in one built-in: nothing of these is an iteration, and none of them
/// asks a program's own code.
const LONG_BUILT_INS: [&str; 22] = [
    "L = M = [1]\nfor i in range(40): L = [L, L]; M = [M, M]\nL == M",
    "L = M = [1]\nfor i in range(40): L = [L, L]; M = [M, M]\nL < M",
    "L = M = (1,)\nfor i in range(40): L = (L, L); M = (M, M)\nL == M",
    "L = (1,)\nfor i in range(40): L = (L, L)\nhash(L)",
    "L = {1: 1}; M = {1: 1}\nfor i in range(40): L = {1: L, 2: L}; M = {1: M, 2: M}\nL == M",
    "L = int\nfor i in range(40): L = (L, L)\nisinstance('', L)",
    "L = int\nfor i in range(40): L = (L, L)\nissubclass(str, L)",
    "L = [None] * 100000\nfor i in [0] * 10000: L.count(2.5)",
    "L = [None] * 100000\nfor i in [0] * 10000: 2.5 in L",
    "L = [None] * 100000; M = [None] * 100000\nfor i in [0] * 10000: L == M",
    "L = set(range(50000)); M = set(range(50000))\nfor i in [0] * 10000: L == M",
    "L = dict.fromkeys(range(30000)); M = dict(L)\nfor i in [0] * 10000: L == M",
    "s = 'a' * 1000000\nfor i in [0] * 10000: s.find('ab')",
    "s = 'a' * 1000000\nfor i in [0] * 10000: s.replace('b', 'c')",
    "s = 'a' * 1000000\nfor i in [0] * 10000: s.upper()",
    "s = 'a' * 1000000\nfor i in [0] * 10000: s.split('b')",
    "s = b'a' * 1000000; t = b'a' * 1000000\nfor i in [0] * 10000: memoryview(s) == t",
    "s = b'a' * 1000000\nfor i in [0] * 10000: s.decode()",
    "s = b'a' * 1000000\nfor i in [0] * 10000: int.from_bytes(s, 'little')",
    "L = list(range(50000))\nfor i in [0] * 10000: L.sort(reverse=i)",
    "import gc\nL = [[] for i in range(50000)]\nfor i in [0] * 10000: gc.collect()",
    "d = {}\nfor i in range(20000): d[i << 70] = 1",
];

#[test]
fn built_ins_count_their_work() {
    for source in LONG_BUILT_INS {
        for budget in [
            Budget { instructions: Some(500_000), ..Budget::default() },
            Budget { time: Some(Duration::from_millis(500)), ..Budget::default() },
        ] {
            assert_eq!(ends(source, budget), (true, String::new()), "{source}");
        }
    }
}

#[test]
fn a_budget_of_time_needs_a_clock() {
    let heap = Heap::growing(&GlobalRegions, 1 << 20);
    let vm = new_vm(heap, Box::new(Silent), Limits::default()).expect("the heap has room");
    let budget = Budget { time: Some(Duration::from_secs(1)), ..Budget::default() };
    assert_eq!(vm.set_budget(budget), Err(NoClock));
    vm.enter(|vm| {
        assert!(vm.sleep(Duration::ZERO).is_ok());
        let raised = vm.sleep(Duration::from_secs(1_000_000_000)).expect_err("the time would not pass");
        let exception = vm.take_exception(raised);
        assert!(vm.matches(exception, &OS_ERROR));
    });
}

#[test]
fn sleep_on_a_clock_that_stands_still_counts() {
    struct Still;
    impl Host for Still {
        fn write_stdout(&self, _: &[u8]) {}

        fn monotonic(&self) -> Option<Duration> {
            Some(Duration::ZERO)
        }
    }
    let heap = Heap::growing(&GlobalRegions, 1 << 20);
    let vm = new_vm(heap, Box::new(Still), Limits::default()).expect("the heap has room");
    vm.set_budget(Budget { instructions: Some(10_000), ..Budget::default() }).expect("no time is limited");
    vm.enter(|vm| {
        let raised = vm.sleep(Duration::from_secs(1)).expect_err("it is ended");
        let exception = vm.take_exception(raised);
        assert!(vm.is_abort(exception));
    });
}
