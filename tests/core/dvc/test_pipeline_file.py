from pathlib import Path
from typing import Any

import pytest

from stages.core.dvc.pipeline_file import StageDeclaration, read_pipeline, stage_declaration
from stages.core.errors import UserError

TRAIN: dict[str, Any] = {
    "foreach": "${datasets}",
    "do": {
        "deps": ["data/${key}", "stages/core"],
        "params": ["datasets.${key}.train"],
        "outs": ["models/${key}", {"reports/${suite}.md": {"cache": False}}],
        "plots": [{"history/${key}.csv": {"x": "epoch"}}],
    },
}


def test_a_stage_of_a_dataset() -> None:
    assert stage_declaration("train@iris", {"train": TRAIN}, "starter") == StageDeclaration(
        deps=(Path("data/iris"), Path("stages/core")),
        params=("datasets.iris.train",),
        outputs=(Path("models/iris"), Path("reports/starter.md"), Path("history/iris.csv")),
    )


def test_a_stage_of_none() -> None:
    assert stage_declaration("guard", {"guard": {"outs": ["a"]}}, "") == StageDeclaration((), (), (Path("a"),))


@pytest.mark.parametrize(
    ("section", "told"),
    [
        (
            {"deps": ["data/${item.name}"]},
            r"dvc.yaml: data/\$\{item.name\}: stages know \$\{key\} and \$\{suite\} only",
        ),
        ({"params": [{"other.yaml": ["a"]}]}, "a plain name is expected here; received {'other.yaml'"),
    ],
)
def test_what_cannot_be_sealed_is_refused(section: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError, match=told):
        stage_declaration("train@iris", {"train": section}, "")


def test_a_stage_that_is_not_there() -> None:
    with pytest.raises(UserError, match=r"dvc.yaml: no stage 'trian'; did you mean train\?"):
        stage_declaration("trian@iris", {"train": TRAIN}, "")


@pytest.mark.parametrize(("content", "told"), [("a: [", "not YAML"), ("a: 1", "holds no stages"), (None, "not here")])
def test_a_pipeline_that_is_none(tmp_path: Path, content: str | None, told: str) -> None:
    if content is not None:
        (tmp_path / "dvc.yaml").write_text(content)
    with pytest.raises(UserError, match=told):
        read_pipeline(tmp_path / "dvc.yaml")
