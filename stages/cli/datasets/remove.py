"""`restage remove`: takes a dataset out of all suites, with its conf, its records in dvc.lock and its results."""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from stages.cli.datasets.compose_changes import composed_changes
from stages.cli.datasets.suite_files import (
    dataset_file,
    dataset_files,
    files_that_build_on,
    suite_file,
    suites,
    without_dataset,
)
from stages.cli.export.declare_artifact import without_artifacts_of
from stages.cli.run.clone_lock import only_run_in_clone
from stages.config.choose_suite import read_conf_file
from stages.config.compose_conf import check_conf_exists
from stages.core import paths
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.lock_file.lock_file import read_lock_file, remove_lock_entries
from stages.core.dvc.pipeline_file import PIPELINE, read_pipeline, stage_declaration
from stages.core.dvc.repository import Repository
from stages.core.errors import ErrorList, UserError, format_examples, suggest
from stages.core.files.atomic_write import remove as remove_path
from stages.core.files.atomic_write import write_text


def remove(key: str, keep_conf: bool, yes: bool) -> None:
    """Remove the dataset; the objects in DVC's cache stay until `restage gc`."""
    check_conf_exists()
    _check_known(key)
    conf_files = [] if keep_conf else _conf_files(key, yes)
    check_removable(key, conf_files)
    with dvc_errors(), only_run_in_clone(wait=True):
        changed = {file: text for file in _suite_files() if (text := _without(file, key)) != file.read_text("utf-8")}
        pipeline = without_artifacts_of(PIPELINE.read_text("utf-8"), str(paths.export(key)))
        with composed_changes([*changed, *conf_files]):
            for file, text in changed.items():
                write_text(file, text)
            for file in conf_files:
                remove_path(file)
        with Repository().locked():
            recorded = [stage for stage in read_lock_file() if stage.partition("@")[2] == key]
            remove_lock_entries(recorded)
        results = [path for path in outputs_of(key) if path.exists() or path.is_symlink()]
        for path in results:
            remove_path(path)
        if pipeline != PIPELINE.read_text("utf-8"):
            write_text(PIPELINE, pipeline)
            changed[PIPELINE] = pipeline
    for file in [*changed, *conf_files, *results]:
        print(f"{file}: {'changed' if file in changed else 'removed'}")
    print(f"dvc.lock: removed {len(recorded)} stages")
    print("next: `restage run` renews the index; `restage gc` lists what DVC's cache no longer needs")


def _check_known(key: str) -> None:
    known = {**dataset_files(), **{name: None for datasets in suites().values() for name in datasets}}
    recorded = {stage.partition("@")[2] for stage in read_lock_file()}
    if paths.check_key(key) not in {*known, *recorded}:
        raise UserError(f"no dataset {key!r}; {suggest(key, list(known))}")


def _conf_files(key: str, yes: bool) -> list[Path]:
    """The files of conf/ of this dataset alone, unless the user wants to keep them. Without a terminal they stay."""
    own = (dataset_file(key), paths.accepted_profile(key), paths.refresh_record(key))
    files = [file for file in own if file.is_file()]
    if files and not yes:
        if not sys.stdin.isatty():
            print(f"{format_examples(files)}: kept; --yes removes it too")
            return []
        if not typer.confirm(f"Remove {format_examples(files)}?", default=False):
            return []
    return files


def check_removable(key: str, conf_files: Sequence[Path]) -> None:
    """Raise UserError for what else in conf/ needs the dataset."""
    errors = ErrorList()
    users = files_that_build_on(key) if conf_files else []
    errors.check(
        not users,
        f"{dataset_file(key)}: {format_examples(users)} builds on it; use --keep-conf, or remove that one first",
    )
    for file in [*_suite_files(), paths.CONF / "local.yaml"]:
        values = read_conf_file(file).get("datasets")
        errors.check(
            not (isinstance(values, dict) and key in values),
            f"{file}: has values below datasets.{key}; remove them first",
        )
    errors.raise_if_any()


def _suite_files() -> list[Path]:
    return [suite_file(suite) for suite in suites()]


def _without(file: Path, key: str) -> str:
    return without_dataset(file.read_text(encoding="utf-8"), key)


def outputs_of(key: str) -> list[Path]:
    """What the stages of this dataset write, and the checkpoints of an interrupted training."""
    pipeline = read_pipeline()
    stages = [f"{name}@{key}" for name, section in pipeline.items() if "foreach" in section]
    outputs = [path for stage in stages for path in stage_declaration(stage, pipeline, suite=str).outputs]
    return [*outputs, paths.checkpoint(key)]
