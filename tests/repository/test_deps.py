"""dvc.yaml names exactly the code that each stage runs: an undeclared module would change nothing when edited."""

from pathlib import PurePath
from typing import Any

import pytest

from stages.cli.lock.stage_imports import closure, entry, file_of, imported_by
from stages.core import paths
from tests.repository.dvc_file import ROOT, code_deps, module_of, stages

ROOMS = ("config", "download", "validate", "preprocess", "train", "evaluate", "report")


def used(stage: str) -> set[str]:
    """The files that a stage imports, relative to the repository."""
    return {str(file_of(m).relative_to(ROOT)) for m in closure(entry(module_of(stages()[stage])))}


def covers(dep: str, file: str) -> bool:
    return file == dep or PurePath(dep) in PurePath(file).parents


@pytest.mark.parametrize("stage", stages())
def test_nothing_is_used_undeclared(stage: str) -> None:
    deps = code_deps(stages()[stage])
    assert [f for f in sorted(used(stage)) if not any(covers(d, f) for d in deps)] == []


@pytest.mark.parametrize("stage", stages())
def test_nothing_is_declared_unused(stage: str) -> None:
    files = used(stage)
    assert [d for d in code_deps(stages()[stage]) if not any(covers(d, f) for f in files)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_core_and_itself(room: str) -> None:
    """config alone may look into the others, at the types of what is in conf/ and nothing else."""
    for file in sorted((ROOT / "stages" / room).rglob("*.py")):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        others = {
            m
            for m in imported_by(module)
            if m.split(".")[1:2] not in ([], ["core"], ["inference"] if room == "evaluate" else ["core"], [room])
        }
        if room == "config":
            others = {m for m in others if not m.endswith((".params", ".names", ".accepted")) and m.count(".") > 1}
        assert not others, f"{module} imports {others}"


def test_core_imports_core() -> None:
    for file in sorted((ROOT / "stages/core").glob("*.py")):
        assert {m.split(".")[1] for m in imported_by(f"stages.core.{file.stem}") if m != "stages"} <= {"core"}


def test_each_stage_names_the_versions_that_are_its_own() -> None:
    named = {
        stage: [d for d in section["deps"] if d.startswith("stages/locked/")] for stage, section in stages().items()
    }
    assert named == {stage: [f"stages/locked/{stage}.txt"] for stage in stages()}


def test_the_shell_gives_way_to_the_stage() -> None:
    """Or a stage would not know of DVC's end: dash, which Debian has as sh, waits for what it runs."""
    assert all(section["cmd"].startswith("exec python3 -m stages.") for section in stages().values())


def test_a_dataset_enters_a_command_only_as_its_key() -> None:
    for section in stages().values():
        assert set(section["cmd"].replace("${key}", "").split("$")) == {section["cmd"].replace("${key}", "")}


def test_each_stage_reads_its_own_slice_of_the_parameters() -> None:
    slices = {name: section.get("params", []) for name, section in stages().items()}
    own = ("download", "validate", "preprocess", "train", "evaluate")
    assert slices == {name: [f"datasets.${{key}}.{name}"] for name in own} | {
        "guard": [],
        "report": ["datasets.${key}"],
        "summary": [],
    }


def outputs(section: dict[str, Any]) -> list[str]:
    listed = [o for kind in ("outs", "metrics", "plots") for o in section.get(kind, [])]
    return sorted(o if isinstance(o, str) else next(iter(o)) for o in listed)


def test_what_dvc_tracks_is_where_the_stages_write() -> None:
    """An output under another path would never be pushed, pulled or compared."""
    key = "${key}"
    written = {
        "guard": [paths.ACCEPTED_COPIES, paths.PARAMS_MARKER, paths.SUITE],
        "download": [paths.raw_data(key)],
        "validate": [paths.validation_marker(key), paths.data_profile(key), paths.validation_result(key)],
        "preprocess": [paths.processed_data(key)],
        "train": [paths.model(key), paths.history(key)],
        "evaluate": [paths.predictions(key), paths.metrics(key)],
        "report": [paths.dataset_page(key)],
        "summary": [paths.INDEX, paths.headline_table("${suite}")],
    }
    assert {name: outputs(section) for name, section in stages().items()} == {
        name: sorted(map(str, listed)) for name, listed in written.items()
    }
