"""A clone with a dataset `mine` of a file, whose download is recorded."""

import hashlib
import shutil
from contextlib import chdir
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stages.cli.app import app
from stages.core import paths
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.dvc.storage.cache import md5_of_file, md5_of_folder
from stages.core.files.atomic_write import write_json
from tests.cli.new.example_tables import flowers
from tests.cli.test_compose import ROOT, SUITE


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "clone"
    shutil.copytree(ROOT / "conf", folder / "conf", ignore=shutil.ignore_patterns("local.yaml", "suite"))
    (folder / "conf/suite").mkdir()
    (folder / "conf/suite/starter.yaml").write_text(SUITE.format(key="iris", suite="starter"))
    with chdir(folder):
        flowers().to_csv("mine.csv", index=False)
        done = CliRunner().invoke(app, ["new", "mine.csv", "--target", "kind"])
        assert done.exit_code == 0, done.output
        write_raw(Table({"all": flowers()}), paths.raw_data("mine"))
        files = {each.name: md5_of_file(each) for each in paths.raw_data("mine").iterdir()}
        digest = hashlib.sha256(Path("mine.csv").read_bytes()).hexdigest()
        params = {str(paths.dataset_params("mine")): {"download": {"files": {"all": {"sha256": digest}}}}}
        outs = [{"path": str(paths.raw_data("mine")), "hash": "md5", "md5": md5_of_folder(files)}]
        entry = {"cmd": "download", "params": params, "outs": outs}
        write_json(Path("dvc.lock"), {"schema": "2.0", "stages": {"download@mine": entry}})
    return folder


@pytest.fixture
def mine(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the dataset."""
    shutil.copytree(finished, tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    return Path("mine.csv")
