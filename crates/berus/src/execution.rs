//! Programs that run in steps.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use berus_runtime::interpret::execution::{Answer, Execution as RawExecution, Step};
use berus_runtime::model::error::Res;
use berus_runtime::model::events::{Budget, Poll as _};
use berus_runtime::model::layout::{Dict as RawDict, Tuple as RawTuple};
use berus_runtime::model::object::Gc;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;

use crate::convert::{FromPython, Private, ToPython, Word};
use crate::error::{Error, Result};
use crate::foreign;
use crate::function::guarded;
use crate::python::Python;
use crate::value::Value;

/// The turns that a future of an execution has before it lets others of its thread run.
const TURNS: u32 = 16;

/// A program, or a call of one of its functions, that runs in steps: made by [`Python::start`] and
/// [`Function::start`](crate::Function::start).
///
/// Any number of executions of one interpreter run alternately. Each has the whole [budget](crate::Builder), of which
/// only its own steps take.
///
/// ```
/// use berus::{Interpreter, Progress};
///
/// let py = Interpreter::builder().endless().build()?;
/// py.run("count = 0")?;
/// let mut endless = py.start("while True: count += 1")?;
/// for _ in 0..10 {
///     assert!(matches!(endless.resume(&py, 1)?, Progress::Paused));
/// }
/// assert!(py.get::<i64>("count")? > 1000);
/// # Ok::<(), berus::Error>(())
/// ```
///
/// # Where an execution can pause
///
/// An execution pauses in code of the program, wherever nothing but the program's own functions, classes, generators and
/// coroutines (`asyncio`'s tasks, too) called one another. What a built-in calls (the `key` of `sorted`, a generator under
/// `list` or `next`, a module that is imported) runs to its end first, within the budget, and cannot wait for answers: a
/// function that waits raises `RuntimeError` there.
///
/// An execution that is dropped goes no further: its `finally` clauses do not run.
pub struct Execution(Value);

/// How far an [`Execution`] has come.
#[non_exhaustive]
pub enum Progress {
    /// The execution has had its turns, and can go on.
    Paused,
    /// The program has called an [external function](Python::external), and waits for the answer.
    Asked(Request),
    /// The program has called an [async function](Python::async_function) whose future is not ready.
    Pending,
    /// The execution has ended with this value; a program's is `None`.
    Done(Value),
}

/// A call of an [external function](Python::external) that waits for an [answer](Execution::answer).
#[derive(Clone)]
pub struct Request {
    function: String,
    arguments: Vec<Value>,
}

impl Request {
    pub(crate) fn new(function: String, arguments: Vec<Value>) -> Request {
        Request { function, arguments }
    }

    /// The function's name.
    pub fn function(&self) -> &str {
        &self.function
    }

    /// The arguments, one for each parameter.
    pub fn arguments(&self) -> &[Value] {
        &self.arguments
    }

    /// The arguments as a tuple of what they [become](FromPython).
    ///
    /// # Errors
    /// `TypeError` if they are none.
    pub fn get<T: crate::HostArguments>(&self, py: &Python) -> Result<T> {
        py.within(|_| {
            let words = self.arguments.iter().map(|argument| py.word(argument).map(Some));
            // The handles keep the values.
            T::from_slots(&words.collect::<Result<Vec<_>>>()?, py, Private(()))
        })
    }
}

/// Makes a value of what a future has computed.
pub(crate) type Computed = alloc::boxed::Box<dyn FnOnce(&Python) -> Result<Word> + Send>;

/// What an execution waits for.
pub(crate) enum Wait {
    Answer(Request),
    Future(Pin<alloc::boxed::Box<dyn Future<Output = Computed> + Send>>),
}

/// An execution, as its interpreter has it.
pub(crate) struct Running {
    raw: RawExecution,
    /// What is left of the budget.
    budget: Cell<Budget>,
    wait: RefCell<Option<Wait>>,
    answer: RefCell<Option<Result<Value>>>,
}

impl Running {
    pub fn raw(&self) -> &RawExecution {
        &self.raw
    }
}

