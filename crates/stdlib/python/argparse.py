# Command lines: what a program takes, and what it was given.

import sys


# What `nargs` may be besides a number.
OPTIONAL = "?"
ZERO_OR_MORE = "*"
ONE_OR_MORE = "+"
REMAINDER = "..."


class _ArgError(Exception):
    pass


class Namespace:
    # What came of a command line.

    def __init__(self, **values):
        for name in values:
            setattr(self, name, values[name])

    def __repr__(self):
        values = self.__dict__
        return "Namespace(%s)" % ", ".join("%s=%r" % (name, values[name]) for name in values)


class _Argument:
    def __init__(self, names, action, nargs, const, default, type, choices, required, help, metavar, dest):
        self.names = names
        self.is_option = names[0].startswith("-")
        self.action = action
        self.nargs = nargs
        self.const = const
        self.default = default
        self.type = type
        self.choices = choices
        self.help = help
        self.metavar = metavar
        self.is_required = required if self.is_option else nargs not in (OPTIONAL, ZERO_OR_MORE, REMAINDER)
        # The first long name, if there is one.
        long = [name for name in names if name.startswith("--")] or names
        self.dest = dest or long[0].lstrip("-").replace("-", "_")

    def takes_value(self):
        return self.action in ("store", "append")

    def name_of_value(self):
        if self.metavar:
            return self.metavar
        if self.choices:
            return "{%s}" % ",".join(str(choice) for choice in self.choices)
        return self.dest.upper() if self.is_option else self.names[0]

    def values(self):
        # How the values look in a usage line.
        if not self.takes_value():
            return ""
        name, nargs = self.name_of_value(), self.nargs
        if nargs == OPTIONAL:
            return "[%s]" % name
        if nargs == ZERO_OR_MORE:
            return "[%s ...]" % name
        if nargs == ONE_OR_MORE:
            return "%s [%s ...]" % (name, name)
        if nargs == REMAINDER:
            return REMAINDER
        return " ".join([name] * (nargs or 1))

    def usage(self):
        if not self.is_option:
            return self.values()
        text = " ".join(part for part in (self.names[0], self.values()) if part)
        return text if self.is_required else "[%s]" % text

    def headline(self):
        if not self.is_option:
            return self.name_of_value()
        return ", ".join(" ".join(part for part in (name, self.values()) if part) for name in self.names)

    def help_text(self, prog):
        # The help with what it says in fields, such as `%(default)s`.
        if "%(" not in self.help:
            return self.help.replace("%%", "%")
        values = {"prog": prog}
        for name in ("default", "const", "nargs", "choices", "required", "help", "metavar", "dest"):
            values[name] = getattr(self, name, None)
        values["type"] = getattr(self.type, "__name__", self.type)
        if self.choices is not None:
            values["choices"] = ", ".join(str(choice) for choice in self.choices)
        return self.help % values

    def otherwise(self):
        # The value of an argument that is not given. A text is read as one that is given.
        return self.read(self.default) if isinstance(self.default, str) else self.default

    def read(self, text):
        try:
            return self.type(text) if self.type else text
        except (TypeError, ValueError):
            kind = getattr(self.type, "__name__", "value")
            raise _ArgError("argument %s: invalid %s value: %r" % (self.label(), kind, text))

    def convert(self, text):
        value = self.read(text)
        if self.choices is not None and value not in self.choices:
            choices = ", ".join(repr(choice) for choice in self.choices)
            raise _ArgError("argument %s: invalid choice: %r (choose from %s)" % (self.label(), value, choices))
        return value

    def label(self):
        return "/".join(self.names) if self.is_option else self.name_of_value()

    def range(self):
        # The least and the most values.
        if not self.takes_value():
            return 0, 0
        if isinstance(self.nargs, int):
            return self.nargs, self.nargs
        return {None: (1, 1), OPTIONAL: (0, 1), ZERO_OR_MORE: (0, 1 << 30), ONE_OR_MORE: (1, 1 << 30), REMAINDER: (0, 1 << 30)}[self.nargs]

    def store(self, namespace, texts):
        # Takes the values that were found.
        action, dest = self.action, self.dest
        if action in ("store_const", "store_true", "store_false"):
            value = self.const
        elif action == "append_const":
            value = (getattr(namespace, dest) or []) + [self.const]
        elif action == "count":
            value = (getattr(namespace, dest) or 0) + 1
        elif self.nargs is None:
            value = self.convert(texts[0])
        elif self.nargs == OPTIONAL:
            value = self.convert(texts[0]) if texts else (self.const if self.is_option else self.otherwise())
        elif not texts and not self.is_option and self.default is not None:
            value = self.otherwise()
        else:
            value = [self.convert(text) for text in texts]
        if action == "append":
            value = (getattr(namespace, dest) or []) + [value]
        setattr(namespace, dest, value)


