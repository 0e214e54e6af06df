# Functions of inline assembler for Thumb. Where a machine lacks instructions, these are errors.
import micropython


@micropython.asm_thumb
def triangle(r0) -> uint:
    mov(r1, r0)
    mov(r0, 0)
    b(check)
    label(again)
    add(r0, r0, r1)
    sub(r1, 1)
    label(check)
    cmp(r1, 0)
    bgt(again)


@micropython.asm_thumb
def words(r0, r1) -> object:
    push({r4, lr})
    lsl(r1, r1, 2)
    add(r0, r0, r1)
    ldr(r4, [r0, 8])
    str(r4, [r0, 124])
    ldrb(r4, [r0, 31])
    strh(r4, [r0, 62])
    neg(r0, r4)
    bl(table)
    pop({r4, pc})
    label(table)
    align(4)
    bx(lr)
    data(1, 1, 2, 3, 255)
    data(2, 0x1234, -1)
    data(4, 0x12345678, 1 << 40)


@micropython.asm_thumb
def least(r0, r1, r2) -> bool:
    cmp(r0, r1)
    it(ge)
    mov(r0, r1)
    itte(lt)
    mov(r8, r0)
    mov(r9, r8)
    movwt(r10, 0xDEADBEEF)
    sdiv(r0, r1, r2)
    clz(r3, r0)
    strex(r1, r2, [r3, 252])
    beq_w(end)
    bne_n(end)
    cpsid("i")
    mrs(r3, BASEPRI)
    label(end)


@micropython.asm_thumb
def norm(r0, r1):
    vldr(s0, [r0, 0])
    vldr(s31, [r1, 1020])
    vmul(s0, s0, s0)
    vmul(s31, s31, s31)
    vadd(s1, s0, s31)
    vsqrt(s2, s1)
    vcmp(s2, s0)
    vmrs(APSR_nzcv, FPSCR)
    vcvt_s32_f32(s3, s2)
    vmov(r0, s3)


def outer(x):
    @micropython.asm_thumb
    def inner(r0):
        pass

    return lambda: inner(x)
