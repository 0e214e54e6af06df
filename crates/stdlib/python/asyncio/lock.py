# Locks: one task at a time.

from . import core


class Lock:
    def __init__(self):
        # The task that has it, or is to have it when its turn comes: the one that has waited longest.
        self._owner = None
        self._is_locked = False
        self._waiting = core.TaskQueue()

    def locked(self):
        return self._is_locked

    def acquire(self):
        task = core.cur_task
        if self._owner is None:
            self._owner = task
        else:
            self._waiting.push(task)
            task.data = self._waiting
            try:
                yield
            except core.CancelledError:
                if self._owner is task:
                    self._hand_on()
                raise
        self._is_locked = True
        return True

    def release(self):
        if not self._is_locked:
            raise RuntimeError("Lock not acquired")
        self._hand_on()

    def _hand_on(self):
        self._is_locked = False
        if self._waiting.peek():
            self._owner = self._waiting.pop()
            core._task_queue.push(self._owner)
        else:
            self._owner = None

    async def __aenter__(self):
        return await self.acquire()

    async def __aexit__(self, *error):
        self.release()
