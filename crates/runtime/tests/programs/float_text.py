# Floats as text and back.
# MicroPython differs: it has more digits of the smallest float.
for value in (0.0, -0.0, 1.0, 0.1, 1e16, 1e15, 123456789.123, 1e-5, 0.0001, 1e100, 1.7976931348623157e308, 5e-324, 2 / 3):
    print(value, repr(value), str(value), float(repr(value)) == value)
for text in ("1", " 1.5 ", "1e3", "-1.5E-3", ".5", "5.", "inf", "-infinity", "nan", "1_0"):
    try:
        print(float(text))
    except ValueError as error:
        print(error)
print("%f %e %g %.3f %.2e %.3g" % (1.5, 1.5, 1.5, 3.14159, 12345.678, 1234567.0))
print("{:8.3f}|{:<8.2f}|{:^8.1f}|{:+.1f}|{:08.2f}|{:%}|{:e}".format(3.14159, 2.5, 1.25, 2.0, -3.14159, 0.25, 12345.678))
