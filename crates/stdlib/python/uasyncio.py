# The name that asyncio had in old programs.


def __getattr__(name):
    import asyncio

    return getattr(asyncio, name)
