# TLS by the names that Python has.

import tls
from tls import *

__version__ = "0.3.0"

# By this name programs ask whether streams need not wait, and whether all kinds of keys are known.
MBEDTLS_VERSION = "rustls"


def _content(source):
    # What a path leads to, or the bytes themselves.
    if not isinstance(source, str) or source.startswith("-----BEGIN "):
        return source
    with open(source, "rb") as file:
        return file.read()


class SSLContext:
    def __init__(self, protocol):
        self._settings = tls.SSLContext(protocol)
        self._settings.verify_mode = CERT_NONE
        self.get_ciphers = self._settings.get_ciphers
        self.set_ciphers = self._settings.set_ciphers
        self.set_alpn_protocols = self._settings.set_alpn_protocols
        self.wrap_socket = self._settings.wrap_socket

    @property
    def verify_mode(self):
        return self._settings.verify_mode

    @verify_mode.setter
    def verify_mode(self, mode):
        self._settings.verify_mode = mode

    def load_cert_chain(self, certfile, keyfile):
        self._settings.load_cert_chain(_content(certfile), _content(keyfile))

    def load_verify_locations(self, cafile=None, cadata=None):
        self._settings.load_verify_locations(_content(cafile) if cafile else cadata)


def create_default_context(cafile=None, cadata=None):
    # A client that believes nobody but whom these certificates vouch for.
    context = SSLContext(PROTOCOL_TLS_CLIENT)
    context.verify_mode = CERT_REQUIRED
    if cafile or cadata:
        context.load_verify_locations(cafile, cadata)
    return context


def wrap_socket(
    sock,
    server_side=False,
    key=None,
    cert=None,
    cert_reqs=CERT_NONE,
    cadata=None,
    server_hostname=None,
    do_handshake=True,
):
    context = SSLContext(PROTOCOL_TLS_SERVER if server_side else PROTOCOL_TLS_CLIENT)
    context.verify_mode = cert_reqs
    if key or cert:
        context.load_cert_chain(cert, key)
    if cadata:
        context.load_verify_locations(cadata=cadata)
    return context.wrap_socket(
        sock,
        server_side=server_side,
        server_hostname=server_hostname,
        do_handshake_on_connect=do_handshake,
    )
