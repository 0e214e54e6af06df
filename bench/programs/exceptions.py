"""Exceptions raised and caught, near and far, and finally."""

N = 40_000


class Problem(Exception):
    def __init__(self, code):
        self.code = code


def deep(level, code):
    if level == 0:
        raise Problem(code)
    try:
        return deep(level - 1, code)
    finally:
        code += 1


def main(n):
    total = 0
    for i in range(n):
        try:
            total += i
        except ValueError:
            total = 0
        try:
            raise ValueError
        except (TypeError, ValueError):
            total += 1
        try:
            {}["missing"]
        except KeyError as error:
            total += len(error.args)
        if i & 7 == 0:
            try:
                deep(5, i)
            except Problem as problem:
                total += problem.code
    return total
