"""Amounts of memory, as people write them and as messages show them."""

import re

UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
MIN_SIZE = 10**6
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]i?B)?", re.IGNORECASE)


def parse_memory(text: object) -> int:
    """The number of bytes. Raises ValueError for anything that is no size, or that no program can run in.

    >>> parse_memory("2GB"), parse_memory("1.5 GiB"), parse_memory(4e9)
    (2000000000, 1610612736, 4000000000)
    """
    match = _SIZE.fullmatch(f"{text:.0f}" if isinstance(text, float) else str(text).strip())
    size = int(float(match[1]) * UNITS.get((match[2] or "").upper(), 0)) if match else 0
    if match is None or size < 1 or isinstance(text, bool):
        raise ValueError(f"should be a size such as 2GB, 512MB or 4GiB; received {text!r}")
    if size < MIN_SIZE:
        hint = f"at least {format_memory(MIN_SIZE)}" if match[2] else f"with a unit, such as {match[1]}GB"
        raise ValueError(f"should be a size {hint}; received {text!r}, which is {size} bytes")
    return size


def format_memory(size: int) -> str:
    """
    >>> format_memory(2_000_000_000), format_memory(1_610_612_736), format_memory(20_500_000)
    ('2 GB', '1.61 GB', '20.5 MB')
    """
    return f"{size / 1e9:.3g} GB" if size >= 10**9 else f"{size / 1e6:.3g} MB"
