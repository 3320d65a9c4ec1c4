"""Composing dataset by dataset gives what Hydra's composition of all of them gives: values, text, choices, errors."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.config.by_dataset.compose_by_dataset import compose_by_dataset
from stages.config.by_dataset.shared_files import NeedsWholeCompositionError
from stages.config.compose_conf import Composition, compose, compose_whole
from stages.core.errors import UserError
from tests.config.conftest import CONF

KEYS = ["a", "b", "c"]
Files = Mapping[str, Any]
GLOBAL = "# @package _global_\n"
FEW_OR_MANY = pytest.mark.parametrize("examples", [60, pytest.param(1500, marks=pytest.mark.long)], ids=["few", "many"])


def write_conf(folder: Path, files: Files) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        file = folder / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        header = GLOBAL if name.startswith("suite/") or name == "local" else ""
        file.write_text(content if isinstance(content, str) else header + yaml.safe_dump(content, sort_keys=False))
    return folder


def result_of(function: Any, conf: Path) -> Composition | UserError:
    try:
        composed: Composition = function(conf)
    except UserError as error:
        return error
    return composed


def places(error: UserError) -> set[str]:
    return {message.partition(": ")[0] for message in error.messages}


def chosen_twice(error: UserError) -> bool:
    return any("appears more than once" in message or "Multiple values" in message for message in error.messages)


def check_equal(conf: Path) -> None:
    alone, whole = result_of(compose, conf), result_of(compose_whole, conf)
    if isinstance(alone, UserError) or isinstance(whole, UserError):
        assert isinstance(alone, UserError), alone
        assert isinstance(whole, UserError), whole
        # Hydra stops at the first of several mistakes. Alone, each dataset has its own. What several datasets choose
        # together is no mistake of one of them; where each has another one too, Hydra may report either.
        assert places(whole) <= places(alone) or chosen_twice(whole)
    else:
        assert alone == whole
        assert alone.text == whole.text
        assert repr(alone.params) == repr(whole.params), "the order of keys, and types"


def is_alone(conf: Path) -> bool:
    """Whether the datasets could be composed alone."""
    try:
        compose_by_dataset(conf, "config")
    except NeedsWholeCompositionError:
        return False
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trees") / "conf"


@pytest.mark.parametrize("suite", sorted(file.stem for file in (CONF / "suite").glob("*.yaml")))
def test_every_suite_of_this_repository(suite: str, tmp_path: Path) -> None:
    shutil.copytree(CONF, tmp_path / "conf", ignore=shutil.ignore_patterns("local.yaml"))
    conf = tmp_path / "conf"
    (conf / "local.yaml").write_text(f"{GLOBAL}defaults: [override /suite: {suite}]\n")
    assert is_alone(conf)
    check_equal(conf)


# What a value can be, by its text in the file.
VALUES = st.sampled_from(
    [1, 2.5, True, None, "text", "a: b", "x" * 90, "???", [], {}, [1, {"n": 2}], {"n": 1}, {"m": {"k": 1}}]
)
INTERPOLATIONS = st.sampled_from(
    [
        "${suite}", "${.n}", "${..n}", "${...a.n}", "${n}", "${datasets.a.n}", "${datasets.b}", "${datasets}",
        "${datasets[b].n}", "${oc.select:datasets.b.n}", "${hydra.job.name}", "${.missing}", "${datasets.${suite}.n}",
    ]
)  # fmt: skip
NAMES = st.sampled_from(["n", "m", "train", "report"])
CONTENTS = st.dictionaries(NAMES, st.one_of(VALUES, VALUES, VALUES, VALUES, INTERPOLATIONS), max_size=3)
PARTS = st.sampled_from(
    [
        {"/train@train": "x"}, {"/train@train": "y"}, {"/train@m": "x"}, {"optional /train@train": "none"}, "_self_",
        {"/train@train": None}, {"override /train@train": "y"}, {"/train": "x"}, {"/train@_global_": "y"}, "b",
        {"/train@_global_.datasets.b.train": "x"}, {"override /suite": "small"}, {"/train@train": ["x", "y"]},
        {"/train@train": "${suite}"},
    ]
)  # fmt: skip
ENTRIES = st.one_of(
    *(
        st.builds(lambda key, name: {f"/dataset@datasets.{key}": name}, st.sampled_from(KEYS), st.sampled_from(KEYS))
        for _ in range(4)
    ),
    st.sampled_from(
        [
            "_self_", "small", {"override /dataset@datasets.a": "b"}, {"override /train@datasets.a.train": "y"},
            {"/train@datasets.b.train": "x"}, {"/train@other": "x"}, {"optional /dataset@datasets.c": "none"},
            {"/dataset@datasets": "a"}, {"/dataset@datasets.b": None}, {"/train@datasets.c.train.deep": "y"},
        ]
    ),
)  # fmt: skip


def overrides_last(entries: list[Any]) -> list[Any]:
    return sorted(entries, key=lambda entry: isinstance(entry, dict) and next(iter(entry)).startswith("override"))


def unique(entries: list[Any]) -> list[Any]:
    return [entry for number, entry in enumerate(entries) if entry not in entries[:number]]


@st.composite
def conf_trees(draw: st.DrawFn) -> Files:
    def file(entries: st.SearchStrategy[Any], content: Mapping[str, Any], size: int) -> dict[str, Any]:
        chosen = overrides_last(unique(draw(st.lists(entries, max_size=size))))
        return {"defaults": chosen, **content} if chosen else {**content}

    def of_datasets() -> dict[str, Any]:
        own = draw(st.dictionaries(st.sampled_from(KEYS), CONTENTS, max_size=2))
        rest: dict[str, Any] = draw(st.sampled_from([{}, {}, {"n": 3}, {"other": {"n": 1}}, {"exports": 1}]))
        return {"datasets": own, **rest} if own else rest

    files = {
        "config": {"defaults": ["_self_", {"suite": "all"}, {"optional .": "local"}]},
        "suite/all": {**file(ENTRIES, of_datasets(), 5), "suite": "all"},
        "suite/small": {**file(ENTRIES, of_datasets(), 2), "suite": "small"},
        "train/x": draw(CONTENTS),
        "train/y": draw(CONTENTS),
    }
    for key in KEYS:
        files[f"dataset/{key}"] = file(PARTS, draw(CONTENTS), 3)
    if draw(st.booleans()):
        files["local"] = file(ENTRIES, of_datasets(), 2)
    return files


@FEW_OR_MANY
def test_any_tree(examples: int, folder: Path) -> None:
    @settings(deadline=None, max_examples=examples)
    @given(conf_trees())
    def holds(files: Files) -> None:
        check_equal(write_conf(folder, files))

    holds()


def tree(dataset_a: Any, dataset_b: Any = None, **others: Any) -> Files:
    """Two datasets with a file that they share."""
    entries = [{"/dataset@datasets.a": "a"}, {"/dataset@datasets.b": "b"}, "_self_"]
    return {
        "config": {"defaults": ["_self_", {"suite": "all"}, {"optional .": "local"}]},
        "suite/all": {"defaults": entries, "suite": "all"},
        "train/x": {"epochs": 5},
        "dataset/a": dataset_a,
        "dataset/b": dataset_b if dataset_b is not None else {"defaults": [{"/train@train": "x"}], "n": 1},
        **{name.replace("__", "/"): content for name, content in others.items()},
    }


ALONE = {
    "a group": tree({"defaults": [{"/train@train": "x"}]}),
    "a value of the dataset": tree({"n": 1, "m": "${.n}", "train": {"n": "${..n}", "k": "${datasets.a.n}"}}),
    "what all share": tree({"m": "${suite}"}),
    "an override of one": tree({"n": 1}, suite__all={
        "defaults": [{"/dataset@datasets.b": "b"}, {"/dataset@datasets.a": "a"}, "_self_"],
        "suite": "all", "datasets": {"a": {"n": 2}, "new": {"n": 3}},
    }),
    "overrides of several": tree({"n": 1}, local={"datasets": {"a": {"n": 2}, "b": {"n": 2, "train": {"epochs": 1}}}}),
    "another file for one": tree({"n": 1}, local={"defaults": [{"override /dataset@datasets.a": "b"}]}),
    "the suite first": tree({"n": 1}, suite__all={
        "defaults": ["_self_", {"/dataset@datasets.b": "b"}], "suite": "all", "datasets": {"a": {"n": 1}},
    }),
}  # fmt: skip
NOT_ALONE = {
    "a value of another dataset": tree({"m": "${datasets.b.n}"}),
    "a relative name of another dataset": tree({"m": "${..b.n}"}),
    "all datasets": tree({"m": {"k": "${oc.dict.keys:datasets}"}}),
    "a replaced mapping of another": tree({"m": "${datasets.b.train}"}, local={"datasets": {"a": {"m": {"k": 1}}}}),
    "a shared value of a dataset": tree({"m": "${n}"}, local={"n": "${datasets.b.n}"}),
    "a group of another": tree({"defaults": [{"/train@_global_.datasets.b.train": "x"}, "_self_"]}, {"n": 1}),
    "a group of all": tree({"defaults": [{"/train@_global_": "x"}, "_self_"], "n": 1}),
    "a choice by another": tree({"defaults": [{"/train@train": "${suite}"}]}, train__all={"epochs": 2}),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_dataset_is_composed_alone(name: str, folder: Path) -> None:
    conf = write_conf(folder, ALONE[name])
    assert is_alone(conf)
    check_equal(conf)


@pytest.mark.parametrize("name", NOT_ALONE)
def test_what_depends_on_others_is_composed_with_them(name: str, folder: Path) -> None:
    conf = write_conf(folder, NOT_ALONE[name])
    assert not is_alone(conf)
    check_equal(conf)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("n: [\n", "CONF/dataset/a.yaml:2: not YAML"),
        ("n: ${.missing}\n", "CONF/dataset/a.yaml:1: datasets.a.n: "),
        ("n: ${oc.env:HOME}\n", "CONF/dataset/a.yaml:1: n: ${oc.env:...}"),
        ("defaults:\n- /train@train: z\n", "CONF/dataset/a.yaml:2: no CONF/train/z.yaml"),
        (
            "defaults:\n- {/train@train: x}\n- {/train@train: x}\n",
            "CONF/dataset/a.yaml:3: train@datasets.a.train appears more",
        ),
        ("defaults:\n- a\n", "CONF/dataset/a.yaml:2: this defaults list includes its own file"),
        ("n: '${'\n", "CONF/dataset/a.yaml:1: "),
        ("7\n", "CONF/dataset/a.yaml:1: should be keys"),
        ("hydra: {}\n", "CONF/dataset/a.yaml:1: hydra: settings of Hydra"),
    ],
)
def test_a_mistake_has_the_same_message(content: str, message: str, folder: Path) -> None:
    conf = write_conf(folder, tree(content))
    alone, whole = result_of(compose, conf), result_of(compose_whole, conf)
    assert isinstance(alone, UserError)
    assert isinstance(whole, UserError)
    assert alone.messages == whole.messages
    assert alone.messages[0].startswith(message.replace("CONF", str(conf)))


def test_mistakes_of_several_datasets_are_reported_together(folder: Path) -> None:
    conf = write_conf(folder, tree("n: [\n", "n: {\n"))
    error = result_of(compose, conf)
    assert isinstance(error, UserError)
    assert places(error) == {f"{conf}/dataset/a.yaml:2", f"{conf}/dataset/b.yaml:2"}


def test_mistakes_of_datasets_are_reported_with_those_of_a_shared_file(folder: Path) -> None:
    conf = write_conf(folder, tree("n: [\n", "n: ${.missing}\n", local={"m": "${missing}"}))
    error, whole = result_of(compose, conf), result_of(compose_whole, conf)
    assert isinstance(error, UserError)
    assert isinstance(whole, UserError)
    assert places(whole) <= places(error)
    assert places(error) == {f"{conf}/{place}" for place in ("local.yaml:2", "dataset/a.yaml:2", "dataset/b.yaml:1")}


def test_a_mistake_in_a_file_that_several_use_is_reported_once(folder: Path) -> None:
    group = {"defaults": [{"/train@train": "x"}]}
    conf = write_conf(folder, tree(group, group, train__x="n: [\n"))
    error = result_of(compose, conf)
    assert isinstance(error, UserError)
    assert len(error.messages) == 1
