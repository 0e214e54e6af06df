# Exceptions caught by type, tuple of types, base type; else and finally; reraising.
def attempt(work):
    try:
        result = work()
    except ZeroDivisionError:
        return "division"
    except (KeyError, IndexError) as error:
        return type(error).__name__, error.args
    except LookupError:
        return "lookup"
    except Exception as error:
        return "other", type(error).__name__
    else:
        return "else", result
    finally:
        print("finally", end=" ")
def raise_it(error):
    raise error
for work in (lambda: 1, lambda: 1 // 0, lambda: {}["k"], lambda: [][0], lambda: raise_it(LookupError()), lambda: raise_it(ValueError("v"))):
    print(attempt(work))
try:
    try:
        raise ValueError(1)
    except ValueError:
        raise
except ValueError as error:
    print("again", error)
try:
    try:
        raise ValueError
    finally:
        print("cleanup")
except ValueError as error:
    print(repr(error))
try:
    raise KeyError("a") from None
except KeyError as error:
    print(error.args, error.value if hasattr(error, "value") else None)
try:
    error
except NameError:
    print("name is gone")
for bad in ("raise 5", "raise", "raise int"):
    try:
        exec(bad)
    except (TypeError, RuntimeError) as e:
        print(type(e).__name__, e)
