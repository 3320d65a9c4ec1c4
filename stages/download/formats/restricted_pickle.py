"""The few words of the pickle language that arrays of data are written in; reading them calls nothing.

A pickle is a program. The library that runs it can be told what it may call, but not how much memory it may take
for a number in the file; this reader takes what the bytes that are there are worth, and knows no other word.
"""

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError, format_examples
from stages.core.validation_errors import format_value

STEPS = 20_000_000
LARGEST_RANK = 8
LONGEST_SIDE = 1 << 62
NUMBERS = re.compile(r"([biuf][1248]|O8?)")

RECONSTRUCT = "an array"
NDARRAY = "the class of arrays"
DTYPE = "a type of numbers"
ENCODE = "bytes written as text"
ADMITTED = {
    "numpy.core.multiarray._reconstruct": RECONSTRUCT,
    "numpy._core.multiarray._reconstruct": RECONSTRUCT,
    "numpy.ndarray": NDARRAY,
    "numpy.dtype": DTYPE,
    "_codecs.encode": ENCODE,
}


@dataclass
class Named:
    """One of the names above, met in the file; only a name until something is made of it."""

    what: str


@dataclass
class Kind:
    """An array's type in the making: its letter and size come first, its byte order later."""

    letters: str
    order: str = "="

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(f"{self.order}{self.letters}")


@dataclass
class Stored:
    """An array in the making; numbers end as an array, objects as the plain list that they are written as."""

    content: NDArray[Any] | list[Any] | None = None


