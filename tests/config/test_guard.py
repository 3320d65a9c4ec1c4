"""The ancestor of every stage: fresh parameters pass, stale ones stop everything with the command that mends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from stages.config.compose import compose
from stages.config.guard import check_fresh, differences, guard
from stages.core.errors import UserError
from stages.core.paths import PARAMS_MARKER, SUITE
from tests.run_in_process import published


@pytest.fixture
def fresh(conf):
    Path("params.yaml").write_text(compose(conf).text)
    return conf


def refused():
    with pytest.raises(UserError) as caught:
        published(guard)()
    return str(caught.value)


def test_fresh_parameters_pass(fresh):
    published(guard)()
    assert PARAMS_MARKER.read_text() == "fresh\n"
    assert json.loads(SUITE.read_text()) == {
        "suite": "starter",
        "datasets": [["iris", "Iris"], ["wine", "Wine"], ["sequence", "Counting on"]],
    }


def test_the_marker_is_the_same_whatever_the_parameters_are(fresh, edit):
    published(guard)()
    marker, suite = PARAMS_MARKER.read_bytes(), SUITE.read_bytes()
    edit("dataset/iris.yaml", "epochs: 20", "epochs: 21")
    Path("params.yaml").write_text(compose(fresh).text)
    published(guard)()
    assert (PARAMS_MARKER.read_bytes(), SUITE.read_bytes()) == (marker, suite)


def test_a_stale_value_is_refused_with_its_key_and_the_way_out(fresh, edit):
    published(guard)()
    edit("dataset/iris.yaml", "epochs: 20", "epochs: 21")
    edit("dataset/wine.yaml", "batch: 16", "batch: 8")
    assert refused() == (
        "params.yaml is not what conf/ composes to (datasets.iris.train.epochs, datasets.wine.train.batch); "
        "run `restage compose`"
    )
    assert not PARAMS_MARKER.exists()


def test_a_dataset_more_or_less_is_refused(fresh, edit):
    edit("suite/starter.yaml", "  - /dataset@datasets.wine: wine\n", "  - /dataset@datasets.mine: wine\n")
    assert "(datasets.mine, datasets.wine)" in refused()


def test_layout_comments_and_order_may_differ(fresh):
    content = yaml.safe_load(Path("params.yaml").read_text())
    Path("params.yaml").write_text(
        "# Written by hand.\n" + yaml.safe_dump(content, default_flow_style=True, sort_keys=True)
    )
    published(guard)()


def test_a_mistake_in_conf_is_told_before_staleness(fresh, edit):
    edit("dataset/iris.yaml", "epochs: 20", "epochs: 0")
    assert refused().endswith("datasets.iris.train.epochs: should be greater than or equal to 1; received 0")


def test_an_experiment_may_differ_from_conf(fresh, monkeypatch):
    changed = compose(fresh, ["datasets.iris.train.epochs=5", "~dataset@datasets.wine"])
    Path("params.yaml").write_text(changed.text)
    assert "datasets.iris.train.epochs" in refused()
    monkeypatch.setenv("DVC_EXP_NAME", "short-iris")
    published(guard)()
    assert PARAMS_MARKER.read_text() == "fresh\n"
    assert [key for key, _ in json.loads(SUITE.read_text())["datasets"]] == ["iris", "sequence"]


def test_the_suite_is_known_by_its_name(fresh, edit):
    edit("suite/starter.yaml", "suite: starter", "suite: mine")
    assert refused() == "params.yaml is not what conf/ composes to (suite); run `restage compose`"
    Path("params.yaml").write_text(compose(fresh).text)
    published(guard)()
    assert json.loads(SUITE.read_text())["suite"] == "mine"


def test_an_experiment_is_checked_all_the_same(fresh, monkeypatch):
    (fresh / "local.yaml").write_text("# @package _global_\ndatasets: {}\n")
    Path("params.yaml").write_text(compose(fresh, ["datasets.iris.train.epochs=0"]).text)
    monkeypatch.setenv("DVC_EXP_NAME", "no-iris")
    assert refused() == ("params.yaml: datasets.iris.train.epochs: should be greater than or equal to 1; received 0")


@pytest.mark.parametrize("content", [None, "", "datasets: [", "- iris\n"])
def test_without_readable_parameters_the_way_out_is_the_same(fresh, content):
    Path("params.yaml").unlink()
    if content is not None:
        Path("params.yaml").write_text(content)
    sentence = refused()
    assert sentence.startswith("params.yaml: ")
    assert sentence.endswith("run `restage compose`")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}, []),
        ({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}}, ["a.b", "c"]),
        ({"a": [1, 2]}, {"a": [2, 1]}, ["a"]),
        ({"a": 1}, {"a": 1.0}, ["a"]),
        ({"a": True}, {"a": 1}, ["a"]),
        ({"a": None}, {}, ["a"]),
        ({"a": {"b": 1}}, {"a": 1}, ["a"]),
        ({"a": 1, 3: 1}, {"a": 2}, ["[3]", "a"]),
    ],
)
def test_differences_by_key(left, right, expected):
    assert differences(left, right) == expected


def test_of_many_differences_five_are_named():
    with pytest.raises(UserError, match=r"\(a, b, c, d, e and 2 more\)"):
        check_fresh(dict.fromkeys("abcdefg", 1), dict.fromkeys("abcdefg", 2))


def test_as_dvc_starts_it(fresh, edit):
    """`python -m stages.config` at the root of the repository."""
    edit("dataset/iris.yaml", "epochs: 20", "epochs: 21")
    done = subprocess.run([sys.executable, "-m", "stages.config"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "restage: guard: params.yaml is not what conf/ composes to (datasets.iris.train.epochs); "
        "run `restage compose`\n"
    )
    assert not Path("data").exists()
