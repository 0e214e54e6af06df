# What the firmware runs: enough of the language that the linker leaves nothing out by chance.
class Sensor:
    def __init__(self, name):
        self.name = name
        self.readings = []

    def read(self, value):
        self.readings.append(value)
        return self

    def __repr__(self):
        return f"{self.name}: {sum(self.readings) // len(self.readings)}"


def squares(n):
    for i in range(n):
        yield i * i


sensors = {name: Sensor(name) for name in ("inside", "outside")}
for value in squares(8):
    for sensor in sensors.values():
        sensor.read(value)
try:
    sensors["nowhere"]
except KeyError as error:
    print("no sensor", error)
print(sensors)
