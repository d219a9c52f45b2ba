"""What the catalogue says of objects and exceptions, held against what is installed."""

import importlib
import re
from functools import reduce

# What stands in a text that may differ.
PLACEHOLDER = re.compile(r"\\\{(?!status)\w+\\\}")


def found(path):
    """What a dotted path leads to; None where this release does not have it."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        try:
            return reduce(getattr, parts[length:], module)
        except AttributeError:
            return None
    return None


def in_force(during, version):
    """Whether the catalogue says so of this version."""
    numbers = [tuple(map(int, during[key].split("."))) if during[key] else None for key in ("since", "until")]
    since, until = numbers
    return (since is None or version >= since) and (until is None or version < until)


def holds(at, path, version):
    """Whether the catalogue says so of the path in this version."""
    return path in at["paths"] and in_force(at, version)


def paths(entries, key):
    return sorted({path for entry in entries for at in entry[key] for path in at["paths"]})


def check_exception(error, known):
    """The caught exception is the one that the catalogue says: its paths, bases, status, text, and what it lacks."""
    named = [found(path) for path in known["paths"]]
    assert type(error) in named, f"{error!r} is none of {known['paths']}"
    assert all(cls in (None, type(error)) for cls in named), named
    for base in known["bases"]:
        assert found(base) is None or isinstance(error, found(base)), base
    status = reduce(getattr, known["status"].split("."), error)
    assert status == 403 and isinstance(status, int), status
    pattern = PLACEHOLDER.sub(".*", re.escape(known["text"])).replace(re.escape("{status}"), "403")
    assert re.fullmatch(pattern, str(error), re.DOTALL), f"{str(error)!r} is not {known['text']!r}"


def check_lacks(error, known, since_headers=True):
    """What the catalogue says that it lacks is not there, and what it has in that place is."""
    for missing, wanted in known["lacks"].items():
        try:
            reduce(getattr, missing.split("."), error)
        except AttributeError as raised:
            name = missing.split(".")[0]
            if not hasattr(error, name):
                expected = f"'{type(error).__name__}' object has no attribute '{name}'"
                assert str(raised) == expected, str(raised)
        else:
            raise AssertionError(f"{missing} is there")
        if since_headers or "headers" not in wanted:
            reduce(getattr, wanted.split("."), error)
