# Methods of strings that search, split, join and change.
text = "hello world, hello"
print(text.find("hello"), text.find("hello", 1), text.rfind("hello"), text.find("x"), text.find(""), text.find("o", 5, 8))
print(text.index("world"), text.count("l"), text.count("hello"), text.count("x"), "aaa".count("aa"))
print(text.startswith("he"), text.startswith("world", 6), text.endswith("lo"), text.startswith(("x", "h")))
print(text.replace("hello", "bye"), text.replace("l", "L", 2), "abc".replace("", "-"), "abc".replace("x", "y"))
print("a,b,,c".split(","), "a b  c ".split(), "a,b,c".split(",", 1), "a,b,c".rsplit(",", 1), "".split(), "".split(","))
print("-".join(["a", "b", "c"]), "".join([]), ",".join("xyz"), "a-b-c".partition("-"), "a-b-c".rpartition("-"), "abc".partition("-"))
print("  x ".strip(), "  x ".lstrip() + "|", "  x ".rstrip() + "|", "xxaxx".strip("x"), "abcba".lstrip("ab"), "abcba".rstrip("ab"))
print("aBc".upper(), "aBc".lower(), "abc".center(9) + "|", "abc".center(2))
print("a\nb\r\nc".splitlines(), "a\nb\n".splitlines(True))
print("abc".isalpha(), "ab1".isalpha(), "123".isdigit(), "".isdigit(), " \t".isspace(), "ABC".isupper(), "aBC".islower(), "abc1".islower())
for bad in (lambda: text.index("x"), lambda: "a".split(""), lambda: "".join([1]), lambda: "a".partition("")):
    try:
        bad()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
