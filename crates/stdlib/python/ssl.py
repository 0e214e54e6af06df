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
    # Settings are those of `tls`, which refuses what it does not know.

    def __init__(self, protocol):
        settings = tls.SSLContext(protocol)
        # As in MicroPython: `tls` checks the certificates of servers unless told otherwise, `ssl` does not.
        settings.verify_mode = CERT_NONE
        object.__setattr__(self, "_settings", settings)
        object.__setattr__(self, "_checks_name", True)

    def __getattr__(self, name):
        if name == "check_hostname":
            return self._checks_name and self._settings.verify_mode == CERT_REQUIRED
        return getattr(self._settings, name)

    def __setattr__(self, name, value):
        if name == "check_hostname":
            object.__setattr__(self, "_checks_name", bool(value))
            # A name is worth no more than the certificate that says so.
            if value:
                self._settings.verify_mode = CERT_REQUIRED
        else:
            setattr(self._settings, name, value)

    def wrap_socket(self, sock, **options):
        if self._settings.verify_mode == CERT_REQUIRED and not self._checks_name:
            raise ValueError("CERT_REQUIRED checks the name, too")
        return self._settings.wrap_socket(sock, **options)

    def load_cert_chain(self, certfile, keyfile):
        self._settings.load_cert_chain(_content(certfile), _content(keyfile))

    def load_verify_locations(self, cafile=None, cadata=None):
        if cafile and cadata:
            raise ValueError("only one of cafile and cadata")
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
