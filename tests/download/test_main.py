"""The stage as DVC starts it: `python -m stages.download KEY` at the root of a repository."""

import hashlib
import subprocess
import sys

import pytest

from stages.core import paths
from stages.core.artefacts.raw import read_raw
from stages.core.runtime.atomic_write import write_json


@pytest.fixture
def repository(tmp_path):
    def with_datasets(**datasets):
        for key, params in datasets.items():
            write_json(tmp_path / paths.dataset_params(key), {"download": params})
        return tmp_path

    return with_datasets


def download(repository, key):
    command = [sys.executable, "-m", "stages.download", key]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def csv(path, content, sha256=None):
    path.write_bytes(content)
    sha256 = sha256 or hashlib.sha256(content).hexdigest()
    return {"source": "file", "format": {"format": "csv"}, "files": {"all": {"path": path.name, "sha256": sha256}}}


def test_a_formula_becomes_raw_data(repository):
    root = repository(ten={"source": "formula", "formula": "count", "rows": 10})
    assert download(root, "ten").returncode == 0
    assert len(read_raw(root / "data/raw/ten").frames["all"]) == 10


@pytest.mark.parametrize(
    ("content", "sha256", "said"),
    [
        (b"a\n1\n", "0" * 64, "restage: download@own: own.csv: wrong content: expected sha256 000"),
        (b"a,b\n1\n", None, "restage: download@own: own.csv: rows: 1 do not have 2 fields"),
    ],
)
def test_a_fault_of_the_file_is_a_sentence_and_leaves_nothing(repository, tmp_path, content, sha256, said):
    root = repository(own=csv(tmp_path / "own.csv", content, sha256))
    done = download(root, "own")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (root / "data/raw").exists()


def test_mistakes_in_params_are_told_with_their_keys_all_at_once(repository):
    done = download(repository(x={"source": "formula", "formula": "count", "rows": 0, "frist": 2.0}), "x")
    assert done.returncode == 1
    assert "params.yaml: datasets.x.download.rows: should be greater than or equal to 1; received 0" in done.stderr
    assert "params.yaml: datasets.x.download.frist: unknown key; did you mean first?" in done.stderr


def test_a_fault_leaves_the_earlier_whole_data_as_they_were(repository, tmp_path):
    root = repository(own=csv(tmp_path / "own.csv", b"a\n1\n"))
    assert download(root, "own").returncode == 0
    (tmp_path / "own.csv").unlink()
    assert download(root, "own").returncode == 1
    assert read_raw(root / "data/raw/own").frames["all"]["a"].tolist() == [1]
