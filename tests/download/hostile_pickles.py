"""Pickles that would call a function, or take much more memory or time than their size justifies.

Those that call a function would create a file named `called` in the working directory.
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

from tests.download.sample_files import object_array

CALLED = "called"
SHELL_COMMAND = f"touch {CALLED}"
CODE = f"open({CALLED!r}, 'w')"
UINT64_MAX = (1 << 64) - 1

# A name, the pickle, and a part of the message that refuses it.
HostilePickle = tuple[str, bytes, str]


class Call:
    """Is pickled as a call of the function."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


class HashableCall(Call):
    def __hash__(self) -> int:
        return 1


class CallByNewObject:
    """Is pickled with NEWOBJ_EX, the opcode of newer protocols."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return copyreg.__newobj_ex__, (subprocess.Popen, (["touch", CALLED],), {})  # type: ignore[attr-defined]


class CallBySetstate:
    def __getstate__(self) -> dict[str, int]:
        return {"a": 1}

    def __setstate__(self, state: object) -> None:
        raise AssertionError(CALLED)


SYSTEM = Call(os.system, SHELL_COMMAND)
EVAL = Call(eval, CODE)


def hostile_pickles() -> Iterator[HostilePickle]:
    for name, value, message in _calls():
        for protocol in (0, 2, 4):
            yield f"{name}, protocol {protocol}", pickle.dumps({"data": value, "labels": [0]}, protocol), message
    yield from _handwritten_calls()
    yield from _too_large()
    yield from _too_slow()


def _calls() -> Iterator[tuple[str, object, str]]:
    yield "os.system", SYSTEM, "tries to use posix.system;"
    yield "eval", EVAL, ".eval;"
    yield "exec", Call(exec, CODE), ".exec;"
    yield "getattr", Call(getattr, 1, "real"), ".getattr;"
    yield "import", Call(__import__, "antigravity"), ".__import__;"
    yield "a process", Call(subprocess.Popen, ["touch", CALLED]), ".Popen;"
    yield "a partial", functools.partial(os.system, SHELL_COMMAND), "tries to use functools.partial;"
    yield "in a list of lists", [[[SYSTEM]]], "tries to use posix.system;"
    yield "in a dict in a tuple", ({"a": (EVAL,)},), ".eval;"
    yield "as a key", {HashableCall(os.system, SHELL_COMMAND): 2}, "tries to use posix.system;"
    yield "in an array of objects", object_array(SYSTEM), "tries to use posix.system;"
    yield "in an array in an array", object_array([object_array(EVAL)]), ".eval;"
    yield "an array from a file", Call(np.load, "x.npy", None, True), "tries to use numpy.load"
    yield "an array by its class", Call(np.ndarray, (1 << 40,)), "tries to create something else than arrays"
    yield "a structured dtype", Call(np.dtype, "u1,u1"), "tries to create something else than arrays"
    yield "a void dtype", Call(np.dtype, "V100"), "tries to create something else than arrays"
    yield "another encoding", Call(codecs.encode, "x", "rot13"), "tries to create something else than arrays"
    yield "decoding", Call(codecs.decode, b"x", "zlib"), "tries to use _codecs.decode;"
    yield "an object with a state", CallBySetstate(), "tries to "
    yield "an ordered dict", collections.OrderedDict(a=1), "tries to use collections.OrderedDict;"
    yield "a NumPy scalar", np.float64(1), ".scalar;"
    yield "a registered extension", Call(copyreg.add_extension, "posix", "system", 1), ".add_extension;"


def _handwritten_calls() -> Iterator[HostilePickle]:
    """Opcodes that the pickle module does not write, or not any more."""
    yield "GLOBAL and REDUCE", b"cposix\nsystem\n(S'touch called'\ntR.", "tries to use posix.system;"
    yield "INST", b"(S'touch called'\niposix\nsystem\n.", "tries to run INST"
    yield "OBJ", b"(cnumpy\ndtype\nS'u1'\no.", "tries to run OBJ"
    yield "NEWOBJ", b"\x80\x02cnumpy\ndtype\n)\x81.", "tries to run NEWOBJ"
    yield "NEWOBJ_EX", b"\x80\x04cnumpy\ndtype\n)}\x92.", "tries to run NEWOBJ_EX"
    yield "NEWOBJ_EX of a process", pickle.dumps(CallByNewObject(), 4), "tries to run NEWOBJ_EX"
    yield "STACK_GLOBAL", b"\x80\x04\x8c\x05posix\x8c\x06system\x93.", "tries to use posix.system;"
    yield "a name with a dot", b"\x80\x04\x8c\x05numpy\x8c\x0edtype.__init__\x93.", "tries to use numpy.dtype.__init__;"
    yield "PERSID", b"Ptouch called\n.", "tries to run PERSID"
    yield "BINPERSID", _persistent_id(), "tries to run BINPERSID"
    for opcode, width in ((0x82, 1), (0x83, 2), (0x84, 4)):
        yield f"EXT{width}", bytes([opcode, 1, *bytes(width - 1)]) + b".", f"tries to run EXT{width}"
    yield "NEXT_BUFFER", b"\x80\x05\x97.", "tries to run NEXT_BUFFER"
    yield "BUILD of a name", b"cnumpy\ndtype\n(tb.", "tries to change numpy.dtype"
    yield "BUILD of a function", b"c_codecs\nencode\n}S'x'\nK\x01sb.", "tries to change _codecs.encode"
    yield "REDUCE of a text", b"S'system'\n(tR.", "damaged pickle"
    yield "REDUCE of an array", b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\ntR(tR.", "damaged pickle"


def _too_large() -> Iterator[HostilePickle]:
    """Declared lengths without the bytes for them, and few bytes that would become many."""
    yield "one text encoded many times", _repeated_encoding(999), "tries to create something else than arrays"
    yield "too many encodings", _repeated_encoding(5_000), "5,000 tuples; at most 1,000"
    lengths = {"T": "<I", "X": "<I", "B": "<I", "\x8e": "<Q", "\x8d": "<Q", "\x96": "<Q", "\x8b": "<I"}
    for opcode, length in lengths.items():
        maximum = UINT64_MAX >> (64 - 8 * struct.calcsize(length))
        content = opcode.encode("latin1") + struct.pack(length, maximum) + b"."
        yield f"a length beyond the end, 0x{ord(opcode):02x}", content, "damaged pickle"
    for shape in ("J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86", "J\xff\xff\xff\xffK\x01\x86", "K\x00J\xff\xff\xff\x7f\x86"):
        yield f"a shape without its bytes, {shape!r}", array_with_shape(shape.encode("latin1")), "damaged pickle"
    long_integers = b"(" + 3 * (b"\x8a\xff" + b"\x7f" * 255) + b"t"
    yield "a shape of a thousand digits", array_with_shape(long_integers), "more than 64 bits"
    yield "a shape beyond 62 bits", array_with_shape(b"K\x00\x8a\x08" + b"\xff" * 7 + b"\x7f\x86"), "not a valid shape"
    yield "a number of ten thousand digits", b"I" + b"9" * 10_000 + b"\n.", "damaged pickle"
    yield "a memo index that is not in order", b"]r\xff\xff\xff\xff.", "memo index 4294967295 is not in order"
    yield "a memo index that does not exist", b"]q\x00j\xfe\xff\xff\xff.", "memo index 4294967294 does not exist"
    yield "a frame beyond the end", b"\x80\x04\x95" + struct.pack("<Q", UINT64_MAX >> 1) + b"N.", "damaged pickle"
    yield "lists that double, without an end", b"]q\x00" + b"(h\x00h\x00lq\x00" * 200, "exhausted"
    yield "fifty thousand nested lists", b"]" * 50_000 + b"a" * 49_999, "exhausted"


def _too_slow() -> Iterator[HostilePickle]:
    """Keys whose hash takes exponential time, or more stack than there is."""
    doubling = b")q\x00" + b"".join(b"h%ch%c\x86q%c" % (n, n, n + 1) for n in range(200))
    yield "a key of shared tuples", b"}" + doubling + b"Ns.", "is a tuple that is used more than once"
    hidden = b")q\x00" + b"".join(b"h%ch%c\x86Nbq%c" % (n, n, n + 1) for n in range(200))
    yield "a key of shared tuples, stored after BUILD", b"}" + hidden + b"Ns.", "is not in order"
    hidden = b")q\x00" + b"".join(b"h%ch%c\x86(eq%c" % (n, n, n + 1) for n in range(200))
    yield "a key of shared tuples, stored after APPENDS", b"}" + hidden + b"Ns.", "is not in order"
    yield "a key of deeply nested tuples", b"})" + b"\x85" * 100_000 + b"Ns.", "100,000 tuples"


def _repeated_encoding(count: int) -> bytes:
    """Bytes are pickled as a call that encodes a text; here, one text is encoded `count` times."""
    text = b"X" + struct.pack("<I", 5_000) + b"a" * 5_000
    names = b"c_codecs\nencode\nq\x00" + text + b"q\x01X\x06\x00\x00\x00latin1q\x02"
    return b"\x80\x02(" + names + b"h\x00h\x01h\x02\x86R" * count + b"l."


def array_with_shape(shape: bytes) -> bytes:
    """An array of one byte with another declared shape."""
    return pickle.dumps(np.zeros((7, 1), np.uint8)[:1], 2).replace(b"K\x01K\x01\x86", shape, 1)


def _persistent_id() -> bytes:
    class Pickler(pickle.Pickler):
        def persistent_id(self, value: object) -> object:
            return SHELL_COMMAND if value is SYSTEM else None

    content = io.BytesIO()
    Pickler(content, 2).dump([SYSTEM])
    return content.getvalue()
