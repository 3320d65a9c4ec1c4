"""Editors find mistakes in conf/ by the JSON schemas: all files are valid, and a mistake is found."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from stages.cli.tune.ranges.check_paths import NOT_SEARCHED, check_path
from stages.cli.tune.ranges.read_ranges import WrittenRange
from stages.preprocess.params import Preprocess
from stages.train.params import Train
from tests.repository.dvc_yaml import ROOT

FILES = sorted(file for file in (ROOT / "conf").rglob("*.yaml") if file.name != "local.yaml")
LINE = re.compile(r"^# yaml-language-server: \$schema=(.*)$", re.MULTILINE)


def schema_of(file: Path) -> dict[str, Any]:
    """That of the comment line, which must be among the first two lines."""
    [path] = LINE.findall("\n".join(file.read_text(encoding="utf-8").splitlines()[:2]))
    schema: dict[str, Any] = json.loads((file.parent / path).read_text(encoding="utf-8"))
    return schema


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT / "conf").as_posix())
def test_a_file_is_valid(file: Path) -> None:
    jsonschema.validate(yaml.safe_load(file.read_text(encoding="utf-8")), schema_of(file))


MISTAKES = {
    "an unknown key": ("train", {"epoch": 20}),
    "an unknown section": ("trian", {"epochs": 20}),
    "a wrong type": ("train", {"epochs": "20"}),
    "a wrong limit": ("train", {"epochs": 0}),
    "an unknown kind": ("train", {"model": {"kind": "mpl"}}),
    "an unknown key of a model": ("train", {"model": {"kind": "mlp", "droput": 0.1}}),
    "an unknown kind of column": ("preprocess", {"columns": {"age": "numer"}}),
}


@pytest.mark.parametrize(("section", "value"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_found(section: str, value: dict[str, Any]) -> None:
    iris = ROOT / "conf/dataset/iris.yaml"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(iris.read_text(encoding="utf-8")) | {section: value}, schema_of(iris))


def test_a_part_of_the_keys_and_a_short_kind_are_valid() -> None:
    conf = {"train": {"model": {"units": [8]}}, "preprocess": {"columns": {"age": "ignore"}}}
    jsonschema.validate(conf, schema_of(ROOT / "conf/dataset/iris.yaml"))


TUNE = json.loads((ROOT / "docs/reference/schemas/tune.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "ranges",
    [
        {"train.optimizer.learning_rate": {"low": 0.0001, "high": 0.1, "log": True}},
        {"train.batch": {"low": 8, "high": 64, "step": 8}, "train.epochs": [10, 20]},
        {"train.model.units": [[64, 32], [128]], "train.model.units[0]": {"low": 8, "high": 64}},
        {
            "train.model.kind": ["linear", "mlp"],
            "train.optimizer": [{"kind": "adam"}, {"kind": "sgd", "momentum": 0.9}],
        },
        {"train.early_stopping": [None, {"patience": 5}], "train.shuffle": [True, False]},
        {"preprocess.steps": [[], [{"step": "standard"}]], "preprocess.steps[0].above": {"low": 2, "high": 5}},
        {
            "preprocess.columns.age": ["ignore", {"kind": "number"}],
            "preprocess.columns.age.missing": ["mean", "median"],
        },
        {"train.model.inputs.texts.body.cells": [[16], [32]], "train.loss.price": ["huber", "mean_squared_error"]},
        {"train.model.arguments.width": {"low": 1, "high": 9}, "train.model.arguments.names": ["a", "b"]},
    ],
)
def test_ranges_are_valid(ranges: dict[str, Any]) -> None:
    jsonschema.validate(ranges, TUNE)


def test_the_paths_that_editors_complete_are_those_that_are_searched() -> None:
    for path in TUNE["properties"]:
        check_path(WrittenRange(path, "conf/tune/iris.yaml:1", [1, 2]), [])
    assert not set(NOT_SEARCHED) & set(TUNE["properties"])
    parts = {path.split(".")[1] for path in [*TUNE["properties"], *NOT_SEARCHED]}
    assert parts == {*Train.model_fields, *Preprocess.model_fields}


@pytest.mark.parametrize(
    "ranges",
    [
        {"train.epoch": [10, 20]},
        {"epochs": [10, 20]},
        {"train": [1, 2]},
        {"train.epochs": [10]},
        {"train.epochs": 10},
        {"train.epochs": ["10", "20"]},
        {"train.epochs": [0, 10]},
        {"train.epochs": {"low": 0, "high": 10}},
        {"train.epochs": {"low": 1.5, "high": 10}},
        {"train.epochs": {"low": 1}},
        {"train.epochs": {"low": 1, "high": 10, "logarithmic": True}},
        {"train.epochs": {"low": 1, "high": 10, "step": 0}},
        {"train.model.activation": {"low": 1, "high": 10}},
        {"train.model.activation": ["relu", "relo"]},
        {"train.optimizer": [{"kind": "adam"}, {"kind": "sgd", "moment": 0.9}]},
        {"train.seed": [0, 1]},
        {"preprocess.split.validation": [0.1, 0.2]},
        {"preprocess.steps[0].abov": {"low": 2, "high": 5}},
    ],
)
def test_a_mistake_in_ranges_is_found(ranges: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(ranges, TUNE)
