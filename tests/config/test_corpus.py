"""The mistakes that people make in conf/, in tests/config/mistakes/: each is told with its place and its way out."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from stages.config.check_parameters import check
from stages.config.compose import compose
from stages.core.errors import UserError

TABLES = sorted((Path(__file__).parent / "mistakes").glob("*.yaml"))
SUITE = "# @package _global_\ndefaults:\n  - /dataset@datasets.{0}: {0}\n  - _self_\n\nsuite: starter\n"
TOLD = re.compile(r"conf/?([^:]*?)(?::(\d+))?: (.*)", re.DOTALL)


def cases() -> Iterator[Any]:
    for table in TABLES:
        for group in yaml.safe_load(table.read_text(encoding="utf-8")):
            for number, mistake in enumerate(group["mistakes"]):
                name = f"{table.stem}-{group['dataset']}-{number}-{mistake['is'].strip().splitlines() or ['gone']}"
                yield pytest.param(group["dataset"], group["file"], mistake, id=name)


def told(conf: Path) -> list[str]:
    """Anything but a UserError would be a traceback."""
    with pytest.raises(UserError) as caught:
        check(compose(conf), conf)
    return [_quoted(conf, fault) for fault in caught.value.messages]


def _quoted(conf: Path, fault: str) -> str:
    """`dataset/iris.yaml «epochs: 0» ...`: a line by its content, so that a table outlives a change of conf/."""
    parts = TOLD.fullmatch(fault)
    assert parts, fault
    file, line, text = parts.groups()
    lines = [*(conf / file).read_text().splitlines(), ""] if line else []
    return f"{file} «{lines[int(line) - 1].strip()}» {text}" if line else f"{file} {text}"


@pytest.mark.fault("conf mistakes explained")
@pytest.mark.parametrize(("dataset", "file", "mistake"), cases())
def test_a_mistake_is_told(dataset: str, file: str, mistake: dict[str, Any], conf: Path) -> None:
    (conf / "suite/starter.yaml").write_text(SUITE.format(dataset))
    text = (conf / file).read_text()
    assert text.count(mistake["was"]) == 1, f"{file} has {mistake['was']!r} {text.count(mistake['was'])} times"
    (conf / file).write_text(text.replace(mistake["was"], mistake["is"]))
    assert told(conf) == mistake["says"]


def test_there_are_hundreds() -> None:
    """Every section of a dataset has its share."""
    assert len(list(cases())) > 300
    assert {table.stem for table in TABLES} >= {"download", "validate", "preprocess", "train", "evaluate", "suites"}
