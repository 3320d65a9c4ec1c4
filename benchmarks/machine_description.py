"""Describes the machine and its best rates."""

import json
import os
import platform
from dataclasses import dataclass

from benchmarks.cases import Size
from benchmarks.start_sides import run_module
from stages.core.runtime.library_versions import installed_versions


@dataclass(frozen=True)
class Machine:
    """`gemm`: operations per second of float32 matrix products; `copy`: bytes read and written per second; one thread.

    `versions` are those of Python and the libraries.
    """

    cores: int
    gemm: float
    copy: float
    versions: dict[str, str]

    def __str__(self) -> str:
        rates = f"one thread multiplies float32 matrices at {self.gemm / 1e9:.1f} GFLOP/s"
        return f"{self.cores} cores; {rates} and copies memory at {self.copy / 1e9:.1f} GB/s"


def describe_machine(size: Size) -> Machine:
    rates = json.loads(run_module("machine speed", "benchmarks.machine_speed", size))
    libraries = installed_versions("keras", "numpy", "tensorflow") | {"python": platform.python_version()}
    return Machine(os.cpu_count() or 1, rates["gemm"], rates["copy"], libraries)
