# Floats with a given number of digits: those of the exact value, to even where it is a tie, as many as are asked for. What is
# printed is what CPython prints.
# MicroPython differs: it rounds halves up, and makes fewer digits.
for value in (0.5, 1.5, 2.5, 0.125, 0.375, 2.675, 1e22, 0.05, 1e-10, 123456.5, 5e-324, 1.7976931348623157e308):
    for precision in (0, 1, 2, 5, 17, 30):
        for kind in "feg":
            text = ("%." + str(precision) + kind) % value
            print(text if len(text) < 60 else (len(text), text[:30], text[-10:]), end=" ")
    print()
for value in (0.0, -0.0, 1.0, -2.5, 0.0001, 0.00001, 99999.95, 999999.5, 1e6, 123456789.0, float("inf"), float("-inf"), float("nan")):
    print("%g %G %e %f %.3g %.0g" % ((value,) * 6), "{:g} {:.2%} {:+.1f} {: .1e} {:,.2f} {:_.1f} {:010.3f} {:<12.4g}|{:^12.1e}|".format(*(value,) * 9))
print("%.100f" % 0.1)
print(len("%.1100f" % 5e-324), ("%.1100f" % 5e-324)[-30:], len("%.2000e" % 0.3), len("%.1000g" % 1e-5), "%.1200g" % 0.5)
print(format(0.5, ".0f"), format(1.5, ".0f"), format(-0.5, ".0f"), f"{2.5:.0f}", f"{1e16:.1f}", f"{0.1:.20f}", "{:.0%}".format(0.005), "{:.0%}".format(0.015))
# Of items that are equal, a set's intersection has those of the smaller set.
print({1, 2, 3} & {True}, {True} & {1, 2, 3}, {1} & {True}, {1}.intersection([1.0]), {0, 1} & {0.0, True, 5})
numbers = {1.0, 2, 5}
numbers &= {1, 7}
print(numbers, numbers.intersection({True, 3}), numbers & numbers)
for wrong in ([300], [-1], [2**70], [-(2**70)]):
    for make in (bytes, bytearray):
        try:
            print(make(wrong))
        except ValueError:
            print("ValueError", end=" ")
print()
