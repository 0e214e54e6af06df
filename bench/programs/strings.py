"""Strings: building, formatting, splitting, searching."""

N = 3_000


def main(n):
    total = 0
    for i in range(n):
        words = ["word%d" % x for x in range(i & 7, 12)]
        line = " ".join(words)
        total += len(line.split()) + line.find("word9") + line.count("o")
        text = "{:>8}|{:<6}|{:04x}".format(i, words[0], i)
        text += f"{i}:{line[3:9]!r}"
        total += len(text.upper().replace("W", "ww")) + (text < line) + text.startswith("  ")
        built = ""
        for c in "hello world":
            built += chr(ord(c) ^ 1)
        total += len(built.strip("m")) + ("rld" in built) + hash(built) * 0
    return total