/// What an execution goes on with.
enum Next {
    Answer(Option<Result<Value>>),
    /// Nothing: the execution still waits.
    Wait(Progress),
}

/// An execution of a call of `function` with `args`; `locals` are the variables of the module whose body is called.
pub(crate) fn start(vm: &Vm, function: Obj, args: &[Obj], locals: Option<Gc<RawDict>>) -> Res<Execution> {
    let py = Python::of(vm);
    let running = Running {
        raw: RawExecution::new(vm, function, args, locals)?,
        budget: Cell::new(py.state().budget),
        wait: RefCell::default(),
        answer: RefCell::default(),
    };
    let object = foreign::new(vm, Rc::new(running))?;
    Ok(Execution(py.root(object)))
}

/// As [`start`], with the arguments in a tuple.
pub(crate) fn start_with(vm: &Vm, function: Obj, Word(args): Word) -> Res<Execution> {
    match args.downcast::<RawTuple>() {
        Some(args) => start(vm, function, args.items(), None),
        None => start(vm, function, &[], None),
    }
}

impl Execution {
    fn running(&self, py: &Python) -> Result<Rc<Running>> {
        py.within(|vm| {
            let found = foreign::get(vm, py.word(&self.0)?);
            found.ok_or_else(|| Error::new("RuntimeError", "the execution is not one of this interpreter"))
        })
    }

    /// Lets the execution go on for about `turns` turns, each a thousand calls and loops, or built-ins' work of that
    /// time (some ten microseconds on a PC).
    ///
    /// An async function that the program waits for is asked whether it is ready; nobody is woken when it is. Executions
    /// that call such functions are better driven by [`Execution::finish`].
    ///
    /// # Errors
    /// What the program raises, which ends the execution; `RuntimeError` if it has ended before or runs already.
    pub fn resume(&mut self, py: &Python, turns: u32) -> Result<Progress> {
        self.advance(py, &mut Context::from_waker(Waker::noop()), turns)
    }

    /// Answers the call that the execution waits for, with which the program goes on at the next [`Execution::resume`].
    ///
    /// ```
    /// use berus::{Interpreter, Progress};
    ///
    /// let py = Interpreter::new()?;
    /// py.external("ask(question, default='nobody')")?;
    /// let mut execution = py.start("name = ask('who?')\ngreeting = 'hello ' + name")?;
    /// let Progress::Asked(request) = execution.resume(&py, 100)? else { panic!() };
    /// assert_eq!(request.function(), "ask");
    /// assert_eq!(request.get::<(String, String)>(&py)?, ("who?".into(), "nobody".into()));
    /// execution.answer(&py, "you")?;
    /// assert!(matches!(execution.resume(&py, 100)?, Progress::Done(_)));
    /// assert_eq!(py.get::<String>("greeting")?, "hello you");
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// `RuntimeError` if no call waits for an answer, and what converting the value raises.
    pub fn answer(&mut self, py: &Python, value: impl ToPython) -> Result {
        let running = self.asking(py)?;
        let value = value.to_python(py)?;
        // A value of another interpreter is refused here, where the call still waits.
        py.word(&value)?;
        running.answer.replace(Some(Ok(value)));
        Ok(())
    }

    /// Has the call that the execution waits for raise `error`.
    ///
    /// # Errors
    /// `RuntimeError` if no call waits for an answer.
    pub fn fail(&mut self, py: &Python, error: Error) -> Result {
        self.asking(py)?.answer.replace(Some(Err(error)));
        Ok(())
    }

    fn asking(&self, py: &Python) -> Result<Rc<Running>> {
        let running = self.running(py)?;
        let is_asking = matches!(*running.wait.borrow(), Some(Wait::Answer(_)));
        if is_asking { Ok(running) } else { Err(Error::new("RuntimeError", "no call waits for an answer")) }
    }

    /// Whether the execution has returned or raised an exception.
    ///
    /// # Errors
    /// An error if the execution is one of another interpreter.
    pub fn is_ended(&self, py: &Python) -> Result<bool> {
        Ok(self.running(py)?.raw.is_ended())
    }

