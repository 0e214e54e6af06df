# Class bodies: names, cells of __class__, closures through them.
class Empty:
    pass


class Base:
    """A docstring."""

    first = 1
    second = first + 1
    first, second = second, first
    for i in range(3):
        first += i
    del i

    def __init__(self, value=first):
        self.value = value

    def method(self):
        return self.value

    @property
    def doubled(self):
        return self.value * 2

    @classmethod
    def make(cls, *args, **kwargs):
        return cls(*args, **kwargs)


class Child(Base):
    def __init__(self, value):
        super().__init__(value)
        self.other = super().value
        super(Child, self).__init__(value)

    def method(self):
        return super().method() + self.get()

    get = lambda self: super().method()

    def of_class(self):
        return __class__

    def generator(self):
        yield super().method()
        yield from super().generator()

    def nested(self):
        def inner():
            return super(__class__, self).method()

        return inner, [super(Child, self).method() for _ in self.value]


def factory(base, value):
    class Made(base):
        constant = value

        def method(self):
            return super().method(), value, base

        class Inner(base):
            again = value

            def method(self):
                return super().method(), value

    return Made


class Outer:
    class Inner:
        class Innermost:
            def method(self):
                return super().method()

        def method(self):
            return super().method()

    def local(self):
        x = self

        class Local(Outer.Inner):
            y = x

            def method(self):
                nonlocal x
                x = self
                return x, super().method()

        return Local


class Statements:
    try:
        value = 1
    except ValueError as error:
        value = error
    finally:
        other = 2
    with open("x") as file:
        lines = [line for line in file]
    if value:
        chosen = 1
    else:
        chosen = 2
    global exported
    exported = 3

    def __getitem__(self, index):
        return self[index:]

    import sys
    from os import path
