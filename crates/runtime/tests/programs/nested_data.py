# Data of many kinds inside each other, printed, compared and copied.
data = {"list": [1, [2, (3, {"k": {4}})]], "tuple": ((), ((),)), "none": None, 5: b"b", (1, 2): 1.5}
print(data["list"][1][1][1]["k"], data[(1, 2)], len(data), data == eval(repr(data)))
copy = dict(data); copy["list"] = data["list"][:]; copy["list"].append(9); print(len(data["list"]), len(copy["list"]))
deep = None
for i in range(50):
    deep = [deep]
print(str(deep).count("["), deep == eval(str(deep)))
matrix = [[0] * 3 for _ in range(2)]; matrix[0][1] = 5; print(matrix, [list(r) for r in zip(*matrix)], sum(sum(r) for r in matrix))
shared = [[]] * 2; shared[0].append(1); print(shared, shared[0] is shared[1])
print([1, 2] < [1, 2, 0], (1, "a") < (1, "b"), [[1], [2]] == [[1], [2]], {1: [2]} == {1: [2]}, ((1,) + ((2,),))[1][0])
