"""A Sudoku, solved by candidates and guesses."""

N = 5

GIVEN = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"


class Board:
    def __init__(self, cells):
        self.cells = cells

    def candidates(self, at):
        row, column = at // 9, at % 9
        used = set(self.cells[row * 9 : row * 9 + 9]) | set(self.cells[column::9])
        corner = row // 3 * 27 + column // 3 * 3
        for line in range(3):
            used.update(self.cells[corner + 9 * line : corner + 9 * line + 3])
        return [digit for digit in range(1, 10) if digit not in used]

    def solve(self):
        best = None
        for at, digit in enumerate(self.cells):
            if digit == 0:
                choices = self.candidates(at)
                if best is None or len(choices) < len(best[1]):
                    best = at, choices
                    if len(choices) < 2:
                        break
        if best is None:
            return self
        at, choices = best
        for digit in choices:
            cells = self.cells[:]
            cells[at] = digit
            solved = Board(cells).solve()
            if solved:
                return solved
        return None


def main(n):
    for _ in range(n):
        solved = Board([int(c) for c in GIVEN]).solve()
    return "".join(map(str, solved.cells))
