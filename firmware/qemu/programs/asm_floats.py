# Floats in registers, on machines that have these. Floats of 64 bits are made in memory.
import array


@micropython.asm_thumb
def halve(r0, r1):
    vldr(s0, [r0, 0])
    vldr(s1, [r1, 0])
    vdiv(s2, s0, s1)
    vstr(s2, [r0, 0])


@micropython.asm_thumb
def compare(r0, r1):
    vldr(s0, [r0, 0])
    vldr(s1, [r1, 0])
    mov(r0, 0)
    vcmp(s0, s1)
    vmrs(APSR_nzcv, FPSCR)
    bgt(END)
    mov(r0, 1)
    label(END)


@micropython.asm_thumb
def whole(r0):
    vldr(s0, [r0, 0])
    vcvt_s32_f32(s1, s0)
    vmov(r0, s1)


x, y = array.array("f", [5]), array.array("f", [2])
halve(x, y)
print(x, compare(x, y), compare(y, x), whole(x))


@micropython.native
def sums(n):
    total = 0.0
    for i in range(n):
        try:
            total += i * 0.5
            if i == 3:
                raise ValueError(total)
        except ValueError as error:
            total = error.args[0] * 2
    return total


print(sums(3), sums(4), sums(6))
