"""Creates repositories with our graph for any number of datasets, in which DVC finds nothing to run."""

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
from omegaconf import OmegaConf

from benchmarks.start_sides import REPOSITORY
from stages.core.files.atomic_write import write_json, write_text
from stages.core.parameters.read_params import read_params

RECORDED_DATASET = "model0"  # DVC records this dataset; its entries in dvc.lock are copied for all others
STAGES_OF_ALL_DATASETS = ("guard", "summary")  # their entries depend on the number of datasets
SUITE = "starter"
PARAMS_FOLDER = "data/guard/params"
FOLDERS_OF_FILES = ("data/guard/accepted", "data/guard/refreshed")  # they have a file for each dataset
MODELS_FOLDER = "data/guard/models"  # it has a folder for each dataset
OUTPUT_CONTENT = "{}\n"

Section = Mapping[str, Any]
Datasets = Mapping[str, Section]
Stages = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Graph:
    """A variant of our dvc.yaml.

    - `our_commands`: the commands of the stages, otherwise `true`
    - `short_params`: one number for each section of the parameters
    - `params_in_one_file`: stages read params.yaml, not the file of their dataset
    """

    name: str
    our_commands: bool = False
    short_params: bool = False
    params_in_one_file: bool = False


def create_repository(folder: Path, size: int, graph: Graph, source: Path = REPOSITORY) -> None:
    """Let DVC record one dataset, and copy its entries in dvc.lock: all datasets have the same outputs.

    `source` is the working tree whose code, conf/ and dvc.yaml are copied.
    """
    sections = dataset_sections(size, graph, source)
    copy_repository(folder, size, source)
    stages = graph_stages(graph, source)
    _write_yaml(folder / "dvc.yaml", {"stages": stages})
    _write_params_and_outputs(folder, stages, {RECORDED_DATASET: next(iter(sections.values()))})
    run_dvc(folder, "commit", "--force", "--quiet")
    lock = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))
    for output in output_files(stages, [RECORDED_DATASET]):
        (folder / output).unlink()
    _write_params_and_outputs(folder, stages, sections)
    _write_yaml(folder / "dvc.lock", lock | {"stages": copy_lock_entries(lock["stages"], sections)})
    run_dvc(folder, "commit", "--force", "--quiet", *STAGES_OF_ALL_DATASETS)


def dataset_sections(size: int, graph: Graph, source: Path = REPOSITORY) -> Datasets:
    """Return the parameters of this repository's datasets, repeated under new keys."""
    repeated = _repeated_datasets(size, source)
    datasets = read_params(source / "params.yaml")["datasets"]
    sections = {key: datasets[name] for key, name in repeated.items()}
    if not graph.short_params:
        return sections
    return {key: dict.fromkeys(section, 0) for key, section in sections.items()}


def _repeated_datasets(size: int, source: Path) -> dict[str, str]:
    """The new keys, and which dataset of this repository each of them repeats."""
    names = islice(cycle(read_params(source / "params.yaml")["datasets"]), size)
    return {f"d{number:03}": name for number, name in enumerate(names)}


def _write_conf(conf: Path, size: int, source: Path) -> None:
    """Write a file for each dataset, and the suite that names them."""
    repeated = _repeated_datasets(size, source)
    for key, name in repeated.items():
        shutil.copy2(source / f"conf/dataset/{name}.yaml", conf / f"dataset/{key}.yaml")
    entries = [*({f"/dataset@datasets.{key}": key} for key in repeated), "_self_"]
    content = yaml.safe_dump({"defaults": entries, "suite": SUITE}, sort_keys=False)
    write_text(conf / f"suite/{SUITE}.yaml", f"# @package _global_\n{content}")


def copy_repository(folder: Path, size: int, source: Path = REPOSITORY) -> None:
    """Copy what a run needs, with so many datasets; nothing has run."""
    ignored = shutil.ignore_patterns("__pycache__", "local.yaml")
    for name in ("stages", "conf"):
        shutil.copytree(source / name, folder / name, ignore=ignored)
    _write_conf(folder / "conf", size, source)
    (folder / ".dvc").mkdir()
    for file in (".dvc/config", ".dvcignore", ".gitignore", "dvc.yaml"):
        shutil.copy2(source / file, folder / file)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)  # noqa: S607


def graph_stages(graph: Graph, source: Path = REPOSITORY) -> Stages:
    stages: Stages = yaml.safe_load((source / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    # No dataset of a study has an export.
    del stages["export"]
    for name, definition in _definitions(stages).items():
        if not graph.our_commands:
            definition["cmd"] = "true"
        if graph.params_in_one_file and "params" in definition:
            definition["params"] = ["datasets.${key}" if name == "report" else f"datasets.${{key}}.{name}"]
    return stages


def _definitions(stages: Stages) -> Stages:
    """Return the definition of each stage, which for a foreach stage is below `do`."""
    return {name: stage.get("do", stage) for name, stage in stages.items()}


def _write_params_and_outputs(folder: Path, stages: Stages, sections: Datasets) -> None:
    # As `restage compose` writes it, so that `restage run` finds it up to date.
    params = OmegaConf.create({"datasets": sections, "suite": SUITE})
    write_text(folder / "params.yaml", OmegaConf.to_yaml(params))
    for output in output_files(stages, list(sections)):
        write_text(folder / output, OUTPUT_CONTENT)
    shutil.rmtree(folder / PARAMS_FOLDER, ignore_errors=True)
    for key, section in sections.items():
        write_json(folder / PARAMS_FOLDER / f"{key}.json", section)


def output_files(stages: Stages, keys: Sequence[str]) -> Iterator[str]:
    """Return a file for each output; an output that is a folder for all datasets has a file for each of them."""
    for name, definition in _definitions(stages).items():
        entries = chain.from_iterable(definition.get(kind, ()) for kind in ("outs", "metrics", "plots"))
        for entry in entries:
            path = (entry if isinstance(entry, str) else next(iter(entry))).replace("${suite}", SUITE)
            if path in FOLDERS_OF_FILES:
                yield from (f"{path}/{key}.json" for key in keys)
            elif path == MODELS_FOLDER:
                yield from (f"{path}/{key}/__init__.py" for key in keys)
            elif "foreach" in stages[name]:
                yield from (path.replace("${key}", key) for key in keys)
            elif path != PARAMS_FOLDER:
                yield path


def copy_lock_entries(recorded: Stages, sections: Datasets) -> Stages:
    """Return the entries of dvc.lock with those of the recorded dataset copied for each dataset."""
    suffix = f"@{RECORDED_DATASET}"
    shared = {name: entry for name, entry in recorded.items() if not name.endswith(suffix)}
    return shared | {
        name.replace(suffix, f"@{key}"): _copy_lock_entry(entry, key, section)
        for name, entry in recorded.items()
        if name.endswith(suffix)
        for key, section in sections.items()
    }


def _copy_lock_entry(entry: Section, key: str, section: Section) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(entry).replace(RECORDED_DATASET, key))
    for values in copied.get("params", {}).values():
        for name in values:
            last = name.split(".")[-1]
            values[name] = section if last == key else section[last]
    return copied


def _write_yaml(target: Path, content: Section) -> None:
    write_text(target, yaml.dump(content, Dumper=_DumperWithoutAliases, sort_keys=False))


class _DumperWithoutAliases(yaml.SafeDumper):
    """Write a value that occurs twice in full both times."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def run_dvc(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "dvc", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