    /// The value with which the execution ends, as a future: it lets others run every so often, and while it waits for
    /// an [async function](Python::async_function). For executors that move futures from thread to thread there is
    /// [`Interpreter::finish`](crate::Interpreter::finish).
    ///
    /// # Errors
    /// What the program raises; `RuntimeError` if it calls an external function, whose call nobody answers, and
    /// `TypeError` if its value is no `T`.
    pub async fn finish<T: FromPython>(mut self, py: &Python) -> Result<T> {
        poll_fn(|context| self.poll(py, context)).await
    }

    /// The value with which the execution ends, once it has: as [`Execution::finish`].
    ///
    /// # Errors
    /// As [`Execution::finish`].
    pub fn poll<T: FromPython>(&mut self, py: &Python, context: &mut Context<'_>) -> Poll<Result<T>> {
        match self.advance(py, context, TURNS) {
            Ok(Progress::Done(value)) => Poll::Ready(value.to(py)),
            Ok(Progress::Pending) => Poll::Pending,
            Ok(Progress::Paused) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ok(Progress::Asked(request)) => {
                let message = alloc::format!("nobody answers calls of '{}'", request.function());
                Poll::Ready(Err(Error::new("RuntimeError", message)))
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn advance(&mut self, py: &Python, context: &mut Context<'_>, turns: u32) -> Result<Progress> {
        let running = self.running(py)?;
        // A program may call one function that is ready after another.
        for _ in 0..turns.max(1) {
            let answer = match next(py, &running, context) {
                Next::Answer(answer) => answer,
                Next::Wait(progress) => return Ok(progress),
            };
            if let Some(progress) = go_on(py, &running, answer, turns)? {
                return Ok(progress);
            }
        }
        Ok(match next(py, &running, context) {
            Next::Wait(progress) => progress,
            Next::Answer(answer) => {
                running.answer.replace(answer);
                Progress::Paused
            }
        })
    }
}

/// What `running` goes on with, which is not waited for any more.
fn next(py: &Python, running: &Running, context: &mut Context<'_>) -> Next {
    if let Some(answer) = running.answer.take() {
        running.wait.take();
        return Next::Answer(Some(answer));
    }
    match running.wait.take() {
        None => Next::Answer(None),
        Some(Wait::Answer(request)) => {
            running.wait.replace(Some(Wait::Answer(request.clone())));
            Next::Wait(Progress::Asked(request))
        }
        Some(Wait::Future(mut future)) => {
            // What the program gets if the future panics.
            running.answer.replace(Some(Err(Error::new("RuntimeError", "async function panicked"))));
            let polled = future.as_mut().poll(context);
            running.answer.take();
            match polled {
                Poll::Pending => {
                    running.wait.replace(Some(Wait::Future(future)));
                    Next::Wait(Progress::Pending)
                }
                Poll::Ready(computed) => {
                    let value = py.within(|vm| Ok(py.root(guarded(vm, || computed(py))?.0)));
                    Next::Answer(Some(value))
                }
            }
        }
    }
}

/// Lets `running` go on until it pauses, ends, or waits: then `None`.
fn go_on(py: &Python, running: &Running, answer: Option<Result<Value>>, turns: u32) -> Result<Option<Progress>> {
    let is_outermost = !py.is_entered();
    py.within_budget(running.budget.get(), |vm| {
        let answer = match answer {
            None => Answer::Nothing,
            Some(Ok(value)) => Answer::Value(py.word(&value)?),
            Some(Err(error)) => Answer::Exception(vm.take_exception(error.raise(vm))),
        };
        let step = running.raw.go_on(vm, answer, turns);
        let wait = py.state().wait.take();
        if is_outermost {
            running.budget.set(vm.budget_left());
        }
        match step.map_err(|raised| Error::of_raised(vm, raised))? {
            Step::Ended(value) => Ok(Some(Progress::Done(py.root(value)))),
            Step::Paused => Ok(Some(Progress::Paused)),
            Step::Waiting => {
                running.wait.replace(wait);
                Ok(None)
            }
        }
    })
}
