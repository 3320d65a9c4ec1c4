"""A message about data that changed names the command that accepts them; another error does not."""

from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.download.explain_changed_data import explain_changed_data
from stages.download.fetch.download_files import CACHE
from stages.download.load_source import load_source
from stages.download.params.file_params import File
from tests.download.sample_files import http_params, sha256

OLD = b"a,b\n1,2\n"
COMMAND = "`restage refresh mine`"


def messages(source):
    with pytest.raises(UserError) as error, explain_changed_data("mine"):
        load_source(source)
    return error.value.messages


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))


def local(path):
    files = {"all": {"path": path, "sha256": sha256(OLD)}}
    return File.model_validate({"source": "file", "format": {"format": "csv"}, "files": files})


def test_a_local_file_that_changed():
    Path("a.csv").write_bytes(OLD + b"3,4\n")
    wrong, command = messages(local("a.csv"))
    assert wrong.startswith("a.csv: wrong content: expected sha256")
    assert command.startswith(COMMAND)


@pytest.mark.parametrize("size", [None, len(OLD)])
@pytest.mark.parametrize("content", [OLD + b"3,4\n", OLD[:4], b"a,b\n7,8\n"])
def test_a_download_that_changed(content, size, server):
    url = server.serve("/a.csv", (200, content))
    assert messages(http_params({"urls": [url], "sha256": sha256(OLD), "size": size}))[-1].startswith(COMMAND)


@pytest.mark.parametrize("content", [OLD + b"3,4\n", OLD[:4]])
def test_a_file_of_another_size_in_a_folder(content, tmp_path, monkeypatch):
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/a.csv").write_bytes(content)
    monkeypatch.setenv("RESTAGE_MIRROR", str(tmp_path / "mirror"))
    assert messages(http_params({"mirror": "a.csv", "sha256": sha256(OLD), "size": len(OLD)}))[-1].startswith(COMMAND)


def test_other_errors_stay_as_they_are(server):
    Path("a.csv").write_bytes(OLD)
    broken = local("a.csv").model_copy(update={"time": "gone", "kind": "series"})
    url = server.serve("/a.csv", (200, OLD))
    too_large = http_params({"urls": [url], "sha256": sha256(OLD)}, limits={"bytes": 3})
    for source in (local("absent.csv"), broken, too_large):
        assert not any(COMMAND in message for message in messages(source))
