# Any records for ends of TLS: bytes that nobody has made, and what two ends say to each other, damaged on its way. What comes of
# them is data or an OSError.
import binascii
import io
import tls

CERT = binascii.a2b_base64(
    b"MIIBgjCCASegAwIBAgIUUsZwOFLiIQNctMEbcGwZtzqgg0AwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKYmVydXMudGVzdDAgFw0yNjExMzAwODA3MTZaGA8y"
    b"MTI2MTEwNjA4MDcxNlowFTETMBEGA1UEAwwKYmVydXMudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDbK0r3kz90WunrfcJ8ZK/zLtxMQGX2HEPQm"
    b"LEOqnoy1xQXDE9vvarutcCTxi/3peiFA74DnxQJ5Rbt+Blmq/H6jUzBRMB0GA1UdDgQWBBTgOWedVo8AcXpjmraddFUR9uOPljAfBgNVHSMEGDAWgBTgOWed"
    b"Vo8AcXpjmraddFUR9uOPljAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQD2zrPtygINpAaFk9CM8CaU4Ao/N9R9Z6nZhwQbg1aKXAIhALN7"
    b"w4TptQNyj+5UTrdwOjA9QKzkuW8HQbBs6Nz1VX1S"
)
KEY = binascii.a2b_base64(
    b"MHcCAQEEIGzbSZEihbzID4J+Iuce7b+vtCYz0mlW2Qfqu6KhxsuLoAoGCCqGSM49AwEHoUQDQgAENsrSveTP3Ra6et9wnxkr/Mu3ExAZfYcQ9CYsQ6qejLXF"
    b"BcMT2+9qu61wJPGL/el6IUDvgOfFAnlFu34GWar8fg=="
)

# What the first byte of the input says.
TO_SERVER, TO_CLIENT, DAMAGED = range(3)


class Pipe(io.IOBase):
    # What is written comes out at `other`. At its end there is no more.
    def __init__(self):
        self.data = b""
        self.is_ended = False
        self.other = self
        self.change = lambda data: data

    def readinto(self, buffer):
        data = self.data[: len(buffer)]
        if not data:
            return 0 if self.is_ended else None
        self.data = self.data[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def write(self, data):
        if self.other is not self:
            self.other.data += self.change(bytes(data))
        return len(data)

    def ioctl(self, request, argument):
        if request == 4:
            self.other.is_ended = True
        return 0


def wrapped(pipe, is_server):
    context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER if is_server else tls.PROTOCOL_TLS_CLIENT)
    if is_server:
        context.load_cert_chain(CERT, KEY)
    else:
        context.load_verify_locations(CERT)
    name = None if is_server else "berus.test"
    return context.wrap_socket(pipe, server_side=is_server, server_hostname=name, do_handshake_on_connect=False)


class Damage:
    # Damages what goes through as the bytes say: each three of them where, how, and by what.
    def __init__(self, plan):
        self.plan = plan

    def __call__(self, data):
        how, self.plan = self.plan[:3], self.plan[3:]
        if len(how) < 3 or how[1] & 1:
            return data
        at = how[0] * len(data) // 256
        kind = how[1] >> 1 & 3
        if kind == 0:
            return data[:at] + bytes([data[at] ^ how[2] | (how[2] == 0)]) + data[at + 1 :]
        if kind == 1:
            return data[:at]
        if kind == 2:
            return data[:at] + bytes([how[2]]) * (how[1] >> 3) + data[at:]
        return data + data[at:]


def use(end):
    # True while it may go on.
    try:
        end.write(b"some data")
        return end.read(64) != b""
    except OSError:
        return False


def run(data):
    kind = data[0] % 3 if data else TO_SERVER
    if kind == DAMAGED:
        near, far = Pipe(), Pipe()
        near.other, far.other = far, near
        near.change = far.change = Damage(data[1:])
        ends = [wrapped(near, False), wrapped(far, True)]
        for _ in range(12):
            if not all([use(end) for end in ends]):
                break
    else:
        pipe = Pipe()
        ends = [wrapped(pipe, kind == TO_SERVER)]
        size = data[1] % 64 + 1 if len(data) > 1 else 1
        for at in range(2, len(data), size):
            pipe.data += data[at : at + size]
            if not use(ends[0]):
                break
        pipe.is_ended = True
        use(ends[0])
    for end in ends:
        try:
            end.close()
        except OSError:
            pass
        # Nothing comes from an end that is closed.
        assert not use(end)


def hello(is_server):
    # What an end says first, or, of a server, to the hello of a client.
    near, far = Pipe(), Pipe()
    near.other, far.other = far, near
    client, server = wrapped(near, False), wrapped(far, True)
    use(client)
    if is_server:
        use(server)
        return near.data
    return far.data


def seeds():
    damages = [b"", b"\x40\x00\x10", b"\x00\x01\x00\x80\x00\xff", b"\x00\x01\x00\x00\x01\x00\x20\x04\x33", b"\x00\x01\x00" * 4 + b"\x90\x02\x01"]
    alert = b"\x15\x03\x03\x00\x02\x02\x28"
    return [
        bytes([TO_SERVER, 63]) + hello(False),
        bytes([TO_CLIENT, 63]) + hello(True),
        bytes([TO_SERVER, 4]) + alert,
        bytes([TO_CLIENT, 4]) + alert,
        bytes([TO_CLIENT, 40]) + b"\x16\x03\x03\x40\x00" + bytes(200),
    ] + [bytes([DAMAGED]) + damage for damage in damages]
