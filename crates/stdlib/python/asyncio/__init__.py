# asyncio: tasks that take turns.
#
# What not every program needs is imported when it is asked for first.

from .core import *

__version__ = (3, 0, 0)

_MODULES = {
    "event": ("Event", "ThreadSafeFlag"),
    "funcs": ("gather", "wait_for", "wait_for_ms"),
    "lock": ("Lock",),
    "stream": ("Server", "Stream", "StreamReader", "StreamWriter", "open_connection", "start_server"),
}


def __getattr__(name):
    for module, names in _MODULES.items():
        if name in names:
            value = getattr(__import__(module, globals(), None, (name,), 1), name)
            globals()[name] = value
            return value
    raise AttributeError(name)
