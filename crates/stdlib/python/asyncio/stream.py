# Streams that tasks read and write.

from . import core


class Stream:
    def __init__(self, stream, extra={}):
        self.s = stream
        self.e = extra
        # What has been written and not yet taken.
        self.out_buf = b""

    def get_extra_info(self, name):
        return self.e[name]

    def close(self):
        pass

    async def wait_closed(self):
        self.s.close()

    def _read(self, read, *size):
        # What `read` reads when there is something, or at the end.
        while True:
            yield core._io_queue.queue_read(self.s)
            data = read(*size)
            if data is not None:
                return data

    def read(self, size=-1):
        if size >= 0:
            return self._read(self.s.read, size)
        return self._read_all()

    def _read_all(self):
        all = b""
        while True:
            data = yield from self._read(self.s.read)
            if not data:
                return all
            all += data

    def readinto(self, buffer):
        return self._read(self.s.readinto, buffer)

    def readexactly(self, size):
        all = b""
        while len(all) < size:
            data = yield from self._read(self.s.read, size - len(all))
            if not data:
                raise EOFError
            all += data
        return all

    def readline(self):
        line = b""
        while True:
            data = yield from self._read(self.s.readline)
            line += data
            # The end, or the end of a line.
            if not data or line[-1] == 10:
                return line

    def write(self, data):
        # As much as the stream takes at once, if there is nothing before it.
        if not self.out_buf:
            count = self.s.write(data)
            if count == len(data):
                return
            if count:
                data = data[count:]
        self.out_buf += data

    def drain(self):
        if not self.out_buf:
            # Writing again and again lets others have their turns.
            return (yield from core.sleep_ms(0))
        data = memoryview(self.out_buf)
        at = 0
        while at < len(data):
            yield core._io_queue.queue_write(self.s)
            at += self.s.write(data[at:]) or 0
        self.out_buf = b""

    async def awrite(self, data, offset=0, size=-1):
        if offset or size != -1:
            data = memoryview(data)[offset:]
            if size != -1:
                data = data[:size]
        self.write(data)
        await self.drain()

    awritestr = awrite
    aclose = wait_closed


StreamReader = StreamWriter = Stream


def open_connection(host, port, ssl=None, server_hostname=None):
    from errno import EINPROGRESS
    import socket

    family, kind, protocol, _, address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
    connection = socket.socket(family, kind, protocol)
    connection.setblocking(False)
    try:
        connection.connect(address)
    except OSError as error:
        if error.errno != EINPROGRESS:
            raise
    if ssl:
        if ssl is True:
            import ssl as tls

            ssl = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        name = server_hostname or host
        connection = ssl.wrap_socket(connection, server_hostname=name, do_handshake_on_connect=False)
        connection.setblocking(False)
    # A connection can be written to when it is there.
    yield core._io_queue.queue_write(connection)
    stream = Stream(connection)
    return stream, stream


class Server:
    def __init__(self, callback, listener, ssl):
        self._callback = callback
        self._listener = listener
        self._ssl = ssl
        self._is_closed = False
        self.task = core.create_task(self._serve())

    def close(self):
        self._is_closed = True
        self.task.cancel()

    async def wait_closed(self):
        await self.task

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        self.close()
        await self.wait_closed()

    def _serve(self):
        try:
            while True:
                yield core._io_queue.queue_read(self._listener)
                try:
                    connection, address = self._listener.accept()
                    if self._ssl:
                        connection = self._ssl.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                except OSError:
                    # Who does not come about is no reason to stop.
                    continue
                connection.setblocking(False)
                stream = Stream(connection, {"peername": address})
                core.create_task(self._callback(stream, stream))
        except core.CancelledError:
            if not self._is_closed:
                raise
        finally:
            self._listener.close()


async def start_server(callback, host, port, backlog=5, ssl=None):
    import socket

    family, *_, address = socket.getaddrinfo(host, port)[0]
    listener = socket.socket(family)
    listener.setblocking(False)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(backlog)
    server = Server(callback, listener, ssl)
    try:
        # It begins to serve, and so to mind being cancelled.
        await core.sleep_ms(0)
    except core.CancelledError:
        server.task.cancel()
        raise
    return server
