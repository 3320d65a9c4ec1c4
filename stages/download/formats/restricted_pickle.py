"""Pickles of arrays, lists and dicts, read without calling any function that a pickle names.

A pickle may contain five names (those of NumPy's arrays, and the one by which Python 3 writes bytes for Python 2).
Functions of this module take their place. Only verified files are read, and only after a check of their opcodes.
"""

import pickle
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError
from stages.download.formats.bounded_reading import array_from_bytes
from stages.download.formats.pickle_opcodes import check_opcodes

DTYPE_NAME = re.compile(r"[biuf][1248]|O8?")
BYTE_ORDERS = ("<", ">", "=", "|")
# What the unpickler and __setstate__ raise for a pickle that is not what it should be.
DAMAGE = (pickle.UnpicklingError, ValueError, TypeError, AttributeError, LookupError, EOFError, OverflowError)


def unpickle(content: bytes) -> Any:
    """The value of the pickle, in which arrays are `PickledArray` and the text of Python 2 is bytes."""
    try:
        check_opcodes(content)
        return _ArrayUnpickler(content).load()
    except DAMAGE as error:
        raise UserError(f"damaged pickle: {error}") from None


class PickledArray:
    """An array of numbers, or the list of the elements of an array of objects, in `content`."""

    __slots__ = ("content",)

    def __init__(self) -> None:
        self.content: NDArray[Any] | list[Any] = []

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
        self.encodable = len(content)
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
        self.encodable -= len(_check_type(text, str))
        if encoding != "latin1" or self.encodable < 0:
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
