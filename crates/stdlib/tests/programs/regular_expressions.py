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

print("counts")
for pattern, text in (
    ("a{2}", "aaa"),
    ("a{2}", "a{2}"),
    ("a{2,}b", "aaab"),
    ("a{,2}", "aaa"),
    ("a{1,2}?", "aaa"),
    ("(ab){2,3}", "abababab"),
    ("(a*){2,3}", "aa"),
    ("(a|b{2}){3}", "abbab"),
    ("((a){2}b){2}", "aabaab"),
    ("(?:a{0}b)*", "bb"),
    ("(a){0}b", "ab"),
    ("(?:ab?){1}", "ab"),
    ("[ab]{3}c", "ababc"),
    ("\\d{3}-\\d{4}", "tel 555-1234"),
    ("(a?){70000}", "aa"),
    ("x{}", "x{}"),
    ("x{a}", "x{a}"),
    ("x{1", "x{1"),
    ("x{1,2", "x{1,2"),
    ("x{,}y", "xxy"),
    ("{}", "{}"),
):
    print(pattern, show(re.search(pattern, text)))

print("classes")
for pattern, text in (("[]a]+", "x]a"), ("[^]a]+", "]xa"), ("[]-]+", "a]-"), ("[a\\-z]+", "b-z"), ("[\\n\\x41\\101]+", "b\nAA"), ("[\\0-a]+", "b\0a"), ("[" + "a" * 300 + "]+", "baa")):
    print(len(pattern), show(re.search(pattern, text)))

print("assertions and escapes")
for pattern, text in (
    (r"\bfoo\b", "a foo."),
    (r"\Boo", "foo"),
    (r"\B", ""),
    (r"\Ab|c\Z", "bc"),
    (r"\t\x41\u00e9\101\.", "\tAéA."),
    (r"(a|b)\1", "abb"),
    (r"(a)?\1b", "ab"),
    (r"(.)(.)\2\1", "xabbay"),
    (rb"\xff\0", b"a\xff\0"),
):
    print(pattern, show(re.search(pattern, text)))

print("turns without text")
for pattern, text in (("(a*)*", "aab"), ("(a*)+", "b"), ("(a|b*)*c", "abc"), ("((a*)b?)*", "aab"), ("(a*?)*?b", "aab"), ("(|a)+", "aa"), ("(?:)*a", "a"), ("(a?)*?b", "aab"), ("((a)|b)*", "ab")):
    print(pattern, show(re.match(pattern, text)))

print("empty matches")
for pattern, text in (("a*", "baac"), ("x*", "axbc"), ("", "ab"), ("(a)?", "ab"), (r"\b", "two words"), ("$", "ab"), ("^", "ab"), ("b*?", "abb"), ("(-)|(,)", "a-b,c")):
    regex = re.compile(pattern)
    print(pattern, regex.sub("<\\g<0>>", text), regex.sub("-", text, 2), regex.split(text), regex.split(text, 1), regex.split(text, -1), regex.sub("-", text, -1))
for template in (r"\n\t\\", r"[\1]", r"\.", r"\q", "\\"):
    print(template, attempt(re.sub, "(b)", template, "abc"))
print(re.sub("b", lambda match: r"\1", "abc"), re.match("(a)(b)", "ab").group(), re.match("(a)(b)?", "ab").group(2, 0, 1))

print("long subjects and patterns")
print(re.match("(a|b)*", "ab" * 20000).span(1), len(re.match("((?:ab)+?)*$", "ab" * 20000).group(0)))
words = re.compile("^(?:" + "|".join("word%d" % n for n in range(2000)) + ")$")
print(words.match("word1999") is not None, words.match("word2000"), words.match("word12") is not None)
print(re.match("(" * 60 + "a" + ")*" * 60, "aa").group(60), re.match("(a)" * 300, "a" * 300).group(300))
print(re.match("(" + "a" * 500 + ")?b", "b").groups(), re.match("a" * 1000 + "|b", "b").span())

print("refused")
for pattern in ("*", "a**", "^*", "(", "(a", "a)", "(?:a", "a|*", "[a", "[a-", "\\", "(?=a)", "a{3,2}", "{2}", "a{2}{3}", "a{5000000000}", "[]", "[^]", "[z-a]", "[a-\\d]", "\\x4", "\\2(a)", "\\777", 5):
    print(attempt(re.compile, pattern))
print(attempt(re.compile, "(" * 50000 + ")" * 50000))
print(attempt(re.match, "a", 5))
print(len(re.match("(ab)*", "ab" * 2000).group(0)), len(re.match(".*", "x" * 5000).group(0)))

# MicroPython differs: this port is built without span(), start() and end() of matches.
