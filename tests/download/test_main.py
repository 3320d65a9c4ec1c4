"""The stage as DVC runs it: `python -m stages.download KEY` at the root of a repository."""

import subprocess
import sys

import pytest

from stages.core import paths
from stages.core.artefacts.raw_files import read_raw
from stages.core.runtime.atomic_write import write_json
from tests.download.sample_files import ZERO_HASH, sha256

RAW = "data/raw/own"


@pytest.fixture
def repository(tmp_path):
    """Writes the parameters of one dataset named `own`."""

    def write_params(params):
        write_json(tmp_path / paths.dataset_params("own"), {"download": params})
        return tmp_path

    return write_params


def run_stage(repository):
    command = [sys.executable, "-m", "stages.download", "own"]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def csv_params(path, content, sha256_of_file=None):
    path.write_bytes(content)
    file = {"path": path.name, "sha256": sha256_of_file or sha256(content)}
    return {"source": "file", "format": {"format": "csv"}, "files": {"all": file}}


def test_a_formula_becomes_raw_data(repository):
    root = repository({"source": "formula", "formula": "count", "rows": 10})
    assert run_stage(root).returncode == 0
    assert len(read_raw(root / RAW).frames["all"]) == 10


@pytest.mark.parametrize(
    ("content", "sha256_of_file", "message"),
    [
        (b"a\n1\n", ZERO_HASH, "restage: download@own: own.csv: wrong content: expected sha256 000"),
        (b"a,b\n1\n", None, "restage: download@own: own.csv: rows: 1 do not have 2 fields"),
    ],
)
def test_a_wrong_file_gives_a_message_and_no_output(repository, tmp_path, content, sha256_of_file, message):
    root = repository(csv_params(tmp_path / "own.csv", content, sha256_of_file))
    done = run_stage(root)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (root / "data/raw").exists()


def test_all_errors_in_params_are_reported_with_their_keys(repository):
    done = run_stage(repository({"source": "formula", "formula": "count", "rows": 0, "frist": 2.0}))
    assert done.returncode == 1
    assert "params.yaml: datasets.own.download.rows: should be greater than or equal to 1; received 0" in done.stderr
    assert "params.yaml: datasets.own.download.frist: unknown key; did you mean first?" in done.stderr


def test_an_error_leaves_the_earlier_output(repository, tmp_path):
    root = repository(csv_params(tmp_path / "own.csv", b"a\n1\n"))
    assert run_stage(root).returncode == 0
    (tmp_path / "own.csv").unlink()
    assert run_stage(root).returncode == 1
    assert read_raw(root / RAW).frames["all"]["a"].tolist() == [1]
