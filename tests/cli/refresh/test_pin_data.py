"""What --yes writes: hashes in conf/, params.yaml, the record, what DVC tracks; all or nothing."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from dvc.repo import Repo
from typer.testing import CliRunner, Result

from stages.cli import compose
from stages.cli.app import app
from stages.cli.refresh import refresh as refresh_module
from stages.core import paths
from stages.core.artefacts.records.refreshed import RefreshRecord, read_refresh_record
from stages.core.errors import UserError
from tests.cli.new.example_tables import flowers
from tests.cli.test_compose import ROOT
from tests.stories.repo import environment

CONF, RECORD = Path("conf/dataset/mine.yaml"), paths.refresh_record("mine")


@pytest.fixture
def in_dvc(mine: Path) -> Path:
    """The file of the dataset, in a DVC repository with our pipeline."""
    shutil.copy(ROOT / "dvc.yaml", "dvc.yaml")
    Repo.init(no_scm=True).close()
    return mine


def dvc(*arguments: str) -> None:
    subprocess.run(["dvc", *arguments], check=True, env=environment(), capture_output=True)


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def refresh(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["refresh", *arguments])
    assert result.exit_code == code, result.output
    return result


def record() -> RefreshRecord:
    return read_refresh_record(RECORD, "")


def conf_files() -> Mapping[str, bytes]:
    files = [*Path("conf").rglob("*"), *Path().glob("*.dvc"), paths.PARAMS]
    return {str(file): file.read_bytes() for file in files if file.is_file()}


def test_the_new_data_are_pinned(in_dvc: Path) -> None:
    before, old = conf_files(), sha256(in_dvc)
    flowers(70).to_csv(in_dvc, index=False)
    printed = refresh("mine", "--yes").stdout
    after, new = conf_files(), sha256(in_dvc)
    assert after[str(CONF)] == before[str(CONF)].replace(old.encode(), new.encode())
    assert {name for name in after if after[name] != before.get(name)} == {str(CONF), str(RECORD), "params.yaml"}
    params: dict[str, Any] = yaml.safe_load(paths.PARAMS.read_text())
    assert params["datasets"]["mine"]["download"]["files"]["all"]["sha256"] == new
    assert "mine: download, validate, preprocess, train, evaluate, report will run" in printed
    assert f"git add {CONF} {RECORD} params.yaml" in printed
    assert record().hashes == [new]
    assert (record().rows.before, record().rows.now, record().splits["test"].before) == (60, 70, 12)
    assert record().split == params["datasets"]["mine"]["preprocess"]["split"]
    assert refresh("mine").stdout == "mine: as conf/ pins it\n"


def test_the_record_holds_no_value(in_dvc: Path) -> None:
    flowers(70).to_csv(in_dvc, index=False)
    refresh("mine", "--yes")
    texts = RECORD.read_text()
    assert not any(name in texts for name in ("aster", "rose", "tulip", "mine.csv"))
    assert len(texts) < 2000


def test_data_that_are_not_compared_leave_no_old_record(in_dvc: Path) -> None:
    """The second change is refreshed before the first one ran."""
    flowers(70).to_csv(in_dvc, index=False)
    refresh("mine", "--yes")
    flowers(80).to_csv(in_dvc, index=False)
    assert "cannot be compared" in refresh("mine", "--yes").stdout
    assert not RECORD.exists()


def test_a_tracked_file_is_tracked_again(in_dvc: Path) -> None:
    dvc("add", "--quiet", "mine.csv")
    old = Path("mine.csv.dvc").read_text()
    flowers(70).to_csv(in_dvc, index=False)
    assert "mine.csv.dvc" in refresh("mine", "--yes").stdout
    assert Path("mine.csv.dvc").read_text() != old
    md5 = hashlib.md5(in_dvc.read_bytes(), usedforsecurity=False).hexdigest()
    assert f"md5: {md5}" in Path("mine.csv.dvc").read_text()


def test_a_folder_that_has_the_file_is_tracked_again(in_dvc: Path) -> None:
    file = Path("flowers") / in_dvc
    file.parent.mkdir()
    in_dvc.rename(file)
    CONF.write_text(CONF.read_text().replace("path: mine.csv", f"path: {file}"))
    dvc("add", "--quiet", "flowers")
    old = Path("flowers.dvc").read_text()
    flowers(70).to_csv(file, index=False)
    assert "flowers.dvc" in refresh("mine", "--yes").stdout
    assert Path("flowers.dvc").read_text() != old


@pytest.mark.error_case("errors of disk and files handled")
def test_nothing_is_half_written(in_dvc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """params.yaml, the last of the files, cannot be written."""
    dvc("add", "--quiet", "mine.csv")
    flowers(70).to_csv(in_dvc, index=False)
    before = conf_files()

    def fail(_: str) -> None:
        raise UserError("the disk is full")

    monkeypatch.setattr(compose, "_write", fail)
    assert refresh("mine", "--yes", code=1).stderr == "restage: refresh: the disk is full\n"
    assert conf_files() == before


@pytest.mark.parametrize(("answer", "pinned"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_the_question(answer: str, pinned: bool, in_dvc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh_module, "is_terminal", lambda: True)
    old = sha256(in_dvc)
    flowers(70).to_csv(in_dvc, index=False)
    result = CliRunner().invoke(app, ["refresh", "mine"], input=answer)
    assert result.exit_code == 0, result.output
    assert (old not in CONF.read_text()) == pinned


def test_a_shared_source_changes_other_datasets(in_dvc: Path) -> None:
    text = CONF.read_text()
    source = yaml.safe_load(text)["download"]
    Path("conf/source/mine.yaml").write_text(yaml.safe_dump(source))
    shared = yaml.safe_load(text)
    del shared["download"]
    shared["defaults"].insert(0, {"/source@download": "mine"})
    for key in ("mine", "other"):
        Path(f"conf/dataset/{key}.yaml").write_text(yaml.safe_dump(shared))
    suite = Path("conf/suite/starter.yaml")
    suite.write_text(suite.read_text().replace("suite: ", "  - /dataset@datasets.other: other\nsuite: "))
    flowers(70).to_csv(in_dvc, index=False)
    printed = refresh("mine", "--yes").stdout
    assert "their data change too: other" in printed
    assert "other: download, validate, preprocess, train, evaluate, report will run" in printed
    assert sha256(in_dvc) in Path("conf/source/mine.yaml").read_text()
    params: dict[str, Any] = yaml.safe_load(paths.PARAMS.read_text())
    assert len({json.dumps(params["datasets"][key]["download"]) for key in ("mine", "other")}) == 1
