# What programs can see of memory.
import gc, micropython
gc.collect()
before = gc.mem_alloc()
keep = [bytearray(1000) for _ in range(10)]
print(gc.mem_alloc() - before >= 10000, gc.mem_free() > 0, gc.isenabled())
gc.disable(); print(gc.isenabled()); gc.enable()
print(micropython.const(5), micropython.opt_level())
micropython.heap_lock()
try:
    [1, 2, 3]
except MemoryError as error:
    print("locked")
depth = micropython.heap_unlock()
print(depth)
print(micropython.mem_total() > 0, micropython.mem_current() > 0, micropython.mem_peak() >= micropython.mem_current(), micropython.stack_use() > 0)
ring = micropython.RingIO(8)
print(ring.write(b"abc"), ring.any(), ring.read(2), ring.write(b"0123456789"), ring.read(), ring.any(), ring.readline())

# MicroPython differs: what handles the MemoryError of a locked heap needs memory there.
