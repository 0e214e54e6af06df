//! Programs that run in steps, wait for answers, and are futures.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use berus::{Error, Execution, Function, Interpreter, Limit, Output, Progress, Task, Value};

/// An interpreter, what it prints, and the external function `ask(question)`.
fn asking() -> (Interpreter, Output) {
    let output = Output::new();
    let py = Interpreter::builder().output(output.clone()).build().unwrap();
    py.external("ask(question)").unwrap();
    (py, output)
}

/// Runs an execution to its end; each question is answered by itself in capitals, or fails if it is `fail`.
fn answered(py: &Interpreter, mut execution: Execution) -> Result<Value, Error> {
    loop {
        match execution.resume(py, 1)? {
            Progress::Done(value) => return Ok(value),
            Progress::Asked(request) => {
                let (question,): (String,) = request.get(py)?;
                match &*question {
                    "fail" => execution.fail(py, Error::value_error("no answer"))?,
                    _ => execution.answer(py, question.to_uppercase())?,
                }
                py.collect_garbage();
            }
            _ => {}
        }
    }
}

#[test]
fn answers_come_to_the_call_that_waits() {
    let (py, output) = asking();
    let shop = py.new_module("shop").unwrap();
    shop.external(&py, "ask(question)").unwrap();
    let program = "
import shop
print(ask('plain'), shop.ask('of a module'), ask(question='by keyword'))
print(ask(*['star']), shop.ask(**{'question': 'stars'}))
print([ask(word) + '!' for word in ('one', 'two')], {ask('key'): ask('value')}, f'<{ask(\"f\")}>')

def deep(level):
    return ask('deep') if level == 0 else '%d' % level + deep(level - 1)
print(deep(20))

def generated():
    yield ask('first')
    try:
        yield ask('second')
    finally:
        print('finally', ask('last'))
for word in generated():
    print(word)

class Person:
    asks = ask
    def __init__(self, name):
        self.name = ask(name)
    def __enter__(self):
        return self
    def __exit__(self, *exception):
        pass
person = Person('mine')
print(person.name, Person.asks('of a class'))

try:
    ask('fail')
except ValueError as error:
    print('failed:', error, ask('handling'))
finally:
    print(ask('finally'))
1 + (ask('x') and 2 + len(ask('y')) * len(ask('zz')))
";
    let value = answered(&py, py.start(program).unwrap()).unwrap();
    assert_eq!(value.repr(&py).unwrap(), "None");
    let expected = "PLAIN OF A MODULE BY KEYWORD
STAR STARS
['ONE!', 'TWO!'] {'KEY': 'VALUE'} <F>
2019181716151413121110987654321DEEP
FIRST
SECOND
finally LAST
MINE OF A CLASS
failed: no answer HANDLING
FINALLY
";
    assert_eq!(output.text(), expected);
}

#[test]
fn coroutines_and_generators_that_generators_wait_for_can_wait() {
    let (py, output) = asking();
    let program = "
import asyncio
async def one(name):
    await asyncio.sleep(0)
    return ask(name)
async def all():
    print(await one('first'))
    print(await asyncio.gather(one('a'), one('b')))
    try:
        return await one('fail')
    except ValueError as error:
        return str(error)
print(asyncio.run(all()))

def inner():
    try:
        got = yield ask('inner')
        print('got', got, ask('again'))
    finally:
        print('left')
    return ask('returned')
def outer():
    print((yield from inner()))
    yield from inner()
generator = outer()
print(generator.send(None), generator.send('sent'))
generator.close()
def ends():
    yield ask('only')
generator = ends()
generator.send(None)
try:
    generator.send(None)
except StopIteration as stop:
    print('stop', stop.value)
";
    answered(&py, py.start(program).unwrap()).unwrap();
    let expected = "FIRST
['A', 'B']
no answer
got sent AGAIN
left
RETURNED
INNER INNER
left
stop None
";
    assert_eq!(output.text(), expected);
}

