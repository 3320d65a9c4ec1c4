"""Cores, and the limits of control groups, such as those of containers."""

import os
from pathlib import Path

import pytest

from stages.core.runtime import usable_cores as module
from stages.core.runtime.usable_cores import allowed_cores, control_group_limit, usable_cores


@pytest.mark.parametrize(
    ("own", "files", "limit"),
    [
        pytest.param(
            "0::/a/b\n", {"a/cpu.max": "150000 100000\n", "a/b/cpu.max": "max 100000\n"}, 1.5, id="group above"
        ),
        pytest.param("0::/a\n", {"cpu.max": "200000 100000\n"}, 2.0, id="container, path of the host"),
        pytest.param("0::/\n", {"cpu.max": "50000 100000\n"}, 0.5, id="container, own path"),
        pytest.param(
            "4:cpu,cpuacct:/a\n1:name=systemd:/b\n",
            {"cpu,cpuacct/a/cpu.cfs_quota_us": "50000\n", "cpu,cpuacct/a/cpu.cfs_period_us": "100000\n"},
            0.5,
            id="version 1",
        ),
        pytest.param(
            "4:cpu:/a\n",
            {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"},
            None,
            id="version 1, no limit",
        ),
        pytest.param("0::/\n", {}, None, id="no file"),
    ],
)
def test_the_limit_is_the_lowest_of_all_groups(
    own: str, files: dict[str, str], limit: float | None, tmp_path: Path
) -> None:
    for name, text in files.items():
        file = tmp_path / "groups" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "own").write_text(own)
    assert control_group_limit(tmp_path / "groups", tmp_path / "own") == limit


def test_a_system_without_control_groups_has_no_limit(tmp_path: Path) -> None:
    assert control_group_limit(tmp_path, tmp_path / "missing") is None


@pytest.mark.parametrize(("limit", "cores"), [(None, 4), (0.5, 1), (1.9, 1), (2.0, 2), (2.5, 2), (16.0, 4)])
def test_a_control_group_limits_the_cores(limit: float | None, cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "allowed_cores", lambda: 4)
    monkeypatch.setattr(module, "control_group_limit", lambda: limit)
    assert usable_cores() == cores


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="cores can be chosen on Linux only")
def test_only_the_cores_that_the_process_may_run_on_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {3, 5, 7})
    assert allowed_cores() == 3
