"""Sets the cache sizes by which Eigen, the linear algebra in TensorFlow, divides products and convolutions into blocks.

A sum is added up block by block, so the last bits of a model follow these sizes: without this, processors with 32 and
with 48 KiB of L1 cache train different models. Eigen asks the processor when it first needs the sizes, and TensorFlow
has no setting for them. They are written to Eigen's variable. Its address is in the symbol table of the library.
"""

import ctypes
import mmap
import platform
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from stages.core.errors import UserError

# L1, L2 and L3 in bytes: those of the processor (AMD EPYC 7003) that made the results in git.
CACHE_SIZES = (32 << 10, 512 << 10, 256 << 20)
LIBRARY = "libtensorflow_cc.so.2"
_SIZES = b"_ZZN5Eigen8internal20manage_caching_sizesENS_6ActionEPlS2_S2_E12m_cacheSizes"
# The compiler's flag that the variable has its value, so that Eigen does not ask the processor.
_IS_SET = b"_ZGV" + _SIZES.removeprefix(b"_Z")
_MAPPINGS = Path("/proc/self/maps")
_SYMBOL_TABLE = 2
_SYMBOL = struct.Struct("<IBBHQQ")


class Section(NamedTuple):
    """A section of an ELF file, such as its symbol table; `link` is the number of the section with its names."""

    kind: int
    begin: int
    end: int
    link: int


def set_cache_sizes(sizes: Sequence[int] = CACHE_SIZES) -> None:
    """Call it when TensorFlow is imported. On processors other than x86-64, Eigen uses constants.

    Raises UserError if the library has no symbol table.
    """
    if platform.machine() != "x86_64" or sys.platform != "linux":
        return
    library, base = _loaded_library()
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as content:
        addresses = [variable_address(content, name) for name in (_SIZES, _IS_SET)]
    if None in addresses:
        raise UserError(
            f"{library}: has no symbol table, so the cache sizes that results depend on cannot be set; install the "
            "locked TensorFlow: `touch requirements.lock && make setup`"
        )
    sizes_at, is_set_at = (base + address for address in addresses if address is not None)
    (ctypes.c_long * len(sizes)).from_address(sizes_at)[:] = list(sizes)
    ctypes.c_ubyte.from_address(is_set_at).value = 1


def _loaded_library() -> tuple[Path, int]:
    """The file, and the address at which the process has it."""
    for line in _MAPPINGS.read_text(encoding="utf-8").splitlines():
        if line.endswith(f"/{LIBRARY}"):  # the first line is the lowest address
            addresses, *_, path = line.split(maxsplit=5)
            return Path(path), int(addresses.partition("-")[0], 16)
    raise UserError(f"TensorFlow was imported without {LIBRARY}; install the locked one")


def variable_address(content: mmap.mmap, name: bytes) -> int | None:
    """The address of a variable, relative to that of the library; None if no symbol table has it."""
    sections = list(_sections(content))
    for table in (section for section in sections if section.kind == _SYMBOL_TABLE):
        names = sections[table.link]
        place = content.find(b"\0" + name + b"\0", names.begin, names.end)
        if place >= 0:
            return _address_of_symbol(content, table, place + 1 - names.begin)
    return None


def _sections(content: mmap.mmap) -> Iterator[Section]:
    (table,) = struct.unpack_from("<Q", content, 0x28)
    size, count = struct.unpack_from("<HH", content, 0x3A)
    for number in range(count):
        _, kind, _, _, begin, length, link = struct.unpack_from("<IIQQQQI", content, table + number * size)
        yield Section(kind, begin, begin + length, link)


def _address_of_symbol(content: mmap.mmap, table: Section, name: int) -> int | None:
    """A symbol begins with the place of its name. The same bytes may be within another symbol."""
    place = content.find(struct.pack("<I", name), table.begin, table.end)
    while place >= 0:
        if (place - table.begin) % _SYMBOL.size == 0:
            return int(_SYMBOL.unpack_from(content, place)[4])
        place = content.find(struct.pack("<I", name), place + 1, table.end)
    return None
