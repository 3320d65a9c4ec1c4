"""Only some stages are made, from what they need of params.yaml and dvc.lock, and they are those that DVC makes."""

import json
from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo

from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.repository import Repository
from stages.core.dvc.working_tree.load_stages import SomeStages
from stages.core.dvc.working_tree.unchanged_stages import (
    KEPT,
    DeclaringValues,
    declaring_values,
    read_unchanged_stages,
)
from stages.core.dvc.working_tree.working_tree import WorkingTree
from stages.core.errors import UserError

PIPELINE = """\
vars:
  - exports: {}
stages:
  copy:
    foreach: ${datasets}
    do:
      cmd: cp sources/${key} copy_${key}
      deps: ["sources/${key}"]
      params: [{"params/${key}.json": [train]}]
      outs: ["copy_${key}"]
  export:
    foreach: ${exports}
    do:
      cmd: cp copy_${key} export_${key}
      deps: ["copy_${key}"]
      outs: ["export_${key}"]
  all:
    cmd: cat copy_a copy_b > ${suite}
    deps: [copy_a, copy_b]
    outs: ["${suite}"]
"""
PARAMS = "suite: starter\ndatasets: {a: {x: 1}, b: {x: 2}}\nexports: {b: {}}\n"
VALUES = {"suite": "starter", "datasets": {"a": {"x": 1}, "b": {"x": 2}}, "exports": {"b": {}}}
STAGES = ["copy@a", "copy@b", "export@b", "all"]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Repo.init(no_scm=True).close()
    Path("dvc.yaml").write_text(PIPELINE)
    Path("params.yaml").write_text(PARAMS)
    for folder, text in {"sources": "x", "params": '{"train": {"epochs": 1}}'}.items():
        Path(folder).mkdir()
        for key in "ab":
            Path(folder, f"{key}.json" if folder == "params" else key).write_text(text)
    with Repo() as repo:
        repo.reproduce()


def known_repository() -> Repository:
    repository = Repository(VALUES)
    assert repository.changed(repository.read_stages()) == set()
    repository.keep_unchanged_stages()
    return repository


def test_what_declares_stages() -> None:
    keys = {"datasets": ["a", "b"], "exports": ["b"]}
    assert declaring_values(VALUES) == DeclaringValues(keys, {"suite": "starter"})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cmd: cp sources/${key} ", "cmd: cp sources/${key} -n${item.x} "),
        ("cmd: cat copy_a", "cmd: cat ${datasets.a.x} copy_a"),
        ("foreach: ${datasets}", "foreach: [a, b]"),
        ("foreach: ${datasets}", "foreach: ${datasets.a}"),
        ("exports: {}", "exports: {a: {}}"),
        ("- exports: {}", "- values.yaml"),
        ("  all:\n", "  all:\n    vars: [{suite: other}]\n"),
    ],
)
def test_other_values_are_not_looked_at(old: str, new: str) -> None:
    assert old in PIPELINE
    Path("dvc.yaml").write_text(PIPELINE.replace(old, new))
    assert declaring_values(VALUES) is None


def test_some_stages_are_those_of_all() -> None:
    values, entries = declaring_values(VALUES), LockText.parse(LOCK.read_text()).entries
    assert values is not None
    with Repo() as repo, repo.lock:
        for of_all in repo.index.stages:
            name = of_all.addressing
            [stage] = SomeStages(repo, values).load([name], entries).values()
            assert (stage.cmd, stage.cmd_changed) == (of_all.cmd, of_all.cmd_changed)
            assert list(map(vars_of, stage.deps)) == list(map(vars_of, of_all.deps))
            assert list(map(vars_of, stage.outs)) == list(map(vars_of, of_all.outs))
            assert not stage.changed()


def vars_of(entry: object) -> dict[str, str]:
    return {name: str(value) for name, value in vars(entry).items() if name not in ("stage", "repo", "odb", "fs")}


def test_a_known_stage_is_not_made_and_a_changed_one_is_found() -> None:
    known_repository()
    repository = Repository(VALUES)
    assert repository.read_stages() == STAGES
    assert repository.changed(STAGES) == set()
    assert repository._stages == {}
    assert repository.with_ancestors(["all"]) == {"copy@a", "copy@b", "all"}
    Path("copy_b").write_text("edited")
    assert repository.changed(STAGES) == {"copy@b", "export@b", "all"}
    assert set(repository._stages) == {"copy@b", "export@b", "all"}


@pytest.mark.parametrize(
    ("keys", "stages", "changed"),
    [
        ("a: {x: 1}, b: {x: 2}, c: {x: 3}", ["copy@a", "copy@b", "copy@c", "export@b", "all"], {"copy@c"}),
        ("b: {x: 2}, a: {x: 1}", ["copy@b", "copy@a", "export@b", "all"], set()),
        ("b: {x: 2}", ["copy@b", "export@b", "all"], set()),
    ],
)
def test_other_datasets_and_only_what_is_new_is_made_by_dvc(keys: str, stages: list[str], changed: set[str]) -> None:
    known_repository()
    Path("params.yaml").write_text(PARAMS.replace("a: {x: 1}, b: {x: 2}", keys))
    assert Repository().read_stages() == stages, "DVC"
    repository = Repository(yaml.safe_load(Path("params.yaml").read_text()))
    assert repository.read_stages() == stages
    assert repository.changed(stages) == changed
    assert set(repository._stages) == changed


def test_another_value_in_dvc_yaml_makes_its_stage_stale() -> None:
    known_repository()
    Path("params.yaml").write_text(PARAMS.replace("starter", "full"))
    repository = Repository(VALUES | {"suite": "full"})
    assert repository.changed(repository.read_stages()) == {"all"}


def test_an_output_of_a_new_dataset_that_is_one_of_dvc_add_is_refused() -> None:
    known_repository()
    Path("copy_c").write_text("own")
    with Repo() as repo:
        repo.add("copy_c")
    known_repository()
    Path("params.yaml").write_text(PARAMS.replace("b: {x: 2}", "b: {x: 2}, c: {x: 3}"))
    with pytest.raises(UserError), dvc_errors():
        Repository(VALUES | {"datasets": {"a": {}, "b": {}, "c": {}}}).read_stages()


def test_what_is_kept_is_damaged() -> None:
    known_repository()
    KEPT.write_text("{")
    assert read_unchanged_stages().states == {}
    repository = Repository(VALUES)
    assert repository.changed(repository.read_stages()) == set()


def test_a_lock_file_that_dvc_does_not_write_so_is_read_by_dvc() -> None:
    known_repository()
    LOCK.write_text(json.dumps(yaml.safe_load(LOCK.read_text())))
    Path("copy_b").write_text("edited")
    repository = Repository(VALUES)
    assert repository.changed(repository.read_stages()) == {"copy@b", "export@b", "all"}


@pytest.mark.parametrize("damage", ["]]]\n", "schema: '2.0'\n", "  export@b: [\n"])
def test_a_damaged_lock_file_is_refused(damage: str) -> None:
    known_repository()
    LOCK.write_text(LOCK.read_text() + damage)
    repository = Repository(VALUES)
    with pytest.raises(UserError), dvc_errors():
        repository.changed(repository.read_stages())


def test_explain_knows_them_too() -> None:
    known_repository()
    assert WorkingTree().unchanged_stages(VALUES) == set(STAGES)
    Path("copy_b").write_text("edited")
    assert WorkingTree().unchanged_stages(VALUES) == {"copy@a"}
    assert WorkingTree().unchanged_stages(VALUES | {"suite": "full"}) == set()
