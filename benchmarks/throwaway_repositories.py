"""Throwaway repositories with our graph for any number of datasets, in which DVC finds nothing to run."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

import yaml

from benchmarks.side_processes import HOME
from stages.core.params import read_params
from stages.core.runtime.atomic_write import write_json, write_text

MODEL = "model0"  # the dataset whose record in dvc.lock all others repeat
WHOLE_FOLDERS = ("guard", "summary")  # what they depend on differs with the number of datasets
SUITE = "starter"
OWN_FILES = "data/guard/params"
ACCEPTED = "data/guard/accepted"  # a folder with a file for each dataset
CONTENT = "{}\n"

Section = Mapping[str, Any]
Datasets = Mapping[str, Section]
Stages = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """`commands`: ours, or none. `lean`: one number a section. `together`: parameters in params.yaml alone."""

    name: str
    commands: bool = False
    lean: bool = False
    together: bool = False


def datasets(size: int, kind: Kind) -> Datasets:
    """The suite of this clone over and over, under keys of their own."""
    repeated = islice(cycle(read_params(HOME / "params.yaml")["datasets"].values()), size)
    numbered = {f"d{number:03}": section for number, section in enumerate(repeated)}
    return {key: dict.fromkeys(section, 0) for key, section in numbered.items()} if kind.lean else numbered


def make(folder: Path, size: int, kind: Kind) -> None:
    """DVC itself records one dataset; the others' outputs are the same, and so are their records."""
    sections = datasets(size, kind)
    copy_repository(folder)
    stages = our_stages(kind)
    write_yaml(folder / "dvc.yaml", {"stages": stages})
    lay_down(folder, stages, {MODEL: next(iter(sections.values()))})
    dvc(folder, "commit", "--force", "--quiet")
    recorded = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))
    for output in outputs(stages, [MODEL]):
        (folder / output).unlink()
    lay_down(folder, stages, sections)
    write_yaml(folder / "dvc.lock", recorded | {"stages": repeated_records(recorded["stages"], sections)})
    dvc(folder, "commit", "--force", "--quiet", *WHOLE_FOLDERS)


def copy_repository(folder: Path) -> None:
    for name in ("stages", "conf"):
        shutil.copytree(HOME / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".dvc").mkdir()
    for file in (".dvc/config", ".dvcignore", ".gitignore"):
        shutil.copy2(HOME / file, folder / file)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)  # noqa: S607


def our_stages(kind: Kind) -> Stages:
    stages: Stages = yaml.safe_load((HOME / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    for name, stage in _bare(stages).items():
        if not kind.commands:
            stage["cmd"] = "true"
        if kind.together and "params" in stage:
            stage["params"] = ["datasets.${key}" if name == "report" else f"datasets.${{key}}.{name}"]
    return stages


def _bare(stages: Stages) -> Stages:
    """Each stage's own section, with `foreach` taken away."""
    return {name: section.get("do", section) for name, section in stages.items()}


def lay_down(folder: Path, stages: Stages, sections: Datasets) -> None:
    """Parameters, and outputs with nothing in them."""
    write_yaml(folder / "params.yaml", {"datasets": sections, "suite": SUITE})
    for output in outputs(stages, list(sections)):
        write_text(folder / output, CONTENT)
    shutil.rmtree(folder / OWN_FILES, ignore_errors=True)
    for key, section in sections.items():
        write_json(folder / OWN_FILES / f"{key}.json", section)


def outputs(stages: Stages, keys: Sequence[str]) -> Iterator[str]:
    for name, stage in _bare(stages).items():
        listed = chain.from_iterable(stage.get(kind, ()) for kind in ("outs", "metrics", "plots"))
        paths = [entry if isinstance(entry, str) else next(iter(entry)) for entry in listed]
        for path in (p.replace("${suite}", SUITE) for p in paths if p != OWN_FILES):
            each = f"{path}/${{key}}.json" if path == ACCEPTED else path
            every = "foreach" in stages[name] or path == ACCEPTED
            yield from (each.replace("${key}", key) for key in (keys if every else keys[:1]))


def repeated_records(recorded: Stages, sections: Datasets) -> Stages:
    """The record of one dataset for each of them, with the parameters that it has."""
    others = {name: entry for name, entry in recorded.items() if not name.endswith(f"@{MODEL}")}
    return others | {
        name.replace(MODEL, key): _record(entry, key, section)
        for name, entry in recorded.items()
        if name not in others
        for key, section in sections.items()
    }


def _record(entry: Section, key: str, section: Section) -> dict[str, Any]:
    renamed: dict[str, Any] = json.loads(json.dumps(entry).replace(MODEL, key))
    for values in renamed.get("params", {}).values():
        for name in values:
            last = name.split(".")[-1]
            values[name] = section if last == key else section[last]
    return renamed


def write_yaml(target: Path, content: Section) -> None:
    write_text(target, yaml.dump(content, Dumper=_Plain, sort_keys=False))


class _Plain(yaml.SafeDumper):
    """What stands in two places is written twice."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def dvc(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "dvc", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
