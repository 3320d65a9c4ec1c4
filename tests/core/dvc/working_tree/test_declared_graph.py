"""The stages that are made from one of each section are those that DVC makes, in the order of a serial `dvc repro`."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from dvc.repo import Repo
from dvc.repo.reproduce import plan_repro

from stages.core.dvc.working_tree.declared_graph import declared_graph, declared_stage
from stages.core.dvc.working_tree.unchanged_stages import declaring_values

ROOT = Path(__file__).parents[4]
PIPELINES = {
    "a stage between others": """\
stages:
  last: {foreach: "${datasets}", do: {cmd: "cat first_${key} shared > last_${key}", deps: ["first_${key}", shared],
         outs: ["last_${key}"]}}
  shared: {cmd: touch shared, frozen: true, deps: [first_b], outs: [shared: {cache: false}]}
  first: {foreach: "${datasets}", do: {cmd: ["true", "touch first_${key}"], outs: ["first_${key}": {persist: true}]}}
""",
    "folders": """\
stages:
  all: {cmd: ls parts > all, deps: [parts], outs: [all]}
  part: {foreach: "${datasets}", do: {cmd: "cp data/own parts/${key}", deps: [data], params: ["p_${key}.json": []],
         outs: ["parts/${key}"], always_changed: true}}
  inside: {foreach: "${exports}", do: {cmd: "a ${suite}", deps: ["parts/${key}/one"], outs: ["in/${suite}/${key}"]}}
""",
}
PARAMS = {"suite": "full", "datasets": {"b": {}, "a": {}, "c": {}}, "exports": {"c": {}}}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Repo.init(no_scm=True).close()


def assert_equal_to_those_of_dvc(params: Mapping[str, Any]) -> None:
    Path("params.yaml").write_text(yaml.safe_dump(dict(params), sort_keys=False))
    values = declaring_values(params)
    assert values is not None
    with Repo() as repo, repo.lock:
        graph = repo.index.graph
        order = [stage for stage in plan_repro(graph) if not stage.is_data_source]
        found = declared_graph(repo, values, [stage for stage in graph if stage.is_data_source])
        assert found is not None
        assert list(found.stages()) == list(map(declared_stage, order))
        assert list(found.graph.items()) == [
            (stage.addressing, [other.addressing for other in graph.successors(stage) if not other.is_data_source])
            for stage in order
        ]


@pytest.mark.parametrize("name", PIPELINES)
def test_declared_stages(name: str) -> None:
    Path("dvc.yaml").write_text(PIPELINES[name])
    Path("data").mkdir()
    Path("data/own").write_text("1")
    Path("params.yaml").write_text(yaml.safe_dump(PARAMS, sort_keys=False))
    with Repo() as repo:
        repo.add("data/own")
    assert_equal_to_those_of_dvc(PARAMS)


def test_this_pipeline() -> None:
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / name, name)
    params = yaml.safe_load(Path("params.yaml").read_text())
    assert_equal_to_those_of_dvc(params)
    assert_equal_to_those_of_dvc(params | {"exports": {"iris": {}}})


def test_two_stages_with_one_output_are_left_to_dvc() -> None:
    Path("dvc.yaml").write_text(PIPELINES["a stage between others"].replace("last_${key}", "last_one"))
    values = declaring_values(PARAMS)
    assert values is not None
    with Repo() as repo, repo.lock:
        assert declared_graph(repo, values) is None