#[test]
fn what_a_built_in_calls_cannot_wait() {
    let (py, output) = asking();
    let program = "
def refused(function):
    try:
        print('not refused:', function())
    except RuntimeError as error:
        print(error)
class Odd:
    name = property(lambda self: ask('property'))
    plain = property(ask)
    def __add__(self, other):
        return ask('operator')
    __getitem__ = lambda self, key: ask(key)
    __len__ = lambda self: len(ask('len'))
def generator():
    yield ask('generator')
refused(lambda: sorted(['a', 'b'], key=ask))
refused(lambda: list(map(ask, 'ab')))
refused(lambda: [x for x in map(ask, 'ab')])
refused(lambda: Odd().name)
refused(lambda: Odd().plain)
refused(lambda: (ask, 1)[0] and Odd().plain)
refused(lambda: Odd() + 1)
refused(lambda: Odd()['key'])
refused(lambda: len(Odd()))
refused(lambda: list(generator()))
refused(lambda: next(generator()))
refused(lambda: exec('ask(1)'))
refused(lambda: max(1, 2, key=ask))
print(ask('works'))
";
    answered(&py, py.start(program).unwrap()).unwrap();
    let refusal = "only an execution can wait for this function, where nothing else calls it\n";
    let expected = refusal.repeat(13) + "WORKS\n";
    assert_eq!(output.text(), expected);
    // Nor can the host's own calls.
    let error = py.run("ask('now')").unwrap_err();
    assert_eq!((error.type_name(), error.message()), ("RuntimeError", refusal.trim_end()));
    let ask: Function = py.get("ask").unwrap();
    assert!(ask.start(&py, ("now",)).unwrap().resume(&py, 1).is_err());
}

#[test]
fn a_stale_function_on_the_stack_is_not_taken_for_the_call() {
    let (py, output) = asking();
    // The property's value would come to the place of `ask`, which is where the last call was.
    let program = "
class Odd:
    plain = property(ask)
def nothing():
    return None
def told(*items):
    return len(items)
try:
    told(1, nothing() or ask, Odd().plain)
except RuntimeError:
    print('refused')
";
    answered(&py, py.start(program).unwrap()).unwrap();
    assert_eq!(output.text(), "refused\n");
}

#[test]
fn executions_take_turns() {
    let (py, _) = asking();
    py.run("counts = [0] * 8\ndef count(n):\n while True: counts[n] += 1").unwrap();
    let count: Function = py.get("count").unwrap();
    let mut executions: Vec<Execution> = (0..8).map(|n| count.start(&py, (n,)).unwrap()).collect();
    for _ in 0..50 {
        for execution in &mut executions {
            assert!(matches!(execution.resume(&py, 2), Ok(Progress::Paused)));
        }
        py.collect_garbage();
    }
    let counts: Vec<u64> = py.get("counts").unwrap();
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    assert!(*least > 10_000 && most - least < most / 10, "{counts:?}");
}

#[test]
fn each_execution_has_a_budget_of_its_own() {
    let py = Interpreter::builder().instructions(200_000).build().unwrap();
    let mut first = py.start("while True: pass").unwrap();
    let mut steps = 0;
    let error = loop {
        match first.resume(&py, 1) {
            Ok(_) => steps += 1,
            Err(error) => break error,
        }
        // What others do is not taken from the budget.
        py.run("for n in range(1000): pass").unwrap();
    };
    assert_eq!(error.limit(), Some(Limit::Instructions));
    assert!(steps > 10, "{steps}");
    assert!(first.is_ended(&py).unwrap());
    assert_eq!(first.resume(&py, 1).err().unwrap().message(), "execution has ended");
    // Work that built-ins do is taken, too, and pauses.
    let mut second = py.start("while True: sum(range(1000))").unwrap();
    assert!(matches!(second.resume(&py, 1), Ok(Progress::Paused)));
}

#[test]
fn errors_have_the_whole_traceback() {
    let (py, _) = asking();
    py.run("def inner():\n return ask('fail')\ndef outer():\n return inner()").unwrap();
    let execution = py.get::<Function>("outer").unwrap().start(&py, ()).unwrap();
    let error = answered(&py, execution).err().unwrap();
    let functions: Vec<&str> = error.frames().iter().map(|frame| &*frame.function).collect();
    assert_eq!((error.message(), functions), ("no answer", vec!["inner", "outer"]));
}

