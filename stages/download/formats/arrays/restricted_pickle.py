"""Pickles of arrays, lists and dicts, read without calling any function that a pickle names.

A pickle may contain five names (those of NumPy's arrays, and the one by which Python 3 writes bytes for Python 2).
Functions of this module take their place. Only verified files are read, and only after a check of their opcodes.
This check bounds the time and memory that reading takes: the unpickler of Python 3.11 allocates whatever length or memo
index a pickle declares, and hashing a key that is a tuple of shared or deeply nested tuples takes exponential time or
overflows the stack.
"""

import pickle
import pickletools
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any, NoReturn

import numpy as np

from stages.core.errors import UserError
from stages.download.formats.read_untrusted_files import Array, array_from_bytes

DTYPE_NAME = re.compile(r"[biuf][1248]|O8?")
BYTE_ORDERS = ("<", ">", "=", "|")
# What the unpickler and __setstate__ raise for a pickle that is not what it should be.
DAMAGE = (pickle.UnpicklingError, ValueError, TypeError, AttributeError, LookupError, EOFError, OverflowError)
MAX_INTEGER = 1 << 63
MAX_TUPLES = 1000
TUPLES = {"TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"}
CREATE = TUPLES | {
    "NONE", "NEWTRUE", "NEWFALSE", "INT", "LONG", "LONG1", "BININT", "BININT1", "BININT2", "STRING", "BINSTRING",
    "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE",
    "EMPTY_TUPLE", "EMPTY_LIST", "LIST", "EMPTY_DICT", "DICT", "GLOBAL", "STACK_GLOBAL", "REDUCE",
}  # fmt: skip
PUT = {"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"}
GET = {"GET", "BINGET", "LONG_BINGET"}
FRAMING = {"PROTO", "FRAME"}
ALLOWED = CREATE | PUT | GET | FRAMING | {"MARK", "APPEND", "APPENDS", "SETITEM", "SETITEMS", "BUILD", "STOP"}


def unpickle(content: bytes) -> Any:
    """The value of the pickle, in which arrays are `PickledArray` and the text of Python 2 is bytes."""
    try:
        _check_opcodes(content)
        return _ArrayUnpickler(content).load()
    except DAMAGE as error:
        raise UserError(f"damaged pickle: {error}") from None


def _check_opcodes(content: bytes) -> None:
    """Raise a UserError or a ValueError if the pickle needs more than arrays, lists and dicts do.

    `genops` itself checks that the bytes of each declared length exist.
    """
    memo_is_tuple: dict[int, bool] = {}
    tuples, previous = 0, ""
    for opcode, argument, position in pickletools.genops(content):
        name = opcode.name
        if name not in ALLOWED:
            raise UserError(f"tries to run {name} at byte {position}; only arrays, lists and dicts are read")
        if isinstance(argument, int) and abs(argument) >= MAX_INTEGER:
            raise ValueError(f"the number at byte {position} has more than 64 bits")
        if name in PUT:
            index = len(memo_is_tuple) if argument is None else int(argument)
            _check_put(index, len(memo_is_tuple), previous)
            memo_is_tuple[index] = previous in TUPLES
        elif name in GET:
            _check_get(argument, memo_is_tuple)
        tuples += name in TUPLES
        previous = previous if name in FRAMING else name
    if tuples > MAX_TUPLES:
        raise ValueError(f"{tuples:,} tuples; at most {MAX_TUPLES:,} are allowed")


def _check_put(index: int, memo_size: int, previous: str) -> None:
    """Pickles number their objects in order, from 0 or 1, and store each directly after its creation."""
    if not 0 <= index <= memo_size + 1 or previous not in CREATE:
        raise ValueError(f"memo index {index} is not in order")


def _check_get(index: int | None, memo_is_tuple: dict[int, bool]) -> None:
    if index not in memo_is_tuple:
        raise ValueError(f"memo index {index} does not exist")
    if memo_is_tuple[index]:
        raise ValueError(f"memo index {index} is a tuple that is used more than once")


class PickledArray:
    """An array of numbers, or the list of the elements of an array of objects, in `content`."""

    __slots__ = ("content",)

    def __init__(self) -> None:
        self.content: Array | list[Any] = []

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran_order, content = state
        sides = [_check_type(side, int) for side in _check_type(shape, tuple)]
        numpy_dtype = _check_type(dtype, _PickledDtype).numpy_dtype
        if not numpy_dtype.hasobject:
            self.content = array_from_bytes(_check_type(content, bytes), numpy_dtype, sides, bool(fortran_order))
        elif sides == [len(_check_type(content, list))]:
            self.content = content
        else:
            raise ValueError(f"an array of objects has {len(content)} elements, but another shape")


class _PickledDtype:
    __slots__ = ("name", "numpy_dtype")

    def __init__(self, name: str) -> None:
        self.name = name
        self.numpy_dtype: np.dtype[Any] = np.dtype(name)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        byte_order = _text(state[1])
        if byte_order not in BYTE_ORDERS:
            raise ValueError(f"no byte order {byte_order[:10]!r}")
        self.numpy_dtype = np.dtype(byte_order + self.name)


class _AllowedName:
    """A name in the pickle. It can be called, and nothing else."""

    __slots__ = ("function", "name")

    def __init__(self, name: str, function: Callable[..., object]) -> None:
        self.name, self.function = name, function

    def __call__(self, *arguments: object) -> object:
        return self.function(*arguments)

    def __setstate__(self, state: object) -> None:
        raise UserError(f"tries to change {self.name}")


class _ArrayUnpickler(pickle.Unpickler):
    def __init__(self, content: bytes) -> None:
        super().__init__(BytesIO(content), encoding="bytes")
        self.remaining_length = len(content)
        self.functions: dict[str, Callable[..., object]] = {
            "numpy.ndarray": _refuse,
            "numpy.dtype": _dtype,
            "numpy.core.multiarray._reconstruct": _empty_array,
            "numpy._core.multiarray._reconstruct": _empty_array,
            "_codecs.encode": self._encode,
        }

    def find_class(self, module: str, name: str) -> _AllowedName:
        full_name = f"{module}.{name}"
        if full_name not in self.functions:
            raise UserError(f"tries to use {full_name[:100]}; only arrays, lists and dicts are read")
        return _AllowedName(full_name, self.functions[full_name])

    def _encode(self, text: object, encoding: object) -> bytes:
        """The total length is bounded by that of the pickle, since a pickle can use the same text many times."""
        self.remaining_length -= len(_check_type(text, str))
        if encoding != "latin1" or self.remaining_length < 0:
            _refuse()
        return str(text).encode("latin1")


def _empty_array(array_type: object, *_: object) -> PickledArray:
    if not isinstance(array_type, _AllowedName) or array_type.name != "numpy.ndarray":
        _refuse()
    return PickledArray()


def _dtype(name: object, *_: object) -> _PickledDtype:
    if not DTYPE_NAME.fullmatch(_text(name)):
        _refuse()
    return _PickledDtype(_text(name))


def _refuse(*_: object) -> NoReturn:
    raise UserError("tries to create something else than arrays of numbers or lists")


def _check_type(value: Any, expected: type) -> Any:
    if type(value) is not expected:
        raise ValueError(f"{expected.__name__} expected, {type(value).__name__} found")
    return value


def _text(value: object) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else str(_check_type(value, str))
