# HTTP for programs that ask servers.

import socket


class Response:
    def __init__(self, stream):
        # What is left of the answer.
        self.raw = stream
        self.encoding = "utf-8"
        self.status_code = 0
        self.reason = b""
        self.headers = {}
        self._content = None

    def close(self):
        if self.raw:
            self.raw.close()
            self.raw = None
        self._content = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    @property
    def content(self):
        if self._content is None:
            try:
                self._content = self.raw.read()
            finally:
                self.raw.close()
                self.raw = None
        return self._content

    @property
    def text(self):
        return str(self.content, self.encoding)

    def json(self):
        import json

        return json.loads(self.content)


def _malformed():
    return OSError("no answer of HTTP")


def _cut_off():
    return OSError("the answer is cut off")


def _number(text, base=10):
    # A number in an answer, which has no sign.
    try:
        number = int(text, base)
    except ValueError:
        number = -1
    if number < 0:
        raise _malformed()
    return number


def _line(stream):
    # A line of an answer, without its end.
    line = stream.readline()
    if not line:
        raise _cut_off()
    return line.strip()


class _Body:
    # The body of an answer: as many bytes as were announced, in chunks, or all until the end.

    def __init__(self, stream, length, is_chunked):
        self._stream = stream
        self._left = 0 if is_chunked else length
        self._is_chunked = is_chunked

    def _more(self):
        # Whether there is more to read at present.
        if not self._is_chunked:
            return self._left is None or self._left > 0
        if self._left == 0:
            # An empty line ends the chunk before.
            line = _line(self._stream) or _line(self._stream)
            self._left = _number(line.split(b";")[0].strip(), 16)
            if self._left == 0:
                while self._stream.readline().strip():
                    pass
                self._is_chunked = False
        return self._left > 0

    def read(self, size=-1):
        pieces = []
        while size and self._more():
            wanted = 4096 if size < 0 else min(size, 4096)
            piece = self._stream.read(wanted if self._left is None else min(wanted, self._left))
            if not piece:
                if self._left:
                    raise _cut_off()
                break
            pieces.append(piece)
            if self._left is not None:
                self._left -= len(piece)
            if size > 0:
                size -= len(piece)
        return b"".join(pieces)

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self):
        self._stream.close()


def _split(url):
    # The parts of a URL: whether it is encrypted, machine, port, path.
    scheme, rest = url.split("://", 1)
    if scheme not in ("http", "https"):
        raise ValueError("Unsupported protocol: " + scheme)
    machine, slash, path = rest.partition("/")
    if "?" in machine:
        machine, _, query = machine.partition("?")
        path = "?" + query
    port = 443 if scheme == "https" else 80
    if machine.startswith("["):
        machine, _, tail = machine[1:].partition("]")
        if tail:
            if tail[0] != ":":
                raise ValueError("no port: " + tail)
            port = int(tail[1:])
    elif ":" in machine:
        machine, number = machine.split(":", 1)
        port = int(number)
    if not 0 <= port < 65536:
        raise ValueError("no port: %d" % port)
    return scheme == "https", machine, port, "/" + path


def _connect(machine, port, is_encrypted, timeout):
    family, kind, protocol, _, address = socket.getaddrinfo(machine, port, 0, socket.SOCK_STREAM)[0]
    stream = socket.socket(family, kind, protocol)
    try:
        if timeout is not None:
            stream.settimeout(timeout)
        stream.connect(address)
        if is_encrypted:
            import ssl

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            stream = context.wrap_socket(stream, server_hostname=machine)
    except BaseException:
        stream.close()
        raise
    return stream


