//! Functions of Rust's that programs call.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::error::Error as StdError;
use core::fmt;

use berus_runtime::interpret::execution;
use berus_runtime::model::args::Args;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::layout::{Dict as RawDict, Tuple as RawTuple};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::{Obj, Slot};
use berus_runtime::ops::call::Call;
use berus_runtime::qstr::Qstr;

use crate::convert::{Arguments, FromPython, Private, ToPython, Word};
use crate::error::{Error, Result};
use crate::execution::{Computed, Execution, Request, Wait, start_with};
use crate::foreign;
use crate::python::Python;
use crate::signature::{Kind, Signature, wrong_count};
use crate::value::{Value, kind};

/// The most parameters of a host function: eight, and the object that a method is called on.
const MAX: usize = 9;

kind! {
    /// A function, Python's or Rust's: anything that can be called.
    ///
    /// [`Python::function`] and [`Module::function`](crate::Module::function) make functions of Rust closures. The
    /// *signature* is the function's name and its parameters, as Python has them: `"price(item, count=1, *, rate=0.0)"`.
    /// Defaults are expressions. `*items` takes the arguments left, as a tuple, and `**options` the keywords left, as a dict.
    /// A name alone leaves the parameters without names.
    ///
    /// The closure is given the interpreter, and a tuple of what the arguments [become](FromPython), up to eight. It answers
    /// what [becomes](ToPython) a value of Python's, or a `Result` of that: an [`Error`] is raised as the exception that it
    /// is, and any other error as a `RuntimeError`, out of which [`Error::downcast_ref`] gets it again.
    ///
    /// A closure that panics ends in a `RuntimeError`, where there is a standard library.
    Function, |vm, object| vm.is_callable(object), "callable"
}

impl Function {
    /// An execution of a call in steps; nothing runs yet.
    ///
    /// ```
    /// use berus::{Function, Interpreter, Progress};
    ///
    /// let py = Interpreter::new()?;
    /// py.run("def area(width, height): return width * height")?;
    /// let mut call = py.get::<Function>("area")?.start(&py, (2, 3))?;
    /// let Progress::Done(area) = call.resume(&py, 100)? else { panic!() };
    /// assert_eq!(area.to::<i64>(&py)?, 6);
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// `MemoryError`, and what converting the arguments raises.
    pub fn start(&self, py: &Python, args: impl Arguments) -> Result<Execution> {
        py.within(|vm| {
            let args = args.tuple(py, Private(()))?;
            start_with(vm, py.word(&self.0)?, args).map_err(|raised| Error::of_raised(vm, raised))
        })
    }
}

/// What a host function is given: a tuple of up to eight values that [come](FromPython) from Python.
pub trait HostArguments: Sized {
    /// How many parameters there are.
    #[doc(hidden)]
    const COUNT: usize;

    #[doc(hidden)]
    fn from_slots(slots: &[Slot], py: &Python, _: Private) -> Result<Self>;
}

macro_rules! arguments {
    ($($name:ident $index:literal)*) => {
        impl<$($name: FromPython),*> HostArguments for ($($name,)*) {
            const COUNT: usize = [$($index),*].len();

            #[allow(unused_variables)]
            fn from_slots(slots: &[Slot], py: &Python, private: Private) -> Result<Self> {
                Ok(($($name::from_word(Word(slots[$index].unwrap_or(Obj::NONE)), py, private)?,)*))
            }
        }
    };
}

impl HostArguments for () {
    const COUNT: usize = 0;

    fn from_slots(_: &[Slot], _: &Python, _: Private) -> Result<Self> {
        Ok(())
    }
}

arguments!(A 0);
arguments!(A 0 B 1);
arguments!(A 0 B 1 C 2);
arguments!(A 0 B 1 C 2 D 3);
arguments!(A 0 B 1 C 2 D 3 E 4);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
arguments!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);

/// What a host function answers: a value that [becomes](ToPython) Python's, or a `Result` of one.
pub trait HostResult {
    #[doc(hidden)]
    fn into_word(self, py: &Python, _: Private) -> Result<Word>;
}

impl<T: ToPython> HostResult for T {
    fn into_word(self, py: &Python, private: Private) -> Result<Word> {
        self.to_word(py, private)
    }
}

impl<T: ToPython, E: Into<Box<dyn StdError + Send + Sync>>> HostResult for core::result::Result<T, E> {
    fn into_word(self, py: &Python, private: Private) -> Result<Word> {
        self.map_err(|error| Error::of_host(error.into()))?.to_word(py, private)
    }
}

/// A closure that is given the arguments.
type Closure<R> = Box<dyn Fn(&Python, &[Slot]) -> Result<R>>;

/// What a host function does.
enum Body {
    /// Answers at once.
    Plain(Closure<Word>),
    /// Says what the execution that calls the function has to wait for.
    Waiting(Closure<Wait>),
}

