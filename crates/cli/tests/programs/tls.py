# tls and ssl: two ends that agree over pipes and over sockets, who is believed, and what is broken.
#
# Certificates and keys were made for this test by OpenSSL: CERT is its own root, ROOT vouches for LEAF (leaf.test, *.wild.test,
# 127.0.0.1), and for OLD, which was valid in 2000. The others are valid for a hundred years.
import binascii
import io
import select
import ssl
import tls

CERT_PEM = b"""-----BEGIN CERTIFICATE-----
MIIBgjCCASegAwIBAgIUUsZwOFLiIQNctMEbcGwZtzqgg0AwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKYmVydXMudGVzdDAgFw0yNjExMzAwODA3MTZaGA8yMTI2MTEw
NjA4MDcxNlowFTETMBEGA1UEAwwKYmVydXMudGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABDbK0r3kz90WunrfcJ8ZK/zLtxMQGX2HEPQmLEOqnoy1xQXDE9vv
arutcCTxi/3peiFA74DnxQJ5Rbt+Blmq/H6jUzBRMB0GA1UdDgQWBBTgOWedVo8A
cXpjmraddFUR9uOPljAfBgNVHSMEGDAWgBTgOWedVo8AcXpjmraddFUR9uOPljAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQD2zrPtygINpAaFk9CM
8CaU4Ao/N9R9Z6nZhwQbg1aKXAIhALN7w4TptQNyj+5UTrdwOjA9QKzkuW8HQbBs
6Nz1VX1S
-----END CERTIFICATE-----
"""
KEY_PEM = b"""-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIGzbSZEihbzID4J+Iuce7b+vtCYz0mlW2Qfqu6KhxsuLoAoGCCqGSM49
AwEHoUQDQgAENsrSveTP3Ra6et9wnxkr/Mu3ExAZfYcQ9CYsQ6qejLXFBcMT2+9q
u61wJPGL/el6IUDvgOfFAnlFu34GWar8fg==
-----END EC PRIVATE KEY-----
"""
ROOT_PEM = b"""-----BEGIN CERTIFICATE-----
MIIBdDCCARugAwIBAgIUa5/O+U6w2XxLCunXVEwvi+LBqbwwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAgFw0yNjExMzAwODA3MTdaGA8yMTI2MTEwNjA4MDcx
N1owDzENMAsGA1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIwz
qRAMGoqK8sHx0/+1UHL8NgM8kc86s564VynSX5rDcl48Cte3dwUZMYAU39NeirXQ
6B3Sd8tvg6GLl62vHZ6jUzBRMB0GA1UdDgQWBBQ9+XL/piD5ViqYSf22wy5EeLio
HDAfBgNVHSMEGDAWgBQ9+XL/piD5ViqYSf22wy5EeLioHDAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0cAMEQCIALcQO3vwYeD/4KAb/1Xi/ujDIRhuZMTZrmL
EH2rpFbxAiBMoHUSk5AaZIlD5h0W0QSTBO84Eh7OBo6LTmUIJkr4kg==
-----END CERTIFICATE-----
"""
LEAF_PEM = b"""-----BEGIN CERTIFICATE-----
MIIBjDCCATOgAwIBAgIUSmiZT7gKBnhpxTpZvKlN+h3ei0EwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAgFw0yNjExMzAwODA3MTdaGA8yMTI2MTEwNjA4MDcx
N1owDzENMAsGA1UEAwwEbGVhZjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDEQ
iHIqa/B3oQ4/9JawERv66xClurZkLC9eFI15oxspIlWubtb7I9W9J4E2rDMl1SHl
kcvT8Y9LHzQFP5/TqfqjazBpMCcGA1UdEQQgMB6CCWxlYWYudGVzdIILKi53aWxk
LnRlc3SHBH8AAAEwHQYDVR0OBBYEFI0jvjn2KIoDfCOOUuW2v+XOv6k/MB8GA1Ud
IwQYMBaAFD35cv+mIPlWKphJ/bbDLkR4uKgcMAoGCCqGSM49BAMCA0cAMEQCIBQX
GsCwOP7c+uU6WP3bWRv8IdlyfqXU1DwQfhea/D4UAiAWIXY8aP/ST7uNVSCIBnHJ
88H+rNx9T2zWOaXgiVuQbw==
-----END CERTIFICATE-----
"""
LEAF_KEY_PEM = b"""-----BEGIN EC PRIVATE KEY-----
MHcCAQEEINji55i07AyALrv3uM9NHafyRNZOmNF/dZBK5+9f/kMWoAoGCCqGSM49
AwEHoUQDQgAEMRCIcipr8HehDj/0lrARG/rrEKW6tmQsL14UjXmjGykiVa5u1vsj
1b0ngTasMyXVIeWRy9Pxj0sfNAU/n9Op+g==
-----END EC PRIVATE KEY-----
"""
OLD_PEM = b"""-----BEGIN CERTIFICATE-----
MIIBdjCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARyb290MB4X
DTAwMDEwMTAwMDAwMFoXDTAxMDEwMTAwMDAwMFowDjEMMAoGA1UEAwwDb2xkMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMRCIcipr8HehDj/0lrARG/rrEKW6tmQs
L14UjXmjGykiVa5u1vsj1b0ngTasMyXVIeWRy9Pxj0sfNAU/n9Op+qNrMGkwJwYD
VR0RBCAwHoIJbGVhZi50ZXN0ggsqLndpbGQudGVzdIcEfwAAATAdBgNVHQ4EFgQU
jSO+OfYoigN8I45S5ba/5c6/qT8wHwYDVR0jBBgwFoAUPfly/6Yg+VYqmEn9tsMu
RHi4qBwwCgYIKoZIzj0EAwIDRwAwRAIgc1RcvvYsTNe5vC+SJ5VHv+zYqpeOTp8O
sWlRPMnbSJUCIBj6Sy/CWdfMjbTUq9ksDJffUSTAsKocCnx6JEvBKUdt
-----END CERTIFICATE-----
"""


