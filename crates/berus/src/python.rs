//! An interpreter at work.

use alloc::boxed::Box;

use berus_compiler::Mode;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::{Budget, Poll};
use berus_runtime::model::importing::Import;
use berus_runtime::model::layout::{Dict as RawDict, Module as RawModule};
use berus_runtime::model::object::Gc;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;

use crate::class::Class;
use crate::convert::{Arguments, FromPython, Private, ToPython, Word};
use crate::error::{Error, Result};
use crate::execution::{self, Execution};
use crate::function::{self, HostArguments, HostResult};
use crate::module::Module;
use crate::namespace::Namespace;
use crate::program::Code;
use crate::source::Kind;
use crate::state::State;
use crate::value::Value;

/// An interpreter, as all that works with its values is given it: an [`Interpreter`](crate::Interpreter) is one by
/// itself, and a host function is called with one.
#[repr(transparent)]
pub struct Python {
    vm: Vm,
}

impl Python {
    /// An interpreter of this crate.
    pub(crate) fn of(vm: &Vm) -> &Python {
        // SAFETY: a `Python` has the layout of its `Vm`, and nothing else.
        unsafe { &*core::ptr::from_ref(vm).cast() }
    }

    /// # Safety
    /// As [`Vm::new`]; the interpreter has a [`State`].
    pub(crate) unsafe fn new(vm: Box<Vm>) -> Box<Python> {
        // SAFETY: a `Python` has the layout of its `Vm`, and nothing else.
        unsafe { Box::from_raw(Box::into_raw(vm).cast()) }
    }

    pub(crate) fn state(&self) -> &State {
        // SAFETY: an interpreter of this crate has a `State`, as `new` asks of its caller.
        unsafe { self.vm.embedder_unchecked() }
    }

    /// Runs `work` in the runtime.
    pub(crate) fn within<R>(&self, work: impl FnOnce(&Vm) -> Result<R>) -> Result<R> {
        self.within_budget(self.state().budget, work)
    }

    /// Runs `work` in the runtime, with `budget` if the call comes from outside.
    pub(crate) fn within_budget<R>(&self, budget: Budget, work: impl FnOnce(&Vm) -> Result<R>) -> Result<R> {
        if self.vm.is_abandoned() {
            return Err(Error::abandoned());
        }
        if self.vm.is_entered() {
            if !self.vm.is_on_its_stack() {
                return Err(Error::off_the_stack());
            }
            return self.vm.enter(|vm| {
                // Values may contain themselves, so that conversions do.
                vm.check_depth().map_err(|raised| Error::of_raised(vm, raised))?;
                work(vm)
            });
        }
        // A call from outside is a run, which has a budget of its own.
        self.vm.set_budget(budget).map_err(|_| Error::no_clock())?;
        self.vm.enter(work)
    }

    /// Whether the interpreter is at work: what is done now is part of a run.
    pub(crate) fn is_entered(&self) -> bool {
        self.vm.is_entered()
    }

    /// Runs `work` in the runtime, and makes an error of what it raises.
    pub(crate) fn raising<R>(&self, work: impl FnOnce(&Vm) -> Res<R>) -> Result<R> {
        self.within(|vm| work(vm).map_err(|raised| Error::of_raised(vm, raised)))
    }

    /// As [`raising`](Python::raising), for work that neither nests nor begins a run: a part of what [`within`](Python::within)
    /// does.
    #[inline]
    pub(crate) fn raising_inside<R>(&self, work: impl FnOnce(&Vm) -> Res<R>) -> Result<R> {
        debug_assert!(self.vm.is_entered());
        work(&self.vm).map_err(|raised| Error::of_raised(&self.vm, raised))
    }

    /// A handle of `object`.
    pub(crate) fn root(&self, object: Obj) -> Value {
        Value(self.state().roots.root(object))
    }

