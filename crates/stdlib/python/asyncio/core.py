# Tasks, and the loop that gives them their turns.
#
# A task is in one place at a time: in the run queue until its time comes, in the queue of something that it waits for, or with the
# streams that it waits for. `Task.data` says where, so that cancelling can take it out.

import select
import sys
from time import ticks_add, ticks_diff, ticks_ms as ticks

import _asyncio
from _asyncio import TaskQueue


class CancelledError(BaseException):
    pass


class TimeoutError(Exception):
    pass


# How a coroutine ends that stays a matter of its own.
_ENDS = (StopIteration, CancelledError)
_ALL_ENDS = (Exception, CancelledError)

# How long to wait for a call from outside where there is nothing else to wait for, in milliseconds.
_IDLE = 3

# How many turns tasks have at most without a look at streams.
_MOST_TURNS = 64


class Task:
    def __init__(self, coro):
        self.coro = coro
        # Where it waits if that is not the run queue: another task, or what has a method `remove`.
        self.data = None
        # Who waits for its end: a queue of tasks, or a function to be called with the task and the exception that ended it.
        self.waiting = None
        # The exception that ended it, and whether somebody knows of that.
        self.end = None
        self.is_known = False
        # What is to be raised in it when it has its turn.
        self._to_raise = None
        # Whether it is in a sleep.
        self.is_paused = False

    def done(self):
        return self.end is not None

    def result(self):
        # The value that it returned; raises what it raised.
        self.is_known = True
        if isinstance(self.end, StopIteration):
            return self.end.value
        raise self.end

    def cancel(self):
        if self.end is not None:
            return False
        if self is cur_task:
            raise RuntimeError("can't cancel self")
        # Who waits for another task hands it on to that.
        task = self
        while isinstance(task.data, Task):
            task = task.data
        if task.data is None:
            _task_queue.hurry(task)
        else:
            task.data.remove(task)
            _task_queue.push(task)
        task._to_raise = CancelledError
        return True

    def __iter__(self):
        if self.end is None:
            if self.waiting is None:
                self.waiting = TaskQueue()
            elif callable(self.waiting):
                raise RuntimeError("can't wait")
            self.waiting.push(cur_task)
            cur_task.data = self
            yield
        return self.result()

    __await__ = __iter__

    def _step(self):
        # Its turn: until it pauses, or raises what ends it.
        error = self._to_raise
        if error is None:
            self.coro.send(None)
        else:
            self._to_raise = None
            self.coro.throw(error)

    def _finish(self, error):
        self.end = error
        waiting = self.waiting
        self.waiting = None
        if waiting is None:
            # An error that nobody waits for waits for somebody who asks, until the others have had their turns.
            if not self.is_known and not isinstance(error, _ENDS):
                _task_queue.push(self)
        elif callable(waiting):
            self.is_known = True
            waiting(self, error)
        else:
            while waiting.peek():
                self.is_known = True
                _task_queue.push(waiting.pop())


# Where MicroPython has it, too.
_asyncio.Task = Task


class IOQueue:
    # Tasks that wait for streams.

    def __init__(self):
        self.poller = select.poll()
        # By the stream's identity: the task that waits for reading, the one for writing, the stream, and the events that it is asked for.
        self.map = {}
        # Entries of streams that nobody waited for when they came here. Mostly a task waits for the same stream again.
        self.idle = []

    def queue_read(self, stream):
        self._wait(stream, 0)

    def queue_write(self, stream):
        self._wait(stream, 1)

    def _wait(self, stream, way):
        entry = self.map.get(id(stream))
        if entry is None:
            self.poller.register(stream, 0)
            entry = self.map[id(stream)] = [None, None, stream, 0]
        elif entry[way] is not None:
            raise RuntimeError("another task waits for the stream")
        entry[way] = cur_task
        cur_task.data = self
        self._ask_for(entry)

    def _ask_for(self, entry):
        events = (select.POLLIN if entry[0] else 0) | (select.POLLOUT if entry[1] else 0)
        if not events:
            self.idle.append(entry)
        elif events != entry[3]:
            entry[3] = events
            self.poller.modify(entry[2], events)

    def forget_idle(self):
        # Before streams are asked, those go that nobody waits for.
        for entry in self.idle:
            if not entry[0] and not entry[1] and self.map.pop(id(entry[2]), None):
                self.poller.unregister(entry[2])
        self.idle.clear()

    def remove(self, task):
        for entry in self.map.values():
            for way in range(2):
                if entry[way] is task:
                    entry[way] = None
                    self._ask_for(entry)

    def wait_io_event(self, time):
        for stream, events in self.poller.ipoll(time):
            entry = self.map[id(stream)]
            # Errors are for both.
            if entry[0] and events & ~select.POLLOUT:
                _task_queue.push(entry[0])
                entry[0] = None
            if entry[1] and events & ~select.POLLIN:
                _task_queue.push(entry[1])
                entry[1] = None
            self._ask_for(entry)