/// A function of Rust's.
pub(crate) struct HostFunction {
    name: Qstr,
    parameters: Vec<Bound>,
    /// Whether each parameter takes one argument by its place.
    is_plain: bool,
    body: Body,
}

/// A parameter of a function in some interpreter.
struct Bound {
    name: Qstr,
    kind: Kind,
    default: Option<Value>,
}

/// Makes a function of `function`: its name, and the function.
///
/// # Errors
/// As [`Python::function`].
pub(crate) fn make<A, R, F>(py: &Python, signature: &str, function: F) -> Result<(String, Function)>
where
    A: HostArguments,
    R: HostResult,
    F: Fn(&Python, A) -> R + Send + 'static,
{
    let (name, parameters) = bind(py, signature, A::COUNT)?;
    let body = move |py: &Python, slots: &[Slot]| {
        function(py, A::from_slots(slots, py, Private(()))?).into_word(py, Private(()))
    };
    add(py, name, parameters, Body::Plain(Box::new(body)))
}

/// Makes a function whose calls the host answers: its name, and the function.
///
/// # Errors
/// As [`Python::external`].
pub(crate) fn make_external(py: &Python, signature: &str) -> Result<(String, Function)> {
    let count = Signature::parse(signature)?.parameters.map_or(0, |parameters| parameters.len());
    if count > MAX {
        return Err(Error::value_error(alloc::format!("`{signature}` has more than {MAX} parameters")));
    }
    let (name, parameters) = bind(py, signature, count)?;
    let function = name.clone();
    let body = move |py: &Python, slots: &[Slot]| {
        let arguments = slots.iter().map(|slot| py.root(slot.unwrap_or(Obj::NONE))).collect();
        Ok(Wait::Answer(Request::new(function.clone(), arguments)))
    };
    add(py, name, parameters, Body::Waiting(Box::new(body)))
}

/// Makes a function of `function`, which answers a future: its name, and the function.
///
/// # Errors
/// As [`Python::async_function`].
pub(crate) fn make_async<A, R, F, O>(py: &Python, signature: &str, function: F) -> Result<(String, Function)>
where
    A: HostArguments,
    R: HostResult + Send + 'static,
    F: Fn(A) -> O + Send + 'static,
    O: Future<Output = R> + Send + 'static,
{
    let (name, parameters) = bind(py, signature, A::COUNT)?;
    let body = move |py: &Python, slots: &[Slot]| {
        let future = function(A::from_slots(slots, py, Private(()))?);
        let computed = async move {
            let result = future.await;
            let computed: Computed = Box::new(move |py| result.into_word(py, Private(())));
            computed
        };
        Ok(Wait::Future(Box::pin(computed)))
    };
    add(py, name, parameters, Body::Waiting(Box::new(body)))
}

/// Makes a method of `method`, which is given the object that the method is called on.
///
/// # Errors
/// As [`Python::function`].
pub(crate) fn make_method<A, F>(py: &Python, signature: &str, method: F) -> Result<(String, Function)>
where
    A: HostArguments,
    F: Fn(&Python, Obj, A) -> Result<Word> + Send + 'static,
{
    let (name, mut parameters) = bind(py, signature, A::COUNT)?;
    parameters.insert(0, Bound { name: Qstr::NULL, kind: Kind::Plain, default: None });
    let body = move |py: &Python, slots: &[Slot]| match slots {
        [this, slots @ ..] => method(py, this.unwrap_or(Obj::NONE), A::from_slots(slots, py, Private(()))?),
        [] => Ok(Word(Obj::NONE)),
    };
    add(py, name, parameters, Body::Plain(Box::new(body)))
}

fn add(py: &Python, name: String, parameters: Vec<Bound>, body: Body) -> Result<(String, Function)> {
    py.raising(|vm| {
        let is_plain = parameters.iter().all(|parameter| parameter.kind == Kind::Plain);
        let function = HostFunction { name: vm.intern(name.as_bytes())?, parameters, is_plain, body };
        Ok((name, Function(py.root(foreign::new(vm, Rc::new(function))?))))
    })
}

/// The name and the `count` parameters of a signature.
fn bind(py: &Python, signature: &str, count: usize) -> Result<(String, Vec<Bound>)> {
    let Signature { name, parameters } = Signature::parse(signature)?;
    let mut bound = Vec::new();
    for parameter in parameters.iter().flatten() {
        let default = parameter.default.as_deref().map(|default| py.eval::<Value>(default)).transpose()?;
        let name = py.raising(|vm| vm.intern(parameter.name.as_bytes()))?;
        bound.push(Bound { name, kind: parameter.kind, default });
    }
    if parameters.is_none() {
        bound.extend((0..count).map(|_| Bound { name: Qstr::NULL, kind: Kind::Plain, default: None }));
    }
    if bound.len() == count { Ok((name, bound)) } else { Err(wrong_count(signature, bound.len(), count)) }
}

