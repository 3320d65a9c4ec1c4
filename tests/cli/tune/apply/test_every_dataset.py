"""Values of each kind are applied to every file of conf/dataset: only their lines change, and all values arrive."""

from collections.abc import Iterator
from contextlib import chdir
from copy import deepcopy
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
import yaml

from stages.cli.datasets.suite_files import dataset_file
from stages.cli.tune.apply.apply_best import edited_text
from stages.cli.tune.apply.check_applied import differences
from stages.cli.tune.ranges.parameter_paths import with_values
from stages.config.compose_conf import Composition, compose
from tests.config.conftest import CONF, copy_conf, suite_of

ALL = sorted(file.stem for file in (CONF / "dataset").glob("*.yaml"))
# One that shares a file of conf/train, one that builds on another dataset, and models with each kind of list.
SOME = ["iris", "sequence_gru", "digits"]


@pytest.fixture(
    scope="module", params=["some", pytest.param("all", marks=pytest.mark.long)], ids=["some datasets", "all datasets"]
)
def keys(request: pytest.FixtureRequest) -> list[str]:
    """To compose all takes a minute."""
    return SOME if request.param == "some" else ALL


@pytest.fixture(scope="module")
def repository(keys: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A suite of the datasets. Its conf/ is edited by test_every_value_arrives alone."""
    folder = tmp_path_factory.mktemp("every_dataset")
    copy_conf(folder, suite_of(*keys))
    with chdir(folder):
        yield folder


@pytest.fixture(scope="module")
def composition(repository: Path) -> Composition:
    return compose()


def values_of(section: Any) -> dict[str, Any]:
    """A number that is in most files, one that files share, some that are in few or none, and lists."""
    train = section["train"]
    values: dict[str, Any] = {
        "train.epochs": train["epochs"] + 1,
        "train.batch": 7,
        "train.optimizer.learning_rate": 0.0123,
        "train.optimizer.clip_norm": 1e-07,
        "train.early_stopping.patience": 41,
        "train.early_stopping.min_delta": 0.002,
        "train.shuffle": not train.get("shuffle", True),
        "preprocess.split.validation": 0.21,
    }
    if "steps" in section["preprocess"]:
        values["preprocess.steps"] = [{"step": "minmax"}, {"step": "divide", "by": 3}]
    lists = [name for name in ("units", "cells", "filters") if isinstance(train["model"].get(name), list)]
    values |= {f"train.model.{name}": [*train["model"][name], 5] for name in lists[:1]}
    values |= {f"train.model.{name}[0]": 9 for name in lists[1:]}
    return values


def edited(key: str, composition: Composition) -> tuple[str, str, Any]:
    """The text of the file before and after, and the parameters that are wanted."""
    section, file = composition.params["datasets"][key], dataset_file(key)
    values = values_of(section)
    wanted = with_values(section, values)
    before = (CONF / "dataset" / file.name).read_text(encoding="utf-8")
    return before, edited_text(before, file, wanted, values), wanted


def test_only_the_lines_of_the_values_change(keys: list[str], composition: Composition) -> None:
    """All other lines, and the comments of those that changed, stay in their order."""
    for key in keys:
        before, after, _ = edited(key, composition)
        old, new = before.splitlines(), after.splitlines()
        paths = values_of(composition.params["datasets"][key])
        names = {name for path in paths for name in path.split("[")[0].split(".")}
        changed = [line for line in unified_diff(old, new, n=0, lineterm="") if line[0] in "+-"][2:]
        assert changed, key
        # The list of steps may have more or fewer lines.
        assert {_name(line[1:]) for line in changed if line.strip("+-")} <= names | {"- {step"}, key
        assert list(filter(None, map(_comment, old))) == list(filter(None, map(_comment, new))), key


def _name(line: str) -> str:
    return line.split(":")[0].strip()


def _comment(line: str) -> str:
    return line.partition("#")[2]


def test_the_rest_of_a_file_means_the_same(keys: list[str], composition: Composition) -> None:
    for key in keys:
        before, after, _ = edited(key, composition)
        old, new = yaml.safe_load(before), yaml.safe_load(after)
        values = values_of(composition.params["datasets"][key])
        whole = {path: value for path, value in values.items() if "[" not in path}
        changed = with_values(deepcopy(old), whole)
        paths = {".".join(map(str, keys)) for keys, _, _ in differences(changed, new)}
        assert paths <= {path.split("[")[0] for path in values if "[" in path}, key


def test_every_value_arrives(keys: list[str], repository: Path, composition: Composition) -> None:
    """In the suite of these datasets at once. What some of them build on changes for the others too."""
    results = {key: edited(key, composition) for key in keys}
    for key, (_, after, _) in results.items():
        dataset_file(key).write_text(after, encoding="utf-8")
    composed = compose()
    for key, (_, _, wanted) in results.items():
        assert list(differences(wanted, composed.params["datasets"][key])) == [], key
