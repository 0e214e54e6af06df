# What Python's re has and MicroPython's does not. The output is CPython's.
import re

found = re.search(r"(?P<key>\w+)=(?P<value>\d+)?", "a b key=; x=42")
print(found.group("key"), found["value"], found[0], found.groupdict(), found.groupdict("none"), found.span("key"))
print(re.sub(r"(?P<a>\w)(?P<b>\w)", r"\g<b>\g<a>", "abcde"), re.match(r"(?P<q>['\"]).*?(?P=q)", "'it\"s' x").group())
print(re.findall(r"\d+", "1 22 a333"), re.findall(r"(\w)(\d)?", "a1 b"), re.findall(r"x(.)", "xaxb"), re.findall("a*", "baac"), re.findall(b"[0-9]", b"1a2"))
print([(m.start(), m.group()) for m in re.finditer(r"\b\w", "ab cd e")], list(re.compile("z").finditer("abc")))
for pattern, text in ("a|ab", "ab"), ("a+", "aab"), ("", ""), (r"(\d+)-(\d+)", "12-34"):
    found = re.fullmatch(pattern, text)
    print(found and (found.group(), found.groups()))
print(re.escape("a.b*c-d e"), re.match(re.escape("1+1=[2]"), "1+1=[2]").end())
print(re.split(r"[ ,]+", "a, b c,,d"), re.split("(-)", "a-b-c"), re.split("x*", "axbc"))
compiled = re.compile(r"(?P<n>a)(b)(?#a comment)")
print(compiled.pattern, compiled.groups, dict(compiled.groupindex), compiled.fullmatch("ab") is not None)
for pattern in "(?P<1>a)", "(?P<a>a)(?P<a>b)", "(?P=x)", "(?P<>a)":
    try:
        re.compile(pattern)
        print("compiled")
    except Exception:
        print("error")
try:
    found = re.match("(?P<a>x)", "x").group("b")
except IndexError:
    print("IndexError")

# MicroPython differs: it has none of this.
