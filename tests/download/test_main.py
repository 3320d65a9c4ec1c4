"""The stage as DVC runs it: `python -m stages.download KEY` at the root of a repository."""

import subprocess
import sys

import pytest

from stages.core import paths
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.files.atomic_write import write_json
from stages.core.run_stage.stage import run_stage
from stages.download.__main__ import run
from tests.download.sample_files import ZERO_HASH, sha256

RAW = paths.raw_data("own")


@pytest.fixture(autouse=True)
def working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write_params(params):
    write_json(paths.dataset_params("own"), {"download": params})


def error_output(capsys):
    """What the stage writes to standard error before it exits with 1."""
    with pytest.raises(SystemExit) as stopped:
        run_stage("download", run, ["own"])
    assert stopped.value.code == 1
    return capsys.readouterr().err


def csv_params(path, content, sha256_of_file=None):
    path.write_bytes(content)
    file = {"path": path.name, "sha256": sha256_of_file or sha256(content)}
    return {"source": "file", "format": {"format": "csv"}, "files": {"all": file}}


def raw_frame():
    raw = read_raw(RAW)
    assert isinstance(raw, Table)
    return raw.frames["all"]


def test_the_command_writes_raw_data_or_a_message():
    write_params({"source": "formula", "formula": "count", "rows": 10})
    command = [sys.executable, "-m", "stages.download", "own"]
    subprocess.run(command, check=True)
    assert len(raw_frame()) == 10
    write_params({"source": "formula", "formula": "count", "rows": 0, "frist": 2.0})
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "params.yaml: datasets.own.download.rows: should be greater than or equal to 1; received 0" in done.stderr
    assert "params.yaml: datasets.own.download.frist: unknown key; did you mean first?" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(raw_frame()) == 10


@pytest.mark.parametrize(
    ("content", "sha256_of_file", "message"),
    [
        (b"a\n1\n", ZERO_HASH, "restage: download@own: own.csv: wrong content: expected sha256 000"),
        (b"a,b\n1\n", None, "restage: download@own: own.csv: rows: 1 do not have 2 fields"),
    ],
)
def test_a_wrong_file_gives_a_message_and_no_output(tmp_path, capsys, content, sha256_of_file, message):
    write_params(csv_params(tmp_path / "own.csv", content, sha256_of_file))
    assert message in error_output(capsys)
    assert not list(RAW.parent.iterdir())


def test_an_error_leaves_the_earlier_output(tmp_path, capsys):
    write_params(csv_params(tmp_path / "own.csv", b"a\n1\n"))
    run_stage("download", run, ["own"])
    (tmp_path / "own.csv").unlink()
    assert "own.csv: no such file" in error_output(capsys)
    assert raw_frame()["a"].tolist() == [1]
