# A module that runs where it lies in a ROM image: what it defines is made when it is used.

import sys
import vfs


def run(data):
    vfs.mount(vfs.VfsRom(data), "/rom")
    sys.path[:] = ["/rom"]
    try:
        import m
    except Exception:
        m = sys.modules.get("m")
    for name in dir(m):
        thing = getattr(m, name)
        for use in dir, callable, repr, type, lambda thing: thing():
            try:
                use(thing)
            except Exception:
                pass
