"""Common errors in conf/: each is reported with its file, line, key, the value and what to write instead.

The cases are in tests/config/wrong_edits/. Their messages show what a user reads. Compared are the facts in them, so
that a message can be worded better without a change of every case.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import yaml

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import Composition, compose, compose_whole
from stages.core.errors import UserError
from tests.config.conftest import copy_conf, replace_once, replaced_file, suite_of

# Each edit composes conf/. Every run tries one of so many.
EVERY_RUN = 3
# Of all edits, so many are composed with another dataset.
WITH_ANOTHER = 5
TABLES = sorted((Path(__file__).parent / "wrong_edits").glob("*.yaml"))
LOCATION = re.compile(r"conf/?([^:]*?)(?::(\d+))?: (.*)", re.DOTALL)
# Values, names of keys, suggestions and numbers; and what kind of error it is.
FACT = re.compile(
    r"received .*?(?=;|$)|did you mean [^;]*\?|(?:allowed|files): [^;]*|'[^']*'|`[^`]*`|\$\{[^}]*\}"
    r"|\b[\w\[\]]+[._/][\w.\[\]/]+|-?\d[\d.,]*"
    r"|missing|unknown key|not YAML|not text|not found|valid \w+|greater than|less than|keys with values"
)


def read_cases() -> Iterator[Any]:
    for table in TABLES:
        for group in yaml.safe_load(table.read_text(encoding="utf-8")):
            for number, edit in enumerate(group["edits"]):
                lines = edit["after"].strip().splitlines() or ["removed"]
                name = f"{table.stem}-{group['dataset']}-{number}-{lines[0]}"
                marks = [] if number % EVERY_RUN == 0 else [pytest.mark.long]
                yield pytest.param(group["dataset"], group["file"], edit, id=name, marks=marks)


CASES = list(read_cases())


@pytest.fixture(scope="module", name="conf")
def _conf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One copy for all cases; each restores the files that it edits."""
    folder = tmp_path_factory.mktemp("wrong_edits")
    copy_conf(folder, "")
    with chdir(folder):
        yield Path("conf")


def reported_errors(conf: Path) -> list[str]:
    """As the tables have them: `dataset/iris.yaml «epochs: 0» key: problem`."""
    return [with_line_text(message, conf) for message in messages_of(compose, conf)]


def messages_of(composing: Callable[[Path], Composition], conf: Path) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        check_parameters(composing(conf), conf)
    return caught.value.messages


def with_line_text(message: str, conf: Path) -> str:
    """The text of the line in place of its number, so that a case does not depend on the lines before it."""
    parts = LOCATION.fullmatch(message)
    assert parts, message
    file, line, text = parts.groups()
    lines = [*(conf / file).read_text().splitlines(), ""] if line else []
    return f"{file} «{lines[int(line) - 1].strip()}» {text}" if line else f"{file} {text}"


def facts(message: str) -> tuple[str, set[str]]:
    """Where the error is, and the facts in the rest of the message. How many names it leaves out may change."""
    where, separator, problem = message.rpartition("» ")
    if not separator:
        where, _, problem = message.partition(" ")
    return where, set(FACT.findall(re.sub(r" and \d+ more", "", problem)))


@pytest.mark.error_case("conf mistakes explained")
@pytest.mark.parametrize(("dataset", "file", "edit"), CASES)
def test_a_wrong_edit_is_explained(dataset: str, file: str, edit: dict[str, Any], conf: Path) -> None:
    with replaced_file(conf / "suite/starter.yaml", suite_of(dataset)):
        edited = replace_once(conf / file, edit["before"], edit["after"])
        with replaced_file(conf / file, edited):
            reported = reported_errors(conf)
    assert [*map(facts, reported)] == [*map(facts, edit["messages"])], reported


@pytest.mark.long
@pytest.mark.parametrize(("dataset", "file", "edit"), CASES[::WITH_ANOTHER])
def test_with_another_dataset_the_messages_are_those_of_one_composition(
    dataset: str, file: str, edit: dict[str, Any], conf: Path
) -> None:
    """Each dataset is composed alone, Hydra composes both together."""
    other = "sequence" if dataset == "line_exact" else "line_exact"
    with replaced_file(conf / "suite/starter.yaml", suite_of(dataset, other)):
        edited = replace_once(conf / file, edit["before"], edit["after"])
        with replaced_file(conf / file, edited):
            assert set(messages_of(compose, conf)) == set(messages_of(compose_whole, conf)) != set()


def test_every_message_has_facts() -> None:
    messages = [message for _, _, edit in (case.values for case in CASES) for message in edit["messages"]]
    assert [message for message in messages if not facts(message)[1]] == []


def test_every_section_has_cases() -> None:
    assert len(CASES) > 300
    assert {table.stem for table in TABLES} >= {"download", "validate", "preprocess", "train", "evaluate", "suites"}
