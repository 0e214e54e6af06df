# The statement assert.
assert True
assert 1, "not shown"
for test in ("assert 0", "assert [], 'empty'", "assert None, (1, 2)"):
    try:
        exec(test)
    except AssertionError as error:
        print(repr(error))
print(__debug__)