def unpickled(content: bytes) -> Any:
    """Lists, dicts with names as keys, texts, bytes, whole numbers and arrays (as `Stored`), and nothing else."""
    machine = _Machine(content)
    try:
        return machine.run()
    except (struct.error, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise UserError(f"damaged pickle at byte {machine.at:,}: {error}") from None


class _Machine:
    """Values are put on a stack; a mark remembers its height, a memo values that are met again."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.encoded = 0

    def run(self) -> Any:
        for _ in range(STEPS):
            word = self.take(1)[0]
            if word == STOP:
                return self.pop()
            act = WORDS.get(word)
            if act is None:
                raise UserError(_unknown(word, self.at - 1))
            act(self)
        raise UserError(f"a pickle of more than {STEPS:,} steps")

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self.content):
            raise ValueError("it ends too early")
        taken = self.content[self.at : end]
        self.at = end
        return taken

    def skip(self, count: int) -> None:
        self.take(count)

    def number(self, form: str) -> int:
        size = struct.calcsize(form)
        return int(struct.unpack(form, self.take(size))[0])

    def line(self) -> bytes:
        end = self.content.find(b"\n", self.at)
        if end < 0:
            raise ValueError("it ends too early")
        taken, self.at = self.content[self.at : end], end + 1
        return taken

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise ValueError("a value is missing")
        return self.stack.pop()

    def top(self) -> Any:
        value = self.pop()
        self.push(value)
        return value

    def last(self, count: int) -> list[Any]:
        return [self.pop() for _ in range(count)][::-1]

    def since_mark(self) -> list[Any]:
        if not self.marks:
            raise ValueError("a mark is missing")
        begin = self.marks.pop()
        values = self.stack[begin:]
        del self.stack[begin:]
        return values

    def mark(self) -> None:
        self.marks.append(len(self.stack))

    def remember(self, place: int) -> None:
        self.memo[place] = self.top()

    def recall(self, place: int) -> None:
        if place not in self.memo:
            raise ValueError(f"nothing is remembered as {place}")
        self.push(self.memo[place])

    def append(self, values: list[Any]) -> None:
        _checked(self.top(), list).extend(values)

    def set_items(self, pairs: list[Any]) -> None:
        _checked(self.top(), dict).update(_dict(pairs))

    def name(self, module: Any, name: Any) -> None:
        asked = f"{_text(module)}.{_text(name)}"
        if asked not in ADMITTED:
            raise UserError(
                f"tries to use {asked[:80]}; only arrays, texts, bytes, whole numbers, lists and dicts are read"
            )
        self.push(Named(ADMITTED[asked]))

    def make(self) -> None:
        named, given = self.last(2)
        made = _made(_checked(named, Named).what, _checked(given, tuple))
        self.push(self.counted(made) if isinstance(made, bytes) else made)

    def counted(self, made: bytes) -> bytes:
        """One text may stand for many, and each of them would take memory that no byte of the file is for."""
        self.encoded += len(made)
        if self.encoded > len(self.content):
            raise ValueError("it makes more bytes from its texts than it has")
        return made

    def complete(self) -> None:
        state = _checked(self.pop(), tuple)
        match self.top():
            case Kind() as kind if len(state) >= 2:
                kind.order = _order(state[1])
            case Stored() as stored if len(state) == 5:
                stored.content = _filled(*state[1:])
            case other:
                raise UserError(f"tries to change {type(other).__name__}; only arrays are read")


def _checked(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{kind.__name__} expected, {type(value).__name__} found")
    return value


def _dict(pairs: list[Any]) -> dict[str, Any]:
    if len(pairs) % 2:
        raise ValueError("a value is missing")
    return dict(zip(map(_text, pairs[::2]), pairs[1::2], strict=True))


def _text(value: Any) -> str:
    """Python 2 wrote names as bytes."""
    return value.decode("ascii") if isinstance(value, bytes) else str(_checked(value, str))


def _made(what: str, given: tuple[Any, ...]) -> Any:
    """What the file would call: a type, an array still empty, or bytes; each with the arguments it always has."""
    if what == ENCODE and len(given) == 2 and given[1] == "latin1":
        return _checked(given[0], str).encode("latin1")
    if what == RECONSTRUCT and len(given) == 3 and given[0] == Named(NDARRAY):
        return Stored()
    if what == DTYPE and given and NUMBERS.fullmatch(_text(given[0])):
        return Kind(_text(given[0]))
    raise UserError(f"tries to make {what} of something else; only arrays of numbers or lists are read")


def _order(written: Any) -> str:
    order = _text(written)
    if order not in ("<", ">", "=", "|"):
        raise ValueError(f"no byte order {order[:10]!r}")
    return order


def _filled(shape: Any, kind: Any, by_column: Any, content: Any) -> NDArray[Any] | list[Any]:
    """As many values as there are, whatever shape is claimed."""
    sides = [_checked(side, int) for side in _checked(shape, tuple)]
    dtype = _checked(kind, Kind).dtype
    if dtype.hasobject:
        values: list[Any] = _checked(content, list)
        if sides != [len(values)]:
            raise ValueError(f"{len(values)} objects in an array of shape {format_examples(map(format_value, sides))}")
        return values
    return shaped(_checked(content, bytes), dtype, sides, bool(by_column))


def shaped(content: bytes, dtype: np.dtype[Any], sides: list[int], by_column: bool) -> NDArray[Any]:
    """The numbers in these bytes, without copying them."""
    if len(sides) > LARGEST_RANK or not all(0 <= side <= LONGEST_SIDE for side in sides):
        raise ValueError(f"no shape: {format_examples(map(format_value, sides))}")
    if prod(sides) * dtype.itemsize != len(content):
        raise ValueError(
            f"{dtype} of shape {tuple(sides)} is {prod(sides) * dtype.itemsize:,} bytes, not {len(content):,}"
        )
    return np.frombuffer(content, dtype).reshape(sides, order="F" if by_column else "C")


def _unknown(word: int, at: int) -> str:
    if word in CALLS:
        return f"tries to run {CALLS[word]} at byte {at:,}; a file of arrays has no need to"
    return f"damaged pickle at byte {at:,}: no word 0x{word:02x}"


def _long(content: bytes) -> int:
    return int.from_bytes(content, "little", signed=True)


def _decimal(line: bytes) -> int | bool:
    return {b"00": False, b"01": True}[line] if line in (b"00", b"01") else int(line.removesuffix(b"L"))


def _quoted(line: bytes) -> bytes:
    """Protocol 0 writes bytes as Python does; what has an escape in it is no name and no number."""
    if len(line) < 2 or line[:1] not in b"'\"" or line[:1] != line[-1:] or b"\\" in line:
        raise ValueError("bytes without their quotes")
    return line[1:-1]


STOP = ord(".")
CALLS = {ord("i"): "INST", ord("o"): "OBJ", ord("P"): "PERSID", ord("Q"): "BINPERSID", 0x81: "NEWOBJ"}
CALLS |= {0x92: "NEWOBJ_EX", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4"}
WORDS: Mapping[int, Callable[[_Machine], None]] = {
    0x80: lambda m: m.skip(1),
    0x95: lambda m: m.skip(8),
    ord("("): _Machine.mark,
    ord("N"): lambda m: m.push(None),
    0x88: lambda m: m.push(True),
    0x89: lambda m: m.push(False),
    ord("K"): lambda m: m.push(m.take(1)[0]),
    ord("M"): lambda m: m.push(m.number("<H")),
    ord("J"): lambda m: m.push(m.number("<i")),
    ord("I"): lambda m: m.push(_decimal(m.line())),
    ord("L"): lambda m: m.push(_decimal(m.line())),
    0x8A: lambda m: m.push(_long(m.take(m.number("<B")))),
    ord("S"): lambda m: m.push(_quoted(m.line())),
    ord("U"): lambda m: m.push(m.take(m.number("<B"))),
    ord("T"): lambda m: m.push(m.take(m.number("<I"))),
    ord("C"): lambda m: m.push(m.take(m.number("<B"))),
    ord("B"): lambda m: m.push(m.take(m.number("<I"))),
    0x8E: lambda m: m.push(m.take(m.number("<Q"))),
    ord("V"): lambda m: m.push(m.line().decode("raw_unicode_escape")),
    0x8C: lambda m: m.push(m.take(m.number("<B")).decode("utf-8", "surrogatepass")),
    ord("X"): lambda m: m.push(m.take(m.number("<I")).decode("utf-8", "surrogatepass")),
    ord("]"): lambda m: m.push([]),
    ord("l"): lambda m: m.push(m.since_mark()),
    ord("a"): lambda m: m.append([m.pop()]),
    ord("e"): lambda m: m.append(m.since_mark()),
    ord("}"): lambda m: m.push({}),
    ord("d"): lambda m: m.push(_dict(m.since_mark())),
    ord("s"): lambda m: m.set_items(m.last(2)),
    ord("u"): lambda m: m.set_items(m.since_mark()),
    ord(")"): lambda m: m.push(()),
    ord("t"): lambda m: m.push(tuple(m.since_mark())),
    0x85: lambda m: m.push(tuple(m.last(1))),
    0x86: lambda m: m.push(tuple(m.last(2))),
    0x87: lambda m: m.push(tuple(m.last(3))),
    ord("p"): lambda m: m.remember(int(m.line())),
    ord("q"): lambda m: m.remember(m.take(1)[0]),
    ord("r"): lambda m: m.remember(m.number("<I")),
    0x94: lambda m: m.remember(len(m.memo)),
    ord("g"): lambda m: m.recall(int(m.line())),
    ord("h"): lambda m: m.recall(m.take(1)[0]),
    ord("j"): lambda m: m.recall(m.number("<I")),
    ord("c"): lambda m: m.name(m.line(), m.line()),
    0x93: lambda m: m.name(*m.last(2)),
    ord("R"): _Machine.make,
    ord("b"): _Machine.complete,
}
