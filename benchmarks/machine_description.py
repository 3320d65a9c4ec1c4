"""What this machine is and can do, and on which terms each side runs."""

import json
import os
import platform
from dataclasses import dataclass

from benchmarks.cases import SideName
from benchmarks.side_processes import run
from stages.core.runtime.library_versions import installed_versions

TERMS: dict[SideName, str] = {
    "tutorial": "TensorFlow as it comes: all cores, the newest instructions that the machine has",
    "ours": "one thread, two for large layers; AVX2 at most, deterministic kernels: the same bits everywhere",
}


@dataclass(frozen=True)
class Machine:
    """`gemm` is one thread's rate of float32 matrix products, `copy` that of copying memory, read and written."""

    cores: int
    gemm: float
    copy: float
    versions: dict[str, str]

    def __str__(self) -> str:
        rates = f"one thread multiplies float32 matrices at {self.gemm / 1e9:.1f} GFLOP/s"
        return f"{self.cores} cores; {rates} and copies memory at {self.copy / 1e9:.1f} GB/s"


def this_machine(size: str) -> Machine:
    limits = json.loads(run("limits", "benchmarks.machine_peak", size))
    libraries = installed_versions("keras", "numpy", "tensorflow") | {"python": platform.python_version()}
    return Machine(os.cpu_count() or 1, limits["gemm"], limits["copy"], libraries)
