import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stages.cli.explain.causes.changed_files import Change
from stages.cli.explain.causes.copies_of_guard import ChangedCopies, changed_copies
from stages.cli.explain.simulation.simulate_run import ChangedFile
from stages.core.artefacts.profile import NO_PROFILE
from stages.core.dvc.storage.cache import cache_object, folder_object, md5_of_folder
from stages.core.dvc.working_tree.content import Content

ONE, TWO = "1" * 32, "2" * 32
NONE = hashlib.md5(NO_PROFILE.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("recorded", "now", "change"), [(NONE, ONE, "added"), (ONE, NONE, "removed"), (ONE, TWO, "changed")]
)
def test_an_accepted_profile(recorded: str, now: str, change: Change) -> None:
    changed = ChangedFile("data/guard/accepted/iris.json", recorded, Content(now))
    assert changed_copies(changed, {}) == ChangedCopies("accepted profile", (("conf/accepted/iris.json", change),))


def test_a_refresh_record() -> None:
    changed = ChangedFile("data/guard/refreshed/iris.json", ONE, Content(TWO))
    assert changed_copies(changed, {}) == ChangedCopies("refresh record", (("conf/refreshed/iris.json", "changed"),))


OLD = {"__init__.py": ONE, "a.py": ONE, "b.py": ONE}


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """The guard copied a.py and b.py for iris, and their list is in the cache."""
    monkeypatch.chdir(tmp_path)
    files = {f"iris/{name}": md5 for name, md5 in OLD.items()} | {"wine/__init__.py": ONE}
    md5 = md5_of_folder(files)
    cache_object(md5).parent.mkdir(parents=True)
    cache_object(md5).write_bytes(folder_object(files))
    return {"guard": {"outs": [{"path": "data/guard/models", "md5": md5}]}}


def changed_models(recorded: str) -> ChangedFile:
    now = OLD | {"b.py": TWO, "c.py": ONE}
    return ChangedFile("data/guard/models/iris", recorded, Content(md5_of_folder(now), files=now))


def test_files_of_an_own_model(records: Mapping[str, Any]) -> None:
    assert changed_copies(changed_models(md5_of_folder(OLD)), records) == ChangedCopies(
        "own model", (("conf/models/b.py", "changed"), ("conf/models/c.py", "added"))
    )


def test_all_files_of_an_own_model_if_the_recorded_ones_are_not_known(records: Mapping[str, Any]) -> None:
    found = changed_copies(changed_models(md5_of_folder({"other.py": ONE})), records)
    assert found is not None
    assert [path for path, _ in found.files] == ["conf/models/a.py", "conf/models/b.py", "conf/models/c.py"]


def test_other_dependencies() -> None:
    assert changed_copies(ChangedFile("stages/core", ONE, Content(TWO)), {}) is None
