from pathlib import Path

import pytest

from stages.core import paths
from stages.core.artefacts.records.record import write_record
from stages.core.artefacts.records.suite_datasets import DatasetTitle, SuiteRecord
from stages.core.errors import UserError
from stages.report.suite.unfinished_index import write_unfinished_index
from tests.report.example_records import class_evaluation
from tests.report.html_reader import PageReader

KEYS = ["new", "old", "failed", "damaged"]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_state_of_each_dataset() -> None:
    write_record(paths.SUITE, SuiteRecord(suite="s", datasets=[DatasetTitle(key=key, title=key) for key in KEYS]))
    for key in ("new", "old"):
        write_record(paths.evaluation(key), class_evaluation())
        paths.dataset_page(key).parent.mkdir(parents=True, exist_ok=True)
        paths.dataset_page(key).touch()
    paths.evaluation("damaged").write_text("{")
    stale = {"old": ["train"], "failed": ["train"], "damaged": ["train"]}
    write_unfinished_index({"failed": ["train"]}, stale)
    reader = PageReader(paths.INDEX.read_text())
    assert reader.links == ["pages/new.html", "pages/old.html"]
    # What has no results has no old ones.
    assert reader.text.count("Old results: train") == 1
    assert "Failed: train." in reader.text
    assert "1 dataset failed, 1 dataset has old results." in reader.text


def test_without_a_suite_there_is_no_index() -> None:
    with pytest.raises(UserError, match=r"suite\.json"):
        write_unfinished_index({}, {})
    assert not paths.INDEX.exists()
