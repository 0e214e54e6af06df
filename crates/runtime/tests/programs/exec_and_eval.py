# exec, eval and compile with their variables.
x = 1
print(eval("x + 1"), eval("x + y", {"x": 5, "y": 6}), eval("[i for i in range(3)]"), eval(" 1+1"))
exec("x = 10"); print(x)
g = {"a": 1}; exec("b = a + 1\ndef f():\n    return b * 2", g); print(g["b"], g["f"]())
code = compile("x * 2", "name", "eval"); print(eval(code))
exec(compile("print('ran', x)", "name", "exec"))
exec(compile("x + 5", "name", "single"))
l = {}; exec("z = 3", {}, l); print(l)
def f():
    exec("q = 4")
    return eval("1 + 2")
print(f())
for bad in ("1 +", "def", "x = = 1", "  x", "(", "'abc", "return 1", "break", "1 = 2", "f(a=1, 2)"):
    try:
        exec(bad)
    except SyntaxError as error:
        print(repr(bad), type(error).__name__)

# MicroPython differs: its eval() refuses white space before an expression.
