"""What a worker must be like, so that its results are those of this machine."""

import platform
import sys
from collections.abc import Iterable

from stages.cli.run.cluster.worker.worker_task import Requirements
from stages.cli.verify.machine_differences import REQUIRED_FLAGS
from stages.core.runtime.library_versions import requirements_file

MACHINE = "x86_64"


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