def _send(stream, method, machine, port, path, headers, data, is_encrypted):
    names = [name.lower() for name in headers]
    lines = ["%s %s HTTP/1.1" % (method, path)]
    if "host" not in names:
        usual = 443 if is_encrypted else 80
        shown = "[%s]" % machine if ":" in machine else machine
        lines.append("Host: " + (shown if port == usual else "%s:%d" % (shown, port)))
    if "connection" not in names:
        lines.append("Connection: close")
    is_generated = data is not None and not isinstance(data, (bytes, bytearray, memoryview))
    if data is not None:
        if is_generated:
            lines.append("Transfer-Encoding: chunked")
        elif "content-length" not in names:
            lines.append("Content-Length: %d" % len(data))
    for name in headers:
        lines.append("%s: %s" % (name, headers[name]))
    for line in lines:
        if "\r" in line or "\n" in line:
            raise ValueError("a header has no line breaks")
    stream.write("\r\n".join(lines + ["", ""]).encode())
    if is_generated:
        for piece in data:
            if isinstance(piece, str):
                piece = piece.encode()
            if piece:
                stream.write(b"%x\r\n" % len(piece))
                stream.write(piece)
                stream.write(b"\r\n")
        stream.write(b"0\r\n\r\n")
    elif data:
        stream.write(data)


def _begin(stream, parse_headers):
    # Reads what is before the body: the answer, and where it says that the thing has moved to.
    while True:
        line = stream.readline().split(None, 2)
        if len(line) < 2 or not line[0].startswith(b"HTTP/"):
            raise _malformed()
        response = Response(stream)
        response.status_code = _number(line[1])
        response.reason = line[2].rstrip() if len(line) > 2 else b""
        length, is_chunked, moved = None, False, None
        while True:
            line = _line(stream)
            if not line:
                break
            name, _, value = line.partition(b":")
            try:
                name, value = str(name, "utf-8"), str(value.strip(), "utf-8")
            except ValueError:
                raise _malformed()
            key = name.lower()
            if key == "transfer-encoding":
                is_chunked = "chunked" in value.lower()
            elif key == "content-length":
                length = _number(value)
            elif key == "location":
                moved = value
            if parse_headers is True:
                response.headers[name] = value
            elif parse_headers:
                parse_headers(name, value)
        # An answer of a hundred and something comes before the proper one.
        if response.status_code // 100 != 1:
            break
    return response, length, is_chunked, moved


def _resolve(url, moved):
    if "://" in moved:
        return moved
    is_encrypted, _, _, path = _split(url)
    root = url[: url.index("/", 8)] if "/" in url[8:] else url.split("?")[0]
    if moved.startswith("//"):
        return ("https:" if is_encrypted else "http:") + moved
    if moved.startswith("/"):
        return root + moved
    return root + path.split("?")[0].rsplit("/", 1)[0] + "/" + moved


def request(
    method,
    url,
    data=None,
    json=None,
    headers=None,
    stream=None,
    auth=None,
    timeout=None,
    parse_headers=True,
):
    headers = dict(headers or {})
    if auth:
        from binascii import b2a_base64

        secret = b2a_base64(("%s:%s" % tuple(auth)).encode())[:-1]
        headers["Authorization"] = "Basic " + secret.decode()
    if json is not None:
        import json as coder

        data = coder.dumps(json)
        headers.setdefault("Content-Type", "application/json")
    if isinstance(data, str):
        data = data.encode()
    for _ in range(10):
        is_encrypted, machine, port, path = _split(url)
        connection = _connect(machine, port, is_encrypted, timeout)
        try:
            _send(connection, method, machine, port, path, headers, data, is_encrypted)
            response, length, is_chunked, moved = _begin(connection, parse_headers)
        except BaseException:
            connection.close()
            raise
        if moved is None or response.status_code not in (301, 302, 303, 307, 308):
            if method == "HEAD" or response.status_code in (204, 304):
                length, is_chunked = 0, False
            response.raw = _Body(connection, length, is_chunked)
            return response
        connection.close()
        target = _resolve(url, moved)
        if _split(target)[:3] != (is_encrypted, machine, port):
            # Another machine is not told the secret.
            for name in list(headers):
                if name.lower() in ("authorization", "host"):
                    del headers[name]
        if response.status_code == 303 or response.status_code != 307 and response.status_code != 308 and method == "POST":
            method, data = "GET", None
        url = target
    raise ValueError("too many redirects")


def head(url, **options):
    return request("HEAD", url, **options)


def get(url, **options):
    return request("GET", url, **options)


def post(url, **options):
    return request("POST", url, **options)


def put(url, **options):
    return request("PUT", url, **options)


def patch(url, **options):
    return request("PATCH", url, **options)


def delete(url, **options):
    return request("DELETE", url, **options)
