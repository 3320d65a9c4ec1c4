from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

import restage
from stages.cli.compare.comparison import Comparison, RevisionName
from stages.core import paths
from stages.notebook.clone import Repository, current_repository
from tests.cli.revisions.recorded_repository import git
from tests.notebook.recorded_example import KEY, record_example
from tests.report.example_datasets import flowers


@pytest.fixture
def example(folder: Path) -> Path:
    record_example(flowers())
    return folder


def test_a_repository_is_found_from_any_of_its_folders(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebooks = example / "docs/notebooks"
    notebooks.mkdir(parents=True)
    monkeypatch.chdir(notebooks)
    assert restage.datasets() == {KEY: "Flowers"}
    assert Repository(notebooks).root == Repository(str(example)).root == example


def test_a_repository_can_be_elsewhere(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert restage.Repository("clone").load(KEY, "HEAD").history["loss"].tolist() == [1.0, 0.5, 0.4]
    with pytest.raises(restage.Error, match=r"not in a repository of Restage; use restage.Repository"):
        restage.load(KEY)


def test_the_current_folder_stays(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = example / "notebooks"
    below.mkdir()
    monkeypatch.chdir(below)
    dataset = restage.load(KEY, "main")
    assert len(dataset.predictions) == 4
    assert dataset.revision == "main"
    assert dataset.commit == git("rev-parse", "HEAD")
    with pytest.raises(restage.Error):
        restage.load(KEY, "nowhere")
    assert Path.cwd() == below


def test_threads_can_read_at_the_same_time(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = example / "notebooks"
    below.mkdir()
    monkeypatch.chdir(below)
    found: list[tuple[int, Path]] = []

    def read() -> None:
        for _ in range(5):
            dataset, root = restage.load(KEY, "main"), current_repository().root
            found.append((len(dataset.predictions), root))

    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(4, example)] * 20
    assert Path.cwd() == below


@pytest.mark.parametrize(
    ("key", "rev", "message"),
    [
        ("min", None, r"no dataset 'min'; did you mean mine\?"),
        ("min", "HEAD", r"rev HEAD: no dataset 'min'; did you mean mine\?"),
        (KEY, "mian", r"revision mian: no tag, branch, commit or experiment has this name; did you mean main\?"),
        ("../x", None, r"use lower-case letters, digits and _ only"),
        (KEY, 1234567, r"rev: a text is expected; received 1234567"),
        (None, None, r"key: a text is expected; received None"),
    ],
)
def test_a_wrong_name_is_an_error(example: Path, key: Any, rev: Any, message: str) -> None:
    with pytest.raises(restage.Error, match=message):
        restage.load(key, rev)


def test_stale_results_are_read_with_a_warning(example: Path) -> None:
    """The examples have no model."""
    with pytest.warns(restage.StaleResultsWarning, match="restage run mine") as warned:
        dataset = restage.load(KEY)
    assert [warning.filename for warning in warned] == [__file__]
    assert dataset.warning == str(warned[0].message)
    assert dataset.warning in repr(dataset)
    assert "restage run mine" in dataset._repr_html_()
    assert len(dataset.predictions) == 4


def test_a_revision_has_no_such_warning(example: Path) -> None:
    assert restage.load(KEY, "HEAD").warning is None


def test_parameters_are_those_of_the_revision(example: Path) -> None:
    paths.PARAMS.write_text(yaml.safe_dump({"datasets": {KEY: {"report": {"title": "Roses"}}}}))
    assert restage.datasets() == {KEY: "Roses"}
    assert restage.load(KEY, "HEAD").title == "Flowers"


def test_revisions_are_compared(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def compare_revisions(base, head, keys):
        asked.append((base.commit, head.commit, list(keys)))
        return Comparison(
            base=RevisionName(name=base.name, commit=base.commit),
            head=RevisionName(name=head.name, commit=None),
            datasets=[],
            unchanged=[KEY],
        )

    monkeypatch.setattr("stages.cli.compare.compare_revisions.compare_revisions", compare_revisions)
    commit = git("rev-parse", "HEAD")
    assert repr(restage.compare("main", keys=KEY)) == (
        "<restage comparison of main and working tree: 0 differ, 1 unchanged>"
    )
    restage.compare(head="HEAD")
    assert asked == [(commit, None, [KEY]), (commit, commit, [])]
