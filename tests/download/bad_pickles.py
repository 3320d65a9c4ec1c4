"""Pickles that would call something, or take more than they bring: what each is, and what is said of it.

Those that call would leave a file named `called` where they are read, if they were run.
"""

import codecs
import collections
import copyreg
import functools
import io
import os
import pickle
import struct
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

CALLED = "called"
SHELL = f"touch {CALLED}"
CODE = f"open({CALLED!r}, 'w')"
MOST = (1 << 64) - 1

Bad = tuple[str, bytes, str]


class Calls:
    def __init__(self, function: Callable[..., object], *given: object) -> None:
        self.call = function, given

    def __reduce__(self) -> Any:
        return self.call


class CallsAsKey(Calls):
    def __hash__(self) -> int:
        return 1


class MadeAnew:
    """By the words that came with newer protocols: a class, and what it is made with."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return copyreg.__newobj_ex__, (subprocess.Popen, (["touch", CALLED],), {})  # type: ignore[attr-defined]


class PutBack:
    """Would get what it holds by a method of its own."""

    def __getstate__(self) -> dict[str, int]:
        return {"a": 1}

    def __setstate__(self, state: object) -> None:
        raise AssertionError(CALLED)


SYSTEM = Calls(os.system, SHELL)
EVAL = Calls(eval, CODE)


def pickles() -> Iterator[Bad]:
    """Each with its name and a part of what is said."""
    for what, evil, said in _callers():
        for protocol in (0, 2, 4):
            yield f"{what}, protocol {protocol}", pickle.dumps({"data": evil, "labels": [0]}, protocol), said
    yield from _by_hand()
    yield from _too_much()


def _callers() -> Iterator[tuple[str, object, str]]:
    yield "os.system", SYSTEM, "tries to use posix.system;"
    yield "eval", EVAL, ".eval;"
    yield "exec", Calls(exec, CODE), ".exec;"
    yield "getattr", Calls(getattr, 1, "real"), ".getattr;"
    yield "import", Calls(__import__, "antigravity"), ".__import__;"
    yield "a process", Calls(subprocess.Popen, ["touch", CALLED]), ".Popen;"
    yield "a partial", functools.partial(os.system, SHELL), "tries to use functools.partial;"
    yield "in a list of lists", [[[SYSTEM]]], "tries to use posix.system;"
    yield "in a dict in a tuple", ({"a": (EVAL,)},), ".eval;"
    yield "as a key", {CallsAsKey(os.system, SHELL): 2}, "tries to use posix.system;"
    yield "in an array of objects", objects(SYSTEM), "tries to use posix.system;"
    yield "in an array in an array", objects([objects(EVAL)]), ".eval;"
    yield "an array from a file", Calls(np.load, "x.npy", None, True), "tries to use numpy.load"
    yield "an array by its class", Calls(np.ndarray, (1 << 40,)), "tries to make the class of arrays of something else"
    yield "numbers of two types", Calls(np.dtype, "u1,u1"), "tries to make a type of numbers of something else"
    yield "numbers of no type", Calls(np.dtype, "V100"), "tries to make a type of numbers of something else"
    yield (
        "another encoding",
        Calls(codecs.encode, "x", "rot13"),
        "tries to make bytes written as text",
    )
    yield "decoding", Calls(codecs.decode, b"x", "zlib"), "tries to use _codecs.decode;"
    yield "an object with a state", PutBack(), "tries to "
    yield "an ordered dict", collections.OrderedDict(a=1), "tries to use collections.OrderedDict;"
    yield "a number of numpy's", np.float64(1), ".scalar;"
    yield "an extension registered", Calls(copyreg.add_extension, "posix", "system", 1), ".add_extension;"


def objects(*values: object) -> "np.ndarray[Any, Any]":
    array = np.empty(len(values), object)
    array[:] = list(values)
    return array


def _by_hand() -> Iterator[Bad]:
    """Words that the pickle module does not write by itself, or not any more."""
    yield "GLOBAL and REDUCE", b"cposix\nsystem\n(S'touch called'\ntR.", "tries to use posix.system;"
    yield "INST", b"(S'touch called'\niposix\nsystem\n.", "tries to run INST"
    yield "OBJ", b"(cnumpy\ndtype\nS'u1'\no.", "tries to run OBJ"
    yield "NEWOBJ", b"\x80\x02cnumpy\ndtype\n)\x81.", "tries to run NEWOBJ"
    yield "NEWOBJ_EX", b"\x80\x04cnumpy\ndtype\n)}\x92.", "tries to run NEWOBJ_EX"
    yield "NEWOBJ_EX of a process", pickle.dumps(MadeAnew(), 4), ".Popen;"
    yield "STACK_GLOBAL", b"\x80\x04\x8c\x05posix\x8c\x06system\x93.", "tries to use posix.system;"
    yield "a name with a dot", b"\x80\x04\x8c\x05numpy\x8c\x0edtype.__init__\x93.", "tries to use numpy.dtype.__init__;"
    yield "PERSID", b"Ptouch called\n.", "tries to run PERSID"
    yield "BINPERSID", persistent(), "tries to run BINPERSID"
    for word, width in ((0x82, 1), (0x83, 2), (0x84, 4)):
        yield f"EXT{width}", bytes([word, 1, *bytes(width - 1)]) + b".", f"tries to run EXT{width}"
    yield "a buffer from elsewhere", b"\x80\x05\x97.", "no word 0x97"
    yield "BUILD of a name", b"cnumpy\ndtype\n(tb.", "tries to change Named"
    yield "REDUCE of a text", b"S'system'\n(tR.", "Named expected, bytes found"


def _too_much() -> Iterator[Bad]:
    """Claims without the bytes for them, and a few bytes that would become many."""
    yield "one text encoded again and again", encoded_often(5_000), "more bytes from its texts than it has"
    lengths = {"T": "<I", "X": "<I", "B": "<I", "\x8e": "<Q", "\x8d": "<Q", "\x96": "<Q", "\x8b": "<I"}
    for word, form in lengths.items():
        content = word.encode("latin1") + struct.pack(form, MOST >> (64 - 8 * struct.calcsize(form))) + b"."
        yield f"a length that is not there, 0x{ord(word):02x}", content, "damaged pickle"
    for shape in ("J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86", "J\xff\xff\xff\xffK\x01\x86", "K\x00J\xff\xff\xff\x7f\x86"):
        yield f"a shape that is not there, {shape!r}", shaped(shape.encode("latin1")), "damaged pickle"
    yield "a shape of a thousand digits", shaped(b"(" + 3 * (b"\x8a\xff" + b"\x7f" * 255) + b"t"), "no shape"
    yield "a number of ten thousand digits", b"I" + b"9" * 10_000 + b"\n.", "damaged pickle"
    yield "a memo at the far end", b"]r\xff\xff\xff\xffj\xfe\xff\xff\xff.", "nothing is remembered as 4294967294"
    yield "lists that double, and never end", b"]q\x00" + b"(h\x00h\x00lq\x00" * 200, "ends too early"
    yield "fifty thousand lists in each other", b"]" * 50_000 + b"a" * 49_999, "ends too early"


def encoded_often(size: int) -> bytes:
    """Bytes as protocol 2 writes them, which are made of a text; the same text stands for all of them."""
    text = b"X" + struct.pack("<I", size) + b"a" * size
    names = b"c_codecs\nencode\nq\x00" + text + b"q\x01X\x06\x00\x00\x00latin1q\x02"
    return b"\x80\x02(" + names + b"h\x00h\x01h\x02\x86R" * size + b"l."


def shaped(shape: bytes) -> bytes:
    """An array of one byte that claims another shape."""
    return pickle.dumps(np.zeros((7, 1), np.uint8)[:1], 2).replace(b"K\x01K\x01\x86", shape, 1)


def persistent() -> bytes:
    class Pickler(pickle.Pickler):
        def persistent_id(self, thing: object) -> object:
            return SHELL if thing is SYSTEM else None

    written = io.BytesIO()
    Pickler(written, 2).dump([SYSTEM])
    return written.getvalue()
