# Times that are no times, and lists that say what is waited for.
# MicroPython differs: there is no select.select in its build for hosts.
import select
try:
    select.select([], [], [], -1)
except ValueError:
    print("ValueError")
try:
    select.select([], [], [], float("nan"))
except ValueError:
    print("ValueError")
print(select.select([], [], [], 0))
import io
import micropython


class Failed(io.IOBase):
    def ioctl(self, request, arg):
        # Always an error and an end, whatever is waited for, and no number of a file.
        return 0x18 if request == 3 else -1


s = Failed()
print([len(found) for found in select.select([s], [], [], 0)])
print([len(found) for found in select.select([], [s], [], 0)])
print([len(found) for found in select.select([], [], [s], 0)])
print([len(found) for found in select.select([s], [s], [s], 0)])
