"""The number of CPU cores that this process may use. Only the standard library is imported."""

import os
from pathlib import Path

CONTROL_GROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")


def usable_cores() -> int:
    """The cores that the process may run on, or fewer if its control group, such as a container, gets less time."""
    cores, limit = allowed_cores(), control_group_limit()
    return cores if limit is None else max(1, min(cores, int(limit)))


def allowed_cores() -> int:
    """The cores that the system lets this process run on, without regard to how much time it gets."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def control_group_limit(root: Path = CONTROL_GROUPS, own: Path = OWN_GROUPS) -> float | None:
    """How many cores' time the control groups of this process get, in version 1 or 2; None without a limit."""
    limits: list[float | None] = []
    for line in own.read_text(encoding="utf-8").splitlines() if own.is_file() else ():
        _, controllers, path = line.split(":", 2)
        base = root / controllers.removeprefix("name=")
        group = base / path.lstrip("/")
        # In a container the path may be that on the host: then only the container's own group, the base, is there.
        limits += [_limit(folder) for folder in (group, *group.parents) if folder.is_relative_to(base)]
    return min((limit for limit in limits if limit is not None), default=None)


def _limit(folder: Path) -> float | None:
    """The limit of one group: `cpu.max` holds quota and period; version 1 has a file for each."""
    files = [folder / "cpu.max"], [folder / "cpu.cfs_quota_us", folder / "cpu.cfs_period_us"]
    for group in files:
        if all(file.is_file() for file in group):
            quota, period = " ".join(file.read_text(encoding="utf-8") for file in group).split()
            return int(quota) / int(period) if quota not in ("max", "-1") else None
    return None
