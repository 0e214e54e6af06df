"""Global variables, read and written."""

N = 300_000

counter = 0
STEP = 3
LIMIT = 1000


def advance():
    global counter
    counter += STEP
    if counter > LIMIT:
        counter -= LIMIT


def main(n):
    for _ in range(n):
        advance()
    return counter
