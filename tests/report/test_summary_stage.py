from pathlib import Path

import pytest

from stages.core import paths
from stages.core.artefacts.records.record import write_record
from stages.core.artefacts.records.suite_datasets import DatasetTitle, SuiteRecord
from stages.core.errors import UserError
from stages.report import summary_stage as suite_summary
from tests.report.example_records import class_evaluation, validation_record
from tests.report.html_reader import PageReader
from tests.run_in_process import published

run = published(suite_summary.run)

KEYS = ["prices", "flowers", "later"]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write_suite(name: str = "starter") -> None:
    write_record(paths.SUITE, SuiteRecord(suite=name, datasets=[DatasetTitle(key=key, title=key) for key in KEYS]))


def table_keys(path: Path) -> list[str]:
    return [line.split(" ")[1] for line in path.read_text(encoding="utf-8").splitlines()[2:]]


def test_the_index_links_to_the_pages_of_evaluated_datasets() -> None:
    write_suite()
    write_record(paths.evaluation("flowers"), class_evaluation())
    run()
    first = paths.INDEX.read_bytes()
    run()
    assert paths.INDEX.read_bytes() == first
    (link,) = PageReader(first.decode()).links
    assert paths.INDEX.parent / link == paths.dataset_page("flowers")


def test_every_suite_has_its_own_tables() -> None:
    write_record(paths.evaluation("flowers"), class_evaluation())
    write_record(paths.validation_result("prices"), validation_record())
    for name in ("starter", "full"):
        write_suite(name)
        run()
    for table in (paths.headline_table, paths.data_checks_table):
        assert sorted(file.name for file in table("starter").parent.iterdir()) == ["full.md", "starter.md"]
        assert table_keys(table("starter")) == KEYS


def test_nothing_was_evaluated_or_validated_yet() -> None:
    write_suite()
    run()
    assert table_keys(paths.headline_table("starter")) == KEYS
    assert table_keys(paths.data_checks_table("starter")) == KEYS


def test_a_missing_suite_names_file_and_command() -> None:
    with pytest.raises(UserError, match=r"suite\.json: not found; run `dvc repro guard`"):
        run()


def test_a_damaged_suite_names_file_and_command() -> None:
    paths.SUITE.parent.mkdir(parents=True)
    paths.SUITE.write_text("{")
    with pytest.raises(UserError, match=r"suite\.json: damaged .*run `dvc repro --force guard`"):
        run()
