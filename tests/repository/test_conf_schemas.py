"""Editors find mistakes in conf/ by the JSON schemas: all files are valid, and a mistake is found."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

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
