"""Random values, random YAML files and random edits of the text of conf/: composed, or refused with a message."""

from copy import deepcopy
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import Composition, compose
from stages.core.errors import UserError
from tests.config.conftest import copy_conf, replaced_file, suite_of
from tests.resource_limits import check_bounded

pytestmark = pytest.mark.usefixtures("traced")
MEMORY_LIMIT = 64 << 20
# The share of the examples that Hypothesis' profile sets. Composing one takes half a second: memory is counted.
FEW_OR_MANY = pytest.mark.parametrize("share", [0.3, pytest.param(1, marks=pytest.mark.long)], ids=["few", "many"])
IRIS = "dataset/iris.yaml"
WORDS = [
    "datasets", "iris", "train", "model", "kind", "mlp", "units", "step", "standard", "defaults", "_self_", "suite",
    "download", "source", "http", "files", "urls", "sha256", "split", "test", "given", "columns", "expectations",
    "${", "${x}", "${datasets.iris}", "${oc.env:HOME}", "???", "null", "", " ", ".", "a.b", "[0]", "@", "_target_", "é",
    "/train@train", "override /suite", "hydra", "0", "1e400", "~", "<<", "_args_", "\0", "\ud7ff", "x" * 200,
]  # fmt: skip

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=8),
)
KEYS = st.one_of(st.sampled_from(WORDS), st.text(max_size=5), st.integers(-3, 3), st.booleans())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def conf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One dataset, so that composing is fast. Tests restore the files that they change."""
    folder = copy_conf(tmp_path_factory.mktemp("any"), suite_of("iris"))
    check_parameters(compose(folder), folder)  # loads the libraries, whose memory is not counted
    return folder


@pytest.fixture(scope="module")
def composition(conf: Path) -> Composition:
    return compose(conf)


def examples(share: float) -> int:
    return int(settings().max_examples * share)


def key_paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The keys that lead to each value, nested ones included."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(deeper for key, part in parts for deeper in key_paths(part, (*at, key)))]


@FEW_OR_MANY
def test_any_value_anywhere(share: float, conf: Path, composition: Composition) -> None:
    every = [place for place in key_paths(composition.params) if place]

    @settings(deadline=None, max_examples=examples(share))
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        params = deepcopy(composition.params)
        place, value = data.draw(st.sampled_from(every)), data.draw(VALUES)
        part: Any = reduce(lambda inner, key: inner[key], place[:-1], params)
        match data.draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                part[place[-1]] = value
            case "remove":
                del part[place[-1]]
            case "add" if isinstance(part, dict):
                part[data.draw(KEYS)] = value
            case "add":
                part.append(value)
        check_bounded(MEMORY_LIMIT, check_parameters, Composition(params, composition.choices), conf)

    holds()


@FEW_OR_MANY
@pytest.mark.parametrize("file", [IRIS, "suite/starter.yaml", "train/classes.yaml", "config.yaml", "local.yaml"])
def test_any_yaml_as_a_file(file: str, share: float, conf: Path) -> None:
    @settings(deadline=None, max_examples=examples(share / 10))
    @given(VALUES)
    def holds(value: Any) -> None:
        compose_with(conf, file, yaml.safe_dump(value, allow_unicode=True))

    holds()


def compose_with(conf: Path, file: str, text: str) -> None:
    with replaced_file(conf / file, text):
        check_bounded(MEMORY_LIMIT, lambda: check_parameters(compose(conf), conf))


SNIPPETS = [
    *"{}[]:,#&*!|>'\"%@`-?\t\n\r ", "\n\t", ": ", "- ", "${", "}", "<<: ", "&a ", "*a", "!!python/name:os.system ",
    "---\n", "...\n", "!!binary ", "\ufeff", "\x85", "\u2028", "\x00", "0x1F", "0o17", "1_000", ".nan", "2020-01-01",
    "yes",
]  # fmt: skip


@FEW_OR_MANY
def test_any_edit_of_the_text(share: float, conf: Path) -> None:
    text = (conf / IRIS).read_text()

    @settings(deadline=None, max_examples=examples(share / 4))
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        edited = text
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(edited)))
            removed = data.draw(st.sampled_from([0, 0, 1, 2, 10]))
            edited = edited[:at] + data.draw(st.sampled_from(SNIPPETS)) + edited[at + removed :]
        compose_with(conf, IRIS, edited)

    holds()


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
        "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n",
        "a: " + "[" * 500 + "]" * 500,
        "a: " + "[" * 20_000,
        "a: " + "{a: " * 300 + "}" * 300,
        "? " * 500,
        "- " * 2000 + "x",
        "a: &a [*a]\n",
        "a: &a {b: *a}\n",
        "defaults:\n  - iris\n",
        "defaults:\n  - /dataset@x: iris\n",
        "a: " + "9" * 10_000,
        "a: ${a}\n",
        "a: ${b}\nb: ${a}\n",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_cycles_and_nesting(text: str, conf: Path) -> None:
    compose_with(conf, IRIS, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: " + "[" * 60, "1: nested more than 50 deep; is a bracket left open?"),
        ("a: 1\nb: &b {c: *b}\n", "2: *b is inside &b, the value that it repeats"),
        (
            "a: &a [" + "x, " * 200 + "]\nb: [" + "*a, " * 60 + "]\n",
            "2: more than 10,000 values, with what its anchors repeat",
        ),
        ("x: 1\ndefaults:\n  - iris\n", "3: this defaults list includes its own file again; remove the entry"),
    ],
)
def test_size_limits_and_cycles_are_reported_with_their_line(text: str, message: str, conf: Path) -> None:
    with pytest.raises(UserError) as caught, replaced_file(conf / IRIS, text):
        compose(conf)
    assert caught.value.messages == (f"{conf}/{IRIS}:{message}",)


def test_a_cycle_of_several_files(conf: Path) -> None:
    with (
        replaced_file(conf / IRIS, "defaults:\n  - wine\n"),
        replaced_file(conf / "dataset/wine.yaml", "defaults:\n  - /dataset@x: iris\n"),
        pytest.raises(UserError, match=r"iris\.yaml:2: this defaults list includes its own file"),
    ):
        compose(conf)


@pytest.mark.parametrize("text", ["true\n", "'0'\n", "some words\n", "7\n"])
def test_a_file_that_is_one_value(text: str, conf: Path) -> None:
    """Hydra reads it as something else, or fails without a message."""
    with (
        replaced_file(conf / "train/classes.yaml", text),
        pytest.raises(UserError, match=r"classes\.yaml:1: should be keys"),
    ):
        compose(conf)
