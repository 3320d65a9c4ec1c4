"""dvc.lock and DVC's list of paths in use: what is found, and the two repairs."""

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest
from dvc.repo import Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stages.cli.doctor.checks.generated_file_checks import accepted_profiles
from stages.cli.doctor.checks.processor_checks import threads
from stages.cli.doctor.checks.record_checks import (
    RWLOCK,
    lock_file,
    paths_in_use,
    repairs,
    stages_never_run,
    unknown_stages,
)
from stages.cli.doctor.finding import Finding, Level
from stages.core.dvc.lock_file.lock_file import BACKUP
from stages.core.errors import UserError
from tests.cli.doctor.checks.test_leftover_checks import ended_process, locked
from tests.cli.doctor.conftest import ALL_STAGES, lock_text, write

CONFLICT = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> feature\n"
WHOLE = lock_text(*ALL_STAGES)


@pytest.fixture
def dvc_folder(folder: Path) -> Path:
    Repo.init(no_scm=True).close()
    return folder


def test_a_complete_record_is_fine(folder: Path) -> None:
    before = Path("dvc.lock").stat()
    assert repairs().level is Level.OK
    assert lock_file().level is Level.OK
    assert Path("dvc.lock").stat() == before


def test_a_clone_in_which_nothing_ran_is_told_to_run(folder: Path) -> None:
    Path("dvc.lock").unlink()
    assert lock_file() == (Level.WARNING, "no dvc.lock: nothing has run here", "`restage run`")


@pytest.mark.parametrize("left", ["", WHOLE[:-5]])
def test_a_record_that_dvc_truncated_is_restored_and_that_is_said(left: str, dvc_folder: Path) -> None:
    write(str(BACKUP), WHOLE)
    write("dvc.lock", left)
    assert lock_file().level is Level.PROBLEM
    finding = repairs()
    assert finding.level is Level.WARNING
    assert f"restored dvc.lock, which a killed DVC had left incomplete, from {BACKUP}" in finding.found
    assert Path("dvc.lock").read_text() == WHOLE
    assert lock_file().level is Level.OK


def test_nothing_is_repaired_while_dvc_runs(dvc_folder: Path) -> None:
    write("dvc.lock", "")
    with locked(Path(".dvc/tmp/lock")):
        assert repairs().level is Level.PROBLEM
    assert Path("dvc.lock").read_text() == ""


def test_a_repair_that_fails_is_a_problem(dvc_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(target: Path, text: str) -> None:
        raise UserError(f"{target}: cannot be written")

    monkeypatch.setattr("stages.core.dvc.lock_file.lock_repair.write_text", refuse)
    write(str(BACKUP), WHOLE)
    write("dvc.lock", "")
    finding = repairs()
    assert finding.level is Level.PROBLEM
    assert "dvc.lock: cannot be written" in finding.found


def test_conflicts_of_a_merge_are_left_to_the_merge(folder: Path) -> None:
    write("dvc.lock", CONFLICT)
    assert repairs().level is Level.OK
    finding = lock_file()
    assert finding.level is Level.PROBLEM
    assert "`restage merge`" in finding.found
    assert Path("dvc.lock").read_text() == CONFLICT


def rwlock(pid: int) -> str:
    entry = {"pid": pid, "cmd": "dvc repro"}
    return json.dumps({"write": {"/a": entry}, "read": {"/b": [entry]}})


def test_paths_of_ended_processes_are_named(folder: Path) -> None:
    assert paths_in_use().level is Level.OK
    write(str(RWLOCK), rwlock(os.getpid()))
    assert paths_in_use().level is Level.OK
    write(str(RWLOCK), rwlock(pid := ended_process()))
    finding = paths_in_use()
    assert finding.level is Level.WARNING
    assert f"dvc repro (process {pid})" in finding.found


def test_a_corrupt_list_is_removed_and_that_is_said(dvc_folder: Path) -> None:
    write(str(RWLOCK), '{"write": {"/da')
    assert paths_in_use().level is Level.PROBLEM
    finding = repairs()
    assert finding.level is Level.WARNING
    assert "removed .dvc/tmp/rwlock" in finding.found
    assert not RWLOCK.exists()
    assert paths_in_use().level is Level.OK


@pytest.mark.parametrize("content", ["[]", '{"read": {"/a": [1]}}', '{"write": 1}'])
def test_a_list_that_dvc_did_not_write_is_a_problem(content: str, folder: Path) -> None:
    write(str(RWLOCK), content)
    finding = paths_in_use()
    assert finding.level is Level.PROBLEM
    assert f"`rm {RWLOCK}`" in finding.solution


def test_stages_that_no_longer_exist_are_named(folder: Path) -> None:
    assert unknown_stages().level is Level.OK
    write("dvc.lock", lock_text(*ALL_STAGES, "train@gone", "old_stage", "guard@iris", "train"))
    finding = unknown_stages()
    assert finding.level is Level.WARNING
    assert "train@gone, old_stage, guard@iris, train" in finding.found


def test_stages_of_another_suite_are_known(folder: Path) -> None:
    write("dvc.lock", lock_text(*ALL_STAGES, "train@mnist"))
    write("conf/dataset/mnist.yaml")
    assert unknown_stages().level is Level.OK


def test_stages_that_never_ran_are_named(folder: Path) -> None:
    assert stages_never_run().level is Level.OK
    write("dvc.lock", lock_text("guard", "train@wine"))
    finding = stages_never_run()
    assert (finding.level, finding.solution) == (Level.WARNING, "`restage run`")
    assert finding.found.endswith("train@iris")


ANY_YAML = st.sampled_from([
    "", "a", "- 1", "datasets: 1", "datasets: {}", "datasets: {1: 2}", "datasets: {iris: [1]}", "stages: {a: 1}",
    "datasets: {iris: {train: 1}}", "datasets: {iris: {train: {threads: x}}}", "stages: []", "stages:\n  a\n", "\t",
    "\0", "stages:\n  guard:\n    cmd: a\n", "{",
])  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(params=ANY_YAML | st.text(), pipeline=ANY_YAML, lock=ANY_YAML | st.text())
def test_any_content_is_a_finding_or_a_message(folder: Path, params: str, pipeline: str, lock: str) -> None:
    for name, text in (("params.yaml", params), ("dvc.yaml", pipeline), ("dvc.lock", lock)):
        Path(name).write_bytes(text.encode("utf-8", errors="replace"))
    for check in (threads, unknown_stages, stages_never_run, accepted_profiles):
        with suppress(UserError):
            assert isinstance(check(), Finding)
