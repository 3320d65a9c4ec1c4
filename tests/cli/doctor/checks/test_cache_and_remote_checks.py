"""The cache and the remotes."""

import os
import sys
from pathlib import Path

import pytest

from stages.cli.doctor.checks import cache_and_remote_checks
from stages.cli.doctor.checks.cache_and_remote_checks import (
    cache,
    can_reflink,
    committed_secrets,
    configuration,
    link_type,
    remote_access,
    remote_verification,
    remotes,
    run_all,
)
from stages.cli.doctor.finding import Level
from tests.cli.doctor.conftest import ROOT, write

TEAM = "[core]\n    remote = team\n['remote \"team\"']\n    url = {}\n    verify = true\n"


@pytest.fixture(autouse=True)
def own_configuration(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the configuration of the user and of the system."""
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(folder / "global"))
    monkeypatch.setenv("DVC_SYSTEM_CONFIG_DIR", str(folder / "system"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    write(".dvc/config")


def test_a_configuration_that_dvc_refuses_is_a_problem() -> None:
    assert configuration().level is Level.OK
    write(".dvc/config", "[core\n")
    assert configuration().level is Level.PROBLEM


def test_the_cache_may_not_exist_yet() -> None:
    assert cache().level is Level.OK
    assert not Path(".dvc/cache").exists()


def test_a_file_in_place_of_the_cache_is_a_problem() -> None:
    write(".dvc/cache")
    assert cache().level is Level.PROBLEM


def test_a_cache_that_cannot_be_written_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert cache().level is Level.PROBLEM


def test_the_default_links_are_fine() -> None:
    assert link_type(is_root=True).level is Level.OK


@pytest.mark.parametrize("kind", ["hardlink", "symlink", "reflink,hardlink"])
def test_links_that_root_can_write_through_are_found(kind: str) -> None:
    write(".dvc/config", f"[cache]\n    type = {kind}\n")
    assert link_type(is_root=False).level is Level.OK
    assert link_type(is_root=True).level is Level.WARNING


def test_hard_links_to_another_file_system_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    write(".dvc/config", "[cache]\n    type = hardlink\n")
    monkeypatch.setattr(cache_and_remote_checks, "_on_same_disk", lambda _: False)
    assert link_type(is_root=False).level is Level.PROBLEM


def test_reflinks_alone_have_to_be_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    write(".dvc/config", "[cache]\n    type = reflink\n")
    for supported, level in ((False, Level.PROBLEM), (True, Level.OK), (None, Level.OK)):
        monkeypatch.setattr(cache_and_remote_checks, "can_reflink", lambda source, target, answer=supported: answer)
        assert link_type(is_root=False).level is level


def test_the_trial_of_reflinks_leaves_nothing(folder: Path) -> None:
    before = folder.stat().st_mtime_ns, sorted(folder.iterdir())
    assert can_reflink(folder, folder) in (True, False, None)
    assert (folder.stat().st_mtime_ns, sorted(folder.iterdir())) == before


def test_a_clone_without_a_remote_is_warned() -> None:
    assert remotes().level is Level.WARNING
    assert remote_verification().level is Level.OK
    assert remote_access().level is Level.OK


def test_a_default_remote_is_expected(folder: Path) -> None:
    write(".dvc/config", TEAM.format(folder))
    assert remotes().level is Level.OK
    write(".dvc/config", TEAM.format(folder).replace("remote = team", ""))
    assert remotes().solution == "`dvc remote default team`"
    write(".dvc/config", TEAM.format(folder).replace("remote = team", "remote = other"))
    assert remotes().level is Level.PROBLEM


def test_remotes_have_to_verify_what_they_hold(folder: Path) -> None:
    write(".dvc/config", TEAM.format(folder))
    assert remote_verification().level is Level.OK
    write(".dvc/config", TEAM.format(folder).replace("verify = true", ""))
    assert remote_verification().solution == "`dvc remote modify team verify true`"


def test_a_remote_is_asked(folder: Path) -> None:
    write(".dvc/config", TEAM.format(folder))
    assert remote_access() == (Level.OK, "answered: team", "")
    write(".dvc/config", TEAM.format(folder / "missing"))
    assert remote_access().level is Level.WARNING


def test_a_remote_that_asks_for_a_password_is_not_tried() -> None:
    write(".dvc/config", TEAM.format("ssh://127.0.0.1:9/x") + "    ask_password = true\n")
    finding = remote_access()
    assert finding.level is Level.OK
    assert finding.found.startswith("not tried")


def test_a_remote_that_fails_is_a_problem_with_its_message(folder: Path) -> None:
    write(".dvc/config", TEAM.format("http://user:secret@127.0.0.1:9/x"))
    finding = remote_access()
    assert finding.level is Level.PROBLEM
    assert "team" in finding.found
    assert "secret" not in finding.found


def test_a_remote_that_does_not_answer_is_not_waited_for() -> None:
    wait = [sys.executable, "-c", "import time; time.sleep(600)"]
    fail = [sys.executable, "-c", "import sys; sys.exit('x\\nhttp://user:secret@host: refused')"]
    assert run_all({"a": wait, "b": fail}, timeout=0.5)["a"] == (1, "no answer in 0.5 s")
    assert run_all({"b": fail}, timeout=60)["b"] == (1, "http://***@host: refused")


def test_secrets_in_the_committed_configuration_are_a_problem() -> None:
    assert committed_secrets().level is Level.OK
    write(".dvc/config", "['remote \"team\"']\n    url = s3://a\n    secret_access_key = abc123\n")
    finding = committed_secrets()
    assert finding.level is Level.PROBLEM
    assert "secret_access_key" in finding.found
    assert "abc123" not in finding.found
