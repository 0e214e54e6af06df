# Programs for programmable input and output.
import rp2
from machine import Pin
from rp2 import PIO, StateMachine


# A square wave of 64 cycles.
@rp2.asm_pio(set_init=PIO.OUT_LOW)
def wave():
    wrap_target()
    set(pins, 1)[31]
    set(pins, 0)[31]
    wrap()


# Bits for chains of lights: ten cycles each, of which three or six are high.
@rp2.asm_pio(sideset_init=PIO.OUT_LOW, autopull=True, pull_thresh=24)
def lights():
    label("bit")
    out(x, 1).side(0)[3]
    jmp(not_x, "zero").side(1)[2]
    jmp("bit").side(1)[2]
    label("zero")
    nop().side(0)[2]


# Bytes as a serial line has them, eight cycles for each bit.
@rp2.asm_pio(sideset_init=PIO.OUT_HIGH, out_init=PIO.OUT_HIGH, out_shiftdir=PIO.SHIFT_RIGHT)
def line():
    pull()
    set(x, 7).side(0)[7]
    label("bit")
    out(pins, 1)[6]
    jmp(x_dec, "bit")
    nop().side(1)[6]


# How long a pin is high, in pairs of cycles.
@rp2.asm_pio(in_shiftdir=PIO.SHIFT_LEFT)
def pulse():
    mov(x, invert(null))
    wait(0, pin, 0)
    wait(1, pin, 0)
    label("high")
    jmp(x_dec, "next")
    label("next")
    jmp(pin, "high")
    mov(isr, invert(x))
    push()


# Sets a flag, and goes on when it has been cleared.
@rp2.asm_pio()
def flag():
    pull()
    irq(block, rel(0))
    mov(isr, osr)
    push()
