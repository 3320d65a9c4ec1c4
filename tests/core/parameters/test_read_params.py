"""params.yaml, and the parameters that a stage reads."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from stages.core import paths
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_json
from stages.core.parameters.params import Params
from stages.core.parameters.read_params import read_dataset_params, read_params, stage_params
from tests.resource_limits import time_limit


class Frame(Params):
    kind: Literal["circle", "square"]
    size: float = Field(gt=0)


class Drawing(Params):
    title: str = "untitled"
    frame: Frame | None = None


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_stage_reads_its_own_section() -> None:
    write_json(paths.dataset_params("iris"), {"draw": {"title": "Iris"}, "train": {"epochs": 3}})
    assert stage_params(Drawing, "iris", "draw") == Drawing(title="Iris")
    assert read_dataset_params("iris") == {"draw": {"title": "Iris"}, "train": {"epochs": 3}}


def test_a_missing_section_has_the_defaults() -> None:
    write_json(paths.dataset_params("iris"), {"train": {}})
    assert stage_params(Drawing, "iris", "draw") == Drawing()


def test_all_errors_are_reported_with_their_keys_in_params_yaml() -> None:
    write_json(paths.dataset_params("iris"), {"draw": {"tittle": "x", "frame": {"kind": "circle", "size": "1"}}})
    with pytest.raises(UserError) as caught:
        stage_params(Drawing, "iris", "draw")
    assert caught.value.messages == (
        "params.yaml: datasets.iris.draw.frame.size: should be a valid number; received '1'",
        "params.yaml: datasets.iris.draw.tittle: unknown key; did you mean title?",
    )


@pytest.mark.parametrize(("key", "hint"), [("irsi", "did you mean iris?"), ("zzz", "run `dvc repro guard`")])
def test_a_dataset_without_a_file(key: str, hint: str) -> None:
    write_json(paths.dataset_params("iris"), {})
    with pytest.raises(UserError) as caught:
        read_dataset_params(key)
    assert str(caught.value).startswith(f"data/guard/params/{key}.json: not found; run `dvc repro guard`")
    assert str(caught.value).endswith(hint)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"train": 3}', '{"train": null}', "\xff"])
def test_a_damaged_file_of_a_dataset(content: str) -> None:
    file = paths.dataset_params("iris")
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="latin-1")
    with pytest.raises(UserError, match=r"data/guard/params/iris\.json: damaged .*run `dvc repro --force guard`"):
        read_dataset_params("iris")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "not found; run `restage compose`"),
        ("datasets: 3", "holds no datasets; run `restage compose`"),
    ],
)
def test_an_unusable_params_yaml_names_the_command_that_writes_it(content: str | None, problem: str) -> None:
    if content is not None:
        Path("params.yaml").write_text(content)
    with pytest.raises(UserError) as caught:
        read_params()
    assert caught.value.messages == (f"params.yaml: {problem}",)


def anchors(levels: int) -> str:
    """Each level repeats the one before ten times."""
    lines = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(["l0: &l0 [1]", *lines, f"datasets: {{iris: *l{levels - 1}}}\n"])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(anchors(10), "7: more than 300,000 values, with what its anchors repeat", id="anchors"),
        pytest.param("datasets: &a {iris: *a}\n", "1: *a is inside &a, the value that it repeats", id="loop"),
        pytest.param("datasets:\n  " + "- " * 100_000, "2: nested more than 50 deep", id="deep"),
    ],
)
def test_params_yaml_that_never_ends_is_refused(content: str, problem: str) -> None:
    """An experiment may write any values there."""
    paths.PARAMS.write_text(content)
    with time_limit(5), pytest.raises(UserError) as caught:
        read_params()
    assert str(caught.value).startswith(f"{paths.PARAMS}:{problem}")
    assert str(caught.value).endswith("run `restage compose`")


def test_anchors_that_repeat_little_are_read() -> None:
    paths.PARAMS.write_text(anchors(3))
    assert read_params()["datasets"] == {"iris": [[[1]] * 10] * 10}
