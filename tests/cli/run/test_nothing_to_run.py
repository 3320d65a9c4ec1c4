"""A run ends without DVC only in the state in which a run found nothing stale."""

from pathlib import Path

import pytest

from stages.cli.run import nothing_to_run as module
from stages.cli.run.nothing_to_run import KEPT, current_state, keep_nothing_to_run, nothing_to_run
from stages.core.dvc.working_tree.fingerprint import fingerprint
from stages.core.errors import UserError

CACHE, CONFIGURATION = ".dvc/cache/files/md5", [".dvc/config"]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "compose_if_changed", lambda: None)
    Path("dvc.yaml").write_text("stages: {}\n")
    Path("data").mkdir()
    sections = {"download": {"source": "file", "files": {"all": {"path": "my.csv", "sha256": "0" * 64}}}}
    wine = {"resources": {"memory": "4GB"}}
    params = {"datasets": {"iris": sections, "wine": wine}, "memory": "8GB"}
    state = current_state(fingerprint(Path(CACHE), list(map(Path, CONFIGURATION))))
    keep_nothing_to_run(state, CACHE, CONFIGURATION, ["wine", "iris"], params)


def test_the_same_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert nothing_to_run([], wait=True)
    assert nothing_to_run(["wine"], wait=True)
    out, err = capsys.readouterr()
    assert out == "nothing to run: wine, iris\nnothing to run: wine\n"
    assert err == "restage: run: iris: my.csv is missing; `dvc pull my.csv` fetches it if DVC tracks it\n"


def test_an_unknown_dataset_is_refused() -> None:
    with pytest.raises(UserError, match="no dataset 'irs'; did you mean iris"):
        nothing_to_run(["irs"], wait=True)


def test_too_little_memory_is_refused() -> None:
    with pytest.raises(UserError, match=r"--memory 2 GB is less than what resources.memory asks for: wine \(4 GB\); "):
        nothing_to_run([], wait=True, memory=2_000_000_000)
    assert nothing_to_run(["iris"], wait=True, memory=2_000_000_000)


@pytest.mark.parametrize(
    "file", ["dvc.yaml", "dvc.lock", "params.yaml", ".dvc/config", "data/raw/iris/all.csv", str(KEPT)]
)
def test_another_state(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text("other\n")
    assert not nothing_to_run([], wait=True)
    assert capsys.readouterr().out == ""


def test_an_installed_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    assert not nothing_to_run([], wait=True)


def test_composing_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "compose_if_changed", lambda: Path("params.yaml").write_text("datasets: {}\n"))
    assert not nothing_to_run([], wait=True)
