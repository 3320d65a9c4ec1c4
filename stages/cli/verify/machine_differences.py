"""What could make the results of this machine differ: its processor, its system, its library versions."""

import platform
import re
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

from stages.cli.lock.stage_requirements import LOCK, read_lock
from stages.core.errors import format_examples
from stages.core.runtime.locked_versions import installed_version

CPU_INFO = Path("/proc/cpuinfo")
REQUIRED_FLAGS = ("avx2", "fma")
EXPECTED = "x86_64 with AVX2 and FMA, Linux and the locked versions"


def machine_differences() -> list[str]:
    """Empty if the machine cannot be the reason for other results."""
    cpu_info = CPU_INFO.read_text(encoding="utf-8", errors="replace") if CPU_INFO.is_file() else ""
    return [
        *processor_differences(platform.machine(), cpu_info),
        *system_differences(platform.system()),
        *version_differences(LOCK),
    ]


def processor_differences(architecture: str, cpu_info: str) -> Iterator[str]:
    """The flags are not checked where the system does not list them."""
    if architecture != "x86_64":
        yield f"the processor is {architecture}; the results are those of x86_64 with AVX2 and FMA"
        return
    flags = re.search(r"^flags\s*:(.*)$", cpu_info, re.MULTILINE)
    missing = [flag.upper() for flag in REQUIRED_FLAGS if flags and flag not in flags[1].split()]
    if missing:
        yield f"the processor lacks {' and '.join(missing)}; the results need AVX2 and FMA"


def system_differences(system: str) -> Iterator[str]:
    if system != "Linux":
        yield f"the system is {system}, where the libraries are compiled differently than for Linux"


def version_differences(lock: Path) -> Iterator[str]:
    """Libraries that are not installed are skipped, since no result depends on them."""
    if not lock.is_file():
        return
    requirements = [Requirement(line) for lines in read_lock(lock).values() for line in lines]
    found = []
    for requirement in requirements:
        installed = installed_version(requirement.name)
        applies = requirement.marker is None or requirement.marker.evaluate()
        if applies and installed != "none" and installed not in requirement.specifier:
            found.append(f"{requirement.name} {installed} (locked {str(requirement.specifier).removeprefix('==')})")
    if found:
        yield f"installed versions differ from {lock.name}: {format_examples(found)}; run `make setup`"
