# Functions of machine words: arguments, results, labels, data, and memory. For every Thumb machine.
import array


@micropython.asm_thumb
def add_three(r0, r1, r2):
    add(r0, r0, r1)
    add(r0, r0, r2)


@micropython.asm_thumb
def larger(r0, r1):
    cmp(r0, r1)
    bge(END)
    mov(r0, r1)
    label(END)


@micropython.asm_thumb
def total(r0, r1):
    mov(r2, 0)
    b(NEXT)
    label(AGAIN)
    ldr(r3, [r0, 0])
    add(r2, r2, r3)
    add(r0, 4)
    sub(r1, 1)
    label(NEXT)
    cmp(r1, 0)
    bgt(AGAIN)
    mov(r0, r2)


@micropython.asm_thumb
def unsigned(r0) -> uint:
    mvn(r0, r0)


@micropython.asm_thumb
def is_odd(r0) -> bool:
    mov(r1, 1)
    and_(r0, r1)


@micropython.asm_thumb
def called() -> int:
    bl(FIVE)
    add(r0, 2)
    b(END)
    label(FIVE)
    mov(r0, 5)
    bx(lr)
    label(END)


print(add_three(1, 2, 3), add_three(-1, 0, 0), larger(3, 4), larger(4, -3))
print(total(array.array("i", [1, 20, -3]), 3), total(bytearray(4), 1))
print(unsigned(0), is_odd(3), is_odd(4), called())
try:
    add_three(1, 2)
except TypeError as error:
    print("TypeError:", error)
