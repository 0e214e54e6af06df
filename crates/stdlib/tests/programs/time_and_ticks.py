import time

print(time.gmtime(0), time.localtime(86400 * 365 * 30 + 3))
for seconds in (-1, 1.9, -1.5, 1 << 31, 1 << 40, 253402300800):
    print(seconds, time.gmtime(seconds))
for parts in ((2000, 1, 1, 0, 0, 0, 0, 0), (2000, 13, 40, 25, 61, 61, 0, 0, 0), [2000, 2, 30, 1, 1, 1, 1, 1], (2000, 1), 5):
    try:
        print(time.mktime(parts))
    except TypeError as e:
        print(e)

print(time.ticks_diff(1, 2), time.ticks_diff(2, 1))
last = time.ticks_add(0, -1)
print(time.ticks_add(last, 2), time.ticks_diff(0, last), time.ticks_diff(last, 0))
half = (last + 1) // 2
for delta in (half, half - 1, -half, 1 - half):
    try:
        ticks = time.ticks_add(0, delta)
        print(time.ticks_diff(ticks, 0) == delta, time.ticks_diff(0, ticks) == -delta)
    except OverflowError as e:
        print(e)

for sleep in (time.sleep, time.sleep_ms, time.sleep_us):
    for length in (0, "a"):
        try:
            print(sleep(length))
        except TypeError as e:
            print(e)
print(type(time.time()), type(time.time_ns()))

import utime

print(utime is time)
