# Every way into and out of try, except, else and finally.
log = []


def note(*what):
    log.append(" ".join(str(w) for w in what))


def run(function, *args):
    del log[:]
    try:
        result = function(*args)
    except BaseException as error:
        result = "%s(%s)" % (type(error).__name__, ",".join(repr(a) for a in error.args))
    print(function.__name__, args, result, log)


def all_parts(how):
    try:
        note("try")
        if how == "raise":
            raise ValueError(how)
        if how == "other":
            raise KeyError(how)
        if how == "return":
            return "from try"
    except ValueError as error:
        note("except", error)
        return "from except"
    else:
        note("else")
    finally:
        note("finally")
    return "end"


for how in ("none", "raise", "other", "return"):
    run(all_parts, how)


def override(how):
    try:
        if how == 0:
            return "try"
        if how == 1:
            raise ValueError
    finally:
        if how < 3:
            return "finally"
    return "after"


for how in range(4):
    run(override, how)


def loops():
    for i in range(5):
        try:
            note("body", i)
            if i == 1:
                continue
            if i == 3:
                break
        finally:
            note("finally", i)
            for j in range(2):
                if j:
                    break
            else:
                note("never")
    else:
        note("never")
    return i


run(loops)


def break_in_finally():
    while True:
        try:
            1 / 0
        finally:
            break
    for i in range(3):
        try:
            return "lost"
        finally:
            if i == 0:
                continue
            break
    return "kept", i


run(break_in_finally)


def nested(n):
    try:
        try:
            try:
                note("inner")
                if n == 1:
                    raise IndexError(n)
                if n == 2:
                    return "return"
            finally:
                note("first")
                if n == 3:
                    raise KeyError(n)
        except KeyError as error:
            note("key", error.args)
            try:
                raise
            finally:
                note("second")
    except (IndexError, KeyError) as error:
        note("outer", type(error).__name__)
    finally:
        note("third")
    return "end"


for n in range(4):
    run(nested, n)


def through_loops(n):
    for i in range(2):
        for j in range(2):
            try:
                for k in range(2):
                    try:
                        if k == 1:
                            if n == 0:
                                return i, j, k
                            break
                    finally:
                        note(i, j, k)
            finally:
                note("out", i, j)
                if n == 2:
                    break
    return "end"


for n in range(3):
    run(through_loops, n)


def name_is_unset():
    try:
        raise ValueError("gone")
    except ValueError as error:
        note(error)
    try:
        error
    except NameError:
        note("unset")


run(name_is_unset)


def reraise():
    try:
        raise OSError(5)
    except OSError:
        try:
            int("x")
        except ValueError:
            note("value")
        raise


run(reraise)


def no_active():
    raise


run(no_active)


def raise_class_and_instance(what):
    raise what


run(raise_class_and_instance, RuntimeError)
run(raise_class_and_instance, RuntimeError("a", 1))


def chosen(error):
    try:
        raise error
    except (TypeError, ValueError) as e:
        return "tuple", type(e).__name__
    except LookupError as e:
        return "base", type(e).__name__
    except Exception as e:
        return "exception", type(e).__name__
    except:
        return "bare"


for error in (TypeError, ValueError(1), KeyError, IndexError, OSError, KeyboardInterrupt):
    print(chosen(error))
