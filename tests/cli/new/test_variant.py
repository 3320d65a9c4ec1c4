"""A copy of a dataset with another model."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from stages.cli.app import app
from stages.cli.new.conf_text.default_models import VARIANTS
from tests.cli.new.test_new import error, new, write_own_model, written
from tests.cli.test_compose import composed_datasets


@pytest.mark.parametrize("model", VARIANTS)
def test_the_model_and_the_title_are_replaced(model: str, clone: Path) -> None:
    new("--from", "iris", "--model", model)
    base, variant = written("iris"), written(f"iris_{model}")
    assert variant["train"].pop("model") == {"kind": model, **VARIANTS[model]}
    assert variant["report"].pop("title") == f"Iris, {model}"
    del base["train"]["model"], base["report"]["title"]
    assert variant == base
    assert composed_datasets() == ["iris", f"iris_{model}"]


def test_a_model_on_several_lines_and_comments(clone: Path) -> None:
    new("--from", "mnist_cnn", "--model", "lstm", "--key", "rows")
    text = Path("conf/dataset/rows.yaml").read_text()
    assert "filters" not in text
    assert "  optimizer: {learning_rate: 0.002, schedule: {kind: cosine}}\n" in text


REFUSED = {
    "an unknown model": (["--from", "iris", "--model", "mpl"], "--model: no model 'mpl'; did you mean mlp?"),
    "an unknown dataset": (["--from", "irsi", "--model", "mlp"], "conf/dataset/irsi.yaml: not found"),
    "no model": (["--from", "iris"], "--from KEY --model MODEL"),
    "a file too": (["a.csv", "--from", "iris", "--model", "mlp"], "--from KEY --model MODEL"),
    "nothing": ([], "name a FILE"),
    "an option for a file": (["--from", "iris", "--model", "mlp", "--time", "day"], "--time: for a FILE, not for"),
    "a dataset that exists": (["--from", "iris", "--model", "mlp", "--key", "wine"], "wine.yaml: exists"),
}


@pytest.mark.error_case("files that cannot become a dataset")
@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(options: list[str], message: str, clone: Path) -> None:
    assert message in error(*options)


def test_a_function_of_ones_own(clone: Path) -> None:
    write_own_model()
    new("--from", "iris", "--model", "conf/models/mine.py:build")
    assert written("iris_mine")["train"]["model"] == {"kind": "own", "build": "mine.py:build"}
    assert written("iris_mine")["report"]["title"] == "Iris, mine"


def test_a_dry_run(clone: Path) -> None:
    result = CliRunner().invoke(app, ["new", "--from", "iris", "--model", "linear", "--dry-run"])
    assert "model: {kind: linear}" in result.stdout
    assert not Path("conf/dataset/iris_linear.yaml").exists()
