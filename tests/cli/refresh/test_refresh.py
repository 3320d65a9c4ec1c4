"""`restage refresh` on a small table, as far as no DVC is needed; tests/stories/test_refresh.py pins and runs."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from stages.cli.app import app
from stages.core import paths
from tests.cli.new.example_tables import flowers

MINE = Path("conf/dataset/mine.yaml")


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def run_command(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def refresh(*arguments: str, code: int = 0) -> Result:
    result = run_command("refresh", *arguments)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.stderr
    return result


def test_data_that_did_not_change(mine: Path) -> None:
    assert refresh("mine").stdout == "mine: as conf/ pins it\n"
    assert json.loads(refresh("mine", "--json").stdout) == {"dataset": "mine", "changed": False}


def test_without_a_terminal_it_only_shows(mine: Path) -> None:
    before = MINE.read_bytes(), Path("params.yaml").read_bytes()
    flowers(70).to_csv(mine, index=False)
    printed = refresh("mine").stdout
    assert "`restage refresh mine --yes`" in printed
    assert str(MINE) in printed
    assert any(line.split()[:3] == ["all", "60", "70"] for line in printed.splitlines())
    assert (MINE.read_bytes(), Path("params.yaml").read_bytes()) == before


def test_rows_of_several_blocks_are_not_compared(mine: Path) -> None:
    MINE.write_text(MINE.read_text().replace("download:\n", "download:\n  block_rows: 20\n"))
    flowers(70).to_csv(mine, index=False)
    printed = refresh("mine").stdout
    assert (
        "The old data cannot be compared: 70 rows are more than a block, and only rows of one block are compared with "
        "each other."
    ) in printed
    assert "`restage refresh mine --yes`" in printed


def test_json(mine: Path) -> None:
    old = sha256(mine)
    flowers(70).to_csv(mine, index=False)
    document: dict[str, Any] = json.loads(refresh("mine", "--json").stdout)
    assert document["files"]["all"] == {"location": "mine.csv", "hashes": {old: sha256(mine)}}
    assert (document["rows"]["before"], document["rows"]["now"]) == (60, 70)
    assert document["splits"]["test"]["before"] == 12
    assert document["other_datasets"] == []


def test_check(mine: Path) -> None:
    """0: as pinned; 1: changed; 2: not known."""
    assert refresh("--check").stdout == "iris: no hash in conf/\nmine: as conf/ pins it\n"
    flowers(70).to_csv(mine, index=False)
    assert "`restage refresh mine`" in refresh("--check", code=1).stdout
    assert refresh("--check", "iris").stdout == "iris: no hash in conf/\n"
    document = json.loads(refresh("--check", "--json", "mine", "iris", code=1).stdout)
    assert {key: each["state"] for key, each in document["datasets"].items()} == {"iris": "unpinned", "mine": "changed"}
    assert "no dataset 'mnie'" in refresh("--check", "mnie", code=2).stderr
    mine.unlink()
    failed = refresh("--check", code=2)
    assert failed.stderr.startswith("restage: refresh: mine: mine.csv: no such file")
    assert failed.stdout == "iris: no hash in conf/\n"
    MINE.write_text(MINE.read_text().replace("epochs:", "epoch:"))
    assert "did you mean epochs?" in refresh("--check", code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (["--yes"], "name one dataset"),
        (["mine", "iris"], "name one dataset"),
        (["mnie"], "no dataset 'mnie'; did you mean mine?"),
        (["mine", "--json", "--yes"], "--json only shows"),
        (["mine", "--key", "lenght"], "--key: no column 'lenght' in both old and new data; did you mean length?"),
        (["iris"], "iris: source sklearn has no hash in conf/"),
    ],
)
def test_arguments_that_are_refused(arguments: list[str], fact: str, mine: Path) -> None:
    flowers(70).to_csv(mine, index=False)
    assert fact in refresh(*arguments, code=1).stderr


def test_check_takes_no_other_option(mine: Path) -> None:
    for option in (["--yes"], ["--key", "length"]):
        assert "--check only says" in refresh("--check", *option, code=2).stderr


@pytest.mark.error_case("new data that do not fit conf")
@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (lambda frame: frame.drop(columns="width"), "validate.columns names 'width', which the new data do not have"),
        (lambda frame: frame.assign(age=3), "validate.columns does not name 'age', which is new"),
        (lambda frame: frame.drop(columns="kind"), "preprocess.targets: no column 'kind'"),
        (lambda frame: frame.assign(kind=["odd", *frame["kind"][1:]]), "'odd' has only one"),
        (lambda frame: frame.iloc[:0], "no rows"),
    ],
)
def test_data_that_do_not_fit_conf_are_not_pinned(change: Any, fact: str, mine: Path) -> None:
    before = MINE.read_bytes()
    change(flowers()).to_csv(mine, index=False)
    assert fact in refresh("mine", "--yes", code=1).stderr
    assert MINE.read_bytes() == before


def test_checks_that_will_fail_are_shown_before_anything_is_pinned(mine: Path) -> None:
    flowers().assign(length=lambda frame: frame["length"] * 100).to_csv(mine, index=False)
    printed = refresh("mine").stdout
    assert "expect_column_values_to_be_between(column: length" in printed
    document = json.loads(refresh("mine", "--json").stdout)
    assert len(document["failed_checks"]) == 1
    assert document["errors"] == []


def test_old_data_that_are_gone(mine: Path) -> None:
    Path("dvc.lock").unlink()
    flowers(70).to_csv(mine, index=False)
    assert "cannot be compared" in refresh("mine").stdout


def test_a_damaged_accepted_profile(mine: Path) -> None:
    flowers(70).to_csv(mine, index=False)
    paths.accepted_profile("mine").parent.mkdir(exist_ok=True)
    paths.accepted_profile("mine").write_text("[1")
    assert "`restage accept mine`" in refresh("mine", code=1).stderr