    /// The word of a value.
    ///
    /// # Errors
    /// An error if the value is one of another interpreter.
    pub(crate) fn word(&self, value: &Value) -> Result<Obj> {
        self.state().roots.value(&value.0)
    }

    /// Runs a program, a source or a compiled [`Program`](crate::Program), with the variables of `__main__`.
    ///
    /// # Errors
    /// What the program raises, `SyntaxError` among others.
    pub fn run(&self, program: impl Code) -> Result {
        self.raising(|vm| run_in(vm, &program, vm.main()))
    }

    /// An execution of a program in steps, with the variables of `__main__`; nothing runs yet.
    ///
    /// # Errors
    /// `SyntaxError`, and `MemoryError`.
    pub fn start(&self, program: impl Code) -> Result<Execution> {
        self.raising(|vm| start_in(vm, &program, vm.main()))
    }

    /// The value of an expression, computed with the variables of `__main__`.
    ///
    /// ```
    /// let py = berus::Interpreter::new()?;
    /// assert_eq!(py.eval::<i64>("6 * 7")?, 42);
    /// let words: Vec<String> = py.eval("'to be or not'.split()")?;
    /// assert_eq!(words.len(), 4);
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the expression raises, and `TypeError` if its value is no `T`.
    pub fn eval<T: FromPython>(&self, expression: &str) -> Result<T> {
        self.within(|vm| eval_in(self, vm, expression, vm.main()))
    }

    /// Calls the function of this name among the variables of `__main__`.
    ///
    /// ```
    /// let py = berus::Interpreter::new()?;
    /// py.run("def area(width, height): return width * height")?;
    /// assert_eq!(py.call::<f64>("area", (2.5, 4))?, 10.0);
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// `NameError` if there is no such variable, what the function raises, and `TypeError` if its result is no `T`.
    pub fn call<T: FromPython>(&self, function: &str, args: impl Arguments) -> Result<T> {
        self.within(|vm| call_in(self, vm, function, args, vm.main()))
    }

    /// The variable of `__main__` that has this name.
    ///
    /// # Errors
    /// `NameError` if there is none, and `TypeError` if its value is no `T`.
    pub fn get<T: FromPython>(&self, name: &str) -> Result<T> {
        self.within(|vm| get_in(self, vm, name, vm.main()))
    }

    /// Sets the variable of `__main__` that has this name.
    ///
    /// # Errors
    /// `MemoryError`, and what converting the value raises.
    pub fn set(&self, name: &str, value: impl ToPython) -> Result {
        self.within(|vm| set_in(self, vm, name, value, vm.main()))
    }

    /// Gives programs a function of Rust's, as a variable of `__main__`. `signature` is its name, and its parameters as
    /// Python has them: see [`function`](crate::Function).
    ///
    /// ```
    /// let py = berus::Interpreter::new()?;
    /// py.function("greet(name, punctuation='!')", |_, (name, punctuation): (String, String)| {
    ///     format!("hello {name}{punctuation}")
    /// })?;
    /// assert_eq!(py.eval::<String>("greet('you') + greet(name='all', punctuation='.')")?, "hello you!hello all.");
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// `ValueError` if the signature is none, or does not fit the parameters of the closure.
    pub fn function<A, R, F>(&self, signature: &str, function: F) -> Result
    where
        A: HostArguments,
        R: HostResult,
        F: Fn(&Python, A) -> R + Send + 'static,
    {
        let (name, made) = function::make(self, signature, function)?;
        self.set(&name, made)
    }

    /// Gives programs a function whose calls the host answers when it likes, as a variable of `__main__`: see
    /// [`Execution::answer`].
    ///
    /// # Errors
    /// `ValueError` if the signature is none.
    pub fn external(&self, signature: &str) -> Result {
        let (name, made) = function::make_external(self, signature)?;
        self.set(&name, made)
    }