class SingletonGenerator:
    # A coroutine that pauses once. While a task has one begun, others may use it: `state` is the time of the last call, and is gone when that begins.

    def __init__(self):
        self.state = None

    def __iter__(self):
        return self

    __await__ = __iter__

    def __next__(self):
        if cur_task.is_paused or self.state is None:
            cur_task.is_paused = False
            raise StopIteration
        cur_task.is_paused = True
        _task_queue.push(cur_task, self.state)
        self.state = None

    def send(self, value):
        self.__next__()

    def throw(self, error):
        cur_task.is_paused = False
        raise error


_sleep = SingletonGenerator()


def sleep_ms(time):
    global _sleep
    # The same one as the last time if that has begun, so that sleeping takes no memory.
    if _sleep.state is not None:
        _sleep = SingletonGenerator()
    _sleep.state = ticks_add(ticks(), max(0, time))
    return _sleep


def sleep(time):
    return sleep_ms(int(time * 1000))


def create_task(coro):
    if not hasattr(coro, "send"):
        raise TypeError("coroutine expected")
    task = Task(coro)
    _task_queue.push(task)
    return task


def _promote_to_task(awaitable):
    return awaitable if isinstance(awaitable, Task) else create_task(awaitable)


def _wait_for_turn(main):
    # Waits until a task is due; false if none ever will be.
    global _turns
    while True:
        time = _task_queue.due()
        if time == 0 and _turns:
            _turns -= 1
            return True
        if _io_queue.idle:
            _io_queue.forget_idle()
        if not _io_queue.map and time is None:
            if main is None or main.end is not None:
                return False
            # Only a call from outside can go on from here.
            time = _IDLE
        if _io_queue.map or time:
            _io_queue.wait_io_event(-1 if time is None else time)
        # Asking streams takes as long as many turns.
        _turns = min(len(_task_queue), _MOST_TURNS)


def run_until_complete(main=None):
    # Runs tasks until `main` has ended, or all have.
    global cur_task
    # A task may run the loop, and goes on when that is over.
    outer = cur_task
    try:
        while _wait_for_turn(main):
            cur_task = task = _task_queue.pop()
            if task.end is not None:
                # It ended with an error, and nobody has asked.
                if not task.is_known:
                    _report(task)
                continue
            try:
                task._step()
            except _ALL_ENDS as error:
                if task is main:
                    task.is_known = True
                task._finish(error)
                if task is main:
                    return task.result()
    finally:
        cur_task = outer


_exc_context = {"message": "Task exception wasn't retrieved", "exception": None, "future": None}


def _report(task):
    # One context for all, as libraries that report errors expect.
    _exc_context["exception"] = task.end
    _exc_context["future"] = task
    get_event_loop().call_exception_handler(_exc_context)


def run(coro):
    return run_until_complete(create_task(coro))


class Loop:
    def __init__(self):
        self._handler = None
        self._stop = None

    def create_task(self, coro):
        return create_task(coro)

    def run_forever(self):
        self._stop = Task(_stopper())
        run_until_complete(self._stop)

    def run_until_complete(self, awaitable):
        return run_until_complete(_promote_to_task(awaitable))

    def stop(self):
        if self._stop is not None:
            _task_queue.push(self._stop)
            self._stop = None

    def close(self):
        pass

    def set_exception_handler(self, handler):
        self._handler = handler

    def get_exception_handler(self):
        return self._handler

    def default_exception_handler(self, context):
        task = context["future"]
        print(context["message"], file=sys.stderr)
        print("future:", task, "coro=", task.coro, file=sys.stderr)
        sys.print_exception(context["exception"], sys.stderr)

    def call_exception_handler(self, context):
        if self._handler is None:
            self.default_exception_handler(context)
        else:
            self._handler(self, context)


async def _stopper():
    pass


def current_task():
    if cur_task is None:
        raise RuntimeError("no running event loop")
    return cur_task


def get_event_loop(runq_len=0, waitq_len=0):
    # Old programs give the sizes of queues.
    return _loop


def new_event_loop():
    # There is one loop, which begins anew.
    global _task_queue, _io_queue
    _task_queue = TaskQueue()
    _io_queue = IOQueue()
    return _loop


cur_task = None
# How many tasks may have a turn before streams are asked again.
_turns = 0
_loop = Loop()
new_event_loop()
