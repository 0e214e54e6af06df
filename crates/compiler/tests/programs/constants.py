# Folding and declared constants.
from micropython import const

A = const(1)
_B = const(0x1234)
_S = const("a string that is longer than ten")
_T = const((1, 2, "three"))
_N = const(None)
A + _B, _S, _T, _N, _B * 2 + A
f = _B
1 + 2 * 3 - 4, 7 // 2, -7 // 2, 7 % 3, -7 % 3, 1 << 40, ~5, -(3), +4, 2 ** 10, 2 ** -1, 7 / 2, 6 | 1 ^ 3 & 2
1 + 2 + f, f + 1 + 2, 1 // 0, 1 << -1, 10 ** 30
not 0, not "", not (1,), 1 and 2, 0 or f, f or 0, "" or (), 1 and f
if A:
    x = 1
if not _N:
    x = 2
while _B:
    break
x = __debug__
import math
math.pi, math.e, math.inf, -math.inf, math.sin
0xFFFF_FFFF, 0b1010, 0o777, 1_000_000
"long string constant number one", "long string constant number one", "long string constant number two"
math_is_longer_than_ten = "math_is_longer_than_ten"
