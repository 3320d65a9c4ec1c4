import subprocess
from pathlib import Path

import pytest

from stages.cli.explain.causes.git_objects import GitObjects
from stages.cli.explain.causes.name_causes import SHALLOW, Causes
from stages.cli.explain.simulation.simulate_run import ChangedFile, SimulatedStage
from stages.core.dvc.storage.cache import md5_of_file
from stages.core.dvc.working_tree.content import Content
from tests.cli.explain.conftest import Commit

CODE = Path("code.py")


def unknown(recorded: str) -> list[str]:
    changed = ChangedFile(str(CODE), recorded, Content(md5_of_file(CODE)))
    with GitObjects(lambda _: False) as objects:
        return Causes(objects, [SimulatedStage("a", differences=[changed])], {"a": "cat"}, {}, {}).unknown


def test_a_shallow_clone_may_lack_what_a_stage_read(
    commit: Commit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CODE.write_text("1")
    commit("One")
    first = md5_of_file(CODE)
    CODE.write_text("2")
    commit("Two")
    second = md5_of_file(CODE)
    assert unknown(first) == []
    assert unknown("0" * 32) == []

    subprocess.run(["git", "clone", "--quiet", "--depth=1", tmp_path.as_uri(), "shallow"], check=True)
    monkeypatch.chdir("shallow")
    assert unknown(first) == [SHALLOW]
    CODE.write_text("3")
    assert unknown(second) == []
