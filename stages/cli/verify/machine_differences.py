"""What this machine lacks of what the bits are pinned to."""

import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.markers import Marker

from stages.core.errors import format_examples

CPU = Path("/proc/cpuinfo")
NEEDED = ("avx2", "fma")
_LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)(?:\s*;\s*([^\\\n]*?))?\s*\\?$", re.MULTILINE)


def lacking(requirements: str) -> list[str]:
    """Empty where the machine explains nothing."""
    return [*processor(platform.machine(), _cpu()), *system(platform.system()), *other_versions(requirements)]


def _cpu() -> str:
    return CPU.read_text(encoding="utf-8", errors="replace") if CPU.is_file() else ""


def processor(architecture: str, cpu: str) -> Iterator[str]:
    """Where the system does not tell what the processor can do, nothing is said of it."""
    if architecture != "x86_64":
        yield f"the processor is {architecture}; the bits are those of x86_64 with AVX2 and FMA"
    flags = re.search(r"^flags\s*:(.*)$", cpu, re.MULTILINE)
    missing = [name.upper() for name in NEEDED if flags and name not in flags[1].split()]
    if architecture == "x86_64" and missing:
        yield f"the processor has no {' and no '.join(missing)}, to which the instructions are pinned"


def system(name: str) -> Iterator[str]:
    if name != "Linux":
        yield f"the system is {name}, whose builds of the libraries are others than Linux's"


def other_versions(requirements: str) -> Iterator[str]:
    """Installed in another version than requirements.lock names; what is not installed was not used."""
    found = []
    for name, locked, marker in _LOCKED.findall(requirements):
        here = _installed(name)
        if here not in (None, locked) and (not marker or Marker(marker).evaluate()):
            found.append(f"{name} {here} (locked {locked})")
    if found:
        yield f"other versions than locked: {format_examples(found)}; run `make setup`"


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
