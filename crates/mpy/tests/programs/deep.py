# Things nested deeply.
def loops(a):
    for x0 in a:
        for x1 in a:
            for x2 in a:
                for x3 in a:
                    for x4 in a:
                        for x5 in a:
                            for x6 in a:
                                for x7 in a:
                                    for x8 in a:
                                        for x9 in a:
                                            for x10 in a:
                                                for x11 in a:
                                                    return x0


def ranges(a):
    for x0 in range(a):
        for x1 in range(a):
            for x2 in range(a):
                for x3 in range(a):
                    for x4 in range(a):
                        for x5 in range(a):
                            for x6 in range(a):
                                for x7 in range(a):
                                    for x8 in range(a):
                                        for x9 in range(a):
                                            for x10 in range(a):
                                                for x11 in range(a):
                                                    break


def withs(a):
    with a as x0:
        with a as x1:
            with a as x2:
                with a as x3:
                    with a as x4:
                        with a as x5:
                            with a as x6:
                                with a as x7:
                                    with a as x8:
                                        with a as x9:
                                            with a as x10:
                                                with a as x11:
                                                    return x0


def tries(a):
    try:
        try:
            try:
                try:
                    try:
                        try:
                            try:
                                try:
                                    try:
                                        try:
                                            return a
                                        finally:
                                            a(9)
                                    except ValueError as e:
                                        a(8)
                                finally:
                                    a(7)
                            except ValueError as e:
                                a(6)
                        finally:
                            a(5)
                    except ValueError as e:
                        a(4)
                finally:
                    a(3)
            except ValueError as e:
                a(2)
        finally:
            a(1)
    except ValueError as e:
        a(0)


def loops_and_tries(a):
    for x0 in a:
        try:
            for x1 in a:
                try:
                    for x2 in a:
                        try:
                            for x3 in a:
                                try:
                                    for x4 in a:
                                        try:
                                            for x5 in a:
                                                try:
                                                    break
                                                finally:
                                                    a()
                                        finally:
                                            continue
                                finally:
                                    break
                        finally:
                            a()
                finally:
                    continue
        finally:
            break


def conditions(a):
    if a > 0:
        if a > 1:
            if a > 2:
                if a > 3:
                    if a > 4:
                        if a > 5:
                            if a > 6:
                                if a > 7:
                                    if a > 8:
                                        if a > 9:
                                            if a > 10:
                                                if a > 11:
                                                    if a > 12:
                                                        if a > 13:
                                                            if a > 14:
                                                                if a > 15:
                                                                    return a


def functions(a):
    def f0(b0):
        def f1(b1):
            def f2(b2):
                def f3(b3):
                    def f4(b4):
                        def f5(b5):
                            def f6(b6):
                                def f7(b7):
                                    def f8(b8):
                                        def f9(b9):
                                            return a, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9
                                        return f9
                                    return f8
                                return f7
                            return f6
                        return f5
                    return f4
                return f3
            return f2
        return f1
    return f0


def expressions(a, f):
    x = f(a, [0, f(a, [1, f(a, [2, f(a, [3, f(a, [4, f(a, [5, f(a, [6, f(a, [7, f(a, [8, f(a, [9, f(a, [10, f(a, [11, f(a, [12, f(a, [13, f(a, [14, f(a, [15, f(a, [16, f(a, [17, f(a, [18, f(a, [19, a])])])])])])])])])])])])])])])])])])])])
    y = f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else f.m(a if a else a)))))))))))))))
    z = {a: (a and {a: (a and {a: (a and {a: (a and {a: (a and {a: (a and {a: (a and {a: (a and {a: (a and {a: (a and a)})})})})})})})})})}
    return x, y, z


async def managers(a):
    async with a as x0:
        async with a as x1:
            async with a as x2:
                async with a as x3:
                    async with a as x4:
                        async with a as x5:
                            async with a as x6:
                                async with a as x7:
                                    return x0


async def async_loops(a):
    async for x0 in a:
        async for x1 in a:
            async for x2 in a:
                async for x3 in a:
                    async for x4 in a:
                        async for x5 in a:
                            async for x6 in a:
                                async for x7 in a:
                                    break


def comprehensions(a):
    return [[[[[[[[a for x0 in a] for x1 in a] for x2 in a] for x3 in a] for x4 in a] for x5 in a] for x6 in a] for x7 in a]
