# Programs for the machines that Raspberry Pi's chips have for input and output (facts: the datasheet of RP2040, chapter
# 3.4; `docs/library/rp2.rst` of MicroPython).
from array import array
from micropython import const

from _rp2 import *

# Operands whose numbers depend on the instruction: `pin` is a condition or a source, `exec` a place of `out` or `mov`.
_PIN = const(6)
_EXEC = const(-1)

# Flags of `push`, `pull` and `irq`, by their bits, and one that says not to wait.
_BLOCK = const(0x20)
_THRESHOLD = const(0x40)
_NOBLOCK = const(1)

_OPERANDS = {
    "pins": 0, "x": 1, "y": 2, "null": 3, "pindirs": 4, "pc": 5, "status": 5, "isr": 6, "osr": 7, "exec": _EXEC,
    "gpio": 0, "pin": _PIN,
    "not_x": 1, "x_dec": 2, "not_y": 3, "y_dec": 4, "x_not_y": 5, "not_osre": 7,
    "block": _BLOCK, "noblock": _NOBLOCK, "iffull": _THRESHOLD, "ifempty": _THRESHOLD, "clear": _THRESHOLD,
    "invert": lambda source: source | 8, "reverse": lambda source: source | 16, "rel": lambda index: index | 16,
}  # fmt: skip
_INSTRUCTIONS = ("word", "nop", "jmp", "wait", "in_", "out", "push", "pull", "mov", "irq", "set")
_DIRECTIVES = ("wrap_target", "wrap", "label")


class PIOASMError(Exception):
    pass


class _Assembler:
    # Notes the instructions that are called as its methods. Each answers the assembler, whose `side` and `delay` are about
    # the instruction noted last.
    def __init__(self):
        self.words = []
        self.sides = []
        self.delays = []
        self.labels = {}
        self.jumps = []
        self.first = 0
        self.last = None

    def names(self, names):
        known = {name: getattr(self, name) for name in names}
        known.update(_OPERANDS)
        return known

    def side(self, value):
        self.sides[-1] = value
        return self

    def delay(self, cycles):
        self.delays[-1] = cycles
        return self

    __getitem__ = delay

    def wrap_target(self):
        self.first = len(self.words)

    def wrap(self):
        self.last = len(self.words) - 1

    def label(self, label):
        if label in self.labels:
            raise PIOASMError("duplicate label {}".format(label))
        self.labels[label] = len(self.words)

    def word(self, instr, label=None):
        if label is not None:
            self.jumps.append((len(self.words), label))
        self.words.append(instr)
        self.sides.append(None)
        self.delays.append(0)
        return self

    def _instruction(self, code, place, number):
        if not 0 <= number < 32:
            raise PIOASMError("operand too large")
        return self.word(code << 13 | place << 5 | number)

    def _shift(self, code, place, count):
        if not 0 < count <= 32:
            raise PIOASMError("invalid bit count {}".format(count))
        return self._instruction(code, place, count & 31)

    def _queue(self, place, flags):
        return self._instruction(4, place | (flags if flags & _NOBLOCK else flags | _BLOCK) >> 5, 0)

    def jmp(self, cond, label=None):
        return self.word(cond << 5, label) if label is not None else self.word(0, cond)

    def wait(self, polarity, src, index):
        # The name `irq` is that of the instruction.
        source = (1 if src == _PIN else src) if isinstance(src, int) else 2
        return self._instruction(1, polarity << 2 | source, index)

    def in_(self, src, bit_count):
        return self._shift(2, src, bit_count)

    def out(self, dest, bit_count):
        return self._shift(3, 7 if dest == _EXEC else dest, bit_count)

    def push(self, flag=0, other=0):
        return self._queue(0, flag | other)

    def pull(self, flag=0, other=0):
        return self._queue(4, flag | other)

    def mov(self, dest, src):
        return self._instruction(5, 4 if dest == _EXEC else dest, src)

    def nop(self):
        return self.mov(2, 2)

    def irq(self, mode, index=None):
        return self._instruction(6, mode >> 5, index) if index is not None else self._instruction(6, 0, mode)

    def set(self, dest, data):
        return self._instruction(7, dest, data)

    # The words, where values of `side` have `count` bits, behind one that says whether there is a value if `is_optional`.
    def finish(self, count, is_optional):
        for at, label in self.jumps:
            if label not in self.labels:
                raise PIOASMError("unknown label {}".format(label))
            self.words[at] |= self.labels[label]
        # A value is above the delay, in five bits together.
        width = 5 - count - is_optional
        for at, (side, delay) in enumerate(zip(self.sides, self.delays)):
            if delay >> max(width, 0):
                raise PIOASMError("delay too large")
            if side is not None:
                if not count:
                    raise PIOASMError("no sideset")
                if side >> count:
                    raise PIOASMError("sideset too large")
                delay |= (is_optional << 4) | side << width
            self.words[at] |= delay << 8
        return array("H", self.words)


def asm_pio(
    *,
    out_init=None,
    set_init=None,
    sideset_init=None,
    side_pindir=False,
    in_shiftdir=PIO.SHIFT_LEFT,
    out_shiftdir=PIO.SHIFT_LEFT,
    autopush=False,
    autopull=False,
    push_thresh=32,
    pull_thresh=32,
    fifo_join=PIO.JOIN_NONE
):
    def assemble(function):
        assembler = _Assembler()
        # Names of instructions hide those of the function's module while the function runs.
        names = assembler.names(_INSTRUCTIONS + _DIRECTIVES)
        scope = function.__globals__
        hidden = {name: scope[name] for name in names if name in scope}
        scope.update(names)
        try:
            function()
        finally:
            for name in names:
                del scope[name]
            scope.update(hidden)
        count = 0 if sideset_init is None else 1 if isinstance(sideset_init, int) else len(sideset_init)
        is_optional = count > 0 and None in assembler.sides
        words = assembler.finish(count, is_optional)
        last = len(words) - 1 if assembler.last is None else assembler.last
        execution = side_pindir << 29 | is_optional << 30 | max(last, 0) << 12 | assembler.first << 7
        shifting = autopush << 16 | autopull << 17 | in_shiftdir << 18 | out_shiftdir << 19
        shifting |= (push_thresh & 31) << 20 | (pull_thresh & 31) << 25 | fifo_join << 30
        # Where the words are in each block's memory comes second.
        return [words, -1, -1, -1, execution, shifting, out_init, set_init, sideset_init]

    return assemble


# The bits of side-set, `sideset_count`, have the one that makes them optional among them.
def asm_pio_encode(instr, sideset_count, sideset_opt=False):
    assembler = _Assembler()
    exec(instr, assembler.names(_INSTRUCTIONS))
    is_optional = bool(sideset_opt)
    words = assembler.finish(sideset_count - is_optional, is_optional)
    if len(words) != 1:
        raise PIOASMError("expecting exactly 1 instruction")
    return words[0]
