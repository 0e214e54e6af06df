# Choices with weights.
# MicroPython differs: there is no random.choices.
import random
c = random.choices("abc", [0, 1, 0], k=20)
print(len(c), set(c))
c = random.choices("abc", weights=[1, 0, 0], k=20)
print(set(c))
c = random.choices("abc", cum_weights=[0, 0, 1], k=20)
print(set(c))
c = random.choices("abc", weights=None, k=3)
print(len(c))
c = random.choices("ab", [3, 1], k=4000)
print(2800 < c.count("a") < 3200)
for k in ({"weights": [1]}, {"weights": [1, 1, 1], "cum_weights": [1, 2, 3]}, {"weights": [0, 0, 0]}, {"weights": [float("inf"), 1, 1]}):
    try:
        random.choices("abc", **k)
    except (ValueError, TypeError) as e:
        print(repr(e))
