# machine.disable_irq: scheduled calls wait, and nested uses end with the outermost.
import machine
import micropython


def turns():
    for _ in range(3):
        pass


outer = machine.disable_irq()
micropython.schedule(print, "scheduled")
turns()
inner = machine.disable_irq()
turns()
machine.enable_irq(inner)
turns()
print("held")
machine.enable_irq(outer)
turns()
print("done")

# MicroPython differs: this port has no machine.disable_irq.