def der(pem):
    return binascii.a2b_base64(b"".join(pem.split(b"\n")[1:-2]))


CERT, KEY, ROOT, LEAF, LEAF_KEY, OLD = [der(pem) for pem in (CERT_PEM, KEY_PEM, ROOT_PEM, LEAF_PEM, LEAF_KEY_PEM, OLD_PEM)]


class Pipe(io.IOBase):
    def __init__(self):
        self.data = b""
        self.is_closed = False
        self.change = lambda data: data

    def readinto(self, buffer):
        data = self.data[: len(buffer)]
        if not data:
            return 0 if self.is_closed else None
        self.data = self.data[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def write(self, data):
        self.other.data += self.change(bytes(data))
        return len(data)

    def ioctl(self, request, argument):
        if request == 4:
            self.is_closed = self.other.is_closed = True
        if request == 3:
            return argument & (4 | bool(self.data))
        return 0


def pipes():
    near, far = Pipe(), Pipe()
    near.other, far.other = far, near
    return near, far


def server(chain=LEAF, key=LEAF_KEY):
    context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


def client(roots=ROOT):
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    if roots:
        context.load_verify_locations(roots)
    else:
        context.verify_mode = tls.CERT_NONE
    return context


def connect(client, server, name, step=1 << 30):
    # Both ends, and what each of them raised.
    near, far = pipes()
    ends = (
        client.wrap_socket(near, server_hostname=name, do_handshake_on_connect=False),
        server.wrap_socket(far, server_side=True, do_handshake_on_connect=False),
    )
    errors = []
    for _ in range(20):
        for end in ends:
            try:
                end.read(1)
            except Exception as error:
                errors.append(error)
                ends[0].close()
                return ends, errors
    return ends, errors


def attempt(function, *args, **options):
    try:
        print(function(*args, **options))
    except Exception as error:
        print(type(error).__name__, *error.args)


print("agreement")
(near, far), errors = connect(client(), server(), "leaf.test")
print(errors, near, near.write(b"to the server"), far.read(100), far.write(b"to the client"), near.read(7), near.read(100))
print(near.cipher() == far.cipher(), near.cipher()[1][:4])
big = bytes(range(256)) * 200
sent = near.write(big)
print(sent == len(big) or sent > 1000, near.read(1), end=" ")
got = b""
while len(got) < len(big):
    piece = far.read(5000)
    got += piece or b""
    if sent < len(big):
        sent += near.write(big[sent:]) or 0
print(got == big)
near.write(b"line\nrest")
print(far.readline(), far.recv(10))
buffer = bytearray(4)
near.sendall(b"into")
print(far.readinto(buffer), buffer)
near.close()
near.close()
print(far.read(10), far.read(10))
attempt(near.read, 1)
attempt(near.write, b"x")

print("who is believed")
for what, roots, chain, key, name in (
    ("chain", ROOT, LEAF, LEAF_KEY, "leaf.test"),
    ("wild", ROOT, LEAF, LEAF_KEY, "a.wild.test"),
    ("itself", CERT, CERT, KEY, "berus.test"),
    ("nobody asks", None, OLD, LEAF_KEY, None),
    ("no root", ROOT, CERT, KEY, "berus.test"),
    ("other root", CERT, LEAF, LEAF_KEY, "leaf.test"),
    ("other name", ROOT, LEAF, LEAF_KEY, "other.test"),
    ("too wild", ROOT, LEAF, LEAF_KEY, "a.b.wild.test"),
    ("itself, other name", CERT, CERT, KEY, "other.test"),
    ("expired", ROOT, OLD, LEAF_KEY, "leaf.test"),
):
    _, errors = connect(client(roots), server(chain, key), name)
    print(what, [(type(error).__name__, error.args) for error in errors])

print("what is refused")
for chain, key in (b"!", KEY), (CERT, b"!"), (b"", KEY), (CERT, b"-----BEGIN nothing"):
    attempt(tls.SSLContext(tls.PROTOCOL_TLS_SERVER).load_cert_chain, chain, key)
attempt(tls.SSLContext(tls.PROTOCOL_TLS_SERVER).load_cert_chain, CERT, None)
attempt(tls.SSLContext(tls.PROTOCOL_TLS_CLIENT).load_verify_locations, b"!")
attempt(tls.SSLContext(tls.PROTOCOL_TLS_CLIENT).wrap_socket, io.BytesIO())
attempt(tls.SSLContext(tls.PROTOCOL_TLS_CLIENT).wrap_socket, 1, server_hostname="leaf.test")
attempt(tls.SSLContext)
attempt(tls.SSLContext(tls.PROTOCOL_TLS_CLIENT).set_ciphers, ["no such cipher"])
attempt(client(None).wrap_socket, io.BytesIO(b"HTTP/1.1 400 Bad Request"))
attempt(client(None).wrap_socket, io.BytesIO(b""))

print("damage")
for at in range(0, 120, 7):

    def damage(data):
        if len(data) > at:
            return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        return data

    near, far = pipes()
    near.change = damage
    ends = (
        client(None).wrap_socket(near, do_handshake_on_connect=False),
        server().wrap_socket(far, server_side=True, do_handshake_on_connect=False),
    )
    for _ in range(4):
        for end in ends:
            try:
                end.read(1)
            except (OSError, ValueError):
                end.close()
print("done")

print("by the names of Python")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
print(context.verify_mode == ssl.CERT_NONE)
near, far = pipes()
far = ssl.wrap_socket(far, server_side=True, cert=CERT, key=KEY, do_handshake=False)
near = ssl.wrap_socket(near, cert_reqs=ssl.CERT_REQUIRED, cadata=CERT, server_hostname="berus.test", do_handshake=False)
for _ in range(4):
    near.read(1), far.read(1)
print(near.write(b"hello"), far.read(5))

print("more than MicroPython")
_, errors = connect(client(CERT_PEM), server(CERT_PEM, KEY_PEM), "berus.test")
print(errors)
_, errors = connect(client(CERT_PEM + ROOT_PEM), server(LEAF_PEM + ROOT_PEM, LEAF_KEY_PEM), "leaf.test")
print(errors)
ours, theirs = client(), server()
print(ours.get_ciphers())
ours.set_ciphers(["TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384"])
ours.set_alpn_protocols(["h2", "http/1.1"])
theirs.set_alpn_protocols(["http/1.1"])
(near, far), errors = connect(ours, theirs, "leaf.test")
print(errors, near.cipher(), near.selected_alpn_protocol(), far.selected_alpn_protocol())
theirs = server()
theirs.verify_mode = tls.CERT_REQUIRED
theirs.load_verify_locations(CERT)
_, errors = connect(client(), theirs, "leaf.test")
print([(type(error).__name__, error.args) for error in errors])
ours = client()
ours.load_cert_chain(CERT, KEY)
(near, far), errors = connect(ours, theirs, "leaf.test")
print(errors, far.getpeercert(True) == CERT)

print("callbacks")
context = client(None)
context.verify_callback = lambda certificate, depth: print(certificate == LEAF, depth) or 0
_, errors = connect(context, server(), None)
print(errors)
context.verify_callback = lambda certificate, depth: 1
_, errors = connect(context, server(), None)
print([type(error).__name__ for error in errors])
(near, far), errors = connect(client(), server(), "leaf.test")
print(near.getpeercert(True) == LEAF, far.getpeercert(True))
attempt(near.getpeercert, False)
attempt(near.ioctl, 77, 0)
near.close()
print(near.ioctl(3, 1))

# MicroPython differs: behind "more than MicroPython", its build has no such methods, and takes no PEM.
