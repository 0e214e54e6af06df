# Local times by the zone of TZ, and back again: without daylight saving time being said to be or not to be, and with either.
import time


def moments():
    yield from (0, 1, 1700000000, 1720000000, 2**31, 2**33, 10**11, 10**13, -(10**10), -62135596800)
    # Around the changes of the clocks of 2024, in Europe and America.
    for change in (1711846800, 1729990800, 1710054000, 1730613600):
        yield from (change - 3601, change - 3600, change - 1, change, change + 3599, change + 3600)


for moment in moments():
    local = time.localtime(moment)
    back = [int(time.mktime(tuple(local)[:8] + (is_dst,))) - moment for is_dst in (local[8], 0, 1)]
    print(moment, tuple(local)[:9], *back)
print("gaps, ambiguous hours, and parts that are out of range")
for parts in (
    (2024, 3, 31, 2, 30, 0),
    (2024, 10, 27, 2, 30, 0),
    (2024, 3, 10, 2, 30, 0),
    (2024, 11, 3, 1, 30, 0),
    (2024, 7, 15, 12, 0, 0),
    (2024, 14, 35, 30, 90, -70),
    (2024, 0, 0, 0, 0, 0),
):
    print(parts, *[int(time.mktime(parts + (0, 0, is_dst))) for is_dst in (-1, 0, 1)])
