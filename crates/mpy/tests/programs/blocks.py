# Ways out of try, with and loops, through each other.
def handlers(f):
    try:
        f()
    except:
        return 1
    try:
        f()
    except ValueError:
        return 2
    except (TypeError, KeyError) as e:
        return e
    except Exception as e:
        raise
    except:
        raise ValueError from None
    else:
        return 3
    try:
        try:
            f()
        except ValueError as e:
            try:
                f(e)
            except TypeError as e:
                f(e)
            raise e
    except KeyError:
        pass


def returns(f):
    try:
        return f(1)
    finally:
        f(2)


def returns_of_all(f):
    try:
        try:
            return 1
        except ValueError:
            return 2
        else:
            return 3
        finally:
            f(4)
    finally:
        with f as g:
            return g
        f(5)


def finally_overrides(f):
    try:
        raise ValueError
    finally:
        return f


def finally_in_finally(f):
    try:
        f(1)
    finally:
        try:
            f(2)
        finally:
            try:
                f(3)
            finally:
                return f(4)


def loops(a, b):
    for x in a:
        try:
            if x == 1:
                continue
            if x == 2:
                break
            if x == 3:
                return x
        finally:
            b(x)
    for x in a:
        try:
            b(x)
        except ValueError:
            continue
        except TypeError as e:
            break
        except KeyError as e:
            return e
        else:
            continue
    while a:
        try:
            with b as c:
                if c:
                    continue
                break
        finally:
            b(2)
    for i in range(a):
        try:
            if i:
                continue
            break
        finally:
            b(i)
    for i in range(10):
        with b:
            if i:
                continue
            break


def finally_that_leaves(a, b):
    for x in a:
        try:
            b(x)
        finally:
            break
    for x in a:
        try:
            return b(x)
        finally:
            continue
    for i in range(a):
        try:
            raise b
        finally:
            if i:
                break
            continue
    while a:
        try:
            b(a)
        finally:
            try:
                b(1)
            finally:
                break
    for x in a:
        try:
            try:
                return b(x)
            finally:
                continue
        finally:
            break


def finally_with_loops(a, b):
    try:
        return b(0)
    finally:
        for x in a:
            for y in x:
                if y:
                    break
                continue
            else:
                b(x)
            while x:
                break
        for i in range(a):
            for j in range(i, 10):
                if j:
                    break
            else:
                continue
            break


def return_from_a_loop_in_finally(a, b):
    try:
        b(0)
    finally:
        for x in a:
            for y in x:
                return y
            for i in range(x):
                return i


def loops_in_finally_with_blocks(a, b):
    for w in a:
        try:
            continue
        finally:
            for x in w:
                try:
                    if x:
                        break
                    continue
                finally:
                    b(x)
                with b as c:
                    if c:
                        break
                    continue
            else:
                with b:
                    break
            try:
                b(w)
            except ValueError as e:
                break
            except TypeError:
                continue
            with b:
                with b:
                    continue


def managers(a, b):
    with a:
        pass
    with a as x, b as y, a:
        return x, y
    with a as (x, y), b as z.w, a as z[0]:
        for i in x:
            with i as j:
                for k in j:
                    with k:
                        if k:
                            return i
                        if j:
                            break
                        continue
                else:
                    break
    for x in a:
        with a:
            try:
                with b:
                    break
            except ValueError:
                continue
            finally:
                with b:
                    pass


def handlers_in_loops_in_handlers(a, b):
    try:
        for x in a:
            try:
                for y in x:
                    try:
                        b(y)
                    except ValueError:
                        break
                    except TypeError:
                        return y
                    else:
                        continue
                    finally:
                        b(x)
                else:
                    continue
                break
            except KeyError as e:
                b(e)
    except IndexError as e:
        for x in e:
            try:
                raise
            except e:
                continue
            except x as e:
                break
    else:
        return b


def leave_an_active_except(a, b):
    while a:
        try:
            b(1)
        except ValueError as e:
            try:
                b(2)
            except TypeError as f:
                if f:
                    break
                if e:
                    return
                continue
            finally:
                b(3)


def generator(a, b):
    try:
        x = yield a
        try:
            yield x
        except ValueError as e:
            yield e
        finally:
            yield b
            for y in a:
                yield y
                if y:
                    return y
        with b as c:
            yield c
            yield from a
            return c
    except GeneratorExit:
        yield 1
        raise
    finally:
        yield from b


def only_none(a):
    try:
        pass
    finally:
        pass
    try:
        pass
    except:
        pass
    with a:
        pass
    with None:
        pass
    try:
        None
    finally:
        None
