# Events and flags: what tasks wait for until somebody sets it.

import io

from . import core


class Event:
    def __init__(self):
        self._is_set = False
        self._waiting = core.TaskQueue()

    def is_set(self):
        return self._is_set

    def set(self):
        self._is_set = True
        while self._waiting.peek():
            core._task_queue.push(self._waiting.pop())

    def clear(self):
        self._is_set = False

    def wait(self):
        if not self._is_set:
            self._waiting.push(core.cur_task)
            core.cur_task.data = self._waiting
            yield
        return True


class ThreadSafeFlag(io.IOBase):
    # A stream that can be read when it is set: the loop looks at streams itself, so that nobody has to reach into its queues.

    def __init__(self):
        self._is_set = False

    def ioctl(self, request, argument):
        # 3 asks which events are there; there are no other requests.
        if request == 3:
            return argument if self._is_set else 0
        return -1

    def set(self):
        self._is_set = True

    def clear(self):
        self._is_set = False

    def wait(self):
        if not self._is_set:
            yield core._io_queue.queue_read(self)
        self._is_set = False
