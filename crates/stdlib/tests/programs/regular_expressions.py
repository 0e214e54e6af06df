# re: what matches, where, and what is done with it.
import re


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return repr(error)


def show(match):
    return match and (match.group(0), match.span(), match.groups())


print("matches")
for pattern, text in (
    ("a", "ba"),
    ("", "x"),
    ("a*", "aaab"),
    ("a*?b", "aaab"),
    ("a+", "baa"),
    ("a+?", "aaa"),
    ("ab?c", "ac"),
    ("ab??", "ab"),
    ("a|bc|d", "xbc"),
    ("(a|b)+c", "ababc"),
    ("(a)(b)?", "ac"),
    ("(?:a|b)*(c)", "abac"),
    ("((a)|(b))*", "ab"),
    ("^b", "ab"),
    ("a$", "ab"),
    ("^$", ""),
    ("[a-c]+", "xabcd"),
    ("[^a-c]+", "abxyc"),
    ("[]", "a"),
    ("[-a]+", "x-a"),
    ("[a-]+", "x-a"),
    (r"[\]\\]+", "a]\\"),
    (r"[\d_]+", "a1_2b"),
    (r"[^\s]+", " ab "),
    (r"\d+", "ab123"),
    (r"\D+", "12ab"),
    (r"\s\S", "a b"),
    (r"\w+\W", "a_1!"),
    (r"\.\*", "a.*"),
    ("a.c", "a\nc"),
    ("(a*)b", "aab"),
    ("(.*) (.*)", "one two three"),
    ("(.*?) (.*)", "one two three"),
    ("x(y(z))", "axyz"),
):
    print(pattern, show(re.match(pattern, text)), show(re.search(pattern, text)), re.compile(pattern).match(text))

print("text and bytes")
for pattern, text in (("é+", "aéé"), (".", "é"), ("[à-ë]*b", "éb"), ("[^a]b", "éb"), (r"\W", "é"), (b"[\x80-\xff]+", b"a\xe9\xea"), ("a.", b"a\xff"), ("é?$", "è")):
    print(show(re.search(pattern, text)))

print("places")
regex = re.compile("a")
for place in (0, 1, 2, 3, 9, -1):
    print(place, show(regex.match("aba", place)), show(regex.search("aba", place)), show(regex.search("aba", 1, place)))
print(show(re.compile("a$").search("aab", 0, 2)), show(re.compile("^b").search("ab", 1)), show(re.compile("b").search("éb", 1)))
match = re.search("(b)(x)?(c)", "éabc")
print(match.group(1), match.group(2), match.start(), match.end(3), match.start(2), match.span(3), match)
for number in (4, -1, "1"):
    print(attempt(match.group, number), attempt(match.span, number))

print("parts")
for pattern, text in ((",", "a,b,,c"), (" +", "a  b c"), ("x", "abc"), ("x*", "abc"), (b",", b"a,b"), ("", "ab"), ("é", "aébéc")):
    print(re.compile(pattern).split(text), re.compile(pattern).split(text, 1))
print(attempt(re.compile("(,)").split, "a,b"))

print("replaced")
for args in (
    ("a", "b", "banana"),
    ("a", "b", "banana", 2),
    ("a", "", "banana", 0),
    ("(a)(n)?", "[\\1\\2]", "banana"),
    ("(a)(n)?", "<\\g<2>\\g<1>\\\\\\0>", "banana"),
    ("x", "y", "banana"),
    ("x*", "y", "banana"),
    ("^b", "B", "bbb"),
    ("a", lambda match: match.group(0).upper() * 2, "banana"),
    (b"a", b"b", b"banana"),
    ("é", "e", "éé"),
    ("a", "\\1", "a"),
    ("a", "\\g<999999999999999999999>", "a"),
    ("a", 5, "a"),
    ("a", "b", 5),
    ("a", lambda match: None, "a"),
):
    print(attempt(re.sub, *args))
print(re.compile("n").sub("N", "banana", 1))

print("refused")
for pattern in ("*", "a**", "^*", "(", "(a", "a)", "(?:a", "a|*", "[a", "[a-", "\\", "(?P<n>a)", "[" + "a" * 128 + "]", "(a)" * 64, "(" + "a" * 62 + ")?", 5):
    print(attempt(re.compile, pattern))
print(re.compile("(" + "a" * 61 + ")?") is not None, re.compile("(a)" * 63) is not None)
print(attempt(re.compile, "(" * 5000 + ")" * 5000))
print(attempt(re.match, "(a*)*", "aaa"), attempt(re.match, "a", 5))
print(len(re.match("(ab)*", "ab" * 2000).group(0)), len(re.match(".*", "x" * 5000).group(0)))
