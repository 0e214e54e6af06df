# A pattern and a subject, with a zero byte between.
import re


def seeds():
    pairs = (rb"a(b|c)*?d+$", b"abcbdd"), (rb"^([^a-f\d]+|\W)?x.\.", b"gh-x .."), (rb"((a*)|(?:b)\s)\S??", b"aab c")
    return [pattern + b"\0" + subject for pattern, subject in pairs]


def run(data):
    pattern, _, subject = data[:80].partition(b"\0")
    # Going back takes time that doubles with each character, in the worst of cases.
    pattern, subject = pattern[:40], subject[:20]
    attempt(pattern, subject, b"<\\1\\g<0>>")
    attempt(pattern.decode(), subject.decode(), "<\\1\\g<0>>")


def attempt(pattern, subject, replacement):
    try:
        code = re.compile(pattern)
    except ValueError:
        return
    for match in (code.match(subject), code.search(subject)):
        if match:
            start, end = match.span()
            assert match.group(0) == subject[start:end]
            n = 0
            try:
                while True:
                    start, end = match.span(n)
                    assert start <= end <= len(subject)
                    assert start < 0 or match.group(n) == subject[start:end]
                    n += 1
            except IndexError:
                match.groups()
    try:
        code.sub(replacement, subject)
    except IndexError:
        code.sub(subject[:0], subject)
    code.split(subject)
