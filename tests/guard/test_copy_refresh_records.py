"""The guard copies conf/refreshed/: one file for each dataset of the suite."""

from functools import partial
from pathlib import Path

import pytest

from stages.core import paths
from stages.core.artefacts.records.refreshed import RefreshRecord, RowChanges, refresh_record_text
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text
from stages.guard.guard_stage import copy_refresh_records
from tests.core.files.test_check_is_file import KINDS
from tests.run_in_process import published

ROWS = RowChanges(before=2, now=3, same=2, changed=0, gone=0, added=1)
TEXT = refresh_record_text(RefreshRecord(hashes=["a" * 64], split={}, rows=ROWS, splits={"test": ROWS}))


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_each_dataset_has_a_file_even_if_it_was_never_refreshed() -> None:
    write_text(paths.refresh_record("iris"), TEXT.replace("\n", " "))
    published(partial(copy_refresh_records, ["iris", "wine"]))()
    texts = {file.name: file.read_text() for file in paths.REFRESH_RECORD_COPIES.iterdir()}
    assert texts == {"iris.json": TEXT, "wine.json": "{}\n"}


def test_all_damaged_files_are_reported_and_nothing_is_copied() -> None:
    write_text(paths.refresh_record("iris"), TEXT.replace('"now": 3', '"now": 4'))
    write_text(paths.refresh_record("wine"), "<<<<<<< HEAD\n")
    with pytest.raises(UserError) as caught:
        published(partial(copy_refresh_records, ["iris", "wine", "line"]))()
    assert [message.split(": ")[0] for message in caught.value.messages] == [
        "conf/refreshed/iris.json",
        "conf/refreshed/wine.json",
    ]
    assert "do not add up to 2 rows before and 4 now" in caught.value.messages[0]
    assert all("remove it" in message for message in caught.value.messages)
    assert not paths.REFRESH_RECORD_COPIES.exists()


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_not_taken_for_a_missing_record(kind: str) -> None:
    paths.refresh_record("iris").parent.mkdir(parents=True)
    KINDS[kind](paths.refresh_record("iris"))
    with pytest.raises(UserError, match=rf"^conf/refreshed/iris\.json: {kind}; "):
        published(partial(copy_refresh_records, ["iris"]))()
