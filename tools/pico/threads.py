# Threads, which share the processor.
import _thread
import gc
import time
from machine import Pin

lock = _thread.allocate_lock()
led = Pin("LED", Pin.OUT)
seen = []
begin = lambda function, *args: _thread.start_new_thread(function, args)


def note(number):
    for _ in range(3):
        with lock:
            seen.append(number)
        time.sleep_ms(3)


numbers = {begin(note, number) for number in range(3)}
time.sleep_ms(40)
print(sorted(seen), len(numbers) == 3, _thread.get_ident() not in numbers)


# Lists that other threads have their collections by.
def collect(count, kept):
    for number in range(count):
        kept.append([number])
        if number % 100 == 0:
            gc.collect()


first, second = [], []
begin(collect, 1000, first)
collect(1000, second)
while len(first) < 1000:
    time.sleep_ms(1)
print(len(first), len(second), first == second)


# Machine code has an exception of its own in each thread.
@micropython.native
def careful(count, results):
    for number in range(count):
        try:
            time.sleep_ms(1)
            raise ValueError(number)
        except ValueError as error:
            results.append(error.args[0])


def deep(number):
    return deep(number + 1)


def bottomless():
    try:
        deep(0)
    except RuntimeError:
        print("refused")


begin(bottomless)
time.sleep_ms(50)
first, second = [], []
begin(careful, 5, first)
careful(5, second)
time.sleep_ms(20)
print(first == second == [0, 1, 2, 3, 4])


def forever():
    count = 0
    while True:
        count += 1
        if count % 2000 == 0:
            led.toggle()
