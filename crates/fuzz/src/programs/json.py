# Any bytes as JSON. What could be read can be written, and read again.
import io
import json


def seeds():
    return [b'{"a": [1, -2.5e3, true, null], "\\u00e9\\n": {"b": "\xc3\xa9"}}', b"[[[[1], 2], {}], 123456789012345678901]"]


def run(data):
    try:
        json.load(io.BytesIO(data))
    except (ValueError, UnicodeError, MemoryError, RuntimeError):
        pass
    try:
        value = json.loads(data)
    except (ValueError, UnicodeError, MemoryError, RuntimeError):
        return
    text = json.dumps(value, separators=(",", ":"))
    if "inf" not in text:
        assert json.dumps(json.loads(text), separators=(",", ":")) == text, text