    /// Gives programs an async function of Rust's, as a variable of `__main__`. To the program it is a function like
    /// others, whose call takes as long as the future does; an [`Execution`] waits for it without a thread.
    ///
    /// ```
    /// # fn block_on<F: Future>(future: F) -> F::Output {
    /// #     let mut future = std::pin::pin!(future);
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop {
    /// #         if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
    /// #             break output;
    /// #         }
    /// #     }
    /// # }
    /// let py = berus::Interpreter::new()?;
    /// py.async_function("fetch(url, retries=3)", |(url, retries): (String, u32)| async move {
    ///     // Here a client would be awaited.
    ///     if retries > 0 { Ok(url.len()) } else { Err("no more retries") }
    /// })?;
    /// let execution = py.start("sizes = [fetch(url) for url in ('a', 'bb')]")?;
    /// block_on(execution.finish::<()>(&py))?;
    /// assert_eq!(py.get::<Vec<usize>>("sizes")?, [1, 2]);
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// `ValueError` if the signature is none, or does not fit the parameters of the closure.
    pub fn async_function<A, R, F, O>(&self, signature: &str, function: F) -> Result
    where
        A: HostArguments,
        R: HostResult + Send + 'static,
        F: Fn(A) -> O + Send + 'static,
        O: Future<Output = R> + Send + 'static,
    {
        let (name, made) = function::make_async(self, signature, function)?;
        self.set(&name, made)
    }

    /// Imports a module.
    ///
    /// ```
    /// let py = berus::Interpreter::new()?;
    /// let json = py.import("json")?;
    /// assert_eq!(json.call::<String>(&py, "dumps", (vec![1, 2],))?, "[1, 2]");
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// `ImportError`, and what the module raises.
    pub fn import(&self, name: &str) -> Result<Module> {
        self.within(|vm| {
            let module =
                vm.import(name.as_bytes(), vm.main(), true, 0).map_err(|raised| Error::of_raised(vm, raised))?;
            Module::from_word(Word(module), self, Private(()))
        })
    }

    /// A new module of this name, which programs import: for functions and values of the host's.
    ///
    /// ```
    /// let py = berus::Interpreter::new()?;
    /// let shop = py.new_module("shop")?;
    /// shop.set(&py, "CURRENCY", "EUR")?;
    /// shop.function(&py, "price(item)", |_, (item,): (String,)| item.len())?;
    /// py.run("import shop\nbill = shop.price('tea'), shop.CURRENCY")?;
    /// assert_eq!(py.get::<(i64, String)>("bill")?, (3, "EUR".to_string()));
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_module(&self, name: &str) -> Result<Module> {
        self.raising(|vm| {
            let name = vm.intern(name.as_bytes())?;
            let module = RawModule::new(vm, name)?;
            vm.modules().store(vm, name, module.obj())?;
            Ok(Module(self.root(module.obj())))
        })
    }

    /// A class of this name whose instances hold values of the type `T`, as a variable of `__main__`, too.
    ///
    /// ```
    /// struct Account {
    ///     owner: String,
    ///     balance: i64,
    /// }
    ///
    /// let py = berus::Interpreter::new()?;
    /// let class = py
    ///     .class::<Account>("Account")?
    ///     .constructor(&py, "(owner, balance=0)", |_, (owner, balance)| Account { owner, balance })?
    ///     .method_mut(&py, "pay(amount)", |_, account, (amount,): (i64,)| {
    ///         account.balance += amount;
    ///         account.balance
    ///     })?
    ///     .getter(&py, "owner", |_, account| account.owner.clone())?;
    /// py.run("mine = Account('me')\nmine.pay(3)\nowner = mine.owner")?;
    /// assert_eq!(py.eval::<i64>("mine.pay(4)")?, 7);
    ///
    /// let yours = class.instance(&py, Account { owner: "you".into(), balance: 5 })?;
    /// py.set("yours", &yours)?;
    /// py.run("yours.pay(-2)")?;
    /// assert_eq!(yours.with(&py, |account| account.balance)?, 3);
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn class<T: Send + 'static>(&self, name: &str) -> Result<Class<T>> {
        let class = Class::make(self, name)?;
        self.set(name, &class)?;
        Ok(class)
    }

