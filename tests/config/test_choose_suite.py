"""conf/local.yaml: the suite that a clone chooses, beside its other choices."""

import os

import pytest

from stages.config.choose_suite import choose_suite
from stages.config.compose_conf import compose
from stages.core.errors import UserError

OWN = """\
# @package _global_
# Mine.
datasets:
  iris:
    train: {epochs: 3, optimizer: {kind: adam, learning_rate: 1e-3}}
"""


@pytest.fixture
def clone(conf):
    (conf / "suite/one.yaml").write_text("# @package _global_\ndefaults:\n  - /dataset@datasets.iris: iris\n")
    (conf / "suite/two.yaml").write_text("# @package _global_\ndefaults:\n  - one\n  - /dataset@datasets.wine: wine\n")
    return conf


def datasets(conf):
    return list(compose(conf).params["datasets"])


def test_a_chosen_suite_is_composed(clone):
    choose_suite("one", clone)
    assert datasets(clone) == ["iris"]
    choose_suite("two", clone)
    assert datasets(clone) == ["iris", "wine"]


def test_choosing_the_default_suite_removes_the_file(clone):
    choose_suite("one", clone)
    choose_suite("starter", clone)
    assert not (clone / "local.yaml").exists()
    assert datasets(clone) == ["iris", "wine", "sequence"]


def test_the_default_suite_needs_no_entry(clone):
    choose_suite("starter", clone)
    assert not (clone / "local.yaml").exists()


def test_other_choices_are_kept(clone):
    (clone / "local.yaml").write_text(OWN)
    for suite, expected in (("one", ["iris"]), ("starter", ["iris", "wine", "sequence"])):
        choose_suite(suite, clone)
        assert datasets(clone) == expected
        train = compose(clone).params["datasets"]["iris"]["train"]
        assert (train["epochs"], train["optimizer"]["learning_rate"]) == (3, 0.001)


def test_other_defaults_are_kept(clone):
    (clone / "local.yaml").write_text(
        "# @package _global_\ndefaults:\n  - /dataset@datasets.mine: iris\n  - override /suite: two\n"
    )
    choose_suite("one", clone)
    assert datasets(clone) == ["iris", "mine"]


def test_choosing_the_same_suite_changes_nothing(clone):
    choose_suite("one", clone)
    before = (clone / "local.yaml").read_text()
    choose_suite("one", clone)
    assert (clone / "local.yaml").read_text() == before


def test_an_empty_file_or_empty_defaults(clone):
    for content in ("", "# Nothing yet.\n", "# @package _global_\ndefaults:\n"):
        (clone / "local.yaml").write_text(content)
        choose_suite("one", clone)
        assert datasets(clone) == ["iris"]


@pytest.mark.parametrize(
    "content", ["stage_workers: tcp://127.0.0.1:1\n", "# Mine.\ndefaults:\n  - override /suite: one\n", "datasets: [\n"]
)
@pytest.mark.error_case("conf mistakes explained")
def test_its_first_line_is_missing(clone, content):
    (clone / "local.yaml").write_text(content)
    with pytest.raises(UserError) as caught:
        compose(clone)
    assert caught.value.messages == ("conf/local.yaml:1: the first line must be `# @package _global_`",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("datasets: [", "conf/local.yaml:1: not YAML: expected the node content, but found '<stream end>'"),
        ("- iris\n", "conf/local.yaml: should be keys with values; received list"),
        ("iris\n", "conf/local.yaml:1: should be keys with values; received 'iris'"),
    ],
)
def test_an_unreadable_file_is_not_overwritten(clone, content, message):
    (clone / "local.yaml").write_text(content)
    with pytest.raises(UserError) as caught:
        choose_suite("one", clone)
    assert str(caught.value).startswith(message)
    assert (clone / "local.yaml").read_text() == content


def test_a_named_pipe_is_not_read(clone):
    os.mkfifo(clone / "local.yaml")
    with pytest.raises(UserError, match=r"^conf/local\.yaml: a named pipe"):
        choose_suite("one", clone)


def test_a_file_too_deep_to_be_read(clone):
    (clone / "local.yaml").write_text("a: " + "[" * 20_000)
    with pytest.raises(UserError, match=r"^conf/local\.yaml:1: nested more than 50 deep"):
        choose_suite("one", clone)
