# Settings of TLS by the names that Python has.
# MicroPython differs: its contexts have no check_hostname, and take whatever is stored.
import ssl
c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
print(c.verify_mode, c.check_hostname)
for m in (3, -1):
    try:
        c.verify_mode = m
    except ValueError as e:
        print(e)
c.verify_callback = print
print(c.verify_callback is print)
try:
    c.verify_mood = 1
except AttributeError as e:
    print("AttributeError")
c.check_hostname = True
print(c.verify_mode, c.check_hostname)
c.check_hostname = False
c.verify_mode = ssl.CERT_NONE
print(c.verify_mode, c.check_hostname)
try:
    c.load_verify_locations("a", b"b")
except ValueError as e:
    print(e)
print(type(c.get_ciphers()), "SSLContext" in str(c))
d = ssl.create_default_context()
print(d.verify_mode, d.check_hostname)
