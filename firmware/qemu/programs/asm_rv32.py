# Functions of machine words: arguments, results, labels, data, and memory.
import array


@micropython.asm_rv32
def add_three(a0, a1, a2):
    add(a0, a0, a1)
    add(a0, a0, a2)


@micropython.asm_rv32
def larger(a0, a1):
    bge(a0, a1, END)
    mv(a0, a1)
    label(END)


@micropython.asm_rv32
def total(a0, a1):
    li(a2, 0)
    c_j(NEXT)
    label(AGAIN)
    lw(a3, 0(a0))
    add(a2, a2, a3)
    addi(a0, a0, 4)
    addi(a1, a1, -1)
    label(NEXT)
    bne(a1, zero, AGAIN)
    mv(a0, a2)


@micropython.asm_rv32
def unsigned(a0) -> uint:
    xori(a0, a0, -1)


@micropython.asm_rv32
def is_odd(a0) -> bool:
    andi(a0, a0, 1)


@micropython.asm_rv32
def product(a0, a1):
    mul(a0, a0, a1)


print(add_three(1, 2, 3), add_three(-1, 0, 0), larger(3, 4), larger(4, -3))
print(total(array.array("i", [1, 20, -3]), 3), total(bytearray(4), 1))
print(unsigned(0), is_odd(3), is_odd(4), product(-6, 7))
try:
    add_three(1, 2)
except TypeError as error:
    print("TypeError:", error)
