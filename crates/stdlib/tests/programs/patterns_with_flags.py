# Flags of regular expressions, as arguments and in patterns. What is printed is what CPython prints.
# MicroPython differs: it has no flags.
import re

print(re.IGNORECASE == re.I, re.MULTILINE == re.M, re.DOTALL == re.S, re.VERBOSE == re.X, re.ASCII == re.A, re.UNICODE == re.U)


def spans(pattern, text, flags=0):
    print([found.span() for found in re.finditer(pattern, text, flags)])


# The case of letters: characters, classes, what a class leaves out, ranges, groups taken again, letters beyond ASCII.
print(re.findall("abc", "ABC abc aBc", re.I), re.findall("abc", "ABC abc aBc"))
print(re.findall("[a-f]+", "ADGbef", re.I), re.findall("[^a-f]+", "ADGxbef", re.I), re.findall("[^A-F]", "ag", re.I))
print(re.findall(r"(\w)\1", "aA bB cd", re.I), re.findall(r"(?P<one>\w)(?P=one)", "aA bB cd", re.I), re.findall(r"(\w)\1", "aA bb"))
print(re.findall("é+|straße", "ÉéSTRAßE", re.I), re.findall("[à-ö]", "ÀÖ×", re.I))
print(re.findall(b"ab", b"AB\xe9", re.I), re.findall(rb"\d[^x]", b"1X2y", re.I))
print(re.match("a{2,3}b?", "AAAB", re.I).group(), re.match("(?:ab)+?", "ABab", re.I).group(), re.search("x*", "XXX", re.I).group())

# Lines.
spans("^a", "a\na\nba\n")
spans("^a", "a\na\nba\n", re.M)
spans("a$", "a\na\nba", re.M)
spans("^", "one\ntwo\n", re.M)
spans("$", "one\ntwo", re.M)
spans(r"\Aa", "a\na", re.M)
spans(r"^\w+$", "one\ntwo three\nfour", re.M)

# Patterns that are laid out.
spans(
    r"""
    (\d+)   # a number
    \s* [ #] \#?  # then perhaps a sign
    """,
    "12 #7#\n8 ",
    re.X,
)
print(re.fullmatch("a b # c", "ab", re.X).span(), re.fullmatch("a b # c", "a b", re.X))
print(re.findall("a +", "aaa a", re.VERBOSE), re.findall("a  {2}", "aaa", re.X))

# Several at once, and in the pattern: from there on, or for a group.
print(re.findall("^A .$", "ab\nac\n", re.I | re.M | re.X))
print(re.findall("(?i)ab", "AB"), re.findall("(?im)^a", "A\na"), re.findall("(?x) a b ", "ab"))
print(re.findall("(?i:a)b", "Ab AB ab aB"), re.findall("(?i:a(?-i:b))", "Ab AB ab aB"), re.findall("a(?s:.)c", "a\nc"))
print(re.fullmatch("(?i)ab|c", "C").group())

# In all functions, by position and by name.
print(re.match("A", "a", re.I).group(), re.search("A", "ba", flags=re.I).group(), re.fullmatch("A", "a", flags=re.I).group())
print(re.sub("A", "-", "bab", flags=re.I), re.sub("A", "-", "aaa", 2, re.I), re.sub("A", "-", "aaa", count=1, flags=re.I))
print(re.split("A", "bab", 0, re.I), re.split("A", "bacad", maxsplit=1, flags=re.I), re.findall("A", "aA", flags=re.I))
compiled = re.compile("a", flags=re.I)
print(compiled.findall("aA"), bool(compiled.flags & re.I), bool(re.compile("a").flags & re.I), re.findall(compiled, "aA"), re.compile(compiled) is compiled)
for wrong in (lambda: re.match(compiled, "a", flags=re.I), lambda: re.match("(?q)", "a"), lambda: re.match("a", "a", flag=1)):
    try:
        print(wrong())
    except (ValueError, TypeError, re.error) as error:
        print("refused")