#[test]
fn misuse_is_an_error() {
    let (py, _) = asking();
    let (other, _) = asking();
    let mut execution = py.start("x = ask('y')").unwrap();
    assert!(execution.answer(&py, 1).is_err());
    assert!(execution.resume(&other, 1).is_err());
    assert!(matches!(execution.resume(&py, 1), Ok(Progress::Asked(_))));
    assert!(matches!(execution.resume(&py, 1), Ok(Progress::Asked(_))));
    assert!(execution.fail(&other, Error::value_error("")).is_err());
    execution.answer(&py, 1).unwrap();
    assert!(matches!(execution.resume(&py, 1), Ok(Progress::Done(_))));
    assert!(execution.resume(&py, 1).is_err());
    assert!(py.start("x =").is_err());
    assert!(py.external("ask(").is_err());
}

#[test]
fn an_execution_runs_another() {
    let (py, output) = asking();
    py.function("run(source)", |py, (source,): (String,)| -> Result<i64, Error> {
        let mut inner = py.start(&source)?;
        let mut pauses = 0;
        loop {
            match inner.resume(py, 1)? {
                Progress::Paused => pauses += 1,
                Progress::Asked(_) => inner.answer(py, "INNER")?,
                _ => return Ok(pauses),
            }
            py.collect_garbage();
        }
    })
    .unwrap();
    let program = "
for n in range(3):
    print(ask('outer'), run('''
for n in range(5000): pass
print(ask('x'), sorted([3, 1, 2]))
''') > 2)
";
    answered(&py, py.start(program).unwrap()).unwrap();
    assert_eq!(output.text(), "INNER [1, 2, 3]\nOUTER True\n".repeat(3));
}

#[test]
fn executions_that_are_dropped_give_their_memory_back() {
    let (py, _) = asking();
    let program = "data = [n for n in range(2000)]\nask('now')";
    let mut most = 0;
    for round in 0..200 {
        let variables = py.namespace().unwrap();
        variables.set(&py, "ask", py.get::<Value>("ask").unwrap()).unwrap();
        let mut execution = variables.start(&py, program).unwrap();
        while !matches!(execution.resume(&py, 4), Ok(Progress::Asked(_))) {}
        drop((execution, variables));
        if round % 20 == 0 {
            py.collect_garbage();
            py.collect_garbage();
            if round == 40 {
                most = py.memory_in_use();
            }
        }
    }
    py.collect_garbage();
    py.collect_garbage();
    assert!(py.memory_in_use() <= most + most / 4, "{} after {most}", py.memory_in_use());
}

/// A future that is ready when it is polled for the `n`-th time, and has itself woken.
struct After(usize);

impl Future for After {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.0.checked_sub(1) {
            None => Poll::Ready(()),
            Some(left) => {
                self.0 = left;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls a future only when it has been woken.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    let mut context = Context::from_waker(&waker);
    loop {
        let before = wakes.0.load(Ordering::Relaxed);
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        assert!(wakes.0.load(Ordering::Relaxed) > before, "nobody would poll this future again");
    }
}

#[test]
fn async_functions_are_awaited() {
    let py = Interpreter::new().unwrap();
    py.async_function("fetch(n, times=3)", |(n, times): (u32, usize)| async move {
        After(times).await;
        if n == 7 { Err("seven") } else { Ok(n * 2) }
    })
    .unwrap();
    py.run("def total(n):\n return sum([fetch(k, times=k % 3) for k in range(n)])").unwrap();
    let total: Function = py.get("total").unwrap();
    assert_eq!(block_on(total.start(&py, (6,)).unwrap().finish::<u32>(&py)).unwrap(), 30);
    let error = block_on(total.start(&py, (9,)).unwrap().finish::<u32>(&py)).unwrap_err();
    assert_eq!(error.message(), "seven");
    // A long computation lets others run.
    block_on(py.start("for n in range(100_000): pass").unwrap().finish::<()>(&py)).unwrap();
    // By hand, too.
    let mut by_hand = total.start(&py, (3,)).unwrap();
    let mut pending = 0;
    let value = loop {
        match by_hand.resume(&py, 10).unwrap() {
            Progress::Pending => pending += 1,
            Progress::Done(value) => break value.to::<u32>(&py).unwrap(),
            _ => {}
        }
    };
    assert_eq!((value, pending), (6, 3));
}

#[test]
fn futures_that_panic_end_in_an_exception() {
    struct Odd;
    impl berus::ToPython for Odd {
        fn to_python(self, _: &berus::Python) -> Result<Value, Error> {
            panic!("no value")
        }
    }
    let py = Interpreter::new().unwrap();
    py.async_function("panics()", |()| async { panic!("in the future") as i32 }).unwrap();
    py.async_function("odd()", |()| async { Odd }).unwrap();
    let mut execution = py.start("try: panics()\nexcept RuntimeError as error: said = str(error)").unwrap();
    let first = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| execution.resume(&py, 9).is_ok()));
    assert!(first.is_err());
    assert!(matches!(execution.resume(&py, 9), Ok(Progress::Done(_))));
    assert_eq!(py.get::<String>("said").unwrap(), "async function panicked");
    let error = py.start("odd()").unwrap().resume(&py, 9).err().unwrap();
    assert_eq!(error.message(), "host function panicked: no value");
    assert_eq!(py.eval::<i64>("1 + 1").unwrap(), 2);
}

