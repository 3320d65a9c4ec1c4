"""A repository whose stages need no TensorFlow: the real guard, download and dvc.yaml, and small stages that follow.

The small stages run as the transactions of stages.core.runtime, so they read, write and publish as the real ones do.
"""

from collections.abc import Iterable
from pathlib import Path

from tests.stories.repo import Repo, clone

ONE_DATASET = """\
# @package _global_
defaults:
  - /dataset@datasets.line: line
  - _self_
suite: tiny
datasets:
  line:
    train: {epochs: 5}
"""
TWO_DATASETS = """\
# @package _global_
defaults:
  - /dataset@datasets.line: line
  - /dataset@datasets.line_exact: line_exact
  - _self_
suite: tiny
datasets:
  line:
    train: {epochs: 5}
  line_exact:
    train: {epochs: 5}
"""
SMALL_STAGE = '''\
"""Writes all outputs of its declaration, with a content that depends on data and parameters."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

import hashlib
import json
from pathlib import Path

from stages.core.artefacts.records.suite_datasets import read_suite
from stages.core.dvc.pipeline_file import read_pipeline, stage_declaration
from stages.core.run_stage.stage import RUN
from stages.core.run_stage.stage_outputs import StageOutputs

LINES = 1_000


def write_outputs(name: str, outputs: StageOutputs) -> None:
    declaration = stage_declaration(name, read_pipeline(), lambda: read_suite().suite)
    digest = hashlib.sha256()
    for dep in declaration.deps:
        if dep.parts[0] != "stages":
            files = sorted(f for f in dep.rglob("*") if f.is_file()) if dep.is_dir() else [dep]
            for file in files:
                digest.update(str(file).encode() + file.read_bytes())
    for file, section in declaration.params:
        digest.update(json.dumps(json.loads(file.read_bytes())[section], sort_keys=True).encode())
    text = f"{name} {digest.hexdigest()}\\n" * LINES
    for output in declaration.outputs:
        if output.suffix == ".json":
            outputs.write_json(output, {"value": int(digest.hexdigest()[:6], 16)})
        elif output.suffix:
            outputs.write_text(output, text)
        else:
            with outputs.folder(output) as folder:
                for number in range(3):
                    Path(folder, f"{number}.txt").write_text(f"{number} {text}")


'''
OF_DATASET = """\
if __name__ == "__main__":
    run_stage("{stage}", lambda key, outputs: write_outputs(f"{stage}@{{key}}", outputs))
"""
SINGLE = """\
if __name__ == "__main__":
    run_single_stage("{stage}", lambda outputs: write_outputs("{stage}", outputs))
"""
SMALL_STAGES = ("validate", "preprocess", "train", "evaluate", "report")


def light_project(target: Path) -> Repo:
    """Without results."""
    repo = clone(target, TWO_DATASETS)
    make_small(repo, SMALL_STAGES)
    return repo


def training_project(target: Path) -> Repo:
    """With the real preprocess and train of one dataset; each epoch saves a checkpoint. Without results."""
    repo = clone(target, ONE_DATASET)
    make_small(repo, ("validate", "evaluate", "report"))
    repo.edit("stages/train/loop/checkpoint.py", "SAVE_INTERVAL = 10.0", "SAVE_INTERVAL = 0.0")
    return repo


def make_small(repo: Repo, names: Iterable[str]) -> None:
    for stage in names:
        source = SMALL_STAGE.replace("import RUN", "import run_stage") + OF_DATASET.format(stage=stage)
        repo.write(f"stages/{stage}/__main__.py", source)
    source = SMALL_STAGE.replace("import RUN", "import run_single_stage") + SINGLE.format(stage="summary")
    repo.write("stages/report/summary_stage.py", source)
