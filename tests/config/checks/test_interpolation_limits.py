"""Interpolations that would be evaluated for ever are refused with the key; those that people write are not."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from stages.config.checks import interpolation_limits
from stages.config.checks.interpolation_limits import MAX_DEPTH, limited_interpolations
from stages.config.compose_conf import compose
from stages.core.errors import UserError
from tests.config.conftest import Edit

IRIS = "dataset/iris.yaml"
REPORT = "datasets.iris.report"


def chain(length: int, link: str, backwards: bool = False) -> str:
    """Keys x0, x1, ... of the report, where `link` has PREVIOUS for the key before."""
    links = [link.replace("PREVIOUS", f"{REPORT}.x{number}") for number in range(length - 1)]
    lines = ["x0: ab", *(f"x{number}: {text}" for number, text in enumerate(links, 1))]
    return "title: Iris\n" + "".join(f"  {line}\n" for line in (lines[::-1] if backwards else lines))


def refused(conf: Path, edit: Edit, text: str) -> str:
    edit(IRIS, "title: Iris\n", text)
    with pytest.raises(UserError) as caught:
        compose(conf)
    [message] = caught.value.messages
    place, key, problem = message.split(": ", 2)
    assert place.startswith("conf/dataset/iris.yaml:")
    assert key.startswith(REPORT)
    return problem


@pytest.mark.error_case("endless values refused")
@pytest.mark.parametrize("backwards", [False, True])
def test_a_value_that_doubles(backwards: bool, conf: Path, edit: Edit) -> None:
    assert "more than 100 other" in refused(conf, edit, chain(15, '"${PREVIOUS}${PREVIOUS}"', backwards))


@pytest.mark.error_case("endless values refused")
def test_a_value_that_grows(conf: Path, edit: Edit) -> None:
    text = chain(3, '"' + 9 * "${PREVIOUS}" + '"').replace("x0: ab", f"x0: {'a' * 50_000}")
    assert "1,000,000 characters" in refused(conf, edit, text)


@pytest.mark.error_case("endless values refused")
@pytest.mark.parametrize("length", [MAX_DEPTH + 5, 200])
def test_a_long_chain(length: int, conf: Path, edit: Edit) -> None:
    assert f"more than {MAX_DEPTH} " in refused(conf, edit, chain(length, "${PREVIOUS}", backwards=True))


@pytest.mark.error_case("endless values refused")
def test_mappings_that_double(conf: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpolation_limits, "MAX_EVALUATIONS", 200)
    text = chain(12, '{a: "${PREVIOUS}", b: "${PREVIOUS}"}').replace("x0: ab", "x0: {a: b}")
    assert "more than 200 others" in refused(conf, edit, text)


@pytest.mark.error_case("endless values refused")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title: ${TITLE}", "Recursive interpolation"),
        ("title: a ${TITLE}", "Recursive interpolation"),
        ("title: a ${X}\n  x: b ${TITLE}", "Recursive interpolation"),
        ("title: {a: '${X}'}\n  x: {b: '${TITLE}'}", "without end"),
    ],
)
def test_values_that_name_one_another(text: str, problem: str, conf: Path, edit: Edit) -> None:
    text = text.replace("TITLE", f"{REPORT}.title").replace("X", f"{REPORT}.x")
    assert problem in refused(conf, edit, text + "\n")


@pytest.mark.error_case("endless values refused")
def test_a_value_that_another_file_replaces(conf: Path, edit: Edit) -> None:
    """Hydra evaluates the replaced value, and ignores errors of it."""
    edit(IRIS, "title: Iris\n", chain(15, '"${PREVIOUS}${PREVIOUS}"') + "  about2: ${datasets.iris.report.x14}\n")
    edit("suite/starter.yaml", "suite: starter", "suite: starter\ndatasets: {iris: {report: {x14: a}}}")
    with pytest.raises(UserError, match=r"datasets\.iris\.report\.x14: this value leads to more than 100"):
        compose(conf)


@pytest.mark.error_case("endless values refused")
@pytest.mark.parametrize("text", ["${a}" * 21, "${a}" + "b" * 2_000, "${" * 300, "${a" * 100_000])
def test_a_value_that_is_too_long_to_be_parsed(text: str, conf: Path, edit: Edit) -> None:
    edit(IRIS, "title: Iris\n", f'title: "{text}"\n')
    with pytest.raises(UserError, match=r"^conf/dataset/iris\.yaml:35: report\.title: at most 20 "):
        compose(conf)


def test_other_keys_can_be_named(conf: Path, edit: Edit) -> None:
    edit(IRIS, "title: Iris\n", "title: ${datasets.wine.report.title} and ${oc.select:datasets.iris.train.epochs}\n")
    edit("dataset/wine.yaml", "title: Wine", "title: ${suite}")
    assert compose(conf).params["datasets"]["iris"]["report"]["title"] == "starter and 20"


def test_evaluations_are_counted() -> None:
    """The method that is replaced is OmegaConf's own: fails if another version has another one."""
    config = OmegaConf.create({"a": "x", "b": "${a}${a}", "c": "${b} ${oc.select:a}", "d": "${e}", "e": {"f": "${a}"}})
    with limited_interpolations() as counter:
        assert OmegaConf.to_container(config, resolve=True) == {
            "a": "x", "b": "xx", "c": "xx x", "d": {"f": "x"}, "e": {"f": "x"},
        }  # fmt: skip
    assert counter.evaluations == 6
    assert counter.problem is None
    assert config.b == "xx"
    assert counter.evaluations == 6
