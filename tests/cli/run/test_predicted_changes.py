"""An accepted profile makes its own chain due from the validation on, before the guard has handed it on."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from stages.cli.run.plan import Chain, Plan
from stages.cli.run.predicted_changes import with_accepted
from stages.core import paths
from stages.core.artefacts.profile import Profile, profile_text
from stages.core.runtime.atomic_write import write_text

TEXT = profile_text(Profile(rows=0, files={}, columns=[]))


def chain(key: str, *due: str) -> Chain:
    """The second of three stages reads what was accepted."""
    reading = [SimpleNamespace(def_path=str(paths.accepted_profile_copy(key)))]
    names = [f"{stage}@{key}" for stage in ("download", "validate", "report")]
    deps = ([], reading, [])
    stages = [SimpleNamespace(addressing=name, deps=d) for name, d in zip(names, deps, strict=True)]
    return Chain(key, tuple(stages), tuple(f"{stage}@{key}" for stage in due))


def plan(*chains: Chain) -> Plan:
    guard = Chain("guard", (), ("guard",))
    return Plan((guard,), chains, (), ())


def due(plan: Plan) -> list[tuple[str, ...]]:
    return [chain.due for chain in with_accepted(plan).chains]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is accepted, and the guard has said so."""
    monkeypatch.chdir(tmp_path)
    for key in ("iris", "wine"):
        write_text(paths.accepted_profile_copy(key), "{}\n")


def test_one_that_was_accepted_is_due_and_no_other() -> None:
    write_text(paths.accepted_profile("wine"), TEXT)
    assert due(plan(chain("iris"), chain("wine"))) == [(), ("validate@wine", "report@wine")]


def test_what_is_due_anyway_stays_so() -> None:
    write_text(paths.accepted_profile("iris"), TEXT)
    write_text(paths.accepted_profile("wine"), TEXT)
    whole = ("download@iris", "validate@iris", "report@iris")
    found = due(plan(chain("iris", "download", "validate", "report"), chain("wine", "report")))
    assert found == [whole, ("validate@wine", "report@wine")]


def test_one_that_is_taken_back_is_due_too() -> None:
    write_text(paths.accepted_profile_copy("wine"), TEXT)
    assert due(plan(chain("wine"))) == [("validate@wine", "report@wine")]


def test_without_a_stale_guard_nothing_is_looked_at() -> None:
    write_text(paths.accepted_profile("wine"), "[1")
    fresh = replace(plan(chain("wine")), before=(Chain("guard", (), ()),))
    assert with_accepted(fresh) is fresh