impl HostFunction {
    /// Calls the function, for which `this` stands in Python.
    pub fn call(&self, vm: &Vm, this: Obj, args: Args<'_>) -> Res {
        let mut slots = [None; MAX];
        self.bind(vm, args, &mut slots)?;
        let slots = &slots[..self.parameters.len()];
        let py = Python::of(vm);
        let _apart = py.state().bound.apart();
        let result = match &self.body {
            Body::Plain(body) => guarded(vm, || body(py, slots)),
            Body::Waiting(body) => {
                execution::check_wait(vm)?;
                match guarded(vm, || body(py, slots)) {
                    Ok(wait) => {
                        py.state().wait.replace(Some(wait));
                        return Err(execution::wait(vm, this));
                    }
                    Err(error) => Err(error),
                }
            }
        };
        match result {
            Ok(Word(result)) => Ok(result),
            Err(error) => Err(error.raise(vm)),
        }
    }

    /// Gives each parameter its argument or default.
    fn bind(&self, vm: &Vm, args: Args<'_>, slots: &mut [Slot; MAX]) -> Res<()> {
        let positional = args.pos();
        if self.is_plain && args.n_kw() == 0 && positional.len() == self.parameters.len() {
            slots.iter_mut().zip(positional).for_each(|(slot, argument)| *slot = Some(*argument));
            return Ok(());
        }
        let places = self.parameters.iter().take_while(|parameter| parameter.kind == Kind::Plain).count();
        for (slot, argument) in slots.iter_mut().zip(&positional[..positional.len().min(places)]) {
            *slot = Some(*argument);
        }
        let mut rest = &positional[positional.len().min(places)..];
        for (parameter, slot) in self.parameters.iter().zip(&mut *slots) {
            match parameter.kind {
                Kind::Items => *slot = Some(RawTuple::new(vm, core::mem::take(&mut rest))?.obj()),
                Kind::Options => *slot = Some(RawDict::new(vm)?.obj()),
                Kind::Plain | Kind::Keyword => {}
            }
        }
        if !rest.is_empty() {
            let given = positional.len();
            let problem = format_args!("takes {places} positional arguments but {given} were given");
            return Err(self.does_not_fit(vm, problem));
        }
        for (name, value) in args.kw() {
            self.bind_keyword(vm, name, value, slots)?;
        }
        for (parameter, slot) in self.parameters.iter().zip(slots) {
            if slot.is_some() {
                continue;
            }
            let default = parameter.default.as_ref().and_then(|default| Python::of(vm).word(default).ok());
            let Some(default) = default else {
                let name = spelled(vm, parameter.name);
                return Err(self.does_not_fit(vm, format_args!("missing required argument '{name}'")));
            };
            *slot = Some(default);
        }
        Ok(())
    }

    fn bind_keyword(&self, vm: &Vm, name: Obj, value: Obj, slots: &mut [Slot; MAX]) -> Res<()> {
        let takes = |parameter: &Bound| {
            matches!(parameter.kind, Kind::Plain | Kind::Keyword) && name.as_qstr() == Some(parameter.name)
        };
        if let Some(at) = self.parameters.iter().position(takes) {
            if slots[at].replace(value).is_some() {
                let name = spelled(vm, self.parameters[at].name);
                return Err(self.does_not_fit(vm, format_args!("got multiple values for argument '{name}'")));
            }
            return Ok(());
        }
        let options = self.parameters.iter().position(|parameter| parameter.kind == Kind::Options);
        match options.and_then(|at| slots[at]?.downcast::<RawDict>()) {
            Some(options) => options.map.store(vm, name, value),
            None => {
                let name = name.as_qstr().map(|name| spelled(vm, name)).unwrap_or_default();
                Err(self.does_not_fit(vm, format_args!("got an unexpected keyword argument '{name}'")))
            }
        }
    }

    /// The error for arguments that do not fit the parameters.
    fn does_not_fit(&self, vm: &Vm, problem: fmt::Arguments<'_>) -> Raised {
        vm.type_error(format_args!("{}() {problem}", spelled(vm, self.name)))
    }
}

fn spelled(vm: &Vm, name: Qstr) -> Cow<'_, str> {
    String::from_utf8_lossy(vm.spelling(name))
}

/// Runs the code of a host. A panic is an exception, unless it has come through the runtime.
///
/// # Panics
/// If the runtime has been abandoned meanwhile: there is nothing to go back to.
pub(crate) fn guarded<R>(vm: &Vm, run: impl FnOnce() -> Result<R>) -> Result<R> {
    let result = caught(run);
    assert!(!vm.is_abandoned(), "a panic has left the interpreter that called a host function");
    result
}

#[cfg(feature = "std")]
fn caught<R>(run: impl FnOnce() -> Result<R>) -> Result<R> {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
        Err(Error::new("RuntimeError", alloc::format!("host function panicked: {}", said.unwrap_or("no message"))))
    })
}

#[cfg(not(feature = "std"))]
fn caught<R>(run: impl FnOnce() -> Result<R>) -> Result<R> {
    run()
}
