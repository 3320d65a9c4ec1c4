"""`--apply` in a repository: what is written and printed, and what stays as it is if something is wrong."""

from pathlib import Path
from typing import Any

import pytest

from stages.cli.tune.apply.apply_best import apply_best
from stages.cli.tune.study import Choices, NumberRange, Range, StudyResult
from stages.config.compose_conf import compose
from stages.core.errors import UserError
from tests.cli.tune.page.example_studies import study, trial

IRIS, SUITE = Path("conf/dataset/iris.yaml"), Path("conf/suite/starter.yaml")
NUMBER = NumberRange(kind="float", low=0.0001, high=2000)
CHOICES = Choices(values=["[64, 32]", "relu"])


def found(key: str = "iris", **values: float | int | str) -> StudyResult:
    """A study whose trial 1 is the best, with these values; `__` stands for the dot in a path."""
    paths = {name.replace("__", "."): value for name, value in values.items()}
    ranges: dict[str, Range] = {path: CHOICES if isinstance(each, str) else NUMBER for path, each in paths.items()}
    return study([trial(0, 0.9), trial(1, 0.95, values=paths)], key=key, ranges=ranges)


def composed(key: str = "iris") -> Any:
    return compose().params["datasets"][key]


def conf_texts() -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in Path("conf").rglob("*.yaml")}


def error_of(result: StudyResult) -> str:
    """The message, after which conf/ and params.yaml are as before."""
    before, params = conf_texts(), Path("params.yaml")
    params.write_text("unchanged: true\n")
    with pytest.raises(UserError) as caught:
        apply_best(result)
    assert conf_texts() == before
    assert params.read_text() == "unchanged: true\n"
    return str(caught.value)