#[test]
fn tasks_go_from_thread_to_thread() {
    let tasks: Vec<Task<u64>> = (0..16_u64)
        .map(|n| {
            let py = Interpreter::new().unwrap();
            py.async_function("later(n)", |(n,): (u64,)| async move {
                After(2).await;
                n + 1
            })
            .unwrap();
            py.run("def work(n):\n for _ in range(100): n = later(n)\n return n").unwrap();
            let execution = py.get::<Function>("work").unwrap().start(&py, (n,)).unwrap();
            py.finish(execution)
        })
        .collect();
    let workers: Vec<_> = tasks
        .into_iter()
        .map(|mut task| {
            std::thread::spawn(move || {
                // Half-way on this thread, and on another to the end.
                let mut context = Context::from_waker(Waker::noop());
                for _ in 0..50 {
                    assert!(Pin::new(&mut task).poll(&mut context).is_pending());
                }
                task
            })
        })
        .map(|first| first.join().unwrap())
        .map(|task| std::thread::spawn(move || block_on(task).1.unwrap()))
        .collect();
    let results: Vec<u64> = workers.into_iter().map(|worker| worker.join().unwrap()).collect();
    assert_eq!(results, (100..116).collect::<Vec<_>>());
}

/// An answer that cannot be one is refused, and the call still waits for another.
#[test]
fn values_of_other_interpreters_are_no_answers() {
    let (py, _) = asking();
    let other = Interpreter::new().unwrap();
    let mut execution = py.start("answer = ask('what?')").unwrap();
    assert!(matches!(execution.resume(&py, 1).unwrap(), Progress::Asked(_)));
    let foreign: Value = other.eval("[1]").unwrap();
    assert!(execution.answer(&py, &foreign).is_err());
    assert!(matches!(execution.resume(&py, 1).unwrap(), Progress::Asked(_)));
    execution.answer(&py, 5).unwrap();
    assert!(matches!(execution.resume(&py, 1).unwrap(), Progress::Done(_)));
    assert_eq!(py.get::<i64>("answer").unwrap(), 5);
}

/// A future that panics leaves the task with its interpreter: asked again, the task goes on with an exception.
#[test]
fn a_task_outlives_a_panic_of_what_it_waits_for() {
    let (py, _) = asking();
    py.async_function("fails()", |()| async {
        if true {
            panic!("in a future")
        }
    })
    .unwrap();
    let execution = py.start("try:\n    fails()\nexcept RuntimeError as e:\n    told = str(e)").unwrap();
    let mut task: Pin<Box<Task<()>>> = Box::pin(py.finish(execution));
    let mut context = Context::from_waker(Waker::noop());
    let poll = std::panic::AssertUnwindSafe(|| task.as_mut().poll(&mut context).is_ready());
    assert!(std::panic::catch_unwind(poll).is_err());
    let Poll::Ready((py, Ok(()))) = task.as_mut().poll(&mut context) else { panic!("the program ends") };
    assert_eq!(py.get::<String>("told").unwrap(), "async function panicked");
}
