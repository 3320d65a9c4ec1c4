"""What a worker must be like, so that its results are those of this machine."""

import platform
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from stages.core.runtime.library_versions import requirements_file

MACHINE = "x86_64"
REQUIRED_FLAGS = ("avx2", "fma")


@dataclass(frozen=True)
class Requirements:
    """What decides the bits of a result: processor, system, Python and the locked packages."""

    python: str
    machine: str
    system: str
    processor_flags: tuple[str, ...]
    packages: tuple[str, ...]  # lines such as `numpy==2.4.6`, some with a marker


def requirements_of(stages: Iterable[str]) -> Requirements:
    """For stages such as `train`: this Python, system and processor, and the versions that stages/locked has."""
    files = (requirements_file(stage) for stage in sorted(stages))
    lines = {line for file in files if file.is_file() for line in file.read_text(encoding="utf-8").splitlines() if line}
    machine = platform.machine()
    return Requirements(
        python="{}.{}".format(*sys.version_info),
        machine=machine,
        system=platform.system(),
        processor_flags=REQUIRED_FLAGS if machine == MACHINE else (),
        packages=tuple(sorted(lines)),
    )


# These functions are sent to the workers by value: they use the standard library and what Dask itself needs.


def differences(requirements: Requirements) -> list[str]:
    """What of this worker is not as required, each as a short phrase."""
    found = []
    python = "{}.{}".format(*sys.version_info)
    for what, here, needed in (
        ("Python", python, requirements.python),
        ("the system", platform.system(), requirements.system),
        ("the processor", platform.machine(), requirements.machine),
    ):
        if here != needed:
            found.append(f"{what} is {here}, needed is {needed}")
    with suppress(FileNotFoundError):
        flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(errors="replace"), re.MULTILINE)
        missing = [flag for flag in requirements.processor_flags if flags and flag not in flags[1].split()]
        found += [f"the processor lacks {', '.join(missing).upper()}"] if missing else []
    return found + _package_differences(requirements.packages)


def _package_differences(packages: Sequence[str]) -> list[str]:
    from packaging.markers import Marker

    found = []
    for line in packages:
        requirement, _, marker = line.partition(" ; ")
        package, _, locked = requirement.partition("==")
        if marker and not Marker(marker).evaluate():
            continue
        try:
            installed = version(package)
        except PackageNotFoundError:
            installed = "missing"
        if installed != locked:
            found.append(f"{package} is {installed}, needed is {locked}")
    return found
