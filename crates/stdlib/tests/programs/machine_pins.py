# machine: pins that programs define, signals on them, memory, and what waits between two instructions.
import machine
import uctypes


class Pin(machine.PinBase):
    def __init__(self, level=0):
        self.level = level

    def value(self, level=None):
        if level is None:
            return self.level
        print("set to", level)
        self.level = int(level)


def attempt(function, *args, **keywords):
    try:
        print(function(*args, **keywords))
    except Exception as error:
        print(repr(error))


print("signals")
for invert in (False, True):
    pin = Pin()
    signal = machine.Signal(pin, invert=invert)
    print(signal(), signal.value())
    signal.on()
    print(pin.level, signal())
    signal.off()
    print(pin.level, signal())
    signal.value(7)
    signal([])
inner = machine.Signal(Pin(), invert=True)
outer = machine.Signal(inner, invert=True)
print(outer(), outer.value(1), inner(), outer())


class Named(machine.Signal):
    name = "lamp"


named = Named(Pin(1))
print(named.name, named(), named.value())
attempt(machine.Signal)
attempt(machine.Signal, Pin(), True)
attempt(machine.Signal, Pin(), level=True)
attempt(machine.Signal, Pin(), invert=True, level=True)
attempt(signal, 1, 2)


class Levels(machine.PinBase):
    # A pin that goes through the given levels.
    def __init__(self, *levels):
        self.levels = iter(levels)

    def value(self):
        return next(self.levels)


print("pulses")
print(machine.time_pulse_us(Levels(0, 0, 1, 1, 1, 0), 1) >= 0)
print(machine.time_pulse_us(Levels(1, 0, 1), 0) >= 0)
print(machine.time_pulse_us(Pin(0), 1, 0), machine.time_pulse_us(Pin(1), 1, 0))
attempt(machine.time_pulse_us, Levels(), 1)

print("memory")
print(machine.mem8, machine.mem16, machine.mem32)
data = bytearray(b"\x01\x02\x03\x84\x05\x06\x07\x08")
address = uctypes.addressof(data)
print(hex(machine.mem8[address + 3]), machine.mem16[address] in (0x201, 0x102), machine.mem32[address] in (0x84030201, 0x01020384))
machine.mem8[address + 4] = 0x1FE
machine.mem16[address + 6] = -1
print(data)
machine.mem32[address] = 1 << 40
print(data)
for wrong in ((machine.mem16, 1), (machine.mem32, 2), (machine.mem8, "a"), (machine.mem8, slice(0, 1))):
    attempt(lambda memory, at: memory[at], *wrong)


def delete():
    del machine.mem8[address]


attempt(delete)
attempt(machine.soft_reset.__class__)
try:
    machine.soft_reset()
except SystemExit as error:
    print(repr(error))
print(machine.idle())

# MicroPython differs: it maps /dev/mem for machine.mem8 and its like.
