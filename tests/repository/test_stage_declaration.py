"""A stage reads dvc.yaml itself, without DVC. The result must be the same as DVC's."""

from pathlib import Path
from typing import Any

from dvc.repo import Repo

from stages.core.dvc.pipeline_file import DeclaredParameter, StageDeclaration, read_pipeline, stage_declaration
from stages.core.parameters.read_params import read_params
from tests.repository.dvc_yaml import ROOT


def dvc_declaration(stage: Any) -> StageDeclaration:
    def path(entry: Any) -> Path:
        return Path(entry.fs_path).relative_to(ROOT)

    params = [d for d in stage.deps if type(d).__name__ == "ParamsDependency"]
    return StageDeclaration(
        deps=tuple(path(d) for d in stage.deps if d not in params),
        params=tuple(DeclaredParameter(path(d), name) for d in params for name in d.params),
        outputs=tuple(sorted(path(o) for o in stage.outs)),
    )


def test_every_stage_is_declared_as_dvc_reads_it() -> None:
    stages = Repo(str(ROOT)).index.stages
    pipeline, suite = read_pipeline(ROOT / "dvc.yaml"), read_params(ROOT / "params.yaml")["suite"]
    assert len(stages) > 50
    for stage in stages:
        ours = stage_declaration(stage.addressing, pipeline, lambda: suite)
        assert StageDeclaration(ours.deps, ours.params, tuple(sorted(ours.outputs))) == dvc_declaration(stage)
