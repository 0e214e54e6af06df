import julia

picture = bytearray(32 * 16)
julia.fill(picture, 32, 3.0)
for row in range(16):
    print("".join(" .:-=+*#%@"[min(9, n // 4)] for n in picture[32 * row : 32 * (row + 1)]))
print(julia.escape(2.0, 2.0, 100), julia.escape(0.0, 0.0, 100), julia.points())
try:
    julia.fill(picture, 0, 1.0)
except ValueError as error:
    print("ValueError:", error)
