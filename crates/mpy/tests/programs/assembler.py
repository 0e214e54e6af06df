# Inline assembler, for the architectures that have it in mpy-cross.
import micropython


@micropython.asm_thumb
def add(r0, r1):
    add(r0, r0, r1)


def bytecode(a):
    return add(a, a)