    /// The variables of `__main__`.
    pub fn main(&self) -> Namespace {
        Namespace(self.root(self.vm.main().obj()))
    }

    /// New variables, none of which is set, for programs that are to know nothing of others.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn namespace(&self) -> Result<Namespace> {
        self.raising(|vm| {
            let dict = RawDict::new(vm)?;
            let main = Obj::qstr(vm.intern(b"__main__")?);
            dict.store(vm, vm.intern(b"__name__")?, main)?;
            Ok(Namespace(self.root(dict.obj())))
        })
    }

    /// Frees the values that nothing leads to any more. Interpreters do so by themselves when memory is short.
    pub fn collect_garbage(&self) {
        let _ = self.raising(|vm| {
            vm.collect();
            Ok(())
        });
    }

    /// Bytes of the interpreter's memory in use, garbage included.
    pub fn memory_in_use(&self) -> usize {
        self.vm.heap().used()
    }

    /// The interpreter of the runtime, for what this crate does not offer.
    ///
    /// # Safety
    /// Who uses the interpreter keeps the [contract of raw words](Vm#the-contract-of-raw-words).
    pub unsafe fn vm(&self) -> &Vm {
        &self.vm
    }
}

/// Runs a program with variables `globals`.
pub(crate) fn run_in(vm: &Vm, program: &impl Code, globals: Gc<RawDict>) -> Res<()> {
    let body = program.load(vm, globals, Private(()))?;
    vm.run_body(body, globals)
}

/// An execution of a program with variables `globals`.
pub(crate) fn start_in(vm: &Vm, program: &impl Code, globals: Gc<RawDict>) -> Res<Execution> {
    let body = program.load(vm, globals, Private(()))?;
    execution::start(vm, body, &[], Some(globals))
}

pub(crate) fn eval_in<T: FromPython>(py: &Python, vm: &Vm, expression: &str, globals: Gc<RawDict>) -> Result<T> {
    let name = py.state().sources.name(vm, expression, Kind::Expression);
    let body = vm.compile(expression.as_bytes(), name.as_bytes(), Mode::Eval, globals);
    let value = body.and_then(|body| vm.evaluate(body, globals));
    let value = value.map_err(|raised| Error::of_raised(vm, raised))?;
    T::from_word(Word(value), py, Private(()))
}

pub(crate) fn call_in<T: FromPython>(
    py: &Python,
    vm: &Vm,
    function: &str,
    args: impl Arguments,
    globals: Gc<RawDict>,
) -> Result<T> {
    let function = lookup(vm, globals, function).map_err(|raised| Error::of_raised(vm, raised))?;
    let result = args.call(py, Word(function), Private(()))?;
    T::from_word(result, py, Private(()))
}

/// The variable `name` among `globals`.
fn lookup(vm: &Vm, globals: Gc<RawDict>, name: &str) -> Res {
    match globals.load(vm, vm.intern(name.as_bytes())?) {
        Some(value) => Ok(value),
        None => Err(vm.name_error(format_args!("name '{name}' isn't defined"))),
    }
}

pub(crate) fn get_in<T: FromPython>(py: &Python, vm: &Vm, name: &str, globals: Gc<RawDict>) -> Result<T> {
    let value = lookup(vm, globals, name).map_err(|raised| Error::of_raised(vm, raised))?;
    T::from_word(Word(value), py, Private(()))
}

pub(crate) fn set_in(py: &Python, vm: &Vm, name: &str, value: impl ToPython, globals: Gc<RawDict>) -> Result {
    let Word(value) = value.to_word(py, Private(()))?;
    let stored = vm.intern(name.as_bytes()).and_then(|name| globals.store(vm, name, value));
    stored.map_err(|raised| Error::of_raised(vm, raised))
}
