# select: streams that programs define, and files of the host by number.
import io
import select

READ, WRITE = select.POLLIN, select.POLLOUT


class Stream(io.IOBase):
    def __init__(self, name, state):
        self.name = name
        self.state = state
        self.asked = 0

    def ioctl(self, request, argument):
        if request == 10:
            return -1
        self.asked += 1
        if request != 3:
            return -22
        state = self.state() if callable(self.state) else self.state
        return state & (argument | ~(READ | WRITE)) if state > 0 else state


def names(answers):
    return [(stream.name, events) for stream, events in answers]


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, *error.args)


print(READ, WRITE, select.POLLERR, select.POLLHUP)
poll = select.poll()
print(poll.poll(0), list(poll.ipoll(0)), poll.poll(1))

a, b = Stream("a", READ), Stream("b", READ | WRITE)
poll.register(a)
poll.register(b, WRITE)
print(names(poll.poll()), names(poll.poll(0)), names(poll.ipoll()))
poll.modify(b, READ)
poll.register(a, WRITE)
print(names(poll.poll()))
poll.modify(b, 0)
print(names(poll.poll(0)))
b.state |= select.POLLHUP
print(names(poll.poll(0)), [sorted(events for _, events in poll.ipoll(None))])
poll.unregister(b)
poll.unregister(b)
print(names(poll.poll(0)))
attempt(poll.modify, b, READ)
attempt(poll.modify, a)

print("ready later")
left = [3]


def later():
    left[0] -= 1
    return 0 if left[0] else READ


late = Stream("late", later)
poll.register(late, READ)
print(names(poll.poll()), late.asked)

print("one shot")
poll = select.poll()
a.state = b.state = READ
poll.register(a, READ)
poll.register(b, READ)
print(names(poll.ipoll(0, 1)), names(poll.ipoll(0, 1)))
poll.modify(b, READ)
print(names(poll.ipoll(0, 1)), names(poll.ipoll(0)))

print("changed meanwhile")
poll.modify(a, READ)
poll.modify(b, READ)
c = Stream("c", READ)
poll.register(c, READ)
for stream, events in poll.ipoll(0):
    print(stream.name, events)
    poll.unregister(stream)
print(names(poll.ipoll(0)))

print("errors")
poll.register(Stream("broken", -5))
attempt(poll.poll, 0)
for wrong in (-1, 1 << 40, "text", None, object()):
    attempt(select.poll().register, wrong)
attempt(select.poll().register, 0, "text")
attempt(select.poll().poll, "text")

print("files")
poll = select.poll()
poll.register(1, WRITE)
print(poll.poll())
poll.modify(1, READ | WRITE)
poll.unregister(1)
print(poll.poll(0))

print("select")
quiet = Stream("quiet", 0)
a.state, b.state = READ | select.POLLERR, WRITE
for answer in select.select([a, b, quiet], (b, a), [a, quiet], 0), select.select([a], [], []):
    print([[stream.name for stream in streams] for streams in answer])
print(select.select([quiet], [], [], 0), select.select([], [], [], 0.001))
attempt(select.select, [a], [])
attempt(select.select, a, [], [])

# MicroPython differs: this port has no select.select, and its poll takes any mask.
