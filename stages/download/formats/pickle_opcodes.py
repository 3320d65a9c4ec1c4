"""Checks of a pickle's opcodes before it is read. They bound the time and memory that reading takes.

The unpickler of Python 3.11 allocates whatever length or memo index a pickle declares, and hashing a key that is a
tuple of shared or deeply nested tuples takes exponential time or overflows the stack.
"""

import pickletools

from stages.core.errors import UserError

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


def check_opcodes(content: bytes) -> None:
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
