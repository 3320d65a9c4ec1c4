from pathlib import Path
from typing import Any

import pytest

from stages.core.errors import UserError
from stages.download import check_disk_space
from stages.download.fetch.verified_files import verify_local
from stages.download.load_source import load_source
from stages.download.params.file_params import File
from tests.download.sample_files import make_zip, sha256

TEXT = b"a,b\n1,2\n"


def source(folder: Path, content: bytes = TEXT, member: str | None = None, **options: Any) -> File:
    (folder / "file").write_bytes(content)
    file = {"path": str(folder / "file"), "sha256": sha256(content), "member": member}
    return File.model_validate({"source": "file", "format": {"format": "csv"}, "files": {"all": file}} | options)


@pytest.mark.parametrize(
    ("options", "copies"),
    [
        ({}, 1),
        ({"format": {"format": "csv", "encoding": "latin-1"}}, 2),
        ({"format": {"format": "csv", "separator": "whitespace"}}, 2),
        ({"kind": "series", "time": "a", "sort": True}, 2),
        ({"content": make_zip({"a.csv": TEXT, "b.csv": b"more"}), "member": "a.csv"}, 2),
    ],
)
def test_the_size_follows_from_the_files(options: dict[str, Any], copies: int, tmp_path: Path) -> None:
    params = source(tmp_path, **options)
    [files] = verify_local(params.files).values()
    assert check_disk_space.needed_bytes(files, params) == len(TEXT) * copies


@pytest.mark.error_case("download")
def test_a_full_disk_is_reported_before_the_rows_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_disk_space, "_free_bytes", lambda folder: 0)
    folder = tmp_path / "raw" / "shop.incomplete"
    folder.mkdir(parents=True)
    params = source(tmp_path, b'a\n"')  # reading it would be another error
    with pytest.raises(UserError, match=r"^the rows need about 0 MiB in .*raw, where 0 MiB are free; make room there"):
        load_source(params, folder)
    assert not list(folder.iterdir())
