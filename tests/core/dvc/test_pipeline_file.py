from pathlib import Path
from typing import Any

import pytest

from stages.core.dvc.pipeline_file import DeclaredParameter, StageDeclaration, read_pipeline, stage_declaration
from stages.core.errors import UserError

TRAIN: dict[str, Any] = {
    "foreach": "${datasets}",
    "do": {
        "deps": ["data/${key}", "stages/core"],
        "params": [{"params/${key}.json": ["train", "report"]}, "datasets.${key}"],
        "outs": ["models/${key}", {"reports/${suite}.md": {"cache": False}}],
        "plots": [{"history/${key}.csv": {"x": "epoch"}}],
    },
}


def no_suite() -> str:
    raise AssertionError("this stage does not use the suite's name")


def test_a_stage_of_a_dataset() -> None:
    assert stage_declaration("train@iris", {"train": TRAIN}, lambda: "starter") == StageDeclaration(
        deps=(Path("data/iris"), Path("stages/core")),
        params=(
            DeclaredParameter(Path("params/iris.json"), "train"),
            DeclaredParameter(Path("params/iris.json"), "report"),
            DeclaredParameter(Path("params.yaml"), "datasets.iris"),
        ),
        outputs=(Path("models/iris"), Path("reports/starter.md"), Path("history/iris.csv")),
    )


def test_a_stage_without_a_dataset() -> None:
    assert stage_declaration("guard", {"guard": {"outs": ["a"]}}, no_suite) == StageDeclaration((), (), (Path("a"),))


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"deps": ["data/${item.name}"]}, r"train: data/\$\{item.name\}: only \$\{key\} and \$\{suite\} can be used"),
        ({"deps": [{"data": {}}]}, "a plain name is expected; received {'data'"),
        ({"params": [{"other.json": None}]}, "a plain name is expected; received None"),
    ],
)
def test_syntax_that_is_not_supported(section: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        stage_declaration("train@iris", {"train": section}, no_suite)


def test_an_unknown_stage() -> None:
    with pytest.raises(UserError, match=r"dvc.yaml: no stage 'trian'; did you mean train\?"):
        stage_declaration("trian@iris", {"train": TRAIN}, no_suite)


@pytest.mark.parametrize(
    ("content", "problem"), [("a: [", "not YAML"), ("a: 1", "holds no stages"), (None, "not found")]
)
def test_an_unusable_pipeline_file(tmp_path: Path, content: str | None, problem: str) -> None:
    if content is not None:
        (tmp_path / "dvc.yaml").write_text(content)
    with pytest.raises(UserError, match=problem):
        read_pipeline(tmp_path / "dvc.yaml")