_CONSTANTS = {"store_true": (True, False), "store_false": (False, True)}
_ACTIONS = ("store", "append", "count", "store_const", "append_const", "store_true", "store_false", "help", "version")


class ArgumentParser:
    def __init__(self, prog=None, usage=None, description=None, epilog=None, add_help=True):
        self.prog = prog or (sys.argv[0].rsplit("/", 1)[-1] if sys.argv else "")
        self.usage = usage
        self.description = description
        self.epilog = epilog
        self._options = []
        self._positional = []
        self._all = []
        if add_help:
            self.add_argument("-h", "--help", action="help", help="show this help message and exit")

    def add_argument(
        self,
        *names,
        action="store",
        nargs=None,
        const=None,
        default=None,
        type=None,
        choices=None,
        required=False,
        help=None,
        metavar=None,
        dest=None,
        version=None,
    ):
        if action not in _ACTIONS:
            raise ValueError("unknown action %r" % action)
        if not isinstance(nargs, int) and nargs not in (None, OPTIONAL, ZERO_OR_MORE, ONE_OR_MORE, REMAINDER):
            raise ValueError("invalid nargs value")
        if action in _CONSTANTS:
            const, otherwise = _CONSTANTS[action]
            default = otherwise if default is None else default
        if action == "version":
            const = version
        names = names or (dest,)
        argument = _Argument(names, action, nargs, const, default, type, choices, required, help, metavar, dest)
        (self._options if argument.is_option else self._positional).append(argument)
        self._all.append(argument)
        return argument

    def format_usage(self):
        if self.usage:
            return "usage: %s\n" % self.usage
        parts = [self.prog] + [argument.usage() for argument in self._options + self._positional]
        return "usage: %s\n" % " ".join(parts)

    def format_help(self):
        text = self.format_usage()
        if self.description:
            text += "\n%s\n" % self.description.replace("%(prog)s", self.prog)
        for title, arguments in ("positional arguments", self._positional), ("options", self._options):
            if arguments:
                text += "\n%s:\n" % title
            for argument in arguments:
                head = "  " + argument.headline()
                if not argument.help:
                    text += head + "\n"
                elif len(head) <= 22:
                    text += "%-24s%s\n" % (head, argument.help_text(self.prog))
                else:
                    text += "%s\n%s%s\n" % (head, " " * 24, argument.help_text(self.prog))
        if self.epilog:
            text += "\n%s\n" % self.epilog.replace("%(prog)s", self.prog)
        return text

    def print_usage(self):
        print(self.format_usage(), end="")

    def print_help(self):
        print(self.format_help(), end="")

    def error(self, message):
        sys.stderr.write("%s%s: error: %s\n" % (self.format_usage(), self.prog, message))
        sys.exit(2)

    def parse_args(self, args=None):
        namespace, rest = self.parse_known_args(args)
        if rest:
            self.error("unrecognized arguments: " + " ".join(rest))
        return namespace

    def parse_known_args(self, args=None):
        args = list(sys.argv[1:] if args is None else args)
        namespace = Namespace()
        for argument in self._all:
            if argument.action not in ("help", "version"):
                setattr(namespace, argument.dest, argument.default)
        try:
            return namespace, self._parse(args, namespace)
        except _ArgError as error:
            self.error(str(error))

    def _find(self, name):
        for option in self._options:
            if name in option.names:
                return option
        # A long name may be cut off where that leaves only one.
        found = []
        if name.startswith("--"):
            for option in self._options:
                found += [option for known in option.names if known.startswith(name)]
        if len(found) > 1:
            raise _ArgError("ambiguous option: %s could match several" % name)
        return found[0] if found else None

    def _is_option(self, text):
        if len(text) < 2 or text[0] != "-":
            return False
        try:
            float(text)
            # A negative number is a value, unless there are options that look like one.
            return any(option.names[0][1:2].isdigit() for option in self._options)
        except ValueError:
            return " " not in text

    def _split(self, text):
        # An option and the value that stands in the same word, if there is one.
        option = self._find(text)
        if option:
            return option, None
        if text.startswith("--"):
            name, equals, value = text.partition("=")
            return self._find(name), value if equals else None
        option = self._find(text[:2])
        return option, text[2:] or None

    def _is_value(self, text):
        return text != "--" and not self._is_option(text)

    def _words_before_rest(self):
        # How many words come before those that an argument takes all of, options or not.
        most = 0
        for argument in self._positional:
            if argument.nargs == REMAINDER:
                return most
            most += argument.range()[1]
        return 1 << 30

    def _parse(self, args, namespace):
        rest, words, given = [], [], []
        at = 0
        most = self._words_before_rest()
        while at < len(args):
            text = args[at]
            at += 1
            if text == "--":
                words += args[at:]
                break
            if not self._is_option(text):
                words.append(text)
                if len(words) >= max(most, 1):
                    # All the rest belongs to the last argument.
                    words += args[at:]
                    break
                continue
            option, value = self._split(text)
            if option is None:
                rest.append(text)
                continue
            while value is not None and not option.takes_value():
                # Several options in one word.
                if text.startswith("--") or not self._find("-" + value[0]):
                    raise _ArgError("argument %s: ignored explicit argument %r" % (option.label(), value))
                self._take(option, [], namespace, given)
                option, value = self._find("-" + value[0]), value[1:] or None
            least, largest = option.range()
            values = [] if value is None else [value[1:] if value[0:1] == "=" and text[1] != "-" else value]
            if value is None:
                takes_all = option.nargs == REMAINDER
                while len(values) < largest and at < len(args) and (takes_all or self._is_value(args[at])):
                    values.append(args[at])
                    at += 1
            if len(values) < least:
                expected = "one argument" if least == 1 and option.nargs is None else "at least one argument"
                if isinstance(option.nargs, int):
                    expected = "%d argument%s" % (least, "" if least == 1 else "s")
                raise _ArgError("argument %s: expected %s" % (option.label(), expected))
            self._take(option, values, namespace, given)
        rest = self._place(words, namespace, given) + rest
        for argument in self._all:
            if argument not in given and argument.takes_value() and getattr(namespace, argument.dest) is argument.default:
                setattr(namespace, argument.dest, argument.otherwise())
        missing = [argument.label() for argument in self._all if argument.is_required and argument not in given]
        if missing:
            raise _ArgError("the following arguments are required: " + ", ".join(missing))
        return rest

    def _take(self, argument, values, namespace, given):
        if argument.action == "help":
            self.print_help()
            sys.exit(0)
        if argument.action == "version":
            print(argument.const.replace("%(prog)s", self.prog))
            sys.exit(0)
        given.append(argument)
        argument.store(namespace, values)

    def _place(self, words, namespace, given):
        # Shares the words among the positional arguments: each has its least before one has more. What is left over is
        # answered.
        later = sum(argument.range()[0] for argument in self._positional)
        for argument in self._positional:
            least, most = argument.range()
            later -= least
            count = min(most, max(least, len(words) - later))
            if len(words) < least:
                break
            self._take(argument, words[:count], namespace, given)
            words = words[count:]
        return words
