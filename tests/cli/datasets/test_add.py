"""`restage add` takes a file of conf/dataset into the suite."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from stages.cli.app import app
from stages.cli.dataset_keys import check_keys
from stages.core.errors import UserError
from tests.cli.test_compose import composed_datasets, restage, restage_error


def test_a_dataset_is_added_and_composed(clone: Path) -> None:
    printed = restage("add", "wine", "diabetes")
    assert "conf/suite/starter.yaml: added wine, diabetes" in printed
    assert "next: restage run wine diabetes" in printed
    assert composed_datasets() == ["iris", "wine", "diabetes"]


def test_again_changes_nothing(clone: Path) -> None:
    restage("add", "wine")
    before = Path("conf/suite/starter.yaml").read_bytes()
    assert "has wine already" in restage("add", "wine")
    assert Path("conf/suite/starter.yaml").read_bytes() == before


@pytest.mark.error_case("datasets that cannot be added")
def test_an_unknown_dataset_is_refused(clone: Path) -> None:
    error = restage_error("add", "wien")
    assert error.startswith("restage: add: conf/dataset/wien.yaml: not found; did you mean wine?")


@pytest.mark.error_case("datasets that cannot be added")
def test_a_dataset_with_a_mistake_is_not_added(clone: Path) -> None:
    wine, suite = Path("conf/dataset/wine.yaml"), Path("conf/suite/starter.yaml")
    wine.write_text(wine.read_text().replace("epochs: 60", "epoch: 60"))
    before = suite.read_bytes()
    result = CliRunner().invoke(app, ["add", "wine"])
    assert result.exit_code == 1
    assert "datasets.wine.train.epoch: unknown key" in result.stderr
    assert "added" not in result.stdout
    assert suite.read_bytes() == before
    assert not Path("params.yaml").exists()


@pytest.mark.error_case("datasets that cannot be added")
def test_run_names_the_command_that_adds_a_dataset(clone: Path) -> None:
    with pytest.raises(UserError, match="no dataset 'wine'; `restage add wine` takes it into the suite"):
        check_keys(["wine"], ["iris"])