def test_values_are_written_and_composed(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = IRIS.read_text()
    apply_best(found(train__epochs=50, train__optimizer__learning_rate=0.003, train__model__units="[64, 32]"))
    assert IRIS.read_text() == before.replace("epochs: 20", "epochs: 50").replace(
        "[512, 256, 128, 64, 32]", "[64, 32]"
    ).replace("batch: 10\n", "batch: 10\n  optimizer: {learning_rate: 0.003}\n")
    assert composed()["train"]["optimizer"] == {"kind": "adam", "learning_rate": 0.003}
    assert "learning_rate: 0.003" in Path("params.yaml").read_text()
    lines = capsys.readouterr().out.splitlines()
    assert {"conf/dataset/iris.yaml:", "-  epochs: 20", "+  epochs: 50"} <= set(lines)
    assert "+  optimizer: {learning_rate: 0.003}" in lines
    assert [line[0] for line in lines if line[0] in "+-"].count("-") == 2
    assert lines[-1] == "next: restage run iris"


def test_a_shared_file_stays(clone: Path) -> None:
    SUITE.write_text(SUITE.read_text().replace("suite:", "  - /dataset@datasets.wine: wine\nsuite:"))
    before, wine = conf_texts(), composed("wine")
    apply_best(found(train__optimizer__learning_rate=0.003, train__loss="mean_squared_error", train__monitor="loss"))
    assert [file for file, text in conf_texts().items() if text != before[file]] == [IRIS]
    assert composed("wine") == wine


def test_values_that_conf_has_already(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The learning rate is not in conf/: it is the default."""
    before = conf_texts()
    apply_best(found(train__epochs=20, train__optimizer__kind="adam", train__optimizer__learning_rate=0.001))
    assert conf_texts() == before
    assert "already" in capsys.readouterr().out
    assert not Path("params.yaml").exists()


def test_an_item_of_a_list(clone: Path) -> None:
    apply_best(study([trial(0), trial(1, 1.0, values={"train.model.units[1]": 7})]))
    assert "units: [512, 7, 128, 64, 32]" in IRIS.read_text()


def test_an_item_of_an_inherited_list(clone: Path) -> None:
    """The whole list is written, since a list replaces an inherited one."""
    before = IRIS.read_text()
    IRIS.write_text(
        before.replace("train:\n  model: {kind: mlp, units: [512, 256, 128, 64, 32]", "train:\n  model: {kind: mlp")
    )
    shared = Path("conf/train/classes.yaml")
    shared.write_text(shared.read_text() + "model: {units: [4, 5, 6]}\n")
    apply_best(study([trial(0), trial(1, 1.0, values={"train.model.units[1]": 7})]))
    assert composed()["train"]["model"]["units"] == [4, 7, 6]
    assert "activation: relu, units: [4, 7, 6]}" in IRIS.read_text()


def test_line_ends_stay(clone: Path) -> None:
    before = IRIS.read_bytes().replace(b"\n", b"\r\n")
    IRIS.write_bytes(before)
    apply_best(found(train__epochs=50))
    assert IRIS.read_bytes() == before.replace(b"epochs: 20", b"epochs: 50")
    after = IRIS.read_bytes()
    error_of(found(train__epochs=0))
    assert IRIS.read_bytes() == after


def test_a_dataset_with_the_file_of_another_one(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SUITE.write_text(SUITE.read_text().replace("suite:", "  - /dataset@datasets.other: iris\nsuite:"))
    apply_best(found("other", train__epochs=50))
    assert "epochs: 50" in IRIS.read_text()
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "iris: built on conf/dataset/iris.yaml too, so that it changed",
        "next: restage run other iris",
    ]


def test_a_dataset_that_builds_on_the_file(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("conf/dataset/flowers.yaml").write_text("defaults: [iris, _self_]\n")
    apply_best(found(train__epochs=50))
    assert "flowers" in capsys.readouterr().out


@pytest.mark.error_case("best values that cannot be applied")
@pytest.mark.parametrize("name", ["suite/starter.yaml", "local.yaml"])
def test_a_value_that_the_suite_overrides(clone: Path, name: str) -> None:
    file = Path("conf") / name
    text = file.read_text() if file.is_file() else "# @package _global_\n"
    file.write_text(text + "datasets:\n  iris:\n    train: {epochs: 5, batch: 3}\n")
    line = file.read_text().splitlines().index("    train: {epochs: 5, batch: 3}") + 1
    message = error_of(found(train__epochs=50, train__batch=8, train__seed=1))
    assert [each.partition(" is used")[0] for each in message.splitlines()] == [
        f"conf/{name}:{line}: train.epochs: 5",
        f"conf/{name}:{line}: train.batch: 3",
    ]
    assert "write 50 here" in message


@pytest.mark.error_case("best values that cannot be applied")
def test_a_mapping_that_is_merged_with_an_inherited_one(clone: Path) -> None:
    shared = Path("conf/train/classes.yaml")
    shared.write_text(shared.read_text().replace("{kind: adam}", "{kind: adam, clip_norm: 1.0}"))
    result = study(
        [trial(0), trial(1, 1.0, values={"train.optimizer": "{kind: sgd, momentum: 0.9}"})],
        ranges={"train.optimizer": Choices(values=["{kind: adam, clip_norm: 1.0}", "{kind: sgd, momentum: 0.9}"])},
    )
    message = error_of(result)
    assert message.startswith("conf/train/classes.yaml:6: train.optimizer.clip_norm: 1.0 is added")
    shared.write_text(shared.read_text().replace(", clip_norm: 1.0", ""))
    apply_best(result)
    assert composed()["train"]["optimizer"] == {"kind": "sgd", "momentum": 0.9}


@pytest.mark.error_case("best values that cannot be applied")
@pytest.mark.parametrize(
    ("values", "facts"),
    [
        ({"train__epochs": 0}, ["conf/dataset/iris.yaml:", "datasets.iris.train.epochs", "greater than or equal to 1"]),
        ({"train__epoch": 3}, ["unknown key", "did you mean epochs?"]),
        ({"train__model__activation": "relo"}, ["'relo'", "did you mean relu?"]),
    ],
)
def test_values_that_conf_refuses(clone: Path, values: dict[str, Any], facts: list[str]) -> None:
    message = error_of(found(**values))
    assert all(fact in message for fact in facts), message


@pytest.mark.error_case("best values that cannot be applied")
def test_all_lines_that_cannot_be_changed_are_reported_together(clone: Path) -> None:
    text = IRIS.read_text().replace("epochs: 20", "epochs: &epochs 20").replace("batch: 10", "batch: &batch 10")
    IRIS.write_text(text)
    message = error_of(found(train__epochs=50, train__batch=8, train__seed=1))
    assert len(message.splitlines()) == 2
    assert all(line.startswith("conf/dataset/iris.yaml:") for line in message.splitlines())


@pytest.mark.error_case("best values that cannot be applied")
@pytest.mark.parametrize(
    ("result", "fact"),
    [
        (study([trial(0, None), trial(1, None)]), "no trial is complete"),
        (study([]), "no trial is complete"),
        (study([trial(0), trial(1, 1.0, state="stopped")], best=1), "no trial is complete"),
        (found("wine", train__epochs=3), "run `restage add wine`"),
    ],
)
def test_nothing_to_apply(clone: Path, result: StudyResult, fact: str) -> None:
    assert fact in error_of(result)


@pytest.mark.error_case("best values that cannot be applied")
def test_a_dataset_without_a_file(clone: Path) -> None:
    """Its parameters are in the suite."""
    content = IRIS.read_text().partition("download:")[2]
    lines = "".join(f"    {line}\n" if line else "\n" for line in ("download:" + content).splitlines())
    shared = "  - /train@datasets.mine.train: classes\n"
    text = f"# @package _global_\ndefaults:\n{shared}  - _self_\nsuite: starter\ndatasets:\n  mine:\n{lines}"
    SUITE.write_text(text)
    assert error_of(found("mine", train__epochs=3)).startswith("conf/suite/starter.yaml:")
