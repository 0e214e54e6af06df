# Line numbers: small steps and large, many bytes on a line, and lines that go back.
a = 1

b = 2



c = 3






d = 4






















e = (
    a
    + b
    + c
)
f = a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a
g = 5
h = lambda: (
    a,
    b)
i = [
    x
    for x
    in a
    if x
]


def j(
    a,
    b=1,
    *,
    c=2
):

    return (a
            if b
            else c)


if a: b; c
while a: b; break
raise ValueError(
    a,
    b)
dead = a.b.c
after = 1
