"""dvc.yaml names exactly the code, the parameters and the outputs of each stage.

An edit of a module that a stage imports but does not declare would not rerun the stage.
"""

from pathlib import PurePath

import pytest

from stages.cli.lock.stage_imports import imported_modules, module_file
from stages.core import paths
from tests.repository.dvc_yaml import ROOT, code_deps, output_paths, read_stages, stage_module

STAGES = read_stages()


def imported_files(stage: str) -> set[str]:
    modules = imported_modules(stage_module(STAGES[stage]))
    return {module_file(module).relative_to(ROOT).as_posix() for module in modules}


def covers(dep: str, file: str) -> bool:
    return file == dep or PurePath(dep) in PurePath(file).parents


@pytest.mark.parametrize("stage", STAGES)
def test_imported_code_is_declared(stage: str) -> None:
    deps = code_deps(STAGES[stage])
    assert [f for f in sorted(imported_files(stage)) if not any(covers(d, f) for d in deps)] == []


@pytest.mark.parametrize("stage", STAGES)
def test_declared_code_is_imported(stage: str) -> None:
    files = imported_files(stage)
    assert [d for d in code_deps(STAGES[stage]) if not any(covers(d, f) for f in files)] == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_its_own_library_versions(stage: str) -> None:
    locked = [d for d in STAGES[stage]["deps"] if d.startswith("stages/locked/")]
    assert locked == [f"stages/locked/{stage}.txt"]


@pytest.mark.parametrize("stage", STAGES)
def test_the_shell_is_replaced_by_the_stage(stage: str) -> None:
    """dash, the sh of Debian, would wait for its child, and the stage would not notice that DVC ended."""
    assert STAGES[stage]["cmd"].startswith("exec python3 -m stages.")


@pytest.mark.parametrize("stage", STAGES)
def test_a_command_contains_no_value_but_the_key(stage: str) -> None:
    assert "$" not in STAGES[stage]["cmd"].replace("${key}", "")


def test_each_stage_reads_its_own_parameters() -> None:
    """The section of the stage, in the file of its own dataset. The report shows the sections of six stages."""
    chain = ("download", "validate", "preprocess", "train", "evaluate", "report")
    sections = {stage: [stage] for stage in chain} | {"report": [*chain]}
    sections["export"] = ["download", "preprocess", "report", "export"]
    expected = {stage: [{str(paths.dataset_params("${key}")): names}] for stage, names in sections.items()}
    declared = {stage: section.get("params", []) for stage, section in STAGES.items()}
    assert declared == expected | {"guard": [], "summary": []}


def test_declared_outputs_are_where_the_stages_write() -> None:
    """DVC would not push, pull or compare an output at another path."""
    key = "${key}"
    written = {
        "guard": [
            paths.ACCEPTED_COPIES,
            paths.MODEL_FILE_COPIES,
            paths.DATASET_PARAMS,
            paths.REFRESH_RECORD_COPIES,
            paths.SUITE,
        ],
        "download": [paths.raw_data(key)],
        "validate": [paths.validation_marker(key), paths.data_profile(key), paths.validation_result(key)],
        "preprocess": [paths.processed_data(key)],
        "train": [paths.model(key), paths.history(key)],
        "evaluate": [paths.predictions(key), paths.evaluation(key), paths.metrics(key)],
        "report": [paths.dataset_page(key)],
        "export": [paths.export(key)],
        "summary": [paths.INDEX, paths.data_checks_table("${suite}"), paths.headline_table("${suite}")],
    }
    expected = {stage: sorted(map(str, outputs)) for stage, outputs in written.items()}
    assert {stage: output_paths(section) for stage, section in STAGES.items()} == expected
