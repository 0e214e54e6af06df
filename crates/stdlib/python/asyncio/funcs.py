# Waiting for several tasks, and not for ever.

from . import core


async def wait_for(awaitable, timeout, sleep=core.sleep):
    task = core._promote_to_task(awaitable)
    if timeout is None:
        return await task

    # This one sleeps, and another task wakes it up early.
    async def watch():
        try:
            await task
        except (Exception, core.CancelledError):
            # `result` raises it again, where it belongs.
            pass
        if is_waiting:
            core._task_queue.hurry(sleeper)

    sleeper = core.cur_task
    is_waiting = True
    watcher = core.create_task(watch())
    try:
        await sleep(timeout)
    except core.CancelledError:
        watcher.cancel()
        raise
    finally:
        is_waiting = False
    if not task.done():
        watcher.cancel()
        await watcher
        raise core.TimeoutError
    return task.result()


def wait_for_ms(awaitable, timeout):
    return wait_for(awaitable, timeout, core.sleep_ms)


class _Gathering:
    # What a task waits for that gathers others.

    def __init__(self, tasks, is_strict):
        self.task = core.cur_task
        self.tasks = tasks
        # Whether one that fails is the end.
        self.is_strict = is_strict
        self.error = None
        self.left = 0
        for task in tasks:
            if task.end is None and task.waiting is not None:
                raise RuntimeError("can't gather")
        for task in tasks:
            if task.end is not None:
                self._note(task.end)
            elif task.waiting is None:
                task.waiting = self
                self.left += 1

    def _note(self, error):
        if self.is_strict and self.error is None and not isinstance(error, StopIteration):
            self.error = error

    def is_over(self):
        return self.left == 0 or self.error is not None

    def __call__(self, task, error):
        # A task has ended.
        self.left -= 1
        self._note(error)
        if self.is_over() and self.task.data is self:
            core._task_queue.push(self.task)

    def remove(self, task):
        # Nothing to take out: `task` no longer waits for this, and so is not woken up.
        pass

    def leave(self, cancel):
        # Lets go of the tasks that have not ended.
        for task in self.tasks:
            if task.waiting is self:
                task.waiting = None
                if cancel:
                    task.cancel()

    def value(self, task):
        if self.is_strict:
            return task.result()
        task.is_known = True
        return task.end.value if isinstance(task.end, StopIteration) else task.end


def gather(*awaitables, return_exceptions=False):
    tasks = [core._promote_to_task(awaitable) for awaitable in awaitables]
    gathering = _Gathering(tasks, not return_exceptions)
    if not gathering.is_over():
        core.cur_task.data = gathering
        try:
            yield
        except core.CancelledError:
            gathering.leave(True)
            raise
    gathering.leave(False)
    if gathering.error is not None:
        raise gathering.error
    return [gathering.value(task) for task in tasks]
