//! Interpreters as futures.

use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use crate::convert::FromPython;
use crate::error::Result;
use crate::execution::Execution;
use crate::interpreter::Interpreter;

/// The future of an execution that has its interpreter, made by [`Interpreter::finish`]: it can be sent to other threads.
#[must_use = "an execution goes on only as far as its future is polled"]
pub struct Task<T> {
    /// The interpreter, until the execution has ended.
    interpreter: Option<Interpreter>,
    execution: Execution,
    result: PhantomData<fn() -> T>,
}

impl Interpreter {
    /// A future of what the execution ends with, which has the interpreter until then: for executors that move futures
    /// from thread to thread.
    ///
    /// ```
    /// use berus::{Interpreter, Task};
    ///
    /// fn is_send<T: Send>(task: T) -> T {
    ///     task
    /// }
    ///
    /// # fn block_on<F: Future>(future: F) -> F::Output {
    /// #     let mut future = std::pin::pin!(future);
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop {
    /// #         if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
    /// #             break output;
    /// #         }
    /// #     }
    /// # }
    /// let py = Interpreter::new()?;
    /// py.async_function("fetch(name)", |(name,): (String,)| async move { name.len() })?;
    /// let execution = py.start("size = fetch('berus') + fetch('rust')")?;
    /// let task: Task<()> = is_send(py.finish(execution));
    /// let (py, result) = block_on(task);
    /// result?;
    /// assert_eq!(py.get::<usize>("size")?, 9);
    /// # Ok::<(), berus::Error>(())
    /// ```
    pub fn finish<T: FromPython>(self, execution: Execution) -> Task<T> {
        Task { interpreter: Some(self), execution, result: PhantomData }
    }
}

impl<T: FromPython> Future for Task<T> {
    type Output = (Interpreter, Result<T>);

    /// # Panics
    /// If the future has been ready before.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let task = &mut *self;
        // The interpreter stays where it is, should what the future waits for panic.
        let py = task.interpreter.as_ref().expect("a future is not polled after its end");
        let result = ready!(task.execution.poll(py, context));
        let py = task.interpreter.take().expect("the interpreter that has run");
        Poll::Ready((py, result))
    }
}
