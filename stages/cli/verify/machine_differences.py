"""What could make the results of this machine differ: its processor and its system.

Library versions are not compared here: each stage compares them with stages/locked and fails if one differs.
"""

import platform
import re
from collections.abc import Iterator
from pathlib import Path

from stages.core.dask_workers.worker_requirements import REQUIRED_FLAGS

CPU_INFO = Path("/proc/cpuinfo")
EXPECTED = "x86_64 with AVX2 and FMA, Linux and the locked versions"


def machine_differences() -> list[str]:
    """Empty if the machine cannot be the reason for other results."""
    cpu_info = CPU_INFO.read_text(encoding="utf-8", errors="replace") if CPU_INFO.is_file() else ""
    return list(differences_from_expected(platform.machine(), platform.system(), cpu_info))


def differences_from_expected(architecture: str, system: str, cpu_info: str) -> Iterator[str]:
    """The processor's flags are not checked where the system does not list them."""
    flags = re.search(r"^flags\s*:(.*)$", cpu_info, re.MULTILINE)
    missing = [flag.upper() for flag in REQUIRED_FLAGS if flags and flag not in flags[1].split()]
    if architecture != "x86_64":
        yield f"the processor is {architecture}; the results are those of x86_64 with AVX2 and FMA"
    elif missing:
        yield f"the processor lacks {' and '.join(missing)}; the results need AVX2 and FMA"
    if system != "Linux":
        yield f"the system is {system}, where the libraries are compiled differently than for Linux"
